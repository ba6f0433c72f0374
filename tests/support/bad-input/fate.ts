// What became of something that was written to us? Read from what can be seen of the relay afterwards, never asked of the code that
// did it. Every mail and every event has to come to exactly one of these ends.
import type { InboxState } from '#relay/store-port.ts';
import type { Message } from '#relay/record-types.ts';
import { formatAddress } from '#mail/addresses.ts';
import type { RelayWorld } from '#tests/support/world.ts';

/**
 * `carried`: it, or the change it makes, is in the conversation. `asked`: it is held, and somebody has been asked about it.
 * `both-told`: it is not carried, and both sides know. `quarantined`: the operator is told, without content.
 * `answered`: a fixed text went back. `nothing`: no trace; right for robots, repeats and the talk of machines alone.
 */
export type Fate = 'carried' | 'asked' | 'both-told' | 'quarantined' | 'answered' | 'nothing';

/** What stands in a message, either way. */
interface Stands {
  readonly id: string;
  readonly text: string;
  readonly hidden: 'hidden' | 'shown';
  readonly files: number;
}

const standsIn = (message: Message): Stands =>
  message.direction === 'in'
    ? { id: message.id, text: message.text ?? '', hidden: message.hidden, files: message.files }
    : {
        id: message.id,
        text: message.lines.map((line) => line.text ?? '').join('\n'),
        hidden: message.state === 'withdrawn' ? 'hidden' : 'shown',
        files: 0,
      };

export interface Sight {
  /** Messages, by id. */
  readonly messages: ReadonlyMap<string, Stands>;
  readonly inbox: Readonly<Record<InboxState, readonly string[]>>;
  /** Held rows that a standing question speaks of. */
  readonly askedAbout: ReadonlySet<string>;
  /** Why the operator was told of something that was set aside, by code. */
  readonly setAside: readonly string[];
  readonly faults: readonly string[];
  /** Mails of ours, as address and text. */
  readonly mails: readonly { readonly to: string; readonly text: string }[];
  /** What the bots say in the rooms that are looked at: by the events' ids. */
  readonly said: ReadonlyMap<string, string>;
}

const mostRows = 10_000;

export const look = async (world: RelayWorld, rooms: readonly string[]): Promise<Sight> => {
  const { store, records } = world.parts;
  const ids = async (state: InboxState): Promise<readonly string[]> => (await store.inboxInState(state, mostRows)).map((row) => row.id);
  const messages = new Map<string, Stands>();
  for (const { id, value } of await records.find({ kind: 'message', limit: mostRows })) messages.set(id, standsIn(value));
  const said = new Map<string, string>();
  for (const room of rooms)
    for (const seen of await world.coordinatorPerson.sees(room))
      if (seen.sender === world.front.userId || seen.sender === world.desk.userId) said.set(seen.eventId, seen.body);
  return {
    messages,
    inbox: { received: await ids('received'), held: await ids('held'), quarantined: await ids('quarantined'), done: [] },
    askedAbout: new Set((await records.find({ kind: 'question', limit: mostRows })).flatMap(({ value }) => value.held)),
    setAside: world.log.flatMap((event) => (event.event === 'mail.set-aside' ? [event.code] : [])),
    faults: world.log.flatMap((event) => (event.event === 'fault' ? [`${event.where}:${event.code}`] : [])),
    mails: world.sender.sent.map(({ mail }) => ({ to: formatAddress(mail.to), text: `${mail.subject}\n${mail.text}` })),
    said,
  };
};

export interface Became {
  readonly fate: Fate;
  /** What must not be, whatever it was; empty: all is well. */
  readonly wrong: readonly string[];
  /** Words that were carried by it. */
  readonly carried: readonly string[];
  /** What we said because of it, by mail or in a room. */
  readonly answers: readonly string[];
  /** Everything that anybody wrote and that stands in a conversation: a bot that carries it on repeats it. */
  readonly standing: ReadonlySet<string>;
  readonly answeredTo: readonly string[];
  readonly setAside: readonly string[];
}

/** Marks and copies follow by themselves. */
const saysTheSame = (one: Stands, other: Stands | undefined): boolean =>
  one.text === other?.text && one.hidden === other.hidden && one.files === other.files;

const added = <Value>(before: readonly Value[], after: readonly Value[]): readonly Value[] => after.slice(before.length);
const fresh = (before: readonly string[], after: readonly string[]): readonly string[] => after.filter((id) => !before.includes(id));

export const becameOf = (before: Sight, after: Sight): Became => {
  const changed = [...after.messages]
    .filter(([id, message]) => !saysTheSame(message, before.messages.get(id)))
    .map(([, message]) => message);
  const words = changed.filter((message) => message.text !== '' || message.hidden === 'hidden');
  const files = changed.filter((message) => message.text === '' && message.files > 0 && message.hidden === 'shown');
  const held = fresh(before.inbox.held, after.inbox.held);
  const quarantined = fresh(before.inbox.quarantined, after.inbox.quarantined);
  const mails = added(before.mails, after.mails);
  const answers = [
    ...mails.map((mail) => mail.text),
    ...[...after.said].filter(([event]) => !before.said.has(event)).map(([, body]) => body),
  ];
  const wrong: string[] = [
    ...added(before.faults, after.faults).map((fault) => `something broke (${fault})`),
    ...fresh(before.inbox.received, after.inbox.received).map(() => 'it still lies there'),
    ...held.filter((id) => !after.askedAbout.has(id)).map(() => 'it is held, and no question stands about it'),
    ...changed
      .filter((message) => message.text === '' && message.files === 0 && message.hidden === 'shown')
      .map(() => 'an empty message was placed'),
    ...words.filter((message) => /[\0-\x08\x0b-\x1f\x7f-\x9f]/u.test(message.text)).map(() => 'control characters were carried'),
  ];
  if (quarantined.length > 0 && after.setAside.length === before.setAside.length) wrong.push('set aside, and the operator was not told');
  if (files.length > 0 && answers.length === 0) wrong.push('a file went nowhere, and its sender was not told');
  const newMessages = changed.filter((message) => !before.messages.has(message.id));
  if (newMessages.length > 1) wrong.push('it was placed twice');
  const ends = [words, files, held, quarantined].filter((each) => each.length > 0);
  if (ends.length > 1) wrong.push('it came to two ends');
  return {
    fate: fateOf({ words, files, held, quarantined, answers }),
    wrong,
    carried: words.map((message) => message.text),
    answers,
    standing: new Set([...after.messages.values()].map((message) => message.text)),
    answeredTo: mails.map((mail) => mail.to),
    setAside: added(before.setAside, after.setAside),
  };
};

const fateOf = (of: {
  readonly words: readonly unknown[];
  readonly files: readonly unknown[];
  readonly held: readonly unknown[];
  readonly quarantined: readonly unknown[];
  readonly answers: readonly unknown[];
}): Fate => {
  if (of.words.length > 0) return 'carried';
  if (of.files.length > 0) return 'both-told';
  if (of.held.length > 0) return 'asked';
  if (of.quarantined.length > 0) return 'quarantined';
  return of.answers.length > 0 ? 'answered' : 'nothing';
};
