// Chance that can be foretold: ids are counted, draws are the smallest.
import type { Chance } from '#relay/clock.ts';

export const countedChance = (prefix = 'id'): Chance => {
  let count = 0;
  return {
    id: () => `${prefix}${String((count += 1)).padStart(6, '0')}`,
    below: () => 0,
    bytes: (length) => new Uint8Array(length).fill(7),
  };
};
