// What stands in an outbox row: one thing to do at one destination. Refers to records by random ids; the address or room is
// asked of the vault at the last moment. Sealed under the case's or volunteer's key, or a key of the row's own.
import type { ContactId, MessageId, QuestionId, RoomRef } from '#domain/ids.ts';
import type { Say } from '#domain/say.ts';
import type { Language } from '#relay/words-port.ts';
import type { MailAddress } from '#relay/mail-port.ts';

/** Drawn when the row is made, so that a second try carries the same Message-ID, token, VERP address and date. */
export interface MailStamp {
  readonly token: string;
  readonly verp: string;
  readonly date: number;
}

export type MailWork =
  /** The volunteer's lines. */
  | { readonly work: 'mail-message'; readonly contact: ContactId; readonly message: MessageId; readonly stamp: MailStamp }
  /** Words of ours within a case. */
  | {
      readonly work: 'mail-say';
      readonly contact: ContactId;
      readonly says: readonly Say[];
      readonly auto: 'auto-replied' | 'auto-generated';
      readonly stamp: MailStamp;
    }
  /** Owed to an address without a case; sealed under the row's own key. */
  | {
      readonly work: 'mail-owed';
      readonly to: MailAddress;
      readonly inReplyTo: string | null;
      readonly says: readonly Say[];
      readonly language: Language;
      readonly stamp: MailStamp;
    };

export type RoomWork =
  | { readonly work: 'create'; readonly room: RoomRef }
  | { readonly work: 'join'; readonly roomId: string }
  /** An invitation that is not accepted. */
  | { readonly work: 'decline'; readonly roomId: string }
  /** Goes on when the other has joined; a room event wakes the lane. */
  | { readonly work: 'await-join'; readonly room: RoomRef }
  | {
      readonly work: 'say';
      readonly room: RoomRef;
      readonly says: readonly Say[];
      readonly replyTo?: string;
      /** Not said any more once all devices of the other are signed. */
      readonly unless?: 'all-signed';
    }
  | { readonly work: 'ask'; readonly room: RoomRef; readonly question: QuestionId }
  /** Removes a settled question and what answered it. */
  | {
      readonly work: 'unask';
      readonly room: RoomRef;
      readonly event: string | null;
      readonly question: QuestionId;
      readonly answer: string | null;
    }
  /** The other side's words into this room. */
  | { readonly work: 'carry'; readonly room: RoomRef; readonly message: MessageId }
  | { readonly work: 'carry-edit'; readonly room: RoomRef; readonly message: MessageId }
  | { readonly work: 'carry-removal'; readonly room: RoomRef; readonly message: MessageId }
  /** Brings the bot's marks on a message's lines to the message's present state. */
  | { readonly work: 'mark'; readonly room: RoomRef; readonly message: MessageId }
  | { readonly work: 'leave'; readonly room: RoomRef }
  /** Goes out when every device of theirs is signed again, and says so. */
  | { readonly work: 'signed'; readonly room: RoomRef }
  /** The other is invited once more to a room that stands. */
  | { readonly work: 'invite'; readonly room: RoomRef }
  /** To a chat that is unencrypted or not private: fixed words only. */
  | { readonly work: 'fixed'; readonly roomId: string; readonly say: Say; readonly language: Language };

export type Work = MailWork | RoomWork;
