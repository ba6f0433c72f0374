// A volunteer edits or removes a line that went, or is going, to the requester.
import type { Case } from '#domain/case/state.ts';
import type { MessageId } from '#domain/ids.ts';
import { brandId } from '#domain/ids.ts';
import { onCaseText, readsAsCommand, slipOf } from '#relay/desk-text.ts';
import { tell } from '#relay/desk-turn.ts';
import type { DeskTurn } from '#relay/desk-turn.ts';
import { amend, loadOut } from '#relay/outgoing.ts';
import { askInRoom, ownQuestionMs, settle } from '#relay/questions.ts';
import { scrubVolunteer } from '#relay/scrub-volunteer.ts';
import { later } from '#relay/unit.ts';

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

/** `text` null: removed. */
export const onAmended = async (turn: DeskTurn, change: { readonly of: string; readonly text: string | null }): Promise<void> => {
  const { unit, parts, one } = turn;
  const slip = await slipOf(turn, change.of);
  if (slip !== null) {
    // What they asked about is not what stands there any more: taken back, or a new line in its place.
    await settle(unit, slip, null);
    return change.text === null ? undefined : onCaseText(turn, { eventId: change.of, text: change.text, replyTo: null });
  }
  const [entry] = await parts.store.lookup('event', parts.vault.hash('event', change.of).hash);
  if (entry === undefined || !entry.ref.startsWith('message:')) return;
  if (one === null) return tell(turn, [{ key: 'case.over' }]);
  const message = await loadOut(unit, brandId<MessageId>(entry.ref.slice('message:'.length)));
  if (message === null) return;
  if (change.text !== null && readsAsCommand(turn, change.text)) return tell(turn, [{ key: 'case.not-changed' }], change.of);
  const text = change.text === null ? null : scrubVolunteer(change.text, turn.record.userId);
  switch (await amend(unit, { message, one, event: change.of, text })) {
    case 'change':
    case 'carry':
      return undefined;
    case 'offer-correction':
    case 'too-late':
      return text === null ? tell(turn, [{ key: 'case.removal-late' }], change.of) : askToCorrect(turn, { one, event: change.of, text });
    case 'not-carried':
      return tell(turn, [{ key: 'case.not-changed' }], change.of);
    case 'nothing-there':
      return text === null ? undefined : tell(turn, [{ key: 'case.edit-nothing' }], change.of);
  }
};
