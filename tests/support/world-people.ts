// People around a relay in memory: those who write by mail or in a chat, and volunteers at their desks.
import { formatAddress } from '#mail/addresses.ts';
import type { SentMail } from '#tests/support/fake-mail.ts';
import type { FakePerson } from '#tests/support/fake-matrix.ts';
import type { Seen } from '#tests/contract/matrix-account.ts';
import { evidenceHeader, support } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';

export interface MailOptions {
  readonly subject?: string;
  /** Answers this mail: to its Reply-To, in its thread. */
  readonly answers?: SentMail;
  /** Where the token of `answers` stands. Default: in both. */
  readonly token?: 'in-reply-to' | 'in-references' | 'in-both' | 'nowhere';
  /** Default: pass none. */
  readonly proof?: 'pass none' | 'nothing none' | 'fail none' | 'fail reject' | 'away none';
  readonly from?: string;
  readonly cc?: string;
  readonly headers?: readonly string[];
  readonly files?: 'none' | 'one';
  /** Hands it in and does not work it off. */
  readonly then?: 'settle' | 'wait';
}

export interface MailWriter {
  readonly address: string;
  writes(text: string, options?: MailOptions): Promise<void>;
  /** What they got, oldest first. */
  got(): readonly SentMail[];
  last(): SentMail;
  texts(): readonly string[];
}

let counter = 0;

const withFile = (head: readonly string[], text: string): string =>
  [
    ...head,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="b0"',
    '',
    '--b0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '--b0',
    'Content-Type: application/pdf; name="cv.pdf"',
    'Content-Disposition: attachment; filename="cv.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    'JVBERi0xLjQK',
    '--b0--',
    '',
  ].join('\n');

export const mailOf = (address: string, of: { readonly text: string; readonly options: MailOptions }): string => {
  const { answers, token = 'in-both', proof = 'pass none', from, cc, subject, headers = [], files = 'none' } = of.options;
  const to =
    answers !== undefined && (token === 'in-reply-to' || token === 'in-both') ? answers.replyTo : `${support.local}@${support.domain}`;
  const thread =
    answers !== undefined && (token === 'in-references' || token === 'in-both')
      ? [`In-Reply-To: <${answers.mail.messageId}>`, `References: <${answers.mail.messageId}>`]
      : [];
  const head = [
    `From: ${from ?? address}`,
    `To: ${to}`,
    ...(cc === undefined ? [] : [`Cc: ${cc}`]),
    `Subject: ${subject ?? (answers === undefined ? 'hello' : 'Re: Your message')}`,
    `Message-ID: <m${(counter += 1)}@writers.example>`,
    'Date: Wed, 11 Mar 2026 12:00:00 +0000',
    ...thread,
    ...headers,
    `${evidenceHeader}: ${proof}`,
  ];
  if (files === 'one') return withFile(head, of.text);
  return [...head, 'Content-Type: text/plain; charset=utf-8', '', of.text, ''].join('\n');
};

export const mailWriter = (world: RelayWorld, address = 'ada@writers.example'): MailWriter => {
  const got = (): readonly SentMail[] => world.sender.sent.filter((each) => formatAddress(each.mail.to) === address);
  return {
    address,
    async writes(text, options = {}) {
      await world.takeMail(mailOf(address, { text, options }));
      if (options.then !== 'wait') await world.settle();
    },
    got,
    last() {
      const last = got().at(-1);
      if (last === undefined) throw new Error('no mail came');
      return last;
    },
    texts: () => got().map((each) => each.mail.text),
  };
};

export interface InRoom {
  readonly roomId: string;
  /** Says something, and all that follows from it happens. Returns the event. */
  says(text: string, more?: { readonly replyTo?: string }): Promise<string>;
  edits(event: string, text: string): Promise<void>;
  removes(event: string): Promise<void>;
  reacts(event: string, symbol: string): Promise<void>;
  leaves(): Promise<void>;
  sees(): Promise<readonly Seen[]>;
  /** What the bot says there that still stands, edits applied. */
  hears(): Promise<readonly string[]>;
  /** The bot's marks on an event that still stand, latest last. */
  marks(event: string): Promise<readonly string[]>;
}

export const inRoom = (world: RelayWorld, of: { readonly person: FakePerson; readonly roomId: string }): InRoom => {
  const { person, roomId } = of;
  const then = async <Value>(value: Promise<Value>): Promise<Value> => {
    const done = await value;
    await world.settle();
    return done;
  };
  return {
    roomId,
    says: (text, more = {}) => then(person.say(roomId, text, more)),
    edits: async (event, text) => void (await then(person.edit(roomId, event, text))),
    removes: (event) => then(person.remove(roomId, event)),
    reacts: async (event, symbol) => void (await then(person.react(roomId, event, symbol))),
    leaves: () => then(person.leave(roomId)),
    sees: () => person.sees(roomId),
    async hears() {
      const seen = (await person.sees(roomId)).filter((each) => each.sender !== person.userId && each.removed === 'no');
      const edits = new Map(seen.flatMap((each) => (each.edits === null ? [] : [[each.edits, each.body.replace(/^\* /u, '')] as const])));
      return seen.filter((each) => each.edits === null).map((each) => edits.get(each.eventId) ?? each.body);
    },
    async marks(event) {
      const seen = await person.sees(roomId);
      return seen.find((each) => each.eventId === event)?.reactions ?? [];
    },
  };
};

export interface ChatWriter {
  readonly person: FakePerson;
  readonly chat: InRoom;
}

/** Somebody with an encrypted chat with the front bot. */
export const chatWriter = async (world: RelayWorld, name = 'cy', kind: 'encrypted' | 'clear' = 'encrypted'): Promise<ChatWriter> => {
  const person = await world.matrix.person(name);
  const roomId = await person.chatWith(world.front.userId, kind);
  await world.settle();
  return { person, chat: inRoom(world, { person, roomId }) };
};

/** The latest room that a bot made with this person; they join it. */
export const joinLatest = async (world: RelayWorld, person: FakePerson): Promise<InRoom> => {
  const made = world.rooms.findLast((room) => room.invited.includes(person.userId));
  if (made === undefined) throw new Error('no room was made for them');
  await person.join(made.roomId);
  await world.settle();
  return inRoom(world, { person, roomId: made.roomId });
};

export interface VolunteerHere {
  readonly person: FakePerson;
  readonly desk: InRoom;
  /** Takes the offer that stands, joins the room, and opens it. */
  takes(options?: { readonly open?: 'open' | 'sealed' }): Promise<InRoom>;
}

export const volunteerHere = async (
  world: RelayWorld,
  options: { readonly name?: string; readonly says?: readonly string[] } = {},
): Promise<VolunteerHere> => {
  const person = await world.matrix.person(options.name ?? 'vera');
  const coordinator = await coordinatorHere(world);
  await coordinator.says(`!invite ${person.userId}`);
  const desk = await joinLatest(world, person);
  for (const line of options.says ?? ['!alias River', '!available']) await desk.says(line);
  return {
    person,
    desk,
    async takes({ open = 'open' } = {}) {
      const before = world.rooms.length;
      await desk.says('1');
      if (world.rooms.length !== before + 1) throw new Error('no room was made for who takes an offer');
      const room = await joinLatest(world, person);
      if (open === 'open') await room.says('!open');
      return room;
    },
  };
};

export const coordinatorHere = async (world: RelayWorld): Promise<InRoom> => {
  const made = world.rooms.find((room) => room.invited.includes(world.coordinator));
  if (made === undefined) throw new Error('the coordinator has no desk');
  const person = world.coordinatorPerson;
  return inRoom(world, { person, roomId: made.roomId });
};
