// What goes away by its date alone: inbox rows long done, index entries past theirs, and lanes that nothing is in any more.
import type { ExpressionBuilder } from 'kysely';
import type { Instant } from '#domain/ids.ts';
import type { PrivateFile } from '#store/private-file.ts';
import { run } from '#store/run.ts';
import { query } from '#store/tables.ts';
import type { Tables } from '#store/tables.ts';

const isEmpty = (eb: ExpressionBuilder<Tables, 'lanes'>) => {
  const { and, exists, not, selectFrom } = eb;
  return and([
    not(exists(selectFrom('inbox').select('inbox.id').whereRef('inbox.lane', '=', 'lanes.id'))),
    not(exists(selectFrom('outbox').select('outbox.id').whereRef('outbox.lane', '=', 'lanes.id'))),
  ]);
};

export const sweepOut = (file: PrivateFile, of: { readonly now: Instant; readonly doneBefore: Instant }): void => {
  const { now, doneBefore } = of;
  run(file, query.deleteFrom('inbox').where('state', '=', 'done').where('receivedAt', '<', doneBefore));
  run(file, query.deleteFrom('entries').where('dropAt', '<=', now));
  // A lane's hash could tell that somebody wrote, so an empty lane goes: in two steps, far enough apart that nobody who was just
  // handed its id still has to write a row for it.
  run(file, query.deleteFrom('lanes').where(isEmpty).where('emptySince', '<', doneBefore));
  run(file, query.updateTable('lanes').set({ emptySince: now }).where(isEmpty).where('emptySince', 'is', null));
};
