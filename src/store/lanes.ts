// Lanes and their fenced leases. A fence grows with every new lease, so that whoever lost one cannot commit under it any more.
import { brandId } from '#domain/ids.ts';
import type { Instant, LaneId } from '#domain/ids.ts';
import type { Chance } from '#relay/clock.ts';
import type { Role } from '#relay/queue-port.ts';
import type { Lease } from '#relay/store-port.ts';
import type { PrivateFile } from '#store/private-file.ts';
import { firstRow, run } from '#store/run.ts';
import { query } from '#store/tables.ts';

const noLease = { holder: null, leaseUntil: 0 as Instant } as const;

export const findLane = (file: PrivateFile, of: { readonly role: Role; readonly hash: Uint8Array; readonly chance: Chance }): LaneId => {
  const { role, hash, chance } = of;
  const found = firstRow(file, query.selectFrom('lanes').select(['id', 'emptySince']).where('role', '=', role).where('hash', '=', hash));
  if (found?.emptySince === null) return found.id;
  const id = found?.id ?? brandId<LaneId>(chance.id());
  const fresh = { id, role, hash, nextSeq: 1, fence: 0, emptySince: null, ...noLease };
  // Asked for again: the next sweep begins anew with it.
  run(
    file,
    query
      .insertInto('lanes')
      .values(fresh)
      .onConflict((on) => on.columns(['role', 'hash']).doUpdateSet({ emptySince: null })),
  );
  return id;
};

/** One's own lease that still stands is renewed under the same fence; one that ran out is a new one, also for its old holder. */
export const claimLane = (
  file: PrivateFile,
  of: { readonly lane: LaneId; readonly holder: string; readonly now: Instant; readonly until: Instant },
): Lease | null => {
  const { lane, holder, now, until } = of;
  const claimed = query
    .updateTable('lanes')
    .set((eb) => ({
      holder,
      leaseUntil: until,
      fence: eb
        .case()
        .when(eb.and([eb('holder', '=', holder), eb('leaseUntil', '>', now)]))
        .then(eb.ref('fence'))
        .else(eb('fence', '+', 1))
        .end(),
    }))
    .where('id', '=', lane)
    .where((eb) => eb.or([eb('holder', 'is', null), eb('holder', '=', holder), eb('leaseUntil', '<=', now)]))
    .returning('fence');
  const row = firstRow(file, claimed);
  return row === null ? null : { lane, fence: row.fence };
};

export const releaseLease = (file: PrivateFile, { lane, fence }: Lease): void => {
  run(file, query.updateTable('lanes').set(noLease).where('id', '=', lane).where('fence', '=', fence));
};

export const dropAllLeases = (file: PrivateFile): void => {
  run(
    file,
    query
      .updateTable('lanes')
      .set((eb) => ({ ...noLease, fence: eb('fence', '+', 1) }))
      .where('holder', 'is not', null),
  );
};
