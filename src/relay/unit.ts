// A unit of work: loads records, gathers changes, and commits them as one plan that checks the version of all that was loaded.
// On a conflict the whole attempt is made again from what stands then. Wakes go out after the commit, never before.
import type { CaseId, LaneId, VolunteerId } from '#domain/ids.ts';
import { brandId, instant } from '#domain/ids.ts';
import type { Instant } from '#domain/ids.ts';
import type { Parts } from '#relay/parts.ts';
import type { Role } from '#relay/queue-port.ts';
import type { Draft, Loaded } from '#relay/record-types.ts';
import { sealWork } from '#relay/sealed-work.ts';
import type { IndexEntry, IndexKind, Lease, OutboxState, RecordKind, Write } from '#relay/store-port.ts';
import type { Under } from '#relay/vault-port.ts';
import type { Work } from '#relay/work.ts';

export interface Unit {
  /** As it stands in this unit, changes made so far included. */
  load<Kind extends RecordKind>(kind: Kind, id: string): Promise<Loaded<Kind> | null>;
  put<Kind extends RecordKind>(kind: Kind, draft: Draft<Kind>): Promise<void>;
  drop(kind: RecordKind, id: string): void;
  index(
    kind: IndexKind,
    entry: { readonly canonical: string; readonly ref: string; readonly owner: string | null; readonly dropAt?: Instant },
  ): void;
  unindex(kind: IndexKind, canonical: string): void;
  work(
    lane: LaneTo,
    row: { readonly work: Work; readonly owner: CaseId | VolunteerId | null; readonly notBefore?: Instant; readonly state?: OutboxState },
  ): Promise<string>;
  /** A write that needs nothing of the unit's own. */
  write(write: Write): void;
  timer(what: string, timer: { readonly ref: string; readonly at: Instant }): void;
  timerOff(what: string, ref: string): void;
  /** Wakes a lane after the commit. */
  wake(role: Role, lane: LaneId): void;
  /** `somewhere`: so far it sends something, or keeps words that somebody is to read. */
  leads(): 'somewhere' | 'nowhere';
  readonly now: Instant;
  /** When marks may go out that this unit asks for. */
  readonly marksAt: Instant;
}

/** Where a work goes: the lane of this role with this name. */
export interface LaneTo {
  readonly role: Role;
  readonly name: string;
}

export class UnitFault extends Error {
  readonly code = 'unit-conflicts';
  constructor() {
    super('a unit of work met a conflict in every attempt');
    this.name = 'UnitFault';
  }
}

/** Somebody else has the lane now: what was being done here is theirs, and nothing of it was written. */
export class LeaseLost extends Error {
  readonly code = 'lease-lost';
  constructor() {
    super('the lease of this lane is not ours any more');
    this.name = 'LeaseLost';
  }
}

const mostAttempts = 50;
/** The first conflicts are met at once; after that with growing, uneven pauses, so that many at once get past each other. */
const attemptsAtOnce = 3;
const longestPauseMs = 50;

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

interface Seen {
  readonly loaded: Loaded<RecordKind> | null;
  draft: Draft<RecordKind> | 'dropped' | null;
}

const key = (kind: RecordKind, id: string): string => `${kind}|${id}`;

/** Wire name of a timer: one of each kind for each thing. */
export const timerId = (what: string, ref: string): string => `${what}:${ref}`;

interface Gathered {
  readonly seen: Map<string, Seen>;
  readonly writes: Write[];
  readonly wakes: Map<LaneId, Role>;
}

const openUnit = (parts: Parts, gathered: Gathered): Unit => {
  const { seen, writes, wakes } = gathered;
  const now = parts.clock.now();
  const look = async <Kind extends RecordKind>(kind: Kind, id: string): Promise<Seen> => {
    const known = seen.get(key(kind, id));
    if (known !== undefined) return known;
    const fresh: Seen = { loaded: await parts.records.load(kind, id), draft: null };
    seen.set(key(kind, id), fresh);
    return fresh;
  };
  return {
    now,
    marksAt: later(now, parts.marksAfterMs),
    async load<Kind extends RecordKind>(kind: Kind, id: string): Promise<Loaded<Kind> | null> {
      const entry = await look(kind, id);
      if (entry.draft === 'dropped') return null;
      if (entry.draft !== null) return { ...entry.draft, kind, version: entry.loaded?.version ?? 0 } as Loaded<Kind>;
      return entry.loaded as Loaded<Kind> | null;
    },
    async put(kind, draft) {
      const entry = await look(kind, draft.id);
      entry.draft = draft;
    },
    drop(kind, id) {
      const entry = seen.get(key(kind, id)) ?? { loaded: null, draft: null };
      entry.draft = 'dropped';
      seen.set(key(kind, id), entry);
    },
    index(kind, { canonical, ref, owner, dropAt }) {
      const { hash, epoch } = parts.vault.hash(kind, canonical);
      const entry: IndexEntry = { kind, hash, ref, owner, epoch, at: now, dropAt: dropAt ?? null };
      writes.push({ write: 'index', entry });
    },
    unindex(kind, canonical) {
      writes.push({ write: 'unindex', kind, hash: parts.vault.hash(kind, canonical).hash });
    },
    async work(to, { work, owner, notBefore, state }) {
      const lane = await laneOf(parts, to);
      const id = parts.chance.id();
      const sealed = await sealWork(parts.vault, { id, owner, work });
      writes.push({
        write: 'outbox-add',
        row: {
          id,
          lane,
          state: state ?? 'queued',
          notBefore: notBefore ?? now,
          attempts: 0,
          triedAt: null,
          owner,
          epoch: parts.vault.epoch,
          sealed,
        },
      });
      // What is due later is the sweeper's to wake.
      if ((notBefore ?? now) <= now) wakes.set(lane, to.role);
      return id;
    },
    write: (write) => void writes.push(write),
    leads() {
      const sends = writes.some((write) => write.write === 'outbox-add');
      const keeps = [...seen].some(([name, { draft }]) => name.startsWith('message|') && draft !== null && draft !== 'dropped');
      return sends || keeps ? 'somewhere' : 'nowhere';
    },
    timer(what, { ref, at }) {
      writes.push({ write: 'timer', timer: { id: timerId(what, ref), what, ref, dueAt: at } });
    },
    timerOff: (what, ref) => void writes.push({ write: 'timer-drop', id: timerId(what, ref) }),
    wake: (role, lane) => void wakes.set(lane, role),
  };
};

/** The lane's id; the name is hashed under the index key, so that the store cannot tell whose it is. */
export const laneOf = (parts: Parts, to: LaneTo): Promise<LaneId> => parts.store.lane(to.role, parts.vault.hash('lane', to.name).hash);

const recordWrites = async (parts: Parts, gathered: Gathered): Promise<readonly Write[]> => {
  const writes: Write[] = [];
  for (const [name, { loaded, draft }] of gathered.seen) {
    const kind = name.slice(0, name.indexOf('|')) as RecordKind;
    const id = name.slice(name.indexOf('|') + 1);
    if (draft === 'dropped') {
      // What somebody else has added to it meanwhile must not go unseen.
      if (loaded !== null) writes.push({ write: 'expect', kind, id, version: loaded.version });
      writes.push({ write: 'drop', kind, id });
    } else if (draft !== null) writes.push(await parts.records.put(kind, { draft, expect: loaded?.version ?? 'new' }));
    else if (loaded !== null) writes.push({ write: 'expect', kind, id, version: loaded.version });
  }
  return writes;
};

/**
 * Runs `attempt` until its changes are committed. What it returns must follow from what it loaded through the unit.
 * It must not act on the world by itself: it may be run again. Throws LeaseLost when the lane is somebody else's by now.
 */
export const inUnit = async <Value>(
  parts: Parts,
  options: { readonly lease?: Lease },
  attempt: (unit: Unit) => Promise<Value>,
): Promise<Value> => {
  for (let tries = 0; tries < mostAttempts; tries += 1) {
    if (tries >= attemptsAtOnce) await pause(parts.chance.below(Math.min(2 ** (tries - attemptsAtOnce + 1), longestPauseMs)));
    const gathered: Gathered = { seen: new Map(), writes: [], wakes: new Map() };
    const value = await attempt(openUnit(parts, gathered));
    const writes = [...(await recordWrites(parts, gathered)), ...gathered.writes];
    if ((await commit(parts, { writes, lease: options.lease })) === 'committed') {
      for (const [lane, role] of gathered.wakes) parts.queue.wake(role, lane);
      return value;
    }
    if (options.lease !== undefined && (await commit(parts, { writes: [], lease: options.lease })) === 'conflict') throw new LeaseLost();
  }
  throw new UnitFault();
};

/** A lane that was swept away between its look-up and here is made anew by the next attempt, as after any conflict. */
const commit = async (
  parts: Parts,
  plan: { readonly writes: readonly Write[]; readonly lease: Lease | undefined },
): Promise<'committed' | 'conflict'> => {
  const { writes, lease } = plan;
  try {
    return (await parts.store.commit(lease === undefined ? { writes } : { writes, lease })).outcome;
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'unknown-lane') return 'conflict';
    throw fault;
  }
};

/** Under whose key a record of a case or a volunteer goes. */
export const underOwner = (owner: CaseId | VolunteerId): Under => ({ under: 'owner', owner });
export const underWayBack = (owner: CaseId): Under => ({ under: 'way-back', owner });

export const later = (now: Instant, ms: number): Instant => instant(now + ms);
export const newId = <Id extends string>(parts: Parts): Id => brandId<Id>(parts.chance.id());
