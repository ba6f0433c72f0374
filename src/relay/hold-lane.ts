// A lane's lease for as long as something is done in it: claimed, renewed while that takes its time, given back at the end.
import type { LaneId } from '#domain/ids.ts';
import type { Parts } from '#relay/parts.ts';
import type { Lease } from '#relay/store-port.ts';
import { later } from '#relay/unit.ts';

export interface LaneHold {
  readonly lane: LaneId;
  /** Names this drain and no other. */
  readonly holder: string;
  readonly leaseMs: number;
}

/** `taken`: somebody else has the lane. A server may be slower than any lease, so the lease is renewed until `work` has ended. */
export const holdLane = async <Value>(parts: Parts, hold: LaneHold, work: (lease: Lease) => Promise<Value>): Promise<Value | 'taken'> => {
  const { lane, holder, leaseMs } = hold;
  const claim = (): Promise<Lease | null> => {
    const now = parts.clock.now();
    return parts.store.claim(lane, holder, now, later(now, leaseMs));
  };
  const lease = await claim();
  if (lease === null) return 'taken';
  // A renewal that fails is found out at the commit.
  const renewing = setInterval(() => void claim().catch(() => null), leaseMs / 3);
  renewing.unref();
  try {
    return await work(lease);
  } finally {
    clearInterval(renewing);
    await parts.store.release(lease);
  }
};
