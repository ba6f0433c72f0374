// Files are not carried and not kept: both sides are told, and the words that came with them arrive.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AtDesk, Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { bodyOf, mark, openChat, takeNext, textsIn } from '#tests/support/steps.ts';

const picture = { name: 'family-photo-of-tove.jpg', bytes: Buffer.from('not really a picture'), type: 'image/jpeg' };

/** Of a mail address or a Matrix id; it has a random ending, so it stands nowhere by chance. */
const localPart = (id: string): string => /^@?([^@:]+)/u.exec(id)?.[1] ?? id;

describe('somebody sends a file', { timeout: 60_000 }, () => {
  let stage: Stage;
  let ada: AtDesk;
  let bea: AtDesk;
  let byMail: MailPerson;
  let byChat: MatrixPerson;
  let chat: string;
  let ofMail: Holding;
  let ofChat: Holding;

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    [byMail, byChat, ada] = await Promise.all([stage.mailPerson('tove'), stage.matrixPerson('udo'), stage.volunteer({ name: 'ada' })]);
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('is told by mail that the words have arrived and the file has not; the volunteer knows of it', async () => {
    await byMail.write({ to: stage.supportAddress, subject: '', text: 'This is what they sent me.', files: [picture] });
    const told = await byMail.nextMail();
    expect(told.text).toContain('Thank you for writing');
    expect(told.text).toContain('Your words have arrived. Files and pictures do not go through here');
    ofMail = await takeNext(stage, ada, { expects: 'This is what they sent me.' });
    await ada.person.waitForText(ofMail.room, 'They also sent a file or picture. It is not carried');
    for (const part of ['family-photo', localPart(byMail.address)]) expect(JSON.stringify(ada.person.seen)).not.toContain(part);
  });

  it('is asked for words when there was only a file', async () => {
    const last = (await byMail.inbox()).at(-1);
    if (last === undefined) throw new Error('no mail to answer');
    await byMail.answer(last, '', { files: [picture], program: 'no-quote' });
    expect((await byMail.nextMail()).text).toContain('came with a file and no words');
    await byMail.answer(last, 'Now in words.');
    const next = await ada.person.waitForText(ofMail.room, 'Now in words.');
    expect(textsIn(ada.person, ofMail.room).filter((text) => text === '')).toEqual([]);
    expect(textsIn(ada.person, ofMail.room).at(-2)).toContain('They also sent a file');
    expect(bodyOf(next)).toBe('Now in words.');
  });

  it('is told in a chat, and so is the volunteer', async () => {
    bea = await stage.volunteer({ name: 'bea' });
    chat = await openChat(stage, byChat);
    await byChat.say(chat, 'I show you.');
    ofChat = await takeNext(stage, bea, { expects: 'I show you.' });
    const [atChat, atBea] = [mark(byChat), mark(bea.person)];
    await byChat.sendFile(chat, 'screenshot-of-udo.png');
    await byChat.waitForText(chat, 'Files, pictures and voice messages do not go through here', atChat);
    await bea.person.waitForText(ofChat.room, 'They also sent a file or picture', atBea);
    await byChat.say(chat, 'It says that I am a burden.');
    await bea.person.waitForText(ofChat.room, 'that I am a burden');
    for (const part of ['screenshot-of', localPart(byChat.userId)]) expect(JSON.stringify(bea.person.seen)).not.toContain(part);
  });

  it('can be a file alone, before any word, and is told so all the same', async () => {
    const early = await stage.matrixPerson('vesna');
    const room = await openChat(stage, early);
    await early.sendFile(room, 'voice.ogg');
    await early.waitForText(room, 'Files, pictures and voice messages do not go through here');
  });

  it('is told as a volunteer that the other side did not get it', async () => {
    const from = mark(bea.person);
    await bea.person.sendFile(ofChat.room, 'leaflet.pdf');
    await bea.person.waitForText(ofChat.room, 'Files and pictures are not carried, and they did not get it', from);
    await bea.person.say(ofChat.room, 'I mean: you are not.');
    await byChat.waitForText(chat, 'I mean: you are not.');
    expect(JSON.stringify(byChat.seen)).not.toContain('leaflet');
  });
});
