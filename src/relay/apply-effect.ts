// What each effect of a case does: rows, words, questions, timers. The case itself is changed in apply-case.ts and nowhere else.
import type { Effect } from '#domain/case/effects.ts';
import type { Case } from '#domain/case/state.ts';
import { askAgain } from '#relay/ask-again.ts';
import { askBegin, settleBegin, tellReturned } from '#relay/begin-late.ts';
import { beginHolding, endHolding } from '#relay/holding.ts';
import { askIdle } from '#relay/idle.ts';
import { matchSoon } from '#relay/match-soon.ts';
import { offerAt, settleOffer } from '#relay/offer.ts';
import { sendLines, takeBackLines } from '#relay/outgoing.ts';
import type { Parts } from '#relay/parts.ts';
import { workWhenAwake } from '#relay/quiet-lane.ts';
import { loadRoom, workInRoom } from '#relay/rooms.ts';
import { knowsSpeaker } from '#relay/speaker.ts';
import { tellCoordinators } from '#relay/tell-coordinators.ts';
import { tellRequester } from '#relay/tell-requester.ts';
import { holderSay, requesterSays } from '#relay/telling.ts';
import type { Unit } from '#relay/unit.ts';

/** One effect of a case that now stands as `one`. Also used for what a newly begun case sets going. */
export const applyEffect = async (unit: Unit, parts: Parts, of: { readonly one: Case; readonly effect: Effect }): Promise<void> => {
  const { one, effect } = of;
  switch (effect.effect) {
    case 'tell-requester':
      await tellRequester(unit, parts, { one, says: await requesterSays(unit, parts, { one, told: effect.told }) });
      if ((effect.told === 'taken-over' || effect.told === 'taken-up') && one.state.phase === 'open')
        await knowsSpeaker(unit, { contact: one.contact, room: one.state.holding.room });
      return undefined;
    case 'ask-requester':
      return askAgain(unit, parts, one);
    case 'match':
      return matchSoon(unit, parts);
    case 'offer':
      return offerAt(unit, parts, { one, to: effect.to, until: effect.until });
    case 'settle-offer':
      return settleOffer(unit, { one, at: effect.at, told: effect.told });
    case 'ask-begin':
      return askBegin(unit, parts, { one, at: effect.at, until: effect.until });
    case 'settle-begin':
      return settleBegin(unit, { one, at: effect.at });
    case 'returned':
      return tellReturned(unit, { one, at: effect.at, why: effect.why });
    case 'begin-holding':
      return beginHolding(unit, parts, { one, holder: effect.holder, ref: effect.room, holding: effect.holding });
    case 'show': {
      const room = await loadRoom(unit, effect.room);
      if (room === null) return undefined;
      for (const message of effect.messages) await workInRoom(unit, room, { work: 'carry', room: room.ref, message });
      return undefined;
    }
    case 'lines':
      await (effect.become === 'sent' ? sendLines : takeBackLines)(unit, parts, one);
      return undefined;
    case 'tell-holder': {
      const room = await loadRoom(unit, effect.room);
      return room === null
        ? undefined
        : workWhenAwake(unit, room, { work: 'say', room: room.ref, says: [await holderSay(unit, parts, { one, told: effect.told })] });
    }
    case 'tell-coordinators':
      return tellCoordinators(unit, parts, (zone) => ({
        key: 'coordinator.no-free-match',
        slots: { waited: { slot: 'since', value: one.waitingSince, now: unit.now, zone } },
      }));
    case 'ask-idle':
      return askIdle(unit, parts, { one, ref: effect.room });
    case 'end-holding':
      return endHolding(unit, parts, { one, ref: effect.room, leave: effect.leave });
    case 'drop-messages':
      for (const message of effect.messages) unit.drop('message', message);
      return undefined;
    case 'timer':
      return unit.timer(`case-${effect.timer}`, { ref: one.id, at: effect.at });
    case 'timer-off':
      return unit.timerOff(`case-${effect.timer}`, one.id);
  }
};
