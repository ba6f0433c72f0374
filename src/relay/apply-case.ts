// Carries out a command on a case: decide, evolve, and let each effect follow. The one way in which a case changes.
import type { CaseCommand, CaseFacts, CaseRefusal } from '#domain/case/decide.ts';
import { decide } from '#domain/case/decide.ts';
import { effects } from '#domain/case/effects.ts';
import type { CaseEvent } from '#domain/case/events.ts';
import { evolve } from '#domain/case/evolve.ts';
import type { Case } from '#domain/case/state.ts';
import { holderOf } from '#domain/case/state.ts';
import type { CaseId } from '#domain/ids.ts';
import { ok, refuse } from '#domain/result.ts';
import type { Result } from '#domain/result.ts';
import { isResting } from '#domain/volunteer.ts';
import { applyEffect } from '#relay/apply-effect.ts';
import type { Parts } from '#relay/parts.ts';
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
