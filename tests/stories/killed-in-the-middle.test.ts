// The relay is killed with -9, again and again, while two conversations run: nobody on either side notices.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MatrixPerson } from '#trial/people/matrix-person.ts';
import { seeded } from '#tests/support/seeded.ts';
import { setStage, type Stage } from '#tests/support/stage.ts';
import { theStack } from '#tests/support/stack.ts';
import { holdTwoConversations, ways, type TwoConversations } from '#tests/support/two-conversations.ts';
import { until } from '#tests/support/until.ts';

const linesEachWay = 20;
const longestPauseMs = 3_500;

describe('the relay is killed in the middle of both conversations', { timeout: 240_000 }, () => {
  const chance = seeded('kills of the relay');
  let stage: Stage;
  let talk: TwoConversations;
  let kills = 0;

  beforeAll(async () => {
    // While it logs its bots in and makes their identities, and at whatever moment it is when it has just started.
    stage = await setStage({ stack: theStack(), killInitAfter: [600 + chance.below(1_500), 1_000 + chance.below(3_000)] });
    await stage.relay.kill();
    await stage.relay.start();
    await stage.relay.kill();
    kills += 2;
    await stage.relay.start();
  }, 180_000);
  afterAll(() => stage?.[Symbol.asyncDispose]());
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(stage.relay.log.slice(-60).join('\n'));
  });

  it('begins with two conversations', async () => {
    talk = await holdTwoConversations(stage);
  });

  it('loses, doubles, swaps and garbles nothing, and a new device of a person is understood', async () => {
    const newDevice = async (): Promise<{ readonly device: MatrixPerson; readonly knownFrom: number }> => {
      await until('half of the lines', () => talk.said('chat in').length >= linesEachWay / 2, { deadlineMs: 120_000 });
      const device = await stage.anotherDevice(talk.chatPerson);
      await device.waitForRoom((room) => room.roomId === talk.chat && room.encrypted === 'yes');
      talk.chatWrittenBy(device);
      const before = talk.said('chat in').length;
      // What it wrote has been read, so the relay knows of it, and everything from now on is for its eyes as well.
      await until('a line of the new device at the volunteer', async () => (await talk.arrived('chat in')).lines.length > before + 1, {
        deadlineMs: 120_000,
      });
      return { device, knownFrom: talk.said('chat out').length };
    };
    let writing: 'on' | 'over' = 'on';
    const writers = Promise.all([
      newDevice(),
      ...ways.map((way) => talk.write(way, { lines: linesEachWay, longestPauseMs, chance })),
    ]).finally(() => {
      writing = 'over';
    });
    const killing = (async () => {
      while (writing === 'on') {
        await pause(chance.below(6_000));
        await stage.relay.kill();
        kills += 1;
        await stage.relay.start();
      }
    })();
    const [[{ device, knownFrom }]] = await Promise.all([writers, killing]);
    // One more line each way, behind everything: what is doubled or late would come before it.
    await Promise.all(ways.map((way) => talk.write(way, { lines: 1, longestPauseMs: 1, chance })));
    await talk.allArrived(90_000);

    let again = 0;
    for (const way of ways) {
      const arrivals = await talk.arrived(way);
      expect(arrivals.lines.map((line) => line.text)).toEqual(talk.said(way).map((line) => line.text));
      again += arrivals.sameMailAgain;
    }
    expect(talk.unreadable()).toBe(0);
    const onNewDevice = device.seen.flatMap((event) =>
      event.what.type === 'text' && event.sender === stage.frontBot ? [event.what.body] : [],
    );
    expect(onNewDevice).toEqual(
      expect.arrayContaining(
        talk
          .said('chat out')
          .slice(knownFrom)
          .map((line) => line.text),
      ),
    );
    expect(kills).toBeGreaterThanOrEqual(6);
    expect(again).toBeLessThanOrEqual(kills);
    console.log(
      `kills of the relay: ${kills}; ${ways.length * (linesEachWay + 1)} lines, none lost, doubled, swapped or unreadable; mails that came twice under one Message-ID: ${again}`,
    );
  });
});
