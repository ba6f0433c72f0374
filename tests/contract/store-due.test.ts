// Looking for what is due, which the relay does every second, costs what waits, however many lanes there have ever been.
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { dueLanesQuery, nextDueQuery } from '#store/due.ts';
import { migrations } from '#store/migrations.ts';
import { noon } from '#tests/support/world.ts';

/** How SQLite goes about it, in its own words. */
const planOf = (query: { compile(): { readonly sql: string; readonly parameters: readonly unknown[] } }): readonly string[] => {
  const database = new DatabaseSync(':memory:');
  for (const sql of migrations) database.exec(sql);
  const { sql, parameters } = query.compile();
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(parameters as readonly (string | number)[]));
  database.close();
  return rows.map(({ detail }) => String(detail));
};

describe.each([
  ['lanes that are due', dueLanesQuery('mail-out', { now: noon, limit: 1_000 })],
  ['the next that will be', nextDueQuery('mail-out')],
])('%s', (_name, query) => {
  test('each waiting row asks for its own lane, and no lane is gone through for nothing', () => {
    const ofLanes = planOf(query).filter((step) => / lanes\b/u.test(step));
    expect(ofLanes).toEqual(['SEARCH lanes USING PRIMARY KEY (id=?)']);
  });
});
