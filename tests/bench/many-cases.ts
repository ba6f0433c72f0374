// From enqueueing a volunteer's line to handing its mail to the outgoing server, with few cases in the store and with many.
// Store, keys and queue are the real ones; the servers on both sides take everything at once, so that what is measured is ours alone.
import { join } from 'node:path';
import { spans } from '#domain/limits.ts';
import { startSweeper } from '#queue/sweeper.ts';
import { mailChannel } from '#relay/deliver-mail.ts';
import { drainOutbox, type Channel } from '#relay/drain-outbox.ts';
import type { MailSender } from '#relay/mail-port.ts';
import { gather } from '#relay/outgoing.ts';
import type { Parts } from '#relay/parts.ts';
import { runTimers } from '#relay/run-timers.ts';
import { inUnit } from '#relay/unit.ts';
import { brandId } from '#domain/ids.ts';
import type { LaneId } from '#domain/ids.ts';
import { oneRunPerLane } from '#queue/one-run-per-lane.ts';
import type { Figure } from '#tests/bench/figure.ts';
import { fillStore, type OpenCase } from '#tests/bench/fill-store.ts';
import { partsFrom } from '#tests/bench/opened-parts.ts';
import { spreadOf } from '#tests/bench/spread.ts';

const mostTimes = 1.2;
const samplesATurn = 25;
const fewCases = 10;

export interface ManyCasesPlan {
  /** Of a relay that was set up; its own data stays as it is. */
  readonly config: string;
  /** An empty folder. */
  readonly folder: string;
  /** Of a Valkey, without a database. */
  readonly redis: string;
  readonly cases: number;
  readonly open: number;
  readonly samples: number;
}

interface Sending {
  /** Resolves to the ms from before the line is committed until its mail is handed over. */
  one(): Promise<number>;
  /** Looks for work and for timers as the relay does, while this runs. */
  during<Value>(work: () => Promise<Value>): Promise<Value>;
}

const serve = (parts: Parts, channel: Channel) => {
  const drain = oneRunPerLane((lane) => drainOutbox(parts, { lane: brandId<LaneId>(lane), channel }));
  parts.queue.serve(channel.role, drain);
  return drain;
};

const openSending = (parts: Parts, open: readonly OpenCase[]): Sending => {
  let handedOver = Promise.withResolvers<number>();
  let next = 0;
  const sender: MailSender = {
    async send() {
      handedOver.resolve(performance.now());
      return { outcome: 'accepted' };
    },
    check: async () => 'ok',
    [Symbol.asyncDispose]: async () => undefined,
  };
  const mails = serve(parts, mailChannel(parts, { sender, holder: 'bench' }));
  const rooms = serve(parts, {
    role: 'desk-bot',
    holder: 'bench',
    send: async () => ({ end: 'done', follow: async () => undefined }),
    giveUp: () => async () => undefined,
  });
  return {
    async one() {
      const held = open[next % open.length];
      if (held === undefined) throw new Error('nothing is open');
      next += 1;
      handedOver = Promise.withResolvers();
      const event = `$${parts.chance.id()}`;
      const began = performance.now();
      await inUnit(parts, {}, async (unit) => {
        await gather(unit, parts, {
          written: { one: held.one, room: held.room, event, text: 'I am here, take your time.' },
          corrects: null,
        });
      });
      return (await handedOver.promise) - began;
    },
    async during(work) {
      const { store, queue, clock, log } = parts;
      await using _sweeper = startSweeper({
        store,
        queue,
        clock,
        log,
        roles: ['mail-out', 'desk-bot'],
        drain: (role, lane) => (role === 'mail-out' ? mails(lane) : rooms(lane)),
      });
      const timers = setInterval(() => void runTimers(parts), spans.second);
      try {
        return await work();
      } finally {
        clearInterval(timers);
      }
    },
  };
};

export const measureManyCases = async (plan: ManyCasesPlan): Promise<readonly Figure[]> => {
  await using opened = new AsyncDisposableStack();
  const sendings = new Map<'few' | 'many', { readonly sending: Sending; readonly ms: number[] }>();
  for (const [size, cases, open, database] of [
    ['few', fewCases, Math.min(fewCases, plan.open), 14],
    ['many', plan.cases, plan.open, 15],
  ] as const) {
    const from = { config: plan.config, dataFolder: join(plan.folder, size), redisUrl: `${plan.redis}/${database}` };
    const { parts } = await partsFrom(from, opened);
    sendings.set(size, { sending: openSending(parts, await fillStore(parts, { cases, open, rooms: { rooms: 'none' } })), ms: [] });
  }
  for (let done = -1; done < Math.ceil(plan.samples / samplesATurn); done += 1) {
    for (const { sending, ms } of sendings.values()) {
      const turn = await sending.during(async () => {
        const took: number[] = [];
        for (let count = 0; count < Math.min(samplesATurn, plan.samples); count += 1) took.push(await sending.one());
        return took;
      });
      // The first turn is for statements and keys that are made once.
      if (done >= 0) ms.push(...turn);
    }
  }
  const few = spreadOf(sendings.get('few')?.ms ?? []);
  return [
    {
      figure: 'many-cases',
      what: `From enqueueing a line to handing its mail over, with ${plan.cases} cases in the store, ${plan.open} of them open; beside it with ${fewCases}`,
      unit: 'ms',
      relay: spreadOf(sendings.get('many')?.ms ?? []),
      bare: few,
      bound: { is: 'at-most', value: mostTimes * few.median, from: `${mostTimes} of that with ${fewCases}` },
    },
  ];
};
