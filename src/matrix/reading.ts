// What an event is, to the relay: read from its plain `body` alone. Total: whatever somebody's client sent, it gives a happening or nothing.
import type { RoomHappening } from '#relay/matrix-port.ts';
import { isRecord, textOr } from '#matrix/raw-event.ts';
import type { RawEvent } from '#matrix/raw-event.ts';

/** An event's own type and content, decrypted where it was encrypted. */
export interface ClearPart {
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** An event is 64 kB at most; a body of a whole event is no message from a person. */
const bodyLimit = 60_000;

/** Null: nothing that concerns the relay (a topic, a verification, a call's technical part). */
export function readHappening(event: RawEvent, clear: ClearPart): RoomHappening | null {
  if (event.state_key !== undefined) return readState(event);
  const eventId = event.event_id;
  // In an encrypted event relations stay outside, in clear.
  const relation = asRecord(event.content['m.relates_to']) ?? asRecord(clear.content['m.relates_to']) ?? {};
  switch (clear.type) {
    case 'm.room.message':
      return readMessage(eventId, { content: clear.content, relation });
    case 'm.reaction':
      return typeof relation['event_id'] === 'string' && typeof relation['key'] === 'string' && relation['rel_type'] === 'm.annotation'
        ? { type: 'reaction', eventId, of: relation['event_id'], symbol: relation['key'].slice(0, 100) }
        : null;
    case 'm.room.redaction': {
      const of = textOr(event.content['redacts'], event.redacts ?? null);
      return of === null ? null : { type: 'removal', of };
    }
    case 'm.sticker':
      return { type: 'uncarried', eventId, kind: 'file' };
    default:
      return isTechnical(clear.type) ? null : { type: 'uncarried', eventId, kind: 'other' };
  }
}

const asRecord = (value: unknown): Record<string, unknown> | null => (isRecord(value) ? value : null);

/** Machines' talk; saying "not carried" about it would puzzle whoever sent nothing. */
const isTechnical = (type: string): boolean =>
  /^m\.(key\.verification\.|room\.encrypted$|poll\.(response|end)$|call\.(?!invite$))/u.test(type) ||
  /^org\.matrix\.(msc3381\.poll\.(response|end)|msc3401\.call)/u.test(type);

interface Message {
  readonly content: Readonly<Record<string, unknown>>;
  readonly relation: Readonly<Record<string, unknown>>;
}

function readMessage(eventId: string, { content, relation }: Message): RoomHappening | null {
  if (relation['rel_type'] === 'm.replace' && typeof relation['event_id'] === 'string') {
    const replacement = asRecord(content['m.new_content']);
    const body = replacement === null || !isText(replacement['msgtype']) ? null : bodyOf(replacement['body']);
    return body === null ? { type: 'uncarried', eventId, kind: 'other' } : { type: 'edit', eventId, of: relation['event_id'], body };
  }
  const msgtype = content['msgtype'];
  if (isText(msgtype)) {
    const body = bodyOf(content['body']);
    if (body === null) return { type: 'uncarried', eventId, kind: 'other' };
    const replied = asRecord(relation['m.in_reply_to'])?.['event_id'];
    // In a thread, the reply is only there for clients without threads, unless it says otherwise.
    const replyTo =
      typeof replied !== 'string' || (relation['rel_type'] === 'm.thread' && relation['is_falling_back'] === true) ? null : replied;
    return { type: 'text', eventId, body: typeof replied === 'string' ? withoutFallback(body) : body, replyTo };
  }
  if (typeof msgtype === 'string' && msgtype.startsWith('m.key.verification.')) return null;
  return {
    type: 'uncarried',
    eventId,
    kind: msgtype === 'm.image' || msgtype === 'm.file' || msgtype === 'm.audio' || msgtype === 'm.video' ? 'file' : 'other',
  };
}

const isText = (msgtype: unknown): boolean => msgtype === 'm.text' || msgtype === 'm.notice' || msgtype === 'm.emote';

const bodyOf = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, bodyLimit).toWellFormed() : null);

/** The quoted lines that older clients put before a reply (removed from the spec in 1.13): `> ` lines at the start and one empty line. */
function withoutFallback(body: string): string {
  const lines = body.split('\n');
  const own = lines.findIndex((line) => !line.startsWith('> '));
  if (own <= 0 || !/^> (\* )?<@/u.test(lines[0] ?? '')) return body;
  return lines.slice(lines[own] === '' ? own + 1 : own).join('\n');
}

function readState({ type, state_key: stateKey = '', content, was }: RawEvent): RoomHappening | null {
  if (type === 'm.room.encryption' && stateKey === '') return { type: 'encryption-on' };
  if (type !== 'm.room.member') return null;
  const now = content['membership'];
  // A new name or picture comes as a member event too.
  if (now === was) return null;
  return now === 'join' || now === 'leave' || now === 'invite' || now === 'ban' || now === 'knock'
    ? { type: 'membership', who: stateKey, now }
    : null;
}
