// What becomes of the requester's messages: kept, shown, in order, once; and nothing before the holder chose to see it (V4, R7).
import { describe, expect, test } from 'vitest';
import {
  after,
  anna,
  before,
  bela,
  closed,
  days,
  first,
  heldBy,
  hours,
  limits,
  now,
  offeredTo,
  room,
  sealedWith,
  second,
  third,
  waiting,
} from '#tests/support/cases.ts';
import { given } from '#tests/support/given.ts';

const write = { type: 'write', message: second } as const;
const kept = { type: 'message-kept', message: second, at: now } as const;
const idleAsk = { effect: 'timer', timer: 'idle', at: after(limits.idleAskMs) } as const;

describe('while nobody holds it, a message', () => {
  test.each([
    ['waits', waiting()],
    ['waits, though it is being offered', offeredTo(anna)],
  ])('%s, sealed, behind those that came before', (_, one) => {
    given(one)
      .when(write)
      .then(kept)
      .effects()
      .leaves({ unshown: [first, second] });
  });
});

describe('a holder who has not opened it', () => {
  test('is shown nothing, and the case is alive', () => {
    given(sealedWith(anna))
      .when(write)
      .then(kept)
      .effects(idleAsk)
      .leaves({ unshown: [first, second] });
  });

  test('is shown everything, in order, when they choose to', () => {
    given(sealedWith(anna, { unshown: [first, second] }))
      .when({ type: 'open', by: anna })
      .then({ type: 'opened' }, { type: 'message-shown', messages: [first, second], at: now })
      .effects(
        { effect: 'timer-off', timer: 'begin' },
        { effect: 'settle-begin', at: anna },
        { effect: 'show', room, messages: [first, second] },
        idleAsk,
      )
      .leaves({ unshown: [] });
  });

  test('chooses for themselves: nobody else can open it', () => {
    given(sealedWith(anna)).when({ type: 'open', by: bela }).refused('not-holder');
  });

  test('may write before they look', () => {
    const answered = given(sealedWith(anna)).when({ type: 'answer', by: anna });
    expect(answered.afterwards.unshown).toEqual([first]);
    expect(answered.followed.map((effect) => effect.effect)).not.toContain('show');
  });

  test('opens it once', () => {
    const opened = given(sealedWith(anna)).when({ type: 'open', by: anna }).afterwards;
    given(opened).when({ type: 'open', by: anna }).refused('nothing-to-open');
  });
});

describe('a holder who has opened it', () => {
  test('is shown each message as it comes', () => {
    given(heldBy(anna))
      .when(write)
      .then({ type: 'message-shown', messages: [second], at: now })
      .effects({ effect: 'show', room, messages: [second] }, idleAsk);
  });

  test('who accepted when there was nothing to show is told that what comes will come by itself, and it does', () => {
    const accepted = given(offeredTo(anna, { unshown: [] })).when({ type: 'accept', by: anna, room, eligible: 'yes' }).afterwards;
    given(accepted)
      .when(write)
      .among({ effect: 'show', room, messages: [second] });
  });
});

describe('while the holder rests', () => {
  const resting = { holder: 'resting' } as const;

  test('a message waits, and the requester is told that it has arrived', () => {
    given(heldBy(anna))
      .when(write, resting)
      .then(kept, { type: 'rest-told' })
      .effects(idleAsk, { effect: 'tell-requester', told: 'away' })
      .leaves({ unshown: [second] });
  });

  test('they are told once in a stretch', () => {
    const told = given(heldBy(anna)).when(write, resting).afterwards;
    given(told)
      .when({ type: 'write', message: third }, resting)
      .then({ type: 'message-kept', message: third, at: now })
      .leaves({ unshown: [second, third] });
  });

  test('what waited comes when they are back, in order, and the next stretch is told again', () => {
    const told = given(heldBy(anna, { unshown: [first] })).when(write, resting).afterwards;
    const back = given(told).when({ type: 'catch-up' });
    back.then({ type: 'rest-over' }, { type: 'message-shown', messages: [first, second], at: now });
    given(back.afterwards).when({ type: 'write', message: third }, resting).among({ effect: 'tell-requester', told: 'away' });
  });

  test('being back shows nothing that they have not opened', () => {
    given(sealedWith(anna, { restTold: 'told' }))
      .when({ type: 'catch-up' })
      .then({ type: 'rest-over' })
      .effects();
  });

  test('being back with nothing waiting shows nothing', () => {
    given(heldBy(anna)).when({ type: 'catch-up' }).then({ type: 'rest-over' }).effects();
  });

  test('a message after the rest ended does not overtake those that waited, though nobody noticed the end', () => {
    const told = given(heldBy(anna, { unshown: [first] })).when(write, resting).afterwards;
    given(told)
      .when({ type: 'write', message: third })
      .then({ type: 'rest-over' }, { type: 'message-shown', messages: [first, second, third], at: now })
      .leaves({ unshown: [] });
  });

  test('a message after the rest ended stays sealed all the same, when they have not opened it', () => {
    given(sealedWith(anna, { restTold: 'told' }))
      .when(write)
      .then({ type: 'rest-over' }, kept)
      .leaves({ unshown: [first, second] });
  });
});

describe('after a close', () => {
  test('a message within 48 hours is kept sealed, and the person is asked whether they would like to talk again', () => {
    given(closed({ at: before(hours(48)) }))
      .when(write)
      .then(kept, { type: 'again-asked' })
      .effects({ effect: 'ask-requester', asks: 'again' }, { effect: 'timer', timer: 'again', at: after(limits.heldMs) })
      .leaves({ unshown: [second], state: { phase: 'closed', at: before(hours(48)), by: 'holder', again: 'asked' } });
  });

  test('further messages are kept while the question stands, and it is asked once', () => {
    given(closed({ again: 'asked', unshown: [first] }))
      .when(write)
      .then(kept)
      .effects()
      .leaves({ unshown: [first, second] });
  });

  test('a message after that takes the conversation up again', () => {
    given(closed({ at: before(hours(48) + 1) }))
      .when(write)
      .then(kept, { type: 'reopened', at: now })
      .among({ effect: 'tell-requester', told: 'reopened' }, { effect: 'match' })
      .leaves({ unshown: [second], waitingSince: now, former: anna });
  });

  test('up to thirty days, and no longer', () => {
    given(closed({ at: before(days(30)) }))
      .when(write)
      .then(kept, { type: 'reopened', at: now });
    given(closed({ at: before(days(30) + 1) }))
      .when(write)
      .refused('too-late');
  });
});
