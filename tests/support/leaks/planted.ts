// Words that nobody would ever write, one for each place where a person's identity can stand.
import type { Marked } from '#tests/support/leaks/search.ts';

export interface Planting {
  readonly stem: string;
  /** The word for this place, the same each time; in small letters. */
  word(field: string): string;
  /** The same with a capital, as names are written. */
  name(field: string): string;
  readonly words: readonly Marked[];
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** What stands between stem and end is two letters, so base64's blurred edges do not matter. */
export const planting = (stem: string): Planting => {
  const words: Marked[] = [];
  const word = (field: string): string => {
    const known = words.find((each) => each.field === field);
    if (known !== undefined) return known.word;
    const made = `${stem}${letters[Math.floor(words.length / 26)]}${letters[words.length % 26]}ov`;
    words.push({ field, word: made });
    return made;
  };
  return {
    stem,
    words,
    word,
    name(field) {
      const made = word(field);
      return made.slice(0, 1).toUpperCase() + made.slice(1);
    },
  };
};
