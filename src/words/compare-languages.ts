// Every language says the same things: the same keys, each with the same slots.
import { WordsFault } from '#words/fault.ts';
import type { LanguageWords } from '#words/read-language.ts';
import type { Template } from '#words/template.ts';

const sameSlots = (one: Template, other: Template): boolean =>
  one.slots.size === other.slots.size && [...one.slots].every(([slot, type]) => other.slots.get(slot) === type);

export const compareLanguages = (pattern: LanguageWords, other: LanguageWords): void => {
  for (const [key, template] of pattern.templates) {
    const same = other.templates.get(key);
    if (same === undefined) throw new WordsFault('missing-key', `${other.language} ${key}`);
    if (!sameSlots(template, same)) throw new WordsFault('slots-differ', `${other.language} ${key}`);
  }
  for (const key of other.templates.keys()) {
    if (!pattern.templates.has(key)) throw new WordsFault('extra-key', `${other.language} ${key}`);
  }
};
