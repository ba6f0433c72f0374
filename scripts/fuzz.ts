// `npm run fuzz -- --mails 200000 --events 200000 [--seed N]`: the long run of bad input, in threads. What it finds is kept and tried at
// every `npm test` from then on. Ends with 1 when something was found.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { keepFound } from '#tests/support/bad-input/found.ts';
import type { FuzzDone, FuzzTask } from '#tests/support/fuzz-child.ts';

/** So many share a seed: a finding is had again in seconds. */
const ofOneSeed = 400;
/** Nothing else goes on meanwhile, in ms. */
const longestStall = 2_000;
const sayEveryMs = 10_000;

const { values } = parseArgs({ options: { mails: { type: 'string' }, events: { type: 'string' }, seed: { type: 'string' } } });
const count = (value: string | undefined): number => Math.max(0, Math.floor(Number(value ?? 0)) || 0);
const seed = values.seed === undefined ? Date.now() % 1_000_000_000 : count(values.seed);

const tasksOf = (kind: FuzzTask['kind'], total: number): readonly FuzzTask[] =>
  Array.from({ length: Math.ceil(total / ofOneSeed) }, (_, at) => ({
    kind,
    seed: seed + at,
    count: Math.min(ofOneSeed, total - at * ofOneSeed),
  }));
const tasks = [...tasksOf('mails', count(values.mails)), ...tasksOf('events', count(values.events))];
if (tasks.length === 0) {
  console.log('How many? For example: npm run fuzz -- --mails 20000 --events 20000');
  process.exit(2);
}

const fates = new Map<string, number>();
let tried = 0;
let found = 0;
let stall = 0;
let saidAt = Date.now();
let keeping: Promise<void> = Promise.resolve();

const note = async (task: FuzzTask, done: FuzzDone): Promise<void> => {
  tried += task.count;
  stall = Math.max(stall, done.longestStallMs);
  for (const [fate, many] of Object.entries(done.fates)) fates.set(fate, (fates.get(fate) ?? 0) + many);
  for (const { what } of done.found) console.log(`seed ${task.seed}, ${task.kind}: ${what}`);
  if (done.longestStallMs > longestStall)
    console.log(`seed ${task.seed}, ${task.kind}: nothing else for ${done.longestStallMs.toFixed(0)} ms`);
  found += done.found.length + (done.longestStallMs > longestStall ? 1 : 0);
  // One after the other: the threads come back at any moment.
  keeping = keeping.then(() => keepFound(done.found));
  await keeping;
  if (Date.now() - saidAt < sayEveryMs) return;
  saidAt = Date.now();
  console.log(`${tried} tried, ${found} found`);
};

const waiting = [...tasks];
const runThread = async (): Promise<void> => {
  const worker = new Worker(new URL('../tests/support/fuzz-child.ts', import.meta.url));
  try {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      const answer = new Promise<FuzzDone>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
      worker.postMessage(task);
      await note(task, await answer);
      worker.removeAllListeners('error');
    }
  } finally {
    await worker.terminate();
  }
};

const began = Date.now();
console.log(`seed ${seed}`);
await Promise.all(Array.from({ length: Math.min(availableParallelism(), tasks.length) }, runThread));
const each = [...fates].map(([fate, many]) => `${fate} ${many}`).join(', ');
console.log(
  `${tried} tried in ${((Date.now() - began) / 1000).toFixed(0)} s, ${found} found: ${each}; nothing else for ${stall.toFixed(0)} ms at most`,
);
process.exitCode = found === 0 ? 0 : 1;
