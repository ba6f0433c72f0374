// The queue in memory, for tests of what stands above it. Passes the same contract as the real one, and loses wakes when told to.
import { within } from '#queue/within.ts';
import type { Log } from '#relay/log.ts';
import type { Queue, Role } from '#relay/queue-port.ts';

export interface MemoryQueue extends Queue {
  /** `away`: wakes are lost, as they are with Redis gone. `deaf`: lost as well, but nobody can tell. */
  become(state: 'ready' | 'away' | 'deaf'): void;
}

type Drain = (lane: string) => Promise<void>;

const lanesAtOnce = 8;
const turnMs = 200;

interface Service {
  readonly waiting: Set<string>;
  readonly active: Map<string, Promise<void>>;
  turns: number;
  drain: Drain | null;
}

export const memoryQueue = (options: { readonly log: Log }): MemoryQueue => {
  let state: 'ready' | 'away' | 'deaf' = 'ready';
  let life: 'open' | 'closed' = 'open';
  const services = new Map<Role, Service>();

  const serviceOf = (role: Role): Service => {
    const known = services.get(role) ?? { waiting: new Set(), active: new Map(), turns: 0, drain: null };
    services.set(role, known);
    return known;
  };

  const work = (role: Role, service: Service): void => {
    const { waiting, active, drain } = service;
    if (drain === null || life === 'closed') return;
    for (const lane of waiting) {
      // A lane that is being drained waits, and runs once more however often it was woken meanwhile.
      if (active.has(lane) || service.turns >= lanesAtOnce) continue;
      waiting.delete(lane);
      const run = (async () => drain(lane))()
        .catch(() => options.log({ event: 'fault', where: `drain.${role}`, code: 'unexpected' }))
        .finally(() => {
          active.delete(lane);
          work(role, service);
        });
      active.set(lane, run);
      service.turns += 1;
      void within(turnMs, run).then(() => {
        service.turns -= 1;
        work(role, service);
      });
    }
  };

  return {
    wake(role, lane) {
      if (state !== 'ready' || life === 'closed') return;
      const service = serviceOf(role);
      service.waiting.add(lane);
      queueMicrotask(() => work(role, service));
    },
    serve(role, drain) {
      const service = serviceOf(role);
      service.drain = drain;
      work(role, service);
    },
    state: () => (state === 'away' ? 'away' : 'ready'),
    refused: () => null,
    become(next) {
      state = next;
    },
    async [Symbol.asyncDispose]() {
      life = 'closed';
      await Promise.allSettled([...services.values()].flatMap(({ active }) => [...active.values()]));
    },
  };
};
