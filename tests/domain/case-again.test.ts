// "Would you like to talk again?", and what a closed conversation keeps.
import { describe, expect, test } from 'vitest';
import { after, anna, before, bela, closed, days, first, hours, limits, now, room, second, third } from '#tests/support/cases.ts';
import { given } from '#tests/support/given.ts';

const asked = closed({ at: before(hours(40)), again: 'asked', unshown: [first, second] });

describe('asked whether they would like to talk again', () => {
  test('yes: it waits again, and what they wrote is there for whoever comes', () => {
    given(asked)
      .when({ type: 'again', answer: 'yes' })
      .then({ type: 'reopened', at: now })
      .effects(
        { effect: 'tell-requester', told: 'again-yes' },
        { effect: 'timer-off', timer: 'again' },
        { effect: 'timer-off', timer: 'bodies' },
        { effect: 'timer-off', timer: 'forget' },
        { effect: 'match' },
        { effect: 'timer', timer: 'wait-note', at: after(limits.waitNoteMs) },
        { effect: 'timer', timer: 'wait-end', at: after(limits.longestWaitMs) },
      )
      .leaves({ unshown: [first, second], waitingSince: now, former: anna });
  });

  test('no: what they wrote is gone unread, and they are told', () => {
    given(asked)
      .when({ type: 'again', answer: 'no' })
      .effects(
        { effect: 'tell-requester', told: 'again-no' },
        { effect: 'timer-off', timer: 'again' },
        { effect: 'drop-messages', messages: [first, second] },
      )
      .leaves({ unshown: [], state: { phase: 'closed', at: before(hours(40)), by: 'holder', again: 'not-asked' } });
  });

  test('silence is no, as they were told when they were asked', () => {
    given(asked)
      .when({ type: 'again', answer: 'silence' })
      .effects({ effect: 'drop-messages', messages: [first, second] })
      .leaves({ unshown: [] });
  });

  test.each(['no', 'silence'] as const)(
    'after %s a later message is asked about or takes it up again; none is kept without a word',
    (answer) => {
      const quiet = given(asked).when({ type: 'again', answer }).afterwards;
      given(quiet).when({ type: 'write', message: third }).among({ effect: 'ask-requester', asks: 'again' });
      given(quiet)
        .when({ type: 'write', message: third }, { now: after(days(4)) })
        .among({ effect: 'tell-requester', told: 'reopened' });
    },
  );

  test('an answer counts once', () => {
    const again = given(asked).when({ type: 'again', answer: 'yes' }).afterwards;
    given(again).when({ type: 'again', answer: 'no' }).refused('not-asked');
  });
});

describe('a conversation that is taken up again', () => {
  const reopened = given(asked).when({ type: 'again', answer: 'yes' }).afterwards;
  const offered = given(reopened).when({ type: 'offer', to: anna, availableUntil: null }).afterwards;

  test('goes on with the former holder without a new face being announced', () => {
    const accepted = given(offered).when({ type: 'accept', by: anna, room, eligible: 'yes' });
    accepted.among({ effect: 'begin-holding', holder: anna, room, holding: 'again' });
    expect(accepted.followed).not.toContainEqual({ effect: 'tell-requester', told: 'taken-over' });
  });

  test('with another one, the requester is told that somebody else is there', () => {
    const other = given(reopened).when({ type: 'offer', to: bela, availableUntil: null }).afterwards;
    given(other)
      .when({ type: 'accept', by: bela, room, eligible: 'yes' })
      .among({ effect: 'tell-requester', told: 'taken-over' }, { effect: 'begin-holding', holder: bela, room, holding: 'after-another' });
  });

  test('remembers its former holder until somebody accepts, also when it is closed while it waits', () => {
    given(offered).when({ type: 'stop' }).leaves({ former: anna });
    given(offered).when({ type: 'accept', by: anna, room, eligible: 'yes' }).leaves({ former: null });
  });
});

describe('what a closed conversation keeps', () => {
  test('bodies for seven days, the rest for ninety', () => {
    given(given(closed()).when({ type: 'write', message: second }, { now: after(days(3)) }).afterwards)
      .when({ type: 'stop' })
      .among(
        { effect: 'timer', timer: 'bodies', at: after(limits.bodiesMs) },
        { effect: 'timer', timer: 'forget', at: after(limits.forgetMs) },
      );
  });

  test('once the bodies are gone nobody is promised a message that is not there', () => {
    const bare = given(closed({ unshown: [first] }))
      .when({ type: 'drop-bodies' })
      .effects()
      .leaves({ unshown: [] }).afterwards;
    given(bare)
      .when({ type: 'write', message: second }, { now: after(days(10)) })
      .leaves({ unshown: [second] });
  });
});

describe('a volunteer takes up again what they closed', () => {
  const takeUp = { type: 'take-up', by: anna, room, eligible: 'yes' } as const;

  test('with a new room; the requester is told, and nothing of it is due to go any more', () => {
    given(closed())
      .when(takeUp)
      .then({ type: 'taken-up', by: anna, room, at: now })
      .effects(
        { effect: 'timer-off', timer: 'bodies' },
        { effect: 'timer-off', timer: 'forget' },
        { effect: 'tell-requester', told: 'taken-up' },
        { effect: 'begin-holding', holder: anna, room, holding: 'taken-up' },
        { effect: 'timer', timer: 'idle', at: after(limits.idleAskMs) },
        { effect: 'timer', timer: 'begin', at: after(limits.beginAskMs) },
      );
  });

  test('and never comes: the requester is told that somebody else is sought', () => {
    const taken = given(closed()).when(takeUp).afterwards;
    given(taken)
      .when({ type: 'give-back', by: anna, why: 'own' })
      .among({ effect: 'tell-requester', told: 'stepped-back' }, { effect: 'match' })
      .leaves({ former: anna });
  });

  test('but not what the requester has ended', () => {
    given(closed({ by: 'requester' }))
      .when(takeUp)
      .refused('ended-by-requester');
    given(closed({ by: 'time' }))
      .when(takeUp)
      .then({ type: 'taken-up', by: anna, room, at: now });
  });
});
