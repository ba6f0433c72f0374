// What all roles of one process share: the parts, and how each role's lanes are drained. Built once, started by the roles' files.
import { oneRunPerLane } from '#queue/one-run-per-lane.ts';
import type { Parts } from '#relay/parts.ts';
import type { Role } from '#relay/queue-port.ts';

export type Drain = (lane: string) => Promise<void>;

/** A role that runs. Disposed in the reverse order of their start. */
export interface Running extends AsyncDisposable {
  readonly role: Role;
  readonly drain: Drain;
}

/** Names this process as the holder of leases. */
export interface Shared {
  readonly parts: Parts;
  readonly holder: string;
}

/** Serves the role's wakes and gives the sweeper its way to drain without the queue. */
export const serveRole = (
  shared: Shared,
  of: { readonly role: Role; readonly drain: Drain; readonly close?: () => PromiseLike<void> },
): Running => {
  const drain = oneRunPerLane(of.drain);
  shared.parts.queue.serve(of.role, drain);
  return {
    role: of.role,
    drain,
    [Symbol.asyncDispose]: of.close ?? (async () => undefined),
  };
};
