// STOP and NEW in a chat wait for a YES. Without one all goes on as it was; what was said for another conversation has gone to nobody.
import type { Question } from '#domain/question.ts';
import type { Say } from '#domain/say.ts';

/** Words that came with NEW wait in the question itself. */
export const keepsWords = (question: Question): boolean =>
  question.answers.some(({ act }) => act.act === 'begin-new' && act.words !== undefined);

/** What they hear when such a question is let go of. */
export const sayLetGo = (question: Question): readonly Say[] => {
  if (!question.about.startsWith('new:')) return [];
  return [{ key: keepsWords(question) ? 'requester.new.lapsed' : 'requester.new.no' }];
};
