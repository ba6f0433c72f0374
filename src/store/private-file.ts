// Opens a SQLite file that this process alone may have: synced at each commit, erased bytes overwritten, readable by its owner only.
// The lock is held from opening to closing and is the kernel's, so that it ends with the process however that ends.
import { chmodSync, closeSync, fchmodSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { asStoreFault, StoreFault } from '#store/fault.ts';

export interface PrivateFileOptions {
  readonly path: string;
  /** SQL of each version, the first one first. Only ever added to. */
  readonly migrations: readonly string[];
}

export interface PrivateFile extends Disposable {
  /** Rows of one statement; statements are prepared once. Throws StoreFault, as all here does. */
  all(sql: string, values: readonly unknown[]): readonly Readonly<Record<string, unknown>>[];
  /** Runs one statement; how many rows it changed. */
  run(sql: string, values: readonly unknown[]): number;
  /** BEGIN IMMEDIATE, `work`, COMMIT; or nothing of it when `work` throws or answers `'undo'`. `work` must not wait. */
  transaction<Answer>(work: () => Answer, undo: (answer: Answer) => 'undo' | 'keep'): Answer;
  /** Moves the log into the file and empties it, so that what was erased is in neither. */
  checkpoint(): void;
}

/** Waiting for a lock blocks the whole process, so it is short: nobody else is expected to have the file. */
const busyMs = 100;
const statementsKept = 500;

const pragmas = [
  // Before the first access, so that no shared memory file is made and the lock is taken for good.
  'locking_mode = EXCLUSIVE',
  'journal_mode = WAL',
  'synchronous = FULL',
  'secure_delete = ON',
  'foreign_keys = ON',
  'temp_store = MEMORY',
  'wal_autocheckpoint = 1000',
];

const ownOnly = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  chmodSync(dirname(path), 0o700);
  // SQLite gives its log the same mode as the file.
  const file = openSync(path, 'a', 0o600);
  fchmodSync(file, 0o600);
  closeSync(file);
};

const versionOf = (database: DatabaseSync): number => {
  const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
  return typeof version === 'number' ? version : 0;
};

const migrate = (database: DatabaseSync, migrations: readonly string[]): void => {
  // The first access in exclusive mode takes the lock: a second process fails here.
  database.exec('BEGIN IMMEDIATE');
  const version = versionOf(database);
  if (version > migrations.length) throw new StoreFault('store-newer');
  for (const sql of migrations.slice(version)) database.exec(sql);
  database.exec(`PRAGMA user_version = ${migrations.length}`);
  database.exec('COMMIT');
};

/** Throws StoreFault: `store-in-use`, `store-newer`, `store-broken`, `store-unreachable`, `disk-full`. */
export const openPrivateFile = (options: PrivateFileOptions): PrivateFile => {
  let database: DatabaseSync;
  try {
    ownOnly(options.path);
    database = new DatabaseSync(options.path, { timeout: busyMs });
  } catch (thrown) {
    const fault = asStoreFault(thrown);
    throw fault.code === 'store-failed' ? new StoreFault('store-unreachable') : fault;
  }
  try {
    for (const pragma of pragmas) database.exec(`PRAGMA ${pragma}`);
    migrate(database, options.migrations);
  } catch (thrown) {
    database.close();
    throw asStoreFault(thrown);
  }
  return privateFile(database);
};

const privateFile = (database: DatabaseSync): PrivateFile => {
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= statementsKept) statements.clear();
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const guarded = <Answer>(work: () => Answer): Answer => {
    try {
      return work();
    } catch (thrown) {
      throw asStoreFault(thrown);
    }
  };
  return {
    all: (sql, values) => guarded(() => prepared(sql).all(...(values as readonly SQLInputValue[]))),
    run: (sql, values) => guarded(() => Number(prepared(sql).run(...(values as readonly SQLInputValue[])).changes)),
    transaction: (work, undo) =>
      guarded(() => {
        prepared('BEGIN IMMEDIATE').run();
        try {
          const answer = work();
          prepared(undo(answer) === 'undo' ? 'ROLLBACK' : 'COMMIT').run();
          return answer;
        } finally {
          // After a full disk SQLite may have rolled back by itself.
          if (database.isTransaction) database.exec('ROLLBACK');
        }
      }),
    checkpoint: () => guarded(() => database.exec('PRAGMA wal_checkpoint(TRUNCATE)')),
    [Symbol.dispose]() {
      statements.clear();
      if (database.isOpen) database.close();
    },
  };
};
