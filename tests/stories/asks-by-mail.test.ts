// A person asks by mail, and is answered in the same thread for as long as it takes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { close, take, nextOffer, writeAndSend, type Holding } from '#trial/conversation.ts';
import type { AtDesk } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { ReceivedMail } from '#trial/people/received-mail.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';

const quiet = (): void => undefined;

describe('somebody asks by mail', { timeout: 120_000 }, () => {
  let stage: Stage;
  let volunteer: AtDesk;
  let person: MailPerson;
  let first: ReceivedMail;
  let holding: Holding;

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    volunteer = await stage.volunteer({
      name: 'ada',
      says: [
        ['!alias River', 'will know you as'],
        ['!available', 'You are available until'],
      ],
    });
    person = await stage.mailPerson('willa');
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('gets one first answer, neutral in subject and sender, marked as automatic', async () => {
    const sent = await person.write({
      to: stage.supportAddress,
      subject: 'please help',
      text: 'I cannot face the issues any more.',
      fromName: 'Willa Quillfeather',
    });
    first = await person.nextMail();
    expect(first.text).toContain('Thank you for writing');
    expect(first.inReplyTo).toBe(sent);
    expect(first.subject).toBe('Your message');
    expect(first.header('Auto-Submitted')).toEqual(['auto-replied']);
    expect(`${first.subject} ${first.fromName}`).not.toMatch(/support|help|peer|mental/i);
  });

  it('reaches a volunteer who takes it, without a name, an address or a subject line of headers', async () => {
    const offered = await nextOffer([volunteer]);
    holding = await take(stage, { offered, tell: quiet, expects: 'cannot face the issues' });
    const seen = JSON.stringify(volunteer.person.seen);
    expect(seen).not.toMatch(/quillfeather|willa/i);
    expect(seen).not.toContain(person.address);
  });

  it('is answered in the same thread by the alias, and nothing in the mail tells who the volunteer is', async () => {
    await writeAndSend(holding, ['You are not alone with this.', 'What would help this week?']);
    const answer = await person.nextMail();
    expect(answer.text).toContain('You are not alone with this.\n\nWhat would help this week?');
    expect(answer.text).toContain('River');
    expect(answer.references).toContain(first.messageId);
    expect(answer.header('Auto-Submitted')).toEqual([]);
    expect(answer.raw).not.toContain(volunteer.person.userId);
    expect(answer.raw).not.toMatch(/matrix|chat\.example/i);
  });

  it('answers with its quote below, and only the new words arrive', async () => {
    const [, last] = (await person.inbox()).slice(-2);
    if (last === undefined) throw new Error('no mail to answer');
    await person.answer(last, 'A week without notifications, perhaps.', { fromName: 'Willa Quillfeather' });
    const reply = await volunteer.person.waitForText(holding.room, 'without notifications');
    expect(reply.what).toMatchObject({ body: 'A week without notifications, perhaps.' });
  });

  it('goes on without the quote and the tag, recognised by the thread', async () => {
    const last = (await person.inbox()).at(-1);
    if (last === undefined) throw new Error('no mail to answer');
    await person.answer({ ...last, replyTo: stage.supportAddress }, 'Thank you for asking.', { program: 'apple-mail' });
    await volunteer.person.waitForText(holding.room, 'Thank you for asking.');
  });

  it('is told kindly when the conversation is closed', async () => {
    await close(holding, quiet);
    const end = await person.nextMail({ matching: (mail) => mail.text.includes('come to its end') });
    expect(end.header('Auto-Submitted')).toEqual(['auto-generated']);
  });
});
