// A volunteer's lines on their way: they wait a while, can be changed and taken back, and each shows by its mark where it is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AtDesk, Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { inCaseRoom, mark, openChat, seesMark, spans, takeNext, textsIn } from '#tests/support/steps.ts';

describe('what a volunteer writes', { timeout: 60_000 }, () => {
  let stage: Stage;
  let ada: AtDesk;
  let bea: AtDesk;
  let byMail: MailPerson;
  let byChat: MatrixPerson;
  let chat: string;
  let ofMail: Holding;
  let ofChat: Holding;
  let left: string;

  beforeAll(async () => {
    // As in ordinary service: nothing leaves by itself while this story looks at it.
    stage = await setStage({ stack: theStack(), limits: { mailGatherSeconds: 60, chatGatherSeconds: 10 } });
    [byMail, byChat, ada] = await Promise.all([stage.mailPerson('wim'), stage.matrixPerson('xenia'), stage.volunteer({ name: 'ada' })]);
    await byMail.write({ to: stage.supportAddress, subject: '', text: 'By mail, somebody is here.' });
    await byMail.nextMail();
    ofMail = await takeNext(stage, ada, { expects: 'By mail, somebody' });
    bea = await stage.volunteer({ name: 'bea' });
    chat = await openChat(stage, byChat);
    await byChat.say(chat, 'In a chat, somebody is here.');
    ofChat = await takeNext(stage, bea, { expects: 'In a chat, somebody' });
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('gathers into one mail, and each line can be changed or taken back while ⏳ stands on it', async () => {
    const { person } = ada;
    const first = await person.say(ofMail.room, 'I am so sory.');
    const second = await person.say(ofMail.room, 'You should just quit.');
    left = await person.say(ofMail.room, 'What happened then?');
    for (const event of [first, second, left]) await seesMark(person, { event, symbol: '⏳' });
    await person.edit(ofMail.room, first, 'I am so sorry.');
    await person.remove(ofMail.room, second);
    await seesMark(person, { event: second, symbol: '🗑' });
    await inCaseRoom(ofMail, { says: '!send', hears: 'It leaves now' });
    const mail = await byMail.nextMail();
    expect(mail.text).toMatch(/^I am so sorry\.\n\nWhat happened then\?\n\n— a volunteer/);
    expect(mail.text).not.toMatch(/sory|quit/);
    for (const event of [first, left]) await seesMark(person, { event, symbol: '✅' });
    await inCaseRoom(ofMail, { says: '!send', hears: 'Nothing is waiting to leave' });
  });

  it('leaves by itself a minute after the last line', async () => {
    const event = await ada.person.say(ofMail.room, 'Take all the time you need.');
    await seesMark(ada.person, { event, symbol: '⏳' });
    await stage.later(spans.minute);
    expect((await byMail.nextMail()).text).toContain('Take all the time you need.');
  });

  it('cannot be changed after the mail has left, but corrected', async () => {
    const { person } = ada;
    const from = mark(person);
    await person.edit(ofMail.room, left, 'What happened before that?');
    await person.waitForText(ofMail.room, 'Shall I send your new text as a correction?', from);
    await inCaseRoom(ofMail, { says: '1', hears: 'The correction goes to them.' });
    await inCaseRoom(ofMail, { says: '!send', hears: 'It leaves now' });
    const mail = await byMail.nextMail();
    expect(mail.text).toMatch(/^This takes the place of what we sent on [^\n]*:\n\nWhat happened before that\?/);
    const again = mark(person);
    await person.edit(ofMail.room, left, 'What happened, if I may ask?');
    await person.waitForText(ofMail.room, 'Shall I send your new text as a correction?', again);
    await inCaseRoom(ofMail, { says: '2', hears: 'it stays as it was' });
  });

  it('cannot be called back by removing it, and says so', async () => {
    const from = mark(ada.person);
    await ada.person.remove(ofMail.room, left);
    await ada.person.waitForText(ofMail.room, 'That mail has left already, and a mail cannot be called back.', from);
  });

  it('goes to a chat line by line, and what was changed or taken back before it left was never there', async () => {
    const { person } = bea;
    const first = await person.say(ofChat.room, 'I hera you.');
    await seesMark(person, { event: first, symbol: '⏳' });
    await person.edit(ofChat.room, first, 'I hear you.');
    await inCaseRoom(ofChat, { says: '!send', hears: 'It leaves now' });
    await byChat.waitForText(chat, 'I hear you.');
    await seesMark(person, { event: first, symbol: '✅' });
    const second = await person.say(ofChat.room, 'Pull yourself together.');
    await seesMark(person, { event: second, symbol: '⏳' });
    await person.remove(ofChat.room, second);
    await seesMark(person, { event: second, symbol: '🗑' });
    const third = await person.say(ofChat.room, 'I am still here.');
    await seesMark(person, { event: third, symbol: '⏳' });
    await stage.later(11_000);
    await byChat.waitForText(chat, 'I am still here.');
    expect(textsIn(byChat, chat).join('\n')).not.toMatch(/hera|Pull yourself/);
    expect(byChat.seen.filter(({ what }) => what.type === 'edit' || what.type === 'removal')).toEqual([]);
  });
});
