// A volunteer edits or removes a line that went, or is going, to the requester. Whatever it is, it is carried or answered.
import type { Case } from '#domain/case/state.ts';
import type { MessageId } from '#domain/ids.ts';
import { brandId } from '#domain/ids.ts';
import { amendmentOf } from '#domain/outgoing.ts';
import { onCaseText, readsAsCommand, slipOf, staysHere } from '#relay/desk-text.ts';
import { tell } from '#relay/desk-turn.ts';
import type { DeskTurn } from '#relay/desk-turn.ts';
import { amend, loadOut } from '#relay/outgoing.ts';
import { askInRoom, ownQuestionMs, settle } from '#relay/questions.ts';
import type { MessageOut } from '#relay/record-types.ts';
import { isBlank, scrubVolunteer } from '#relay/scrub-volunteer.ts';
import { later } from '#relay/unit.ts';

/** `text` null: removed. `edit`: the event of the edit itself. */
export interface LineChange {
  readonly of: string;
  readonly text: string | null;
  readonly edit: string | null;
}

/** A line as it stands: the event it was said in, and the message it went with, which may be a later correction of it. */
interface Line {
  readonly event: string;
  readonly message: MessageOut;
}

/** One question for one line: a further edit of it is asked about instead. */
const askToCorrect = async (turn: DeskTurn, of: { readonly one: Case; readonly event: string; readonly text: string }): Promise<void> => {
  await askInRoom(turn.unit, turn.parts, {
    room: turn.room,
    turn: 'now',
    ask: {
      about: `correct:${of.event}`,
      asks: { key: 'case.edit-late' },
      answers: [
        { word: '1', also: ['send it'], act: { act: 'send-correction', case: of.one.id, event: of.event, text: of.text } },
        { word: '2', also: ['leave it'], act: { act: 'leave-correction' } },
      ],
      silence: { act: 'nothing' },
      deadline: later(turn.unit.now, ownQuestionMs),
    },
  });
};

const refsOf = async (turn: DeskTurn, event: string): Promise<readonly (readonly string[])[]> =>
  (await turn.parts.store.lookup('event', turn.parts.vault.hash('event', event).hash)).map((entry) => entry.ref.split(':'));

/** Some programs point an edit at the edit before it; what they mean is the line. */
const saidIn = async (turn: DeskTurn, event: string): Promise<string> => {
  const of = (await refsOf(turn, event)).find(([kind]) => kind === 'edit-of');
  const message = of?.[1] === undefined ? null : await loadOut(turn.unit, brandId<MessageId>(of[1]));
  return message?.lines[Number(of?.[2])]?.event ?? event;
};

const canChange = ({ event, message }: Line, one: Case): boolean =>
  amendmentOf(message.state, one.channel) !== 'nothing-there' && message.lines.some((line) => line.event === event && line.text !== null);

/** Of a line that was corrected, what went last counts. Null: nothing of this went to anybody. */
const lineOf = async (turn: DeskTurn, of: { readonly event: string; readonly one: Case }): Promise<Line | null> => {
  const lines: Line[] = [];
  for (const [kind, id] of await refsOf(turn, of.event)) {
    const message = kind === 'message' && id !== undefined ? await loadOut(turn.unit, brandId<MessageId>(id)) : null;
    if (message !== null) lines.push({ event: of.event, message });
  }
  return lines.findLast((line) => canChange(line, of.one)) ?? lines.at(-1) ?? null;
};

const rememberEdit = (turn: DeskTurn, of: Line & { readonly edit: string }): void => {
  const at = of.message.lines.findIndex((line) => line.event === of.event);
  turn.unit.index('event', { canonical: of.edit, ref: `edit-of:${of.message.id}:${at}`, owner: of.message.case });
};

const carryChange = async (turn: DeskTurn, of: Line & { readonly one: Case; readonly text: string | null }): Promise<void> => {
  const { event, message, one, text } = of;
  const became = await amend(turn.unit, { message, one, event, text });
  switch (became) {
    case 'change':
      // Only the correction was taken back; what it corrects has left.
      return text === null && message.corrects !== null ? tell(turn, [{ key: 'case.removal-late' }], event) : undefined;
    case 'carry':
      return undefined;
    case 'offer-correction':
    case 'too-late':
      return text === null ? tell(turn, [{ key: 'case.removal-late' }], event) : askToCorrect(turn, { one, event, text });
    case 'not-carried':
      return tell(turn, [{ key: 'case.not-changed' }], event);
    case 'nothing-there':
      return text === null ? undefined : tell(turn, [{ key: 'case.edit-nothing' }], event);
  }
};

/** It is not theirs to see any more, or one cannot tell what it is now: the line goes nowhere while it still can be held back. */
const holdBack = async (turn: DeskTurn, of: Line & { readonly one: Case }): Promise<void> => {
  const { event, message, one } = of;
  if (amendmentOf(message.state, one.channel) !== 'change' || !canChange(of, one)) {
    return tell(turn, [{ key: canChange(of, one) ? 'case.not-changed' : 'case.edit-nothing' }], event);
  }
  await amend(turn.unit, { message, one, event, text: null });
  return tell(turn, [{ key: 'case.taken-back' }], event);
};

/** An edit of something that never went to the requester: a note, a command, a line that could not be opened. */
const onUnknown = (turn: DeskTurn, change: LineChange): Promise<void> | undefined => {
  if (change.text === null) return undefined;
  return tell(turn, [{ key: staysHere(turn, change.text) ? 'case.note' : 'case.edit-nothing' }], change.of);
};

export const onAmended = async (turn: DeskTurn, change: LineChange): Promise<void> => {
  const { unit, one } = turn;
  const event = await saidIn(turn, change.of);
  const slip = await slipOf(turn, event);
  if (slip !== null) {
    // What they asked about is not what stands there any more: taken back, or a new line in its place.
    await settle(unit, slip, null);
    return change.text === null ? undefined : onCaseText(turn, { eventId: event, text: change.text, replyTo: null });
  }
  if (one === null) return change.text === null ? undefined : tell(turn, [{ key: 'case.over' }]);
  const line = await lineOf(turn, { event, one });
  if (line === null) return onUnknown(turn, change);
  if (change.edit !== null) rememberEdit(turn, { ...line, edit: change.edit });
  // Of an edit that is removed, nobody can know whether the line is meant, or the words from before.
  if (change.text === null && event !== change.of) return holdBack(turn, { ...line, one });
  if (change.text !== null && readsAsCommand(turn, change.text)) return holdBack(turn, { ...line, one });
  const text = change.text === null ? '' : scrubVolunteer(change.text, turn.record.userId);
  // Whoever leaves nothing of a line has taken it back: nobody is to get a message of no words.
  return carryChange(turn, { ...line, one, text: isBlank(text) ? null : text });
};
