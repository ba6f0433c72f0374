// All figures of one run, one after the other on the same servers, each given out as soon as it is there.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startSdkPerson } from '#trial/people/sdk-person.ts';
import type { StackHandle } from '#trial/stack-handle.ts';
import { openBareLegs } from '#tests/bench/bare-legs.ts';
import { measureBurst } from '#tests/bench/burst.ts';
import { verdictOf, type Figure, type Judged } from '#tests/bench/figure.ts';
import { goAway, heldByOne, holder, holdChatCase, holdMailCases, readyForMany } from '#tests/bench/held-cases.ts';
import { measureManyCases } from '#tests/bench/many-cases.ts';
import { measureMemory } from '#tests/bench/memory.ts';
import { measureOneMessage } from '#tests/bench/one-message.ts';
import { fillWithCases, measureStart } from '#tests/bench/start.ts';
import { setStage } from '#tests/support/stage.ts';

export const groups = ['messages', 'burst', 'many-cases', 'start', 'memory'] as const;
export type Group = (typeof groups)[number];

export interface Size {
  /** `judged`: large enough to say whether a bound holds. */
  readonly verdicts: 'judged' | 'not-judged';
  readonly rounds: number;
  /** Each holds as many cases as anybody may. */
  readonly burstHolders: number;
  readonly burstMessages: number;
  readonly burstRounds: number;
  readonly cases: number;
  readonly open: number;
  readonly samples: number;
  readonly starts: number;
  readonly restMs: number;
  readonly soakMs: number;
}

export const usual: Size = {
  verdicts: 'judged',
  rounds: 40,
  burstHolders: 10,
  burstMessages: 300,
  burstRounds: 3,
  cases: 10_000,
  open: 200,
  samples: 400,
  starts: 7,
  restMs: 60_000,
  soakMs: 120_000,
};

/** To see that everything runs. */
export const tiny: Size = {
  verdicts: 'not-judged',
  rounds: 1,
  burstHolders: 1,
  burstMessages: 3,
  burstRounds: 1,
  cases: 30,
  open: 4,
  samples: 5,
  starts: 1,
  restMs: 100,
  soakMs: 1_000,
};

/** Less than this says nothing about an hour. */
const soakToJudgeMs = 1_800_000;
const trafficEveryMs = 1_000;

export interface BenchPlan {
  readonly stack: StackHandle;
  readonly size: Size;
  readonly groups: readonly Group[];
  readonly say: (line: string) => void;
  readonly give: (figure: Judged) => void;
}

export const runBench = async ({ stack, size, groups: wanted, say, give }: BenchPlan): Promise<void> => {
  const judge = (figures: readonly Figure[]): void => {
    for (const figure of figures) {
      const tooShort = figure.figure === 'memory-growth' && size.soakMs < soakToJudgeMs;
      give({ ...figure, verdict: size.verdicts === 'not-judged' || tooShort ? 'not-judged' : verdictOf(figure) });
    }
  };
  say('The relay takes its place …');
  await using stage = await setStage({ stack, limits: readyForMany, program: join(import.meta.dirname, 'bench-relay.ts') });
  const first = await holder(stage, 'holds');
  const [mail] = await holdMailCases(stage, { desks: [first], each: 1 });
  if (mail === undefined) throw new Error('there is no case');
  const chat = await holdChatCase(stage, first);
  // Nobody else's case is offered there.
  await goAway(first);

  if (wanted.includes('messages')) {
    say('One message at a time …');
    await using bare = await openBareLegs(stack);
    judge(await measureOneMessage({ stage, mail, chat }, { bare, rounds: size.rounds }));
  }
  if (wanted.includes('burst')) {
    say('Many conversations begin …');
    const desks = [];
    for (let count = 0; count < size.burstHolders; count += 1) desks.push(await holder(stage, 'holds'));
    const cases = await holdMailCases(stage, { desks, each: heldByOne });
    const account = await stack.admin.freshMatrixAccount('bare');
    const mailbox = stack.admin.freshSupportMailbox().address;
    await using bare = await startSdkPerson({ homeserver: stack.addresses.matrix, account });
    say('A burst …');
    judge(await measureBurst({ cases, bare, mailbox, messages: size.burstMessages, rounds: size.burstRounds }));
  }
  if (wanted.includes('many-cases')) {
    say('A store is filled …');
    const folder = join(stage.folder, 'many');
    mkdirSync(folder, { recursive: true });
    const { cases, open, samples } = size;
    judge(await measureManyCases({ config: stage.config, folder, redis: stack.addresses.valkey.url, cases, open, samples }));
  }
  if (!wanted.includes('start') && !wanted.includes('memory')) return;
  say('The relay gets many cases, and makes their rooms …');
  const plan = { stage, cases: size.cases, open: size.open, rounds: size.starts };
  await fillWithCases(plan);
  if (wanted.includes('start')) {
    say('It is started again and again …');
    judge(await measureStart(plan));
  }
  if (wanted.includes('memory')) {
    say('It rests, and then works …');
    await stage.relay.stop();
    await stage.relay.start();
    judge(await measureMemory({ stage, mail, chat, restMs: size.restMs, soakMs: size.soakMs, everyMs: trafficEveryMs }));
  }
};
