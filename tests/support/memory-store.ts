// The store in memory, for tests of what stands above it. Passes the same contract as the real one.
import { brandId, instant } from '#domain/ids.ts';
import type { Instant, LaneId } from '#domain/ids.ts';
import { never } from '#domain/result.ts';
import type { Chance } from '#relay/clock.ts';
import type { Role } from '#relay/queue-port.ts';
import type { InboxRow, InboxState, IndexEntry, Lease, OutboxRow, Plan, RecordRow, Store, Timer, Write } from '#relay/store-port.ts';
import { StoreFault } from '#store/fault.ts';

interface Lane {
  readonly id: LaneId;
  readonly role: Role;
  readonly hash: string;
  readonly nextSeq: number;
  readonly fence: number;
  readonly lease: { readonly holder: string; readonly until: Instant } | null;
  readonly emptySince: Instant | null;
}

interface Tables {
  readonly records: Map<string, RecordRow>;
  readonly entries: Map<string, IndexEntry>;
  readonly lanes: Map<LaneId, Lane>;
  readonly inbox: Map<string, InboxRow>;
  readonly outbox: Map<string, OutboxRow>;
  readonly timers: Map<string, Timer>;
  readonly notes: Map<string, string>;
}

type Applied = 'done' | 'known' | 'conflict';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const recordKey = (kind: string, id: string): string => `${kind}|${id}`;
const bySeq = (a: { readonly seq: number }, b: { readonly seq: number }): number => a.seq - b.seq;

const noTables = (): Tables => ({
  records: new Map(),
  entries: new Map(),
  lanes: new Map(),
  inbox: new Map(),
  outbox: new Map(),
  timers: new Map(),
  notes: new Map(),
});

const copyOf = (tables: Tables): Tables => ({
  records: new Map(tables.records),
  entries: new Map(tables.entries),
  lanes: new Map(tables.lanes),
  inbox: new Map(tables.inbox),
  outbox: new Map(tables.outbox),
  timers: new Map(tables.timers),
  notes: new Map(tables.notes),
});

const dropWhere = <Row>(rows: Map<string, Row>, goes: (row: Row) => boolean): void => {
  for (const [key, row] of rows) if (goes(row)) rows.delete(key);
};

const takeSeq = (tables: Tables, id: LaneId): number => {
  const lane = tables.lanes.get(id);
  if (lane === undefined) throw new StoreFault('unknown-lane');
  tables.lanes.set(id, { ...lane, nextSeq: lane.nextSeq + 1, emptySince: null });
  return lane.nextSeq;
};

const knowsSource = (tables: Tables, sourceHash: Uint8Array): boolean =>
  [...tables.inbox.values()].some((row) => hex(row.sourceHash) === hex(sourceHash));

const addNew = <Row extends { readonly id: string }>(rows: Map<string, Row>, row: Row): Applied => {
  if (rows.has(row.id)) throw new StoreFault('store-refused');
  rows.set(row.id, row);
  return 'done';
};

const apply = (tables: Tables, write: Write): Applied => {
  const { records, entries, inbox, outbox, timers, notes } = tables;
  switch (write.write) {
    case 'put': {
      const key = recordKey(write.row.kind, write.row.id);
      const before = records.get(key)?.version ?? 'new';
      if (before !== write.expect) return 'conflict';
      records.set(key, { ...write.row, version: before === 'new' ? 1 : before + 1 });
      return 'done';
    }
    case 'expect':
      return records.get(recordKey(write.kind, write.id))?.version === write.version ? 'done' : 'conflict';
    case 'drop':
      records.delete(recordKey(write.kind, write.id));
      return 'done';
    case 'index':
      entries.set(`${write.entry.kind}|${hex(write.entry.hash)}|${write.entry.ref}`, write.entry);
      return 'done';
    case 'unindex':
      dropWhere(entries, (row) => row.kind === write.kind && hex(row.hash) === hex(write.hash) && (write.ref ?? row.ref) === row.ref);
      return 'done';
    case 'drop-owner':
      for (const rows of [records, entries, outbox])
        dropWhere<{ readonly owner: string | null }>(rows, ({ owner }) => owner === write.owner);
      return 'done';
    case 'inbox-add':
      if (knowsSource(tables, write.row.sourceHash)) return 'known';
      return addNew(inbox, { ...write.row, seq: takeSeq(tables, write.row.lane) });
    case 'inbox-change': {
      const before = inbox.get(write.id);
      if (before?.state !== write.expect) return 'conflict';
      const { lane } = write.change;
      const seq = lane === undefined || lane === before.lane ? before.seq : takeSeq(tables, lane);
      inbox.set(write.id, { ...before, ...write.change, seq });
      return 'done';
    }
    case 'outbox-add':
      return addNew(outbox, { ...write.row, seq: takeSeq(tables, write.row.lane) });
    case 'outbox-change': {
      const before = outbox.get(write.id);
      if (before === undefined || !write.expect.includes(before.state)) return 'conflict';
      outbox.set(write.id, { ...before, ...write.change });
      return 'done';
    }
    case 'outbox-drop': {
      const before = outbox.get(write.id);
      if (write.expect !== undefined && (before === undefined || !write.expect.includes(before.state))) return 'conflict';
      outbox.delete(write.id);
      return 'done';
    }
    case 'timer':
      timers.set(write.timer.id, write.timer);
      return 'done';
    case 'timer-drop':
      timers.delete(write.id);
      return 'done';
    case 'note':
      notes.set(write.name, write.value);
      return 'done';
    default:
      return never(write);
  }
};

const leaseStands = (tables: Tables, lease: Lease | undefined): boolean => {
  if (lease === undefined) return true;
  const lane = tables.lanes.get(lease.lane);
  return lane !== undefined && lane.lease !== null && lane.fence === lease.fence;
};

/** Rows that may be next in their lanes: nothing is before them but what still gathers. */
const nextRows = <Row extends { readonly lane: LaneId; readonly state: string }>(inOrder: readonly Row[]): readonly Row[] => {
  const blocked = new Set<LaneId>();
  return inOrder.filter(({ lane, state }) => {
    if (blocked.has(lane)) return false;
    if (state !== 'gathering') blocked.add(lane);
    return true;
  });
};

/** When each lane's next row is due. */
const headsOf = (tables: Tables): ReadonlyMap<LaneId, Instant> => {
  const due = new Map<LaneId, Instant>();
  const received = [...tables.inbox.values()].filter(({ state }) => state === 'received');
  const waiting = [...nextRows([...tables.outbox.values()].toSorted(bySeq)), ...nextRows(received.toSorted(bySeq))];
  for (const { lane, notBefore } of waiting) due.set(lane, instant(Math.min(notBefore, due.get(lane) ?? Infinity)));
  return due;
};

const countBy = (keys: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
};

const inboxCounts = (rows: readonly InboxRow[]): Record<InboxState, number> => {
  const inState = (state: InboxState): number => rows.filter((row) => row.state === state).length;
  return { received: inState('received'), held: inState('held'), quarantined: inState('quarantined'), done: inState('done') };
};

export const memoryStore = (options: { readonly chance: Chance }): Store => {
  let tables = noTables();

  const lanesOf = (role: Role): readonly { readonly lane: Lane; readonly due: Instant }[] =>
    [...headsOf(tables)].flatMap(([id, due]) => {
      const lane = tables.lanes.get(id);
      return lane?.role === role ? [{ lane, due }] : [];
    });

  return {
    get: async (kind, id) => tables.records.get(recordKey(kind, id)) ?? null,
    find: async ({ kind, states, parent, dueBefore, limit }) =>
      [...tables.records.values()]
        .filter((row) => row.kind === kind && (states?.includes(row.state) ?? true) && (parent ?? row.parent) === row.parent)
        .filter((row) => dueBefore === undefined || (row.dueAt !== null && row.dueAt <= dueBefore))
        .slice(0, limit ?? Infinity),
    lookup: async (kind, hash) => [...tables.entries.values()].filter((row) => row.kind === kind && hex(row.hash) === hex(hash)),

    async lane(role, hash) {
      const found = [...tables.lanes.values()].find((lane) => lane.role === role && lane.hash === hex(hash));
      const lane: Lane = found ?? {
        id: brandId(options.chance.id()),
        role,
        hash: hex(hash),
        nextSeq: 1,
        fence: 0,
        lease: null,
        emptySince: null,
      };
      tables.lanes.set(lane.id, { ...lane, emptySince: null });
      return lane.id;
    },
    laneRole: async (lane) => tables.lanes.get(lane)?.role ?? null,
    async claim(id, holder, now, until) {
      const lane = tables.lanes.get(id);
      if (lane === undefined) return null;
      const stands = lane.lease !== null && lane.lease.until > now;
      if (stands && lane.lease.holder !== holder) return null;
      const fence = stands ? lane.fence : lane.fence + 1;
      tables.lanes.set(id, { ...lane, fence, lease: { holder, until } });
      return { lane: id, fence };
    },
    async release({ lane: id, fence }) {
      const lane = tables.lanes.get(id);
      if (lane?.fence === fence) tables.lanes.set(id, { ...lane, lease: null });
    },
    async dropLeases() {
      for (const [id, lane] of tables.lanes) if (lane.lease !== null) tables.lanes.set(id, { ...lane, lease: null, fence: lane.fence + 1 });
    },
    dueLanes: async (role, now, limit) =>
      lanesOf(role)
        .filter(({ lane, due }) => due <= now && (lane.lease === null || lane.lease.until <= now))
        .toSorted((a, b) => a.due - b.due || (a.lane.id < b.lane.id ? -1 : 1))
        .slice(0, limit)
        .map(({ lane }) => lane.id),
    async nextDue(role) {
      const times = lanesOf(role).map(({ lane, due }) => Math.max(due, lane.lease?.until ?? due));
      return times.length === 0 ? null : instant(Math.min(...times));
    },

    inboxHead: async (lane) =>
      [...tables.inbox.values()].filter((row) => row.lane === lane && row.state === 'received').toSorted(bySeq)[0] ?? null,
    inboxRow: async (id) => tables.inbox.get(id) ?? null,
    inboxInState: async (state, limit) =>
      [...tables.inbox.values()]
        .filter((row) => row.state === state)
        .toSorted((a, b) => a.receivedAt - b.receivedAt || (a.id < b.id ? -1 : 1))
        .slice(0, limit),
    inboxKnows: async (sourceHash) => knowsSource(tables, sourceHash),
    outboxHead: async (lane) =>
      nextRows([...tables.outbox.values()].filter((row) => row.lane === lane).toSorted(bySeq)).toSorted(
        (a, b) => a.notBefore - b.notBefore || bySeq(a, b),
      )[0] ?? null,
    outboxRows: async (lane) => [...tables.outbox.values()].filter((row) => row.lane === lane).toSorted(bySeq),
    outboxRow: async (id) => tables.outbox.get(id) ?? null,

    dueTimers: async (now, limit) =>
      [...tables.timers.values()]
        .filter((timer) => timer.dueAt <= now)
        .toSorted((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1))
        .slice(0, limit),
    timer: async (id) => tables.timers.get(id) ?? null,
    note: async (name) => tables.notes.get(name) ?? null,

    async sweep(now, doneBefore) {
      dropWhere(tables.inbox, (row) => row.state === 'done' && row.receivedAt < doneBefore);
      dropWhere(tables.entries, (row) => row.dropAt !== null && row.dropAt <= now);
      const filled = new Set([...tables.inbox.values(), ...tables.outbox.values()].map(({ lane }) => lane));
      for (const [id, lane] of tables.lanes) {
        if (filled.has(id)) continue;
        if (lane.emptySince !== null && lane.emptySince < doneBefore) tables.lanes.delete(id);
        else tables.lanes.set(id, { ...lane, emptySince: lane.emptySince ?? now });
      }
    },
    async counts(now) {
      const waited = [...headsOf(tables).values()].map((due) => now - due);
      return {
        recordsByState: countBy([...tables.records.values()].map(({ kind, state }) => `${kind}.${state}`)),
        inboxByState: inboxCounts([...tables.inbox.values()]),
        outbox: tables.outbox.size,
        oldestDueMs: Math.max(0, ...waited),
      };
    },

    async commit(plan: Plan) {
      const next = copyOf(tables);
      if (!leaseStands(next, plan.lease)) return { outcome: 'conflict' };
      const known: string[] = [];
      for (const write of plan.writes) {
        const applied = apply(next, write);
        if (applied === 'conflict') return { outcome: 'conflict' };
        if (applied === 'known' && write.write === 'inbox-add') known.push(write.row.id);
      }
      tables = next;
      return { outcome: 'committed', known };
    },
    async [Symbol.asyncDispose]() {
      tables = noTables();
    },
  };
};
