// An improbable person goes through mail, another through a chat, and an improbable volunteer answers both; then everything that the
// relay and the servers around it hold is searched for them, in every form. What must not be there is not there, in both directions.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nextOffer, take, writeAndSend, type AtDesk, type Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import {
  dressUp,
  fullEdit,
  fullFile,
  fullText,
  furnish,
  place,
  poll,
  replyWithFallback,
  sticker,
  wordyReaction,
} from '#tests/support/leaks/canary-chats.ts';
import { everythingMail, htmlReply, plainReply } from '#tests/support/leaks/canary-mails.ts';
import { planting, type Planting } from '#tests/support/leaks/planted.ts';
import { findMarked, type Found } from '#tests/support/leaks/search.ts';
import {
  argumentsOf,
  bytesBelow,
  databaseBytes,
  databaseRows,
  monitor,
  saveSnapshot,
  type DatabaseRow,
  type Monitor,
} from '#tests/support/leaks/sinks.ts';
import { tableOf, type People, type Searched } from '#tests/support/leaks/table.ts';
import { setStage, type Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { until } from '#tests/support/until.ts';

const quiet = (): void => undefined;
const own = 'said in their own words';
const planted = 'laid into the sink by this test';

const byMail = planting('quarvexil');
const byChat = planting('brimzotuq');
const volunteer = planting('vosklampf');
/** What is said, by all of them. */
const said = planting('zembrolun');
/** Numbers that people call. As typed, and as digits alone. */
const phone = planting('7882 6451');
const digits = planting('78826451');
phone.word('phone');
digits.word('phone');

const people: readonly People[] = [
  { title: 'by mail', ownWords: [own], ...byMail },
  { title: 'by chat', ownWords: [own], ...byChat },
  { title: 'volunteer', ownWords: [own], ...volunteer },
  { title: 'what was said', ownWords: [], ...said },
];

interface Sink {
  readonly sink: string;
  readonly bytes: Buffer;
  /** Who and what must not be in it. */
  readonly without: readonly Planting[];
  /** Is there for certain, so that it is known to have been searched. */
  readonly certain: string;
  /** People's own words come here, and are not taken apart. */
  readonly carries?: 'words';
}

describe('the canary', { timeout: 120_000 }, () => {
  const stack = theStack();
  let stage: Stage;
  let heard: Monitor;
  let desk: AtDesk;
  let mailer: MailPerson;
  let chatter: MatrixPerson;
  let chat: string;
  let mailCase: Holding;
  let chatCase: Holding;
  let processes = Buffer.alloc(0);
  let told = '';
  const searches: Searched[] = [];

  const lookAtProcesses = (): void => {
    processes = Buffer.concat([processes, argumentsOf(stage.folder)]);
  };
  const carriedToVolunteer = (holding: Holding, field: string): Promise<unknown> =>
    desk.person.waitForText(holding.room, said.name(field), { deadlineMs: 40_000 });
  const lastOf = <Value>(all: readonly Value[]): Value => {
    const last = all.at(-1);
    if (last === undefined) throw new Error('nothing was seen');
    return last;
  };
  const everyPiece = (person: MatrixPerson): Buffer => Buffer.from(JSON.stringify(person.seenWhole));

  beforeAll(async () => {
    stage = await setStage({ stack, limits: { newVolunteerDays: 0, offerRestMinutes: 0 } });
    heard = await monitor(stack.addresses.valkey);
    desk = await stage.volunteer({
      name: volunteer.word('Matrix localpart'),
      says: [
        ['!alias River', 'will know you as'],
        ['!available', 'You are available until'],
      ],
    });
    const { userId, deviceId } = desk.person;
    await dressUp(stack.addresses.matrix, { who: volunteer, userId, deviceId });
    mailer = await stage.mailPerson(byMail.word('From, address'));
  }, 120_000);
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail')
      console.log(stage.relay.log.slice(-30).join('\n'), (await mailer.inbox()).map((mail) => mail.text).join('\n=====\n'));
  });
  afterAll(async () => {
    const shown = people.map((person) => ({ ...person, words: person.words.filter(({ field }) => field !== planted) }));
    console.log(tableOf(shown, searches));
    heard?.[Symbol.dispose]();
    await stage?.[Symbol.asyncDispose]();
  });

  /** In a case room, with everything that a client can put around a line. */
  const answerWithEverything = async (holding: Holding, round: string): Promise<void> => {
    const { person } = desk;
    const { room } = holding;
    const words = `${said.name(`volunteer, ${round}`)}: I am with you. My name is ${volunteer.name(own)}.`;
    const first = await person.sendEvent(room, {
      type: 'm.room.message',
      content: fullText(volunteer, 'A line that is about to be changed.'),
    });
    await person.sendEvent(room, { type: 'm.room.message', content: fullEdit(volunteer, { event: first, words }) });
    await person.sendEvent(room, {
      type: 'm.room.message',
      content: replyWithFallback(volunteer, { to: first, words: 'And one more thing.' }),
    });
    await person.say(room, `You find me at ${person.userId}, or at https://matrix.to/#/${person.userId}`);
    await person.sendEvent(room, { type: 'm.room.message', content: fullFile(volunteer) });
    await person.waitForText(room, 'Files and pictures are not carried');
    await person.sendEvent(room, { type: 'm.sticker', content: sticker(volunteer) });
    await person.sendEvent(room, { type: 'm.location', content: place(volunteer) });
    await person.say(room, `!note ${said.word('note')} of ${volunteer.word('note')}`);
    await person.waitForText(room, 'Kept here');
    await writeAndSend(holding, [`${said.name(`volunteer, last of ${round}`)}.`]);
  };

  it('writes a mail in which every place holds something, and its words arrive', async () => {
    const support = stage.supportMailbox.address;
    // The server says no at first, and repeats to whom.
    await stack.smtp.behave({
      user: support,
      recipient: mailer.address,
      times: 1,
      then: { fault: 'answer', at: 'rcpt', code: 451, text: `4.2.0 <${mailer.address}> ${byMail.name('answer of the server')} is busy` },
    });
    const words = `${said.name('mail, first')}. My sister calls me ${byMail.name(own)}. My number is +49 151 7882 6451, or 015178826451.`;
    const copy = stack.admin.freshMailbox(byMail.word('Cc, address'));
    await mailer.sendRaw(everythingMail({ who: byMail, from: mailer.address, to: stage.supportAddress, words }, copy.address), {
      to: stage.supportAddress,
    });
    await mailer.nextMail({ deadlineMs: 40_000 });
    mailCase = await take(stage, { offered: await nextOffer([desk]), tell: quiet, expects: said.name('mail, first') });
    await answerWithEverything(mailCase, 'to mail');
    lookAtProcesses();
  });

  it('answers in plain text and as a page, with quotes and signatures', async () => {
    const last = await mailer.nextMail({
      matching: (mail) => mail.text.includes(said.name('volunteer, last of to mail')),
      deadlineMs: 40_000,
    });
    for (const [write, field] of [
      [plainReply, 'mail, plain reply'],
      [htmlReply, 'mail, page'],
    ] as const) {
      await mailer.sendRaw(
        write({ who: byMail, from: mailer.address, to: stage.supportAddress, words: `${said.name(field)} of mine.` }, last),
        { to: last.replyTo },
      );
      await carriedToVolunteer(mailCase, field);
    }
  });

  it('writes in a chat, with all that clients put around words', async () => {
    chatter = await stage.matrixPerson(byChat.word('Matrix localpart'));
    const { userId, deviceId } = chatter;
    await dressUp(stack.addresses.matrix, { who: byChat, userId, deviceId });
    chat = await chatter.startChat(stage.frontBot);
    await chatter.waitForRoom((room) => room.roomId === chat && room.joined.includes(stage.frontBot));
    await furnish(stack.addresses.matrix, { who: byChat, account: stage.accountOf(chatter), room: chat });
    const words =
      `${said.name('chat, first')}. My sister calls me ${byChat.name(own)}, here I am ${byChat.name('display name')} Chatperson, ${userId}, https://matrix.to/#/${userId}, ` +
      `@${byChat.word('Matrix id in the text')}:${byChat.word('Matrix server in the text')}.example, ${byChat.word('address in the text')}@${byChat.word('domain in the text')}.example, ` +
      `https://${byChat.word('link in the text')}.example/?u=${byChat.word('link parameter in the text')}, +49 151 7882 6451.`;
    const before = lastOf(desk.person.seen);
    await chatter.sendEvent(chat, { type: 'm.room.message', content: fullText(byChat, words) });
    const answer = await chatter.waitForText(chat, 'Thank you for writing', { deadlineMs: 40_000 });
    const offer = await desk.person.waitForText(desk.desk, 'Someone has been waiting', { after: before, deadlineMs: 40_000 });
    chatCase = await take(stage, { offered: { at: desk, offer }, tell: quiet, expects: said.name('chat, first') });
    await chatter.sendEvent(chat, { type: 'm.reaction', content: wordyReaction(byChat, answer.eventId) });
    await chatter.sendEvent(chat, {
      type: 'm.room.message',
      content: replyWithFallback(byChat, { to: answer.eventId, words: `${said.name('chat, reply')}.` }),
    });
    await carriedToVolunteer(chatCase, 'chat, reply');
    for (const [type, content] of [
      ['m.room.message', fullFile(byChat)],
      ['m.room.message', place(byChat)],
      ['m.sticker', sticker(byChat)],
      ['m.poll.start', poll(byChat)],
    ] as const)
      await chatter.sendEvent(chat, { type, content });
    const line = await chatter.sendEvent(chat, {
      type: 'm.room.message',
      content: fullText(byChat, `${said.name('chat, before the edit')}.`),
    });
    await carriedToVolunteer(chatCase, 'chat, before the edit');
    await chatter.sendEvent(chat, {
      type: 'm.room.message',
      content: fullEdit(byChat, { event: line, words: `${said.name('chat, edit')}.` }),
    });
    await desk.person.waitFor(
      (event) => event.roomId === chatCase.room && event.what.type === 'edit' && event.what.body.includes(said.name('chat, edit')),
      { deadlineMs: 40_000 },
    );
    await answerWithEverything(chatCase, 'to chat');
    await chatter.waitForText(chat, said.name('volunteer, last of to chat'), { deadlineMs: 40_000 });
  });

  it('goes on after a kill', async () => {
    await stage.relay.kill();
    await chatter.say(chat, `${said.name('chat, while nobody was there')}.`);
    await desk.person.say(chatCase.room, `${said.name('volunteer, while nobody was there')}.`);
    await stage.relay.start();
    await carriedToVolunteer(chatCase, 'chat, while nobody was there');
    await chatter.waitForText(chat, said.name('volunteer, while nobody was there'), { deadlineMs: 40_000 });
    await stage.allRead();
    lookAtProcesses();
    told = (await stage.relay.hearken('status')).out;
    await until('what Valkey was told', () => heard.bytes().length > 0);
  });

  it.each([
    "what the volunteer's client decrypted",
    "what the coordinator's client decrypted",
    "the homeserver's rows on the desk's side",
    "the homeserver's rows on the front's side",
    "the homeserver's whole database",
    'the mails of the one who asked by mail',
    'mails as they were handed to the SMTP server',
    'what the client of the one who asked by chat decrypted',
    'every command that Valkey was given',
    "Valkey's files",
    "the relay's files, keys and databases with their logs",
    'the log and standard error',
    'arguments and environment of its processes',
    'temporary files',
    'what `hearken status` says',
  ])('%s', async (name) => {
    const sink = await sinkNamed(name);
    expect(sink.bytes.includes(sink.certain), 'it was not searched').toBe(true);
    const found = new Map<string, readonly Found[]>();
    // One word is laid in by this test, so that it is seen to find what lies here.
    const laidIn = `Dear ${sink.without[0]?.name(planted)}!`;
    const bytes = Buffer.concat([sink.bytes, Buffer.from(Buffer.from(laidIn).toString('base64'))]);
    for (const who of sink.without) found.set(who.stem, findMarked(bytes, who));
    searches.push({ sink: name, found, stems: sink.without.map((who) => who.stem) });
    const all = [...found.values()].flat();
    expect(all.filter((hit) => hit.field === planted)).toHaveLength(1);
    const hits = all.filter((hit) => hit.field !== planted);
    const leaks = sink.carries === 'words' ? hits.filter((hit) => hit.field !== own) : hits;
    expect(leaks).toEqual([]);
    if (sink.carries === 'words') expect(hits.map((hit) => hit.field)).toContain(own);
  });

  const sinkNamed = async (name: string): Promise<Sink> => {
    const asked = [byMail, byChat, phone, digits] as const;
    const everybody = [...asked, volunteer, said] as const;
    const { matrix, valkey } = stack.addresses;
    switch (name) {
      case "what the volunteer's client decrypted": {
        const rooms = Buffer.from(JSON.stringify(await desk.person.rooms()));
        return {
          sink: name,
          bytes: Buffer.concat([everyPiece(desk.person), rooms]),
          without: asked,
          certain: said.name('chat, first'),
          carries: 'words',
        };
      }
      case "what the coordinator's client decrypted":
        return { sink: name, bytes: everyPiece(stage.coordinator.person), without: [...asked, said], certain: 'This is your desk' };
      case "the homeserver's rows on the desk's side":
        return { sink: name, bytes: rowsThatName(await deskSide()), without: asked, certain: stage.deskBot };
      case "the homeserver's rows on the front's side":
        return {
          sink: name,
          bytes: rowsThatName([stage.frontBot, chatter.userId, chat]),
          without: [byMail, phone, digits, volunteer],
          certain: stage.frontBot,
        };
      case "the homeserver's whole database":
        return { sink: name, bytes: databaseBytes(matrix.database), without: [byMail, phone, digits, said], certain: 'm.room.encrypted' };
      case 'the mails of the one who asked by mail': {
        const mails = await mailer.inbox();
        return {
          sink: name,
          bytes: Buffer.from(mails.map((mail) => mail.raw).join('\n'), 'latin1'),
          without: [byChat, volunteer],
          certain: said.name('volunteer, to mail'),
          carries: 'words',
        };
      }
      case 'mails as they were handed to the SMTP server': {
        const mails = await stack.smtp.sent(stage.supportMailbox.address);
        return {
          sink: name,
          bytes: Buffer.from(JSON.stringify(mails), 'latin1'),
          without: [byChat, volunteer],
          certain: said.name('volunteer, to mail'),
          carries: 'words',
        };
      }
      case 'what the client of the one who asked by chat decrypted': {
        const rooms = Buffer.from(JSON.stringify(await chatter.rooms()));
        return {
          sink: name,
          bytes: Buffer.concat([everyPiece(chatter), rooms]),
          without: [byMail, volunteer],
          certain: said.name('volunteer, to chat'),
          carries: 'words',
        };
      }
      case 'every command that Valkey was given':
        return { sink: name, bytes: heard.bytes(), without: everybody, certain: 'hearken:core' };
      case "Valkey's files":
        await saveSnapshot(valkey.port);
        return { sink: name, bytes: bytesBelow(valkey.folder), without: everybody, certain: 'hearken:core' };
      case "the relay's files, keys and databases with their logs":
        return { sink: name, bytes: bytesBelow(join(stage.folder, 'relay')), without: everybody, certain: 'SQLite format 3' };
      case 'the log and standard error':
        return { sink: name, bytes: Buffer.from(stage.relay.log.join('\n')), without: everybody, certain: 'lane.blocked' };
      case 'arguments and environment of its processes':
        return { sink: name, bytes: processes, without: everybody, certain: 'reading-child' };
      case 'temporary files':
        appendFileSync(join(stage.folder, 'temporary', 'looked-at'), 'looked at');
        return { sink: name, bytes: bytesBelow(join(stage.folder, 'temporary')), without: everybody, certain: 'looked at' };
      default:
        return { sink: name, bytes: Buffer.from(told), without: everybody, certain: 'Hearken has been running' };
    }
  };

  let rows: readonly DatabaseRow[] = [];
  const rowsThatName = (names: readonly string[]): Buffer => {
    if (rows.length === 0) rows = databaseRows(stack.addresses.matrix.database);
    return Buffer.from(
      rows
        .filter((row) => names.some((each) => row.text.includes(each)))
        .map((row) => `${row.table}: ${row.text}`)
        .join('\n'),
      'latin1',
    );
  };
  const deskSide = async (): Promise<readonly string[]> => [
    stage.deskBot,
    desk.person.userId,
    stage.coordinator.person.userId,
    ...(await desk.person.rooms()).map((room) => room.roomId),
  ];
});
