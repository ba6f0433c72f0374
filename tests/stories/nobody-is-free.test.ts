// Nobody is free: an honest answer, helplines, notes after a day and after each week, a way out, and then somebody comes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { atTheDesk, bodyOf, mark, openChat, sayAndHear, spans, takeNext } from '#tests/support/steps.ts';

describe('nobody is free when somebody asks', { timeout: 60_000 }, () => {
  let stage: Stage;
  let byMail: MailPerson;
  let byChat: MatrixPerson;
  let chat: string;

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    byMail = await stage.mailPerson('mira');
    byChat = await stage.matrixPerson('noor');
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('is told so at once, by mail and by chat, with people who listen now', async () => {
    await byMail.write({ to: stage.supportAddress, subject: 'hello', text: 'I cannot sleep because of a release.' });
    const mail = await byMail.nextMail();
    expect(mail.text).toContain('At this moment nobody is free');
    expect(mail.text).toMatch(/findahelpline\.com[\s\S]*befrienders\.org/);
    chat = await openChat(stage, byChat);
    const answer = await sayAndHear(byChat, {
      room: chat,
      says: 'They forked my work and laugh about me.',
      hears: 'Thank you for writing',
    });
    expect(answer).toContain('At this moment nobody is free');
  });

  it('gets the lines of a country once it is named, and HELP has them from then on', async () => {
    const [first] = await byMail.inbox();
    if (first === undefined) throw new Error('no mail to answer');
    await byMail.answer(first, 'COUNTRY Germany');
    const lines = await byMail.nextMail();
    expect(lines.text).toContain('TelefonSeelsorge');
    expect(lines.text).toContain('0800 111 0 111');
    await byMail.answer(lines, 'help.');
    const help = await byMail.nextMail();
    expect(help.text).toContain('0800 111 0 111');
    expect(help.text).toContain('To end this conversation: STOP');
    expect(await sayAndHear(byChat, { room: chat, says: 'HELP', hears: 'People who listen' })).toContain('findahelpline.com');
    expect(await sayAndHear(byChat, { room: chat, says: 'COUNTRY Atlantis', hears: 'no numbers for that country' })).toContain(
      'befrienders.org',
    );
  });

  it('hears after a day that nothing is forgotten, and coordinators hear that there is no free match', async () => {
    const from = mark(stage.coordinator.person);
    await stage.later(spans.day);
    const note = await byMail.nextMail({ matching: (mail) => mail.text.includes('We have not forgotten you') });
    expect(note.text).toContain('waited for one day');
    expect(note.header('Auto-Submitted')).toEqual(['auto-generated']);
    await byChat.waitForText(chat, 'We have not forgotten you');
    const told = await stage.coordinator.person.waitForText(stage.coordinator.desk, 'There is no free match', from);
    expect(bodyOf(told)).toMatch(
      /^There is no free match for someone who has been waiting since yesterday( evening)?\. !board shows what is waiting\.$/,
    );
  });

  it('stands on the board as a waiting time and nothing else', async () => {
    const board = await atTheDesk(stage.coordinator, { says: '!board', hears: 'Waiting' });
    expect(board.split('\n')).toEqual([
      expect.stringMatching(/^Waiting since yesterday/),
      expect.stringMatching(/^Waiting since yesterday/),
      'Nobody is available at this moment.',
    ]);
  });

  it('hears again after a further week, and once only', async () => {
    await stage.later(7 * spans.day);
    await byMail.nextMail({ matching: (mail) => mail.text.includes('Your message still waits') });
    await byChat.waitForText(chat, 'Your message still waits');
    const notes = (await byMail.inbox()).filter((mail) => /not forgotten|still waits/.test(mail.text));
    expect(notes).toHaveLength(2);
  });

  it('ends the waiting with STOP, asked back in a chat', async () => {
    await sayAndHear(byChat, { room: chat, says: 'stop', hears: 'Shall this conversation end here?' });
    await sayAndHear(byChat, { room: chat, says: 'yes', hears: 'has ended, as you wished' });
    const board = await atTheDesk(stage.coordinator, { says: '!board', hears: 'Waiting' });
    expect(board.split('\n').filter((line) => line.startsWith('Waiting'))).toHaveLength(1);
  });

  it('ends it with STOP on a line of its own in a mail, without being asked back', async () => {
    const third = await stage.mailPerson('ole');
    await third.write({ to: stage.supportAddress, subject: '', text: 'I wanted to tell somebody something.' });
    await third.answer(await third.nextMail(), 'Stop.');
    expect((await third.nextMail()).text).toContain('This conversation has ended, as you wished. Nobody will write to you about it.');
    const board = await atTheDesk(stage.coordinator, { says: '!board', hears: 'Waiting' });
    expect(board.split('\n').filter((line) => line.startsWith('Waiting'))).toHaveLength(1);
  });

  it('is heard when a volunteer becomes free', async () => {
    const volunteer = await stage.volunteer({ name: 'ada' });
    const holding = await takeNext(stage, volunteer, { expects: 'cannot sleep because of a release' });
    await volunteer.person.say(holding.room, 'I am here now.');
    const answer = await byMail.nextMail({ matching: (mail) => mail.text.includes('I am here now.') });
    expect(answer.references.length).toBeGreaterThan(0);
    await volunteer.person.waitForText(volunteer.desk, 'A room named');
    expect(
      volunteer.person.seen.filter((event) => event.what.type === 'text' && event.what.body.includes('Someone has been waiting')),
    ).toHaveLength(1);
  });
});
