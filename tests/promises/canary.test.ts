// An improbable person goes through mail, another through a chat, and an improbable volunteer answers both; then everything that the
// relay and the servers around it hold is searched for them, in every form. What must not be there is not there, in both directions.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dataFiles } from '#settings/data-folder.ts';
import { atDesk, nextOffer, take, writeAndSend, type AtDesk, type Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { homeserverProxy, type ProxiedRequest } from '#tests/support/homeserver-proxy.ts';
import { breakRelay } from '#tests/support/leaks/broken-relay.ts';
import {
  dressUp,
  fullEdit,
  fullFile,
  fullText,
  furnish,
  inThread,
  place,
  poll,
  removeWithReason,
  replyWithFallback,
  sticker,
  voice,
  wordyReaction,
} from '#tests/support/leaks/canary-chats.ts';
import { everythingMail, htmlReply, plainReply } from '#tests/support/leaks/canary-mails.ts';
import { layIntoDatabase, layIntoProcesses, layIntoStatus, layIntoValkey } from '#tests/support/leaks/laid.ts';
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
import { bounceOf, heldMail, mailOfNobody, outOfOffice, tornMail } from '#tests/support/leaks/troubled-mails.ts';
import { setStage, type Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { until } from '#tests/support/until.ts';

const quiet = (): void => undefined;
const own = 'said in their own words';
/** Nobody takes these out: somebody wrote them to be read. */
const ownWords = [own, 'Subject'];

const byMail = planting('quarvexil');
const byChat = planting('brimzotuq');
const volunteer = planting('vosklampf');
/** What is said, by all of them. */
const said = planting('zembrolun');
/** Laid into each place that is searched, to see that it is found there. */
const laid = planting('drovlimpax');
/** Numbers that people call. As typed, and as digits alone. */
const phone = planting('7882 6451');
const digits = planting('78826451');
phone.word('phone');
digits.word('phone');

const people: readonly People[] = [
  { title: 'by mail', ownWords, ...byMail },
  { title: 'by chat', ownWords, ...byChat },
  { title: 'volunteer', ownWords, ...volunteer },
  { title: 'what was said', ownWords: [], ...said },
];

interface Sink {
  readonly bytes: Buffer;
  /** Who and what must not be in it. */
  readonly without: readonly Planting[];
  /** Of the relay's own, and there for certain: so it is known that the right thing is searched. */
  readonly certain: string;
  /** Got there on the way on which a leak would, and must be found. */
  readonly laid: readonly string[];
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
  const laying = new AsyncDisposableStack();
  let processes = Buffer.alloc(0);
  let told = '';
  let broken = '';
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
  const asked = [byMail, byChat, phone, digits];
  const everybody = [...asked, volunteer, said];
  const wordsOf = { volunteer: laid.name('words of a volunteer'), requester: laid.name('words of a requester') };

  const sinks: Readonly<Record<string, () => Promise<Sink> | Sink>> = {
    "what the volunteer's client decrypted": async () => ({
      bytes: Buffer.concat([everyPiece(desk.person), Buffer.from(JSON.stringify(await desk.person.rooms()))]),
      without: asked,
      certain: said.name('chat, first'),
      laid: ['words of a requester'],
      carries: 'words',
    }),
    "what the coordinator's client decrypted": () => ({
      bytes: everyPiece(stage.coordinator.person),
      without: [...asked, said],
      certain: 'This is your desk',
      laid: ['alias'],
    }),
    "the homeserver's rows on the desk's side": async () => ({
      bytes: rowsThatName(await deskSide()),
      without: asked,
      certain: stage.deskBot,
      laid: ['reaction of a volunteer'],
    }),
    "the homeserver's rows on the front's side": async () => ({
      bytes: rowsThatName([stage.frontBot, chatter.userId, ...(await chatter.rooms()).map((room) => room.roomId)]),
      without: [byMail, phone, digits, volunteer],
      certain: stage.frontBot,
      laid: ['reaction of a requester'],
    }),
    "the homeserver's whole database": () => ({
      bytes: databaseBytes(stack.addresses.matrix.database),
      without: [byMail, phone, digits, said],
      certain: 'm.room.encrypted',
      laid: ['reaction of a volunteer', 'reaction of a requester'],
    }),
    'the mails of the one who asked by mail': async () => ({
      bytes: Buffer.from((await mailer.inbox()).map((mail) => mail.raw).join('\n'), 'latin1'),
      without: [byChat, volunteer],
      certain: said.name('volunteer, to mail'),
      laid: ['words of a volunteer'],
      carries: 'words',
    }),
    'mails as they were handed to the SMTP server': async () => ({
      bytes: Buffer.from(JSON.stringify(await stack.smtp.sent(stage.supportMailbox.address)), 'latin1'),
      without: [byChat, volunteer],
      certain: said.name('volunteer, to mail'),
      laid: ['words of a volunteer'],
      carries: 'words',
    }),
    'what the client of the one who asked by chat decrypted': async () => ({
      bytes: Buffer.concat([everyPiece(chatter), Buffer.from(JSON.stringify(await chatter.rooms()))]),
      without: [byMail, volunteer],
      certain: said.name('volunteer, to chat'),
      laid: ['words of a volunteer'],
      carries: 'words',
    }),
    'every command that Valkey was given': () => ({
      bytes: heard.bytes(),
      without: everybody,
      certain: ':mail-out',
      laid: ['a command to Valkey'],
    }),
    "Valkey's snapshot (RDB)": async () => {
      await saveSnapshot(stack.addresses.valkey.port);
      const bytes = readFileSync(join(stack.addresses.valkey.folder, 'dump.rdb'));
      return { bytes, without: everybody, certain: ':mail-out', laid: ['a command to Valkey'] };
    },
    "Valkey's log of commands (AOF)": () => ({
      bytes: bytesBelow(join(stack.addresses.valkey.folder, 'appendonlydir')),
      without: everybody,
      certain: ':mail-out',
      laid: ['a command to Valkey'],
    }),
    "the relay's files, keys and databases with their logs and free pages": () => ({
      bytes: bytesBelow(join(stage.folder, 'relay')),
      without: everybody,
      certain: 'SQLite format 3',
      laid: ['a free page', "a database's log"],
    }),
    'the log and standard error, a crash included': () => ({
      bytes: Buffer.from([...stage.relay.log, broken].join('\n')),
      without: everybody,
      certain: 'lane.blocked',
      laid: ['standard error'],
    }),
    'arguments and environment of its processes': () => ({
      bytes: processes,
      without: everybody,
      certain: 'reading-child',
      laid: ['an argument'],
    }),
    'temporary files': () => ({
      bytes: bytesBelow(join(stage.folder, 'temporary')),
      without: everybody,
      certain: 'looked-at',
      laid: ['a temporary file'],
    }),
    'what `hearken status` and `hearken doctor` say': () => ({
      bytes: Buffer.from(told),
      without: everybody,
      certain: 'Hearken has been running',
      laid: ['status'],
    }),
  };

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
    await atDesk(stage.coordinator, { says: `!alias ${laid.name('alias')}`, hears: 'will know you as' });
  }, 120_000);
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail')
      console.log(stage.relay.log.slice(-30).join('\n'), (await mailer.inbox()).map((mail) => mail.text).join('\n=====\n'));
  });
  afterAll(async () => {
    console.log(tableOf(people, searches));
    await laying.disposeAsync();
    heard?.[Symbol.dispose]();
    await stage?.[Symbol.asyncDispose]();
  });

  /** In a case room, with everything that a client can put around a line. */
  const answerWithEverything = async (holding: Holding, round: string): Promise<void> => {
    const { person } = desk;
    const { room } = holding;
    const words = `${said.name(`volunteer, ${round}`)}: I am with you. My name is ${volunteer.name(own)}. ${wordsOf.volunteer}.`;
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
    await person.sendEvent(room, { type: 'm.room.message', content: inThread(volunteer, { root: first, words: 'And in a thread.' }) });
    await person.sendEvent(room, { type: 'm.room.message', content: voice(volunteer) });
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
    const words = `${said.name('mail, first')}. My sister calls me ${byMail.name(own)}. My number is +49 151 7882 6451, or 015178826451. ${wordsOf.requester}.`;
    const copy = stack.admin.freshMailbox(byMail.word('Cc, address'));
    await mailer.sendRaw(everythingMail({ who: byMail, from: mailer.address, to: stage.supportAddress, words }, copy.address), {
      to: stage.supportAddress,
    });
    await mailer.nextMail({ deadlineMs: 40_000 });
    mailCase = await take(stage, { offered: await nextOffer([desk]), tell: quiet, expects: said.name('mail, first') });
    await answerWithEverything(mailCase, 'to mail');
    await desk.person.react(mailCase.room, lastOf(desk.person.seen).eventId, laid.word('reaction of a volunteer'));
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

  it('writes mails that go another way: torn, held, by nobody, by a robot', async () => {
    const mail = { who: byMail, from: mailer.address, to: stage.supportAddress };
    await mailer.sendRaw(tornMail({ ...mail, words: `${said.name('mail, torn')}.` }), mail);
    await mailer.sendRaw(outOfOffice(mail), mail);
    await mailer.forge(mailOfNobody(mail), mail);
    await mailer.forge(heldMail(mail), mail);
    await mailer.nextMail({ matching: ({ text }) => text.includes('Did you write to us just now?'), deadlineMs: 40_000 });
    await carriedToVolunteer(mailCase, 'mail, torn');
    await stage.allRead();
    expect((await stage.relay.hearken('status')).out).toContain('1 held until their sender answers, 1 in quarantine');
  });

  it('is answered, and the servers on the way refuse and return that, with everything in their words', async () => {
    const user = stage.supportMailbox.address;
    const text = `5.7.1 <${mailer.address}> ${byMail.name('refusal of the server')} was refused: ${volunteer.name('refusal of the server')}`;
    const refusal = { fault: 'answer', at: 'data', code: 554, text } as const;
    await stack.smtp.behave({ user, recipient: mailer.address, times: 1, then: refusal });
    await writeAndSend(mailCase, [`${said.name('volunteer, refused')}.`]);
    await desk.person.waitForText(mailCase.room, 'could not be delivered', { deadlineMs: 40_000 });
    await writeAndSend(mailCase, [`${said.name('volunteer, returned')}.`]);
    const sent = await until('the mail that comes back', async () =>
      (await stack.smtp.sent(user)).find(({ raw }) => raw.includes(said.name('volunteer, returned'))),
    );
    const bounce = bounceOf({ who: byMail, from: mailer.address, to: sent.sender, returned: sent.raw });
    await mailer.forge(bounce, { from: '', to: sent.sender });
    await desk.person.waitForText(mailCase.room, 'A message of yours came back', { deadlineMs: 40_000 });
  });

  it('writes in a chat, with all that clients put around words', async () => {
    chatter = await stage.matrixPerson(byChat.word('Matrix localpart'));
    const { userId, deviceId } = chatter;
    await dressUp(stack.addresses.matrix, { who: byChat, userId, deviceId });
    chat = await chatter.startChat(stage.frontBot);
    await chatter.waitForRoom((room) => room.roomId === chat && room.joined.includes(stage.frontBot));
    await furnish(stack.addresses.matrix, { who: byChat, account: stage.accountOf(chatter), room: chat });
    const words =
      `${said.name('chat, first')}. My sister calls me ${byChat.name(own)}, here I am ${byChat.name('display name')} Chatperson, or ${byChat.name('name in this room')}, ${userId}, https://matrix.to/#/${userId}, ` +
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
    await chatter.react(chat, answer.eventId, laid.word('reaction of a requester'));
    await chatter.sendEvent(chat, {
      type: 'm.room.message',
      content: inThread(byChat, { root: answer.eventId, words: `${said.name('chat, thread')}.` }),
    });
    await carriedToVolunteer(chatCase, 'chat, thread');
    for (const [type, content] of [
      ['m.room.message', fullFile(byChat)],
      ['m.room.message', voice(byChat)],
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
    await removeWithReason(stack.addresses.matrix, { who: byChat, account: stage.accountOf(chatter), room: chat, event: line });
    await answerWithEverything(chatCase, 'to chat');
    await chatter.waitForText(chat, said.name('volunteer, last of to chat'), { deadlineMs: 40_000 });
  });

  it('goes on after a kill, with a homeserver that refuses things and says whose', async () => {
    const { matrix } = stack.addresses;
    await stage.relay.kill();
    const proxy = laying.use(await homeserverProxy(matrix.baseUrl));
    const config = join(stage.folder, 'relay', 'hearken.yaml');
    writeFileSync(config, readFileSync(config, 'utf8').replace(matrix.baseUrl, proxy.url));
    const error = `${chatter.userId} (${byChat.name('error of the homeserver')}) and ${desk.person.userId} are not in ${chat}: ${said.name('error of the homeserver')}`;
    const body = { errcode: 'M_FORBIDDEN', error };
    const refusals = [
      { path: /\/createRoom/u, status: 403, body },
      { path: /\/send\//u, status: 500, body: { ...body, errcode: 'M_UNKNOWN' } },
      { path: /\/send\//u, status: 429, body: { ...body, errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 100 } },
    ];
    const refused: typeof refusals = [];
    proxy.fault(({ path }: ProxiedRequest) => {
      const next = refusals.find((refusal) => refusal.path.test(path) && !refused.includes(refusal));
      if (next !== undefined) refused.push(next);
      return next ?? null;
    });
    await chatter.say(chat, `${said.name('chat, while nobody was there')}.`);
    await desk.person.say(chatCase.room, `${said.name('volunteer, while nobody was there')}.`);
    await stage.relay.start();
    await carriedToVolunteer(chatCase, 'chat, while nobody was there');
    await chatter.waitForText(chat, said.name('volunteer, while nobody was there'), { deadlineMs: 40_000 });
    // A third person, so that a new room has to be made.
    await chatter.invite(chat, (await stack.admin.freshMatrixAccount('third')).userId);
    await until('the room to be refused', () => refused.length === refusals.length);
    await stage.later(2 * 60_000);
    const { roomId } = await chatter.waitForRoom((room) => room.membership === 'invite' && room.inviter === stage.frontBot, {
      deadlineMs: 40_000,
    });
    await chatter.join(roomId);
    await chatter.waitForText(roomId, 'Here we can go on', { deadlineMs: 40_000 });
    await stage.allRead();
    await until('what Valkey was told', () => heard.bytes().length > 0);
  });

  it('ends with a fault that nobody caught, with everything in its message', async () => {
    const { folder, relay } = stage;
    const temporary = join(folder, 'temporary');
    const { socket, store } = dataFiles(join(folder, 'relay', 'data'));
    laying.use(layIntoProcesses(temporary, laid.word('an argument')));
    await until('a process to look at', () => argumentsOf(temporary).includes(laid.word('an argument')));
    lookAtProcesses();
    told = `${(await relay.hearken('status')).out}\n${(await relay.hearken('doctor')).out}`;
    await relay.kill();
    const everyone = [byMail, byChat, volunteer, said].map((who) => who.name('message of a fault'));
    broken = await breakRelay({
      config: join(folder, 'relay', 'hearken.yaml'),
      folder,
      temporary,
      words: `451 <${mailer.address}> ${chatter.userId} ${desk.person.userId} ${everyone.join(' ')}`,
      writes: laid.word('standard error'),
    });
    expect(broken).toMatch(/"event":"relay\.crashed","code":"EENVELOPE","at":"elsewhere"/u);
    laying.use(layIntoDatabase(store, { freePage: laid.word('a free page'), log: laid.word("a database's log") }));
    laying.use(await layIntoStatus(socket, laid.word('status')));
    told = `${told}\n${(await relay.hearken('status')).out}`;
    laying.use(await layIntoValkey(stack.addresses.valkey.port, laid.word('a command to Valkey')));
    appendFileSync(join(temporary, 'looked-at'), laid.word('a temporary file'));
    await until('what Valkey was told last', () => heard.bytes().includes(laid.word('a command to Valkey')));
  });

  it.each(Object.keys(sinks))('%s', async (name) => {
    const sink = await sinks[name]?.();
    if (sink === undefined) throw new Error('no such place');
    expect(sink.bytes.includes(sink.certain), 'it was not searched').toBe(true);
    const found = new Map<string, readonly Found[]>(sink.without.map((who) => [who.stem, findMarked(sink.bytes, who)]));
    searches.push({ sink: name, found, stems: sink.without.map((who) => who.stem) });
    const hits = [...found.values()].flat();
    const leaks = sink.carries === 'words' ? hits.filter((hit) => !ownWords.includes(hit.field)) : hits;
    expect(leaks).toEqual([]);
    if (sink.carries === 'words') expect(hits.map((hit) => hit.field)).toContain(own);
    expect(findMarked(sink.bytes, laid).map((hit) => hit.field)).toEqual(expect.arrayContaining([...sink.laid]));
  });
});
