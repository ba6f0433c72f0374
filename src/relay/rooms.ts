// Rooms as records: their key, their role, their lanes, and how a new one comes to be.
import type { CaseId, RoomRef, VolunteerId } from '#domain/ids.ts';
import type { Purpose, Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import type { Parts } from '#relay/parts.ts';
import type { Role } from '#relay/queue-port.ts';
import { newId } from '#relay/unit.ts';
import type { LaneTo, Unit } from '#relay/unit.ts';
import type { Under } from '#relay/vault-port.ts';
import type { RoomWork } from '#relay/work.ts';

const underOf = (purpose: Purpose): Under => {
  switch (purpose.purpose) {
    case 'desk':
      return { under: 'owner', owner: purpose.volunteer };
    case 'case':
      return { under: 'owner', owner: purpose.case };
    case 'chat':
      return { under: 'way-back', owner: purpose.case };
    case 'lobby':
      return { under: 'storage' };
  }
};

/** Whose key seals what is sent to this room. */
export const workOwnerOf = (purpose: Purpose): CaseId | VolunteerId | null => {
  const under = underOf(purpose);
  return under.under === 'storage' ? null : under.owner;
};

export const roleOf = (purpose: Purpose): Role => (purpose.purpose === 'chat' || purpose.purpose === 'lobby' ? 'front-bot' : 'desk-bot');

const parentOf = (purpose: Purpose): string | null => {
  if (purpose.purpose === 'desk') return purpose.volunteer;
  return purpose.purpose === 'lobby' ? null : purpose.case;
};

export const putRoom = (unit: Unit, room: Room): Promise<void> =>
  unit.put('room', {
    id: room.ref,
    state: room.state,
    parent: parentOf(room.for),
    under: underOf(room.for),
    dueAt: room.closesAt,
    value: room,
  });

export const laneOfRoom = (room: Pick<Room, 'ref' | 'for'>): LaneTo => ({ role: roleOf(room.for), name: `room|${room.ref}` });
/** Marks have a lane of their own: they wait under a rate limit, and never in front of words. */
export const marksLaneOfRoom = (room: Pick<Room, 'ref' | 'for'>): LaneTo => ({ role: roleOf(room.for), name: `marks|${room.ref}` });

export const workInRoom = async (unit: Unit, room: Room, work: RoomWork): Promise<void> => {
  const owner = workOwnerOf(room.for);
  if (work.work === 'mark') await unit.work(marksLaneOfRoom(room), { work, owner, notBefore: unit.marksAt });
  else await unit.work(laneOfRoom(room), { work, owner });
};

export const sayInRoom = (unit: Unit, room: Room, says: readonly Say[], replyTo?: string): Promise<void> =>
  workInRoom(unit, room, { work: 'say', room: room.ref, says, ...(replyTo === undefined ? {} : { replyTo }) });

export const loadRoom = async (unit: Unit, ref: RoomRef): Promise<Room | null> => (await unit.load('room', ref))?.value ?? null;

/** A room to be made by the bot, with one other person invited. What follows in its lane waits until it stands. */
export const makeRoom = async (
  unit: Unit,
  parts: Parts,
  want: { readonly purpose: Purpose; readonly other: string; readonly ref?: RoomRef },
): Promise<Room> => {
  const room: Room = {
    ref: want.ref ?? newId<RoomRef>(parts),
    for: want.purpose,
    state: 'wanted',
    roomId: null,
    other: want.other,
    questions: [],
    closesAt: null,
  };
  await putRoom(unit, room);
  await workInRoom(unit, room, { work: 'create', room: room.ref });
  return room;
};

/** The record of a room that somebody else made and our bot has joined. */
export const adoptRoom = async (
  unit: Unit,
  parts: Parts,
  found: { readonly purpose: Purpose; readonly roomId: string; readonly other: string },
): Promise<Room> => {
  const room: Room = {
    ref: newId<RoomRef>(parts),
    for: found.purpose,
    state: 'joined',
    roomId: found.roomId,
    other: found.other,
    questions: [],
    closesAt: null,
  };
  await putRoom(unit, room);
  indexRoom(unit, room, found.roomId);
  return room;
};

export const indexRoom = (unit: Unit, room: Room, roomId: string): void =>
  unit.index('room', { canonical: roomId, ref: room.ref, owner: workOwnerOf(room.for) });

export const findRoom = async (unit: Unit, parts: Parts, roomId: string): Promise<Room | null> => {
  const [entry] = await parts.store.lookup('room', parts.vault.hash('room', roomId).hash);
  return entry === undefined ? null : loadRoom(unit, entry.ref as RoomRef);
};
