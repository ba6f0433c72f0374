// When may the next mail go? As many at once as there are connections, and no faster than the provider allows.
import type { Clock } from '#relay/clock.ts';

export type Turn = 'go' | 'closing';

/** At most so many mails in so much time. Null: as fast as it goes. */
export type SmtpRate = { readonly mails: number; readonly perMs: number } | null;

/** As many at once as there are seats; the rest wait in the order they came. */
export function newSeats(count: number) {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    take(signal: AbortSignal): Promise<Turn> {
      if (signal.aborted) return Promise.resolve('closing');
      if (free > 0) {
        free -= 1;
        return Promise.resolve('go');
      }
      return new Promise((resolve) => {
        const onAbort = () => {
          waiting.splice(waiting.indexOf(go), 1);
          resolve('closing');
        };
        const go = () => {
          signal.removeEventListener('abort', onAbort);
          resolve('go');
        };
        signal.addEventListener('abort', onAbort, { once: true });
        waiting.push(go);
      });
    },
    give(): void {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
}

/** Waits until the rate allows one more: the n-th last start must lie a whole window back. */
export function newPace(rate: SmtpRate, clock: Clock): (signal: AbortSignal) => Promise<Turn> {
  const starts: number[] = [];
  return (signal) => {
    if (signal.aborted) return Promise.resolve('closing');
    if (rate === null) return Promise.resolve('go');
    const now = clock.now();
    const first = starts.length < rate.mails ? undefined : starts.shift();
    const start = first === undefined ? now : Math.max(now, first + rate.perMs);
    starts.push(start);
    return start === now ? Promise.resolve('go') : waitFor(start - now, signal);
  };
}

function waitFor(ms: number, signal: AbortSignal): Promise<Turn> {
  return new Promise((resolve) => {
    const onAbort = () => {
      clearTimeout(timer);
      resolve('closing');
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve('go');
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
