// A mail of the volunteer's does not arrive, or nobody can tell: they are told in a plain sentence, and nothing is sent twice.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AtDesk, Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { SeenEvent } from '#trial/people/matrix-person.ts';
import type { Fault } from '#trial/servers/behaviour.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { bodyOf, mark, seesMark, spans, takeNext } from '#tests/support/steps.ts';
import { until } from '#tests/support/until.ts';

describe('a mail of the volunteer does not arrive', { timeout: 60_000 }, () => {
  let stage: Stage;
  let ada: AtDesk;
  let person: MailPerson;
  let held: Holding;

  const behave = (then: Fault, times = 1): Promise<void> =>
    stage.stack.smtp.behave({ user: stage.supportAddress, recipient: person.address, times, then });
  /** Says a line, and waits for what the bot says about it, as a reply to that line. */
  const sayAndBeTold = async (line: string, part: string): Promise<{ readonly event: string; readonly told: SeenEvent }> => {
    const from = mark(ada.person);
    const event = await ada.person.say(held.room, line);
    const told = await ada.person.waitForText(held.room, part, from);
    expect(told.what).toMatchObject({ replyTo: event });
    return { event, told };
  };
  const sent = async (part: string): Promise<readonly string[]> =>
    (await stage.stack.smtp.sent(stage.supportAddress))
      .filter((mail) => mail.raw.includes(part))
      .map((mail) => /^Message-ID: (.*)$/im.exec(mail.raw)?.[1]?.trim() ?? '');

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    [ada, person] = await Promise.all([stage.volunteer({ name: 'ada' }), stage.mailPerson('sanne')]);
    await person.write({ to: stage.supportAddress, subject: '', text: 'I have not slept.' });
    await person.nextMail();
    held = await takeNext(stage, ada, { expects: 'have not slept' });
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('hears that it came back, with a mark on the line; the bounce is nobody’s words and is not answered', async () => {
    await behave({ fault: 'bounce', status: '5.1.1' });
    const { event, told } = await sayAndBeTold('This one comes back.', 'came back');
    expect(bodyOf(told)).toContain('⚠️ A message of yours came back: their mailbox did not take it.');
    await seesMark(ada.person, { event, symbol: '⚠' });
    await ada.person.say(held.room, 'This one arrives.');
    await person.nextMail({ matching: (mail) => mail.text.includes('This one arrives.') });
    expect((await person.inbox()).map((mail) => mail.text).join()).not.toContain('This one comes back.');
    expect(JSON.stringify(ada.person.seen)).not.toMatch(/MAILER-DAEMON|Undelivered|mail system/i);
    const recipients = (await stage.stack.smtp.sent(stage.supportAddress)).flatMap((mail) => mail.recipients);
    expect(new Set(recipients)).toEqual(new Set([person.address]));
  });

  it('hears at once when the mailbox is refused', async () => {
    await behave({ fault: 'answer', at: 'rcpt', code: 550, text: '5.1.1 No such user' });
    const { event } = await sayAndBeTold('This one is refused.', 'could not be delivered');
    await seesMark(ada.person, { event, symbol: '⚠' });
    expect(await sent('This one is refused.')).toHaveLength(0);
  });

  it('hears nothing of a server that is busy for a moment', async () => {
    await behave({ fault: 'answer', at: 'data', code: 451, text: '4.3.0 Try again later' });
    const event = await ada.person.say(held.room, 'This one is late.');
    await person.nextMail({ matching: (mail) => mail.text.includes('This one is late.'), deadlineMs: 30_000 });
    await seesMark(ada.person, { event, symbol: '✅' });
    expect(new Set(await sent('This one is late.')).size).toBe(1);
  });

  it('is told when nobody can tell, and it is tried once more as the very same mail', async () => {
    await behave({ fault: 'cut', mail: 'lost' });
    const { event, told } = await sayAndBeTold('This one is unsure.', 'I cannot tell whether');
    expect(bodyOf(told)).toContain('In 10 minutes I try once more');
    await seesMark(ada.person, { event, symbol: '❔' });
    await stage.later(10 * spans.minute);
    const mail = await person.nextMail({ matching: (one) => one.text.includes('This one is unsure.') });
    await seesMark(ada.person, { event, symbol: '✅' });
    const ids = await sent('This one is unsure.');
    expect(ids).toEqual([`<${mail.messageId}>`, `<${mail.messageId}>`]);
  });

  it('is told when it stays unsure, and a second copy has the same Message-ID', async () => {
    await behave({ fault: 'cut', mail: 'delivered' }, 2);
    const { event } = await sayAndBeTold('This one stays unsure.', 'I cannot tell whether');
    const from = mark(ada.person);
    await stage.later(10 * spans.minute);
    await ada.person.waitForText(held.room, 'I tried once more and still cannot tell', from);
    await seesMark(ada.person, { event, symbol: '❔' });
    const copies = await until('both copies', async () => {
      const found = (await person.inbox()).filter((mail) => mail.text.includes('This one stays unsure.'));
      return found.length === 2 && found;
    });
    expect(new Set(copies.map((mail) => mail.messageId)).size).toBe(1);
  });
});
