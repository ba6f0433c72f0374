// The one SQLite file of a Matrix account: a group transaction that may be held, and a generation that never goes back.
// Every value in it is sealed and every key hashed by those who write; this file sees neither.
import { closeSync, existsSync, fchmodSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { MatrixFault } from '#matrix/fault.ts';
import type { MatrixFaultCode } from '#matrix/fault.ts';
import type { Failpoint } from '#matrix/failpoint.ts';
import { makeSeal } from '#matrix/sealing.ts';
import type { Seal } from '#matrix/sealing.ts';
import { accountForm, accountSchema } from '#matrix/account-schema.ts';

/** Keeps the generation somewhere else as well, so that file and witness put back together from a copy are noticed. */
export interface GenerationWitness {
  readGeneration(): Promise<number | null>;
  keepGeneration(generation: number): Promise<void>;
}

export interface AccountFileOptions {
  readonly path: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** `existing`: a missing file is refused. `new`: made, unless there has been one whose witness file still stands here. `replacing`: made in any case. */
  readonly make: 'existing' | 'new' | 'replacing';
  readonly witness: GenerationWitness | null;
  /** Ends the process. Memory is ahead of the disk when it is called, so nothing may go on. */
  readonly die: (code: MatrixFaultCode) => void;
  readonly failpoint: Failpoint;
}

export type Row = Record<string, SQLOutputValue>;

export interface AccountFile extends AsyncDisposable {
  readonly seal: Seal;
  /** Writes inside the group transaction, which it opens when none is open. */
  write(sql: string, ...values: SQLInputValue[]): void;
  read(sql: string, ...values: SQLInputValue[]): readonly Row[];
  /** From here on nothing is committed and nobody who asks `free` goes on, until `release`. */
  hold(): void;
  /** Lets go and commits. */
  release(): void;
  readonly held: boolean;
  /** Resolves at once, or when the hold ends; rejects when the file is closed. */
  free(): Promise<void>;
  /** Commits what is open. While held it does nothing: the one who holds will commit. */
  commit(): void;
  /** Ends the process with a code; later calls throw. */
  end(code: MatrixFaultCode): never;
}

/** How long a group may stay open when nothing asks for a commit. */
const commitAfterMs = 50;
/** A sync is worked in well under a second; a hold that outlives this will never end. */
const holdLimitMs = 30_000;
/** The store's copy of the generation may lag by this much; the witness file does not. */
const keepEveryMs = 5_000;
const lockWaitMs = 1_000;

export async function openAccountFile(options: AccountFileOptions): Promise<AccountFile> {
  const witnessPath = `${options.path}-generation`;
  const seal = makeSeal(options.key);
  const besideIt = readWitnessFile(witnessPath);
  const kept = Math.max(besideIt, (await options.witness?.readGeneration()) ?? 0);
  const there = existsSync(options.path);
  // Whoever moves a file away to log in anew moves its witness file as well. What the store remembers refuses it to nobody: the new file
  // begins above that.
  if (!there && ((options.make === 'existing' && kept > 0) || (options.make === 'new' && besideIt > 0)))
    throw new MatrixFault('file-missing');
  if (!there && options.make === 'existing') throw new MatrixFault('no-login');

  if (there && options.make === 'replacing') discard(options.path);
  ownFile(options.path);
  const database = new DatabaseSync(options.path, { timeout: lockWaitMs });
  let generation: number;
  try {
    generation = prepare(database, { seal, kept, there });
  } catch (error) {
    database.close();
    throw error;
  }
  const witnessFile = openSync(witnessPath, existsSync(witnessPath) ? 'r+' : 'w+', 0o600);

  const statements = new Map<string, StatementSync>();
  let state: 'open' | 'closed' | 'dead' = 'open';
  let group: 'none' | 'open' = 'none';
  let held = false;
  let waiters: PromiseWithResolvers<void>[] = [];
  let commitTimer: NodeJS.Timeout | null = null;
  let holdTimer: NodeJS.Timeout | null = null;
  let keeping: Promise<void> | null = null;
  let keptInStore = kept;
  let keptAt = 0;

  function end(code: MatrixFaultCode): never {
    if (state === 'open') {
      state = 'dead';
      options.die(code);
    }
    throw new MatrixFault('dead');
  }

  function guarded<Value>(act: () => Value): Value {
    if (state !== 'open') throw new MatrixFault(state);
    try {
      return act();
    } catch (error) {
      return end(sqliteCode(error));
    }
  }

  function statement(sql: string): StatementSync {
    let found = statements.get(sql);
    if (found === undefined) {
      found = database.prepare(sql);
      statements.set(sql, found);
    }
    return found;
  }

  function begin(): void {
    if (group === 'open') return;
    database.exec('BEGIN IMMEDIATE');
    group = 'open';
    commitTimer = setTimeout(() => {
      commitTimer = null;
      if (state === 'open') commit();
    }, commitAfterMs);
  }

  function commit(): void {
    if (held || group === 'none') return;
    guarded(() => {
      options.failpoint('commit');
      const next = generation + 1;
      statement("UPDATE meta SET value = ? WHERE name = 'generation'").run(next);
      database.exec('COMMIT');
      group = 'none';
      generation = next;
      if (commitTimer !== null) clearTimeout(commitTimer);
      commitTimer = null;
      options.failpoint('committed');
      // After COMMIT, never before: the witness may lag behind the file but must not lead it.
      writeSync(witnessFile, witnessText(generation), 0);
    });
    keepInStore();
  }

  function keepInStore(): void {
    const witness = options.witness;
    if (witness === null || keeping !== null || Date.now() - keptAt < keepEveryMs || keptInStore >= generation) return;
    const now = generation;
    keptAt = Date.now();
    keeping = witness.keepGeneration(now).then(
      () => {
        keptInStore = now;
        keeping = null;
      },
      // The store is away: the witness file still stands, and the next commit tries again.
      () => {
        keeping = null;
      },
    );
  }

  return {
    seal,
    end,
    commit,
    get held() {
      return held;
    },
    write(sql, ...values) {
      guarded(() => {
        begin();
        statement(sql).run(...values);
      });
    },
    read: (sql, ...values) => guarded(() => statement(sql).all(...values)),
    hold() {
      held = true;
      holdTimer ??= setTimeout(() => {
        // Thrown out of a timer it would reach nobody; `end` has ended the process by then.
        try {
          end('hold-stuck');
        } catch {
          /* the process is ending */
        }
      }, holdLimitMs);
    },
    release() {
      held = false;
      if (holdTimer !== null) clearTimeout(holdTimer);
      holdTimer = null;
      commit();
      const woken = waiters;
      waiters = [];
      for (const waiter of woken) waiter.resolve();
    },
    async free() {
      if (state !== 'open') throw new MatrixFault(state);
      if (!held) return;
      const waiter = Promise.withResolvers<void>();
      waiters.push(waiter);
      await waiter.promise;
    },
    async [Symbol.asyncDispose]() {
      if (state === 'closed') return;
      const whole = state === 'open' && !held;
      if (whole) commit();
      state = 'closed';
      if (commitTimer !== null) clearTimeout(commitTimer);
      if (holdTimer !== null) clearTimeout(holdTimer);
      for (const waiter of waiters) waiter.reject(new MatrixFault('closed'));
      // A held or failed group is not whole: closing drops it, and the server sends that sync again.
      database.close();
      closeSync(witnessFile);
      await keeping;
      if (whole && options.witness !== null && keptInStore < generation)
        await options.witness.keepGeneration(generation).catch(() => undefined);
    },
  };
}

/** Takes the lock, makes or checks the schema, proves the key, compares generations. Returns the file's generation. */
function prepare(database: DatabaseSync, facts: { seal: Seal; kept: number; there: boolean }): number {
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;');
    // EXCLUSIVE takes the lock at the first access: this is it. A second process fails here.
    database.exec('BEGIN IMMEDIATE');
    const form = database.prepare('PRAGMA user_version').get()?.['user_version'];
    if (form === 0) {
      database.exec(accountSchema);
      database.exec(`PRAGMA user_version = ${accountForm}`);
      // A new file begins above whatever was kept of an older one, so that the older one stays refused.
      database
        .prepare("INSERT INTO meta (name, value) VALUES ('generation', ?), ('proof', ?)")
        .run(facts.kept, facts.seal.seal('meta|proof', new Uint8Array(0)));
    } else if (form !== accountForm) {
      throw new MatrixFault('file-form');
    }
    database.exec('COMMIT');
  } catch (error) {
    if (error instanceof MatrixFault) throw error;
    const code = sqliteCode(error);
    throw new MatrixFault(code === 'file-failed' ? 'file-broken' : code);
  }
  const value = (name: string): SQLOutputValue | undefined =>
    database.prepare('SELECT value FROM meta WHERE name = ?').get(name)?.['value'];
  const proof = value('proof');
  const generation = value('generation');
  if (!(proof instanceof Uint8Array) || typeof generation !== 'number') throw new MatrixFault('file-broken');
  facts.seal.open('meta|proof', proof);
  if (generation < facts.kept) throw new MatrixFault('file-old');
  return generation;
}

/** Throws a file away, unless somebody has it open. */
function discard(path: string): void {
  const database = new DatabaseSync(path, { timeout: lockWaitMs });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;');
  } catch (error) {
    // A broken one goes as well.
    if (sqliteCode(error) === 'file-locked') throw new MatrixFault('file-locked');
  } finally {
    database.close();
  }
  for (const end of ['', '-wal', '-journal']) rmSync(path + end, { force: true });
}

function ownFile(path: string): void {
  const file = openSync(path, 'a', 0o600);
  fchmodSync(file, 0o600);
  closeSync(file);
}

const witnessText = (generation: number): string => `${String(generation).padStart(16, '0')}\n`;

function readWitnessFile(path: string): number {
  if (!existsSync(path)) return 0;
  const generation = Number(readFileSync(path, 'utf8').trim());
  return Number.isSafeInteger(generation) && generation > 0 ? generation : 0;
}

/** SQLite's primary result codes, https://sqlite.org/rescode.html: 5 BUSY, 6 LOCKED, 11 CORRUPT, 13 FULL, 26 NOTADB. */
function sqliteCode(error: unknown): MatrixFaultCode {
  const code =
    typeof error === 'object' && error !== null && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
  if (code === 5 || code === 6) return 'file-locked';
  if (code === 11 || code === 26) return 'file-broken';
  if (code === 13) return 'disk-full';
  return 'file-failed';
}
