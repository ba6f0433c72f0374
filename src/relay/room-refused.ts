// The homeserver does not make a room, for good: nobody of that name, perhaps. Who is told, and what becomes of what it was for.
import type { RoomRef } from '#domain/ids.ts';
import { applyCase } from '#relay/apply-case.ts';
import type { Parts } from '#relay/parts.ts';
import { loadRoom, putRoom } from '#relay/rooms.ts';
import { tellCoordinators } from '#relay/tell-coordinators.ts';
import type { Unit } from '#relay/unit.ts';

/**
 * A desk: whoever invites hears it, and can invite again. A case room: the volunteer hears it, the conversation goes on to somebody else,
 * and the coordinators know that something is to be mended. The log has the code.
 */
export const roomRefused = async (unit: Unit, parts: Parts, ref: RoomRef): Promise<void> => {
  const room = await loadRoom(unit, ref);
  if (room === null || (room.for.purpose !== 'desk' && room.for.purpose !== 'case')) return;
  const { volunteer } = room.for;
  if (room.for.purpose === 'desk') {
    await putRoom(unit, { ...room, state: 'left' });
    return tellCoordinators(unit, parts, () => ({ key: 'coordinator.invite.failed' }), volunteer);
  }
  const given = await applyCase(unit, parts, { case: room.for.case, command: { type: 'give-back', by: volunteer, why: 'no-room' } });
  // It may have ended otherwise in the meantime.
  if (given.ok) await tellCoordinators(unit, parts, () => ({ key: 'coordinator.no-room' }), volunteer);
};
