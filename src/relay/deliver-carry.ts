// Carries one side's words into the other's room, and what became of them later: an edit, a removal.
// A row's own id is the transaction id of its first piece, so that a second try after a kill is the same event.
import { carried, carriedEdit, carriedRemoval, carryTexts, tellUndelivered } from '#relay/carry.ts';
import type { Tried } from '#relay/drain-outbox.ts';
import type { RoomOutcome } from '#relay/matrix-port.ts';
import { guardedIn } from '#relay/guarded-room.ts';
import type { Message } from '#relay/record-types.ts';
import { done, notDone, notice } from '#relay/room-work.ts';
import type { Failure, In } from '#relay/room-work.ts';
import { sayInRoom } from '#relay/rooms.ts';
import { textPieces } from '#relay/text-pieces.ts';

const txnOf = (here: In, piece: number): string => (piece === 0 ? here.row.id : `${here.row.id}-${piece}`);

const post = (here: In, of: { readonly body: string; readonly txn: string; readonly edits?: string }): Promise<RoomOutcome> =>
  here.channel.account.post({
    roomId: here.roomId,
    members: [here.room.other],
    txnId: of.txn,
    msgtype: 'm.text',
    body: of.body,
    ...(of.edits === undefined ? {} : { edits: of.edits }),
  });

const failed = (here: In, of: { readonly outcome: Failure; readonly message: Message }): Promise<Tried> | Tried =>
  of.outcome.outcome === 'guarded'
    ? guardedIn(here, of.outcome)
    : notDone(here.channel.parts, of.outcome, (unit) => tellUndelivered(unit, here.channel.parts, of.message));

export const carry = async (here: In, message: Message): Promise<Tried> => {
  const texts = await carryTexts(here.channel.parts, { message, room: here.room });
  if (texts === null) {
    // Taken back before it was shown: who opened it knows why there is nothing to see.
    const shows = message.direction === 'in' && here.room.for.purpose === 'case';
    return done(async (unit) => (shows ? sayInRoom(unit, here.room, [{ key: 'case.they-removed' }]) : undefined));
  }
  if (texts.before !== null) {
    const first = await notice(here, texts.before, { txn: `${here.row.id}-b` });
    if (first.outcome !== 'accepted') return failed(here, { outcome: first, message });
  }
  const events: string[] = [];
  for (const [at, body] of textPieces(texts.body).entries()) {
    if (body === '') continue;
    const outcome = await post(here, { body, txn: txnOf(here, at) });
    if (outcome.outcome !== 'accepted') return failed(here, { outcome, message });
    events.push(outcome.eventId);
  }
  if (texts.after !== null) {
    const last = await notice(here, texts.after, { txn: `${here.row.id}-a` });
    if (last.outcome !== 'accepted') return failed(here, { outcome: last, message });
  }
  return done((unit) => carried(unit, { message, room: here.room, events }));
};

const remove = (here: In, event: string, txn: string): Promise<RoomOutcome> =>
  here.channel.account.redact({ roomId: here.roomId, txnId: txn, eventId: event });

/** Piece by piece: what there is of it is edited, what is new is added, what is too much goes. */
export const carryEdit = async (here: In, message: Message): Promise<Tried> => {
  const { parts } = here.channel;
  const copies = message.copies.filter((each) => each.room === here.room.ref);
  const texts = await carryTexts(parts, { message, room: here.room });
  if (copies.length === 0 || texts === null) return done();
  const pieces = textPieces(texts.body);
  const events: string[] = [];
  for (const [at, body] of pieces.entries()) {
    const copy = copies[at];
    const outcome = await post(here, { body, txn: txnOf(here, at), ...(copy === undefined ? {} : { edits: copy.event }) });
    if (outcome.outcome === 'guarded') return guardedIn(here, outcome);
    if (outcome.outcome !== 'accepted') return notDone(parts, outcome);
    events.push(copy?.event ?? outcome.eventId);
  }
  for (const [at, copy] of copies.slice(pieces.length).entries()) {
    const outcome = await remove(here, copy.event, `${here.row.id}-x${at}`);
    if (outcome.outcome === 'later') return notDone(parts, outcome);
  }
  return done((unit) => carriedEdit(unit, { sent: message, room: here.room, events }));
};

export const carryRemoval = async (here: In, message: Message): Promise<Tried> => {
  const copies = message.copies.filter((each) => each.room === here.room.ref);
  if (copies.length === 0) return done();
  for (const [at, copy] of copies.entries()) {
    const outcome = await remove(here, copy.event, txnOf(here, at));
    if (outcome.outcome !== 'accepted') return notDone(here.channel.parts, outcome);
  }
  return done((unit) => carriedRemoval(unit, { message, room: here.room }));
};
