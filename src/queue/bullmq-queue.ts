// Wakes over BullMQ: one queue per role, one job per lane that has something to do, holding the lane's random id and nothing else.
// Redis may be away, wiped or full at any time: then a wake is lost, and the sweeper makes up for it.
import { Queue as BullQueue, Worker } from 'bullmq';
import type { Job, JobsOptions } from 'bullmq';
import { closeWorkers } from '#queue/close-workers.ts';
import { openConnection, watchedConnection } from '#queue/connection.ts';
import type { RedisLogin } from '#queue/connection.ts';
import { emptyQueues } from '#queue/empty-queues.ts';
import { QueueFault } from '#queue/fault.ts';
import { faultCode } from '#queue/fault-code.ts';
import { oneRunPerLane } from '#queue/one-run-per-lane.ts';
import { within } from '#queue/within.ts';
import type { Log } from '#relay/log.ts';
import { roles } from '#relay/queue-port.ts';
import type { Queue, Role } from '#relay/queue-port.ts';

export interface QueueOptions extends RedisLogin {
  /** Begins every key, so that a Redis can be shared. */
  readonly prefix: string;
  /**
   * `void`: no other process uses these queues, so what an earlier one left in them goes. A job that was running when its process was
   * killed would hold up its lane's wakes until its lock runs out. Default: `kept`.
   */
  readonly leftovers?: 'void' | 'kept';
  readonly log: Log;
}

/** How long a start waits for Redis before it goes on without. */
const startMs = 5_000;
/** Wakes on their way at a time; beyond that Redis is not taking them, and the sweeper will. */
const mostOnTheirWay = 1_000;
/** Of one role. */
const lanesAtOnce = 8;
/**
 * A lane that takes longer waits for somebody: a server that is slow about one recipient, say. It goes on, and another lane has its
 * turn (I11). Once so many wait, a lane keeps its turn until it is done.
 */
const turnMs = 1_000;
const mostWaiting = 500;
/** Renewed every half of it. Longer than the event loop ever stands still, not than a drain takes. */
const lockMs = 15_000;
const stalledEveryMs = 5_000;
/** A lane is never given up: its rows say what failed. */
const neverTooOften = 1_000;
/** Seconds that a worker waits for a job before it asks again. */
const drainDelay = 5;
/** BullMQ keeps a stream of what happened, with ids and times. Nobody reads it. */
const eventsKept = 10;

const closeMs = 3_000;

type Drain = (lane: string) => Promise<void>;

const jobOptions = (lane: string): JobsOptions => ({
  // Not `jobId`: an add while a job of that id is active is dropped, and the wake with it. This runs it once more afterwards.
  deduplication: { id: lane, keepLastIfActive: true },
  removeOnComplete: true,
  removeOnFail: true,
  keepLogs: 0,
  stackTraceLimit: 0,
});

/** What stands in Redis may be anybody's, so it is looked at before it is believed. */
const laneOf = (job: Pick<Job, 'data'>): string | null => {
  const data: unknown = job.data;
  return typeof data === 'object' && data !== null && 'lane' in data && typeof data.lane === 'string' ? data.lane : null;
};

/**
 * Throws QueueFault for an address that is refused, and for a Redis that is there but not fit. One that is not there yet is waited
 * for a moment and then gone without.
 */
export const openQueue = async (options: QueueOptions): Promise<Queue> => {
  const { log, prefix } = options;
  await using opened = new AsyncDisposableStack();
  const wakes = opened.use(watchedConnection(options, { log, retry: 'always' }));
  const first = await wakes.settled(startMs);
  if (first.standing === 'refused') throw new QueueFault(first.code);
  if (options.leftovers === 'void') await emptyQueues(wakes.redis, prefix);
  // Workers wait for Redis as long as it takes.
  const work = openConnection(options, { maxRetriesPerRequest: null });
  opened.defer(() => work.disconnect());

  const queues = new Map<Role, BullQueue>();
  const workers: Worker[] = [];
  const drains = new Set<Promise<void>>();
  let onTheirWay = 0;
  let state: 'open' | 'closed' = 'open';

  const quiet = <Emitter extends { on(event: 'error', listener: () => void): unknown }>(emitter: Emitter): Emitter => {
    emitter.on('error', () => undefined);
    return emitter;
  };

  for (const role of roles) {
    const queue = new BullQueue(role, {
      connection: wakes.redis,
      prefix,
      skipVersionCheck: true,
      streams: { events: { maxLen: eventsKept } },
    });
    queues.set(role, quiet(queue));
  }

  const add = async (role: Role, lane: string): Promise<void> => {
    onTheirWay += 1;
    try {
      await queues.get(role)?.add('wake', { lane }, jobOptions(lane));
      wakes.got('through');
    } catch {
      if (state === 'open') wakes.got('lost');
    } finally {
      onTheirWay -= 1;
    }
  };

  /** Never fails: what Redis keeps of a failed job could carry a text. A drain that did is told in the log, and the sweeper tries again. */
  const handle = async (role: Role, of: { readonly lane: string | null; readonly drain: Drain }): Promise<void> => {
    if (of.lane === null || state === 'closed') return;
    const drain = of
      .drain(of.lane)
      .catch((fault: unknown) => log({ event: 'fault', where: `drain.${role}`, code: faultCode(fault) }))
      .finally(() => drains.delete(drain));
    drains.add(drain);
    if (drains.size > mostWaiting) await drain;
    else await within(turnMs, drain);
  };

  const closing = opened.move();
  return {
    wake(role, lane) {
      if (state === 'closed' || wakes.redis.status !== 'ready' || wakes.now().standing === 'refused' || onTheirWay >= mostOnTheirWay)
        return;
      void add(role, lane);
    },
    serve(role, drain) {
      // A lane whose turn is over may still run when it is woken again.
      const oneByOne = oneRunPerLane(drain);
      const worker = new Worker(role, (job) => handle(role, { lane: laneOf(job), drain: oneByOne }), {
        connection: work,
        prefix,
        concurrency: lanesAtOnce,
        lockDuration: lockMs,
        stalledInterval: stalledEveryMs,
        maxStalledCount: neverTooOften,
        drainDelay,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
        skipVersionCheck: true,
      });
      workers.push(quiet(worker));
    },
    state: () => (wakes.now().standing === 'ready' ? 'ready' : 'away'),
    refused() {
      const now = wakes.now();
      return now.standing === 'refused' ? now.code : null;
    },
    async [Symbol.asyncDispose]() {
      if (state === 'closed') return;
      state = 'closed';
      await closeWorkers({ workers, drains, redis: wakes.redis.status === 'ready' ? 'there' : 'away' });
      // They share the connection for wakes, which is closed last.
      await within(closeMs, Promise.allSettled([...queues.values()].map((queue) => queue.close())));
      await closing.disposeAsync();
    },
  };
};
