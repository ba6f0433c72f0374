// Who is in a room: somebody has come, or has gone. Each is noticed once, whoever notices it first.
import type { RoomRef } from '#domain/ids.ts';
import type { Room } from '#domain/room.ts';
import { turnOff } from '#domain/volunteer.ts';
import { putVolunteer } from '#relay/actor.ts';
import { endRest } from '#relay/resting.ts';
import { applyCase } from '#relay/apply-case.ts';
import type { Parts } from '#relay/parts.ts';
import { tellHolder } from '#relay/requester-asks.ts';
import { laneOfRoom, loadRoom, putRoom, sayInRoom } from '#relay/rooms.ts';
import { tellCoordinators } from '#relay/tell-coordinators.ts';
import type { Unit } from '#relay/unit.ts';
import { wakeLane } from '#relay/wake-lane.ts';

/** A volunteer is in their desk or case room: what waited for them goes on. */
export const volunteerCame = async (unit: Unit, parts: Parts, ref: RoomRef): Promise<void> => {
  const room = await loadRoom(unit, ref);
  if (room === null || (room.state !== 'made' && room.state !== 'wanted')) return;
  await putRoom(unit, { ...room, state: 'joined' });
  await wakeLane(unit, parts, laneOfRoom(room));
  if (room.for.purpose === 'case') await applyCase(unit, parts, { case: room.for.case, command: { type: 'come', by: room.for.volunteer } });
  if (room.for.purpose !== 'desk') return;
  const by = room.for.volunteer;
  const record = await unit.load('volunteer', by);
  if (record === null) return;
  const { volunteer } = record.value;
  await putVolunteer(unit, { ...record.value, volunteer: turnOff(volunteer) });
  if (volunteer.state === 'invited') {
    await sayInRoom(unit, room, [{ key: 'desk.welcome', slots: { zone: { slot: 'zone', value: volunteer.zone } } }]);
    await tellCoordinators(unit, parts, () => ({ key: 'coordinator.joined' }), by);
    return;
  }
  await sayInRoom(unit, room, [{ key: 'desk.rest.ended' }]);
  await endRest({ unit, parts, by });
};

/** The requester has left the chat, or has put the bot out of it: nothing reaches them, and the holder knows. */
export const chatGone = async (unit: Unit, ref: RoomRef): Promise<void> => {
  const room = await loadRoom(unit, ref);
  if (room === null || room.state === 'gone' || room.state === 'spoilt' || room.state === 'left') return;
  await putRoom(unit, { ...room, state: 'gone' });
  const one = room.for.purpose === 'chat' ? await unit.load('case', room.for.case) : null;
  if (one !== null) await tellHolder(unit, { one: one.value, key: 'case.way-gone' });
};

/** They are back: what waited for them goes on. */
export const chatIsBack = async (unit: Unit, parts: Parts, room: Room): Promise<Room> => {
  if (room.state === 'joined') return room;
  const back: Room = { ...room, state: 'joined' };
  await putRoom(unit, back);
  await wakeLane(unit, parts, laneOfRoom(room));
  return back;
};
