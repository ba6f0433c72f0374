// A volunteer of a run, who does the same whatever is being killed: takes every offer, joins every room, opens what waits there, writes.
import { setTimeout as pause } from 'node:timers/promises';
import type { AtDesk } from '#trial/conversation.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { startSdkPerson } from '#trial/people/sdk-person.ts';
import type { Stage } from '#tests/support/stage.ts';
import type { Place } from './compare.ts';
import { linesIn } from './lines.ts';
import { patiently } from './patiently.ts';
import { placeAt } from './requesters.ts';

export interface Volunteer extends AsyncDisposable {
  readonly at: AtDesk;
  /** The room in which they hold this conversation; null: they do not, or have not read its first line yet. */
  roomOf(conversation: number): string | null;
  write(conversation: number, text: string): Promise<void>;
  /** How many different lines of it have been read so far. */
  readSoFar(conversation: number): number;
  /** One more device of theirs, signed by the first, which they write at in each room as soon as it can read there. */
  newDevice(): Promise<void>;
  /** All rooms with the desk bot, at all devices. */
  places(): readonly Place[];
  /** Rooms into which the desk bot invited them; a second one for one conversation would be a double. */
  rooms(): Promise<number>;
  /** Rooms in which the welcome came more than once. */
  doubledWelcomes(): number;
}

const lookMs = 300;
const welcome = 'What you write here goes to them';

export const startVolunteer = (
  stage: Stage,
  of: { readonly at: AtDesk; readonly ending: AsyncDisposableStack; readonly failed: (fault: unknown) => void },
): Volunteer => {
  const { at } = of;
  const { person } = at;
  const devices: MatrixPerson[] = [person];
  const offers = new Set<string>();
  const opened = new Set<string>();
  const joined = new Set<string>([at.desk]);
  const stopped = new AbortController();

  const textsOfBot = (where: MatrixPerson) =>
    where.seen.flatMap((event) =>
      event.sender === stage.deskBot && event.what.type === 'text'
        ? [{ room: event.roomId, event: event.eventId, body: event.what.body }]
        : [],
    );

  const lookOnce = async (): Promise<void> => {
    for (const { room, event, body } of textsOfBot(person)) {
      if (room === at.desk && body.includes('Someone has been waiting') && !offers.has(event)) {
        await person.react(at.desk, event, '1️⃣');
        offers.add(event);
      }
      if (room !== at.desk && body.includes('1 open') && !opened.has(room)) {
        await person.say(room, '1');
        opened.add(room);
      }
    }
    for (const room of await person.rooms()) {
      if (room.membership !== 'invite' || room.inviter !== stage.deskBot || joined.has(room.roomId)) continue;
      await person.join(room.roomId);
      joined.add(room.roomId);
    }
  };
  const looking = (async () => {
    while (!stopped.signal.aborted) {
      // Joining is tried again at the next look; what was said has been said, since its client tries again by itself.
      await patiently(lookOnce);
      await pause(lookMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })().catch(of.failed);

  /** The conversation whose lines stand in this room. */
  const conversationIn = (room: string): number | null => {
    for (const text of textsOfBot(person)) {
      if (text.room !== room || room === at.desk) continue;
      const [line] = linesIn(text.body);
      if (line !== undefined) return line.conversation;
    }
    return null;
  };
  const roomOf = (conversation: number): string | null => {
    for (const room of joined) if (conversationIn(room) === conversation) return room;
    return null;
  };

  const readsThere = (device: MatrixPerson, room: string): boolean => textsOfBot(device).some((text) => text.room === room);

  return {
    at,
    roomOf,
    async write(conversation, text) {
      const room = roomOf(conversation);
      if (room === null) throw new Error('not in this conversation');
      const device = devices.findLast((one) => readsThere(one, room)) ?? person;
      await device.say(room, text);
    },
    readSoFar(conversation) {
      const room = roomOf(conversation);
      const lines = textsOfBot(person).flatMap((text) => (text.room === room ? linesIn(text.body).map((line) => line.text) : []));
      return new Set(lines).size;
    },
    async newDevice() {
      const homeserver = stage.stack.addresses.matrix;
      const account = stage.accountOf(person);
      const added = of.ending.use(await patiently(() => startSdkPerson({ homeserver, account, device: 'unsigned' })));
      await patiently(() => person.signDevice(added.deviceId));
      devices.push(added);
    },
    places() {
      return devices.flatMap((device, index) =>
        [...joined].map((room): Place => {
          const conversation = conversationIn(room);
          return placeAt(device, {
            room,
            sender: stage.deskBot,
            name: `${at.name}'s room of ${conversation ?? 'nothing'}`,
            device: index + 1,
            belongs: conversation === null ? null : { conversation, way: 'in' },
          });
        }),
      );
    },
    async rooms() {
      const rooms = await patiently(() => person.rooms());
      return rooms.filter((room) => room.roomId !== at.desk).length;
    },
    doubledWelcomes() {
      const perRoom = new Map<string, number>();
      for (const { room, body } of textsOfBot(person)) if (body.includes(welcome)) perRoom.set(room, (perRoom.get(room) ?? 0) + 1);
      return [...perRoom.values()].filter((count) => count > 1).length;
    },
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await looking;
    },
  };
};
