// What becomes of an offer at somebody's desk: taken, passed, let go of, or shortened.
import type { CaseId, Instant, RoomRef } from '#domain/ids.ts';
import type { NotEligible } from '#domain/matching.ts';
import type { Say } from '#domain/say.ts';
import { heldBy } from '#relay/actor.ts';
import type { Actor } from '#relay/actor.ts';
import { applyCase } from '#relay/apply-case.ts';
import { eligibleNow } from '#relay/match.ts';
import { newId } from '#relay/unit.ts';

const say = (key: string): readonly Say[] => [{ key }];

const refusedAcceptance = (why: NotEligible): string => {
  const known: Partial<Record<NotEligible, string>> = {
    'at-cap': 'desk.offer.at-cap',
    'not-available': 'desk.offer.not-available',
    'unsigned-device': 'desk.offer.unsigned',
    left: 'desk.offer.left',
  };
  return known[why] ?? 'desk.offer.taken';
};

/** Accepts an offer; what does not hold any more is refused kindly and goes on to somebody else. */
export const accept = async (actor: Actor, caseId: CaseId): Promise<readonly Say[]> => {
  const { unit, parts, by } = actor;
  const eligible = await eligibleNow(unit, parts, { case: caseId, by });
  const accepted = await applyCase(unit, parts, { case: caseId, command: { type: 'accept', by, room: newId<RoomRef>(parts), eligible } });
  if (accepted.ok) return [];
  const why = eligible === 'yes' ? 'time' : 'own';
  const went = await applyCase(unit, parts, { case: caseId, command: { type: 'lapse', of: by, why } });
  if (eligible !== 'yes') return say(refusedAcceptance(eligible));
  // Its time was over a moment ago, which has just been said; or it is long gone.
  return went.ok ? [] : say('desk.offer.taken');
};

export const pass = async (actor: Actor, caseId: CaseId): Promise<readonly Say[]> => {
  const passed = await applyCase(actor.unit, actor.parts, { case: caseId, command: { type: 'pass', by: actor.by } });
  return passed.ok ? [] : say('desk.offer.taken');
};

/** The offer that stands at their desk goes on to somebody else. */
export const letOfferGo = async (actor: Actor): Promise<'went' | 'none'> => {
  const offered = (await heldBy(actor)).filter((one) => one.state.phase === 'offered' && one.state.offer.to === actor.by);
  for (const one of offered)
    await applyCase(actor.unit, actor.parts, { case: one.id, command: { type: 'lapse', of: actor.by, why: 'own' } });
  return offered.length > 0 ? 'went' : 'none';
};

/** They are available for a shorter time than was said when the offer was made. */
export const shortenOffer = async (actor: Actor, availableUntil: Instant): Promise<void> => {
  for (const one of await heldBy(actor)) {
    await applyCase(actor.unit, actor.parts, { case: one.id, command: { type: 'shorten', of: actor.by, availableUntil } });
  }
};
