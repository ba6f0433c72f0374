// Under which name a relay's wakes stand in Redis: one of its own, the same at each start. Where two relays share a Redis, each
// empties and takes what is its own alone.
import { derive } from '#vault/key-tree.ts';

export const queuePrefix = (indexKey: Uint8Array): string =>
  `hearken-${Buffer.from(derive(indexKey, 'the name in the queue')).toString('hex').slice(0, 16)}`;
