// The relay dies right between two steps of a message's way, each time at another one: the message is there once all the same.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { atDesk, nextOffer, openDesk, take, type AtDesk, type Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { setStage, type Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { neverRead } from '#tests/support/two-conversations.ts';

const quiet = (): void => undefined;
const patience = { deadlineMs: 40_000 };

describe('the relay is killed', { timeout: 120_000 }, () => {
  let stage: Stage;
  let desk: AtDesk;
  let mailer: MailPerson;
  let chatter: MatrixPerson;
  let chat: string;
  let mailCase: Holding;
  let chatCase: Holding;

  beforeAll(async () => {
    stage = await setStage({ stack: theStack(), limits: { newVolunteerDays: 0, offerRestMinutes: 0 } });
    desk = await stage.volunteer({ name: 'ada' });
    mailer = await stage.mailPerson('willa');
    chatter = await stage.matrixPerson('cyril');
  }, 120_000);
  afterAll(() => stage?.[Symbol.asyncDispose]());
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(stage.relay.log.slice(-40).join('\n'));
  });

  /** Starts it so that it dies at this point, does something that leads there, and starts it as usual once it is dead. */
  const diesAt = async (killAt: string, act: () => Promise<unknown>): Promise<void> => {
    await stage.relay.kill();
    await stage.relay.start({ killAt });
    const acting = act();
    expect(await stage.relay.ended()).toBe('SIGKILL');
    await stage.relay.start();
    await acting;
  };
  const textsWith = (part: string, where: { readonly person: MatrixPerson; readonly room: string }): number =>
    where.person.seen.filter((event) => event.roomId === where.room && event.what.type === 'text' && event.what.body.includes(part)).length;

  it('with a mail committed that still lies in the inbox: it begins one conversation and has one answer', async () => {
    await diesAt('mail-kept', () => mailer.write({ to: stage.supportAddress, subject: 'hello', text: 'The first thing I write.' }));
    await mailer.nextMail(patience);
    const offered = await nextOffer([desk]);
    mailCase = await take(stage, { offered, tell: quiet, expects: 'first thing I write' });
    await mailer.write({ to: stage.supportAddress, subject: 'hello', text: 'The second thing I write.' });
    await desk.person.waitForText(mailCase.room, 'second thing I write', patience);
    expect(textsWith('first thing I write', { person: desk.person, room: mailCase.room })).toBe(1);
    expect((await mailer.inbox()).filter((mail) => mail.text.includes('Thank you for writing'))).toHaveLength(1);
  });

  it('with a mail committed that nobody has read: it is read once', async () => {
    await diesAt('core-drain', () => mailer.write({ to: stage.supportAddress, subject: 'hello', text: 'A mail for the core.' }));
    await desk.person.waitForText(mailCase.room, 'A mail for the core', patience);
    await mailer.write({ to: stage.supportAddress, subject: 'hello', text: 'And one behind it.' });
    await desk.person.waitForText(mailCase.room, 'And one behind it', patience);
    expect(textsWith('A mail for the core', { person: desk.person, room: mailCase.room })).toBe(1);
  });

  it('between the 250 of the SMTP server and its own commit: the mail may come twice, under one Message-ID', async () => {
    await diesAt('mail-accepted', async () => {
      await desk.person.say(mailCase.room, 'An answer that is taken.');
      await desk.person.say(mailCase.room, '!send');
    });
    await desk.person.say(mailCase.room, 'An answer behind it.');
    await desk.person.say(mailCase.room, '!send');
    await mailer.nextMail({ matching: (mail) => mail.text.includes('An answer behind it'), ...patience });
    const twice = (await mailer.inbox()).filter((mail) => mail.text.includes('An answer that is taken'));
    expect(new Set(twice.map((mail) => mail.messageId)).size).toBe(1);
    expect(new Set(twice.map((mail) => mail.header('Date')[0])).size).toBe(1);
    expect(twice).toHaveLength(2);
  });

  it.each(['desk.answered:createRoom', 'desk-room-made'] as const)(
    'with a room made that nothing of its own knows yet (%s): there is one invitation, and one desk',
    async (killAt) => {
      const person = await stage.matrixPerson('zoe');
      await diesAt(killAt, () => stage.coordinator.person.say(stage.coordinator.desk, `!invite ${person.userId}`));
      const at = await openDesk(stage, { name: 'zoe', person });
      await atDesk(at, { says: '!me', hears: 'off' });
      const rooms = await person.rooms();
      expect(rooms.map((room) => [room.roomId, room.membership])).toEqual([[at.desk, 'join']]);
      expect(textsWith('This is your desk', { person, room: at.desk })).toBe(1);
    },
  );

  it('with the room of a conversation made: the volunteer has one, and nothing is lost on the way there', async () => {
    chat = await chatter.startChat(stage.frontBot);
    await chatter.waitForRoom((room) => room.roomId === chat && room.joined.includes(stage.frontBot), patience);
    const before = desk.person.seen.at(-1);
    await chatter.say(chat, 'The first thing I say.');
    const offer = await desk.person.waitForText(desk.desk, 'Someone has been waiting', {
      ...patience,
      ...(before === undefined ? {} : { after: before }),
    });
    await stage.relay.kill();
    await stage.relay.start({ killAt: 'desk-room-made' });
    const dead = stage.relay.ended().then(async (how) => {
      expect(how).toBe('SIGKILL');
      await stage.relay.start();
    });
    chatCase = await take(stage, { offered: { at: desk, offer }, tell: quiet, expects: 'first thing I say' });
    await dead;
    const rooms = await desk.person.rooms();
    expect(new Set(rooms.map((room) => room.roomId))).toEqual(new Set([desk.desk, mailCase.room, chatCase.room]));
  });

  it('between its PUT to the homeserver and its own commit: a line of the volunteer is in the chat once, and readable', async () => {
    await diesAt('front-text-put', () => desk.person.say(chatCase.room, 'A line that is put.'));
    await desk.person.say(chatCase.room, 'Another line behind it.');
    await chatter.waitForText(chat, 'Another line behind it.', patience);
    expect(textsWith('A line that is put.', { person: chatter, room: chat })).toBe(1);
    expect(neverRead(chatter)).toEqual([]);
  });

  it('between its PUT to the homeserver and its own commit: a line of the chat is at the volunteer once, and readable', async () => {
    await diesAt('desk-text-put', () => chatter.say(chat, 'A line that is put.'));
    await chatter.say(chat, 'Another line behind it.');
    await desk.person.waitForText(chatCase.room, 'Another line behind it.', patience);
    expect(textsWith('A line that is put.', { person: desk.person, room: chatCase.room })).toBe(1);
    expect(neverRead(desk.person)).toEqual([]);
  });
});
