// One question-and-answer for everything the bots ask. In a room the first question of its list stands open, the others wait.
import type { CaseId, ContactId, Instant, QuestionId } from '#domain/ids.ts';
import type { Act, Answer, Question } from '#domain/question.ts';
import type { Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import type { Parts } from '#relay/parts.ts';
import { loadRoom, putRoom, workInRoom, workOwnerOf } from '#relay/rooms.ts';
import { newId } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';
import type { Under } from '#relay/vault-port.ts';

export interface Ask {
  readonly asks: Say;
  readonly about: string;
  readonly answers: readonly Answer[];
  readonly silence: Act;
  readonly deadline?: Instant;
  readonly held?: readonly string[];
}

const tries = 5;

const newQuestion = (parts: Parts, ask: Ask, to: { readonly asked: Question['asked']; readonly case: CaseId | null }): Question => ({
  id: newId<QuestionId>(parts),
  asked: to.asked,
  case: to.case,
  asks: ask.asks,
  about: ask.about,
  answers: ask.answers,
  deadline: ask.deadline ?? null,
  silence: ask.silence,
  triesLeft: tries,
  held: ask.held ?? [],
  event: null,
});

export const putQuestion = (unit: Unit, question: Question, under: Under): Promise<void> =>
  unit.put('question', { id: question.id, state: 'asked', parent: question.case, under, dueAt: question.deadline, value: question });

export const underOfQuestion = (question: Question): Under =>
  question.case === null ? { under: 'storage' } : { under: 'owner', owner: question.case };

const setDeadline = (unit: Unit, question: Question): void => {
  if (question.deadline !== null) unit.timer('question', { ref: question.id, at: question.deadline });
};

/** Asks in a room. A question about the same thing that stands there gives way: whoever says something twice is answered twice. */
export const askInRoom = async (unit: Unit, parts: Parts, to: { readonly room: Room; readonly ask: Ask }): Promise<QuestionId> => {
  const { ask } = to;
  const standing = await questionAbout(unit, (await loadRoom(unit, to.room.ref)) ?? to.room, ask.about);
  if (standing !== null) await settle(unit, standing, null);
  const room = (await loadRoom(unit, to.room.ref)) ?? to.room;
  const owner = workOwnerOf(room.for);
  const caseId = room.for.purpose === 'case' || room.for.purpose === 'chat' ? room.for.case : null;
  const question = newQuestion(parts, ask, { asked: { to: 'room', room: room.ref }, case: caseId });
  await putQuestion(unit, question, owner === null ? { under: 'storage' } : { under: 'owner', owner });
  await putRoom(unit, { ...room, questions: [...room.questions, question.id] });
  if (room.questions.length === 0) await workInRoom(unit, room, { work: 'ask', room: room.ref, question: question.id });
  setDeadline(unit, question);
  return question.id;
};

/** Writes down a question that goes out by mail; the mail itself is the caller's. */
export const askContact = async (
  unit: Unit,
  parts: Parts,
  to: { readonly contact: ContactId; readonly case: CaseId; readonly ask: Ask },
): Promise<Question> => {
  const question = newQuestion(parts, to.ask, { asked: { to: 'contact', contact: to.contact, case: to.case }, case: to.case });
  await putQuestion(unit, question, { under: 'owner', owner: to.case });
  const contact = await unit.load('contact', to.contact);
  if (contact !== null && contact.value.kind === 'mail') {
    await unit.put('contact', { ...contact, value: { ...contact.value, questions: [...contact.value.questions, question.id] } });
  }
  setDeadline(unit, question);
  return question;
};

/** The same for somebody without a case; found again by the keyed hash of their address. */
export const askSender = async (unit: Unit, parts: Parts, ask: Ask): Promise<Question> => {
  const question = newQuestion(parts, ask, { asked: { to: 'sender' }, case: null });
  await putQuestion(unit, question, underOfQuestion(question));
  setDeadline(unit, question);
  return question;
};

/** The questions of a list that still stand, in order. */
export const loadQuestions = async (unit: Unit, ids: readonly QuestionId[]): Promise<readonly Question[]> => {
  const found: Question[] = [];
  for (const id of ids) {
    const question = await unit.load('question', id);
    if (question !== null) found.push(question.value);
  }
  return found;
};

export const questionAbout = async (unit: Unit, room: Room, about: string): Promise<Question | null> =>
  (await loadQuestions(unit, room.questions)).find((question) => question.about === about) ?? null;

/**
 * A settled question goes: its record, its place in the list, and on the desk side question and answer from the room, since
 * the homeserver can read reactions. `answer` is the event that answered it.
 */
export const settle = async (unit: Unit, question: Question, answer: string | null): Promise<void> => {
  unit.drop('question', question.id);
  unit.timerOff('question', question.id);
  if (question.asked.to === 'sender') return;
  if (question.asked.to === 'contact') {
    const contact = await unit.load('contact', question.asked.contact);
    if (contact !== null && contact.value.kind === 'mail') {
      const questions = contact.value.questions.filter((id) => id !== question.id);
      await unit.put('contact', { ...contact, value: { ...contact.value, questions } });
    }
    return;
  }
  const room = await loadRoom(unit, question.asked.room);
  if (room === null) return;
  const questions = room.questions.filter((id) => id !== question.id);
  await putRoom(unit, { ...room, questions });
  if (room.state === 'left') return;
  if (room.for.purpose !== 'chat') {
    await workInRoom(unit, room, { work: 'unask', room: room.ref, event: question.event, question: question.id, answer });
  }
  const next = questions[0];
  if (room.questions[0] === question.id && next !== undefined) {
    await workInRoom(unit, room, { work: 'ask', room: room.ref, question: next });
  }
};
