// The sweeper: lanes leave when their gate opens, and whatever becomes of wakes.
import { describe, expect, onTestFinished, test } from 'vitest';
import { instant } from '#domain/ids.ts';
import type { Instant, LaneId } from '#domain/ids.ts';
import { oneRunPerLane } from '#queue/one-run-per-lane.ts';
import { startSweeper } from '#queue/sweeper.ts';
import type { LogEvent } from '#relay/log.ts';
import type { Store } from '#relay/store-port.ts';
import { memoryQueue } from '#tests/support/memory-queue.ts';
import type { MemoryQueue } from '#tests/support/memory-queue.ts';
import { memoryStore } from '#tests/support/memory-store.ts';
import { bytes, send } from '#tests/support/store-rows.ts';
import { until } from '#tests/support/until.ts';
import { systemChance } from '#vault/system-chance.ts';
import { systemClock } from '#vault/system-clock.ts';
import type { SystemClock } from '#vault/system-clock.ts';
import { gate } from './queue-suite.ts';

interface Ground {
  readonly store: Store;
  readonly queue: MemoryQueue;
  readonly clock: SystemClock;
  readonly logged: LogEvent[];
  /** What was drained, and when. */
  readonly drained: { readonly row: string; readonly at: Instant }[];
  readonly add: (lane: string, row: { readonly id: string; readonly inMs: number }) => Promise<LaneId>;
}

/** `drop`: what a drain does with a row; it is gone unless this throws. */
const start = async (drop: (row: string) => Promise<void> = async () => undefined): Promise<Ground> => {
  const logged: LogEvent[] = [];
  const log = (event: LogEvent): void => void logged.push(event);
  const store = memoryStore({ chance: systemChance() });
  const queue = memoryQueue({ log });
  const clock = systemClock();
  const drained: Ground['drained'] = [];
  const drain = oneRunPerLane(async (lane) => {
    for (;;) {
      const head = await store.outboxHead(lane as LaneId);
      if (head === null || head.notBefore > clock.now()) return;
      drained.push({ row: head.id, at: clock.now() });
      await drop(head.id);
      await store.commit({ writes: [{ write: 'outbox-drop', id: head.id }] });
    }
  });
  queue.serve('mail-out', drain);
  const sweeper = startSweeper({ store, queue, clock, log, roles: ['core', 'mail-out'], drain: (_, lane) => drain(lane) });
  onTestFinished(() => sweeper[Symbol.asyncDispose]());
  const add: Ground['add'] = async (name, { id, inMs }) => {
    const lane = await store.lane('mail-out', bytes(name));
    await store.commit({ writes: [send(lane, { id, notBefore: instant(clock.now() + inMs) })] });
    return lane;
  };
  return { store, queue, clock, logged, drained, add };
};

describe('gates', () => {
  test('a row leaves at the moment when its gate opens, though nobody woke its lane then', async () => {
    const { drained, add, clock } = await start();
    const due = clock.now() + 1_500;
    await add('a', { id: '1', inMs: 1_500 });
    await until('the row', () => drained.length === 1);
    const late = (drained[0]?.at ?? 0) - due;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(400);
  });

  test('a row whose gate opens opens at its time also beside a lane that fails', async () => {
    const { drained, add, clock } = await start(async (row) => {
      if (row === 'bad') throw new Error('broken');
    });
    await add('bad', { id: 'bad', inMs: 0 });
    const due = clock.now() + 2_500;
    await add('good', { id: 'good', inMs: 2_500 });
    await until('the good row', () => drained.some(({ row }) => row === 'good'));
    expect((drained.find(({ row }) => row === 'good')?.at ?? 0) - due).toBeLessThan(1_300);
  });

  test('when the clock is put forward, what is due by then leaves within a second', async () => {
    const { drained, add, clock } = await start();
    await add('a', { id: '1', inMs: 3_600_000 });
    clock.setOffset(3_600_001);
    await until('the row', () => drained.length === 1, { deadlineMs: 1_500 });
  });
});

describe('lost wakes', () => {
  test('a wake that was lost is made up for, over the queue', async () => {
    const { queue, drained, add } = await start();
    queue.become('deaf');
    const lane = await add('a', { id: '1', inMs: 0 });
    queue.wake('mail-out', lane);
    queue.become('ready');
    await until('the row', () => drained.length === 1, { deadlineMs: 1_500 });
  });

  test('with the queue away, lanes are drained here', async () => {
    const { queue, drained, add } = await start();
    queue.become('away');
    await add('a', { id: '1', inMs: 0 });
    await add('b', { id: '2', inMs: 0 });
    await until('both rows', () => drained.length === 2, { deadlineMs: 1_500 });
  });

  test('with the queue away, many lanes that wait for somebody do not hold up another (I11)', async () => {
    const hold = gate();
    const { queue, drained, add } = await start(async (row) => {
      if (row.startsWith('slow')) await hold.passed;
    });
    queue.become('away');
    for (let n = 0; n < 40; n += 1) await add(`slow ${n}`, { id: `slow ${n}`, inMs: 0 });
    await until('the first ones', () => drained.length >= 16);
    await add('good', { id: 'good', inMs: 0 });
    await until('the good row', () => drained.some(({ row }) => row === 'good'), { deadlineMs: 6_000 });
    hold.open();
  });

  test('a queue that takes wakes and does nothing is not waited for longer than a few seconds', async () => {
    const { queue, drained, add } = await start();
    queue.become('deaf');
    await add('a', { id: '1', inMs: 0 });
    await until('the row', () => drained.length === 1, { deadlineMs: 6_000 });
    expect(queue.state()).toBe('ready');
  });

  test('a lane that somebody has leased is left alone', async () => {
    const { store, queue, clock, drained, add } = await start();
    queue.become('away');
    const lane = await store.lane('mail-out', bytes('a'));
    const lease = await store.claim(lane, 'another', clock.now(), instant(clock.now() + 60_000));
    await add('a', { id: '1', inMs: 0 });
    await add('b', { id: '2', inMs: 0 });
    await until('the free lane', () => drained.length === 1, { deadlineMs: 1_500 });
    expect(drained.map(({ row }) => row)).toEqual(['2']);
    if (lease === null) throw new Error('not claimed');
    await store.release(lease);
    await until('the other', () => drained.length === 2, { deadlineMs: 1_500 });
  });
});

describe('failing drains', () => {
  test('are told by their code, tried again with growing pauses, and do not hold up others', async () => {
    let failing: 'yes' | 'no' = 'yes';
    const { queue, drained, logged, add } = await start(async (row) => {
      if (row === 'bad' && failing === 'yes') throw Object.assign(new Error('to somebody@example.org'), { code: 'disk-full' });
    });
    queue.become('away');
    await add('bad', { id: 'bad', inMs: 0 });
    await add('good', { id: 'good', inMs: 0 });
    await until('the good one', () => drained.some(({ row }) => row === 'good'), { deadlineMs: 1_500 });
    const tries = (): readonly Instant[] => drained.filter(({ row }) => row === 'bad').map(({ at }) => at);
    await until('three tries', () => tries().length === 3, { deadlineMs: 8_000 });
    const [first = 0, second = 0, third = 0] = tries();
    // Lower bounds, since a busy machine only makes pauses longer: a second after the first failure, two after the next.
    expect(second - first).toBeGreaterThanOrEqual(950);
    expect(third - second).toBeGreaterThanOrEqual(1_950);
    expect(logged.length).toBeGreaterThanOrEqual(2);
    for (const event of logged) expect(event).toEqual({ event: 'fault', where: 'drain.mail-out', code: 'disk-full' });
    failing = 'no';
    await until('its end', () => tries().length === 4, { deadlineMs: 8_000 });
  });
});

describe('one run per lane', () => {
  test('runs of a lane follow each other, and calls during a run share one more', async () => {
    const holds = [gate(), gate()];
    let begun = 0;
    const run = oneRunPerLane(async () => holds[begun++]?.passed);
    const first = run('a');
    const second = run('a');
    expect(run('a')).toBe(second);
    expect(begun).toBe(1);
    holds[0]?.open();
    await first;
    await until('the second run', () => begun === 2);
    const third = run('a');
    expect(third).not.toBe(second);
    holds[1]?.open();
    await Promise.all([second, third]);
    expect(begun).toBe(3);
    await run('a');
    expect(begun).toBe(4);
  });

  test('lanes do not wait for each other, and a run that fails lets the next one run', async () => {
    const hold = gate();
    const seen: string[] = [];
    const run = oneRunPerLane(async (lane) => {
      seen.push(lane);
      if (lane === 'held') await hold.passed;
      if (lane === 'bad' && seen.filter((each) => each === 'bad').length === 1) throw new Error('bad');
    });
    const held = run('held');
    const bad = run('bad');
    const again = run('bad');
    await expect(bad).rejects.toThrow('bad');
    await again;
    expect(seen).toEqual(['held', 'bad', 'bad']);
    hold.open();
    await held;
  });
});
