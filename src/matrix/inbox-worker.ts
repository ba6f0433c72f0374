// Works off the raw inbox: each room in its own order, each row handed on until it was taken. What cannot be opened holds up its own room, shortly.
import type { RoomEvent, RoomHappening, TakeRoomEvent } from '#relay/matrix-port.ts';
import type { Clock } from '#relay/clock.ts';
import type { Log } from '#relay/log.ts';
import { pause } from '#matrix/deadline.ts';
import type { Decryption } from '#matrix/decryption.ts';
import type { Failpoint } from '#matrix/failpoint.ts';
import { readHappening } from '#matrix/reading.ts';
import type { EventItem, GapItem, InboxEntry, RawInbox } from '#matrix/raw-inbox.ts';
import type { RawEvent } from '#matrix/raw-event.ts';

/** How long an event may hold up its room, and how long its key is hoped for. */
export interface Patience {
  readonly holdUpMs: number;
  readonly lateMs: number;
}

export const usualPatience: Patience = { holdUpMs: 10_000, lateMs: 24 * 3_600_000 };

export type Paged =
  | {
      readonly paged: 'yes';
      readonly newestFirst: readonly {
        readonly item: EventItem;
        readonly state: 'new' | 'done';
      }[];
      readonly next: GapItem | null;
    }
  | { readonly paged: 'later'; readonly afterMs: number };

export interface InboxWorkerParts {
  readonly bot: 'front' | 'desk';
  readonly inbox: RawInbox;
  readonly decryption: Decryption;
  readonly page: (gap: GapItem) => Promise<Paged>;
  readonly take: TakeRoomEvent;
  readonly patience: Patience;
  readonly clock: Clock;
  readonly log: Log;
  readonly failpoint: Failpoint;
}

export interface InboxWorker extends AsyncDisposable {
  /** There may be new rows. */
  wake(): void;
  /** A key came: what waits for one may open now. */
  keyCame(): void;
}

const retryOpenMs = 500;
const latePassMs = 60_000;
const lateAtOnce = 500;
const sweepEveryMs = 3_600_000;
const doneForMs = 7 * 24 * 3_600_000;
/** Rows that are being handed on at a time, over all rooms. */
const atOnce = 8;

export function inboxWorker(parts: InboxWorkerParts): InboxWorker {
  const { inbox, decryption, patience, log } = parts;
  const stop = new AbortController();
  const running = new Map<string, Promise<void>>();
  const turn = turns(atOnce);
  let key = new AbortController();
  let lateWork: Promise<void> = Promise.resolve();
  const lateTimer = setInterval(() => latePass(), latePassMs);
  const sweepTimer = setInterval(() => inbox.sweep(parts.clock.now() - doneForMs), sweepEveryMs);

  function wake(): void {
    if (stop.signal.aborted) return;
    for (const room of inbox.waitingRooms()) {
      const name = Buffer.from(room).toString('hex');
      if (running.has(name)) continue;
      running.set(
        name,
        drain(room)
          .catch(() => log({ event: 'fault', where: 'matrix', code: 'inbox-failed' }))
          .finally(() => running.delete(name)),
      );
    }
  }

  async function drain(room: Uint8Array): Promise<void> {
    for (;;) {
      const entry = stop.signal.aborted ? null : inbox.head(room);
      if (entry === null) return;
      await (entry.item.item === 'gap' ? closeGap(entry, entry.item) : work(entry));
    }
  }

  async function closeGap(entry: InboxEntry, gap: GapItem): Promise<void> {
    const paged = await parts.page(gap);
    if (stop.signal.aborted) return;
    if (paged.paged === 'later') await pause(paged.afterMs, stop.signal);
    else inbox.fill(entry, paged.newestFirst, paged.next);
  }

  async function work(entry: InboxEntry): Promise<void> {
    const { item } = entry;
    if (item.item === 'gap') return;
    if (item.item === 'invitation') {
      const { roomId, inviter, senderName, at, direct, encrypted } = item;
      await hand(entry, {
        key: `i:${item.key}`,
        roomId,
        sender: inviter,
        senderName,
        at,
        device: 'clear',
        what: { type: 'invitation', inviter, direct, encrypted },
      });
      return;
    }
    const { event, roomId } = item;
    const from = facts(item);
    if (event.type !== 'm.room.encrypted' || event.state_key !== undefined) {
      const what = readHappening(event, event);
      if (what?.type === 'removal') inbox.dropLate({ roomId, eventId: what.of });
      await hand(entry, what === null ? null : { ...from, key: firstKey(event), device: 'clear', what });
      return;
    }
    if (entry.state === 'new') {
      const opened = await open(roomId, event);
      if (opened.opened === 'stopped') return;
      if (opened.opened === 'yes') {
        const what = readHappening(event, opened);
        await hand(entry, what === null ? null : { ...from, key: firstKey(event), device: opened.device, what });
        return;
      }
      // Decided and written before it is told: after a kill the same is told again, and not suddenly the text.
      inbox.mark(entry.id, 'unreadable');
    }
    const opened = await decryption.open(roomId, event);
    const why = opened.opened === 'yes' ? 'no-key' : opened.why;
    log({ event: 'matrix.unreadable', bot: parts.bot, count: 1 });
    await hand(
      entry,
      {
        ...from,
        key: firstKey(event),
        device: 'unsigned',
        what: { type: 'unreadable', eventId: event.event_id, why },
      },
      'late',
    );
    if (opened.opened === 'yes') latePass();
  }

  async function open(roomId: string, event: RawEvent): Promise<Awaited<ReturnType<Decryption['open']>> | { readonly opened: 'stopped' }> {
    const end = Date.now() + patience.holdUpMs;
    for (;;) {
      const opened = await decryption.open(roomId, event);
      if (stop.signal.aborted) return { opened: 'stopped' };
      if (opened.opened === 'yes' || Date.now() >= end) return opened;
      await pause(retryOpenMs, AbortSignal.any([stop.signal, key.signal]));
    }
  }

  /** At least once: the row is marked only after it was taken, and tried again for as long as it takes. */
  async function hand(entry: InboxEntry, event: RoomEvent | null, then: 'done' | 'late' = 'done'): Promise<void> {
    for (let waitMs = 500; event !== null && !stop.signal.aborted; waitMs = Math.min(waitMs * 2, 30_000)) {
      try {
        parts.failpoint('take');
        await turn(() => parts.take(event));
        parts.failpoint('taken');
        break;
      } catch {
        log({ event: 'fault', where: 'matrix', code: 'take-failed' });
        await pause(waitMs, stop.signal);
      }
    }
    if (!stop.signal.aborted) inbox.mark(entry.id, then);
  }

  function latePass(): void {
    if (stop.signal.aborted) return;
    lateWork = lateWork
      .then(async () => {
        for (const entry of stop.signal.aborted ? [] : inbox.lateRows(lateAtOnce)) {
          if (stop.signal.aborted) return;
          if (entry.item.item !== 'event') continue;
          const { event, roomId } = entry.item;
          const opened = await decryption.open(roomId, event);
          const happening = opened.opened === 'yes' ? readHappening(event, opened) : null;
          if (opened.opened === 'yes')
            await hand(
              entry,
              happening === null
                ? null
                : { ...facts(entry.item), key: `l:${event.event_id}`, device: opened.device, what: late(event.event_id, happening) },
            );
          else if (entry.at + patience.lateMs < parts.clock.now()) {
            decryption.forget(event.event_id);
            inbox.mark(entry.id, 'done');
          }
        }
      })
      .catch(() => log({ event: 'fault', where: 'matrix', code: 'late-pass-failed' }));
  }

  return {
    wake,
    keyCame() {
      key.abort();
      key = new AbortController();
      latePass();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      clearInterval(lateTimer);
      clearInterval(sweepTimer);
      await Promise.all([...running.values(), lateWork]);
    },
  };
}

/** The same whether it could be read or not, so that nobody is told of an event twice: not after a kill, and not by a new device that sees old ones. */
const firstKey = (event: RawEvent): string => `e:${event.event_id}`;
const facts = ({
  roomId,
  event,
  senderName,
  formerNames,
}: EventItem): Pick<RoomEvent, 'roomId' | 'sender' | 'senderName' | 'formerNames' | 'at'> => ({
  roomId,
  sender: event.sender,
  senderName,
  ...(formerNames !== undefined && { formerNames }),
  at: event.origin_server_ts,
});
const late = (eventId: string, happening: RoomHappening): RoomHappening => ({ type: 'late', eventId, happening });

/** Lets at most `limit` of the given works run at a time, in the order they came. */
function turns(limit: number): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let free = limit;
  const queue: (() => void)[] = [];
  return async (work) => {
    if (free === 0) await new Promise<void>((go) => queue.push(go));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
