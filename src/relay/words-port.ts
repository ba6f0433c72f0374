// Sentences for people, as types. Slots hold typed values, never text that somebody wrote (I12).
import type { Instant } from '#domain/ids.ts';

export type Language = string;

/** A slot's value. `alias` and `pseudonym` come from checked short forms; `list` joins such values. */
export type Slot =
  | { readonly slot: 'number'; readonly value: number }
  /** A point in time, shown in `zone` (IANA) as people say it. */
  | { readonly slot: 'time'; readonly value: Instant; readonly zone: string; readonly form: 'clock' | 'day' | 'day-and-clock' }
  | { readonly slot: 'span'; readonly ms: number }
  | { readonly slot: 'alias'; readonly value: string }
  | { readonly slot: 'pseudonym'; readonly value: string }
  /** Another sentence of the words file, by key. */
  | { readonly slot: 'word'; readonly key: string }
  /** An already laid out block made of words and checked data only (helplines, help lists, a board). */
  | { readonly slot: 'block'; readonly lines: readonly string[] };

export type Slots = Readonly<Record<string, Slot>>;

/** What to say: a key of the words files and its slots. The text is made when it is sent, in the receiver's language. */
export interface Say {
  readonly key: string;
  readonly slots?: Slots;
}
