// An event as the homeserver sent it, checked for shape only. It holds ids and ciphertext: it is sealed wherever it is kept.

export interface RawEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly content: Readonly<Record<string, unknown>>;
  /** Present: a state event. */
  readonly state_key?: string;
  /** Redactions up to room version 10 have it here. */
  readonly redacts?: string;
  readonly redacted: 'no' | 'yes';
  /** Of a member event: the membership it replaced, where the server says. */
  readonly was?: string;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const textOr = <Other>(value: unknown, other: Other): string | Other => (typeof value === 'string' ? value : other);
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Null for what cannot be an event; servers and other people's clients can send anything. */
export function readRawEvent(value: unknown): RawEvent | null {
  if (!isRecord(value)) return null;
  const { event_id: eventId, type, sender, content, origin_server_ts: at, state_key: stateKey, redacts, unsigned } = value;
  if (typeof eventId !== 'string' || typeof type !== 'string' || typeof sender !== 'string' || !isRecord(content)) return null;
  const before = isRecord(unsigned) ? unsigned['prev_content'] : undefined;
  return {
    event_id: eventId,
    type,
    sender,
    content,
    origin_server_ts: typeof at === 'number' && Number.isSafeInteger(at) && at > 0 ? at : 0,
    ...(typeof stateKey === 'string' && { state_key: stateKey }),
    ...(typeof redacts === 'string' && { redacts }),
    ...(type === 'm.room.member' && isRecord(before) && typeof before['membership'] === 'string' && { was: before['membership'] }),
    redacted: isRecord(unsigned) && isRecord(unsigned['redacted_because']) ? 'yes' : 'no',
  };
}

export const readRawEvents = (value: unknown): readonly RawEvent[] => listOf(value).flatMap((one) => readRawEvent(one) ?? []);
