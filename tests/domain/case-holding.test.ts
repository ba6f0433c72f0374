// A conversation under way, and its ends: stepping back, closing, STOP, quiet.
import { describe, expect, test } from 'vitest';
import { effectsOfBeginning } from '#domain/case/effects.ts';
import {
  after,
  anna,
  before,
  bela,
  days,
  first,
  heldBy,
  hours,
  limits,
  now,
  offeredTo,
  room,
  sealedWith,
  waiting,
} from '#tests/support/cases.ts';
import { given } from '#tests/support/given.ts';

const idleAsk = { effect: 'timer', timer: 'idle', at: after(limits.idleAskMs) } as const;
const kept = [
  { effect: 'timer', timer: 'bodies', at: after(limits.bodiesMs) },
  { effect: 'timer', timer: 'forget', at: after(limits.forgetMs) },
] as const;
const off = (...timers: readonly ('match' | 'wait-note' | 'wait-end' | 'offer' | 'idle')[]) =>
  timers.map((timer) => ({ effect: 'timer-off', timer }) as const);

describe('answering', () => {
  test('keeps the conversation alive', () => {
    given(heldBy(anna)).when({ type: 'answer', by: anna }).then({ type: 'answered', at: now }).effects(idleAsk);
  });
});

describe('stepping back', () => {
  test('is at once: kind words, the room is left, somebody else is sought, the wait begins anew', () => {
    given(heldBy(anna))
      .when({ type: 'step-back', by: anna })
      .then({ type: 'stepped-back', by: anna, room, at: now })
      .effects(
        { effect: 'lines', become: 'taken-back' },
        { effect: 'tell-requester', told: 'stepped-back' },
        { effect: 'end-holding', holder: anna, room, leave: 'now' },
        { effect: 'timer-off', timer: 'idle' },
        { effect: 'match' },
        { effect: 'timer', timer: 'wait-note', at: after(limits.waitNoteMs) },
        { effect: 'timer', timer: 'wait-end', at: after(limits.longestWaitMs) },
      )
      .leaves({ left: [anna], waitingSince: now, state: { phase: 'waiting' } });
  });

  test('leaves to the next one what nobody has read', () => {
    given(sealedWith(anna))
      .when({ type: 'step-back', by: anna })
      .leaves({ unshown: [first] });
  });

  test('of one after the other is remembered for both', () => {
    given(heldBy(anna, { left: [bela] }))
      .when({ type: 'step-back', by: anna })
      .leaves({ left: [bela, anna] });
  });
});

describe('closing', () => {
  test('by the holder: kind words to both, the room stays for a week', () => {
    given(heldBy(anna))
      .when({ type: 'close', by: anna })
      .then({ type: 'closed', by: 'holder', at: now })
      .effects(
        { effect: 'lines', become: 'sent' },
        { effect: 'tell-requester', told: 'closed-by-volunteer' },
        { effect: 'tell-holder', room, told: 'closed' },
        { effect: 'end-holding', holder: anna, room, leave: 'later' },
        ...off('match', 'wait-note', 'wait-end', 'offer', 'idle'),
        ...kept,
      )
      .leaves({ former: anna, state: { phase: 'closed', at: now, by: 'holder', again: 'not-asked' } });
  });

  test('by STOP: the holder is told that it was their right', () => {
    given(heldBy(anna))
      .when({ type: 'stop' })
      .effects(
        { effect: 'lines', become: 'taken-back' },
        { effect: 'tell-requester', told: 'stopped' },
        { effect: 'tell-holder', room, told: 'closed-by-requester' },
        { effect: 'end-holding', holder: anna, room, leave: 'later' },
        ...off('match', 'wait-note', 'wait-end', 'offer', 'idle'),
        ...kept,
      );
  });

  test('by STOP while it waits: there is nobody else to tell', () => {
    given(waiting())
      .when({ type: 'stop' })
      .effects({ effect: 'tell-requester', told: 'stopped' }, ...off('match', 'wait-note', 'wait-end', 'offer', 'idle'), ...kept)
      .leaves({ former: null });
  });
});

describe('waiting', () => {
  test.each([
    ['after a day: the first note', hours(24), 'wait-note-first'],
    ['a week after that: another one', hours(24) + days(7), 'wait-note-again'],
    ['and each further week', hours(24) + days(21), 'wait-note-again'],
  ] as const)('%s', (_, waited, told) => {
    given(waiting({ waitingSince: before(waited) }))
      .when({ type: 'note-wait' })
      .effects(
        { effect: 'tell-requester', told },
        { effect: 'tell-coordinators' },
        { effect: 'timer', timer: 'wait-note', at: after(limits.waitNoteAgainMs) },
      );
  });

  test('a note comes as well while somebody is being asked', () => {
    given(offeredTo(anna)).when({ type: 'note-wait' }).then({ type: 'wait-noted', at: now });
  });

  test('after eight weeks it ends with kind words, and an offer that stands is withdrawn', () => {
    given(waiting())
      .when({ type: 'end-wait' })
      .then({ type: 'closed', by: 'time', at: now })
      .among({ effect: 'tell-requester', told: 'wait-over' });
    given(offeredTo(anna))
      .when({ type: 'end-wait' })
      .among({ effect: 'tell-requester', told: 'wait-over' }, { effect: 'settle-offer', at: anna, told: 'withdrawn' });
  });
});

describe('quiet', () => {
  const quietSince = (ms: number) => heldBy(anna, { lastWrittenAt: before(ms) });

  test('while the holder rests is asked about when they are back, and closes at ninety days as it does otherwise', () => {
    given(quietSince(days(60)))
      .when({ type: 'end-idle' }, { holder: 'resting' })
      .then({ type: 'idle-put-off' })
      .effects({ effect: 'timer', timer: 'idle', at: after(days(30)) });
    given(quietSince(days(70)))
      .when({ type: 'catch-up' })
      .then({ type: 'rest-over' }, { type: 'idle-asked' })
      .among({ effect: 'ask-idle', room }, { effect: 'timer', timer: 'idle', at: after(days(20)) });
    given(quietSince(days(59)))
      .when({ type: 'catch-up' })
      .then({ type: 'rest-over' });
    given(quietSince(days(90)))
      .when({ type: 'end-idle' }, { holder: 'resting' })
      .then({ type: 'closed', by: 'time', at: now });
  });

  test('for sixty days: the holder is asked, and at ninety it is looked at again', () => {
    given(quietSince(days(60)))
      .when({ type: 'end-idle' })
      .then({ type: 'idle-asked' })
      .effects({ effect: 'ask-idle', room }, { effect: 'timer', timer: 'idle', at: after(days(30)) });
  });

  test('for ninety days: it closes by itself', () => {
    given(quietSince(days(90)))
      .when({ type: 'end-idle' })
      .then({ type: 'closed', by: 'time', at: now })
      .among({ effect: 'tell-requester', told: 'closed-by-quiet' }, { effect: 'tell-holder', room, told: 'closed-by-quiet' });
  });

  test('"stay" keeps it open for as long as if somebody had written', () => {
    const stays = given(quietSince(days(60)))
      .when({ type: 'stay', by: anna })
      .then({ type: 'stayed', at: now })
      .effects(idleAsk).afterwards;
    given(stays)
      .when({ type: 'end-idle' }, { now: after(days(89)) })
      .then({ type: 'idle-asked' });
    given(stays)
      .when({ type: 'end-idle' }, { now: after(days(90)) })
      .then({ type: 'closed', by: 'time', at: after(days(90)) });
  });

  test('is broken by the requester, also while nothing is shown to the holder', () => {
    const sealed = sealedWith(anna, { lastWrittenAt: before(days(80)) });
    const wrote = given(sealed).when({ type: 'write', message: first }).among(idleAsk).afterwards;
    given(wrote)
      .when({ type: 'end-idle' }, { now: after(days(60)) })
      .then({ type: 'idle-asked' });
  });
});

test('a newly begun case looks for somebody, and its wait is watched', () => {
  expect(effectsOfBeginning({ now, limits })).toEqual([
    { effect: 'match' },
    { effect: 'timer', timer: 'wait-note', at: after(limits.waitNoteMs) },
    { effect: 'timer', timer: 'wait-end', at: after(limits.longestWaitMs) },
  ]);
});
