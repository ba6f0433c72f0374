// How long to wait before the next try: doubling, with full jitter, so that many relays do not come back at once.
import type { Chance } from '#relay/clock.ts';

export interface BackOff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** `tries`: how many have failed in a row, from 1. At least `firstMs`, at most `mostMs`. */
export function backOffMs(tries: number, { firstMs, mostMs, chance }: BackOff & { readonly chance: Pick<Chance, 'below'> }): number {
  const ceiling = Math.min(mostMs, firstMs * 2 ** Math.min(tries - 1, 30));
  return firstMs + chance.below(Math.floor(ceiling - firstMs) + 1);
}
