// One request for support, from the first message to forgetting. Holds pseudonyms and random ids, never who wrote.
import type { CaseId, ContactId, Instant, MessageId, RoomRef, VolunteerId } from '#domain/ids.ts';

export type Channel = 'mail' | 'matrix';

/** How well it is proved who wrote; 3 is only ever reached for one exact action. */
export type Level = 0 | 1 | 2;

export interface Offered {
  readonly to: VolunteerId;
  readonly until: Instant;
}

export interface Holding {
  readonly holder: VolunteerId;
  readonly room: RoomRef;
  readonly since: Instant;
  /** Content stays behind the question "open it now?" until they choose to. */
  readonly content: 'sealed' | 'shown';
  /** Has the holder begun: been in the room, and opened what there was to open, or written? Who never begins does not keep it. */
  readonly begun: 'yes' | 'not-yet';
  /** The requester knows that somebody is there now: they were told so when it was taken. */
  readonly announced: 'yes' | 'no';
  /** Who was `former` when it was taken; so again if it is given back before it has begun. */
  readonly formerThen: VolunteerId | null;
  /** The requester was told, in this stretch, that an answer may take a while. */
  readonly restTold: 'told' | 'not-told';
  /** The last sign of life: somebody wrote, or the holder said that it stays open. */
  readonly lastWrittenAt: Instant;
}

export type Phase =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'offered'; readonly offer: Offered }
  | { readonly phase: 'open'; readonly holding: Holding }
  | {
      readonly phase: 'closed';
      readonly at: Instant;
      readonly by: 'requester' | 'holder' | 'time';
      /** A message came within the time in which it is asked about and not read. */
      readonly again: 'not-asked' | 'asked';
    };

export interface Case {
  readonly id: CaseId;
  readonly contact: ContactId;
  readonly channel: Channel;
  readonly language: string;
  readonly pseudonym: string;
  readonly level: Level;
  /** `no`: the first mail failed its domain's reject policy; nothing automatic goes to an address that did not write. */
  readonly automatic: 'yes' | 'no';
  readonly openedAt: Instant;
  /** When this wait began; at the first message, a step back, or a reopening. */
  readonly waitingSince: Instant;
  readonly state: Phase;
  /** Who passed this time; emptied when anybody accepts, kept nowhere else. */
  readonly passed: readonly VolunteerId[];
  /** Who left it; it never comes back to them. */
  readonly left: readonly VolunteerId[];
  readonly former: VolunteerId | null;
  /** The volunteer whose own request this is, where they are one: it never reaches themselves. */
  readonly own: VolunteerId | null;
  /** Messages of the requester that nobody has been shown, in order. */
  readonly unshown: readonly MessageId[];
  /** Which version of the promise they were given in the first answer. */
  readonly promise: string;
  /** The country they named, as an ISO 3166 code. */
  readonly country: string | null;
}

/** Is this another one than whom the requester knows from before? */
export const takesOver = (one: Case, by: VolunteerId): boolean => (one.left.length > 0 || one.former !== null) && one.former !== by;

export const holderOf = (one: Case): VolunteerId | null => (one.state.phase === 'open' ? one.state.holding.holder : null);
