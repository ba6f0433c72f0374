// What the bot would say by itself in a volunteer's rooms while they rest waits here, and comes when the rest ends (V2).
// A lane of its own: what they say themselves in that room meanwhile is answered at once.
import type { Instant, VolunteerId } from '#domain/ids.ts';
import { spans } from '#domain/limits.ts';
import type { Room } from '#domain/room.ts';
import { isResting } from '#domain/volunteer.ts';
import type { Parts } from '#relay/parts.ts';
import { workInRoom, workOwnerOf } from '#relay/rooms.ts';
import { laneOf, later } from '#relay/unit.ts';
import type { LaneTo, Unit } from '#relay/unit.ts';
import type { RoomWork } from '#relay/work.ts';

const quietLane = (id: VolunteerId): LaneTo => ({ role: 'desk-bot', name: `quiet|${id}` });
/** Until they say; opened by that. */
const openEndedMs = 3650 * spans.day;

const gateOf = (unit: Unit, until: Instant | null): Instant => until ?? later(unit.now, openEndedMs);

/** Into the volunteer's room now, or after their rest. */
export const workWhenAwake = async (unit: Unit, room: Room, work: RoomWork): Promise<void> => {
  const by = room.for.purpose === 'case' || room.for.purpose === 'desk' ? room.for.volunteer : null;
  const record = by === null ? null : await unit.load('volunteer', by);
  if (by === null || record === null || isResting(record.value.volunteer, unit.now) === 'reachable') return workInRoom(unit, room, work);
  await unit.work(quietLane(by), { work, owner: workOwnerOf(room.for), notBefore: gateOf(unit, record.value.volunteer.until) });
};

/** The rest has another end than was said before, which may be now. */
export const moveQuietGate = async (
  unit: Unit,
  parts: Parts,
  of: { readonly by: VolunteerId; readonly until: Instant | null },
): Promise<void> => {
  const to = quietLane(of.by);
  const lane = await laneOf(parts, to);
  const rows = await parts.store.outboxRows(lane);
  for (const row of rows)
    unit.write({ write: 'outbox-change', id: row.id, expect: ['queued'], change: { notBefore: gateOf(unit, of.until) } });
  if (rows.length > 0) unit.wake(to.role, lane);
};
