// Many messages at once over many cases whose rooms are made, against as many encrypted sends by one bare client to as many rooms:
// the same requests to the same homeserver, read by the same volunteers' clients.
import { setTimeout as pause } from 'node:timers/promises';
import type { AtDesk } from '#trial/conversation.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { shareRoom, somethingNew } from '#tests/bench/bare-legs.ts';
import type { Figure } from '#tests/bench/figure.ts';
import type { MailCase } from '#tests/bench/held-cases.ts';
import { spreadOf } from '#tests/bench/spread.ts';
import { until } from '#tests/support/until.ts';

const leastShare = 0.8;
const handedOverAtOnce = 8;
const restMs = 2_000;
const patience = { deadlineMs: 300_000 };

export interface BurstPlan {
  readonly cases: readonly MailCase[];
  /** One client that shares a room with each holder for each of their cases. */
  readonly bare: MatrixPerson;
  /** Gets the same mails while the bare client sends, so that the mail servers, on the same machine, have the same to do. */
  readonly mailbox: string;
  readonly messages: number;
  readonly rounds: number;
}

interface Room {
  readonly reader: MatrixPerson;
  readonly roomId: string;
}

/** Resolves when each of these rooms has shown this word as often as was written into it. */
const allSeen = (rooms: readonly Room[], of: { readonly word: string; readonly each: number }): Promise<unknown> =>
  Promise.all(
    rooms.map(({ reader, roomId }) => {
      let from = reader.seen.length;
      let seen = 0;
      return until(
        'the burst at the other side',
        () => {
          for (; from < reader.seen.length; from += 1) {
            const event = reader.seen[from];
            if (event?.roomId === roomId && event.what.type === 'text' && event.what.body.includes(of.word)) seen += 1;
          }
          return seen >= of.each;
        },
        patience,
      );
    }),
  );

const inTurns = async <Value>(values: readonly Value[], work: (value: Value) => Promise<unknown>): Promise<void> => {
  const left = values.values();
  const worker = async (): Promise<void> => {
    for (const value of left) await work(value);
  };
  await Promise.all(Array.from({ length: handedOverAtOnce }, worker));
};

/** Messages a second. */
const rate = async (of: {
  readonly rooms: readonly Room[];
  readonly each: number;
  readonly send: (at: number, text: string) => Promise<unknown>;
}) => {
  const word = somethingNew();
  const seen = allSeen(of.rooms, { word, each: of.each });
  const all = Array.from({ length: of.each }).flatMap((_, turn) => of.rooms.map((_room, at) => ({ at, turn })));
  const began = Date.now();
  await Promise.all([inTurns(all, ({ at, turn }) => of.send(at, `Line ${turn} of ${word}.`)), seen]);
  return (all.length / (Date.now() - began)) * 1000;
};

export const bareRooms = async (bare: MatrixPerson, desks: readonly AtDesk[], each: number): Promise<readonly Room[]> => {
  const rooms: Room[] = [];
  for (const { person } of desks)
    for (let count = 0; count < each; count += 1) rooms.push({ reader: person, roomId: await shareRoom(bare, person) });
  return rooms;
};

export const measureBurst = async ({ cases, bare, mailbox, messages, rounds }: BurstPlan): Promise<readonly Figure[]> => {
  const holders = new Map<AtDesk, number>();
  for (const { holding } of cases) holders.set(holding.at, (holders.get(holding.at) ?? 0) + 1);
  const plain: Room[] = [];
  for (const [at, count] of holders) plain.push(...(await bareRooms(bare, [at], count)));
  const relayed = cases.map(({ holding }): Room => ({ reader: holding.at.person, roomId: holding.room }));
  const each = Math.ceil(messages / cases.length);
  const rates = { relay: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    rates.bare.push(
      await rate({
        rooms: plain,
        each,
        send: (at, text) =>
          Promise.all([bare.say(plain[at]?.roomId ?? '', text), cases[at]?.person.write({ to: mailbox, subject: 'bare', text })]),
      }),
    );
    await pause(restMs);
    rates.relay.push(
      await rate({
        rooms: relayed,
        each,
        send: async (at, text) => {
          const one = cases[at];
          if (one !== undefined) await one.person.answer(one.last, text, { program: 'no-quote' });
        },
      }),
    );
    await pause(restMs);
  }
  const plainRate = spreadOf(rates.bare);
  return [
    {
      figure: 'burst',
      what: `A burst of ${each * cases.length} mails over ${cases.length} cases, until every volunteer’s client has decrypted them`,
      unit: 'messages/s',
      relay: spreadOf(rates.relay),
      bare: plainRate,
      bound: {
        is: 'at-least',
        value: leastShare * plainRate.median,
        from: `${leastShare} of as many bare encrypted sends, the same mails delivered meanwhile`,
      },
    },
  ];
};
