// What stands in each kind of record, unsealed. Contacts and rooms hold identities: only delivery and the receivers load them.
import type { Case } from '#domain/case/state.ts';
import type { CaseId, ContactId, Instant, MessageId, QuestionId, RoomRef } from '#domain/ids.ts';
import type { OutState } from '#domain/outgoing.ts';
import type { Question } from '#domain/question.ts';
import type { Room } from '#domain/room.ts';
import type { Volunteer } from '#domain/volunteer.ts';
import type { MailAddress } from '#relay/mail-port.ts';
import type { RecordKind, RecordQuery, Write } from '#relay/store-port.ts';
import type { Under } from '#relay/vault-port.ts';

/** A volunteer with the one identity that the desk side needs. */
export interface VolunteerRecord {
  readonly volunteer: Volunteer;
  readonly userId: string;
  readonly devices: 'all-signed' | 'some-unsigned';
}

/** The way back to a requester. Sealed under the case's key and the delivery key together. */
export type Contact =
  | {
      readonly kind: 'mail';
      readonly id: ContactId;
      readonly case: CaseId;
      readonly address: MailAddress;
      /** Names and addresses to take out of what they write. */
      readonly known: readonly string[];
      /** Message-IDs of this thread without angle brackets, oldest first: theirs and ours. */
      readonly thread: readonly string[];
      /** Questions that wait for a YES or NO by mail. */
      readonly questions: readonly QuestionId[];
    }
  | {
      readonly kind: 'matrix';
      readonly id: ContactId;
      readonly case: CaseId;
      readonly userId: string;
      readonly known: readonly string[];
      readonly room: RoomRef;
      /** The case room of the holding whose words they have been told they read; null: nobody's yet. */
      readonly hears: RoomRef | null;
    };

/** A mark of the bot on somebody's event: the reaction's symbol and its event. */
export interface Mark {
  readonly symbol: string;
  readonly event: string;
}

/** Where a message came out: our copy of it in a room. */
export interface Copy {
  readonly room: RoomRef;
  readonly event: string;
}

export interface MessageIn {
  readonly direction: 'in';
  readonly id: MessageId;
  readonly case: CaseId;
  readonly at: Instant;
  /** Null: deleted, after the requester took it back. */
  readonly text: string | null;
  /** The requester took it back: shown nowhere any more, kept sealed for a while. */
  readonly hidden: 'shown' | 'hidden';
  readonly quote: 'none' | 'cut';
  /** Only its beginning is carried. */
  readonly length: 'whole' | 'cut';
  readonly files: number;
  /** Their own event in the chat, with our mark on it. */
  readonly event: string | null;
  readonly mark: Mark | null;
  /** When it was written, if it could only be read much later (I10's exception). */
  readonly lateFrom: Instant | null;
  readonly copies: readonly Copy[];
}

export interface Line {
  readonly event: string;
  /** Null: taken back before it was sent. */
  readonly text: string | null;
  readonly mark: Mark | null;
}

export interface MessageOut {
  readonly direction: 'out';
  readonly id: MessageId;
  readonly case: CaseId;
  readonly room: RoomRef;
  readonly at: Instant;
  readonly lines: readonly Line[];
  readonly state: OutState;
  /** Who said it, as the requester knows them: it stays so, whoever holds the case when it leaves. Null: the fixed word. */
  readonly alias: string | null;
  /** When the mail that this one corrects was written; null: it corrects none. */
  readonly corrects: Instant | null;
  readonly copies: readonly Copy[];
}

export type Message = MessageIn | MessageOut;

export interface RecordTypes {
  readonly case: Case;
  readonly volunteer: VolunteerRecord;
  readonly committee: { readonly coordinators: readonly string[] };
  readonly contact: Contact;
  readonly room: Room;
  readonly message: Message;
  readonly question: Question;
  readonly link: never;
}

export interface Loaded<Kind extends RecordKind> {
  readonly kind: Kind;
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly parent: string | null;
  readonly under: Under;
  readonly dueAt: Instant | null;
  readonly value: RecordTypes[Kind];
}

export type Draft<Kind extends RecordKind> = Omit<Loaded<Kind>, 'kind' | 'version'>;

/** Records, opened and sealed. A record whose key was forgotten is as good as not there. */
export interface Records {
  load<Kind extends RecordKind>(kind: Kind, id: string): Promise<Loaded<Kind> | null>;
  find<Kind extends RecordKind>(query: RecordQuery & { readonly kind: Kind }): Promise<readonly Loaded<Kind>[]>;
  put<Kind extends RecordKind>(kind: Kind, put: { readonly draft: Draft<Kind>; readonly expect: number | 'new' }): Promise<Write>;
}
