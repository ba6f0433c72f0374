// Waiting with an end: for an answer, for a while, for whichever comes first.

/** Rejects with what `onExpiry` answers once the time is up; the promise that was given up may still settle and is not heard. */
export function within<Value>(
  promise: Promise<Value>,
  { ms, onExpiry }: { readonly ms: number; readonly onExpiry: () => Error },
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(onExpiry()), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Ends after `ms`, or as soon as the signal is given. Never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Ends when the promise does, however that is, or after `ms`. Never rejects, and leaves no timer behind. */
export async function atMost(ms: number, promise: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([promise.catch(() => undefined), pause(ms, over.signal)]);
  over.abort();
}
