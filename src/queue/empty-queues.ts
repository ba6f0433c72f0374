// Takes everything out of the roles' queues: wakes alone stand there, and the sweeper makes up for each.
import type { Redis } from 'ioredis';
import { roles } from '#relay/queue-port.ts';

const keysAtOnce = 500;

/** Before any queue is opened on them. Where Redis is away, or will not, what stands there simply stays. */
export const emptyQueues = async (redis: Redis, prefix: string): Promise<void> => {
  try {
    for (const role of roles) {
      for await (const keys of redis.scanStream({ match: `${prefix}:${role}:*`, count: keysAtOnce })) {
        if (Array.isArray(keys) && keys.length > 0) await redis.unlink(...keys.map(String));
      }
    }
  } catch {
    // Nothing depends on it.
  }
};
