// The store's contract, on the fake and on SQLite; and both give the same answers to any plans.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instant } from '#domain/ids.ts';
import type { LaneId } from '#domain/ids.ts';
import type { Role } from '#relay/queue-port.ts';
import type { Lease, Store, Write } from '#relay/store-port.ts';
import { openSqliteStore } from '#store/sqlite-store.ts';
import { countedChance } from '#tests/support/counted-chance.ts';
import { memoryStore } from '#tests/support/memory-store.ts';
import { anEntry, anInboxRow, anOutboxRow, aRecord, bytes } from '#tests/support/store-rows.ts';
import { temporaryFolder } from '#tests/support/temporary-folder.ts';
import { storeContract } from './store-suite.ts';

storeContract('in memory', async () => memoryStore({ chance: countedChance() }));
storeContract('on SQLite', () => openSqliteStore({ folder: temporaryFolder(), chance: countedChance() }));

const time = fc.nat({ max: 12 }).map(instant);
const few = (prefix: string, max: number): fc.Arbitrary<string> => fc.nat({ max }).map((n) => `${prefix}${n}`);
const owner = fc.option(few('owner', 2));
const kind = fc.constantFrom('case', 'room');
const inboxState = fc.constantFrom('received', 'held', 'done');
const outboxState = fc.constantFrom('gathering', 'queued', 'sending');
const role = fc.constantFrom<Role>('core', 'mail-out');
const hash = few('hash', 2).map(bytes);
/** Lane ids are counted, so that some of these are there and some are not yet. */
const lane = fc.nat({ max: 4 }).map((n) => `id${String(n + 1).padStart(6, '0')}` as LaneId);
const id = few('x', 4);

const write: fc.Arbitrary<Write> = fc.oneof(
  fc
    .record({
      id,
      kind,
      state: few('s', 1),
      parent: fc.option(few('p', 1)),
      owner,
      dueAt: fc.option(time),
      expect: fc.oneof(fc.constant('new' as const), fc.integer({ min: 1, max: 3 })),
    })
    .map(({ expect: version, ...row }): Write => ({ write: 'put', row: aRecord(row), expect: version })),
  fc.record({ kind, id, version: fc.integer({ min: 1, max: 3 }) }).map((of): Write => ({ write: 'expect', ...of })),
  fc.record({ kind, id }).map((of): Write => ({ write: 'drop', ...of })),
  fc
    .record({ ref: few('r', 2), hash, owner, dropAt: fc.option(time), at: time })
    .map((entry): Write => ({ write: 'index', entry: anEntry(entry) })),
  fc.record({ hash, ref: few('r', 2) }).map((of): Write => ({ write: 'unindex', kind: 'contact', ...of })),
  fc.record({ hash }).map((of): Write => ({ write: 'unindex', kind: 'contact', ...of })),
  few('owner', 2).map((of): Write => ({ write: 'drop-owner', owner: of })),
  fc
    .record({ lane, row: fc.record({ id, sourceHash: hash, notBefore: time, receivedAt: time, state: inboxState }) })
    .map((of): Write => ({ write: 'inbox-add', row: anInboxRow(of.lane, of.row) })),
  fc
    .record({ id, expect: inboxState, change: fc.record({ state: inboxState, notBefore: time, lane }, { requiredKeys: [] }) })
    .map((of): Write => ({ write: 'inbox-change', ...of })),
  fc
    .record({ lane, row: fc.record({ id, state: outboxState, notBefore: time, owner }) })
    .map((of): Write => ({ write: 'outbox-add', row: anOutboxRow(of.lane, of.row) })),
  fc
    .record({
      id,
      expect: fc.array(outboxState, { minLength: 1 }),
      change: fc.record(
        { state: outboxState, notBefore: time, attempts: fc.nat({ max: 3 }), triedAt: fc.option(time) },
        { requiredKeys: [] },
      ),
    })
    .map((of): Write => ({ write: 'outbox-change', ...of })),
  fc.record({ id }).map((of): Write => ({ write: 'outbox-drop', ...of })),
  fc.record({ id, expect: fc.array(outboxState, { minLength: 1 }) }).map((of): Write => ({ write: 'outbox-drop', ...of })),
  fc.record({ id, what: few('w', 1), ref: few('r', 1), dueAt: time }).map((timer): Write => ({ write: 'timer', timer })),
  fc.record({ id }).map((of): Write => ({ write: 'timer-drop', ...of })),
  fc.record({ name: few('n', 1), value: few('v', 3) }).map((of): Write => ({ write: 'note', ...of })),
);

type Step =
  | { readonly step: 'commit'; readonly writes: readonly Write[]; readonly lease: Lease | null }
  | { readonly step: 'lane'; readonly role: Role; readonly hash: Uint8Array }
  | { readonly step: 'claim'; readonly lane: LaneId; readonly holder: string; readonly now: number; readonly ms: number }
  | { readonly step: 'release'; readonly lease: Lease }
  | { readonly step: 'drop-leases' }
  | { readonly step: 'sweep'; readonly now: number; readonly doneBefore: number };

const lease = fc.record({ lane, fence: fc.integer({ min: 1, max: 3 }) });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      step: fc.constant('commit' as const),
      writes: fc.array(write, { maxLength: 3 }),
      lease: fc.option(lease, { freq: 6 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ step: fc.constant('lane' as const), role, hash }) },
  {
    weight: 3,
    arbitrary: fc.record({ step: fc.constant('claim' as const), lane, holder: few('h', 1), now: time, ms: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('release' as const), lease }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('drop-leases' as const) }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('sweep' as const), now: time, doneBefore: time }) },
);

const take = async (store: Store, of: Step): Promise<unknown> => {
  switch (of.step) {
    case 'commit':
      return store.commit(of.lease === null ? { writes: of.writes } : { writes: of.writes, lease: of.lease }).catch(codeOf);
    case 'lane':
      return store.lane(of.role, of.hash);
    case 'claim':
      return store.claim(of.lane, of.holder, instant(of.now), instant(of.now + of.ms));
    case 'release':
      return store.release(of.lease);
    case 'drop-leases':
      return store.dropLeases();
    case 'sweep':
      return store.sweep(instant(of.now), instant(of.doneBefore));
  }
};

const codeOf = (fault: unknown): string => (fault instanceof Error && 'code' in fault ? String(fault.code) : 'no code');

const someIds = ['x0', 'x1', 'x2', 'x3', 'x4'];
const someLanes = [1, 2, 3, 4, 5].map((n) => `id${String(n).padStart(6, '0')}` as LaneId);
const someHashes = ['hash0', 'hash1', 'hash2'].map(bytes);

const everything = async (store: Store): Promise<unknown> => ({
  cases: await store.find({ kind: 'case' }),
  due: await store.find({ kind: 'room', dueBefore: instant(6) }),
  byParent: await store.find({ kind: 'case', parent: 'p0', states: ['s0'], limit: 2 }),
  gotten: await Promise.all(someIds.map((one) => store.get('room', one))),
  entries: await Promise.all(someHashes.map((one) => store.lookup('contact', one))),
  lanes: await Promise.all(
    someLanes.map(async (one) => [
      await store.laneRole(one),
      await store.inboxHead(one),
      await store.outboxHead(one),
      await store.outboxRows(one),
    ]),
  ),
  inbox: await Promise.all(someIds.map((one) => store.inboxRow(one))),
  held: await store.inboxInState('held', 2),
  knows: await Promise.all(someHashes.map((one) => store.inboxKnows(one))),
  outbox: await Promise.all(someIds.map((one) => store.outboxRow(one))),
  timers: [await store.dueTimers(instant(6), 3), await store.timer('x0')],
  notes: [await store.note('n0'), await store.note('n1')],
  dueLanes: await Promise.all(
    [0, 6, 12].map(async (now) => [await store.dueLanes('core', instant(now), 2), await store.dueLanes('mail-out', instant(now), 9)]),
  ),
  nextDue: [await store.nextDue('core'), await store.nextDue('mail-out')],
  counts: await store.counts(instant(6)),
});

test('the fake and SQLite give the same answers, whatever is asked of them', { timeout: 60_000 }, async () => {
  await using real = await openSqliteStore({ folder: temporaryFolder(), chance: countedChance() });
  expect(await real.counts(instant(0))).toMatchObject({ outbox: 0 });
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), async (steps) => {
      const folder = temporaryFolder();
      await using sqlite = await openSqliteStore({ folder, chance: countedChance() });
      await using memory = memoryStore({ chance: countedChance() });
      for (const one of steps) {
        expect(await take(sqlite, one)).toEqual(await take(memory, one));
        taken += 1;
      }
      expect(await everything(sqlite)).toEqual(await everything(memory));
    }),
    { numRuns: 150 },
  );
  expect(taken).toBeGreaterThan(500);
});
