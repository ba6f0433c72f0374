// By what name people go in each room, as last seen: it is taken out of what they write. Holds identity: sealed where it is kept, never logged.
import type { RawEvent } from '#matrix/raw-event.ts';

/** Code points; what a name is beyond that is no name. */
const longestName = 256;
/** Of one room, the newest. Our rooms have two or three people in them. */
const mostNames = 1_000;

/** Null: none, or nothing that can be one (no text, lone surrogates, blank). Cut to 256 code points. */
export function displayNameIn(content: Readonly<Record<string, unknown>>): string | null {
  const name = content['displayname'];
  if (typeof name !== 'string' || !name.isWellFormed() || name.trim() === '') return null;
  // A code point is two units at most: so much need be taken apart of a name of any length.
  return Array.from(name.slice(0, 2 * longestName))
    .slice(0, longestName)
    .join('');
}

export type NamesOfRoom = readonly (readonly [userId: string, name: string])[];

export interface MemberNames {
  /** Takes in a member event's name; any other event changes nothing. */
  see(roomId: string, event: Pick<RawEvent, 'type' | 'state_key' | 'content'>): void;
  nameOf(roomId: string, userId: string): string | null;
  /** As they are kept; `restore` takes them back. */
  ofRoom(roomId: string): NamesOfRoom;
  restore(roomId: string, names: NamesOfRoom): void;
  forgetRoom(roomId: string): void;
}

export function memberNames(): MemberNames {
  const rooms = new Map<string, Map<string, string>>();
  return {
    see(roomId, { type, state_key: userId, content }) {
      if (type !== 'm.room.member' || userId === undefined) return;
      const { membership } = content;
      // Who goes is often named no more; what they wrote before may still be on its way.
      if (membership !== 'join' && membership !== 'invite' && membership !== 'knock') return;
      const names = rooms.get(roomId) ?? new Map<string, string>();
      rooms.set(roomId, names);
      const name = displayNameIn(content);
      names.delete(userId);
      if (name !== null) names.set(userId, name);
      const oldest = names.keys().next().value;
      if (names.size > mostNames && oldest !== undefined) names.delete(oldest);
    },
    nameOf: (roomId, userId) => rooms.get(roomId)?.get(userId) ?? null,
    ofRoom: (roomId) => [...(rooms.get(roomId) ?? [])],
    restore: (roomId, names) => void rooms.set(roomId, new Map(names)),
    forgetRoom: (roomId) => void rooms.delete(roomId),
  };
}
