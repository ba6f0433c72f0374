// Waits that end: by a deadline, or when somebody says stop.
import { setTimeout as sleep } from 'node:timers/promises';
import { MatrixFault } from '#matrix/fault.ts';

/** Rejects with `timeout` when `work` has not settled by then. What `work` does later is ignored. */
export async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      work,
      sleep(ms, undefined, { signal: stop.signal }).then(() => {
        throw new MatrixFault('timeout');
      }),
    ]);
  } finally {
    stop.abort();
    work.catch(() => undefined);
  }
}

/** Asks again and again until the answer is not null; null when the time is over. */
export async function until<Value>(ms: number, ask: () => Promise<Value | null> | Value | null, everyMs = 100): Promise<Value | null> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== null || Date.now() >= end) return answer;
    await sleep(everyMs);
  }
}

/** Sleeps, or wakes early when `signal` aborts. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);
