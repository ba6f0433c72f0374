// Drains one outbox lane in order under a fenced lease. What a row does is the channel's; what becomes of the row is decided here.
import type { LaneId } from '#domain/ids.ts';
import { spans } from '#domain/limits.ts';
import { holdLane } from '#relay/hold-lane.ts';
import type { Parts } from '#relay/parts.ts';
import type { Role } from '#relay/queue-port.ts';
import { openWork } from '#relay/sealed-work.ts';
import type { Lease, OutboxRow } from '#relay/store-port.ts';
import { inUnit, later, LeaseLost } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';
import type { Work } from '#relay/work.ts';

/** What became of one try. */
export type Tried =
  /** The row is done; what follows from it is written in the same commit. */
  | { readonly end: 'done'; readonly follow: (unit: Unit) => Promise<void> }
  /** Not now: again after `ms` at the soonest, or at once where `gate` has opened meanwhile. `counts`: a failure, so that the pauses grow. */
  | {
      readonly end: 'again';
      readonly ms: number;
      readonly counts: 'failure' | 'waiting';
      readonly code: string;
      /** Where the growing pauses end sooner than usual. */
      readonly mostMs?: number;
      readonly follow?: (unit: Unit) => Promise<void>;
      readonly gate?: (unit: Unit) => Promise<'open' | 'shut'>;
    }
  /** Taken or not: one more try later. */
  | { readonly end: 'unsure'; readonly ms: number; readonly follow: (unit: Unit) => Promise<void> };

export interface Channel {
  readonly role: Role;
  /** Names this process as the holder of leases. */
  readonly holder: string;
  readonly send: (row: OutboxRow, work: Work, lease: Lease) => Promise<Tried>;
  /** It cannot be done, whatever is tried: what follows, for whoever wrote it. */
  readonly giveUp: (work: Work) => (unit: Unit) => Promise<void>;
}

const leaseMs = 120 * spans.second;
/** A fault of our own on one row is tried for so long; then its author is told, and what stands behind it goes on. */
const faultPatienceMs = 24 * spans.hour;
const mostRowsAWake = 1000;
const firstPauseMs = spans.second;
const longestPauseMs = 5 * spans.minute;

/** Full pauses double from one second to five minutes; never shorter than the other side asked for. */
export const pauseAfter = (attempts: number, askedMs: number): number =>
  Math.max(askedMs, Math.min(firstPauseMs * 2 ** Math.min(attempts, 20), longestPauseMs));

const settleRow = (parts: Parts, of: { readonly row: OutboxRow; readonly lease: Lease; readonly tried: Tried }): Promise<void> =>
  inUnit(parts, { lease: of.lease }, async (unit) => {
    const { row, tried } = of;
    // A holding that ended meanwhile has taken back what waited for its room.
    const gone = (await parts.store.outboxRow(row.id)) === null;
    if (gone && tried.end !== 'done') return;
    if (tried.end === 'done') {
      await tried.follow(unit);
      unit.write({ write: 'outbox-drop', id: row.id });
      return;
    }
    await tried.follow?.(unit);
    const gate = tried.end === 'again' ? await tried.gate?.(unit) : undefined;
    const attempts = tried.end === 'unsure' || tried.counts === 'failure' ? row.attempts + 1 : row.attempts;
    const state = tried.end === 'unsure' ? 'unsure' : 'queued';
    const full =
      tried.end === 'unsure' || tried.counts === 'waiting'
        ? tried.ms
        : Math.min(pauseAfter(row.attempts, tried.ms), tried.mostMs ?? Infinity);
    const pause = gate === 'open' ? 0 : full;
    const change = { attempts, state, notBefore: later(unit.now, pause), triedAt: row.triedAt ?? unit.now } as const;
    unit.write({ write: 'outbox-change', id: row.id, expect: ['gathering', 'queued', 'sending', 'unsure'], change });
  });

const openRow = async (parts: Parts, row: OutboxRow): Promise<Work | null> => {
  try {
    return await openWork(parts.vault, row);
  } catch (fault) {
    // Its owner was forgotten meanwhile: nothing may go out any more.
    if (fault instanceof Error && 'code' in fault && fault.code === 'key-gone') return null;
    throw fault;
  }
};

const codeOf = (fault: unknown): string =>
  fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : 'unexpected';

/** One try of a row. What breaks on our side pauses this lane alone, and not for ever. */
const tryRow = async (parts: Parts, of: { readonly row: OutboxRow; readonly lease: Lease; readonly channel: Channel }): Promise<Tried> => {
  const { row, lease, channel } = of;
  let work: Work | null = null;
  try {
    work = await openRow(parts, row);
    return work === null ? { end: 'done', follow: async () => undefined } : await channel.send(row, work, lease);
  } catch (fault) {
    if (fault instanceof LeaseLost) throw fault;
    const code = codeOf(fault);
    parts.log({ event: 'fault', where: `outbox-${channel.role}`, code });
    const now = parts.clock.now();
    if (now - (row.triedAt ?? now) < faultPatienceMs) return { end: 'again', ms: 0, counts: 'failure', code };
    return { end: 'done', follow: work === null ? async () => undefined : channel.giveUp(work) };
  }
};

/** Works the lane off until it is empty, its first row is not due, or somebody else has it. */
export const drainOutbox = async (parts: Parts, of: { readonly lane: LaneId; readonly channel: Channel }): Promise<void> => {
  const { lane, channel } = of;
  // A name of its own for each drain: two of one process must keep out of each other's way as well.
  const holder = `${channel.holder}/${parts.chance.id()}`;
  for (let count = 0; count < mostRowsAWake; count += 1) {
    const head = await parts.store.outboxHead(lane);
    if (head === null || head.notBefore > parts.clock.now()) return;
    try {
      if ((await holdLane(parts, { lane, holder, leaseMs }, (lease) => drainHead(parts, { lane, channel, lease }))) !== 'went') return;
    } catch (fault) {
      // Whoever has the lane now sends it under the same transaction id.
      if (fault instanceof LeaseLost) return;
      throw fault;
    }
  }
  parts.queue.wake(channel.role, lane);
};

const drainHead = async (
  parts: Parts,
  of: { readonly lane: LaneId; readonly channel: Channel; readonly lease: Lease },
): Promise<'went' | 'nothing-due'> => {
  const { lane, channel, lease } = of;
  // Looked at again under the lease: another holder may have finished it meanwhile.
  const row = await parts.store.outboxHead(lane);
  if (row === null || row.notBefore > parts.clock.now()) return 'nothing-due';
  const tried = await tryRow(parts, { row, lease, channel });
  await settleRow(parts, { row, lease, tried });
  if (tried.end === 'again' && tried.counts === 'failure') {
    parts.log({ event: 'lane.blocked', role: channel.role, lane, code: tried.code, attempts: row.attempts + 1 });
  }
  return 'went';
};
