// A volunteer has a device that nobody has verified: they are told, nobody's words are shown, and what waited comes when it is mended.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AtDesk, Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { atTheDesk, mark, takeNext } from '#tests/support/steps.ts';

describe('a volunteer whose second device is not verified', { timeout: 60_000 }, () => {
  let stage: Stage;
  let ada: AtDesk;
  let second: MatrixPerson;
  let person: MailPerson;
  let held: Holding;

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    [ada, person] = await Promise.all([stage.volunteer({ name: 'ada' }), stage.mailPerson('zora')]);
    await person.write({ to: stage.supportAddress, subject: '', text: 'Before there was a second device.' });
    held = await takeNext(stage, ada, { expects: 'Before there was' });
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('has a desk whose topic says what to do when it stays silent', () => {
    const topics = ada.person.seenWhole.filter(({ roomId, type }) => roomId === ada.desk && type === 'm.room.topic');
    expect(topics.map(({ content }) => content['topic'])).toEqual([expect.stringContaining('your device is not verified yet')]);
  });

  it('is told so on the verified one, and nobody’s words are shown meanwhile', async () => {
    second = await stage.anotherDevice(ada.person);
    const from = mark(ada.person);
    await person.write({ to: stage.supportAddress, subject: '', text: 'While it is not verified.' });
    await ada.person.waitForText(held.room, 'One of your devices is not verified, so I show nothing of theirs here', from);
    expect(await atTheDesk(ada, { says: '!available', hears: 'verif' })).toContain('Please verify or remove it first');
    expect(JSON.stringify([ada.person.seen, second.seen])).not.toContain('While it is not verified');
  });

  it('is told when all is well again, and what waited comes', async () => {
    const from = mark(ada.person);
    await ada.person.signDevice(second.deviceId);
    await ada.person.waitForText(ada.desk, 'All your devices are verified now', from);
    await ada.person.waitForText(held.room, 'While it is not verified.', from);
    await second.waitForText(held.room, 'While it is not verified.');
    expect(JSON.stringify(second.seen)).not.toContain('Before there was a second device');
    await atTheDesk(ada, { says: '!available', hears: 'You are available until' });
  });
});
