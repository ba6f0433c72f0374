// A volunteer steps back: at once, without a reason, and somebody else takes over in a room of their own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AtDesk, Holding } from '#trial/conversation.ts';
import type { MailPerson } from '#trial/people/mail-person.ts';
import type { ReceivedMail } from '#trial/people/received-mail.ts';
import { setStage } from '#tests/support/stage.ts';
import type { Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { atTheDesk, mark, spans, takeNext, takeUnopened, textsIn } from '#tests/support/steps.ts';

describe('a volunteer steps back', { timeout: 60_000 }, () => {
  let stage: Stage;
  let ada: AtDesk;
  let bea: AtDesk;
  let person: MailPerson;
  let held: Holding;

  const nextTold = (part: string): Promise<ReceivedMail> => person.nextMail({ matching: (mail) => mail.text.includes(part) });
  const offersAt = (at: AtDesk): readonly string[] => textsIn(at.person, at.desk).filter((text) => text.includes('take it · 2 not now'));

  beforeAll(async () => {
    stage = await setStage({ stack: theStack() });
    [ada, person] = await Promise.all([stage.volunteer({ name: 'ada' }), stage.mailPerson('odile')]);
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it('is out at once, and the person is told kindly and without a reason', async () => {
    await person.write({ to: stage.supportAddress, subject: 'alone', text: 'The first thing I wanted to say.' });
    await person.nextMail();
    held = await takeNext(stage, ada, { expects: 'The first thing' });
    await ada.person.say(held.room, 'A line that was sent.');
    await ada.person.say(held.room, '!send');
    await nextTold('A line that was sent.');
    await ada.person.say(held.room, 'A line that could still be taken back.');
    await ada.person.say(held.room, '!stepback');
    await ada.person.waitForText(ada.desk, 'What still had ⏳ does not go to them');
    const told = await nextTold('cannot go on');
    expect(told.text).toContain('This is not about you or what you wrote.');
    expect(told.header('Auto-Submitted')).toEqual(['auto-generated']);
    await ada.person.waitFor(
      ({ roomId, what }) => roomId === held.room && what.type === 'membership' && what.who === stage.deskBot && what.now === 'leave',
    );
  });

  it('is followed by somebody else, in a new room, who sees only what nobody was shown', async () => {
    await person.write({ to: stage.supportAddress, subject: '', text: 'The second thing, which nobody has read.' });
    bea = await stage.volunteer({
      name: 'bea',
      says: [
        ['!alias Maple', 'will know you as'],
        ['!available', 'You are available until'],
      ],
    });
    const taken = await takeNext(stage, bea, { offer: 'after another volunteer could not go on', expects: 'The second thing' });
    expect(taken.room).not.toBe(held.room);
    await bea.person.waitForText(taken.room, 'What they wrote with another volunteer before stays with that volunteer');
    expect((await nextTold('Someone else is here for you now')).text).toContain('Maple');
    await person.write({ to: stage.supportAddress, subject: '', text: 'The third thing.' });
    await bea.person.waitForText(taken.room, 'The third thing.');
    expect(JSON.stringify(bea.person.seen)).not.toContain('The first thing');
    expect(JSON.stringify(ada.person.seen)).not.toMatch(/The second thing|The third thing/);
    held = taken;
  });

  it('is what leaving the case room in the client means, too', async () => {
    const from = mark(bea.person);
    await bea.person.leave(held.room);
    await bea.person.waitForText(bea.desk, 'Done. You are out of it.', from);
    await nextTold('cannot go on');
    expect(await atTheDesk(bea, { says: '!me', hears: 'Only you see this' })).toContain('0 open conversations');
  });

  it('never brings the case back to somebody who left it', async () => {
    await stage.later(2 * spans.hour);
    for (const at of [ada, bea]) await atTheDesk(at, { says: '!available', hears: 'You are available until' });
    expect(await atTheDesk(stage.coordinator, { says: '!board', hears: 'Waiting' })).not.toContain('being offered');
    const cleo = await stage.volunteer({ name: 'cleo' });
    const offer = await cleo.person.waitForText(cleo.desk, 'after another volunteer could not go on');
    const { room } = await takeUnopened(stage, cleo, offer);
    await cleo.person.waitForText(room, 'There is nothing to show yet');
    await person.write({ to: stage.supportAddress, subject: '', text: 'The fourth thing.' });
    await cleo.person.waitForText(room, 'The fourth thing.');
    expect(JSON.stringify(cleo.person.seen)).not.toMatch(/The (first|second|third) thing/);
    expect([offersAt(ada), offersAt(bea)].map((offers) => offers.length)).toEqual([1, 1]);
    expect((await person.inbox()).map((mail) => mail.text).join('\n')).not.toContain('A line that could still be taken back');
  });
});
