// The texts for people: read and checked once at start, then rendered from keys and typed slots.
// Holds every sentence that Hearken says and none that anybody wrote: slots take no free text (I12).
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Say, Slot, Words } from '#relay/words-port.ts';
import { compareLanguages } from '#words/compare-languages.ts';
import { WordsFault } from '#words/fault.ts';
import { readLanguage } from '#words/read-language.ts';
import type { LanguageWords } from '#words/read-language.ts';
import { aliasFault, isPseudonym } from '#words/short-names.ts';
import type { SlotType, Template } from '#words/template.ts';
import { inZone, isZone, sinceWord, sinceWords, spanOf, spanUnits, timeForms } from '#words/times.ts';

export interface WordsPlace {
  /** The folder with one file for each language, `en.yaml`. */
  readonly folder: string;
  /** Used where a language is asked for that has no file. */
  readonly defaultLanguage: string;
}

const fileName = /^([a-z]{2,3})\.yaml$/u;

/** Throws WordsFault when a file cannot be read, or the languages do not say the same things with the same slots. */
export const openWords = async (place: WordsPlace): Promise<Words> => {
  const found = (await readdir(place.folder)).flatMap((name) => fileName.exec(name)?.[1] ?? []).toSorted();
  const all = await Promise.all(
    found.map(async (language) => readLanguage(language, await readFile(join(place.folder, `${language}.yaml`), 'utf8'))),
  );
  return wordsOf(all, place.defaultLanguage);
};

/** The same from languages that were read already. */
export const wordsOf = (all: readonly LanguageWords[], defaultLanguage: string): Words => {
  const byLanguage = new Map(all.map((words) => [words.language, words]));
  const pattern = byLanguage.get(defaultLanguage);
  if (pattern === undefined) throw new WordsFault('no-languages', defaultLanguage);
  for (const other of all) compareLanguages(pattern, other);
  for (const key of slotKeys) if (!pattern.templates.has(key)) throw new WordsFault('missing-key', `${defaultLanguage} ${key}`);
  return {
    languages: all.map((each) => each.language),
    render: (language, say) => renderSay(byLanguage.get(language) ?? pattern, say),
  };
};

/** Texts that slots themselves are made of: asked for at start, so that none is missed in the night. */
export const slotKeys: readonly string[] = [
  'names.volunteer',
  ...timeForms.map((form) => `times.${form}`),
  ...spanUnits.map((unit) => `spans.${unit}`),
  ...sinceWords.map((name) => `since.${name}`),
];

const renderSay = (words: LanguageWords, say: Say): string => {
  const template = words.templates.get(say.key);
  if (template === undefined) throw new WordsFault('unknown-key', `${words.language} ${say.key}`);
  const slots = say.slots ?? {};
  const parts = template.texts.get(formOf(words, { template, say })) ?? [];
  const text = parts.map((part) => {
    if ('literal' in part) return part.literal;
    const slot = slots[part.slot];
    if (slot === undefined) throw new WordsFault('slot-missing', `${say.key} ${part.slot}`);
    if (!fits(part.type, slot)) throw new WordsFault('slot-type', `${say.key} ${part.slot}`);
    return renderSlot(words, slot);
  });
  return text.join('');
};

const formOf = (words: LanguageWords, from: { readonly template: Template; readonly say: Say }): string => {
  const { plural } = from.template;
  if (plural === null) return 'other';
  const slot = from.say.slots?.[plural];
  if (slot?.slot !== 'number') throw new WordsFault('slot-missing', `${from.say.key} ${plural}`);
  return new Intl.PluralRules(words.language).select(slot.value);
};

const fits = (type: SlotType, slot: Slot): boolean =>
  slot.slot === type || (type === 'alias' && slot.slot === 'word') || (type === 'block' && slot.slot === 'says');

const word = (words: LanguageWords, key: string): string => renderSay(words, { key });

const renderSlot = (words: LanguageWords, slot: Slot): string => {
  const { language } = words;
  switch (slot.slot) {
    case 'number':
      return new Intl.NumberFormat(language).format(slot.value);
    case 'time':
      return inZone(slot.value, { zone: slot.zone, language }).toFormat(word(words, `times.${slot.form}`));
    case 'span': {
      const { unit, n } = spanOf(slot.ms);
      return renderSay(words, { key: `spans.${unit}`, slots: { n: { slot: 'number', value: n } } });
    }
    case 'since': {
      const value = inZone(slot.value, { zone: slot.zone, language });
      const name = sinceWord(value, inZone(slot.now, { zone: slot.zone, language }));
      const text = word(words, `since.${name}`);
      return name === 'weekday' || name === 'date' ? value.toFormat(text) : text;
    }
    case 'alias':
      return aliasFault(slot.value) === null ? slot.value : word(words, 'names.volunteer');
    case 'pseudonym':
      return checked(slot.value, isPseudonym(slot.value));
    case 'code':
      return checked(slot.value, /^[A-Z0-9]{4}(?:-?[A-Z0-9]{4}){0,2}$/u.test(slot.value));
    case 'zone':
      return checked(slot.value, isZone(slot.value));
    case 'languages':
      return new Intl.ListFormat(language).format(slot.codes.map((code) => languageName(language, code)));
    case 'word':
      return word(words, slot.key);
    case 'block':
      return slot.lines.join('\n');
    case 'says':
      return slot.says.map((say) => renderSay(words, say)).join('\n');
  }
};

const checked = (value: string, form: boolean): string => {
  if (!form) throw new WordsFault('slot-value', 'form');
  return value;
};

/** The language's name in another language; the code itself where nobody knows it. */
export const languageName = (language: string, code: string): string => {
  if (!/^[a-z]{2,3}$/u.test(code)) throw new WordsFault('slot-value', 'language');
  return new Intl.DisplayNames(language, { type: 'language' }).of(code) ?? code;
};
