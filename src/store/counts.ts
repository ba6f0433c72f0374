// Counts for health and status: numbers per kind and state, nothing that names anybody.
import type { Instant } from '#domain/ids.ts';
import type { InboxState, StoreCounts } from '#relay/store-port.ts';
import { oldestDueQuery } from '#store/due.ts';
import type { PrivateFile } from '#store/private-file.ts';
import { firstRow, rows } from '#store/run.ts';
import { query } from '#store/tables.ts';

const recordCounts = () =>
  query
    .selectFrom('records')
    .select((eb) => ['kind', 'state', eb.fn.countAll<number>().as('count')])
    .groupBy(['kind', 'state']);

const inboxCounts = () =>
  query
    .selectFrom('inbox')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .groupBy('state');

const outboxCount = () => query.selectFrom('outbox').select((eb) => eb.fn.countAll<number>().as('count'));

export const countAll = (file: PrivateFile, now: Instant): StoreCounts => {
  const inboxByState: Record<InboxState, number> = { received: 0, held: 0, quarantined: 0, done: 0 };
  for (const { state, count } of rows(file, inboxCounts())) inboxByState[state] = count;
  const since = firstRow(file, oldestDueQuery(now))?.since ?? null;
  return {
    recordsByState: Object.fromEntries(rows(file, recordCounts()).map(({ kind, state, count }) => [`${kind}.${state}`, count])),
    inboxByState,
    outbox: firstRow(file, outboxCount())?.count ?? 0,
    oldestDueMs: since === null ? 0 : now - since,
  };
};
