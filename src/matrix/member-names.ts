// By what names people go in each room, and went before: they are taken out of what they write. Holds identity: sealed where it is kept, never logged.
import type { RoomEvent } from '#relay/matrix-port.ts';
import type { RawEvent } from '#matrix/raw-event.ts';

/** Code points; what a name is beyond that is no name. */
const longestName = 256;
/** Of one room, the newest. Our rooms have two or three people in them. */
const mostNames = 1_000;
/** Of one person in one room, the newest. */
const mostFormer = 8;

/** Null: none, or nothing that can be one (no text, lone surrogates, blank). Cut to 256 code points. */
export function displayNameIn(content: Readonly<Record<string, unknown>>): string | null {
  const name = content['displayname'];
  if (typeof name !== 'string' || !name.isWellFormed() || name.trim() === '') return null;
  // A code point is two units at most: so much need be taken apart of a name of any length.
  return Array.from(name.slice(0, 2 * longestName))
    .slice(0, longestName)
    .join('');
}

/** Null: none at present. */
export type NamesOfRoom = readonly (readonly [userId: string, name: string | null, ...former: readonly string[]])[];

export type NamesOfSender = Pick<RoomEvent, 'senderName' | 'formerNames'>;

export interface MemberNames {
  /** Takes in a member event's name; any other event changes nothing. */
  see(roomId: string, event: Pick<RawEvent, 'type' | 'state_key' | 'content'>): void;
  namesOf(roomId: string, userId: string): NamesOfSender;
  /** As they are kept; `restore` takes them back. */
  ofRoom(roomId: string): NamesOfRoom;
  restore(roomId: string, names: NamesOfRoom): void;
  forgetRoom(roomId: string): void;
}

interface Names {
  readonly now: string | null;
  readonly former: readonly string[];
}

const nobody: Names = { now: null, former: [] };

const afterTaking = (name: string | null, { now, former }: Names): Names => ({
  now: name,
  former: [...new Set([...(now === null ? [] : [now]), ...former])].filter((each) => each !== name).slice(0, mostFormer),
});

export function memberNames(): MemberNames {
  const rooms = new Map<string, Map<string, Names>>();
  return {
    see(roomId, { type, state_key: userId, content }) {
      if (type !== 'm.room.member' || userId === undefined) return;
      const { membership } = content;
      // Who goes is often named no more; what they wrote before may still be on its way.
      if (membership !== 'join' && membership !== 'invite' && membership !== 'knock') return;
      const people = rooms.get(roomId) ?? new Map<string, Names>();
      rooms.set(roomId, people);
      const names = afterTaking(displayNameIn(content), people.get(userId) ?? nobody);
      people.delete(userId);
      if (names.now !== null || names.former.length > 0) people.set(userId, names);
      const oldest = people.keys().next().value;
      if (people.size > mostNames && oldest !== undefined) people.delete(oldest);
    },
    namesOf(roomId, userId) {
      const { now, former } = rooms.get(roomId)?.get(userId) ?? nobody;
      return { senderName: now, ...(former.length > 0 && { formerNames: former }) };
    },
    ofRoom: (roomId) => [...(rooms.get(roomId) ?? [])].map(([userId, { now, former }]) => [userId, now, ...former]),
    restore: (roomId, names) => void rooms.set(roomId, new Map(names.map(([userId, now, ...former]) => [userId, { now, former }]))),
    forgetRoom: (roomId) => void rooms.delete(roomId),
  };
}
