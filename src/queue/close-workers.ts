// Ends workers without waiting for a Redis that does not answer: drains that run end first, what is left of the rest is cut.
import type { Worker } from 'bullmq';
import { within } from '#queue/within.ts';

export interface Closing {
  readonly workers: readonly Worker[];
  readonly drains: ReadonlySet<Promise<void>>;
  readonly redis: 'there' | 'away';
}

/** A drain that takes longer is left to the lease: it runs out, and whoever comes next goes on. */
const drainsMs = 20_000;
const redisMs = 3_000;

export const closeWorkers = async ({ workers, drains, redis }: Closing): Promise<void> => {
  await Promise.allSettled(workers.map((worker) => worker.pause(true)));
  await within(drainsMs, Promise.allSettled(drains));
  const closed = await within(redisMs, Promise.allSettled(workers.map((worker) => worker.close(redis === 'away'))));
  if (closed === 'late') await within(redisMs, Promise.allSettled(workers.map((worker) => worker.disconnect())));
};
