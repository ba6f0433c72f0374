// The tidy role: every chore has its turn, whatever became of the others.
import { expect, test } from 'vitest';
import type { Store } from '#relay/store-port.ts';
import { hours, minutes, relayWorld } from '#tests/support/world.ts';
import { startTidy } from '#workers/tidy.ts';

class Coded extends Error {
  readonly code: string;
  constructor(code: string) {
    super('words that must not be logged');
    this.code = code;
  }
}

const failing = (code: string) => async (): Promise<never> => {
  throw new Coded(code);
};

const tidying = async (store: (store: Store) => Store) => {
  const world = await relayWorld({ store });
  const done: string[] = [];
  const chores = {
    checkpoint: async () => void done.push('checkpoint'),
    sweepKeys: failing('key-trouble'),
    sweepMail: async () => void done.push('mail'),
  };
  return { world, done, start: () => startTidy({ parts: world.parts, holder: 'tidy' }, chores) };
};

test('a chore that fails holds up none of the others, and comes round again', async () => {
  const { world, done, start } = await tidying((store) => ({ ...store, sweep: failing('disk-full') }));
  await using tidy = start();
  await tidy.drain('');
  expect(done).toEqual(['checkpoint', 'mail']);
  expect(world.faults()).toEqual([
    { event: 'fault', where: 'tidy-store', code: 'disk-full' },
    { event: 'fault', where: 'tidy-keys', code: 'key-trouble' },
  ]);
  world.at(world.now() + minutes(30));
  await tidy.drain('');
  expect(done).toHaveLength(2);
  world.at(world.now() + hours(1));
  await tidy.drain('');
  expect(done).toEqual(['checkpoint', 'mail', 'checkpoint', 'mail']);
  expect(world.faults()).toHaveLength(2);
});

test('timers that cannot be read hold up no chore', async () => {
  let broken: 'no' | 'yes' = 'no';
  const { world, done, start } = await tidying((store) => ({
    ...store,
    dueTimers: (before, limit) => (broken === 'yes' ? failing('store-broken')() : store.dueTimers(before, limit)),
  }));
  await using tidy = start();
  broken = 'yes';
  await tidy.drain('');
  broken = 'no';
  expect(done).toEqual(['checkpoint', 'mail']);
  expect(new Set(world.faults().map((fault) => 'code' in fault && fault.code))).toEqual(new Set(['store-broken', 'key-trouble']));
});
