// The store on one SQLite file that this process alone may have. Statements run one after the other without a wait between BEGIN
// and COMMIT, so a plan is there whole or not at all, and two plans of this process never mix.
import { join } from 'node:path';
import type { Chance } from '#relay/clock.ts';
import type { CommitOutcome, Plan, RecordQuery, Store } from '#relay/store-port.ts';
import { applyWrite, leaseStands } from '#store/apply-write.ts';
import { countAll } from '#store/counts.ts';
import { dueLanesQuery, nextDueQuery, outboxHeadQuery } from '#store/due.ts';
import { StoreFault } from '#store/fault.ts';
import { claimLane, dropAllLeases, findLane, releaseLease } from '#store/lanes.ts';
import { migrations } from '#store/migrations.ts';
import { openPrivateFile } from '#store/private-file.ts';
import type { PrivateFile } from '#store/private-file.ts';
import { firstRow, rows } from '#store/run.ts';
import { sweepOut } from '#store/sweep.ts';
import { entryColumns, query, recordColumns } from '#store/tables.ts';

export interface SqliteStore extends Store {
  /** Empties the write-ahead log, so that what was dropped is on disk nowhere. By itself after each `drop-owner`; nightly by the relay. */
  checkpoint(): Promise<void>;
}

export const storeFileName = 'hearken.sqlite';

/** The folder becomes 0700, its file 0600. Throws StoreFault; `store-in-use` when another process has it. */
export const openSqliteStore = async (options: { readonly folder: string; readonly chance: Chance }): Promise<SqliteStore> =>
  sqliteStore(openPrivateFile({ path: join(options.folder, storeFileName), migrations }), options.chance);

const commitPlan = (file: PrivateFile, plan: Plan): CommitOutcome =>
  file.transaction<CommitOutcome>(
    () => {
      if (plan.lease !== undefined && !leaseStands(file, plan.lease)) return { outcome: 'conflict' };
      const known: string[] = [];
      for (const write of plan.writes) {
        const applied = applyWrite(file, write);
        if (applied === 'conflict') return { outcome: 'conflict' };
        if (applied === 'known' && write.write === 'inbox-add') known.push(write.row.id);
      }
      return { outcome: 'committed', known };
    },
    ({ outcome }) => (outcome === 'conflict' ? 'undo' : 'keep'),
  );

const findQuery = (of: RecordQuery) => {
  let found = query.selectFrom('records').select(recordColumns).where('kind', '=', of.kind);
  if (of.states !== undefined) found = found.where('state', 'in', of.states);
  if (of.parent !== undefined) found = found.where('parent', '=', of.parent);
  if (of.dueBefore !== undefined) found = found.where('dueAt', '<=', of.dueBefore);
  if (of.limit !== undefined) found = found.limit(of.limit);
  return found.orderBy('n');
};

const sqliteStore = (file: PrivateFile, chance: Chance): SqliteStore => {
  let erasure: 'written' | 'owed' = 'written';
  let state: 'open' | 'closed' = 'open';

  /** The plan is committed by now: a disk that is full for the log's sake must not make it look as if it were not. */
  const writeErasure = (): void => {
    try {
      file.checkpoint();
      erasure = 'written';
    } catch {
      erasure = 'owed';
    }
  };

  const open = (): PrivateFile => {
    if (state === 'closed') throw new StoreFault('store-closed');
    return file;
  };

  return {
    async get(kind, id) {
      return firstRow(open(), query.selectFrom('records').select(recordColumns).where('kind', '=', kind).where('id', '=', id));
    },
    async find(of) {
      return rows(open(), findQuery(of));
    },
    async lookup(kind, hash) {
      return rows(open(), query.selectFrom('entries').select(entryColumns).where('kind', '=', kind).where('hash', '=', hash).orderBy('n'));
    },

    async lane(role, hash) {
      return findLane(open(), { role, hash, chance });
    },
    async laneRole(lane) {
      return firstRow(open(), query.selectFrom('lanes').select('role').where('id', '=', lane))?.role ?? null;
    },
    async claim(lane, holder, now, until) {
      return claimLane(open(), { lane, holder, now, until });
    },
    async release(lease) {
      releaseLease(open(), lease);
    },
    async dropLeases() {
      dropAllLeases(open());
    },
    async dueLanes(role, now, limit) {
      return rows(open(), dueLanesQuery(role, { now, limit })).map(({ id }) => id);
    },
    async nextDue(role) {
      return firstRow(open(), nextDueQuery(role))?.due ?? null;
    },

    async inboxHead(lane) {
      return firstRow(
        open(),
        query.selectFrom('inbox').selectAll().where('lane', '=', lane).where('state', '=', 'received').orderBy('seq').limit(1),
      );
    },
    async inboxRow(id) {
      return firstRow(open(), query.selectFrom('inbox').selectAll().where('id', '=', id));
    },
    async inboxInState(inState, limit) {
      return rows(
        open(),
        query.selectFrom('inbox').selectAll().where('state', '=', inState).orderBy('receivedAt').orderBy('id').limit(limit),
      );
    },
    async inboxKnows(sourceHash) {
      return firstRow(open(), query.selectFrom('inbox').select('id').where('sourceHash', '=', sourceHash)) !== null;
    },
    async outboxHead(lane) {
      return firstRow(open(), outboxHeadQuery(lane));
    },
    async outboxRows(lane) {
      return rows(open(), query.selectFrom('outbox').selectAll().where('lane', '=', lane).orderBy('seq'));
    },
    async outboxRow(id) {
      return firstRow(open(), query.selectFrom('outbox').selectAll().where('id', '=', id));
    },

    async dueTimers(now, limit) {
      return rows(open(), query.selectFrom('timers').selectAll().where('dueAt', '<=', now).orderBy('dueAt').orderBy('id').limit(limit));
    },
    async timer(id) {
      return firstRow(open(), query.selectFrom('timers').selectAll().where('id', '=', id));
    },
    async note(name) {
      return firstRow(open(), query.selectFrom('notes').select('value').where('name', '=', name))?.value ?? null;
    },

    async sweep(now, doneBefore) {
      open().transaction(
        () => sweepOut(file, { now, doneBefore }),
        () => 'keep',
      );
    },
    async counts(now) {
      return countAll(open(), now);
    },

    async commit(plan) {
      const outcome = commitPlan(open(), plan);
      if (outcome.outcome === 'committed' && plan.writes.some(({ write }) => write === 'drop-owner')) erasure = 'owed';
      if (erasure === 'owed') writeErasure();
      return outcome;
    },
    async checkpoint() {
      open().checkpoint();
      erasure = 'written';
    },
    async [Symbol.asyncDispose]() {
      if (state === 'closed') return;
      state = 'closed';
      file[Symbol.dispose]();
    },
  };
};
