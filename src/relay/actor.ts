// A volunteer who does something: their record, their desk, and what they hold.
import type { Case } from '#domain/case/state.ts';
import type { VolunteerId } from '#domain/ids.ts';
import type { Room } from '#domain/room.ts';
import type { Volunteer } from '#domain/volunteer.ts';
import type { Parts } from '#relay/parts.ts';
import type { VolunteerRecord } from '#relay/record-types.ts';
import { loadRoom } from '#relay/rooms.ts';
import { underOwner } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

export interface Actor {
  readonly unit: Unit;
  readonly parts: Parts;
  readonly by: VolunteerId;
}

export const putVolunteer = async (unit: Unit, record: VolunteerRecord): Promise<void> => {
  const { volunteer } = record;
  await unit.put('volunteer', {
    id: volunteer.id,
    state: volunteer.state,
    parent: null,
    under: underOwner(volunteer.id),
    dueAt: null,
    value: record,
  });
};

export const changeVolunteer = async (actor: Actor, change: (volunteer: Volunteer) => Volunteer): Promise<void> => {
  const record = await actor.unit.load('volunteer', actor.by);
  if (record !== null) await putVolunteer(actor.unit, { ...record.value, volunteer: change(record.value.volunteer) });
};

/** The cases this volunteer holds now. */
export const heldBy = async (actor: Actor): Promise<readonly Case[]> => {
  const rows = await actor.parts.store.find({ kind: 'case', parent: actor.by, states: ['open', 'offered'] });
  const found: Case[] = [];
  for (const row of rows) {
    const one = await actor.unit.load('case', row.id);
    if (one !== null) found.push(one.value);
  }
  return found;
};

export const deskOf = async (actor: Actor): Promise<Room | null> => {
  const record = await actor.unit.load('volunteer', actor.by);
  return record === null ? null : loadRoom(actor.unit, record.value.volunteer.desk);
};
