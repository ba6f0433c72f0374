// Taken and not begun: asked once, then it goes on to somebody else, and the person waits no longer than they were told.
import { describe, expect, test } from 'vitest';
import { after, anna, before, bela, days, first, heldBy, hours, limits, now, offeredTo, room, sealedWith } from '#tests/support/cases.ts';
import { given } from '#tests/support/given.ts';

const taken = (ago: number, more: Parameters<typeof sealedWith>[1] = {}) => sealedWith(anna, { since: before(ago), ...more });
const off = { effect: 'timer-off', timer: 'begin' } as const;

describe('a conversation has begun', () => {
  test('when what waits is opened', () => {
    given(sealedWith(anna)).when({ type: 'open', by: anna }).among(off, { effect: 'settle-begin', at: anna });
  });

  test('when the holder comes and there is nothing to open', () => {
    given(heldBy(anna, { begun: 'not-yet' }))
      .when({ type: 'come', by: anna })
      .then({ type: 'begun' })
      .effects(off, { effect: 'settle-begin', at: anna });
    given(sealedWith(anna)).when({ type: 'come', by: anna }).then();
  });

  test('when the holder writes', () => {
    const wrote = given(sealedWith(anna)).when({ type: 'answer', by: anna }).among(off, { effect: 'settle-begin', at: anna });
    given(wrote.afterwards).when({ type: 'end-begin' }).refused('begun');
    given(wrote.afterwards).when({ type: 'give-back', by: anna, why: 'own' }).refused('begun');
  });
});

describe('a conversation that has not begun', () => {
  test('is asked about once, and looked at again when it would go on', () => {
    given(taken(limits.beginAskMs))
      .when({ type: 'end-begin' })
      .then({ type: 'begin-late', ask: 'asked' })
      .effects(
        { effect: 'ask-begin', at: anna, until: after(limits.beginMs - limits.beginAskMs) },
        { effect: 'timer', timer: 'begin', at: after(limits.beginMs - limits.beginAskMs) },
      );
  });

  test('is not asked about while the holder rests', () => {
    given(taken(limits.beginAskMs))
      .when({ type: 'end-begin' }, { holder: 'resting' })
      .effects({ effect: 'timer', timer: 'begin', at: after(limits.beginMs - limits.beginAskMs) });
  });

  test('goes on, in its old place, with what nobody has read; nothing remembers who it was', () => {
    given(taken(limits.beginMs, { waitingSince: before(hours(14)) }))
      .when({ type: 'end-begin' })
      .then({ type: 'returned', by: anna, room, why: 'time' })
      .effects(
        { effect: 'returned', at: anna, why: 'time' },
        { effect: 'end-holding', holder: anna, room, leave: 'now' },
        off,
        { effect: 'timer-off', timer: 'idle' },
        { effect: 'match' },
        { effect: 'timer', timer: 'wait-note', at: after(hours(10)) },
        { effect: 'timer', timer: 'wait-end', at: after(limits.longestWaitMs - hours(14)) },
      )
      .leaves({ left: [], passed: [], unshown: [first], waitingSince: before(hours(14)), state: { phase: 'waiting' } });
  });

  test('goes on while they rest as well, and at once if they say so', () => {
    given(taken(limits.beginMs)).when({ type: 'end-begin' }, { holder: 'resting' }).then({ type: 'returned', by: anna, room, why: 'time' });
    given(taken(hours(1)))
      .when({ type: 'give-back', by: anna, why: 'own' })
      .then({ type: 'returned', by: anna, room, why: 'own' });
  });

  test.each([
    ['that fell into the time it was held is sent now', hours(20), now],
    ['that was sent before it was taken is not sent again', hours(28), after(hours(24) + days(7) - hours(40))],
    ['is due a week after the last one', days(9), after(hours(24) + days(14) - days(9) - limits.beginMs)],
  ] as const)('a note about the wait %s', (_, waited, at) => {
    given(taken(limits.beginMs, { waitingSince: before(waited + limits.beginMs) }))
      .when({ type: 'end-begin' })
      .among({ effect: 'timer', timer: 'wait-note', at });
  });

  test('who was told that somebody is there is told that they cannot go on', () => {
    const over = given(offeredTo(anna, { left: [bela] })).when({ type: 'accept', by: anna, room, eligible: 'yes' }).afterwards;
    given(over)
      .when({ type: 'give-back', by: anna, why: 'own' })
      .among({ effect: 'tell-requester', told: 'stepped-back' })
      .leaves({ left: [bela] });
    const toldNothing = given(taken(limits.beginMs)).when({ type: 'end-begin' });
    expect(toldNothing.followed.some((effect) => effect.effect === 'tell-requester')).toBe(false);
  });

  test('with whom it was held before the close, they are still the first to be asked', () => {
    const again = given(offeredTo(anna, { former: anna })).when({ type: 'accept', by: anna, room, eligible: 'yes' }).afterwards;
    given(again).when({ type: 'give-back', by: anna, why: 'no-room' }).leaves({ former: anna });
  });
});
