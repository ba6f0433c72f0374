// A store whose process dies at chosen commits, before or after they are on disk. Dead is dead: until a restart nothing of it answers.
import type { Store } from '#relay/store-port.ts';

export class Killed extends Error {
  readonly code = 'killed';
  constructor() {
    super('killed');
    this.name = 'Killed';
  }
}

export interface Mortality {
  /** Asked at each commit, counted from 1. */
  dies(commit: number): 'before' | 'after' | 'lives';
}

export interface MortalStore {
  readonly wrap: (store: Store) => Store;
  readonly restart: (fault: unknown) => Promise<void>;
  readonly deaths: () => number;
  readonly commits: () => number;
}

export const mortalStore = (of: Mortality): MortalStore => {
  let state: 'alive' | 'dead' = 'alive';
  let [commits, deaths] = [0, 0];
  let under: Store | null = null;

  const die = (): never => {
    state = 'dead';
    deaths += 1;
    throw new Killed();
  };

  const alive = <Args extends readonly unknown[], Value>(act: (...args: Args) => Promise<Value>) => {
    return async (...args: Args): Promise<Value> => {
      if (state === 'dead') throw new Killed();
      return act(...args);
    };
  };

  return {
    deaths: () => deaths,
    commits: () => commits,
    async restart(fault) {
      if (!(fault instanceof Killed)) throw fault;
      state = 'alive';
      await under?.dropLeases();
    },
    wrap(store) {
      under = store;
      return {
        get: alive(store.get),
        find: alive(store.find),
        lookup: alive(store.lookup),
        lane: alive(store.lane),
        laneRole: alive(store.laneRole),
        claim: alive(store.claim),
        // A process that is gone gives nothing back.
        release: async (lease) => (state === 'dead' ? undefined : store.release(lease)),
        dropLeases: store.dropLeases,
        dueLanes: alive(store.dueLanes),
        nextDue: alive(store.nextDue),
        inboxHead: alive(store.inboxHead),
        inboxRow: alive(store.inboxRow),
        inboxInState: alive(store.inboxInState),
        inboxKnows: alive(store.inboxKnows),
        outboxHead: alive(store.outboxHead),
        outboxRows: alive(store.outboxRows),
        outboxRow: alive(store.outboxRow),
        dueTimers: alive(store.dueTimers),
        timer: alive(store.timer),
        note: alive(store.note),
        sweep: alive(store.sweep),
        counts: alive(store.counts),
        commit: alive(async (plan) => {
          commits += 1;
          const dies = of.dies(commits);
          if (dies === 'before') return die();
          const outcome = await store.commit(plan);
          return dies === 'after' ? die() : outcome;
        }),
        [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
      };
    },
  };
};
