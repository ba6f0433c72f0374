// When lanes are due. What is due behind a row that is not yet due waits with it; behind one that still gathers nothing waits.
import type { Instant, LaneId } from '#domain/ids.ts';
import type { Role } from '#relay/queue-port.ts';
import { query } from '#store/tables.ts';

/** The rows of each lane that may be next. It costs what waits, not what lanes there are. */
const heads = () =>
  query
    .selectFrom('outbox as row')
    .select(['row.lane', 'row.notBefore'])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('outbox as ahead')
            .select('ahead.id')
            .whereRef('ahead.lane', '=', 'row.lane')
            .whereRef('ahead.seq', '<', 'row.seq')
            .where('ahead.state', '!=', 'gathering'),
        ),
      ),
    )
    .unionAll(
      query
        .selectFrom('inbox as row')
        .select(['row.lane', 'row.notBefore'])
        .where('row.state', '=', 'received')
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('inbox as ahead')
                .select('ahead.id')
                .whereRef('ahead.lane', '=', 'row.lane')
                .whereRef('ahead.seq', '<', 'row.seq')
                .where('ahead.state', '=', 'received'),
            ),
          ),
        ),
    );

/** A cross join, which SQLite takes in the order written: left to choose, it goes through every lane that the role has ever had. */
const headsOf = (role: Role) =>
  query.with('head', heads).selectFrom('head').crossJoin('lanes').whereRef('lanes.id', '=', 'head.lane').where('lanes.role', '=', role);

/** The row that is next in this lane: of those that may be, the one that is due first. */
export const outboxHeadQuery = (lane: LaneId) =>
  query
    .selectFrom('outbox')
    .selectAll()
    .where('lane', '=', lane)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('outbox as ahead')
            .select('ahead.id')
            .where('ahead.lane', '=', lane)
            .whereRef('ahead.seq', '<', 'outbox.seq')
            .where('ahead.state', '!=', 'gathering'),
        ),
      ),
    )
    .orderBy('notBefore')
    .orderBy('seq')
    .limit(1);

/** Oldest due first. */
export const dueLanesQuery = (role: Role, of: { readonly now: Instant; readonly limit: number }) =>
  headsOf(role)
    .select('lanes.id')
    .where('head.notBefore', '<=', of.now)
    .where((eb) => eb.or([eb('lanes.holder', 'is', null), eb('lanes.leaseUntil', '<=', of.now)]))
    .groupBy('lanes.id')
    .orderBy((eb) => eb.fn.min('head.notBefore'))
    .orderBy('lanes.id')
    .limit(of.limit);

/** A lane that somebody has leased is not due before that lease ends. */
export const nextDueQuery = (role: Role) =>
  headsOf(role).select((eb) =>
    eb.fn
      .min<Instant | null>(
        eb
          .case()
          .when('lanes.holder', 'is not', null)
          .then(
            eb
              .case()
              .when('lanes.leaseUntil', '>', eb.ref('head.notBefore'))
              .then(eb.ref('lanes.leaseUntil'))
              .else(eb.ref('head.notBefore'))
              .end(),
          )
          .else(eb.ref('head.notBefore'))
          .end(),
      )
      .as('due'),
  );

/** Since when the row that has waited longest has been due, leased or not. */
export const oldestDueQuery = (now: Instant) =>
  query
    .with('head', heads)
    .selectFrom('head')
    .where('head.notBefore', '<=', now)
    .select((eb) => eb.fn.min<Instant | null>('head.notBefore').as('since'));
