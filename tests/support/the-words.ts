// The words files as the tests read them, and a sample of every slot, so that each text can be rendered.
import { readdir, readFile } from 'node:fs/promises';

import { instant } from '#domain/ids.ts';
import type { Say, Slot, Slots } from '#domain/say.ts';
import { openWords } from '#words/open-words.ts';
import { readLanguage } from '#words/read-language.ts';
import type { LanguageWords } from '#words/read-language.ts';
import type { SlotType } from '#words/template.ts';

export const wordsFolder = 'config/words';

export const readLanguages = async (): Promise<readonly LanguageWords[]> => {
  const names = (await readdir(wordsFolder)).filter((name) => name.endsWith('.yaml')).toSorted();
  return Promise.all(names.map(async (name) => readLanguage(name.replace('.yaml', ''), await readFile(`${wordsFolder}/${name}`, 'utf8'))));
};

/** Keys that are no texts: formats of times. */
export const isFormat = (key: string): boolean => /^times\.|^since\.(?:weekday|date)$|^helplines\.date-/u.test(key);

const monday = instant(Date.UTC(2026, 2, 2, 9, 30));
const thursday = instant(Date.UTC(2026, 2, 5, 17, 0));

export const sampleOf = (type: SlotType): Slot => {
  switch (type) {
    case 'number':
      return { slot: 'number', value: 2 };
    case 'time':
      return { slot: 'time', value: monday, zone: 'Europe/Berlin', form: 'day-and-clock' };
    case 'span':
      return { slot: 'span', ms: 3 * 24 * 3_600_000 };
    case 'since':
      return { slot: 'since', value: monday, now: thursday, zone: 'Europe/Berlin' };
    case 'alias':
      return { slot: 'alias', value: 'River' };
    case 'pseudonym':
      return { slot: 'pseudonym', value: 'Quiet Heron' };
    case 'code':
      return { slot: 'code', value: 'K7M2PQ4X' };
    case 'zone':
      return { slot: 'zone', value: 'Europe/Berlin' };
    case 'languages':
      return { slot: 'languages', codes: ['en', 'de'] };
    case 'word':
      return { slot: 'word', key: 'names.by-mail' };
    case 'block':
      return { slot: 'block', lines: ['One line', 'Another line'] };
  }
};

/** Every text of a language with sample slots; a text with a number once for each of `numbers`. */
export const samplesOf = (words: LanguageWords, numbers: readonly number[] = [1, 2]): readonly Say[] =>
  [...words.templates].flatMap(([key, template]) => {
    const slots: Slots = Object.fromEntries([...template.slots].map(([slot, type]) => [slot, sampleOf(type)]));
    const { plural } = template;
    return plural === null
      ? [{ key, slots }]
      : numbers.map((value) => ({ key, slots: { ...slots, [plural]: { slot: 'number', value } as const } }));
  });

/** Gives the first words of a text of ours, by its key, as they stand before any slot. */
export const openingsOf = async (language: string): Promise<(key: string) => string> => {
  const words = await openWords({ folder: wordsFolder, defaultLanguage: language });
  const templates = (await readLanguages()).find((each) => each.language === language)?.templates;
  return (key) => {
    const template = templates?.get(key);
    if (template === undefined) throw new Error(`no text ${key}`);
    return words
      .render(language, { key, slots: Object.fromEntries([...template.slots].map(([slot, type]) => [slot, sampleOf(type)])) })
      .slice(0, 25);
  };
};
