// Lines of people who listen, by the country that the requester named; never by a guess from address, language or clock.
// Everything printed is checked data and carries the date of its newest source.
import { DateTime } from 'luxon';

import type { Instant } from '#domain/ids.ts';
import type { Clock } from '#relay/clock.ts';
import type { Helplines } from '#relay/parts.ts';
import type { Language, Words } from '#relay/words-port.ts';
import { readHelplines } from '#words/helplines-file.ts';
import type { Helpline, HelplineCountry, HelplinesFile } from '#words/helplines-file.ts';

/** After this, a line's number may have moved: it says "please check", and gives way to a younger one. */
const freshDays = 400;

/** Reads the file and checks its form. `find` reads names in English, German and the country's own, and ISO codes. */
export const openHelplines = async (path: string, parts: HelplineParts): Promise<Helplines> =>
  helplinesOf(await readHelplines(path), parts);

interface HelplineParts {
  readonly words: Words;
  readonly clock: Clock;
}

/** The same from a file that was read already. */
export const helplinesOf = (file: HelplinesFile, parts: HelplineParts): Helplines => {
  const byName = new Map(file.countries.flatMap((country) => namesOf(country).map((name) => [name, country.code] as const)));
  const byCode = new Map(file.countries.map((country) => [country.code, country]));
  const directoryLine = (printer: Printer): string =>
    `${printer.say('directories')} ${file.directories.map((directory) => directory.at).join(', ')}`;
  return {
    country: (named) =>
      forms(named)
        .map((form) => byName.get(form))
        .find((code) => code !== undefined) ?? null,
    block: (code, language) => {
      const country = byCode.get(code);
      if (country === undefined) return null;
      const printer = printerFor(parts, language);
      const blocks = [
        emergencyLine(country, printer),
        ...standing(country.lines, printer.now).map((line) => lineBlock(line, printer)),
        [directoryLine(printer)],
      ];
      return blocks.filter((block) => block.length > 0).flatMap((block, at) => (at === 0 ? block : ['', ...block]));
    },
    directories: (language) => [directoryLine(printerFor(parts, language))],
  };
};

const namesOf = (country: HelplineCountry): readonly string[] =>
  [country.code, ...Object.values(country.names), ...country.aliases].flatMap(forms);

/** A name without case, accents, punctuation and "the"; with ä both as a and as ae. */
const forms = (name: string): readonly string[] => {
  const plain = (text: string): string =>
    text
      .normalize('NFKD')
      .replace(/[\p{M}\p{P}]/gu, '')
      .toLowerCase()
      .replaceAll('ß', 'ss')
      .replace(/\s+/gu, ' ')
      .replace(/^the /u, '')
      .trim();
  const german = name.normalize('NFC').replace(/[äöü]/giu, (letter) => `${plain(letter)}e`);
  return [...new Set([plain(name), plain(german)])].filter((form) => form !== '');
};

const newest = (line: Helpline): DateTime => DateTime.fromISO(line.confirmedAt ?? line.newestSource, { zone: 'UTC' });
const isFresh = (line: Helpline, now: Instant): boolean => DateTime.fromMillis(now).diff(newest(line), 'days').days <= freshDays;

/** An old line is left out only where a younger one stands: an old number is more than none. */
const standing = (lines: readonly Helpline[], now: Instant): readonly Helpline[] => {
  const fresh = lines.filter((line) => isFresh(line, now));
  return fresh.length > 0 ? fresh : lines;
};

interface Printer {
  readonly language: Language;
  readonly now: Instant;
  readonly say: (name: string) => string;
}

const printerFor = ({ words, clock }: HelplineParts, language: Language): Printer => ({
  language,
  now: clock.now(),
  say: (name) => words.render(language, { key: `helplines.${name}` }),
});

const inLanguage = (texts: Readonly<Record<string, string>>, language: Language): string => texts[language] ?? texts['en'] ?? '';

const emergencyLine = (country: HelplineCountry, { say }: Printer): readonly string[] => {
  const numbers = country.emergency.map((number) => (number.for === 'all' ? number.dial : `${number.dial} (${say(`for-${number.for}`)})`));
  return numbers.length === 0 ? [] : [`${say('emergency')} ${numbers.join(', ')}`];
};

const lineBlock = (line: Helpline, printer: Printer): readonly string[] => {
  const { say, language } = printer;
  const numbers = line.shown === null ? [] : [[line.shown, ...line.also].join(', ')];
  const note = line.note === null ? '' : `, ${inLanguage(line.note, language)}`;
  const ways = line.ways.map((way) =>
    way.by === 'text' && way.word !== null ? `${say('by-text')} ${way.word} → ${way.to}` : `${say(`by-${way.by}`)} ${way.to}`,
  );
  return [
    [line.name, ...numbers].join(': ') + note,
    ...(ways.length === 0 ? [] : [ways.join(' · ')]),
    [hoursOf(line, printer), ...languagesOf(line, printer)].join(' · '),
    asOf(line, printer),
  ];
};

const hoursOf = (line: Helpline, { say, language }: Printer): string => {
  if (line.hours === null) return say('hours-unknown');
  return `${say('hours')} ${line.hours === 'always' ? say('always') : inLanguage(line.hours, language)}`;
};

const languagesOf = (line: Helpline, { say, language }: Printer): readonly string[] => {
  if (line.languages === null) return [];
  const names = new Intl.DisplayNames(language, { type: 'language' });
  return [`${say('languages')} ${line.languages.map((code) => names.of(code) ?? code).join(', ')}`];
};

const dateForms = ['year', 'month', 'day'] as const;

const asOf = (line: Helpline, { say, language, now }: Printer): string => {
  const form = dateForms[(line.confirmedAt ?? line.newestSource).split('-').length - 1] ?? 'day';
  const date = newest(line)
    .setLocale(language)
    .toFormat(say(`date-${form}`));
  return isFresh(line, now) ? `${say('as-of')} ${date}` : `${say('as-of')} ${date}, ${say('please-check')}`;
};
