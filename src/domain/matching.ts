// Who may be asked, in which order, and why not. No text that anybody wrote is among its inputs (I8).
import type { Case } from '#domain/case/state.ts';
import type { CaseId, Instant, VolunteerId } from '#domain/ids.ts';
import type { Limits } from '#domain/limits.ts';
import { capOf, currentState } from '#domain/volunteer.ts';
import type { Volunteer } from '#domain/volunteer.ts';

/** What matching may know of a case. */
export interface Waiting {
  readonly id: CaseId;
  readonly language: string;
  readonly passed: readonly VolunteerId[];
  readonly left: readonly VolunteerId[];
  /** Who held it before a close; asked first when it is taken up again. */
  readonly former: VolunteerId | null;
  /** Whose own request it is. */
  readonly own: VolunteerId | null;
}

export const waitingOf = (one: Case): Waiting => ({
  id: one.id,
  language: one.language,
  passed: one.passed,
  left: one.left,
  former: one.former,
  own: one.own,
});

export interface Candidate {
  readonly volunteer: Volunteer;
  /** Cases held now. */
  readonly holding: number;
  /** Another offer stands at their desk. */
  readonly asked: 'asked' | 'free';
  /** A device of theirs lacks its owner's signature: nothing can be sent to them safely. */
  readonly devices: 'all-signed' | 'some-unsigned';
}

export type NotEligible =
  | 'not-available'
  | 'at-cap'
  | 'asked-lately'
  | 'asked-already'
  | 'asked-now'
  | 'language'
  | 'passed'
  | 'left'
  | 'own'
  | 'unsigned-device';

export interface MatchFacts {
  readonly now: Instant;
  readonly limits: Limits;
}

/** Could anybody's case be offered here now? */
export const isFree = (candidate: Candidate, facts: MatchFacts): 'yes' | NotEligible => {
  const { volunteer } = candidate;
  if (currentState(volunteer, facts.now) !== 'available') return 'not-available';
  if (candidate.holding >= capOf(volunteer, facts)) return 'at-cap';
  return candidate.devices === 'some-unsigned' ? 'unsigned-device' : 'yes';
};

/** The checks that hold for an acceptance as well as for an offer (V1, I6). */
export const mayHold = (waiting: Waiting, candidate: Candidate, facts: MatchFacts): 'yes' | NotEligible => {
  const free = isFree(candidate, facts);
  if (free !== 'yes') return free;
  if (waiting.own === candidate.volunteer.id) return 'own';
  return waiting.left.includes(candidate.volunteer.id) ? 'left' : 'yes';
};

/** May this volunteer take up a conversation again that they held? Nobody offers it to them, so only their cap and their devices count. */
export const mayTakeUp = (candidate: Candidate, facts: MatchFacts): 'yes' | NotEligible => {
  if (candidate.holding >= capOf(candidate.volunteer, facts)) return 'at-cap';
  return candidate.devices === 'some-unsigned' ? 'unsigned-device' : 'yes';
};

/** May this volunteer be offered this case now? */
export const mayBeOffered = (waiting: Waiting, candidate: Candidate, facts: MatchFacts): 'yes' | NotEligible => {
  const { volunteer } = candidate;
  const hold = mayHold(waiting, candidate, facts);
  if (hold !== 'yes') return hold;
  if (!volunteer.languages.includes(waiting.language)) return 'language';
  if (waiting.passed.includes(volunteer.id)) return 'passed';
  if (volunteer.lapsed.includes(waiting.id)) return 'asked-already';
  if (candidate.asked === 'asked') return 'asked-now';
  if (volunteer.lastOfferAt !== null && facts.now - volunteer.lastOfferAt < facts.limits.betweenOffersMs) return 'asked-lately';
  return 'yes';
};

/**
 * The next volunteer to ask: a former holder first, then who has been without a case for the longest time, ties by chance.
 * `draw(n)` gives a whole number below n; it is called only for a tie.
 */
export const nextToAsk = (
  waiting: Waiting,
  from: { readonly candidates: readonly Candidate[]; readonly facts: MatchFacts; readonly draw: (below: number) => number },
): VolunteerId | null => {
  const eligible = from.candidates.filter((candidate) => mayBeOffered(waiting, candidate, from.facts) === 'yes');
  if (eligible.some((candidate) => candidate.volunteer.id === waiting.former)) return waiting.former;
  const since = (candidate: Candidate): number => candidate.volunteer.lastCaseAt ?? Number.NEGATIVE_INFINITY;
  const longest = Math.min(...eligible.map(since));
  const first = eligible.filter((candidate) => since(candidate) === longest);
  return first.length === 0 ? null : (first[first.length === 1 ? 0 : from.draw(first.length)]?.volunteer.id ?? null);
};

/**
 * When it is worth to look again for this case: the earliest moment at which a volunteer stops being "asked lately".
 * Null: only a change (somebody becomes available, a case ends) can help.
 */
export const lookAgainAt = (
  waiting: Waiting,
  from: { readonly candidates: readonly Candidate[]; readonly facts: MatchFacts },
): Instant | null => {
  const times = from.candidates
    .filter((candidate) => mayBeOffered(waiting, candidate, from.facts) === 'asked-lately')
    .map((candidate) => (candidate.volunteer.lastOfferAt ?? from.facts.now) + from.facts.limits.betweenOffersMs);
  return times.length === 0 ? null : (Math.min(...times) as Instant);
};
