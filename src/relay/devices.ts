// A volunteer's device without its owner's signature: nothing that a person wrote goes to them until they have verified or removed it.
// They are told, on the devices that are signed; and when it is mended, they hear that too.
import type { VolunteerId } from '#domain/ids.ts';
import type { Room } from '#domain/room.ts';
import { matchSoon } from '#relay/match-soon.ts';
import type { Parts } from '#relay/parts.ts';
import type { VolunteerRecord } from '#relay/record-types.ts';
import { loadRoom, workOwnerOf } from '#relay/rooms.ts';
import { laneOf } from '#relay/unit.ts';
import type { LaneTo, Unit } from '#relay/unit.ts';

const setDevices = async (unit: Unit, id: VolunteerId, devices: VolunteerRecord['devices']): Promise<VolunteerRecord | null> => {
  const record = await unit.load('volunteer', id);
  if (record === null || record.value.devices === devices) return null;
  const value = { ...record.value, devices };
  await unit.put('volunteer', { ...record, value });
  return value;
};

/** Lanes of their own: what a person wrote waits in the room's, and these must not wait behind it. */
const besideLane = (room: Room): LaneTo => ({ role: 'desk-bot', name: `devices|${room.ref}` });
/** Not behind the word that all is well, which waits until it is. */
const answerLane = (room: Room): LaneTo => ({ role: 'desk-bot', name: `unsigned|${room.ref}` });

/** Not once all is well: the word about that comes by another lane, and says what to do. */
const sayIn = (unit: Unit, lane: LaneTo, of: { readonly room: Room; readonly key: string }): Promise<string> =>
  unit.work(lane, {
    work: { work: 'say', room: of.room.ref, says: [{ key: of.key }], unless: 'all-signed' },
    owner: workOwnerOf(of.room.for),
  });

const volunteerOf = (room: Room): VolunteerId | null =>
  room.for.purpose === 'desk' || room.for.purpose === 'case' ? room.for.volunteer : null;

/** The guard lets this one through when every device is signed. */
const sayWhenSigned = async (unit: Unit, record: VolunteerRecord): Promise<void> => {
  const desk = await loadRoom(unit, record.volunteer.desk);
  if (desk !== null) await unit.work(besideLane(desk), { work: { work: 'signed', room: desk.ref }, owner: record.volunteer.id });
};

/** Nobody is offered anything to whom it could not be shown. */
export const noticeUnsignedDevice = async (unit: Unit, room: Room): Promise<void> => {
  const by = volunteerOf(room);
  const record = by === null ? null : await setDevices(unit, by, 'some-unsigned');
  if (record === null) return;
  await sayIn(unit, besideLane(room), { room, key: room.for.purpose === 'desk' ? 'desk.unsigned' : 'case.unsigned' });
  await sayWhenSigned(unit, record);
};

/** They said something from it: each time they hear that it was not used, unless the last answer could not be brought to them yet. */
export const answerUnsignedDevice = async (unit: Unit, parts: Parts, room: Room): Promise<void> => {
  const by = volunteerOf(room);
  const record = by === null ? null : await setDevices(unit, by, 'some-unsigned');
  if (record !== null) await sayWhenSigned(unit, record);
  const waits = await parts.store.outboxRows(await laneOf(parts, answerLane(room)));
  if (waits.length === 0) await sayIn(unit, answerLane(room), { room, key: 'desk.from-unsigned' });
};

/** Everything reaches them again. */
export const noticeSigned = async (unit: Unit, parts: Parts, id: VolunteerId): Promise<void> => {
  if ((await setDevices(unit, id, 'all-signed')) !== null) await matchSoon(unit, parts);
};
