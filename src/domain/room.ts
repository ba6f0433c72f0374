// A Matrix room as the relay sees it: what it is for, who belongs, whose life it shares. The Matrix ids are sealed with it.
import type { CaseId, ContactId, Instant, QuestionId, RoomRef, VolunteerId } from '#domain/ids.ts';

export type Purpose =
  | { readonly purpose: 'desk'; readonly volunteer: VolunteerId }
  | { readonly purpose: 'case'; readonly case: CaseId; readonly volunteer: VolunteerId }
  | { readonly purpose: 'chat'; readonly case: CaseId; readonly contact: ContactId }
  /** A chat made for somebody who has not written in it yet. */
  | { readonly purpose: 'lobby' };

/**
 * `wanted`: to be made. `made`: the other has been invited. `joined`: they are in. `left`: the bot has left it.
 * `gone`: a requester has left their chat, or put the bot out of it; it goes on if they come back.
 * `spoilt`: unencrypted or with somebody who does not belong; only fixed texts go there.
 */
export type RoomState = 'wanted' | 'made' | 'joined' | 'gone' | 'spoilt' | 'left';

export interface Room {
  readonly ref: RoomRef;
  readonly for: Purpose;
  readonly state: RoomState;
  /** The Matrix id, once there is one. */
  readonly roomId: string | null;
  /** The user id of the one who belongs there besides the bot. */
  readonly other: string;
  /** Questions asked here, in turn: the first stands open. */
  readonly questions: readonly QuestionId[];
  readonly closesAt: Instant | null;
}
