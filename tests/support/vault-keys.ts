// Master keys for tests, the same in each run.
import type { MasterKeys } from '#vault/key-tree.ts';

const key = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);

export const testKeys: MasterKeys = { storage: key(1), index: key(2), delivery: key(3) };
