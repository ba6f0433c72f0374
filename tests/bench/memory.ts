// What the relay's process holds in memory: at rest, and over a time of steady traffic in all four ways.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { somethingNew } from '#tests/bench/bare-legs.ts';
import type { Figure } from '#tests/bench/figure.ts';
import type { ChatCase, MailCase } from '#tests/bench/held-cases.ts';
import { slopeOf, spreadOf } from '#tests/bench/spread.ts';
import type { Stage } from '#tests/support/stage.ts';

const mostIdleMb = 300;
/** Over an hour, and as a share of where it stands: more than this is a leak. */
const mostGrowthShare = 0.1;
const samplesAtRest = 5;
const samplesWanted = 120;

export interface MemoryPlan {
  readonly stage: Stage;
  readonly mail: MailCase;
  readonly chat: ChatCase;
  /** Before it counts as idle. */
  readonly restMs: number;
  readonly soakMs: number;
  /** Between two rounds of four messages. */
  readonly everyMs: number;
}

/** Resident memory, MB (proc(5), VmRSS). */
const residentMb = (pid: number | null): number => {
  if (pid === null) throw new Error('the relay does not run');
  const kb = /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
};

const round = async ({ mail, chat }: MemoryPlan): Promise<void> => {
  const word = somethingNew();
  // Different words on each side: what the other has written counts as a quote.
  await Promise.all([
    mail.person.answer(mail.last, `And then, ${word}, it went on.`, { program: 'no-quote' }),
    mail.holding.at.person.say(mail.holding.room, `How was that, ${somethingNew()}?`),
    chat.person.say(chat.chat, `It was like this, ${somethingNew()}.`),
    chat.holding.at.person.say(chat.holding.room, `I am here, ${somethingNew()}.`),
  ]);
  await mail.holding.at.person.waitForText(mail.holding.room, word, { deadlineMs: 60_000 });
};

/** The relay has just been started. */
export const measureMemory = async (plan: MemoryPlan): Promise<readonly Figure[]> => {
  const { stage, restMs, soakMs, everyMs } = plan;
  const atRest: number[] = [];
  for (let count = 0; count < samplesAtRest; count += 1) {
    await pause(restMs / samplesAtRest);
    atRest.push(residentMb(stage.relay.pid()));
  }
  const began = performance.now();
  const elapsed = (): number => performance.now() - began;
  const samples: (readonly [hours: number, mb: number])[] = [];
  let messages = 0;
  while (elapsed() < soakMs) {
    const next = elapsed() + everyMs;
    await round(plan);
    messages += 4;
    if (elapsed() >= (samples.length * soakMs) / samplesWanted) samples.push([elapsed() / 3_600_000, residentMb(stage.relay.pid())]);
    await pause(Math.max(next - elapsed(), 0));
  }
  // What it needs once (statements, code that was compiled, room keys) is there by half of it.
  const late = samples.slice(Math.floor(samples.length / 2));
  const traffic = spreadOf(samples.map(([, mb]) => mb));
  const growth = slopeOf(late);
  return [
    {
      figure: 'memory-idle',
      what: 'Resident memory of all roles in one process, idle, with those cases',
      unit: 'MB',
      relay: spreadOf(atRest),
      bare: null,
      bound: { is: 'at-most', value: mostIdleMb, from: 'as asked' },
    },
    {
      figure: 'memory-growth',
      what: `Its growth over ${Math.round(soakMs / 6_000) / 10} min of traffic (${messages} messages; ${Math.round(traffic.median)} MB, at most ${Math.round(Math.max(...samples.map(([, mb]) => mb)))}), fitted over the second half`,
      unit: 'MB/h',
      relay: spreadOf([growth]),
      bare: null,
      bound: { is: 'at-most', value: mostGrowthShare * traffic.median, from: 'a tenth of it in an hour' },
    },
  ];
};
