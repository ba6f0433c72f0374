// Those who ask, by mail or in a chat: what they write goes on while servers are killed, and what reached them can be read at the end.
import type { MailPerson } from '#trial/people/mail-person.ts';
import { startMailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson, SeenEvent } from '#trial/people/matrix-person.ts';
import { startSdkPerson } from '#trial/people/sdk-person.ts';
import type { MatrixAccountOfTrial } from '#trial/servers/matrix-accounts.ts';
import type { Seeded } from '#tests/support/seeded.ts';
import type { Stage } from '#tests/support/stage.ts';
import { neverRead } from '#tests/support/two-conversations.ts';
import type { Place, Sighting } from './compare.ts';
import { linesIn } from './lines.ts';
import { patiently } from './patiently.ts';

export interface Requester {
  readonly channel: 'mail' | 'chat';
  /** In order: the next one is written when this has resolved. */
  write(text: string): Promise<void>;
  /** How many different lines have reached them so far. */
  readSoFar(): Promise<number>;
  /** All that reached them, read anew where that can be done. */
  places(conversation: number): Promise<readonly Place[]>;
  /** Goes on at another device, which nobody has seen before; null where there are no devices. */
  readonly newDevice: (() => Promise<void>) | null;
  /** First answers that are not the same mail or event: more than one would be a double. */
  firstAnswers(): Promise<number>;
}

const programs = ['gmail', 'thunderbird', 'apple-mail', 'no-quote'] as const;
const firstAnswer = 'Thank you for writing';

export const mailRequester = async (
  stage: Stage,
  of: { readonly name: string; readonly chance: Seeded; readonly ending: AsyncDisposableStack },
): Promise<Requester> => {
  const { addresses, admin } = stage.stack;
  const mailbox = admin.freshMailbox(of.name);
  const open = (): Promise<MailPerson> => patiently(() => startMailPerson(addresses, mailbox));
  const person = of.ending.use(await open());
  const inbox = () => patiently(() => person.inbox());
  return {
    channel: 'mail',
    newDevice: null,
    async write(text) {
      const last = (await inbox()).at(-1);
      // Their provider's queue keeps it while the mailbox's server is away; so this is done once.
      if (last === undefined) await person.write({ to: stage.supportAddress, subject: 'hello', text });
      else await person.answer(last, text, { program: of.chance.pick(programs) });
    },
    async readSoFar() {
      const mails = await inbox();
      return new Set(mails.flatMap((mail) => linesIn(mail.text).map((line) => line.text))).size;
    },
    async firstAnswers() {
      const mails = await inbox();
      return new Set(mails.filter((mail) => mail.text.includes(firstAnswer)).map((mail) => mail.messageId)).size;
    },
    async places(conversation) {
      await using reader = await open();
      const mails = await patiently(() => reader.inbox());
      const sightings = mails.flatMap((mail): readonly Sighting[] =>
        linesIn(mail.text).map((line) => ({ ...line, at: deliveredAt(mail.header('Received')), carrier: mail.messageId })),
      );
      return [{ name: `mailbox ${conversation}`, belongs: { conversation, way: 'out' }, reads: 'all', sightings, unreadable: [] }];
    },
  };
};

export const chatRequester = async (
  stage: Stage,
  of: { readonly name: string; readonly ending: AsyncDisposableStack },
): Promise<Requester> => {
  const homeserver = stage.stack.addresses.matrix;
  const account: MatrixAccountOfTrial = await patiently(() => stage.stack.admin.freshMatrixAccount(of.name));
  const devices: MatrixPerson[] = [];
  const arrive = async (device: 'signed' | 'unsigned'): Promise<MatrixPerson> => {
    const person = of.ending.use(await patiently(() => startSdkPerson({ homeserver, account, device })));
    devices.push(person);
    return person;
  };
  const first = await arrive('signed');
  let writer = first;
  // One that was begun in vain, its server being killed, stays empty.
  const chat = await patiently(() => first.startChat(stage.frontBot));
  await first.waitForRoom((room) => room.roomId === chat && room.joined.includes(stage.frontBot), { deadlineMs: 120_000 });
  const texts = () =>
    first.seen.flatMap((event) =>
      event.roomId === chat && event.sender === stage.frontBot && event.what.type === 'text'
        ? [{ body: event.what.body, event: event.eventId }]
        : [],
    );
  return {
    channel: 'chat',
    async write(text) {
      await writer.say(chat, text);
    },
    async newDevice() {
      const person = await arrive('unsigned');
      await person.waitForRoom((room) => room.roomId === chat && room.encrypted === 'yes', { deadlineMs: 120_000 });
      writer = person;
    },
    async readSoFar() {
      return new Set(texts().flatMap(({ body }) => linesIn(body).map((line) => line.text))).size;
    },
    async firstAnswers() {
      return new Set(texts().flatMap(({ body, event }) => (body.includes(firstAnswer) ? [event] : []))).size;
    },
    async places(conversation) {
      return devices.map((person, at) =>
        placeAt(person, {
          room: chat,
          sender: stage.frontBot,
          name: `chat ${conversation}`,
          device: at + 1,
          belongs: { conversation, way: 'out' },
        }),
      );
    },
  };
};

/** What one device saw of one sender in one room. `device`: from 1, in the order of their coming. */
export const placeAt = (
  person: MatrixPerson,
  of: Pick<Place, 'name' | 'belongs'> & { readonly room: string; readonly sender: string; readonly device: number },
): Place => {
  const there = inRoomOrder(person).filter((event) => event.roomId === of.room && event.sender === of.sender);
  return {
    name: `${of.name}, device ${of.device}`,
    belongs: of.belongs,
    reads: of.device === 1 ? 'all' : 'once-known',
    sightings: there.flatMap((event): readonly Sighting[] =>
      event.what.type === 'text' ? linesIn(event.what.body).map((line) => ({ ...line, at: event.at, carrier: event.eventId })) : [],
    ),
    unreadable: neverRead(person).flatMap((event) => (event.roomId === of.room ? [{ at: event.at, carrier: event.eventId }] : [])),
  };
};

/** An event that became readable later stands where it came first. */
const inRoomOrder = (person: MatrixPerson): readonly SeenEvent[] => {
  const byId = new Map<string, SeenEvent>();
  for (const event of person.seen) {
    const before = byId.get(event.eventId);
    if (before === undefined || before.what.type === 'unreadable') byId.set(event.eventId, event);
  }
  return [...byId.values()];
};

/** When the exchange wrote its Received field: whole seconds. */
const deliveredAt = (fields: readonly string[]): number => Date.parse(fields[0]?.split(';').at(-1) ?? '');
