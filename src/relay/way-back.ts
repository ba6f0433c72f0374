// The way back to a requester goes when their conversation can no longer be taken up again, and everything owed to them has gone out.
import type { CaseId } from '#domain/ids.ts';
import { spans } from '#domain/limits.ts';
import { laneToRequester } from '#relay/outgoing.ts';
import type { Parts } from '#relay/parts.ts';
import { loadRoom } from '#relay/rooms.ts';
import { laneOf, later } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

export const dropWayBack = async (unit: Unit, parts: Parts, id: CaseId): Promise<void> => {
  const one = (await unit.load('case', id))?.value ?? null;
  if (one === null || one.state.phase !== 'closed') return;
  const contact = await unit.load('contact', one.contact);
  const lane = await laneToRequester(unit, one);
  if (contact === null) return;
  const rows = lane === null ? [] : await parts.store.outboxRows(await laneOf(parts, lane));
  const owed = rows.some((row) => row.owner === id);
  const over = unit.now - one.state.at >= parts.limits.reopenMs;
  if (owed || !over) {
    unit.timer('way-back', { ref: id, at: later(unit.now, spans.day) });
    return;
  }
  unit.drop('contact', contact.id);
  if (contact.value.kind === 'mail') return;
  // By now it may be the chat of another conversation.
  const room = await loadRoom(unit, contact.value.room);
  if (room?.for.purpose !== 'chat' || room.for.case !== id) return;
  unit.drop('room', room.ref);
  if (room.roomId !== null) unit.unindex('room', room.roomId);
};
