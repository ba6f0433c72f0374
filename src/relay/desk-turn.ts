// One thing that a volunteer said or did, with what is known about them and the room; and how they are answered.
import type { Case } from '#domain/case/state.ts';
import type { Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import type { Actor } from '#relay/actor.ts';
import type { Command } from '#relay/command-port.ts';
import type { RoomEvent } from '#relay/matrix-port.ts';
import type { VolunteerRecord } from '#relay/record-types.ts';
import { loadRoom, sayInRoom } from '#relay/rooms.ts';

export interface DeskTurn extends Actor {
  readonly event: RoomEvent;
  readonly room: Room;
  readonly record: VolunteerRecord;
  /** The case, while this volunteer holds it in this very room. */
  readonly one: Case | null;
  readonly commands: readonly Command[];
}

export const tell = async (turn: DeskTurn, says: readonly Say[], replyTo?: string): Promise<void> => {
  const room = await loadRoom(turn.unit, turn.room.ref);
  // Who has left the room is told at the desk.
  const where = room === null || room.state === 'left' ? await loadRoom(turn.unit, turn.record.volunteer.desk) : room;
  if (says.length > 0 && where !== null) await sayInRoom(turn.unit, where, says, replyTo);
};
