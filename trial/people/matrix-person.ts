// A person at an ordinary Matrix client with encryption: the same for both implementations that play one.
import type { RawSeen } from './raw-seen.ts';
import type { Homeserver, MatrixAccountOfTrial } from '../servers/matrix-accounts.ts';

export interface MatrixPersonOptions {
  readonly homeserver: Homeserver;
  readonly account: MatrixAccountOfTrial;
  /** `unsigned`: the person never set up cross-signing. Default: signed by its owner. */
  readonly device?: 'signed' | 'unsigned';
}

export interface SeenRoom {
  readonly roomId: string;
  readonly membership: 'join' | 'invite';
  readonly name: string | null;
  /** Of an invitation. */
  readonly inviter: string | null;
  /** Of an invitation: as far as the client tells. */
  readonly encrypted: 'yes' | 'no';
  /** Joined, the person included; known for joined rooms only. */
  readonly joined: readonly string[];
  readonly invited: readonly string[];
}

/** Something that another account did in a room, as this client could read it. */
export interface SeenEvent {
  readonly roomId: string;
  readonly eventId: string;
  readonly sender: string;
  /** ms since 1970, by the sender's server. */
  readonly at: number;
  readonly encrypted: 'yes' | 'no';
  readonly what: SeenWhat;
}

export type SeenWhat =
  | { readonly type: 'text'; readonly msgtype: string; readonly body: string; readonly replyTo: string | null }
  | { readonly type: 'edit'; readonly of: string; readonly body: string }
  | { readonly type: 'reaction'; readonly of: string; readonly symbol: string }
  | { readonly type: 'removal'; readonly of: string }
  | { readonly type: 'membership'; readonly who: string; readonly now: string }
  /** Could not be decrypted; if the key comes later, the event is seen again as what it is. */
  | { readonly type: 'unreadable' }
  | { readonly type: 'other'; readonly eventType: string };

export interface Waiting {
  /** Default: 20 s. */
  readonly deadlineMs?: number;
}

export interface SayOptions {
  /** An event that this answers. */
  readonly replyTo?: string;
  /** Default: `m.text`. */
  readonly msgtype?: string;
}

export interface MatrixPerson extends AsyncDisposable {
  readonly implementation: 'matrix-js-sdk' | 'matrix-nio';
  readonly userId: string;
  readonly deviceId: string;

  /** Their computer sleeps, and wakes: until then nothing is seen, and what came meanwhile is seen afterwards. */
  sleep(): void;
  wake(): void;
  rooms(): Promise<readonly SeenRoom[]>;
  /** The first room that fits, for instance an invitation by the desk bot. */
  waitForRoom(matching: (room: SeenRoom) => boolean, waiting?: Waiting): Promise<SeenRoom>;
  join(roomId: string): Promise<void>;
  leave(roomId: string): Promise<void>;
  invite(roomId: string, userId: string): Promise<void>;
  /** Resolves to the id of a new room with this user invited. Default: encrypted. */
  startChat(userId: string, encryption?: 'encrypted' | 'unencrypted'): Promise<string>;
  /** Resolves to the id of a new encrypted room for several, with these invited. */
  startGroup(userIds: readonly string[]): Promise<string>;
  /** Verifies another device of this person. Only the SDK's client can. */
  signDevice(deviceId: string): Promise<void>;

  /** These resolve to the new event's id. In an encrypted room nothing goes out unencrypted but reactions and removals. */
  say(roomId: string, body: string, options?: SayOptions): Promise<string>;
  edit(roomId: string, eventId: string, body: string): Promise<string>;
  react(roomId: string, eventId: string, symbol: string): Promise<string>;
  remove(roomId: string, eventId: string): Promise<string>;
  /** A file's event; nothing is uploaded. */
  sendFile(roomId: string, fileName: string): Promise<string>;
  /** An event with exactly this content, as some client somewhere might make it. */
  sendEvent(roomId: string, event: { readonly type: string; readonly content: object }): Promise<string>;

  /** Everything seen so far, oldest first. */
  readonly seen: readonly SeenEvent[];
  /** The same as they came, decrypted, with all that stands in them. */
  readonly seenWhole: readonly RawSeen[];
  /** The first that fits, seen already or still to come. */
  waitFor(matching: (event: SeenEvent) => boolean, waiting?: Waiting): Promise<SeenEvent>;
  /** The first text in this room, after `after` if given, that contains `part`. */
  waitForText(roomId: string, part: string, waiting?: Waiting & { readonly after?: SeenEvent }): Promise<SeenEvent>;
}
