// How a case reaches a volunteer: offered, accepted, passed, lapsed, withdrawn (V1, V2, V3).
import { describe, expect, test } from 'vitest';
import type { NotEligible } from '#domain/matching.ts';
import { after, anna, before, bela, cora, first, hours, limits, minutes, now, offeredTo, room, waiting } from '#tests/support/cases.ts';
import { given } from '#tests/support/given.ts';

const accept = { type: 'accept', by: anna, room, eligible: 'yes' } as const;
const idleAsk = { effect: 'timer', timer: 'idle', at: after(limits.idleAskMs) } as const;

describe('an offer', () => {
  test('stands for ninety minutes', () => {
    const until = after(minutes(90));
    given(waiting())
      .when({ type: 'offer', to: anna, availableUntil: after(hours(6)) })
      .then({ type: 'offered', to: anna, until })
      .effects({ effect: 'offer', to: anna, until }, { effect: 'timer', timer: 'offer', at: until });
  });

  test('stands no longer than they are available', () => {
    given(waiting())
      .when({ type: 'offer', to: anna, availableUntil: after(minutes(20)) })
      .then({ type: 'offered', to: anna, until: after(minutes(20)) });
  });

  test('ends earlier when they say that they are available for a shorter time', () => {
    given(offeredTo(anna))
      .when({ type: 'shorten', of: anna, availableUntil: after(minutes(10)) })
      .then({ type: 'offer-shortened', until: after(minutes(10)) })
      .effects({ effect: 'timer', timer: 'offer', at: after(minutes(10)) });
  });

  test('does not grow when they are available for longer', () => {
    given(offeredTo(anna, { until: after(minutes(10)) }))
      .when({ type: 'shorten', of: anna, availableUntil: after(hours(10)) })
      .then()
      .effects();
  });

  test('is made to one volunteer at a time', () => {
    given(offeredTo(anna)).when({ type: 'offer', to: bela, availableUntil: null }).refused('not-waiting');
  });
});

describe('accepting', () => {
  test('opens a room, settles the offer, stops the waiting', () => {
    given(offeredTo(anna))
      .when(accept)
      .then({ type: 'accepted', by: anna, room, at: now })
      .effects(
        { effect: 'timer-off', timer: 'offer' },
        { effect: 'timer-off', timer: 'match' },
        { effect: 'timer-off', timer: 'wait-note' },
        { effect: 'timer-off', timer: 'wait-end' },
        { effect: 'settle-offer', at: anna, told: 'accepted' },
        { effect: 'begin-holding', holder: anna, room, holding: 'first' },
        idleAsk,
        { effect: 'timer', timer: 'begin', at: after(limits.beginAskMs) },
        { effect: 'match' },
      );
  });

  test('shows nothing: what was written stays sealed behind "open it now?"', () => {
    const accepted = given(offeredTo(anna)).when(accept);
    accepted.leaves({ unshown: [first] });
    expect(accepted.afterwards.state).toMatchObject({ phase: 'open', holding: { content: 'sealed' } });
  });

  test('erases who passed', () => {
    given(offeredTo(anna, { passed: [bela, cora] }))
      .when(accept)
      .leaves({ passed: [] });
  });

  test('after somebody stepped back, the requester is told that someone else is there', () => {
    given(offeredTo(anna, { left: [bela] }))
      .when(accept)
      .among({ effect: 'tell-requester', told: 'taken-over' });
  });

  test('comes too late from the moment on at which the offer ends, whether or not anybody noticed', () => {
    given(offeredTo(anna, { until: after(1) }))
      .when(accept)
      .then({ type: 'accepted', by: anna, room, at: now });
    given(offeredTo(anna, { until: now }))
      .when(accept)
      .refused('not-offered');
  });

  test.each(['not-available', 'at-cap', 'unsigned-device', 'left'] satisfies NotEligible[])(
    'does not hold when they are no longer eligible: %s',
    (eligible) => {
      given(offeredTo(anna))
        .when({ ...accept, eligible })
        .refused(eligible);
    },
  );
});

describe('passing', () => {
  test('takes no reason; the offer is settled and somebody else is sought', () => {
    given(offeredTo(anna))
      .when({ type: 'pass', by: anna })
      .then({ type: 'passed', by: anna })
      .effects({ effect: 'timer-off', timer: 'offer' }, { effect: 'settle-offer', at: anna, told: 'passed' }, { effect: 'match' })
      .leaves({ passed: [anna], left: [], state: { phase: 'waiting' } });
  });

  test('does not begin the wait anew: the requester has waited since they wrote', () => {
    given(offeredTo(anna, { waitingSince: before(hours(20)) }))
      .when({ type: 'pass', by: anna })
      .leaves({ waitingSince: before(hours(20)) });
  });

  test('is gone when the case is closed', () => {
    given(waiting({ passed: [anna, bela] }))
      .when({ type: 'stop' })
      .leaves({ passed: [] });
  });
});

describe('an offer that nobody answered', () => {
  test('goes on to somebody else and leaves no mark on the case', () => {
    given(offeredTo(anna))
      .when({ type: 'lapse', of: anna, why: 'time' })
      .effects({ effect: 'timer-off', timer: 'offer' }, { effect: 'settle-offer', at: anna, told: 'lapsed' }, { effect: 'match' })
      .leaves({ passed: [], left: [], state: { phase: 'waiting' } });
  });
});

test('an offer whose case is closed meanwhile is withdrawn, and who was asked is free for somebody else', () => {
  given(offeredTo(anna))
    .when({ type: 'stop' })
    .among({ effect: 'settle-offer', at: anna, told: 'withdrawn' }, { effect: 'timer-off', timer: 'offer' }, { effect: 'match' });
});
