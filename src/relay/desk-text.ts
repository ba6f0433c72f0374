// What a volunteer writes: an answer to a question, a command, or, in a case room, words for the requester.
import { actOf, plainAnswer } from '#domain/question.ts';
import type { Question } from '#domain/question.ts';
import { actForVolunteer } from '#relay/acts.ts';
import { aboutLine, askBeforeLine, write } from '#relay/holder-acts.ts';
import type { Command } from '#relay/command-port.ts';
import { tell } from '#relay/desk-turn.ts';
import type { DeskTurn } from '#relay/desk-turn.ts';
import { loadQuestions, questionAbout, settle } from '#relay/questions.ts';
import { looksLikeCommand, readCommand } from '#relay/read-command.ts';
import { loadRoom } from '#relay/rooms.ts';
import { isBlank, scrubVolunteer } from '#relay/scrub-volunteer.ts';
import { onceADay } from '#relay/tell-requester.ts';

export interface DeskLine {
  readonly eventId: string;
  readonly text: string;
  readonly replyTo: string | null;
}

const answerTo = async (
  turn: DeskTurn,
  of: { readonly question: Question; readonly text: string; readonly event: string },
): Promise<'answered' | 'no-answer'> => {
  const act = actOf(of.question, of.text);
  if (act === null) return 'no-answer';
  await settle(turn.unit, of.question, of.event);
  await tell(turn, await actForVolunteer(turn, act));
  return 'answered';
};

/** The question whose event this is; null: none, or it is settled. */
const questionAt = async (turn: DeskTurn, event: string): Promise<Question | 'settled' | null> => {
  const [entry] = await turn.parts.store.lookup('event', turn.parts.vault.hash('event', event).hash);
  if (entry === undefined || !entry.ref.startsWith('question:')) return null;
  return (await turn.unit.load('question', entry.ref.slice('question:'.length)))?.value ?? 'settled';
};

/** A reply belongs to what it points at; anything else to the question that stands open here. */
const questionFor = async (turn: DeskTurn, line: DeskLine): Promise<Question | null> => {
  if (line.replyTo !== null) {
    const pointed = await questionAt(turn, line.replyTo);
    return pointed === 'settled' ? null : pointed;
  }
  const room = (await loadRoom(turn.unit, turn.room.ref)) ?? turn.room;
  return (await loadQuestions(turn.unit, room.questions))[0] ?? null;
};

/** A sign can be an answer: whoever gives one should know that it goes nowhere. Once a day is enough. */
const notCarried = async (turn: DeskTurn): Promise<void> => {
  if (await onceADay(turn.unit, turn.parts, { whom: `volunteer|${turn.by}`, purpose: 'reaction' }))
    await tell(turn, [{ key: 'case.your-reaction' }]);
};

export const onReaction = async (
  turn: DeskTurn,
  reaction: { readonly of: string; readonly eventId: string; readonly symbol: string },
): Promise<void> => {
  const question = await questionAt(turn, reaction.of);
  if (question === null) return turn.room.for.purpose === 'case' ? notCarried(turn) : undefined;
  if (question === 'settled') return tell(turn, [{ key: 'volunteer.question-over' }]);
  await answerTo(turn, { question, text: reaction.symbol, event: reaction.eventId });
};

const runCommand = async (
  turn: DeskTurn,
  of: { readonly command: Command; readonly args: string; readonly event: string },
): Promise<void> => {
  const { command } = of;
  const here = turn.room.for.purpose === 'desk' ? 'desk' : 'case';
  if (command.where !== 'both' && command.where !== here) {
    return tell(turn, [{ key: here === 'case' ? 'volunteer.belongs-desk' : 'volunteer.belongs-case' }]);
  }
  if (command.who === 'coordinator' && !turn.parts.service.coordinators.includes(turn.record.userId)) {
    return tell(turn, [{ key: 'volunteer.coordinators-only' }]);
  }
  return tell(turn, await command.run({ ...turn, event: of.event, args: of.args }));
};

interface Understood {
  readonly command: Command;
  readonly args: string;
}

const commandIn = (turn: DeskTurn, text: string, bare: 'allowed' | 'not-allowed'): Understood | null => {
  const read = readCommand(text, { names: turn.commands.map((command) => command.name), bare });
  const command = turn.commands.find((each) => each.name === read?.name);
  return read === null || command === undefined ? null : { command, args: read.args };
};

const isDigit = (text: string): boolean => /^\d$/u.test(plainAnswer(text));

/** Never relayed as it stands: a command, or what looks like one with a slip in it. */
export const readsAsCommand = (turn: DeskTurn, text: string): boolean =>
  looksLikeCommand(
    text,
    turn.commands.map((command) => command.name),
  ) || isDigit(text);

/** A note, plainly. */
export const staysHere = (turn: DeskTurn, text: string): boolean => commandIn(turn, text, 'not-allowed')?.command.name === 'note';

export const onDeskText = async (turn: DeskTurn, line: DeskLine): Promise<void> => {
  const question = await questionFor(turn, line);
  if (question !== null && (await answerTo(turn, { question, text: line.text, event: line.eventId })) === 'answered') return;
  const understood = commandIn(turn, line.text, 'allowed');
  if (understood !== null) return runCommand(turn, { ...understood, event: line.eventId });
  if (isDigit(line.text)) return tell(turn, [{ key: question === null ? 'volunteer.no-question' : 'volunteer.answer-number' }]);
  return tell(turn, [{ key: readsAsCommand(turn, line.text) ? 'volunteer.unknown-command' : 'volunteer.plain-desk' }]);
};

const isSlip = (question: Question): boolean => question.about.startsWith(aboutLine(''));

/** The question that stands about this line: it was taken for a slip, or set words are to go in its place. */
export const slipOf = async (turn: DeskTurn, event: string): Promise<Question | null> => {
  const room = (await loadRoom(turn.unit, turn.room.ref)) ?? turn.room;
  return questionAbout(turn.unit, room, aboutLine(event));
};

const afterTheEnd = async (turn: DeskTurn, line: DeskLine): Promise<void> => {
  const understood = commandIn(turn, line.text, 'not-allowed');
  if (understood?.command.afterTheEnd === 'works') return runCommand(turn, { ...understood, event: line.eventId });
  return tell(turn, [{ key: 'case.over' }]);
};

export const onCaseText = async (turn: DeskTurn, line: DeskLine): Promise<void> => {
  const { one } = turn;
  const question = await questionFor(turn, line);
  if (question !== null && (await answerTo(turn, { question, text: line.text, event: line.eventId })) === 'answered') return;
  if (one === null) return afterTheEnd(turn, line);
  // They went on: the line that was asked about stays unsent, and a later 1 means nothing of it.
  if (question !== null && isSlip(question)) await settle(turn.unit, question, null);
  const understood = commandIn(turn, line.text, 'not-allowed');
  if (understood !== null) return runCommand(turn, { ...understood, event: line.eventId });
  const text = scrubVolunteer(line.text, turn.record.userId);
  if (isBlank(text)) return tell(turn, [{ key: 'case.your-blank' }]);
  if (readsAsCommand(turn, line.text)) {
    const asks = { key: 'volunteer.mistyped' };
    await askBeforeLine(turn, { room: turn.room, case: one.id, event: line.eventId, text, asks });
    return;
  }
  await tell(turn, await write(turn, { case: one.id, event: line.eventId, text }), line.eventId);
};
