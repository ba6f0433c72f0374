// The truth, behind a narrow port. It keeps bytes that it cannot read: all that says something about a person is sealed
// before it comes here (vault). Plain are random ids, states, versions, due times, epochs, and keyed hashes.
// A caller loads, decides, and commits one plan in one transaction; on a conflict it loads and decides again.
import type { Instant, LaneId } from '#domain/ids.ts';
import type { Role } from '#relay/queue-port.ts';

export type RecordKind = 'case' | 'volunteer' | 'committee' | 'contact' | 'room' | 'message' | 'question' | 'link';

export interface RecordRow {
  readonly kind: RecordKind;
  readonly id: string;
  /** 1 when first written; the store adds 1 at each later `put`. */
  readonly version: number;
  readonly state: string;
  /** The random id this record is found by besides its own: a case's holder, a message's case, a room's case or volunteer. */
  readonly parent: string | null;
  /** Whose key seals it: a case's or volunteer's id, or null for the storage key. Deleting that key forgets the record. */
  readonly owner: string | null;
  readonly dueAt: Instant | null;
  /** Version of the sealed value's form, for upgraders on reading. */
  readonly form: number;
  readonly epoch: number;
  readonly sealed: Uint8Array;
}

/** Equality look-ups by keyed hash. One hash may point to several refs (a contact with several cases). */
export type IndexKind = 'contact' | 'chat' | 'room' | 'event' | 'token' | 'verp' | 'message-id' | 'volunteer' | 'code' | 'robot-day';
export interface IndexEntry {
  readonly kind: IndexKind;
  readonly hash: Uint8Array;
  readonly ref: string;
  /** The case or volunteer that it goes away with; null: by its due time alone. */
  readonly owner: string | null;
  readonly epoch: number;
  readonly at: Instant;
  /** When it is to be dropped by rule, null: with its owner. */
  readonly dropAt: Instant | null;
}

export type InboxChannel = 'mail' | 'front' | 'desk' | 'outcome';
export type InboxState = 'received' | 'held' | 'quarantined' | 'done';
export interface InboxRow {
  readonly id: string;
  readonly lane: LaneId;
  readonly seq: number;
  readonly channel: InboxChannel;
  /** Keyed hash that makes the same thing, seen again, the same row. */
  readonly sourceHash: Uint8Array;
  readonly state: InboxState;
  readonly receivedAt: Instant;
  readonly notBefore: Instant;
  readonly attempts: number;
  /** The row's own key, wrapped; and the raw thing under it. Both empty once done. */
  readonly wrappedKey: Uint8Array;
  readonly sealed: Uint8Array;
}

export type OutboxState = 'gathering' | 'queued' | 'sending' | 'unsure';
export interface OutboxRow {
  readonly id: string;
  readonly lane: LaneId;
  readonly seq: number;
  readonly state: OutboxState;
  /** The lane gate: not sent before this. */
  readonly notBefore: Instant;
  readonly attempts: number;
  /** When the first try began, null before; a Matrix transaction id is good for a day from here. */
  readonly triedAt: Instant | null;
  readonly owner: string | null;
  readonly epoch: number;
  readonly sealed: Uint8Array;
}

export interface Timer {
  readonly id: string;
  readonly what: string;
  readonly ref: string;
  readonly dueAt: Instant;
}

/** One change. `expect` is the version that must still stand (`'new'`: the row must not exist). */
export type Write =
  | { readonly write: 'put'; readonly row: Omit<RecordRow, 'version'>; readonly expect: number | 'new' }
  | { readonly write: 'expect'; readonly kind: RecordKind; readonly id: string; readonly version: number }
  | { readonly write: 'drop'; readonly kind: RecordKind; readonly id: string }
  | { readonly write: 'index'; readonly entry: IndexEntry }
  | { readonly write: 'unindex'; readonly kind: IndexKind; readonly hash: Uint8Array; readonly ref?: string }
  /** Everything of this owner: records, index entries, outbox rows. Its key is the vault's to destroy. */
  | { readonly write: 'drop-owner'; readonly owner: string }
  /** A row whose `sourceHash` is already there changes nothing and is no conflict. `seq` is given by the store. */
  | { readonly write: 'inbox-add'; readonly row: Omit<InboxRow, 'seq'> }
  /** `expect` is the state that must still stand. */
  | {
      readonly write: 'inbox-change';
      readonly id: string;
      readonly expect: InboxState;
      readonly change: Partial<Pick<InboxRow, 'state' | 'notBefore' | 'attempts' | 'wrappedKey' | 'sealed' | 'lane'>>;
    }
  | { readonly write: 'outbox-add'; readonly row: Omit<OutboxRow, 'seq'> }
  | {
      readonly write: 'outbox-change';
      readonly id: string;
      readonly expect: readonly OutboxState[];
      readonly change: Partial<Pick<OutboxRow, 'state' | 'notBefore' | 'attempts' | 'triedAt' | 'sealed'>>;
    }
  | { readonly write: 'outbox-drop'; readonly id: string; readonly expect?: readonly OutboxState[] }
  /** Replaces a timer of the same id. */
  | { readonly write: 'timer'; readonly timer: Timer }
  | { readonly write: 'timer-drop'; readonly id: string }
  /** Plain facts of the service itself: counters, generations. Never about a person. */
  | { readonly write: 'note'; readonly name: string; readonly value: string };

export interface Plan {
  readonly writes: readonly Write[];
  /** The lease under which this was decided; a lost lease is a conflict. */
  readonly lease?: Lease;
}

export interface Lease {
  readonly lane: LaneId;
  readonly fence: number;
}

export type CommitOutcome =
  | { readonly outcome: 'committed'; /** inbox-add rows that were there before. */ readonly known: readonly string[] }
  | { readonly outcome: 'conflict' };

export interface RecordQuery {
  readonly kind: RecordKind;
  readonly states?: readonly string[];
  readonly parent?: string;
  readonly dueBefore?: Instant;
  readonly limit?: number;
}

export interface Store extends AsyncDisposable {
  get(kind: RecordKind, id: string): Promise<RecordRow | null>;
  /** Oldest written first. */
  find(query: RecordQuery): Promise<readonly RecordRow[]>;
  lookup(kind: IndexKind, hash: Uint8Array): Promise<readonly IndexEntry[]>;

  /** The lane of this role with this keyed hash, made when it is new. */
  lane(role: Role, hash: Uint8Array): Promise<LaneId>;
  laneRole(lane: LaneId): Promise<Role | null>;
  /** A fenced lease; null while somebody else's stands. Claiming one's own again renews it. */
  claim(lane: LaneId, holder: string, now: Instant, until: Instant): Promise<Lease | null>;
  release(lease: Lease): Promise<void>;
  /** At start of the only process: leases of an earlier one are void. */
  dropLeases(): Promise<void>;
  /** Lanes whose next row is due and that nobody has leased, oldest due first. */
  dueLanes(role: Role, now: Instant, limit: number): Promise<readonly LaneId[]>;
  /** When the next lane of this role becomes due, null: nothing waits. */
  nextDue(role: Role): Promise<Instant | null>;
  /** The first row in state `received`. */
  inboxHead(lane: LaneId): Promise<InboxRow | null>;
  inboxRow(id: string): Promise<InboxRow | null>;
  inboxInState(state: InboxState, limit: number): Promise<readonly InboxRow[]>;
  /** Was a row with this source hash ever taken (and not yet swept)? */
  inboxKnows(sourceHash: Uint8Array): Promise<boolean>;
  /**
   * The lane's next row: the first one, except that a row that gathers has not joined the line yet and holds up nothing. Once it is
   * due it goes from its own place, before what came after it.
   */
  outboxHead(lane: LaneId): Promise<OutboxRow | null>;
  /** All rows of the lane, in order. */
  outboxRows(lane: LaneId): Promise<readonly OutboxRow[]>;
  outboxRow(id: string): Promise<OutboxRow | null>;

  dueTimers(now: Instant, limit: number): Promise<readonly Timer[]>;
  timer(id: string): Promise<Timer | null>;
  note(name: string): Promise<string | null>;

  /** Drops `done` inbox rows received before, and index entries due before. */
  sweep(now: Instant, doneBefore: Instant): Promise<void>;
  /** Counts for health and status: nothing that names anybody. */
  counts(now: Instant): Promise<StoreCounts>;

  commit(plan: Plan): Promise<CommitOutcome>;
}

export interface StoreCounts {
  readonly recordsByState: Readonly<Record<string, number>>;
  readonly inboxByState: Readonly<Record<InboxState, number>>;
  readonly outbox: number;
  /** How long the oldest due inbox or outbox row has waited, ms; 0: nothing is due. */
  readonly oldestDueMs: number;
}
