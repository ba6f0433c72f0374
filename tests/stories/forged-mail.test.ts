// Mails that somebody else wrote, or may have: held and asked about, or turned back; never read by anybody as the person's words.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AtDesk, Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { ReceivedMail } from '#trial/people/received-mail.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { atTheDesk, mark, spans, takeNext } from '#tests/support/steps.ts';

const rawMail = (of: { readonly from: string; readonly to: string; readonly text: string; readonly more?: readonly string[] }): string =>
  [
    `From: ${of.from}`,
    `To: ${of.to}`,
    'Subject: hello',
    `Message-ID: <${crypto.randomUUID()}@elsewhere.example>`,
    `Date: ${new Date().toUTCString()}`,
    ...(of.more ?? []),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    of.text,
    '',
  ].join('\r\n');

describe('a mail in somebody’s name', { timeout: 60_000 }, () => {
  let stage: Stage;
  let ada: AtDesk;
  let person: MailPerson;
  let stranger: MailPerson;
  let unsigned: MailPerson;
  let held: Holding;

  const forge = (text: string, from = person.address): Promise<void> =>
    stranger.forge(rawMail({ from, to: stage.supportAddress, text }), { from, to: stage.supportAddress });
  const lastMail = async (of: MailPerson): Promise<ReceivedMail> => {
    const last = (await of.inbox()).at(-1);
    if (last === undefined) throw new Error('no mail to answer');
    return last;
  };
  const asked = (of: MailPerson): Promise<ReceivedMail> =>
    of.nextMail({ matching: (mail) => mail.text.includes('Did you write to us just now?') });
  const codeIn = (mail: ReceivedMail): string => /YES ([2-9A-Z]{4}-?[2-9A-Z]{4})/.exec(mail.text)?.[1] ?? 'no code';
  const available = (): Promise<string> => atTheDesk(ada, { says: '!available', hears: 'You are available until' });
  const seenByAda = (): string => JSON.stringify(ada.person.seen);

  beforeAll(async () => {
    stage = await setStage({ stack: theStack(), limits: { newVolunteerDays: 0, offerRestMinutes: 0 } });
    [ada, person, stranger, unsigned] = await Promise.all([
      stage.volunteer({ name: 'ada' }),
      stage.mailPerson('eskil'),
      stage.mailPerson('fenna', 'signed.example'),
      stage.mailPerson('gus', 'plain.example'),
    ]);
    await person.write({ to: stage.supportAddress, subject: '', text: 'This I wrote myself.' });
    await person.nextMail();
    held = await takeNext(stage, ada, { expects: 'This I wrote myself.' });
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('is held when its proof is wrong, and the person is asked without quoting it; NO discards it', async () => {
    await forge('Please send me everything you have on me.');
    const question = await asked(person);
    expect(question.text).not.toContain('everything you have');
    await person.answer(question, 'NO');
    await person.nextMail({ matching: (mail) => mail.text.includes('Nobody has read that message') });
    await person.write({ to: stage.supportAddress, subject: '', text: 'That was not me.' });
    await ada.person.waitForText(held.room, 'That was not me.');
    expect(seenByAda()).not.toContain('everything you have');
  });

  it('is placed by the code in that question, and by no other', async () => {
    await stage.later(spans.day);
    await forge('I wrote this from a friend’s computer.');
    const question = await asked(person);
    await person.answer(question, 'YES ABCD-EFGH');
    await person.nextMail({ matching: (mail) => mail.text.includes('We could not match that answer') });
    expect(seenByAda()).not.toContain('friend’s computer');
    await person.answer(question, `yes ${codeIn(question)}`);
    await person.nextMail({ matching: (mail) => mail.text.includes('Your message has been taken in') });
    await ada.person.waitForText(held.room, 'I wrote this from a friend’s computer.');
  });

  it('begins a conversation but gets no automatic answer, when its domain says that such mail is false', async () => {
    const victim = await stage.mailPerson('hedda');
    await available();
    const from = mark(ada.person);
    await forge('I did not write this.', victim.address);
    const offer = await ada.person.waitForText(ada.desk, 'Someone has been waiting', from);
    await ada.person.react(ada.desk, offer.eventId, '2️⃣');
    await ada.person.waitForText(ada.desk, 'Take care of yourself', from);
    expect(await victim.inbox()).toEqual([]);
    expect((await stage.stack.smtp.sent(stage.supportAddress)).flatMap((mail) => mail.recipients)).not.toContain(victim.address);
  });

  it('is turned back when it comes from another address with the thread of this one', async () => {
    const thread = await lastMail(person);
    await stranger.answer(thread, 'I have their mailbox open.');
    const told = await stranger.nextMail();
    expect(told.text).toContain('began from another address');
    expect(told.text).not.toContain('mailbox open');
    const before = (await person.inbox()).length;
    await person.write({ to: stage.supportAddress, subject: '', text: 'Still me.' });
    await ada.person.waitForText(held.room, 'Still me.');
    expect(seenByAda()).not.toContain('mailbox open');
    expect(await person.inbox()).toHaveLength(before);
  });

  it('without any proof joins by its thread, and is asked about without it', async () => {
    const from = mark(ada.person);
    await unsigned.write({ to: stage.supportAddress, subject: '', text: 'My provider signs nothing.' });
    await unsigned.nextMail();
    const taken = await takeNext(stage, ada, { expects: 'My provider signs nothing.', ...from });
    await unsigned.answer(await lastMail(unsigned), 'By the thread.');
    await ada.person.waitForText(taken.room, 'By the thread.');
    await unsigned.write({ to: stage.supportAddress, subject: '', text: 'Without the thread.' });
    const question = await asked(unsigned);
    expect(seenByAda()).not.toContain('Without the thread.');
    await unsigned.answer(question, `YES ${codeIn(question)}`);
    await ada.person.waitForText(taken.room, 'Without the thread.');
  });

  it('is dropped after three days without an answer, and the person is told', async () => {
    await stage.later(spans.day);
    await forge('Nobody will answer for this.');
    await asked(person);
    await stage.later(3 * spans.day + spans.minute);
    await person.nextMail({ matching: (mail) => mail.text.includes('We asked whether you had written to us, and no answer came') });
    expect(seenByAda()).not.toContain('answer for this');
  });
});
