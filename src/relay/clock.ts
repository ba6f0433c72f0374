// Time and chance as ports. Nothing else reads a clock or draws a number.
import type { Instant } from '#domain/ids.ts';

export interface Clock {
  /** Now, in ms since 1970 UTC. */
  now(): Instant;
}

export interface Chance {
  /** A random id of 128 bits, lower-case letters and digits; says nothing about anybody. */
  id(): string;
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number;
  bytes(length: number): Uint8Array;
}
