// A thread of `npm run fuzz`: makes bad mails or events from a seed, tries them, and tells what it found.
import { parentPort } from 'node:worker_threads';
import fc from 'fast-check';
import { badEvent } from '#tests/support/bad-input/event-grammar.ts';
import type { Fate } from '#tests/support/bad-input/fate.ts';
import type { Kept } from '#tests/support/bad-input/found.ts';
import { badMail } from '#tests/support/bad-input/mail-grammar.ts';
import { tryEvents } from '#tests/support/bad-input/try-events.ts';
import { openReader, tryMails } from '#tests/support/bad-input/try-mails.ts';

export interface FuzzTask {
  readonly kind: 'mails' | 'events';
  readonly seed: number;
  readonly count: number;
}

export interface FuzzDone {
  readonly fates: Readonly<Record<Fate, number>>;
  readonly found: readonly Kept[];
  readonly longestStallMs: number;
}

const reader = openReader();

const run = async ({ kind, seed, count }: FuzzTask): Promise<FuzzDone> => {
  if (kind === 'events') {
    const { fates, findings, longestStallMs } = await tryEvents(fc.sample(badEvent, { seed, numRuns: count }));
    return { fates, longestStallMs, found: findings.map(({ what, steps }) => ({ what, events: steps })) };
  }
  const { fates, findings, longestStallMs } = await tryMails(fc.sample(badMail, { seed, numRuns: count }), reader);
  return { fates, longestStallMs, found: findings.map(({ what, mail }) => ({ what, mail: mail.toString('base64') })) };
};

parentPort?.on('message', (task: FuzzTask) => {
  run(task).then(
    (done) => parentPort?.postMessage(done),
    (fault: unknown) => {
      throw fault;
    },
  );
});
