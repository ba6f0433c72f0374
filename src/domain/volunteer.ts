// A volunteer's own limits and availability. Nothing here counts what they passed, left or declined (V3).
import type { CaseId, Instant, RoomRef, VolunteerId } from '#domain/ids.ts';
import { spans } from '#domain/limits.ts';
import type { Limits } from '#domain/limits.ts';

export type VolunteerState = 'invited' | 'onboarding' | 'off' | 'available' | 'resting' | 'left';

export interface Volunteer {
  readonly id: VolunteerId;
  readonly state: VolunteerState;
  /** When `available` or `resting` ends by itself; null: resting until they say. */
  readonly until: Instant | null;
  /** What requesters call them; null: the fixed word for "a volunteer". */
  readonly alias: string | null;
  readonly zone: string;
  /** Their own cap, 1 to 3; null: the default of 2. */
  readonly cap: number | null;
  readonly languages: readonly string[];
  readonly desk: RoomRef;
  readonly joinedAt: Instant;
  readonly lastCaseAt: Instant | null;
  readonly lastOfferAt: Instant | null;
  /** Cases whose offer lapsed here since they last said `!available`; emptied by it. A pass is not among them: it stays with the case. */
  readonly lapsed: readonly CaseId[];
}

export const mostCases = 3;
const defaultCap = 2;

/** How many cases they may hold now (1 in the first 60 days, then 2 unless said, 3 at most). */
export const capOf = (volunteer: Volunteer, facts: { readonly now: Instant; readonly limits: Limits }): number =>
  facts.now - volunteer.joinedAt < facts.limits.newVolunteerMs ? 1 : Math.min(volunteer.cap ?? defaultCap, mostCases);

/** The state as it stands at `now`: an end that has come has come, whoever notices it first. */
export const currentState = (volunteer: Volunteer, now: Instant): VolunteerState => {
  const ended = volunteer.until !== null && volunteer.until <= now;
  return ended && (volunteer.state === 'available' || volunteer.state === 'resting') ? 'off' : volunteer.state;
};

export const isResting = (volunteer: Volunteer, now: Instant): 'resting' | 'reachable' =>
  currentState(volunteer, now) === 'resting' ? 'resting' : 'reachable';

export const makeAvailable = (volunteer: Volunteer, until: Instant): Volunteer => ({
  ...volunteer,
  state: 'available',
  until,
  lapsed: [],
});

export const turnOff = (volunteer: Volunteer): Volunteer => ({ ...volunteer, state: 'off', until: null });

export const rest = (volunteer: Volunteer, until: Instant | null): Volunteer => ({ ...volunteer, state: 'resting', until });

export const wasOffered = (volunteer: Volunteer, now: Instant): Volunteer => ({ ...volunteer, lastOfferAt: now });

/** Not asked about this case again before they next say `!available`. */
export const letLapse = (volunteer: Volunteer, caseId: CaseId): Volunteer => ({
  ...volunteer,
  lapsed: [...volunteer.lapsed.filter((each) => each !== caseId), caseId],
});

export const tookCase = (volunteer: Volunteer, now: Instant): Volunteer => ({ ...volunteer, lastCaseAt: now });

/** The requester hears only these three words of a rest's length. */
export const restInWords = (now: Instant, until: Instant | null): 'hours' | 'days' | 'longer' => {
  if (until === null || until - now > spans.week) return 'longer';
  return until - now > spans.day ? 'days' : 'hours';
};
