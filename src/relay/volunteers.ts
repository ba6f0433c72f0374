// How somebody becomes a volunteer: a record under a key of their own, and a desk to which they are invited.
import type { RoomRef, VolunteerId } from '#domain/ids.ts';
import type { Volunteer } from '#domain/volunteer.ts';
import { putVolunteer } from '#relay/acts.ts';
import type { Parts } from '#relay/parts.ts';
import { loadRoom, makeRoom, workInRoom } from '#relay/rooms.ts';
import { inUnit, newId } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

export const findVolunteer = async (unit: Unit, parts: Parts, userId: string): Promise<VolunteerId | null> => {
  const [entry] = await parts.store.lookup('volunteer', parts.vault.hash('volunteer', userId).hash);
  return entry === undefined ? null : ((await unit.load('volunteer', entry.ref)) === null ? null : (entry.ref as VolunteerId));
};

export const inviteVolunteer = async (unit: Unit, parts: Parts, userId: string): Promise<'invited' | 'invited-again' | 'already'> => {
  const known = await findVolunteer(unit, parts, userId);
  if (known !== null) return inviteAgain(unit, known);
  const id = newId<VolunteerId>(parts);
  await parts.vault.newOwner(id);
  const desk = newId<RoomRef>(parts);
  const volunteer: Volunteer = {
    id,
    state: 'invited',
    until: null,
    alias: null,
    zone: parts.service.zone,
    cap: null,
    languages: [parts.service.language],
    desk,
    joinedAt: unit.now,
    lastCaseAt: null,
    lastOfferAt: null,
    lapsed: [],
  };
  await putVolunteer(unit, { volunteer, userId, devices: 'all-signed' });
  unit.index('volunteer', { canonical: userId, ref: id, owner: id });
  const room = await makeRoom(unit, parts, { ref: desk, purpose: { purpose: 'desk', volunteer: id }, other: userId });
  await workInRoom(unit, room, { work: 'await-join', room: room.ref });
  return 'invited';
};

/** Who never joined, or left their desk, is invited to it once more. */
const inviteAgain = async (unit: Unit, id: VolunteerId): Promise<'invited-again' | 'already'> => {
  const record = await unit.load('volunteer', id);
  const desk = record === null ? null : await loadRoom(unit, record.value.volunteer.desk);
  if (desk === null || desk.state === 'joined') return 'already';
  await unit.work({ role: 'desk-bot', name: `invite|${desk.ref}` }, { work: { work: 'invite', room: desk.ref }, owner: id });
  return 'invited-again';
};

/** The coordinators named in the settings are volunteers from the start. */
export const ensureCoordinators = async (parts: Parts): Promise<void> => {
  for (const userId of parts.service.coordinators) {
    await inUnit(parts, {}, async (unit) => {
      if ((await findVolunteer(unit, parts, userId)) === null) await inviteVolunteer(unit, parts, userId);
    });
  }
};
