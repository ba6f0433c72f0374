// Sentences for people, as types. What may be said is the domain's (say.ts); how it reads is the words files'.
import type { Say } from '#domain/say.ts';

export type { Say, Slot } from '#domain/say.ts';

/** A language code as in the words files' names: `en`, `de`. */
export type Language = string;

export interface Words {
  readonly languages: readonly Language[];
  /** Throws only for a key or slot that no test has seen; every key is checked at start. */
  render(language: Language, say: Say): string;
}
