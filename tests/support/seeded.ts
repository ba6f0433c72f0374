// Chance for tests that try many things: the same again for the same seed, which is printed so that a bad run can be had again.
import { randomBytes } from 'node:crypto';

export interface Seeded {
  readonly seed: number;
  /** A whole number from 0, below this bound. */
  below(bound: number): number;
  /** One of these. */
  pick<Value>(from: readonly [Value, ...(readonly Value[])]): Value;
}

/**
 * `HEARKEN_SEED` in the environment gives the seed of an earlier run. `usual`: what every run of the tests tries, so that a change is
 * what makes it fail; new things are looked for by the long runs.
 */
export const seeded = (what: string, usual?: number): Seeded => {
  const given = process.env['HEARKEN_SEED'];
  const seed = given === undefined ? (usual ?? randomBytes(4).readUInt32LE()) : Number(given);
  console.log(`${what}: HEARKEN_SEED=${seed}`);
  return seededBy(seed);
};

export const seededBy = (seed: number): Seeded => {
  const below = mulberry32(seed);
  return { seed, below, pick: (from) => from[below(from.length)] ?? from[0] };
};

/** A small generator with even draws (https://github.com/bryc/code/blob/master/jshash/PRNGs.md). */
const mulberry32 = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};
