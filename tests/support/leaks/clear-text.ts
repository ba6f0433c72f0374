// What a homeserver can read of rooms: every event as its database keeps it, against a list of what may stand there in clear and no more.
import { DatabaseSync } from 'node:sqlite';

export interface StoredEvent {
  readonly roomId: string;
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Somewhere in clear where it must not be. `at`: the field, as a path; `value`: what stands there. */
export interface InClear {
  readonly type: string;
  readonly at: string;
  readonly value: string;
}

/** Every event of the rooms in which these accounts are or were; removed ones as they were, which Synapse keeps for a while. */
export const storedEvents = (database: string, accounts: readonly string[]): readonly StoredEvent[] => {
  using reading = new DatabaseSync(database, { readOnly: true });
  const rooms = `SELECT DISTINCT room_id FROM room_memberships WHERE user_id IN (${accounts.map(() => '?').join(', ')})`;
  return reading
    .prepare(`SELECT room_id, json FROM event_json WHERE room_id IN (${rooms})`)
    .all(...accounts)
    .map(({ room_id: roomId, json }) => {
      const event = JSON.parse(String(json)) as { readonly type: string; readonly content: Readonly<Record<string, unknown>> };
      return { roomId: String(roomId), type: event.type, content: event.content };
    });
};

const eventId = /^\$[\w-]{43}$/u;
const userId = /^@[\w.=/-]{1,60}:[\w.-]{1,40}(?::\d+)?$/u;
const base64 = /^[A-Za-z0-9+/=_-]+$/u;
const number = /^-?\d{1,6}$/u;
const yesOrNo = /^(?:true|false)$/u;
const only = (...values: readonly string[]): RegExp =>
  new RegExp(`^(?:${values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`)).join('|')})$`, 'u');

/** The bots' marks on a line, and a volunteer's answers: digits, as keycaps. */
const symbols = only('⏳', '📤', '✅', '❔', '⚠️', '🗑', '🗑️', ...['1', '2', '3', '4'].map((digit) => `${digit}\uFE0F\u20E3`));

const relation = {
  'm.relates_to.rel_type': only('m.replace', 'm.thread', 'm.annotation'),
  'm.relates_to.event_id': eventId,
  'm.relates_to.is_falling_back': yesOrNo,
  'm.relates_to.m.in_reply_to.event_id': eventId,
};

/** Names in clear, which the protocol has no other way for: of rooms and of accounts; and the fixed topics of ours. */
export interface NamesInClear {
  readonly topics: readonly string[];
  readonly ofRooms: readonly string[];
  readonly ofAccounts: readonly string[];
}

type Fields = Readonly<Record<string, RegExp>>;

/** By type of event: each field that may stand there, and what may stand in it. `*` stands for one name that is made up. */
const mayBeClear = (names: NamesInClear): Readonly<Record<string, Fields>> => ({
  'm.room.encrypted': {
    algorithm: only('m.megolm.v1.aes-sha2'),
    ciphertext: base64,
    device_id: /^[A-Z0-9]{1,32}$/u,
    sender_key: base64,
    session_id: base64,
    ...relation,
  },
  'm.reaction': { ...relation, 'm.relates_to.key': symbols },
  'm.room.redaction': { redacts: eventId },
  'm.room.create': { room_version: number, creator: userId, 'm.federate': yesOrNo },
  'm.room.member': {
    membership: only('invite', 'join', 'leave'),
    displayname: only(...names.ofAccounts),
    is_direct: yesOrNo,
  },
  'm.room.name': { name: only(...names.ofRooms) },
  // The same twice: as it always was, and as Matrix 1.15 has it.
  'm.room.topic': {
    topic: only(...names.topics),
    'm.topic.m.text.0.body': only(...names.topics),
    'm.topic.m.text.0.mimetype': only('text/plain'),
  },
  'm.room.encryption': { algorithm: only('m.megolm.v1.aes-sha2') },
  'm.room.history_visibility': { history_visibility: only('invited', 'shared') },
  'm.room.guest_access': { guest_access: only('can_join', 'forbidden') },
  'm.room.join_rules': { join_rule: only('invite') },
  // A random word, while the room is being made.
  'm.room.canonical_alias': { alias: /^#[a-z0-9-]{20,40}:[\w.]+$/u },
  'm.room.power_levels': {
    ...Object.fromEntries(
      ['users_default', 'events_default', 'state_default', 'ban', 'kick', 'redact', 'invite', 'historical'].map((name) => [name, number]),
    ),
    'users.*': number,
    'events.*': number,
    'notifications.*': number,
  },
});

/** Everything else that stands there in clear. */
export const readableIn = (events: readonly StoredEvent[], names: NamesInClear): readonly InClear[] => {
  const known = mayBeClear(names);
  return events.flatMap(({ type, content }) => {
    const fields = known[type];
    return leavesOf(content)
      .filter(({ at, value }) => {
        const [first = ''] = at.split('.');
        const rule = fields?.[at] ?? (at.length > first.length ? fields?.[`${first}.*`] : undefined);
        return rule === undefined || !rule.test(value);
      })
      .map((leaf) => ({ type, ...leaf }));
  });
};

const leavesOf = (value: unknown, at = ''): readonly { readonly at: string; readonly value: string }[] => {
  if (typeof value !== 'object' || value === null) return [{ at, value: String(value) }];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, at === '' ? name : `${at}.${name}`));
};
