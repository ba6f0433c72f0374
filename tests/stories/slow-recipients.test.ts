// The server that our mails leave through is slow about some recipients, for minutes, before it takes them or before it says that it
// has the mail. Everybody else gets theirs as ever (I11).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MailPerson } from '#trial/people/mail-person.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { spans } from '#tests/support/steps.ts';
import { until } from '#tests/support/until.ts';

const slowPeople = 12;
const slowMs = 60_000;

describe('twelve people about whom the mail server is slow', { timeout: 120_000 }, () => {
  let stage: Stage;
  let slow: readonly MailPerson[];
  let ada: MailPerson;
  let ben: MailPerson;

  const writes = (person: MailPerson): Promise<unknown> =>
    person.write({ to: stage.supportAddress, subject: '', text: 'Is anybody there?' });

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    slow = await Promise.all(Array.from({ length: slowPeople }, (_, n) => stage.mailPerson(`slow${n}`)));
    [ada, ben] = await Promise.all([stage.mailPerson('ada'), stage.mailPerson('ben')]);
    for (const [n, { address }] of slow.entries())
      await stage.stack.smtp.behave({
        user: stage.supportAddress,
        recipient: address,
        then: { fault: 'slow', at: n % 2 === 0 ? 'rcpt' : 'data', ms: slowMs },
      });
    for (const person of slow) await writes(person);
    await stage.allRead();
  }, 120_000);
  afterAll(async () => {
    await stage?.stack.smtp.behaveWell(stage.supportAddress);
    await stage?.[Symbol.asyncDispose]();
  });

  it('do not keep somebody else from their first answer', async () => {
    const begun = Date.now();
    await writes(ada);
    await ada.nextMail({ deadlineMs: 25_000 });
    const first = Date.now() - begun;
    // Later, when each of them is known to be slow, they cost nobody anything.
    await until('a try of each', () => stage.relay.log.filter((line) => line.includes('"slow"')).length >= slowPeople / 2);
    await stage.later(10 * spans.minute);
    const again = Date.now();
    await writes(ben);
    await ben.nextMail({ deadlineMs: 10_000 });
    console.log(`beside ${slowPeople} slow ones: first answer after ${first} ms, and ${Date.now() - again} ms once they were known`);
    for (const person of slow) expect(await person.inbox()).toEqual([]);
  });
});
