// Each server goes away in the middle of both conversations, Redis is wiped and wiped again: nothing is lost, doubled or swapped,
// and half a minute after a server's coming back everything has arrived.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { spans } from '#domain/limits.ts';
import { startStack, type Stack } from '#trial/stack.ts';
import { seeded } from '#tests/support/seeded.ts';
import { setStage, type Stage } from '#tests/support/stage.ts';
import { holdTwoConversations, ways, type TwoConversations, type Writers } from '#tests/support/two-conversations.ts';

const linesEachWay = 8;
const longestPauseMs = 2_000;
/** From a line's writing to its arrival, while Redis is wiped or away: gathering, the sweeper's patience, and a slow machine. */
const boundMs = 15_000;
const backWithinMs = 30_000;

const servers = ['the homeserver', 'the IMAP server', 'the SMTP server'] as const;

interface Away {
  /** Whose own programs notice, and wait. */
  readonly held: readonly Writers[];
  readonly forMs: number;
  kill(): Promise<void>;
  start(): Promise<void>;
}

describe('a server that goes away', { timeout: 180_000 }, () => {
  const chance = seeded('servers that go away');
  let stack: Stack;
  let stage: Stage;
  let talk: TwoConversations;

  beforeAll(async () => {
    stack = await startStack();
    stage = await setStage({ stack });
    talk = await holdTwoConversations(stage);
  }, 180_000);
  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(stage.relay.log.slice(-60).join('\n'));
  });

  const write = (lines: number): Promise<unknown> => Promise.all(ways.map((way) => talk.write(way, { lines, longestPauseMs, chance })));

  /** Everything once, in order, readable. Gives how long each line since these counts took, ms, shortest first. */
  const compare = async (from: ReadonlyMap<string, number>): Promise<readonly number[]> => {
    const took: number[] = [];
    for (const way of ways) {
      const { lines } = await talk.arrived(way);
      const said = talk.said(way);
      expect(lines.map((line) => line.text)).toEqual(said.map((line) => line.text));
      took.push(...lines.slice(from.get(way)).map((line, at) => line.at - (said[at + (from.get(way) ?? 0)]?.at ?? Number.NaN)));
    }
    expect(talk.unreadable()).toBe(0);
    return took.toSorted((a, b) => a - b);
  };
  const counts = (): ReadonlyMap<string, number> => new Map(ways.map((way) => [way, talk.said(way).length]));
  const figures = (took: readonly number[]): string =>
    `${took.length} lines, median ${took[Math.floor(took.length / 2)]} ms, longest ${took.at(-1)} ms`;

  it('Redis is wiped at random moments', async () => {
    const from = counts();
    let writing: 'on' | 'over' = 'on';
    let wipes = 0;
    const wiping = (async () => {
      while (writing === 'on') {
        await pause(chance.below(1_500));
        await stack.valkey.flushAll();
        wipes += 1;
      }
    })();
    await write(2 * linesEachWay);
    writing = 'over';
    await wiping;
    await talk.allArrived(60_000);
    const took = await compare(from);
    console.log(`Redis wiped ${wipes} times: ${figures(took)}`);
    expect(wipes).toBeGreaterThanOrEqual(5);
    expect(took.at(-1)).toBeLessThan(boundMs);
  });

  it('Redis is away for 20 s, and nobody waits for it', async () => {
    const from = counts();
    const away = (async () => {
      await stack.valkey.kill();
      await pause(20_000);
      await stack.valkey.start();
    })();
    await write(linesEachWay);
    await away;
    await write(2);
    await talk.allArrived(60_000);
    const took = await compare(from);
    console.log(`Redis away for 20 s: ${figures(took)}`);
    expect(took.at(-1)).toBeLessThan(boundMs);
  });

  const aways: Readonly<Record<(typeof servers)[number], Away>> = {
    'the homeserver': { held: ['matrix'], forMs: 6_000, kill: () => stack.synapse.kill(), start: () => stack.synapse.start() },
    'the IMAP server': { held: ['mail'], forMs: 10_000, kill: () => stack.dovecot.kill(), start: () => stack.dovecot.start() },
    'the SMTP server': { held: [], forMs: 10_000, kill: () => stack.smtp.stop(), start: () => stack.smtp.start() },
  };

  it.each(servers)('%s is killed with lines on their way, and comes back', async (server) => {
    const away = aways[server];
    const from = counts();
    const writers = write(linesEachWay);
    await pause(500 + chance.below(1_500));
    const goOn = await Promise.all(away.held.map((writer) => talk.hold(writer)));
    await away.kill();
    await pause(away.forMs);
    await away.start();
    const backAt = Date.now();
    const before = counts();
    for (const go of goOn) go();
    const late = async (): Promise<number> => {
      let missing = 0;
      for (const way of ways) missing += Math.max(0, (before.get(way) ?? 0) - (await talk.arrived(way)).lines.length);
      return missing;
    };
    // What an SMTP server may have taken is sent once more, ten minutes later, and its writer knows.
    const unsure = (): number =>
      talk.byMail.at.person.seen.filter((event) => event.what.type === 'reaction' && event.what.symbol === '❔').length;
    let missing = await late();
    while (missing > 0 && unsure() === 0 && Date.now() - backAt < backWithinMs) {
      await pause(100);
      missing = await late();
    }
    const backMs = Date.now() - backAt;
    await writers;
    if (unsure() > 0) await stage.later(11 * spans.minute);
    await talk.allArrived(60_000);
    const took = await compare(from);
    console.log(
      `${server} away for ${away.forMs / 1000} s: what waited had arrived after ${backMs} ms; mails that may have been taken: ${unsure()}; ${figures(took)}`,
    );
    if (unsure() === 0) expect(missing).toBe(0);
  });

  it('has doubled no mail but under the same Message-ID', async () => {
    console.log(`mails that came twice under one Message-ID: ${(await talk.arrived('mail out')).sameMailAgain}`);
    const mails = await talk.mailPerson.inbox();
    const answers = mails.filter((mail) => mail.text.includes('Thank you for writing'));
    expect(new Set(answers.map((mail) => mail.messageId)).size).toBe(1);
  });
});
