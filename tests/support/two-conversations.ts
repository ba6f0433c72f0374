// Two conversations at once on a stage, one by mail and one by Matrix, each with numbered lines in both directions at an uneven pace;
// and what of them arrived at the other side, in which order, how often, and when.
import { setTimeout as pause } from 'node:timers/promises';
import { nextOffer, take, type Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson, SeenEvent } from '#trial/people/matrix-person.ts';
import type { ReceivedMail } from '#trial/people/received-mail.ts';
import type { Seeded } from '#tests/support/seeded.ts';
import type { Stage } from '#tests/support/stage.ts';
import { until } from '#tests/support/until.ts';

export const ways = ['mail in', 'mail out', 'chat in', 'chat out'] as const;
/** `in`: from the one who asks to the volunteer. */
export type Way = (typeof ways)[number];

export type Writers = 'mail' | 'matrix';

export interface Line {
  readonly text: string;
  /** ms since 1970: when its writer's own server had it, or when it was at the other side. */
  readonly at: number;
}

export interface Arrivals {
  readonly lines: readonly Line[];
  /** Mails that came more than once under the same Message-ID, as SMTP allows: counted once above. */
  readonly sameMailAgain: number;
}

export interface TwoConversations {
  readonly byMail: Holding;
  readonly byChat: Holding;
  readonly mailPerson: MailPerson;
  readonly chatPerson: MatrixPerson;
  readonly chat: string;
  /** Whom the chat's next lines are written by: another device of the same person. */
  chatWrittenBy(device: MatrixPerson): void;
  /**
   * Holds up those who write by mail, or all who write in Matrix, as their own programs do while a server is away. Resolves when
   * nothing of theirs is on its way to their server, to what lets them go on.
   */
  hold(writers: Writers): Promise<() => void>;
  /** Writes so many lines of this way, some in bursts, with pauses of at most this many ms between. */
  write(way: Way, of: { readonly lines: number; readonly longestPauseMs: number; readonly chance: Seeded }): Promise<void>;
  /** What was written so far, in order. */
  said(way: Way): readonly Line[];
  arrived(way: Way): Promise<Arrivals>;
  /** Resolves when as many lines of every way arrived as were written; more or others are for the caller to find. */
  allArrived(deadlineMs: number): Promise<void>;
  /** Texts in rooms that their owner could never read. */
  unreadable(): number;
}

const quiet = (): void => undefined;
const words = ['heron', 'lantern', 'quiet', 'harbour', 'willow', 'stone', 'evening', 'bridge', 'paper', 'river'] as const;
const shape = /(?:mail|chat) (?:in|out), line \d+, \w+\./gu;
const linesIn = (text: string): readonly string[] => text.match(shape) ?? [];
const programs = ['gmail', 'thunderbird', 'apple-mail', 'no-quote'] as const;

export const holdTwoConversations = async (stage: Stage): Promise<TwoConversations> => {
  const desks = [await stage.volunteer({ name: 'ada' }), await stage.volunteer({ name: 'bea' })];
  const mailPerson = await stage.mailPerson('willa');
  const chatPerson = await stage.matrixPerson('cyril');
  await mailPerson.write({ to: stage.supportAddress, subject: 'hello', text: 'This is the first thing that I write by mail.' });
  await mailPerson.nextMail({ deadlineMs: 60_000 });
  const byMail = await take(stage, { offered: await nextOffer(desks), tell: quiet, expects: 'first thing that I write by mail' });
  const chat = await chatPerson.startChat(stage.frontBot);
  await chatPerson.waitForRoom((room) => room.roomId === chat && room.joined.includes(stage.frontBot), { deadlineMs: 60_000 });
  await chatPerson.say(chat, 'This is the first thing that I write in a chat.');
  await chatPerson.waitForText(chat, 'Thank you for writing', { deadlineMs: 60_000 });
  const others = desks.filter((desk) => desk !== byMail.at);
  const byChat = await take(stage, { offered: await nextOffer(others), tell: quiet, expects: 'first thing that I write in a chat' });

  const written = new Map<Way, Line[]>(ways.map((way) => [way, []]));
  const gates: Record<Writers, Promise<void>> = { mail: Promise.resolve(), matrix: Promise.resolve() };
  const onTheirWay: Record<Writers, Set<Promise<void>>> = { mail: new Set(), matrix: new Set() };
  let chatWriter = chatPerson;

  const send = async (way: Way, of: { readonly text: string; readonly chance: Seeded }): Promise<void> => {
    const { text } = of;
    switch (way) {
      case 'mail in': {
        const last = (await mailPerson.inbox()).at(-1);
        if (last === undefined) throw new Error('there is no mail to answer');
        await mailPerson.answer(last, text, { program: of.chance.pick(programs) });
        return;
      }
      case 'mail out':
        await byMail.at.person.say(byMail.room, text);
        return;
      case 'chat in':
        await chatWriter.say(chat, text);
        return;
      case 'chat out':
        await byChat.at.person.say(byChat.room, text);
        return;
    }
  };

  const inRoom = (person: MatrixPerson, of: { readonly room: string; readonly sender: string }): Arrivals => ({
    sameMailAgain: 0,
    lines: person.seen.flatMap((event) =>
      event.roomId === of.room && event.sender === of.sender && event.what.type === 'text'
        ? linesIn(event.what.body).map((text) => ({ text, at: event.at }))
        : [],
    ),
  });

  const inMailbox = async (): Promise<Arrivals> => {
    const mails = await mailPerson.inbox();
    const first = new Map<string, ReceivedMail>();
    for (const mail of mails) if (!first.has(mail.messageId)) first.set(mail.messageId, mail);
    return {
      sameMailAgain: mails.length - first.size,
      lines: [...first.values()].flatMap((mail) => linesIn(mail.text).map((text) => ({ text, at: deliveredAt(mail) }))),
    };
  };

  const arrived = async (way: Way): Promise<Arrivals> => {
    switch (way) {
      case 'mail in':
        return inRoom(byMail.at.person, { room: byMail.room, sender: stage.deskBot });
      case 'chat in':
        return inRoom(byChat.at.person, { room: byChat.room, sender: stage.deskBot });
      case 'chat out':
        return inRoom(chatPerson, { room: chat, sender: stage.frontBot });
      case 'mail out':
        return inMailbox();
    }
  };

  const said = (way: Way): readonly Line[] => written.get(way) ?? [];

  return {
    byMail,
    byChat,
    mailPerson,
    chatPerson,
    chat,
    chatWrittenBy(device) {
      chatWriter = device;
    },
    async hold(writers) {
      const { promise, resolve } = Promise.withResolvers<void>();
      gates[writers] = promise;
      await Promise.all(onTheirWay[writers]);
      return resolve;
    },
    async write(way, { lines, longestPauseMs, chance }) {
      const writers = way === 'mail in' ? 'mail' : 'matrix';
      let burst = 0;
      for (let count = 0; count < lines; count += 1) {
        await gates[writers];
        const text = `${way}, line ${said(way).length + 1}, ${chance.pick(words)}.`;
        written.get(way)?.push({ text, at: Date.now() });
        const sending = send(way, { text, chance });
        onTheirWay[writers].add(sending);
        await sending.finally(() => onTheirWay[writers].delete(sending));
        burst = burst > 0 ? burst - 1 : chance.below(4) === 0 ? 3 : 0;
        if (burst === 0) await pause(chance.below(longestPauseMs));
      }
    },
    said,
    arrived,
    async allArrived(deadlineMs) {
      const deadline = Date.now() + deadlineMs;
      for (const way of ways) {
        const left = Math.max(deadline - Date.now(), 1);
        await until(`every line of "${way}" at the other side`, async () => (await arrived(way)).lines.length >= said(way).length, {
          deadlineMs: left,
        }).catch(async (late: unknown) => {
          const there = new Set((await arrived(way)).lines.map((line) => line.text));
          const missing = said(way).filter((line) => !there.has(line.text));
          throw new Error(`${String(late)}; missing: ${JSON.stringify(missing.map((line) => line.text))}`);
        });
      }
    },
    unreadable: () => [byMail.at.person, byChat.at.person, chatPerson].flatMap(neverRead).length,
  };
};

/** Events that were not readable when they came nor later. */
export const neverRead = (person: MatrixPerson): readonly SeenEvent[] => {
  const read = new Set(person.seen.flatMap((event) => (event.what.type === 'unreadable' ? [] : [event.eventId])));
  return person.seen.filter((event) => event.what.type === 'unreadable' && !read.has(event.eventId));
};

/** When the exchange wrote its Received field: whole seconds. */
const deliveredAt = (mail: ReceivedMail): number => Date.parse(mail.header('Received')[0]?.split(';').at(-1) ?? '');
