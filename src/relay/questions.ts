// One question-and-answer for everything the bots ask. In a room the first question of its list stands open, the others wait.
import type { CaseId, ContactId, Instant, QuestionId } from '#domain/ids.ts';
import { spans } from '#domain/limits.ts';
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

/** What somebody has set off themselves and does not answer was not meant: nothing else waits behind it for longer. */
export const ownQuestionMs = spans.hour;

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

const takeAway = async (unit: Unit, of: { readonly room: Room; readonly question: Question }): Promise<void> => {
  const { room, question } = of;
  if (question.event === null || room.for.purpose === 'chat') return;
  await workInRoom(unit, room, { work: 'unask', room: room.ref, event: question.event, question: question.id, answer: null });
};

const underOfRoom = (room: Room): Under => {
  const owner = workOwnerOf(room.for);
  return owner === null ? { under: 'storage' } : { under: 'owner', owner };
};

/**
 * Asks in a room. A question about the same thing that stands there gives way: whoever says something twice is answered twice.
 * `turn`: what somebody has just set off themselves is asked `now`, and what stood open before it is asked again after it; what comes
 * by itself waits for its turn.
 */
export const askInRoom = async (
  unit: Unit,
  parts: Parts,
  to: { readonly room: Room; readonly ask: Ask; readonly turn?: 'now' | 'waits' },
): Promise<QuestionId> => {
  const { ask } = to;
  const room = (await loadRoom(unit, to.room.ref)) ?? to.room;
  const standing = await loadQuestions(unit, room.questions);
  const same = standing.find((question) => question.about === ask.about);
  const others = standing.filter((question) => question !== same);
  const [open] = standing;
  const now = to.turn === 'now' || open === undefined || open === same;
  const caseId = room.for.purpose === 'case' || room.for.purpose === 'chat' ? room.for.case : null;
  const question = newQuestion(parts, ask, { asked: { to: 'room', room: room.ref }, case: caseId });
  if (same !== undefined) {
    await takeAway(unit, { room, question: same });
    unit.drop('question', same.id);
    unit.timerOff('question', same.id);
  }
  if (now && open !== undefined && open !== same && open.event !== null) {
    await takeAway(unit, { room, question: open });
    await putQuestion(unit, { ...open, event: null }, underOfRoom(room));
  }
  await putQuestion(unit, question, underOfRoom(room));
  const ids = others.map((each) => each.id);
  await putRoom(unit, { ...room, questions: now ? [question.id, ...ids] : [...ids, question.id] });
  if (now) await workInRoom(unit, room, { work: 'ask', room: room.ref, question: question.id });
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

/** Those of a contact that an answer can be meant for. */
export const questionsAsked = async (unit: Unit, ids: readonly QuestionId[]): Promise<readonly Question[]> =>
  (await loadQuestions(unit, ids)).filter((question) => question.asking !== 'tomorrow');

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
