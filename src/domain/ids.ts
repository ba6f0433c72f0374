// The ids that the domain speaks of. Each is random and says nothing about a person.

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type CaseId = Branded<'case'>;
export type VolunteerId = Branded<'volunteer'>;
/** A mailbox address or a chat, known to the vault only; the domain sees this handle. */
export type ContactId = Branded<'contact'>;
/** Our own id of a Matrix room; the room's Matrix id is sealed in its record. */
export type RoomRef = Branded<'room'>;
/** Our own id of one message, either way. */
export type MessageId = Branded<'message'>;
export type QuestionId = Branded<'question'>;
export type LaneId = Branded<'lane'>;

/** Milliseconds since 1970 UTC. Always handed in, never read from a clock in the domain. */
export type Instant = number & { readonly [brand]: 'instant' };

/** Gives a string or number its brand; for edges that parse or draw ids, nowhere else. */
export const brandId = <Id extends string>(raw: string): Id => raw as Id;
export const instant = (ms: number): Instant => ms as Instant;
