// The queue's contract on the fake and on BullMQ with a real Valkey; and what happens when that one is away, wiped, killed or unfit.
import { setTimeout as pause } from 'node:timers/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { instant } from '#domain/ids.ts';
import type { LaneId } from '#domain/ids.ts';
import { openQueue } from '#queue/bullmq-queue.ts';
import { checkRedis } from '#queue/check-redis.ts';
import { oneRunPerLane } from '#queue/one-run-per-lane.ts';
import { startSweeper } from '#queue/sweeper.ts';
import type { LogEvent } from '#relay/log.ts';
import type { Queue } from '#relay/queue-port.ts';
import type { Store } from '#relay/store-port.ts';
import { memoryQueue } from '#tests/support/memory-queue.ts';
import { memoryStore } from '#tests/support/memory-store.ts';
import { startOwnValkey } from '#tests/support/own-valkey.ts';
import type { OwnValkey } from '#tests/support/own-valkey.ts';
import { bytes, send } from '#tests/support/store-rows.ts';
import { until } from '#tests/support/until.ts';
import { systemChance } from '#vault/system-chance.ts';
import { systemClock } from '#vault/system-clock.ts';
import { queueContract } from './queue-suite.ts';
import type { OpenedQueue } from './queue-suite.ts';

const chance = systemChance();
let valkey: OwnValkey;

beforeAll(async () => {
  valkey = await startOwnValkey();
});
afterAll(() => valkey[Symbol.asyncDispose]());

const openOn = async (url: string, prefix = chance.id()): Promise<OpenedQueue> => {
  const logged: LogEvent[] = [];
  const queue = await openQueue({ url, user: null, password: null, prefix, log: (event) => void logged.push(event) });
  onTestFinished(() => queue[Symbol.asyncDispose]());
  return { queue, logged };
};

test('what a killed process left behind does not hold up the only one that comes after it', async () => {
  const prefix = chance.id();
  const killed = await openOn(valkey.url, prefix);
  killed.queue.wake('core', 'lane-a');
  // It takes the job and its lock, and is heard of no more.
  const worker = new Worker('core', null, { connection: { host: '127.0.0.1', port: valkey.port }, prefix });
  onTestFinished(() => worker.close(true));
  await until('the job to be taken', async () => worker.getNextJob('its lock'));

  const after = await openQueue({ url: valkey.url, user: null, password: null, prefix, leftovers: 'void', log: () => undefined });
  onTestFinished(() => after[Symbol.asyncDispose]());
  const drained: string[] = [];
  after.serve('core', async (lane) => void drained.push(lane));
  after.wake('core', 'lane-a');
  await until('the lane to be drained at once', () => drained.length > 0, { deadlineMs: 3_000 });
});

queueContract('in memory', async () => {
  const logged: LogEvent[] = [];
  return { queue: memoryQueue({ log: (event) => void logged.push(event) }), logged };
});
queueContract('on Valkey', () => openOn(valkey.url));

const admin = async <Answer>(work: (redis: Redis) => Promise<Answer>): Promise<Answer> => {
  const redis = new Redis({ host: '127.0.0.1', port: valkey.port, lazyConnect: true });
  await redis.connect();
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
};

interface Relay {
  readonly store: Store;
  readonly queue: Queue;
  readonly logged: readonly LogEvent[];
  readonly drained: readonly string[];
  /** Commits a row in this lane and wakes it, as every part of the relay does. */
  readonly post: (lane: number, row: string) => Promise<void>;
}

/** A store, a queue and a sweeper, with a drain that works a lane off in order. */
const relayOn = async (opened: OpenedQueue): Promise<Relay> => {
  const { queue, logged } = opened;
  const clock = systemClock();
  const store = memoryStore({ chance });
  const drained: string[] = [];
  const lanes = await Promise.all(Array.from({ length: 20 }, (_, n) => store.lane('mail-out', bytes(`lane ${n}`))));
  const drain = oneRunPerLane(async (lane) => {
    for (;;) {
      const now = clock.now();
      const head = await store.outboxHead(lane as LaneId);
      if (head === null || head.notBefore > now) return;
      const lease = await store.claim(lane as LaneId, 'me', now, instant(now + 30_000));
      if (lease === null) return;
      await pause(1);
      drained.push(head.id);
      await store.commit({ writes: [{ write: 'outbox-drop', id: head.id }], lease });
      await store.release(lease);
    }
  });
  queue.serve('mail-out', drain);
  const sweeper = startSweeper({ store, queue, clock, log: () => undefined, roles: ['mail-out'], drain: (_, lane) => drain(lane) });
  onTestFinished(() => sweeper[Symbol.asyncDispose]());
  const post = async (n: number, row: string): Promise<void> => {
    const lane = lanes[n];
    if (lane === undefined) throw new Error('no such lane');
    await store.commit({ writes: [send(lane, { id: row, notBefore: clock.now() })] });
    queue.wake('mail-out', lane);
  };
  return { store, queue, logged, drained, post };
};

/** Rows `from-0` to `from-(count-1)`, over all lanes in turn; returns their names. */
const postMany = async (
  relay: Relay,
  of: { readonly from: string; readonly count: number; readonly between?: (n: number) => Promise<void> },
): Promise<readonly string[]> => {
  const rows: string[] = [];
  for (let n = 0; n < of.count; n += 1) {
    const row = `${of.from}-${n}`;
    rows.push(row);
    await relay.post(n % 20, row);
    await of.between?.(n);
    await pause(2);
  }
  return rows;
};

/** Every row once, and the rows of each lane in the order in which they were posted. */
const expectWhole = (relay: Relay, rows: readonly string[]): void => {
  expect(relay.drained.toSorted()).toEqual(rows.toSorted());
  for (let lane = 0; lane < 20; lane += 1) {
    const ofLane = (all: readonly string[]): readonly string[] => all.filter((row) => Number(row.split('-')[1]) % 20 === lane);
    expect(ofLane(relay.drained)).toEqual(ofLane(rows));
  }
};

describe('while Redis is in trouble', () => {
  test('wiped again and again, no lane starves, and nothing is out of order', async () => {
    const relay = await relayOn(await openOn(valkey.url));
    const rows = await postMany(relay, {
      from: 'row',
      count: 400,
      between: async (n) => void (n % 40 === 0 && (await valkey.control.flushAll())),
    });
    await until('every row', () => relay.drained.length === rows.length);
    expectWhole(relay, rows);
  });

  test('away for five seconds: work goes on meanwhile, and over the queue again when it is back', async () => {
    const relay = await relayOn(await openOn(valkey.url));
    const before = await postMany(relay, { from: 'before', count: 40 });
    await until('rows from before', () => relay.drained.length === before.length);
    await valkey.control.kill();
    onTestFinished(() => valkey.control.start());
    const began = Date.now();
    await until('away', () => relay.queue.state() === 'away');
    const during = await postMany(relay, { from: 'during', count: 40 });
    await until('rows during the outage', () => relay.drained.length === before.length + during.length, { deadlineMs: 4_000 });
    await until('five seconds of outage', () => Date.now() - began > 5_000);
    await valkey.control.start();
    await until('ready again', () => relay.queue.state() === 'ready');
    const after = await postMany(relay, { from: 'after', count: 40 });
    await until('rows from after', () => relay.drained.length === before.length + during.length + after.length);
    expectWhole(relay, [...before, ...during, ...after]);
    expect(relay.logged.filter(({ event }) => event !== 'fault')).toEqual([{ event: 'queue.away' }, { event: 'queue.back' }]);
    // And it is the queue that does it, not the sweeper: a lane that the store knows nothing of is drained as well.
    const seen: string[] = [];
    relay.queue.serve('tidy', async (lane) => void seen.push(lane));
    relay.queue.wake('tidy', 'by the queue');
    await until('a wake through the queue', () => seen.length === 1);
  });

  test('killed with everything in it lost, and empty when it is back', async () => {
    const relay = await relayOn(await openOn(valkey.url));
    const first = await postMany(relay, {
      from: 'first',
      count: 100,
      between: async (n) => void (n === 50 && (await valkey.control.kill())),
    });
    onTestFinished(() => valkey.control.start());
    await valkey.control.start();
    await valkey.control.flushAll();
    const second = await postMany(relay, { from: 'second', count: 100 });
    await until('every row', () => relay.drained.length === 200);
    expectWhole(relay, [...first, ...second]);
  });

  test('stopped but connected: what the queue does not come for is drained all the same', async () => {
    const relay = await relayOn(await openOn(valkey.url));
    const pid = valkey.control.pid();
    if (pid === null) throw new Error('not running');
    process.kill(pid, 'SIGSTOP');
    onTestFinished(() => void process.kill(pid, 'SIGCONT'));
    const rows = await postMany(relay, { from: 'row', count: 40 });
    await until('every row', () => relay.drained.length === rows.length);
    expectWhole(relay, rows);
  });

  test('full: wakes are refused, and work goes on', async () => {
    const relay = await relayOn(await openOn(valkey.url));
    await admin((redis) => redis.config('SET', 'maxmemory', '1'));
    onTestFinished(async () => void (await admin((redis) => redis.config('SET', 'maxmemory', '0'))));
    const rows = await postMany(relay, { from: 'row', count: 40 });
    await until('every row', () => relay.drained.length === rows.length);
    expectWhole(relay, rows);
    expect(relay.queue.state()).toBe('away');
    await admin((redis) => redis.config('SET', 'maxmemory', '0'));
    await relay.post(0, 'last-0');
    await until('the next wake gets through', () => relay.queue.state() === 'ready');
  });

  test('not there at the start: it starts without, and uses it once it comes', async () => {
    await valkey.control.kill();
    onTestFinished(() => valkey.control.start());
    const opened = await openOn(valkey.url);
    expect(opened.queue.state()).toBe('away');
    expect(opened.logged).toEqual([{ event: 'queue.away' }]);
    const relay = await relayOn(opened);
    const rows = await postMany(relay, { from: 'row', count: 20 });
    await until('every row', () => relay.drained.length === rows.length);
    await valkey.control.start();
    await until('ready', () => relay.queue.state() === 'ready');
    const seen: string[] = [];
    relay.queue.serve('tidy', async (lane) => void seen.push(lane));
    relay.queue.wake('tidy', 'x');
    await until('a wake through the queue', () => seen.length === 1);
  });

  test('closing does not wait for it', async () => {
    const { queue } = await openOn(valkey.url);
    queue.serve('core', async () => undefined);
    await valkey.control.kill();
    onTestFinished(() => valkey.control.start());
    const began = Date.now();
    await queue[Symbol.asyncDispose]();
    expect(Date.now() - began).toBeLessThan(8_000);
  });
});

describe('a Redis that is refused', () => {
  const refusal = (url: string, login: { readonly user?: string; readonly password?: string } = {}): Promise<unknown> =>
    openQueue({ url, user: login.user ?? null, password: login.password ?? null, prefix: 'x', log: () => undefined }).then(
      (queue) => queue[Symbol.asyncDispose]().then(() => 'opened'),
      (fault: unknown) => (fault instanceof Error && 'code' in fault ? fault.code : 'no code'),
    );

  test('one that would evict', async () => {
    expect(await refusal(valkey.url)).toBe('opened');
    await admin((redis) => redis.config('SET', 'maxmemory-policy', 'allkeys-lru'));
    onTestFinished(async () => void (await admin((redis) => redis.config('SET', 'maxmemory-policy', 'noeviction'))));
    expect(await refusal(valkey.url)).toBe('redis-evicts');
    expect(await checkRedis({ url: valkey.url, user: null, password: null })).toEqual({ code: 'redis-evicts' });
  });

  test('one that turns into such while the relay runs is not used any more, and the log says so once', async () => {
    const { queue, logged } = await openOn(valkey.url);
    await valkey.control.kill();
    await valkey.control.start();
    await until('ready again', () => queue.state() === 'ready');
    await admin((redis) => redis.config('SET', 'maxmemory-policy', 'allkeys-lru'));
    onTestFinished(async () => void (await admin((redis) => redis.config('SET', 'maxmemory-policy', 'noeviction'))));
    await admin((redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'));
    await until('the refusal in the log', () => logged.some((event) => event.event === 'fault'));
    expect(queue.state()).toBe('away');
    expect(queue.refused()).toBe('redis-evicts');
    expect(logged.filter(({ event }) => event === 'fault')).toEqual([{ event: 'fault', where: 'queue', code: 'redis-evicts' }]);
  });

  test('one that does not let us in', async () => {
    await admin((redis) => redis.acl('SETUSER', 'relay', 'on', '>right', '~*', '&*', '+@all'));
    onTestFinished(async () => void (await admin((redis) => redis.acl('DELUSER', 'relay'))));
    expect(await refusal(valkey.url, { user: 'relay', password: 'right' })).toBe('opened');
    expect(await refusal(valkey.url, { user: 'relay', password: 'wrong' })).toBe('redis-refused');
  });

  test.each([
    ['redis://redis.example.org:6379', 'redis-plain'],
    ['redis://192.0.2.1', 'redis-plain'],
    ['http://127.0.0.1', 'redis-url'],
    ['redis://user:secret@127.0.0.1', 'redis-url'],
    ['unix://', 'redis-url'],
    ['somewhere', 'redis-url'],
  ])('%s', async (url, code) => {
    expect(await refusal(url)).toBe(code);
    expect(await checkRedis({ url, user: null, password: null })).toEqual({ code });
  });

  test('one that is not there, when asked whether it is', async () => {
    expect(await checkRedis({ url: 'redis://127.0.0.1:1', user: null, password: null })).toEqual({ code: 'unreachable' });
    expect(await checkRedis({ url: valkey.url, user: null, password: null })).toBe('ok');
  });
});

test('what reaches Redis, and what it keeps, is random ids and nothing else', async () => {
  const said: string[] = [];
  const spy = new Redis({ host: '127.0.0.1', port: valkey.port });
  const monitor = await spy.monitor();
  monitor.on('monitor', (_time: string, args: readonly unknown[]) => void said.push(JSON.stringify(args)));
  onTestFinished(() => {
    monitor.disconnect();
    spy.disconnect();
  });
  const { queue } = await openOn(valkey.url, 'hearken');
  const lanes = Array.from({ length: 20 }, () => chance.id());
  const seen = new Set<string>();
  queue.serve('mail-out', async (lane) => {
    const first = !seen.has(lane);
    seen.add(lane);
    if (first) throw Object.assign(new Error('550 no such user heron-canary@example.org'), { code: '550 heron-canary@example.org' });
  });
  for (const lane of lanes) queue.wake('mail-out', lane);
  await until('every drain', () => seen.size === 20);
  await queue[Symbol.asyncDispose]();
  await until('the last command in the monitor', () => said.some((line) => line.includes(lanes[19] ?? '')));
  const kept = readdirSync(valkey.folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name)).toString('latin1'))
    .join('\n');
  expect(said.length).toBeGreaterThan(40);
  for (const held of [said.join('\n'), kept]) {
    expect(held).toContain(lanes[0]);
    expect(held).not.toMatch(/canary|example\.org|no such user/);
  }
  // Every job that was added holds its lane and not a letter more.
  const data = [...said.join('\n').matchAll(/\{\\*"lane\\*":\\*"([^"\\]*)\\*"[^}]*\}/g)];
  expect(new Set(data.map(([, lane]) => lane))).toEqual(new Set(lanes));
  for (const [whole] of data) expect(whole.replaceAll('\\', '')).toMatch(/^\{"lane":"[a-z2-7]{26}"\}$/);
  // And nothing of a job is left when it is done.
  const left = await admin((redis) => redis.keys('hearken:*'));
  expect(left.filter((key) => /:(?:de:|\d+$|failed|completed)/.test(key))).toEqual([]);
});
