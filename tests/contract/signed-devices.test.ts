// What is remembered of signed devices ends with the homeserver's next word on devices, and is not begun while one is being worked in.
import { expect, test } from 'vitest';
import { newSignedDevices, workedInMs } from '#matrix/signed-devices.ts';
import type { DeviceCounts } from '#matrix/signed-devices.ts';

const world = () => {
  let now = 0;
  let devices: DeviceCounts = { signed: 1, unsigned: 0 };
  const asked: string[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const known = newSignedDevices(
    async (userId) => {
      asked.push(userId);
      const counts = devices;
      await gates.shift()?.promise;
      return counts;
    },
    () => now,
  );
  return {
    known,
    asked,
    pass: (ms: number) => void (now += ms),
    have: (counts: DeviceCounts) => void (devices = counts),
    gate: () => {
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      return gate;
    },
  };
};

const vera = '@vera:chat.example';
const unsigned = { signed: 1, unsigned: 1 };

test('is asked once, for each person', async () => {
  const { known, asked, pass } = world();
  pass(workedInMs + 1);
  for (const user of [vera, vera, '@will:chat.example', vera]) expect(await known.of(user)).toEqual({ signed: 1, unsigned: 0 });
  expect(asked).toEqual([vera, '@will:chat.example']);
});

test('is asked again after the homeserver has told of devices, and each time until that is certainly worked in', async () => {
  const { known, asked, pass, have } = world();
  pass(workedInMs + 1);
  await known.of(vera);
  known.told();
  // Told, and not yet worked in.
  expect(await known.of(vera)).toEqual({ signed: 1, unsigned: 0 });
  have(unsigned);
  expect(await known.of(vera)).toEqual(unsigned);
  pass(workedInMs + 1);
  expect(await known.of(vera)).toEqual(unsigned);
  expect(await known.of(vera)).toEqual(unsigned);
  expect(asked).toHaveLength(4);
});

test('what was asked before such a word and answered after it is not remembered', async () => {
  const { known, pass, have, gate } = world();
  pass(workedInMs + 1);
  const { resolve } = gate();
  const before = known.of(vera);
  have(unsigned);
  known.told();
  resolve();
  expect(await before).toEqual({ signed: 1, unsigned: 0 });
  pass(workedInMs + 1);
  expect(await known.of(vera)).toEqual(unsigned);
});
