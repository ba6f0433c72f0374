// A request becomes a case: a key of its own, a pseudonym, the way back, and what a newly begun case sets going.
import type { Case, Channel, Level } from '#domain/case/state.ts';
import { effectsOfBeginning } from '#domain/case/effects.ts';
import type { CaseId, ContactId, Instant } from '#domain/ids.ts';
import type { Say } from '#domain/say.ts';
import { putCase } from '#relay/apply-case.ts';
import { applyEffect } from '#relay/apply-effect.ts';
import type { Parts } from '#relay/parts.ts';
import type { Contact } from '#relay/record-types.ts';
import { freeKey, freeKeys, wordsThatWork } from '#relay/telling.ts';
import { newId, underWayBack } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';
import { findVolunteer } from '#relay/volunteers.ts';

export const promiseVersion = '1';

export interface Beginning {
  readonly channel: Channel;
  readonly level: Level;
  readonly automatic: Case['automatic'];
  readonly contact: (ids: { readonly case: CaseId; readonly contact: ContactId }) => Contact;
  /** By mail nobody is recognised as a volunteer; by Matrix their account is. */
  readonly userId: string | null;
  /** What their later messages are recognised by. */
  readonly canonical: string;
}

const takenPseudonyms = async (parts: Parts): Promise<ReadonlySet<string>> => {
  const rows = await parts.records.find({ kind: 'case', states: ['waiting', 'offered', 'open', 'closed'] });
  return new Set(rows.map((row) => row.value.pseudonym));
};

export const beginCase = async (unit: Unit, parts: Parts, beginning: Beginning): Promise<Case> => {
  const id = newId<CaseId>(parts);
  const contact = beginning.contact({ case: id, contact: newId<ContactId>(parts) });
  await parts.vault.newOwner(id);
  const one: Case = {
    id,
    contact: contact.id,
    channel: beginning.channel,
    language: parts.service.language,
    pseudonym: parts.drawPseudonym(await takenPseudonyms(parts)),
    level: beginning.level,
    automatic: beginning.automatic,
    openedAt: unit.now,
    waitingSince: unit.now,
    state: { phase: 'waiting' },
    passed: [],
    left: [],
    former: null,
    own: beginning.userId === null ? null : await findVolunteer(unit, parts, beginning.userId),
    unshown: [],
    promise: promiseVersion,
    country: null,
  };
  await putCase(unit, one);
  await unit.put('contact', { id: contact.id, state: 'way-back', parent: id, under: underWayBack(id), dueAt: null, value: contact });
  unit.index('contact', { canonical: beginning.canonical, ref: id, owner: id });
  for (const effect of effectsOfBeginning({ now: unit.now, limits: parts.limits })) await applyEffect(unit, parts, { one, effect });
  return one;
};

export const isFirstAnswer = (say: Say): boolean => say.key === 'requester.first-answer.mail' || say.key === 'requester.first-answer.chat';

/** F1's words: honest about whether anybody can be asked now; the words in it are those that work. */
export const firstAnswer = async (parts: Parts, of: { readonly channel: Channel; readonly now: Instant }): Promise<Say> =>
  answerWith(parts, { channel: of.channel, free: await freeKey(parts, of.now) });

/** Whatever of it can have been sent, however things stood then: to know our own words again in a quote. */
export const everyFirstAnswer = (parts: Parts, channel: Channel): readonly Say[] =>
  freeKeys.map((free) => answerWith(parts, { channel, free }));

const answerWith = (parts: Parts, of: { readonly channel: Channel; readonly free: string }): Say => ({
  key: of.channel === 'mail' ? 'requester.first-answer.mail' : 'requester.first-answer.chat',
  slots: {
    free: { slot: 'word', key: of.free },
    wait: { slot: 'span', ms: parts.limits.waitNoteMs },
    words: wordsThatWork,
  },
});
