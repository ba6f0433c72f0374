// How somebody becomes a volunteer: a record under a key of their own, and a desk to which they are invited.
import type { RoomRef, VolunteerId } from '#domain/ids.ts';
import type { Volunteer } from '#domain/volunteer.ts';
import { putVolunteer } from '#relay/actor.ts';
import type { Parts } from '#relay/parts.ts';
import { loadRoom, makeRoom, workInRoom } from '#relay/rooms.ts';
import { inUnit, newId } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

const committeeId = 'committee';

export const findVolunteer = async (unit: Unit, parts: Parts, userId: string): Promise<VolunteerId | null> => {
  const [entry] = await parts.store.lookup('volunteer', parts.vault.hash('volunteer', userId).hash);
  return entry === undefined ? null : (await unit.load('volunteer', entry.ref)) === null ? null : (entry.ref as VolunteerId);
};

/** One at a time: two who invite the same person at once must not make two desks. */
const lockInvitations = async (unit: Unit): Promise<void> => {
  await unit.load('committee', committeeId);
  await unit.put('committee', {
    id: committeeId,
    state: 'open',
    parent: null,
    under: { under: 'storage' },
    dueAt: null,
    value: { coordinators: [] },
  });
};

export const inviteVolunteer = async (unit: Unit, parts: Parts, userId: string): Promise<'invited' | 'invited-again' | 'already'> => {
  await lockInvitations(unit);
  const known = await findVolunteer(unit, parts, userId);
  if (known !== null) return inviteAgain(unit, parts, known);
  const id = newId<VolunteerId>(parts);
  await parts.vault.newOwner(id);
  const desk = await makeDesk(unit, parts, { volunteer: id, userId });
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
  return 'invited';
};

/** Who never joined, or left their desk, is invited to it once more; a desk that could not be made is made anew. */
const inviteAgain = async (unit: Unit, parts: Parts, id: VolunteerId): Promise<'invited-again' | 'already'> => {
  const record = await unit.load('volunteer', id);
  const desk = record === null ? null : await loadRoom(unit, record.value.volunteer.desk);
  if (record === null || desk?.state === 'joined') return 'already';
  if (desk === null || desk.state === 'left') {
    const fresh = await makeDesk(unit, parts, { volunteer: id, userId: record.value.userId });
    await putVolunteer(unit, { ...record.value, volunteer: { ...record.value.volunteer, desk: fresh } });
    return 'invited-again';
  }
  await unit.work({ role: 'desk-bot', name: `invite|${desk.ref}` }, { work: { work: 'invite', room: desk.ref }, owner: id });
  return 'invited-again';
};

const makeDesk = async (unit: Unit, parts: Parts, of: { readonly volunteer: VolunteerId; readonly userId: string }): Promise<RoomRef> => {
  const room = await makeRoom(unit, parts, { purpose: { purpose: 'desk', volunteer: of.volunteer }, other: of.userId });
  await workInRoom(unit, room, { work: 'await-join', room: room.ref });
  return room.ref;
};

/** The coordinators named in the settings are volunteers from the start. */
export const ensureCoordinators = async (parts: Parts): Promise<void> => {
  for (const userId of parts.service.coordinators) {
    await inUnit(parts, {}, async (unit) => {
      if ((await findVolunteer(unit, parts, userId)) === null) await inviteVolunteer(unit, parts, userId);
    });
  }
};
