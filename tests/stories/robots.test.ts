// Robots write, too: out-of-office notes, lists, bounces that are not ours. Nobody reads them, and nobody answers them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AtDesk, Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { takeNext, textsIn } from '#tests/support/steps.ts';

const automatic: readonly (readonly [name: string, headers: Readonly<Record<string, string>>])[] = [
  ['an out-of-office note (RFC 3834)', { 'Auto-Submitted': 'auto-replied' }],
  ['an out-of-office note of Exchange', { 'X-Auto-Response-Suppress': 'All', 'Auto-Submitted': 'auto-generated' }],
  ['a mailing list', { 'List-Id': '<all.lists.example>', Precedence: 'list' }],
  ['bulk mail', { Precedence: 'bulk' }],
];

describe('robots write', { timeout: 60_000 }, () => {
  let stage: Stage;
  let ada: AtDesk;
  let person: MailPerson;
  let stranger: MailPerson;
  let held: Holding;

  const sentTo = async (address: string): Promise<number> =>
    (await stage.stack.smtp.sent(stage.supportAddress)).filter((mail) => mail.recipients.includes(address)).length;
  /** Mail is taken in in the order in which it came: once this one is there, what came before it has at least been taken in. */
  const settled = async (text: string): Promise<void> => {
    await person.write({ to: stage.supportAddress, subject: '', text });
    await ada.person.waitForText(held.room, text);
    await stage.allRead();
  };

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    [ada, person, stranger] = await Promise.all([
      stage.volunteer({ name: 'ada' }),
      stage.mailPerson('imke'),
      stage.mailPerson('jorin', 'signed.example'),
    ]);
    await person.write({ to: stage.supportAddress, subject: '', text: 'I am a person.' });
    await person.nextMail();
    held = await takeNext(stage, ada, { expects: 'I am a person.' });
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it.each(automatic)('%s is read by nobody and answered by nobody, from somebody known or not', async (name, headers) => {
    for (const robot of [person, stranger])
      await robot.write({ to: stage.supportAddress, subject: 'Automatic reply', text: `I am ${name}.`, headers });
    await settled(`After ${name}.`);
    expect(textsIn(ada.person, held.room).join('\n')).not.toContain(`I am ${name}`);
    expect(await sentTo(stranger.address)).toBe(0);
    expect(await sentTo(person.address)).toBe(1);
  });

  it('a bounce of somebody’s own making changes nothing', async () => {
    const last = (await person.inbox()).at(-1);
    if (last === undefined) throw new Error('no mail to bounce');
    const bounce = [
      'From: Mail Delivery System <MAILER-DAEMON@elsewhere.example>',
      `To: ${stage.supportAddress}`,
      'Subject: Undelivered Mail Returned to Sender',
      `Message-ID: <${crypto.randomUUID()}@elsewhere.example>`,
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'Your volunteer should call me.',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; elsewhere.example',
      '',
      `Final-Recipient: rfc822; ${person.address}`,
      'Action: failed',
      'Status: 5.1.1',
      '',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: <made-up@${stage.supportAddress.split('@')[1]}>`,
      '',
      '--b--',
      '',
    ].join('\r\n');
    await stranger.forge(bounce, { from: '', to: stage.supportAddress });
    await settled('After the false bounce.');
    expect(textsIn(ada.person, held.room).join('\n')).not.toMatch(/should call me|came back/);
  });

  it('our own first answer, sent back to us, begins nothing', async () => {
    const first = (await person.inbox())[0];
    if (first === undefined) throw new Error('no first answer');
    await stranger.forge(Buffer.from(first.raw, 'latin1'), { from: stage.supportAddress, to: stage.supportAddress });
    await settled('After our own.');
    expect(textsIn(ada.person, ada.desk).filter((text) => text.startsWith('Someone has been waiting'))).toHaveLength(1);
    expect(await sentTo(stage.supportAddress)).toBe(0);
  });

  it('a person from the address of a robot is answered like anybody', async () => {
    await stranger.write({ to: stage.supportAddress, subject: '', text: 'I am back, and I am no robot.' });
    expect((await stranger.nextMail()).text).toContain('Thank you for writing');
    expect(await sentTo(stranger.address)).toBe(1);
  });
});
