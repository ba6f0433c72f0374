// The trial's mail is as real as it has to be: it goes both ways, what is said of a sender is true, and faults come as told.
import { createTransport } from 'nodemailer';
import { afterAll, describe, expect, test } from 'vitest';
import { startMailPerson, type MailPerson } from '#trial/people/mail-person.ts';
import { theStack } from '#tests/support/stack.ts';

const stack = theStack();
const support = stack.admin.freshSupportMailbox();

/** The support mailbox, looked into as a person would. */
const desk = await startMailPerson(stack.addresses, support);

/** Submits as the relay does. */
const relay = createTransport({ ...stack.addresses.smtp.relay, auth: { user: support.address, pass: support.password }, ignoreTLS: true });

afterAll(async () => {
  relay.close();
  await desk[Symbol.asyncDispose]();
});

const personAt = (domain: string): Promise<MailPerson> => startMailPerson(stack.addresses, stack.admin.freshMailbox('anna', domain));
const tagged = (tag: string): string => support.address.replace('@', `+${tag}@`);

function relaySends(to: string, subject: string): Promise<unknown> {
  return relay.sendMail({
    envelope: { from: tagged('verp7'), to: [to] },
    from: support.address,
    to,
    replyTo: tagged('token7'),
    subject,
    text: 'Hello,\n\nthis is an answer.',
  });
}

describe('what the exchange says of a sender', () => {
  test.each([
    ['people.example', /dkim=pass .*spf=pass .*dmarc=pass \(p=REJECT/],
    ['signed.example', /dkim=pass .*spf=none .*dmarc=none/],
    ['plain.example', /dkim=none .*spf=none .*dmarc=none/],
  ])('at %s is what that domain does', async (domain, verdict) => {
    await using person = await personAt(domain);
    const messageId = await person.write({ to: tagged('abc'), subject: 'Hello', text: 'Grüße' });
    const mail = await desk.nextMail({ matching: (one) => one.messageId === messageId });
    expect(mail.header('authentication-results')).toEqual([expect.stringMatching(verdict)]);
    expect(mail.header('authentication-results')[0]).toMatch(/^mx\.help\.example;/);
    expect(mail.header('delivered-to')).toEqual([tagged('abc')]);
    expect(mail.text).toBe('Grüße\n');
  });

  test('is a failure when somebody else wrote in a name, and a verdict that came along is not believed', async () => {
    await using mallory = await personAt('plain.example');
    await using anna = await personAt('people.example');
    const forged = [
      `From: ${anna.address}`,
      `To: ${support.address}`,
      'Subject: forged',
      'Authentication-Results: mx.help.example;',
      ' dkim=pass; dmarc=pass',
      '',
      'Let me in',
      '',
    ].join('\r\n');
    await mallory.sendRaw(forged, { to: support.address });
    await mallory.forge(forged, { from: anna.address, to: support.address });
    const through = await desk.nextMail({ matching: (one) => one.subject === 'forged' });
    const past = await desk.nextMail({ matching: (one) => one.subject === 'forged' });
    for (const mail of [through, past]) {
      expect(mail.header('authentication-results')).toEqual([
        expect.stringMatching(/^mx\.help\.example; dkim=none .*dmarc=fail \(p=REJECT/),
      ]);
    }
    expect(past.header('received-spf')[0]).toMatch(/^fail /);
  });

  test('is a failure when a signed mail was altered on its way', async () => {
    await using anna = await personAt('people.example');
    await anna.write({ to: support.address, subject: 'signed', text: 'Ten o clock' });
    const { raw } = await desk.nextMail({ matching: (one) => one.subject === 'signed' });
    const signedPart = raw.slice(raw.indexOf('DKIM-Signature:'));
    expect(signedPart).toContain('Ten o clock');
    await anna.forge(signedPart.replace('Ten o clock', 'Two o clock'), { from: anna.address, to: support.address });
    const altered = await desk.nextMail({ matching: (one) => one.text.includes('Two') });
    expect(altered.header('authentication-results')[0]).toMatch(/dkim=(?!pass).*dmarc=fail/);
  });
});

test('a person is answered, answers in the thread, and quotes as their mail program does', async () => {
  await using anna = await personAt('people.example');
  await relaySends(anna.address, 'About your message');
  const mail = await anna.nextMail();
  expect(mail.header('authentication-results')[0]).toMatch(/dkim=pass .*dmarc=pass/);
  const id = await anna.answer(mail, 'Thank you.', { program: 'gmail' });
  const back = await desk.nextMail({ matching: (one) => one.messageId === id });
  expect(back).toMatchObject({
    to: tagged('token7'),
    subject: 'Re: About your message',
    inReplyTo: mail.messageId,
    references: [mail.messageId],
  });
  expect(back.text).toMatch(/^Thank you\.\n\nOn .*2\d{3}.* wrote:\n\n> Hello,\n>\n> this is an answer\./);
});

describe('the SMTP server of the relay', () => {
  test('refuses recipients that are not there, and senders that are somebody else', async () => {
    await expect(relaySends('nobody@people.example', 'x')).rejects.toMatchObject({
      responseCode: 550,
      response: expect.stringContaining('5.1.1'),
    });
    await expect(relaySends('nobody@nowhere.example', 'x')).rejects.toMatchObject({
      responseCode: 550,
      response: expect.stringContaining('5.1.2'),
    });
    await expect(relay.sendMail({ envelope: { from: 'anna@people.example', to: [support.address] }, text: 'x' })).rejects.toMatchObject({
      responseCode: 553,
    });
  });

  test('bounces later to the envelope sender, with a delivery status', async () => {
    await using anna = await personAt('people.example');
    await stack.smtp.behave({ user: support.address, recipient: anna.address, times: 1, then: { fault: 'bounce', status: '5.1.1' } });
    await relaySends(anna.address, 'will bounce');
    const bounce = await desk.nextMail({ matching: (one) => one.from.startsWith('MAILER-DAEMON@') });
    expect(bounce.header('delivered-to')).toEqual([tagged('verp7')]);
    expect(bounce.header('return-path')).toEqual(['<>']);
    expect(bounce.header('content-type')[0]).toMatch(/^multipart\/report; report-type=delivery-status/);
    expect(bounce.raw).toContain(`Final-Recipient: rfc822; ${anna.address}`);
    expect(bounce.raw).toContain('Status: 5.1.1');
    expect(await anna.inbox()).toEqual([]);
    await relaySends(anna.address, 'arrives');
    expect(await anna.nextMail()).toMatchObject({ subject: 'arrives' });
  });

  test.each([
    [{ fault: 'answer', at: 'rcpt', code: 451, text: '4.2.0 Later' }, 451, 0, 0],
    [{ fault: 'answer', at: 'data', code: 554, text: '5.6.0 No' }, 554, 1, 0],
    [{ fault: 'cut', mail: 'lost' }, undefined, 1, 0],
    [{ fault: 'cut', mail: 'delivered' }, undefined, 1, 1],
  ] as const)('shows the fault %o', async (then, responseCode, taken, delivered) => {
    await using anna = await personAt('people.example');
    await stack.smtp.behave({ user: support.address, recipient: anna.address, times: 1, then });
    const before = (await stack.smtp.sent(support.address)).length;
    await expect(relaySends(anna.address, 'a try')).rejects.toSatisfy(
      (error) => error instanceof Error && Reflect.get(error, 'responseCode') === responseCode,
    );
    expect((await stack.smtp.sent(support.address)).length - before).toBe(taken);
    expect(await anna.inbox()).toHaveLength(delivered);
  });

  test('shows a fault at login until told to behave well', async () => {
    await stack.smtp.behave({ user: support.address, then: { fault: 'answer', at: 'login', code: 535, text: '5.7.8 No' } });
    await expect(relay.verify()).rejects.toMatchObject({ responseCode: 535 });
    await stack.smtp.behaveWell(support.address);
    await expect(relay.verify()).resolves.toBe(true);
  });
});
