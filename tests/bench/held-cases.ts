// Conversations that are under way, for measuring what is written in them: who asks, who holds, and their rooms.
import { atDesk, joinNewRoom, type AtDesk, type Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson, SeenEvent } from '#trial/people/matrix-person.ts';
import type { ReceivedMail } from '#trial/people/received-mail.ts';
import { bodyOf, mark, openChat } from '#tests/support/steps.ts';
import type { Stage } from '#tests/support/stage.ts';

export interface MailCase {
  readonly person: MailPerson;
  /** What they answer. */
  readonly last: ReceivedMail;
  readonly holding: Holding;
}

export interface ChatCase {
  readonly person: MatrixPerson;
  readonly chat: string;
  readonly holding: Holding;
}

/** For the settings: nobody is new, and everybody may be asked again at once. */
export const readyForMany = { newVolunteerDays: 0, offerRestMinutes: 0, unprovenCasesPerHour: 1000 } as const;

const patience = { deadlineMs: 120_000 };
/** What a volunteer may hold at most (docs/volunteers.md). */
export const heldByOne = 3;

export const holder = (stage: Stage, name: string): Promise<AtDesk> =>
  stage.volunteer({
    name,
    says: [
      [`!cap ${heldByOne}`, `${heldByOne}`],
      ['!available', 'You are available until'],
    ],
  });

interface Taken {
  readonly holding: Holding;
  /** Their first words. */
  readonly words: string;
  /** The next one may come while this one is being opened. */
  readonly offer: SeenEvent;
}

/** Takes the next offer at this desk after `from` and opens what waits. */
const takeNext = async (stage: Stage, at: AtDesk, from: { readonly after?: SeenEvent }): Promise<Taken> => {
  const { person } = at;
  const offer = await person.waitForText(at.desk, 'Someone has been waiting', { ...patience, ...from });
  await person.react(at.desk, offer.eventId, '1️⃣');
  const { roomId } = await joinNewRoom(person, stage.deskBot, [at.desk]);
  await person.waitForText(roomId, '1 open', patience);
  await person.say(roomId, '1');
  const first = await person.waitForText(roomId, 'first words', patience);
  return { holding: { at, room: roomId }, words: bodyOf(first), offer };
};

/** Each of these desks takes as many as it may hold, side by side; `write` is called when they are listening. */
const takeAll = async (
  stage: Stage,
  of: { readonly desks: readonly AtDesk[]; readonly each: number; readonly write: () => Promise<void> },
) => {
  const takings = of.desks.map(async (at) => {
    const taken: Taken[] = [];
    let from = mark(at.person);
    for (let count = 0; count < of.each; count += 1) {
      const one = await takeNext(stage, at, from);
      taken.push(one);
      from = { after: one.offer };
    }
    return taken;
  });
  const all = Promise.all(takings);
  await Promise.race([of.write(), all]);
  return (await all).flat();
};

/** As many cases by mail as these volunteers may hold. Every one of them has answered at least once. */
export const holdMailCases = async (
  stage: Stage,
  of: { readonly desks: readonly AtDesk[]; readonly each: number },
): Promise<readonly MailCase[]> => {
  const people: MailPerson[] = [];
  for (let count = 0; count < of.desks.length * of.each; count += 1) people.push(await stage.mailPerson('asks'));
  const write = async (): Promise<void> => {
    for (const [number, person] of people.entries())
      await person.write({ to: stage.supportAddress, subject: 'hello', text: `These are the first words, ${number} of them.` });
  };
  const taken = await takeAll(stage, { ...of, write });
  return Promise.all(
    people.map(async (person, number) => {
      const held = taken.find(({ words }) => words.includes(`first words, ${number} of`));
      if (held === undefined) throw new Error('a case was not taken');
      return { person, last: await person.nextMail(patience), holding: held.holding };
    }),
  );
};

export const holdChatCase = async (stage: Stage, at: AtDesk): Promise<ChatCase> => {
  const person = await stage.matrixPerson('talks');
  const chat = await openChat(stage, person);
  const write = async (): Promise<void> => void (await person.say(chat, 'These are the first words in a chat.'));
  const [taken] = await takeAll(stage, { desks: [at], each: 1, write });
  if (taken === undefined) throw new Error('a chat was not taken');
  return { person, chat, holding: taken.holding };
};

export const goAway = async (at: AtDesk): Promise<void> => void (await atDesk(at, { says: '!off', hears: '' }));
