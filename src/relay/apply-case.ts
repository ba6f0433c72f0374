// Carries out a command on a case: decide, evolve, and turn each effect into rows. The one way in which a case changes.
import type { CaseCommand, CaseFacts, CaseRefusal } from '#domain/case/decide.ts';
import { decide } from '#domain/case/decide.ts';
import { effects } from '#domain/case/effects.ts';
import type { Effect } from '#domain/case/effects.ts';
import type { CaseEvent } from '#domain/case/events.ts';
import { evolve } from '#domain/case/evolve.ts';
import type { Case } from '#domain/case/state.ts';
import { holderOf } from '#domain/case/state.ts';
import type { CaseId } from '#domain/ids.ts';
import { ok, refuse } from '#domain/result.ts';
import type { Result } from '#domain/result.ts';
import { isResting } from '#domain/volunteer.ts';
import { askAgain } from '#relay/ask-again.ts';
import { beginHolding, endHolding } from '#relay/holding.ts';
import { askIdle } from '#relay/idle.ts';
import { matchSoon } from '#relay/match-soon.ts';
import { offerAt, settleOffer } from '#relay/offer.ts';
import { sendLines, takeBackLines } from '#relay/outgoing.ts';
import type { Parts } from '#relay/parts.ts';
import { workWhenAwake } from '#relay/quiet-lane.ts';
import { loadRoom, workInRoom } from '#relay/rooms.ts';
import { holderSay, requesterSays } from '#relay/telling.ts';
import { knowsSpeaker } from '#relay/speaker.ts';
import { tellCoordinators } from '#relay/tell-coordinators.ts';
import { tellRequester } from '#relay/tell-requester.ts';
import { underOwner } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

export const putCase = (unit: Unit, one: Case): Promise<void> => {
  const parent = one.state.phase === 'offered' ? one.state.offer.to : holderOf(one);
  return unit.put('case', { id: one.id, state: one.state.phase, parent, under: underOwner(one.id), dueAt: null, value: one });
};

const factsOf = async (unit: Unit, parts: Parts, one: Case): Promise<CaseFacts> => {
  const holder = holderOf(one);
  const volunteer = holder === null ? null : await unit.load('volunteer', holder);
  return {
    now: unit.now,
    limits: parts.limits,
    holder: volunteer === null ? 'reachable' : isResting(volunteer.value.volunteer, unit.now),
  };
};

/** One effect of a case that now stands as `one`. Also used for what a newly begun case sets going. */
export const applyEffect = async (unit: Unit, parts: Parts, of: { readonly one: Case; readonly effect: Effect }): Promise<void> => {
  const { one, effect } = of;
  switch (effect.effect) {
    case 'tell-requester':
      await tellRequester(unit, parts, { one, says: await requesterSays(unit, parts, { one, told: effect.told }) });
      if (effect.told === 'taken-over' && one.state.phase === 'open')
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

/** Applies one command. A refusal changes nothing. Effects see the case as it stands after all events. */
export const applyCase = async (
  unit: Unit,
  parts: Parts,
  of: { readonly case: CaseId; readonly command: CaseCommand },
): Promise<Result<Case, CaseRefusal | 'gone'>> => {
  const loaded = await unit.load('case', of.case);
  if (loaded === null) return refuse('gone');
  const decision = decide(loaded.value, of.command, await factsOf(unit, parts, loaded.value));
  if (!decision.ok) return decision;
  const after = decision.value.reduce(evolve, loaded.value);
  await putCase(unit, after);
  await applyEvents(unit, parts, { before: loaded.value, events: decision.value });
  return ok((await unit.load('case', of.case))?.value ?? after);
};

const applyEvents = async (
  unit: Unit,
  parts: Parts,
  of: { readonly before: Case; readonly events: readonly CaseEvent[] },
): Promise<void> => {
  let before = of.before;
  for (const event of of.events) {
    for (const effect of effects(before, event, { now: unit.now, limits: parts.limits })) {
      const one = (await unit.load('case', before.id))?.value ?? before;
      await applyEffect(unit, parts, { one, effect });
    }
    before = evolve(before, event);
  }
};
