// YES and NO by mail, to the questions that stand for this contact. Codes are compared by keyed hash; five tries.
import type { Case } from '#domain/case/state.ts';
import type { Question } from '#domain/question.ts';
import { actOf } from '#domain/question.ts';
import type { WordsFound } from '#domain/requester-words.ts';
import type { Say } from '#domain/say.ts';
import { applyCase } from '#relay/apply-case.ts';
import { emptied } from '#relay/finish.ts';
import { didYouWrite } from '#relay/held.ts';
import type { Parts } from '#relay/parts.ts';
import { loadQuestions, putQuestion, settle } from '#relay/questions.ts';
import { underOwner } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

const codeFits = async (parts: Parts, question: Question, code: string): Promise<boolean> => {
  const entries = await parts.store.lookup('code', parts.vault.hash('code', code).hash);
  return entries.some((entry) => entry.ref === question.id);
};

/** Held mails go back into their lane as claimed: they are placed in their turn by the same line as all others. */
const claim = (unit: Unit, question: Question): void => {
  for (const id of question.held) {
    unit.index('code', { canonical: `claimed|${id}`, ref: id, owner: question.case });
    unit.write({ write: 'inbox-change', id, expect: 'held', change: { state: 'received', notBefore: unit.now } });
  }
};

/** What was held is gone, unread. */
export const discardHeld = (unit: Unit, question: Question): void => {
  for (const id of question.held) {
    unit.write({ write: 'inbox-change', id, expect: 'held', change: emptied });
  }
};

/** Was this inbox row claimed by the contact on record? */
export const isClaimed = async (parts: Parts, inbox: string): Promise<boolean> =>
  (await parts.store.lookup('code', parts.vault.hash('code', `claimed|${inbox}`).hash)).length > 0;

const answerDidYouWrite = async (unit: Unit, parts: Parts, of: { readonly one: Case; readonly question: Question; readonly code: string | null }): Promise<Say> => {
  const { question, code } = of;
  if (code === null) return { key: 'requester.did-you-write.wrong-code' };
  if (question.triesLeft <= 0 || !(await codeFits(parts, question, code))) {
    await putQuestion(unit, { ...question, triesLeft: Math.max(question.triesLeft - 1, 0) }, underOwner(of.one.id));
    return { key: 'requester.did-you-write.wrong-code' };
  }
  claim(unit, question);
  await settle(unit, question, null);
  return { key: 'requester.did-you-write.yes' };
};

export const answerByMail = async (unit: Unit, parts: Parts, of: { readonly one: Case; readonly found: WordsFound }): Promise<readonly Say[]> => {
  const contact = await unit.load('contact', of.one.contact);
  if (contact === null || contact.value.kind !== 'mail') return [];
  const questions = await loadQuestions(unit, contact.value.questions);
  const says: Say[] = [];
  for (const word of of.found.words) {
    if (word.word !== 'yes' && word.word !== 'no') continue;
    for (const question of questions) {
      if (question.about === didYouWrite(of.one)) {
        if (word.word === 'yes') {
          // A bare YES is for another question, when one stands.
          if (word.code !== null || questions.length === 1) says.push(await answerDidYouWrite(unit, parts, { one: of.one, question, code: word.code }));
        } else {
          discardHeld(unit, question);
          await settle(unit, question, null);
          says.push({ key: 'requester.did-you-write.no' });
        }
        continue;
      }
      const act = actOf(question, word.word);
      if (act?.act === 'again-yes' || act?.act === 'again-no') {
        await settle(unit, question, null);
        await applyCase(unit, parts, { case: of.one.id, command: { type: 'again', answer: act.act === 'again-yes' ? 'yes' : 'no' } });
      }
    }
  }
  return says;
};
