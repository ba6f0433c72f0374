// What to say to people, as data: a key of the words files and typed slots, never a sentence and never somebody's text (I12).
import type { Instant } from '#domain/ids.ts';

/** A slot's value. `alias` and `pseudonym` are checked short names. */
export type Slot =
  | { readonly slot: 'number'; readonly value: number }
  /** A point in time, shown in `zone` (IANA) as people say it. */
  | { readonly slot: 'time'; readonly value: Instant; readonly zone: string; readonly form: 'clock' | 'day' | 'day-and-clock' }
  | { readonly slot: 'span'; readonly ms: number }
  /** Since when somebody waits, as people say it: "this morning", "Tuesday". `now` is when it is said. */
  | { readonly slot: 'since'; readonly value: Instant; readonly now: Instant; readonly zone: string }
  | { readonly slot: 'alias'; readonly value: string }
  | { readonly slot: 'pseudonym'; readonly value: string }
  /** Another sentence of the words files, by key. */
  | { readonly slot: 'word'; readonly key: string }
  /** Languages by their codes (`en`), named in the receiver's language: "English and German". */
  | { readonly slot: 'languages'; readonly codes: readonly string[] }
  /** A single-use code of ours, in capital letters and digits. */
  | { readonly slot: 'code'; readonly value: string }
  /** A time zone's IANA name. */
  | { readonly slot: 'zone'; readonly value: string }
  /** Lines made of checked data (helplines). */
  | { readonly slot: 'block'; readonly lines: readonly string[] }
  /** Lines that are sentences of the words files themselves (help lists, a board); fills a `block` as well. */
  | { readonly slot: 'says'; readonly says: readonly Say[] };

export type Slots = Readonly<Record<string, Slot>>;

/** The sentence is made when it is sent, in the receiver's language. */
export interface Say {
  readonly key: string;
  readonly slots?: Slots;
}
