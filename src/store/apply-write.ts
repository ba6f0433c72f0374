// Carries out one write of a plan inside the transaction: done, already known, or a conflict that undoes the plan.
import { never } from '#domain/result.ts';
import type { LaneId } from '#domain/ids.ts';
import type { Lease, Write } from '#relay/store-port.ts';
import { StoreFault } from '#store/fault.ts';
import type { PrivateFile } from '#store/private-file.ts';
import { firstRow, run } from '#store/run.ts';
import { query } from '#store/tables.ts';

type Applied = 'done' | 'known' | 'conflict';
type Named<Name extends Write['write']> = Extract<Write, { readonly write: Name }>;

const changed = (count: number): Applied => (count > 0 ? 'done' : 'conflict');

const put = (file: PrivateFile, { row, expect }: Named<'put'>): Applied => {
  if (expect === 'new') {
    const insert = query.insertInto('records').values({ ...row, version: 1 });
    return changed(
      run(
        file,
        insert.onConflict((on) => on.columns(['kind', 'id']).doNothing()),
      ),
    );
  }
  const update = query.updateTable('records').set({ ...row, version: expect + 1 });
  return changed(run(file, update.where('kind', '=', row.kind).where('id', '=', row.id).where('version', '=', expect)));
};

const stands = (file: PrivateFile, { kind, id, version }: Named<'expect'>): Applied => {
  const found = query.selectFrom('records').select('version').where('kind', '=', kind).where('id', '=', id);
  return firstRow(file, found)?.version === version ? 'done' : 'conflict';
};

const index = (file: PrivateFile, { entry }: Named<'index'>): Applied => {
  const { owner, epoch, at, dropAt } = entry;
  const insert = query.insertInto('entries').values(entry);
  run(
    file,
    insert.onConflict((on) => on.columns(['kind', 'hash', 'ref']).doUpdateSet({ owner, epoch, at, dropAt })),
  );
  return 'done';
};

const unindex = (file: PrivateFile, { kind, hash, ref }: Named<'unindex'>): Applied => {
  const all = query.deleteFrom('entries').where('kind', '=', kind).where('hash', '=', hash);
  run(file, ref === undefined ? all : all.where('ref', '=', ref));
  return 'done';
};

const dropOwner = (file: PrivateFile, owner: string): Applied => {
  run(file, query.deleteFrom('records').where('owner', '=', owner));
  run(file, query.deleteFrom('entries').where('owner', '=', owner));
  run(file, query.deleteFrom('outbox').where('owner', '=', owner));
  return 'done';
};

const nextSeq = (file: PrivateFile, lane: LaneId): number => {
  const counted = query.updateTable('lanes').set((eb) => ({ nextSeq: eb('nextSeq', '+', 1), emptySince: null }));
  const lanes = firstRow(file, counted.where('id', '=', lane).returning('nextSeq'));
  if (lanes === null) throw new StoreFault('unknown-lane');
  return lanes.nextSeq - 1;
};

const inboxAdd = (file: PrivateFile, { row }: Named<'inbox-add'>): Applied => {
  const same = query.selectFrom('inbox').select('id').where('sourceHash', '=', row.sourceHash);
  if (firstRow(file, same) !== null) return 'known';
  run(file, query.insertInto('inbox').values({ ...row, seq: nextSeq(file, row.lane) }));
  return 'done';
};

const inboxChange = (file: PrivateFile, { id, expect, change }: Named<'inbox-change'>): Applied => {
  const before = firstRow(file, query.selectFrom('inbox').select(['lane', 'state']).where('id', '=', id));
  if (before === null || before.state !== expect) return 'conflict';
  // In another lane it comes behind what is there.
  const moved = change.lane === undefined || change.lane === before.lane ? {} : { seq: nextSeq(file, change.lane) };
  run(
    file,
    query
      .updateTable('inbox')
      .set({ id, ...change, ...moved })
      .where('id', '=', id),
  );
  return 'done';
};

const outboxAdd = (file: PrivateFile, { row }: Named<'outbox-add'>): Applied => {
  run(file, query.insertInto('outbox').values({ ...row, seq: nextSeq(file, row.lane) }));
  return 'done';
};

const outboxChange = (file: PrivateFile, { id, expect, change }: Named<'outbox-change'>): Applied =>
  changed(
    run(
      file,
      query
        .updateTable('outbox')
        .set({ id, ...change })
        .where('id', '=', id)
        .where('state', 'in', expect),
    ),
  );

const outboxDrop = (file: PrivateFile, { id, expect }: Named<'outbox-drop'>): Applied => {
  const row = query.deleteFrom('outbox').where('id', '=', id);
  if (expect !== undefined) return changed(run(file, row.where('state', 'in', expect)));
  run(file, row);
  return 'done';
};

/** Does this lease still stand? Once released, or taken by another after it ran out, it does not. */
export const leaseStands = (file: PrivateFile, lease: Lease): boolean => {
  const lane = query.selectFrom('lanes').select('fence').where('id', '=', lease.lane).where('holder', 'is not', null);
  return firstRow(file, lane)?.fence === lease.fence;
};

export const applyWrite = (file: PrivateFile, write: Write): Applied => {
  switch (write.write) {
    case 'put':
      return put(file, write);
    case 'expect':
      return stands(file, write);
    case 'drop':
      run(file, query.deleteFrom('records').where('kind', '=', write.kind).where('id', '=', write.id));
      return 'done';
    case 'index':
      return index(file, write);
    case 'unindex':
      return unindex(file, write);
    case 'drop-owner':
      return dropOwner(file, write.owner);
    case 'inbox-add':
      return inboxAdd(file, write);
    case 'inbox-change':
      return inboxChange(file, write);
    case 'outbox-add':
      return outboxAdd(file, write);
    case 'outbox-change':
      return outboxChange(file, write);
    case 'outbox-drop':
      return outboxDrop(file, write);
    case 'timer': {
      const { what, ref, dueAt } = write.timer;
      const insert = query.insertInto('timers').values(write.timer);
      run(
        file,
        insert.onConflict((on) => on.column('id').doUpdateSet({ what, ref, dueAt })),
      );
      return 'done';
    }
    case 'timer-drop':
      run(file, query.deleteFrom('timers').where('id', '=', write.id));
      return 'done';
    case 'note': {
      const { name, value } = write;
      run(
        file,
        query
          .insertInto('notes')
          .values({ name, value })
          .onConflict((on) => on.column('name').doUpdateSet({ value })),
      );
      return 'done';
    }
    default:
      return never(write);
  }
};
