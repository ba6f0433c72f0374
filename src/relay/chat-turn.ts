// One thing seen in a requester's chat, and what is known where it was seen.
import type { Case } from '#domain/case/state.ts';
import type { Room } from '#domain/room.ts';
import type { RoomEvent } from '#relay/matrix-port.ts';
import type { Parts } from '#relay/parts.ts';
import type { Unit } from '#relay/unit.ts';

export interface ChatTurn {
  readonly unit: Unit;
  readonly parts: Parts;
  readonly event: RoomEvent;
}

/** Who writes, as they stand in the contact index. */
export const canonicalUser = (turn: ChatTurn): string => `matrix|${turn.event.sender}`;

export const caseOfChat = async (unit: Unit, room: Room): Promise<Case | null> =>
  room.for.purpose === 'chat' ? ((await unit.load('case', room.for.case))?.value ?? null) : null;
