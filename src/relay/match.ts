// Finds a volunteer for each case that waits, longest waiting first. A unit of its own, so that it sees what is committed.
import type { CaseId } from '#domain/ids.ts';
import { lookAgainAt, mayHold, nextToAsk, waitingOf } from '#domain/matching.ts';
import type { Candidate, MatchFacts, NotEligible } from '#domain/matching.ts';
import { applyCase } from '#relay/apply-case.ts';
import { candidateOf } from '#relay/candidates.ts';
import type { Parts } from '#relay/parts.ts';
import { inUnit } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

const factsAt = (unit: Unit, parts: Parts): MatchFacts => ({ now: unit.now, limits: parts.limits });

/** Everything is checked again inside the unit that accepts; its plan checks the versions of the case and the volunteer. */
export const eligibleNow = async (
  unit: Unit,
  parts: Parts,
  of: { readonly case: CaseId; readonly by: string },
): Promise<'yes' | NotEligible> => {
  const one = await unit.load('case', of.case);
  const record = await unit.load('volunteer', of.by);
  if (one === null || record === null) return 'not-available';
  return mayHold(waitingOf(one.value), await candidateOf(parts, record), factsAt(unit, parts));
};

const matchOne = (parts: Parts, id: CaseId): Promise<void> =>
  inUnit(parts, {}, async (unit) => {
    const one = await unit.load('case', id);
    if (one === null || one.value.state.phase !== 'waiting') return;
    const candidates: Candidate[] = [];
    for (const { id: volunteer } of await parts.store.find({ kind: 'volunteer' })) {
      const record = await unit.load('volunteer', volunteer);
      if (record !== null) candidates.push(await candidateOf(parts, record));
    }
    const facts = factsAt(unit, parts);
    const waiting = waitingOf(one.value);
    const to = nextToAsk(waiting, { candidates, facts, draw: (below) => parts.chance.below(below) });
    if (to === null) {
      const again = lookAgainAt(waiting, { candidates, facts });
      if (again !== null) unit.timer('case-match', { ref: id, at: again });
      return;
    }
    const availableUntil = candidates.find((candidate) => candidate.volunteer.id === to)?.volunteer.until ?? null;
    await applyCase(unit, parts, { case: id, command: { type: 'offer', to, availableUntil } });
  });

/** All waiting cases in turn. */
export const matchAll = async (parts: Parts): Promise<void> => {
  const rows = await parts.records.find({ kind: 'case', states: ['waiting'] });
  const waiting = rows.map((row) => row.value).toSorted((a, b) => a.waitingSince - b.waitingSince);
  for (const one of waiting) await matchOne(parts, one.id);
};
