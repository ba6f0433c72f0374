// The one place that reads the machine's clock. Its offset is nought, save in a trial that is asked over its socket to live later.
import { instant } from '#domain/ids.ts';
import type { Clock } from '#relay/clock.ts';

export interface SystemClock extends Clock {
  /** How far it runs ahead of the machine's clock, ms. */
  offset(): number;
  setOffset(ms: number): void;
}

export const systemClock = (offsetMs = 0): SystemClock => {
  let ahead = offsetMs;
  return {
    now: () => instant(Date.now() + ahead),
    offset: () => ahead,
    setOffset(ms) {
      ahead = ms;
    },
  };
};
