// Asks a server that minds being asked: the last answer stands for a while.
import type { Clock } from '#relay/clock.ts';

/** While a question is under way everybody waits for that one. */
export function askedSeldom<Answer>(
  ask: () => Promise<Answer>,
  { everyMs, clock }: { readonly everyMs: number; readonly clock: Clock },
): () => Promise<Answer> {
  let last: { readonly at: number; readonly answer: Promise<Answer> } | null = null;
  return () => {
    const now = clock.now();
    if (last === null || now - last.at >= everyMs) last = { at: now, answer: ask() };
    return last.answer;
  };
}
