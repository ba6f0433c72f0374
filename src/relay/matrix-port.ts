// What the relay needs of one Matrix account (the front bot's or the desk bot's), as types.
// Matrix ids are identities: they live in sealed records and cross this port; no log line and no error carries one.

export type BotName = 'front' | 'desk';

/** What a room op came to. */
export type RoomOutcome =
  | { readonly outcome: 'accepted'; readonly eventId: string }
  /** Away, 429 or 5xx: try the same op again, not before `afterMs`. */
  | { readonly outcome: 'later'; readonly afterMs: number; readonly code: string }
  /** The guard said no: members or encryption are not yet, or no longer, as expected. */
  | {
      readonly outcome: 'guarded';
      readonly why: 'unknown-room' | 'unencrypted' | 'member-missing' | 'member-unexpected' | 'unsigned-device';
    }
  /** The homeserver refuses for good (403, room gone): `code` is its errcode. */
  | { readonly outcome: 'refused'; readonly code: string };

export interface PostOp {
  readonly roomId: string;
  /** Exactly these users, besides the bot, must be joined or invited; else `guarded`. */
  readonly members: readonly string[];
  readonly txnId: string;
  /**
   * On the desk side: `all-signed` (unless said) for a person's words: no device of a member may lack its owner's signature.
   * `some-signed`: for words of ours; they go to the signed devices, and each member must have one.
   */
  readonly devices?: 'all-signed' | 'some-signed';
  /** `m.notice` for the bot's own words, `m.text` for a person's. */
  readonly msgtype: 'm.text' | 'm.notice';
  readonly body: string;
  readonly replyTo?: string;
  /** Sends an edit (m.replace) of this own event instead of a new message. */
  readonly edits?: string;
}

/** A fixed text to a requester's chat that is unencrypted or has a third member (I5's exception): only from the words, never a person's. */
export interface FixedTextOp {
  readonly roomId: string;
  readonly txnId: string;
  readonly body: string;
}

export interface CreateRoomOp {
  /** Random; the room's alias while it is being made, so that a repeated call finds the room again. */
  readonly creationId: string;
  readonly invite: readonly string[];
  readonly federate: 'anywhere' | 'local-only';
  readonly direct: 'direct' | 'group';
  /** Shown in clients; the pseudonym or a fixed word; never a person's. Absent: no name. */
  readonly name?: string;
  /** Fixed words of ours that say nothing about anybody: the homeserver reads them, and so does every device. Absent: no topic. */
  readonly topic?: string;
}

export type CreateOutcome = { readonly outcome: 'made'; readonly roomId: string } | Exclude<RoomOutcome, { readonly outcome: 'accepted' }>;
export type PlainOutcome = { readonly outcome: 'done' } | Exclude<RoomOutcome, { readonly outcome: 'accepted' }>;

export interface RoomSight {
  readonly encrypted: 'yes' | 'no';
  readonly joined: readonly string[];
  readonly invited: readonly string[];
}

/** Things seen in a room, decrypted, in the room's order. `key` is unique for ever and the same when seen again. */
export interface RoomEvent {
  readonly key: string;
  readonly roomId: string;
  readonly sender: string;
  /**
   * Their display name in this room as it was last seen when this came, at most 256 code points; null: none. Anybody can call themselves
   * anything. It is only there to be taken out of what they write: never shown, never logged.
   */
  readonly senderName: string | null;
  /** What they were called in this room before that, as far as it was seen. Absent: nothing else. */
  readonly formerNames?: readonly string[];
  /** origin_server_ts, ms since 1970; the sender's server's word. */
  readonly at: number;
  /** Of the device that encrypted it. `clear`: it came unencrypted. */
  readonly device: 'signed' | 'unsigned' | 'clear';
  readonly what: RoomHappening;
}

export type RoomHappening =
  | { readonly type: 'text'; readonly eventId: string; readonly body: string; readonly replyTo: string | null }
  | { readonly type: 'edit'; readonly eventId: string; readonly of: string; readonly body: string }
  | { readonly type: 'removal'; readonly of: string }
  | { readonly type: 'reaction'; readonly eventId: string; readonly of: string; readonly symbol: string }
  /** A file, picture, voice message, sticker, location, poll: not carried. */
  | { readonly type: 'uncarried'; readonly eventId: string; readonly kind: 'file' | 'other' }
  /** Could not be decrypted after the tries of 10 s; if its key comes within a day it follows as `late`. */
  | { readonly type: 'unreadable'; readonly eventId: string; readonly why: 'no-key' | 'unsigned-device' | 'broken' }
  | { readonly type: 'late'; readonly eventId: string; readonly happening: RoomHappening }
  /** Somebody's membership changed; `who` may be the bot itself (kicked, banned). */
  | { readonly type: 'membership'; readonly who: string; readonly now: 'join' | 'leave' | 'invite' | 'ban' | 'knock' }
  /** The bot was invited. `others`: how many people besides inviter and bot are in the room, where known. */
  | { readonly type: 'invitation'; readonly inviter: string; readonly direct: 'direct' | 'group'; readonly encrypted: 'yes' | 'no' }
  | { readonly type: 'encryption-on' };

/** Commits one event to the store's inbox; the account's own raw inbox marks it only after this has resolved. */
export type TakeRoomEvent = (event: RoomEvent) => Promise<void>;

export interface MatrixAccount extends AsyncDisposable {
  readonly bot: BotName;
  readonly userId: string;
  post(op: PostOp): Promise<RoomOutcome>;
  postFixedText(op: FixedTextOp): Promise<RoomOutcome>;
  react(op: { readonly roomId: string; readonly txnId: string; readonly eventId: string; readonly symbol: string }): Promise<RoomOutcome>;
  redact(op: { readonly roomId: string; readonly txnId: string; readonly eventId: string }): Promise<RoomOutcome>;
  createRoom(op: CreateRoomOp): Promise<CreateOutcome>;
  invite(op: { readonly roomId: string; readonly userId: string }): Promise<PlainOutcome>;
  join(op: { readonly roomId: string }): Promise<PlainOutcome>;
  /** `reason`: fixed words of ours, which everybody in the room and its homeservers can read. */
  leave(op: { readonly roomId: string; readonly reason?: string }): Promise<PlainOutcome>;
  sight(roomId: string): Promise<RoomSight | 'unknown-room'>;
  /** Do all devices of this user carry their owner's signature, and is there at least one? */
  devices(userId: string): Promise<'all-signed' | 'some-unsigned' | 'none' | 'away'>;
  state(): { readonly state: 'ready' } | { readonly state: 'away'; readonly code: string };
}
