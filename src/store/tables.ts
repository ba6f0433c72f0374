// The tables as the query builder knows them, and the builder itself. It only compiles: statements run where a transaction is,
// without a wait inside, which no asynchronous driver could promise. A second dialect compiles the same queries.
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { Generated } from 'kysely';
import type { Instant, LaneId } from '#domain/ids.ts';
import type { Role } from '#relay/queue-port.ts';
import type { InboxRow, IndexEntry, OutboxRow, RecordRow, Timer } from '#relay/store-port.ts';

interface Numbered {
  /** Grows with each new row: what was written first comes first. */
  readonly n: Generated<number>;
}

interface LaneRow {
  readonly id: LaneId;
  readonly role: Role;
  readonly hash: Uint8Array;
  readonly nextSeq: number;
  readonly fence: number;
  readonly holder: string | null;
  readonly leaseUntil: Instant;
  readonly emptySince: Instant | null;
}

interface NoteRow {
  readonly name: string;
  readonly value: string;
}

export interface Tables {
  readonly records: RecordRow & Numbered;
  readonly entries: IndexEntry & Numbered;
  readonly lanes: LaneRow;
  readonly inbox: InboxRow;
  readonly outbox: OutboxRow;
  readonly timers: Timer;
  readonly notes: NoteRow;
}

export const query = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

export const recordColumns = ['kind', 'id', 'version', 'state', 'parent', 'owner', 'dueAt', 'form', 'epoch', 'sealed'] as const;
export const entryColumns = ['kind', 'hash', 'ref', 'owner', 'epoch', 'at', 'dropAt'] as const;
