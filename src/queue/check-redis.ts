// Answers, before anything relies on it: is Redis there, does it let us in, and can wakes be left to it?
import { watchedConnection } from '#queue/connection.ts';
import type { RedisLogin } from '#queue/connection.ts';
import { QueueFault } from '#queue/fault.ts';

const deadlineMs = 10_000;

/** A code of QueueFault, or `unreachable`. Writes nothing. */
export const checkRedis = async (login: RedisLogin): Promise<'ok' | { readonly code: string }> => {
  try {
    using watched = watchedConnection(login, { log: () => undefined, retry: 'never' });
    const standing = await watched.settled(deadlineMs);
    if (standing.standing === 'ready') return 'ok';
    return { code: standing.standing === 'refused' ? standing.code : 'unreachable' };
  } catch (fault) {
    if (fault instanceof QueueFault) return { code: fault.code };
    throw fault;
  }
};
