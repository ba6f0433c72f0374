// One thing seen by the desk bot: what a volunteer says, answers, changes or leaves, at the desk or in a case room.
import type { Case } from '#domain/case/state.ts';
import type { VolunteerId } from '#domain/ids.ts';
import { spans } from '#domain/limits.ts';
import type { Room } from '#domain/room.ts';
import { stepBack } from '#relay/holder-acts.ts';
import { goToRest } from '#relay/resting.ts';
import type { Command } from '#relay/command-port.ts';
import { onAmended } from '#relay/desk-amend.ts';
import { onCaseText, onDeskText, onReaction } from '#relay/desk-text.ts';
import { tell } from '#relay/desk-turn.ts';
import type { DeskTurn } from '#relay/desk-turn.ts';
import { answerUnsignedDevice } from '#relay/devices.ts';
import { finish, lookAgain } from '#relay/finish.ts';
import type { RoomEvent, RoomHappening } from '#relay/matrix-port.ts';
import type { Parts } from '#relay/parts.ts';
import { volunteerCame } from '#relay/presence.ts';
import { findRoom, laneOfRoom, loadRoom, putRoom } from '#relay/rooms.ts';
import type { InboxRow, Lease } from '#relay/store-port.ts';
import { inUnit, laneOf } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

/** A room of ours that is being made has its id here a moment after people can be in it. */
const roomPatienceMs = 10 * spans.minute;

/** So is a question whose id the homeserver has not told us yet: its answer was lost, or we were killed before it was written down. */
const askedPatienceMs = 2 * spans.minute;

const pointsAt = (happening: RoomHappening): string | null => {
  if (happening.type === 'reaction') return happening.of;
  return happening.type === 'text' ? happening.replyTo : null;
};

/** It points at an event that nothing here knows, while something of ours for this room has not been confirmed. */
const isAhead = async (parts: Parts, of: { readonly room: Room; readonly happening: RoomHappening }): Promise<boolean> => {
  const event = pointsAt(of.happening);
  if (event === null || (await parts.store.lookup('event', parts.vault.hash('event', event).hash)).length > 0) return false;
  const waiting = await parts.store.outboxRows(await laneOf(parts, laneOfRoom(of.room)));
  return waiting.some((row) => row.state !== 'gathering');
};

/** Leaving the desk is resting; leaving a case room is stepping back. */
const leftRoom = async (turn: DeskTurn): Promise<void> => {
  const { unit, room, one } = turn;
  if (room.for.purpose === 'desk') {
    if (turn.record.volunteer.state !== 'invited') await goToRest(turn, null);
    const fresh = (await loadRoom(unit, room.ref)) ?? room;
    await putRoom(unit, { ...fresh, state: 'made' });
    return;
  }
  if (one !== null && (await stepBack(turn, one.id))) await tell(turn, [{ key: 'desk.stepped-back' }]);
};

/** A bot that was put out can neither hear nor speak there: it is as if the volunteer had left. */
const botPutOut = async (turn: DeskTurn): Promise<void> => {
  const { unit, room } = turn;
  if (room.for.purpose === 'case') await putRoom(unit, { ...((await loadRoom(unit, room.ref)) ?? room), state: 'left' });
  await leftRoom(turn);
};

const onMembership = async (turn: DeskTurn, of: RoomHappening & { readonly type: 'membership' }): Promise<void> => {
  const gone = of.now === 'leave' || of.now === 'ban';
  if (of.who === turn.parts.service.deskUser) return gone ? botPutOut(turn) : undefined;
  if (of.who !== turn.room.other) return;
  if (of.now === 'join') await volunteerCame(turn.unit, turn.parts, turn.room.ref);
  else if (gone) await leftRoom(turn);
};

const onHappening = async (turn: DeskTurn, happening: RoomHappening): Promise<void> => {
  const fromOther = turn.event.sender === turn.room.other;
  if (!fromOther && happening.type !== 'membership') return;
  const atDesk = turn.room.for.purpose === 'desk';
  switch (happening.type) {
    case 'membership':
      return onMembership(turn, happening);
    case 'text':
      if (turn.event.device === 'clear') return tell(turn, [{ key: 'volunteer.clear' }]);
      return (atDesk ? onDeskText : onCaseText)(turn, { eventId: happening.eventId, text: happening.body, replyTo: happening.replyTo });
    case 'edit':
      // Whoever runs the homeserver can write an unencrypted one in anybody's name.
      if (turn.event.device === 'clear') return tell(turn, [{ key: 'volunteer.clear' }]);
      return atDesk
        ? tell(turn, [{ key: 'volunteer.edit-desk' }])
        : onAmended(turn, { of: happening.of, text: happening.body, edit: happening.eventId });
    case 'removal':
      return atDesk ? undefined : onAmended(turn, { of: happening.of, text: null, edit: null });
    case 'reaction':
      return onReaction(turn, happening);
    case 'uncarried':
      return tell(turn, [{ key: atDesk ? 'volunteer.plain-desk' : 'case.your-file' }]);
    case 'unreadable':
      return happening.why === 'unsigned-device'
        ? answerUnsignedDevice(turn.unit, turn.parts, turn.room)
        : tell(turn, [{ key: 'volunteer.unreadable' }]);
    case 'late':
      // They were told that it went to nobody and asked to send it again. It could answer a question that was asked since.
      return undefined;
    case 'invitation':
    case 'encryption-on':
      return undefined;
  }
};

const volunteerOf = (room: Room): VolunteerId | null =>
  room.for.purpose === 'desk' || room.for.purpose === 'case' ? room.for.volunteer : null;

/** The case, if this volunteer still holds it in this very room. */
const heldCase = async (unit: Unit, room: Room): Promise<Case | null> => {
  if (room.for.purpose !== 'case') return null;
  const one = (await unit.load('case', room.for.case))?.value ?? null;
  return one !== null && one.state.phase === 'open' && one.state.holding.room === room.ref ? one : null;
};

export const onDesk = (
  parts: Parts,
  of: { readonly row: InboxRow; readonly lease: Lease; readonly event: RoomEvent; readonly commands: readonly Command[] },
): Promise<void> =>
  inUnit(parts, { lease: of.lease }, async (unit) => {
    const { event, row } = of;
    const room = await findRoom(unit, parts, event.roomId);
    if (room === null && event.what.type !== 'invitation' && unit.now - row.receivedAt < roomPatienceMs) return lookAgain(unit, row.id);
    if (room !== null && unit.now - row.receivedAt < askedPatienceMs && (await isAhead(parts, { room, happening: event.what })))
      return lookAgain(unit, row.id);
    finish(unit, row.id);
    const by = room === null ? null : volunteerOf(room);
    const record = by === null ? null : await unit.load('volunteer', by);
    if (room === null || by === null || record === null || event.sender === parts.service.deskUser) return;
    await onHappening(
      { unit, parts, by, event, room, record: record.value, one: await heldCase(unit, room), commands: of.commands },
      event.what,
    );
  });
