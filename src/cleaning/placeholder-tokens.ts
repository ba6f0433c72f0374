// What stands in the cleaned text where something was taken out. Says what kind of thing it was and keeps nothing of it.
import type { Placeholder } from '#relay/cleaning-port.ts';

export type PlaceholderTokens = Readonly<Record<Placeholder, string>>;

/** The neutral ones; a request may bring those of another language. */
export const placeholderTokens: PlaceholderTokens = {
  address: '[address]',
  phone: '[phone]',
  link: '[link]',
  handle: '[handle]',
  name: '[name]',
};

const kinds: readonly Placeholder[] = ['address', 'phone', 'link', 'handle', 'name'];

/**
 * While the text is worked on, each placeholder is one private-use character (U+E000 on): no letter, so it parts words,
 * and no known name (there are people called Link) is found in it. Private-use characters of the writer are gone by then.
 */
const firstMark = 0xe000;

export function markOf(kind: Placeholder): string {
  return String.fromCharCode(firstMark + kinds.indexOf(kind));
}

export function kindOfMark(char: string): Placeholder | null {
  return kinds[char.charCodeAt(0) - firstMark] ?? null;
}

export const anyMark = /[\ue000-\ue004]/g;
