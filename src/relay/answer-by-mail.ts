// YES and NO by mail, to the questions that stand for this sender. A code is compared by its keyed hash; five tries.
import type { Case } from '#domain/case/state.ts';
import type { Question } from '#domain/question.ts';
import { actOf } from '#domain/question.ts';
import type { RequesterWord, WordsFound } from '#domain/requester-words.ts';
import type { Say } from '#domain/say.ts';
import { applyCase } from '#relay/apply-case.ts';
import { claimHeld, codeFits, didYouWrite, discardHeld } from '#relay/held.ts';
import type { MailAddress } from '#relay/mail-port.ts';
import type { Parts } from '#relay/parts.ts';
import { putQuestion, questionsAsked, settle, underOfQuestion } from '#relay/questions.ts';
import type { Unit } from '#relay/unit.ts';

export interface Answered {
  readonly says: readonly Say[];
  /** What was held for them is placed after all. */
  readonly held: 'claimed' | 'not-asked';
  /** They do not want to talk again, so what they write beside it is not kept. */
  readonly again: 'declined' | 'not-declined';
}

type YesOrNo = RequesterWord & { readonly word: 'yes' | 'no' };

export const yesOrNo = (found: WordsFound): readonly YesOrNo[] =>
  found.words.filter((word): word is YesOrNo => word.word === 'yes' || word.word === 'no');

/** "Did you write just now?": YES with the code, or NO. `code` null: a bare YES proves nothing. */
export const answerDidYouWrite = async (
  unit: Unit,
  parts: Parts,
  of: { readonly question: Question; readonly word: YesOrNo; readonly address: MailAddress },
): Promise<{ readonly say: Say; readonly claimed: boolean }> => {
  const { question, word } = of;
  if (word.word === 'no') {
    discardHeld(unit, question);
    await settle(unit, question, null);
    return { say: { key: 'requester.did-you-write.no' }, claimed: false };
  }
  if (word.code !== null && (await codeFits(parts, { question, code: word.code }))) {
    await claimHeld(unit, parts, of);
    await settle(unit, question, null);
    return { say: { key: 'requester.did-you-write.yes' }, claimed: true };
  }
  if (word.code !== null)
    await putQuestion(unit, { ...question, triesLeft: Math.max(question.triesLeft - 1, 0) }, underOfQuestion(question));
  return { say: { key: 'requester.did-you-write.wrong-code' }, claimed: false };
};

/** Does this mail carry the code that was sent to the contact on record? Then it is theirs, whatever else failed. */
export const provedByCode = async (unit: Unit, parts: Parts, of: { readonly one: Case; readonly found: WordsFound }): Promise<boolean> => {
  const contact = await unit.load('contact', of.one.contact);
  const questions = contact?.value.kind === 'mail' ? await questionsAsked(unit, contact.value.questions) : [];
  const question = questions.find((each) => each.about === didYouWrite(of.one.id));
  if (question === undefined) return false;
  for (const word of yesOrNo(of.found))
    if (word.word === 'yes' && word.code !== null && (await codeFits(parts, { question, code: word.code }))) return true;
  return false;
};

/** Each word answers what stands at that moment: two codes in one mail are two tries. */
export const answerByMail = async (unit: Unit, parts: Parts, of: { readonly one: Case; readonly found: WordsFound }): Promise<Answered> => {
  const says: Say[] = [];
  let held: Answered['held'] = 'not-asked';
  let again: Answered['again'] = 'not-declined';
  for (const word of yesOrNo(of.found)) {
    const contact = await unit.load('contact', of.one.contact);
    if (contact === null || contact.value.kind !== 'mail') break;
    const questions = await questionsAsked(unit, contact.value.questions);
    for (const question of questions) {
      if (question.about === didYouWrite(of.one.id)) {
        // A bare YES is for another question, when one stands.
        if (word.word === 'yes' && word.code === null && questions.length > 1) continue;
        const answered = await answerDidYouWrite(unit, parts, { question, word, address: contact.value.address });
        says.push(answered.say);
        if (answered.claimed) held = 'claimed';
        continue;
      }
      // A code is for the question that sent it.
      const act = word.word === 'yes' && word.code !== null ? null : actOf(question, word.word);
      if (act?.act !== 'again-yes' && act?.act !== 'again-no') continue;
      await settle(unit, question, null);
      await applyCase(unit, parts, { case: of.one.id, command: { type: 'again', answer: act.act === 'again-yes' ? 'yes' : 'no' } });
      if (act.act === 'again-no') again = 'declined';
    }
  }
  return { says, held, again };
};
