// Mails that are held until the contact on record has answered "did you write just now?".
import type { Case } from '#domain/case/state.ts';
import type { Say } from '#domain/say.ts';
import type { Parts } from '#relay/parts.ts';
import { askContact, loadQuestions, putQuestion } from '#relay/questions.ts';
import type { Contact } from '#relay/record-types.ts';
import { canonicalAddress, onceADay, tellRequester } from '#relay/tell-requester.ts';
import { later, underOwner } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

export const didYouWrite = (one: Case): string => `did-you-write:${one.id}`;

/** Eight characters without those that look alike; 40 bits, five tries, 48 hours at most. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const codeLength = 8;

export const drawCode = (parts: Parts): string => Array.from({ length: codeLength }, () => alphabet[parts.chance.below(alphabet.length)] ?? '2').join('');

const askingSay = (parts: Parts, code: string): Say => ({
  key: 'requester.did-you-write.ask',
  slots: { code: { slot: 'code', value: code }, held: { slot: 'span', ms: parts.limits.heldMs } },
});

/** Holds an inbox row for this case's contact; asks once a day, and adds to a question that stands. */
export const hold = async (unit: Unit, parts: Parts, of: { readonly one: Case; readonly contact: Contact; readonly inbox: string }): Promise<void> => {
  const { one, contact } = of;
  if (contact.kind !== 'mail') return;
  unit.write({ write: 'inbox-change', id: of.inbox, expect: 'received', change: { state: 'held' } });
  const standing = (await loadQuestions(unit, contact.questions)).find((question) => question.about === didYouWrite(one));
  if (standing !== undefined) {
    await putQuestion(unit, { ...standing, held: [...standing.held, of.inbox] }, underOwner(one.id));
    return;
  }
  const question = await askContact(unit, parts, {
    contact: contact.id,
    case: one.id,
    ask: {
      about: didYouWrite(one),
      asks: { key: 'requester.did-you-write.ask' },
      answers: [
        { word: 'yes', also: [], act: { act: 'claim', case: one.id } },
        { word: 'no', also: [], act: { act: 'disown', case: one.id } },
      ],
      silence: { act: 'nothing' },
      deadline: later(unit.now, parts.limits.heldMs),
      held: [of.inbox],
    },
  });
  const code = drawCode(parts);
  unit.index('code', { canonical: code, ref: question.id, owner: one.id, dropAt: later(unit.now, parts.limits.heldMs) });
  if (await onceADay(unit, parts, { whom: canonicalAddress(contact.address), purpose: 'did-you-write' })) {
    await tellRequester(unit, parts, { one, says: [askingSay(parts, code)] });
  }
};
