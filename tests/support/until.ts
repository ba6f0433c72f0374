// Waits for a condition by asking again and again until a deadline: the only way that tests wait.
import { setTimeout as pause } from 'node:timers/promises';

const ASK_AGAIN_MS = 25;

export interface UntilOptions {
  /** Default: 20 s. */
  readonly deadlineMs?: number;
}

/** Resolves to the first answer that is neither undefined, null nor false; `what` names what did not come about. */
export async function until<T>(
  what: string,
  ask: () => Promise<T> | T,
  options: UntilOptions = {},
): Promise<Exclude<T, undefined | null | false>> {
  const { deadlineMs = 20_000 } = options;
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer as Exclude<T, undefined | null | false>;
    if (Date.now() > deadline) throw new Error(`not within ${deadlineMs / 1000} s: ${what}`);
    await pause(ASK_AGAIN_MS);
  }
}
