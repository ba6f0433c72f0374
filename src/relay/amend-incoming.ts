// A requester changed or took back a message: the copy in the case room follows. What was taken back is hidden at once
// and deleted later, since it may become part of a report.
import type { Case } from '#domain/case/state.ts';
import type { Room } from '#domain/room.ts';
import { knownInChat, learnInChat } from '#relay/known-in-chat.ts';
import type { RoomEvent } from '#relay/matrix-port.ts';
import { putMessage } from '#relay/outgoing.ts';
import type { Parts } from '#relay/parts.ts';
import type { MessageIn } from '#relay/record-types.ts';
import { workWhenAwake } from '#relay/quiet-lane.ts';
import { findRoom, loadRoom, sayInRoom, workInRoom } from '#relay/rooms.ts';
import { later } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

/** Only what they wrote themselves: an event's id can be known, or made up, by somebody else. */
const find = async (unit: Unit, parts: Parts, of: { readonly event: string; readonly by: string }): Promise<MessageIn | null> => {
  for (const { ref } of await parts.store.lookup('event', parts.vault.hash('event', of.event).hash)) {
    const message = ref.startsWith('message:') ? (await unit.load('message', ref.slice('message:'.length)))?.value : undefined;
    if (message?.direction !== 'in') continue;
    const one = await unit.load('case', message.case);
    const contact = one === null ? null : await unit.load('contact', one.value.contact);
    if (contact?.value.kind === 'matrix' && contact.value.userId === of.by) return message;
  }
  return null;
};

/** What was taken back is hidden at once, wherever it stands; that rouses nobody. */
const followRemoval = async (unit: Unit, message: MessageIn): Promise<void> => {
  for (const ref of new Set(message.copies.map((copy) => copy.room))) {
    const room = await loadRoom(unit, ref);
    if (room !== null && room.state !== 'left')
      await workInRoom(unit, room, { work: 'carry-removal', room: room.ref, message: message.id });
  }
};

/**
 * New words go to whoever holds the conversation now and to nobody who held it before; they wait for who rests. `over`: the old ones
 * were read, and there is nobody any more who could read these.
 */
const followEdit = async (unit: Unit, of: { readonly message: MessageIn; readonly one: Case | null }): Promise<'follows' | 'over'> => {
  const { copies } = of.message;
  const state = of.one?.state;
  const room = state?.phase === 'open' ? await loadRoom(unit, state.holding.room) : null;
  if (room === null || copies.every((copy) => copy.room !== room.ref)) return copies.length === 0 ? 'follows' : 'over';
  await workWhenAwake(unit, room, { work: 'carry-edit', room: room.ref, message: of.message.id });
  return 'follows';
};

interface Change {
  /** What is changed: their message, or an edit of it, which some programs point at. */
  readonly event: string;
  /** Null: taken back. */
  readonly text: string | null;
  /** The change's own event, where it may be changed in its turn. */
  readonly edit: string | null;
}

/** `unknown`: nothing that was changed stands here as a message of theirs. */
export const amendIncoming = async (
  turn: { readonly unit: Unit; readonly parts: Parts; readonly event: RoomEvent },
  change: Change,
): Promise<'followed' | 'unknown'> => {
  const { unit, parts, event } = turn;
  const room = await findRoom(unit, parts, event.roomId);
  const message = await find(unit, parts, { event: change.event, by: event.sender });
  if (room === null || message === null) return 'unknown';
  if (event.sender === room.other && message.hidden === 'shown') await amend(turn, { room, message, change });
  return 'followed';
};

const amend = async (
  turn: { readonly unit: Unit; readonly parts: Parts; readonly event: RoomEvent },
  of: { readonly room: Room; readonly message: MessageIn; readonly change: Change },
): Promise<void> => {
  const { unit, parts, event } = turn;
  const { room, message, change } = of;
  if (change.text === null) {
    await putMessage(unit, { ...message, hidden: 'hidden' });
    unit.timer('removed', { ref: message.id, at: later(unit.now, parts.limits.removedKeptMs) });
    await followRemoval(unit, message);
    return;
  }
  const one = (await unit.load('case', message.case))?.value ?? null;
  const known = await knownInChat(unit, { one, event });
  if (one !== null) await learnInChat(unit, { one, known });
  const cleaned = parts.clean({ text: change.text, known, ownTexts: [], form: 'chat' });
  if (cleaned.clean === 'no' || cleaned.text === '') {
    const nothing = cleaned.clean === 'yes' || cleaned.why === 'nothing-left';
    await sayInRoom(unit, room, [{ key: nothing ? 'requester.chat.edit-empty' : 'requester.chat.edit-not-clean' }]);
    return;
  }
  if (change.edit !== null) unit.index('event', { canonical: change.edit, ref: `message:${message.id}`, owner: message.case });
  const changed: MessageIn = { ...message, text: cleaned.text, length: cleaned.length };
  await putMessage(unit, changed);
  if ((await followEdit(unit, { message: changed, one })) === 'over') await sayInRoom(unit, room, [{ key: 'requester.chat.edit-over' }]);
};
