// What every queue must do, whatever it is built on. Run against the fake and the real one.
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LogEvent } from '#relay/log.ts';
import type { Queue } from '#relay/queue-port.ts';
import { until } from '#tests/support/until.ts';

export interface OpenedQueue {
  readonly queue: Queue;
  readonly logged: readonly LogEvent[];
}

/** A promise that the test ends when it wants. */
export const gate = (): { readonly passed: Promise<void>; readonly open: () => void } => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: () => resolve() };
};

export const queueContract = (name: string, openFresh: () => Promise<OpenedQueue>): void => {
  const fresh = async (): Promise<OpenedQueue> => {
    const opened = await openFresh();
    onTestFinished(() => opened.queue[Symbol.asyncDispose]());
    return opened;
  };

  describe(`${name}: wakes`, () => {
    test('a wake of a role runs its drain with the lane, and no other role’s', async () => {
      const { queue } = await fresh();
      const seen: string[] = [];
      queue.serve('core', async (lane) => void seen.push(`core ${lane}`));
      queue.serve('mail-out', async (lane) => void seen.push(`mail-out ${lane}`));
      expect(queue.state()).toBe('ready');
      queue.wake('core', 'a');
      queue.wake('mail-out', 'b');
      await until('both drains', () => seen.length === 2);
      expect(seen.toSorted()).toEqual(['core a', 'mail-out b']);
    });

    test('a wake from before anybody served is not lost', async () => {
      const { queue } = await fresh();
      const seen: string[] = [];
      queue.wake('core', 'early');
      queue.serve('core', async (lane) => void seen.push(lane));
      await until('the drain', () => seen.includes('early'));
    });

    test('wakes while a lane is drained make one more run of it, afterwards', async () => {
      const { queue } = await fresh();
      const hold = gate();
      let begun = 0;
      let atOnce = 0;
      let most = 0;
      queue.serve('core', async () => {
        begun += 1;
        atOnce += 1;
        most = Math.max(most, atOnce);
        if (begun === 1) await hold.passed;
        atOnce -= 1;
      });
      queue.wake('core', 'a');
      await until('the first run', () => begun === 1);
      for (let n = 0; n < 5; n += 1) queue.wake('core', 'a');
      // A wake of another lane behind them shows that they have all arrived.
      const arrived = gate();
      queue.serve('tidy', async () => arrived.open());
      queue.wake('tidy', 'behind');
      await arrived.passed;
      expect(begun).toBe(1);
      hold.open();
      await until('the second run', () => begun === 2);
      expect(most).toBe(1);
    });

    test('a lane that takes long does not hold up another', async () => {
      const { queue } = await fresh();
      const hold = gate();
      const seen: string[] = [];
      queue.serve('core', async (lane) => {
        if (lane === 'slow') await hold.passed;
        seen.push(lane);
      });
      queue.wake('core', 'slow');
      queue.wake('core', 'quick');
      await until('the quick one', () => seen.length > 0);
      expect(seen).toEqual(['quick']);
      hold.open();
      await until('the slow one', () => seen.length === 2);
    });

    test('many lanes that wait for somebody do not hold up another (I11)', async () => {
      const { queue } = await fresh();
      const hold = gate();
      const seen: string[] = [];
      queue.serve('mail-out', async (lane) => {
        if (lane.startsWith('slow')) await hold.passed;
        seen.push(lane);
      });
      for (let n = 0; n < 30; n += 1) queue.wake('mail-out', `slow ${n}`);
      queue.wake('mail-out', 'quick');
      await until('the quick one', () => seen.length > 0, { deadlineMs: 8_000 });
      expect(seen).toEqual(['quick']);
      hold.open();
      await until('all', () => seen.length === 31);
    });

    test('a drain that fails is told by a code, and the lane runs again when woken again', async () => {
      const { queue, logged } = await fresh();
      let runs = 0;
      queue.serve('core', async () => {
        runs += 1;
        throw new Error('to somebody@example.org');
      });
      queue.wake('core', 'a');
      await until('the first run’s log line', () => logged.length > 0);
      queue.wake('core', 'a');
      await until('the second run', () => runs >= 2);
      expect(logged[0]).toEqual({ event: 'fault', where: 'drain.core', code: 'unexpected' });
      expect(JSON.stringify(logged)).not.toContain('example.org');
    });

    test('closing waits for what is being drained, and wakes after it do nothing', async () => {
      const { queue } = await fresh();
      const hold = gate();
      const seen: string[] = [];
      queue.serve('core', async (lane) => {
        seen.push(`begun ${lane}`);
        await hold.passed;
        seen.push(`ended ${lane}`);
      });
      queue.wake('core', 'a');
      await until('the run', () => seen.length === 1);
      const closing = queue[Symbol.asyncDispose]();
      queue.wake('core', 'b');
      hold.open();
      await closing;
      expect(seen).toEqual(['begun a', 'ended a']);
      expect(() => queue.wake('core', 'c')).not.toThrow();
    });
  });
};
