// The helplines file: form, sources, and numbers that stay as they are dialled.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '#tests/support/temporary-folder.ts';

import { instant } from '#domain/ids.ts';
import { HelplinesFault, readHelplines } from '#words/helplines-file.ts';
import type { HelplinesFile } from '#words/helplines-file.ts';
import { helplinesOf, openHelplines } from '#words/helplines.ts';
import { openWords } from '#words/open-words.ts';
import { wordsFolder } from '#tests/support/the-words.ts';

const path = 'config/care/helplines.json';
const file = await readHelplines(path);
const words = await openWords({ folder: wordsFolder, defaultLanguage: 'en' });
const clockAt = (...day: readonly [number, number, number]): { readonly now: () => ReturnType<typeof instant> } => ({
  now: () => instant(Date.UTC(...day)),
});
const helplines = await openHelplines(path, { words, clock: clockAt(2026, 10, 24) });
const lines = file.countries.flatMap((country) => country.lines.map((line) => ({ country: country.code, ...line })));

describe('the file', () => {
  test('has at least ten countries, each line with sources and the date of the newest', () => {
    expect(file.countries.length).toBeGreaterThanOrEqual(10);
    expect(lines.filter((line) => line.sources.length < 2)).toEqual([]);
    expect(lines.filter((line) => !/^20\d\d/u.test(line.newestSource))).toEqual([]);
  });

  test('has a way to reach each line', () => {
    expect(lines.filter((line) => line.dial === null && line.ways.length === 0)).toEqual([]);
    expect(lines.filter((line) => (line.dial === null) !== (line.shown === null))).toEqual([]);
  });

  test('shows the very digits that are dialled', () => {
    expect(lines.filter((line) => line.dial !== null && line.shown?.replace(/[^\d*]/gu, '') !== line.dial)).toEqual([]);
  });

  // Nobody's library, formatter or good will may touch these strings: +1988 and +44116123 do not dial. The sum was taken when the
  // file was written, with each string found word for word in the sources named beside it. Who changes a number on purpose, with a
  // source, changes the sum as well.
  test('numbers are those that were found in the sources', () => {
    const emergency = file.countries.map((country) =>
      [country.code, ...country.emergency.map((number) => `${number.dial} ${number.for}`)].join('|'),
    );
    const dialled = lines.map((line) =>
      [
        line.country,
        line.dial ?? '',
        line.shown ?? '',
        ...line.also,
        ...line.ways.map((way) => ('word' in way ? `${way.word ?? ''}>${way.to}` : way.to)),
      ].join('|'),
    );
    expect(dialled.filter((each) => each.includes('+'))).toEqual([]);
    expect(
      createHash('sha256')
        .update([...emergency, ...dialled].join('\n'))
        .digest('hex'),
    ).toBe('a9712407704e381b10c69a709916e0723df56a2cd3a14cf28467ddb23d920523');
  });

  test('no two countries answer to one name', () => {
    const owner = new Map<string, string>();
    for (const country of file.countries) {
      for (const name of [country.code, ...Object.values(country.names), ...country.aliases]) {
        expect(helplines.country(name), name).toBe(country.code);
        expect(owner.get(name.toLowerCase()) ?? country.code).toBe(country.code);
        owner.set(name.toLowerCase(), country.code);
      }
    }
  });

  test('nothing is called confirmed that nobody confirmed', () => {
    expect(lines.filter((line) => (line.confirmedBy === null) !== (line.confirmedAt === null))).toEqual([]);
  });
});

describe('a country is found', () => {
  test.each([
    ['Germany', 'DE'],
    ['Deutschland', 'DE'],
    ['DE', 'DE'],
    ['deu', 'DE'],
    ['  germany. ', 'DE'],
    ['Österreich', 'AT'],
    ['osterreich', 'AT'],
    ['OESTERREICH', 'AT'],
    ['USA', 'US'],
    ['u.s.a.', 'US'],
    ['the United States', 'US'],
    ['Vereinigte Staaten', 'US'],
    ['UK', 'GB'],
    ['Scotland', 'GB'],
    ['España', 'ES'],
    ['espana', 'ES'],
    ['The Netherlands', 'NL'],
    ['Südkorea', 'KR'],
    ['日本', 'JP'],
    ['Atlantis', null],
    ['', null],
    ['???', null],
    ['Georgia', null],
    ['Korea North', null],
  ])('%j is %s', (named, code) => {
    expect(helplines.country(named)).toBe(code);
  });
});

describe('what is printed', () => {
  test('for Germany, in English', () => {
    expect(helplines.block('DE', 'en')).toEqual([
      'Emergency number: 112',
      '',
      'TelefonSeelsorge: 0800 111 0 111, 0800 111 0 222, 116 123',
      'Chat: online.telefonseelsorge.de',
      'Hours: day and night · Languages: German',
      'As of 2 June 2026',
      '',
      'In many countries: findahelpline.com, befrienders.org, iasp.info',
    ]);
  });

  test('for the United States, in German: the text lines with their words, and no number made up for a line without one', () => {
    expect(helplines.block('US', 'de')).toEqual([
      'Notruf: 911',
      '',
      '988 Suicide & Crisis Lifeline: 988',
      'SMS: 988 · SMS: AYUDA → 988 · Chat: 988lifeline.org/chat',
      'Zeiten: Tag und Nacht · Sprachen: Englisch, Spanisch',
      'Stand: 2. Juni 2026',
      '',
      'Crisis Text Line',
      'SMS: HOME → 741741',
      'Zeiten: Tag und Nacht · Sprachen: Englisch',
      'Stand: 2. Juni 2026',
      '',
      'In vielen Ländern: findahelpline.com, befrienders.org, iasp.info',
    ]);
  });

  test('every country in every language, each line with its date, the directories last', () => {
    for (const country of file.countries) {
      for (const language of words.languages) {
        const block = helplines.block(country.code, language) ?? [];
        expect(block.at(-1)).toContain('findahelpline.com');
        expect(block.filter((line) => /^(?:As of|Stand:) /u.test(line)).length).toBeGreaterThan(0);
        expect(block.join('\n')).not.toMatch(/undefined|null|\n\n\n/u);
      }
    }
  });

  test('nothing for a country that is not on file', () => {
    expect(helplines.block('XX', 'en')).toBeNull();
    expect(helplines.directories('de')).toEqual(['In vielen Ländern: findahelpline.com, befrienders.org, iasp.info']);
  });

  const withDates = (...dates: readonly string[]): HelplinesFile => ({
    ...file,
    countries: file.countries.slice(0, 1).map((country) => ({
      ...country,
      lines: country.lines
        .slice(0, 1)
        .flatMap((line) => dates.map((newestSource, at) => ({ ...line, name: `Line ${at + 1}`, newestSource }))),
    })),
  });
  const printed = (dates: readonly string[]): string => {
    const [country] = withDates(...dates).countries;
    return (
      helplinesOf(withDates(...dates), { words, clock: clockAt(2026, 10, 24) })
        .block(country?.code ?? '', 'en')
        ?.join('\n') ?? ''
    );
  };

  test('a line older than 400 days asks to check it', () => {
    expect(printed(['2025-10-20'])).toContain('As of 20 October 2025');
    expect(printed(['2025-10-20'])).not.toContain('please check');
    expect(printed(['2025-10-19'])).toContain('As of 19 October 2025, please check');
    expect(printed(['2025-09'])).toContain('As of September 2025, please check');
    expect(printed(['2025'])).toContain('As of 2025, please check');
  });

  test('an old line gives way to a younger one, and stays where it is the only one', () => {
    expect(printed(['2026-06-02', '2021-07-09'])).not.toContain('Line 2');
    expect(printed(['2023-06-09', '2021-07-09'])).toContain('Line 2');
  });

  test('a line that a person confirmed carries that date', () => {
    const confirmed = {
      ...file,
      countries: file.countries.slice(0, 1).map((country) => ({
        ...country,
        lines: country.lines.map((line) => ({ ...line, confirmedBy: 'the committee', confirmedAt: '2026-11-01' })),
      })),
    };
    expect(
      helplinesOf(confirmed, { words, clock: clockAt(2026, 10, 24) })
        .block(file.countries[0]?.code ?? '', 'en')
        ?.join('\n'),
    ).toContain('As of 1 November 2026');
  });
});

test.each([
  ['no JSON', '{'],
  ['an unknown field', JSON.stringify({ ...file, more: 1 })],
  ['a number in + form', JSON.stringify(file).replace('"dial":"142"', '"dial":"+43142"')],
  ['a line without a source', JSON.stringify(file).replace(/"sources":\[[^\]]*\]/u, '"sources":[]')],
  ['no date', JSON.stringify(file).replace(/"newestSource":"[^"]*"/u, '"newestSource":"lately"')],
])('a file with %s is refused', async (_, text) => {
  const broken = join(temporaryFolder(), 'helplines.json');
  await writeFile(broken, text);
  await expect(readHelplines(broken)).rejects.toThrow(HelplinesFault);
});
