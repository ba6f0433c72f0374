// A conversation is closed, and taken up again: soon after it is asked about, later it simply goes on, and much later it is a new one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { close, type AtDesk, type Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import type { ReceivedMail } from '#trial/people/received-mail.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { atTheDesk, bodyOf, mark, openChat, quiet, sayAndHear, spans, takeNext } from '#tests/support/steps.ts';

describe('a conversation that was closed', { timeout: 60_000 }, () => {
  let stage: Stage;
  let ada: AtDesk;
  let bea: AtDesk;
  let byMail: MailPerson;
  let byChat: MatrixPerson;
  let chat: string;
  let ofMail: Holding;
  let pseudonym: string;

  const nextTold = (part: string): Promise<ReceivedMail> => byMail.nextMail({ matching: (mail) => mail.text.includes(part) });
  const answerLast = async (text: string): Promise<void> => {
    const last = (await byMail.inbox()).at(-1);
    if (last === undefined) throw new Error('no mail to answer');
    await byMail.answer(last, text);
  };

  beforeAll(async () => {
    stage = await setStage({ stack: theStack(), limits: { newVolunteerDays: 0, offerRestMinutes: 0 } });
    [ada, byMail, byChat] = await Promise.all([stage.volunteer({ name: 'ada' }), stage.mailPerson('quirin'), stage.matrixPerson('runa')]);
    await byMail.write({ to: stage.supportAddress, subject: '', text: 'I am about to give up maintaining.' });
    ofMail = await takeNext(stage, ada, { expects: 'about to give up' });
    pseudonym = /^This is (.*)\. By mail/u.exec(bodyOf(await ada.person.waitForText(ofMail.room, 'This is ')))?.[1] ?? '';
    if (!/^\w+ \w+$/u.test(pseudonym)) throw new Error('the case room does not open with a pseudonym');
    bea = await stage.volunteer({ name: 'bea' });
    chat = await openChat(stage, byChat);
    await byChat.say(chat, 'Nobody thanks me for anything.');
    const ofChat = await takeNext(stage, bea, { expects: 'Nobody thanks me' });
    await close(ofChat, quiet);
    await byChat.waitForText(chat, 'come to its end');
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('is not opened by a thank you: it is asked about, NO drops it unread', async () => {
    await close(ofMail, quiet);
    await nextTold('come to its end');
    await answerLast('Thank you, truly.');
    expect((await nextTold('Would you like to talk again?')).text).toContain('nobody has read it');
    await answerLast('NO');
    await nextTold('Nobody will read your message');
    expect(await atTheDesk(stage.coordinator, { says: '!board', hears: 'waiting' })).toBe('Nobody is waiting.');
    expect(JSON.stringify([ada.person.seen, bea.person.seen])).not.toContain('Thank you, truly');
  });

  it('goes on after a YES, with whom it was asked first, under the same name, with what was written', async () => {
    await answerLast('Perhaps one more thing after all.');
    await nextTold('Would you like to talk again?');
    await answerLast('And another thing.');
    await answerLast('yes');
    await nextTold('We look for a volunteer now');
    const again = await takeNext(stage, ada, {
      offer: `${pseudonym} would like to talk again`,
      expects: 'Perhaps one more thing after all.',
    });
    expect(again.room).not.toBe(ofMail.room);
    await ada.person.waitForText(again.room, 'And another thing.');
    expect(JSON.stringify(ada.person.seen)).not.toContain('Thank you, truly');
    ofMail = again;
  });

  it('is asked about in a chat as well', async () => {
    await sayAndHear(byChat, { room: chat, says: 'Are you still there?', hears: 'Would you like to talk again?' });
    await sayAndHear(byChat, { room: chat, says: 'No.', hears: 'Nobody will read your message' });
    await sayAndHear(byChat, { room: chat, says: 'I have thought about it.', hears: 'Would you like to talk again?' });
    await sayAndHear(byChat, { room: chat, says: 'yes', hears: 'We look for a volunteer now' });
    const again = await takeNext(stage, bea, { offer: 'would like to talk again', expects: 'I have thought about it.' });
    await bea.person.say(again.room, 'Good that you are back.');
    await byChat.waitForText(chat, 'Good that you are back.');
    expect(JSON.stringify(bea.person.seen)).not.toContain('Are you still there?');
  });

  it('goes on without a question two days later, and the one who held it is asked first', async () => {
    await close(ofMail, quiet);
    await stage.later(49 * spans.hour);
    for (const at of [bea, ada]) await atTheDesk(at, { says: '!available', hears: 'You are available until' });
    const from = mark(ada.person);
    await answerLast('It has come back.');
    await nextTold('Your conversation goes on');
    ofMail = await takeNext(stage, ada, { offer: `${pseudonym} would like to talk again`, expects: 'It has come back.', ...from });
  });

  it('is over for good after thirty days: what comes then begins a new one', async () => {
    await close(ofMail, quiet);
    await nextTold('come to its end');
    await stage.later(31 * spans.day);
    await atTheDesk(ada, { says: '!available', hears: 'You are available until' });
    const from = mark(ada.person);
    await answerLast('It is me, a month later.');
    const answer = await nextTold('Thank you for writing.');
    expect(answer.text).toContain('Words you can write on a line of their own');
    const taken = await takeNext(stage, ada, { offer: 'Someone has been waiting', expects: 'It is me, a month later.', ...from });
    expect(bodyOf(await ada.person.waitForText(taken.room, 'This is '))).not.toContain(pseudonym);
  });
});
