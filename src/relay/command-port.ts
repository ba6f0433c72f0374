// A bot command as a value. Parser, help and docs derive from the table of them.
import type { Case } from '#domain/case/state.ts';
import type { Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import type { Actor } from '#relay/actor.ts';
import type { VolunteerRecord } from '#relay/record-types.ts';

export interface CommandTurn extends Actor {
  readonly room: Room;
  readonly record: VolunteerRecord;
  /** The case of this room; null at a desk. */
  readonly one: Case | null;
  /** The event of the command itself. */
  readonly event: string;
  readonly args: string;
  readonly commands: readonly Command[];
}

export interface Command {
  readonly name: string;
  readonly where: 'desk' | 'case' | 'both';
  readonly who: 'volunteer' | 'coordinator';
  /** Also in a case room whose conversation is over. */
  readonly afterTheEnd?: 'works';
  /** Key of its line in the words, under `commands.`. */
  readonly line: string;
  /** What they are told, in the room where they said it. */
  readonly run: (turn: CommandTurn) => Promise<readonly Say[]>;
}
