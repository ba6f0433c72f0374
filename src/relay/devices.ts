// A volunteer's device without its owner's signature: nothing that a person wrote goes to them until they have verified or removed it.
// They are told, on the devices that are signed; and when it is mended, they hear that too.
import type { VolunteerId } from '#domain/ids.ts';
import type { Room } from '#domain/room.ts';
import { matchSoon } from '#relay/match-soon.ts';
import type { Parts } from '#relay/parts.ts';
import type { VolunteerRecord } from '#relay/record-types.ts';
import { loadRoom, workOwnerOf } from '#relay/rooms.ts';
import type { LaneTo, Unit } from '#relay/unit.ts';

const setDevices = async (unit: Unit, id: VolunteerId, devices: VolunteerRecord['devices']): Promise<VolunteerRecord | null> => {
  const record = await unit.load('volunteer', id);
  if (record === null || record.value.devices === devices) return null;
  const value = { ...record.value, devices };
  await unit.put('volunteer', { ...record, value });
  return value;
};

/** Nobody is offered anything to whom it could not be shown. */
export const noticeUnsignedDevice = async (unit: Unit, room: Room): Promise<void> => {
  if (room.for.purpose !== 'desk' && room.for.purpose !== 'case') return;
  const by = room.for.volunteer;
  const record = await setDevices(unit, by, 'some-unsigned');
  if (record === null) return;
  // Lanes of their own: what a person wrote waits in the room's, and these must not wait behind it.
  const key = room.for.purpose === 'desk' ? 'desk.unsigned' : 'case.unsigned';
  await unit.work(besideLane(room), { work: { work: 'say', room: room.ref, says: [{ key }] }, owner: workOwnerOf(room.for) });
  // The guard lets this one through when every device is signed.
  const desk = await loadRoom(unit, record.volunteer.desk);
  if (desk !== null) await unit.work(besideLane(desk), { work: { work: 'signed', room: desk.ref }, owner: by });
};

const besideLane = (room: Room): LaneTo => ({ role: 'desk-bot', name: `devices|${room.ref}` });

/** Everything reaches them again. */
export const noticeSigned = async (unit: Unit, parts: Parts, id: VolunteerId): Promise<void> => {
  if ((await setDevices(unit, id, 'all-signed')) !== null) await matchSoon(unit, parts);
};
