// A line for the coordinators, at their own desks. Never a name, a pseudonym or a reason.
import type { VolunteerId } from '#domain/ids.ts';
import type { Say } from '#domain/say.ts';
import { isResting } from '#domain/volunteer.ts';
import type { Parts } from '#relay/parts.ts';
import { loadRoom, sayInRoom } from '#relay/rooms.ts';
import type { Unit } from '#relay/unit.ts';

/** `say` is made for each one's own time zone; `except`: whom it is about. Who rests is left in peace: `!board` says the same. */
export const tellCoordinators = async (unit: Unit, parts: Parts, say: (zone: string) => Say, except?: VolunteerId): Promise<void> => {
  for (const userId of parts.service.coordinators) {
    const [entry] = await parts.store.lookup('volunteer', parts.vault.hash('volunteer', userId).hash);
    const record = entry === undefined || entry.ref === except ? null : await unit.load('volunteer', entry.ref);
    const desk = record === null ? null : await loadRoom(unit, record.value.volunteer.desk);
    const awake = record !== null && isResting(record.value.volunteer, unit.now) === 'reachable';
    if (record !== null && awake && desk?.state === 'joined') await sayInRoom(unit, desk, [say(record.value.volunteer.zone)]);
  }
};
