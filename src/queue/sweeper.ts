// Makes sure that no lane waits longer than it must, whatever becomes of wakes. Looks at the store for lanes that are due: those that
// became due by the clock are woken at that moment, those whose wake was lost a second later, and those that nobody comes for, the
// queue being away, wiped, full or stuck, are drained right here.
import { faultCode } from '#queue/fault-code.ts';
import { within } from '#queue/within.ts';
import type { LaneId } from '#domain/ids.ts';
import type { Clock } from '#relay/clock.ts';
import type { Log } from '#relay/log.ts';
import type { Queue, Role } from '#relay/queue-port.ts';
import type { Store } from '#relay/store-port.ts';

export interface SweeperOptions {
  readonly store: Pick<Store, 'dueLanes' | 'nextDue'>;
  readonly queue: Pick<Queue, 'wake' | 'state'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly roles: readonly Role[];
  /** The same as the queue's, through the same oneRunPerLane. */
  readonly drain: (role: Role, lane: LaneId) => Promise<void>;
}

/** Rows that are added meanwhile are seen at the next look, so gates of a second and more open on time. */
const lookMs = 1_000;
/** A clock's tick early or late must not make it look again and again. */
const soonestMs = 5;
/** A woken lane that nobody has leased for so long is drained here. */
const patienceMs = 3_000;
const lanesALook = 1_000;
const drainsAtOnce = 16;
/** As in the queue: a lane that takes longer waits for somebody, goes on, and another one has its turn. */
const turnMs = 1_000;
const mostWaiting = 500;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
const closeMs = 20_000;

/** A lane that is due and that nobody has leased. */
interface Waiting {
  readonly since: number;
  readonly failures: number;
  readonly notBefore: number;
}

/** Looks at once, then again and again. Disposing waits for what it drains. */
export const startSweeper = (options: SweeperOptions): AsyncDisposable => {
  const { store, queue, clock, log, drain } = options;
  const waiting = new Map<LaneId, Waiting>();
  const draining = new Map<LaneId, Promise<void>>();
  let turns = 0;
  const closed = new AbortController();

  const drainHere = (role: Role, lane: LaneId): void => {
    if (draining.has(lane) || turns >= drainsAtOnce || draining.size >= mostWaiting) return;
    const run = drain(role, lane)
      .then(() => void waiting.delete(lane))
      .catch((fault: unknown) => {
        log({ event: 'fault', where: `drain.${role}`, code: faultCode(fault) });
        const { since, failures } = waiting.get(lane) ?? { since: performance.now(), failures: 0 };
        const pause = Math.min(firstPauseMs * 2 ** Math.min(failures, 10), longestPauseMs);
        waiting.set(lane, { since, failures: failures + 1, notBefore: performance.now() + pause });
      })
      .finally(() => draining.delete(lane));
    draining.set(lane, run);
    turns += 1;
    void within(turnMs, run).then(() => void (turns -= 1));
  };

  const seeTo = (role: Role, lane: LaneId): void => {
    const now = performance.now();
    const known = waiting.get(lane);
    const entry = known ?? { since: now, failures: 0, notBefore: now };
    waiting.set(lane, entry);
    if (queue.state() === 'ready' && known === undefined) queue.wake(role, lane);
    else if ((queue.state() === 'away' || now - entry.since >= patienceMs) && now >= entry.notBefore) drainHere(role, lane);
  };

  /** When to look again, ms. */
  const look = async (): Promise<number> => {
    const due = new Set<LaneId>();
    let next = lookMs;
    for (const role of options.roles) {
      for (const lane of await store.dueLanes(role, clock.now(), lanesALook)) {
        due.add(lane);
        seeTo(role, lane);
      }
      const at = await store.nextDue(role);
      const inMs = at === null ? lookMs : at - clock.now();
      // What is due already has just been seen to.
      if (inMs > 0) next = Math.min(next, inMs);
    }
    // Leased or done by now, so when it is due again it is so anew.
    for (const lane of waiting.keys()) if (!due.has(lane) && !draining.has(lane)) waiting.delete(lane);
    return Math.max(next, soonestMs);
  };

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        closed.signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      closed.signal.addEventListener('abort', wake);
    });

  const run = async (): Promise<void> => {
    while (!closed.signal.aborted) {
      const next = await look().catch((fault: unknown) => {
        log({ event: 'fault', where: 'sweeper', code: faultCode(fault) });
        return lookMs;
      });
      await pause(closed.signal.aborted ? 0 : next);
    }
  };
  const running = run();

  return {
    async [Symbol.asyncDispose]() {
      closed.abort();
      await running;
      await within(closeMs, Promise.allSettled(draining.values()));
    },
  };
};
