// The tidy role: timers, and what is cleared away by rule. It looks once a second, and at once when a wake says so.
import { spans } from '#domain/limits.ts';
import { instant } from '#domain/ids.ts';
import { runTimers } from '#relay/run-timers.ts';
import { serveRole } from '#workers/shared.ts';
import type { Running, Shared } from '#workers/shared.ts';

const lookEveryMs = spans.second;
const clearEveryMs = spans.hour;
/** How long a thing's keyed hash is kept after it was dealt with, so that a repeat is still recognised. */
const rememberedMs = 30 * spans.day;

export interface Chores {
  /** Clears our own mail folders of what came before. */
  readonly sweepMail: (before: ReturnType<typeof instant>) => Promise<void>;
  readonly sweepKeys: () => Promise<void>;
  /** Takes what was swept out of the store's log as well. */
  readonly checkpoint: () => Promise<void>;
}

export const startTidy = (shared: Shared, chores: Chores): Running => {
  const { parts } = shared;
  let running: Promise<void> | null = null;
  let again: 'yes' | 'no' = 'no';
  let clearedAt = 0;

  /** One that fails keeps none of the others from being done; it comes round again with the next. */
  const chore = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (fault) {
      const code = fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : 'unexpected';
      parts.log({ event: 'fault', where: `tidy-${name}`, code });
    }
  };

  const clear = async (): Promise<void> => {
    const now = parts.clock.now();
    if (now - clearedAt < clearEveryMs) return;
    clearedAt = now;
    await chore('store', () => parts.store.sweep(now, instant(now - rememberedMs)));
    await chore('checkpoint', () => chores.checkpoint());
    await chore('keys', () => chores.sweepKeys());
    await chore('mail', () => chores.sweepMail(instant(now - 7 * spans.day)));
  };

  const once = async (): Promise<void> => {
    await chore('timers', () => runTimers(parts));
    await clear();
  };

  const look = (): Promise<void> => {
    if (running !== null) {
      again = 'yes';
      return running;
    }
    again = 'no';
    running = once().finally(() => {
      running = null;
      if (again === 'yes') void look();
    });
    return running;
  };

  const timer = setInterval(() => void look(), lookEveryMs);
  return serveRole(shared, {
    role: 'tidy',
    drain: look,
    close: async () => {
      clearInterval(timer);
      again = 'no';
      await running;
    },
  });
};
