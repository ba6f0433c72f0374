// Somebody writes twenty times before anybody is there: nothing is lost, nothing comes early, nothing swaps.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinNewRoom, type AtDesk } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { openChat, seesMark, textsIn } from '#tests/support/steps.ts';

const numbers = Array.from({ length: 20 }, (_, at) => at + 1);
const mails = numbers.map((n) => `By mail, thought number ${n}.`);
const lines = numbers.map((n) => `In the chat, thought number ${n}.`);

describe('somebody writes twenty times before anybody accepts', { timeout: 90_000 }, () => {
  let stage: Stage;
  let byMail: MailPerson;
  let byChat: MatrixPerson;
  let chat: string;

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    [byMail, byChat] = await Promise.all([stage.mailPerson('lene'), stage.matrixPerson('maro')]);
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  /** Takes what is offered, and sees nothing of what was written before the room is opened. */
  const readAll = async (volunteer: AtDesk, texts: readonly string[]): Promise<void> => {
    const offer = await volunteer.person.waitForText(volunteer.desk, 'Someone has been waiting');
    await volunteer.person.react(volunteer.desk, offer.eventId, '1️⃣');
    const { roomId } = await joinNewRoom(volunteer.person, stage.deskBot, []);
    await volunteer.person.waitForText(roomId, 'Their 20 messages are here');
    expect(JSON.stringify(volunteer.person.seen)).not.toContain('thought number');
    await volunteer.person.say(roomId, '!open');
    await volunteer.person.waitForText(roomId, 'thought number 20.');
    expect(textsIn(volunteer.person, roomId).filter((text) => text.includes('thought number'))).toEqual(texts);
  };

  it('is answered once by mail, and has a mark on every line of a chat', async () => {
    for (const text of mails) await byMail.write({ to: stage.supportAddress, subject: '', text });
    chat = await openChat(stage, byChat);
    const events: string[] = [];
    for (const line of lines) events.push(await byChat.say(chat, line));
    for (const event of events) await seesMark(byChat, { event, symbol: '✅' });
    await byMail.nextMail();
    expect(textsIn(byChat, chat)).toHaveLength(1);
  });

  it('is read in order by whoever takes it, and by nobody before', async () => {
    await readAll(await stage.volunteer({ name: 'ada' }), mails);
    await readAll(await stage.volunteer({ name: 'bea' }), lines);
    expect(await byMail.inbox()).toHaveLength(1);
  });
});
