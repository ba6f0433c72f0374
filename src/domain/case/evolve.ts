// Folds one event into a case.
import type { CaseEvent } from '#domain/case/events.ts';
import type { Case, Holding } from '#domain/case/state.ts';
import { takesOver } from '#domain/case/state.ts';
import type { Instant, RoomRef, VolunteerId } from '#domain/ids.ts';

const withHolding = (one: Case, change: Partial<Holding>): Case =>
  one.state.phase === 'open' ? { ...one, state: { phase: 'open', holding: { ...one.state.holding, ...change } } } : one;

const without = (list: readonly VolunteerId[], one: VolunteerId): readonly VolunteerId[] => list.filter((each) => each !== one);

const beginHolding = (
  one: Case,
  by: { readonly by: VolunteerId; readonly room: RoomRef; readonly at: Instant },
  announced: Holding['announced'],
): Case => ({
  ...one,
  passed: [],
  former: null,
  state: {
    phase: 'open',
    holding: {
      holder: by.by,
      room: by.room,
      since: by.at,
      // With nothing to show there is nothing to ask about; what comes later comes by itself, as they are told.
      content: one.unshown.length === 0 ? 'shown' : 'sealed',
      begun: 'not-yet',
      announced,
      formerThen: one.former,
      restTold: 'not-told',
      lastWrittenAt: by.at,
    },
  },
});

export const evolve = (one: Case, event: CaseEvent): Case => {
  switch (event.type) {
    case 'message-kept':
      return withHolding({ ...one, unshown: [...one.unshown, event.message] }, { lastWrittenAt: event.at });
    case 'message-shown': {
      const shown = new Set(event.messages);
      return withHolding({ ...one, unshown: one.unshown.filter((id) => !shown.has(id)) }, { lastWrittenAt: event.at });
    }
    case 'rest-told':
      return withHolding(one, { restTold: 'told' });
    case 'rest-over':
      return withHolding(one, { restTold: 'not-told' });
    case 'offered':
      return { ...one, state: { phase: 'offered', offer: { to: event.to, until: event.until } } };
    case 'offer-shortened':
      return one.state.phase === 'offered'
        ? { ...one, state: { phase: 'offered', offer: { ...one.state.offer, until: event.until } } }
        : one;
    // To whom somebody is new, their alias is told at once.
    case 'accepted':
      return beginHolding(one, event, takesOver(one, event.by) ? 'yes' : 'no');
    case 'taken-up':
      return beginHolding(one, event, 'yes');
    case 'passed':
      return { ...one, state: { phase: 'waiting' }, passed: [...without(one.passed, event.by), event.by] };
    case 'lapsed':
      return { ...one, state: { phase: 'waiting' } };
    case 'opened':
      return withHolding(one, { content: 'shown', begun: 'yes' });
    case 'begun':
      return withHolding(one, { begun: 'yes' });
    case 'answered':
      return withHolding(one, { lastWrittenAt: event.at, begun: 'yes' });
    case 'stepped-back':
      return { ...one, state: { phase: 'waiting' }, waitingSince: event.at, left: [...without(one.left, event.by), event.by] };
    case 'returned':
      return one.state.phase === 'open' ? { ...one, state: { phase: 'waiting' }, former: one.state.holding.formerThen } : one;
    case 'closed': {
      const former = one.state.phase === 'open' ? one.state.holding.holder : one.former;
      return { ...one, former, passed: [], state: { phase: 'closed', at: event.at, by: event.by, again: 'not-asked' } };
    }
    case 'again-asked':
      return one.state.phase === 'closed' ? { ...one, state: { ...one.state, again: 'asked' } } : one;
    case 'again-declined':
    case 'again-lapsed':
      return one.state.phase === 'closed' ? { ...one, unshown: [], state: { ...one.state, again: 'not-asked' } } : one;
    case 'reopened':
      return { ...one, state: { phase: 'waiting' }, waitingSince: event.at };
    case 'bodies-dropped':
      return { ...one, unshown: [] };
    case 'stayed':
      return withHolding(one, { lastWrittenAt: event.at });
    case 'wait-noted':
    case 'idle-asked':
    case 'idle-put-off':
    case 'begin-late':
      return one;
  }
};
