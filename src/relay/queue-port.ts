// Wakes. The queue says when to look; what there is to do stands in the store.

export const roles = ['mail-in', 'mail-out', 'front-bot', 'desk-bot', 'core', 'tidy'] as const;
export type Role = (typeof roles)[number];

export interface Queue extends AsyncDisposable {
  /** Called after a commit; never throws and never waits for Redis. A lost wake is made up by the sweeper. */
  wake(role: Role, lane: string): void;
  /** Runs `drain` for each wake of the role. At least once per wake; several wakes of a lane may become one. */
  serve(role: Role, drain: (lane: string) => Promise<void>): void;
  /** `away`: the sweeper drains in-process. */
  state(): 'ready' | 'away';
  /** A Redis that is there and not used: why, as a code. Null: it is used, or it is not there. */
  refused(): string | null;
}
