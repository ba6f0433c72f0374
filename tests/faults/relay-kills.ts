// Kills the relay again and again, at random moments and at named points, and starts it each time as a supervisor would.
import { setTimeout as pause } from 'node:timers/promises';
import type { RelayProcess } from '#trial/relay-process.ts';
import { RelayDidNotStart } from '#trial/relay-process.ts';
import type { Seeded } from '#tests/support/seeded.ts';
import type { Journal } from './journal.ts';
import { failpoints } from './plan.ts';
import type { Away } from './servers.ts';

export interface KilledRelay {
  /** Runs it for a while, ends it, and starts it again; resolves when it has started. */
  killOnce(chance: Seeded): Promise<void>;
  /** As it stands after this it runs with no point to die at. */
  startPlainly(): Promise<void>;
  kills(): number;
  /** Of these, those at a named point, by its name. */
  readonly atPoints: ReadonlyMap<string, number>;
  /** Starts that ended by themselves, and were tried again. */
  failedStarts(): number;
  /** ms: the longest of its starts. */
  longestStartMs(): number;
  readonly aways: readonly Away[];
}

/** A point that is not come by within the time is left for the next one. */
const runLeastMs = 700;
const runMoreMs = 6_000;
const startsTried = 20;
const highestHit = 3;

export const killedRelay = (relay: RelayProcess, journal: Journal): KilledRelay => {
  const atPoints = new Map<string, number>();
  const aways: Away[] = [];
  let [kills, failedStarts, longestStartMs] = [0, 0, 0];
  let armed: string | null = null;
  let diedAt = 0;

  const died = (how: string): void => {
    kills += 1;
    diedAt = Date.now();
    journal.note(`the relay is killed ${how}`);
  };
  const atPoint = (point: string): void => {
    atPoints.set(point, (atPoints.get(point) ?? 0) + 1);
    died(`at ${point}`);
  };

  const start = async (point: string | null): Promise<void> => {
    let wanted = point;
    for (let tried = 0; tried < startsTried; tried += 1) {
      armed = wanted;
      const began = Date.now();
      try {
        await relay.start(wanted === null ? {} : { killAt: wanted });
        longestStartMs = Math.max(longestStartMs, Date.now() - began);
        aways.push({ what: 'the relay', from: diedAt, to: Date.now() });
        journal.note('the relay has started');
        return;
      } catch (fault) {
        if (!(fault instanceof RelayDidNotStart)) throw fault;
        await relay.kill();
        if (wanted === null) {
          failedStarts += 1;
          journal.note('the relay ended while it started');
          await pause(500);
        } else {
          atPoint(wanted.replace(/#\d+$/u, ''));
          wanted = null;
        }
      }
    }
    throw new Error('the relay does not start any more');
  };

  return {
    atPoints,
    aways,
    kills: () => kills,
    failedStarts: () => failedStarts,
    longestStartMs: () => longestStartMs,
    async killOnce(chance) {
      const runs = new AbortController();
      const ended = await Promise.race([
        relay.ended(),
        pause(runLeastMs + chance.below(runMoreMs), null, { signal: runs.signal }).catch(() => null),
      ]);
      runs.abort();
      if (ended === null) {
        await relay.kill();
        died('at a random moment');
      } else if (armed !== null && ended === 'SIGKILL') {
        await relay.kill();
        atPoint(armed.replace(/#\d+$/u, ''));
      } else {
        throw new Error(`the relay ended by itself: ${ended}`);
      }
      await start(chance.below(3) === 0 ? null : `${chance.pick(failpoints)}#${1 + chance.below(highestHit)}`);
    },
    async startPlainly() {
      await relay.kill();
      died('at a random moment');
      await start(null);
    },
  };
};
