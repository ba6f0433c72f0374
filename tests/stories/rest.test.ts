// A volunteer rests with a conversation open: nothing comes through, nothing is lost, and the person knows.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AtDesk, Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { atTheDesk, mark, spans, takeNext, textsIn } from '#tests/support/steps.ts';

describe('a volunteer rests', { timeout: 60_000 }, () => {
  let stage: Stage;
  let ada: AtDesk;
  let person: MailPerson;
  let held: Holding;

  const write = (text: string): Promise<string> => person.write({ to: stage.supportAddress, subject: '', text });
  const away = async (): Promise<readonly string[]> =>
    (await person.inbox()).flatMap((mail) => /is away for ([a-z ]+),/u.exec(mail.text.replaceAll(/\s+/g, ' '))?.[1] ?? []);
  const thoughts = (): readonly string[] => textsIn(ada.person, held.room).filter((text) => text.startsWith('Thought'));

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    [ada, person] = await Promise.all([stage.volunteer({ name: 'ada' }), stage.mailPerson('piet')]);
    await write('Thought 0.');
    held = await takeNext(stage, ada, { expects: 'Thought 0.' });
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('is asked what to do with the open conversation, and can keep quiet', async () => {
    const from = mark(ada.person);
    await ada.person.say(ada.desk, '!rest');
    await ada.person.waitForText(ada.desk, 'Nothing comes through until you say !rest end.', from);
    await ada.person.waitForText(ada.desk, '1 keep quiet', from);
    await atTheDesk(ada, { says: '1', hears: 'What they write is kept for you' });
  });

  it('hears nothing of what comes, and the person is told once', async () => {
    for (const n of [1, 2, 3]) await write(`Thought ${n}.`);
    await person.nextMail({ matching: (mail) => mail.text.includes('Your message has arrived and is kept safe') });
    expect(await atTheDesk(ada, { says: '!me', hears: 'Only you see this' })).toContain('Resting until you say !rest end');
  });

  it('gets it in order when the rest ends', async () => {
    expect(thoughts()).toEqual(['Thought 0.']);
    await atTheDesk(ada, { says: '!rest end', hears: 'Welcome back. You are off' });
    await ada.person.waitForText(held.room, 'Thought 3.');
    expect(thoughts()).toEqual(['Thought 0.', 'Thought 1.', 'Thought 2.', 'Thought 3.']);
    expect(await away()).toEqual(['longer']);
  });

  it('can say for how long, and comes back by itself', async () => {
    await atTheDesk(ada, { says: '!rest 3d', hears: 'Nothing comes through until' });
    await write('Thought 4.');
    await person.nextMail({ matching: (mail) => mail.text.includes('a few days') });
    expect(thoughts()).not.toContain('Thought 4.');
    await stage.later(3 * spans.day + spans.minute);
    await ada.person.waitForText(held.room, 'Thought 4.');
    // What was asked about that rest is over with it: a late 2 does not step back from anything.
    expect(await atTheDesk(ada, { says: '2', hears: 'question' })).toContain('There is no question open');
    expect(await away()).toEqual(['longer', 'a few days']);
  });

  it('goes on in the same room once back', async () => {
    expect(await atTheDesk(ada, { says: '!rest end', hears: 'not resting' })).toContain('!rest begins');
    await ada.person.say(held.room, 'I am back.');
    await person.nextMail({ matching: (mail) => mail.text.includes('I am back.') });
  });

  it('can step back instead, and what came meanwhile goes to whoever takes over', async () => {
    const from = mark(ada.person);
    await ada.person.say(ada.desk, '!rest 2h');
    await ada.person.waitForText(ada.desk, '2 step back', from);
    await write('Thought 5.');
    await person.nextMail({ matching: (mail) => mail.text.includes('a few hours') });
    await atTheDesk(ada, { says: '2', hears: 'Done. You are out of it.' });
    await person.nextMail({ matching: (mail) => mail.text.includes('cannot go on') });
    const bea = await stage.volunteer({ name: 'bea' });
    const taken = await takeNext(stage, bea, { offer: 'after another volunteer could not go on', expects: 'Thought 5.' });
    expect(textsIn(bea.person, taken.room).filter((text) => text.startsWith('Thought'))).toEqual(['Thought 5.']);
    expect(thoughts()).not.toContain('Thought 5.');
  });
});
