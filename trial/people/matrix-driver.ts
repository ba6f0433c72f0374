// The wire between a MatrixPerson and the process that plays it: JSON, a line each way, over its stdin and stdout.
import type { SeenEvent, SeenRoom, SeenWhat } from './matrix-person.ts';
import type { RawSeen } from './raw-seen.ts';

/** What a driver can be asked. Each line is {id, call}; its answer is {id, ok} or {id, error}. */
export type DriverCall =
  | { readonly do: 'rooms' }
  | { readonly do: 'join' | 'leave'; readonly roomId: string }
  | { readonly do: 'invite'; readonly roomId: string; readonly userId: string }
  | { readonly do: 'create'; readonly content: object }
  | { readonly do: 'send'; readonly roomId: string; readonly type: string; readonly content: object }
  | { readonly do: 'redact'; readonly roomId: string; readonly eventId: string }
  /** Only the SDK's: signs another device of the same user, whose keys the server has. */
  | { readonly do: 'sign-device'; readonly deviceId: string }
  | { readonly do: 'log-out' };

export interface DriverStart {
  readonly baseUrl: string;
  readonly user: string;
  readonly password: string;
  readonly device: 'signed' | 'unsigned';
  /** Events of a room in one sync. After a time away, a usual client takes few, leaves a gap and fills it on scrolling. */
  readonly timelineLimit: number;
}

/** The first line of a driver, once it has synced. */
export interface DriverReady {
  readonly ready: { readonly userId: string; readonly deviceId: string };
}

export type DriverLine =
  | DriverReady
  | { readonly event: RawSeen }
  | { readonly id: number; readonly ok: unknown }
  | { readonly id: number; readonly error: string };

export type DriverRooms = readonly SeenRoom[];

export function seenFrom(raw: RawSeen): SeenEvent {
  const { roomId, eventId, sender, at } = raw;
  return { roomId, eventId, sender, at, encrypted: raw.encrypted ? 'yes' : 'no', what: whatOf(raw) };
}

function whatOf(raw: RawSeen): SeenWhat {
  if (!raw.readable) return { type: 'unreadable' };
  const { content } = raw;
  const relation = object(content['m.relates_to']);
  const target = text(relation['event_id']);
  switch (raw.type) {
    case 'm.room.message':
      if (relation['rel_type'] === 'm.replace') return { type: 'edit', of: target, body: text(object(content['m.new_content'])['body']) };
      return {
        type: 'text',
        msgtype: text(content['msgtype']),
        body: text(content['body']),
        replyTo: stringOrNull(object(relation['m.in_reply_to'])['event_id']),
      };
    case 'm.reaction':
      return { type: 'reaction', of: target, symbol: text(relation['key']) };
    case 'm.room.redaction':
      return { type: 'removal', of: text(content['redacts'] ?? raw.redacts) };
    case 'm.room.member':
      return { type: 'membership', who: raw.stateKey ?? '', now: text(content['membership']) };
    default:
      return { type: 'other', eventType: raw.type };
  }
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Empty where there is none. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
