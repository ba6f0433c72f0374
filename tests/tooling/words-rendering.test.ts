// How words files are read and checked, and how slots become text.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '#tests/support/temporary-folder.ts';

import { instant } from '#domain/ids.ts';
import type { Slot } from '#domain/say.ts';
import { WordsFault } from '#words/fault.ts';
import { openWords, wordsOf } from '#words/open-words.ts';
import { readLanguage } from '#words/read-language.ts';
import { aliasFault, isPseudonym } from '#words/short-names.ts';
import { spanOf } from '#words/times.ts';
import { wordsFolder } from '#tests/support/the-words.ts';

const real = await openWords({ folder: wordsFolder, defaultLanguage: 'en' });
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof WordsFault ? error.code : 'another error';
  }
  return 'no fault';
};

describe('a words file is refused', () => {
  test.each([
    ['when it is not YAML', 'a: [', 'unreadable'],
    ['when a key stands twice', 'a: one\na: two', 'unreadable'],
    ['when it uses an alias', 'a: &x one\nb: *x', 'unreadable'],
    ['when a text is a number', 'a: 5', 'not-a-text'],
    ['when a text is missing', 'a:', 'not-a-text'],
    ['when a text is a list', 'a: [one]', 'not-a-text'],
    ['when a text is empty', "a: ' '", 'empty'],
    ['when a slot has no known type', "a: 'x {n:text}'", 'bad-slot'],
    ['when a slot has no type', "a: 'x {n}'", 'bad-slot'],
    ['when a brace stands alone', "a: 'x } y'", 'bad-slot'],
    ['when a slot has two types', "a: '{n:number} {n:span}'", 'bad-slot'],
    ['when a block shares its line', "a: 'see {lines:block}'", 'block-not-alone'],
    ['when a plural form is missing', 'a: { plural: n, other: x }', 'plural-forms'],
    ['when a plural form is no form of the language', 'a: { plural: n, one: x, few: x, other: x }', 'plural-forms'],
    ['when the plural slot is no number', "a: { plural: n, one: '{n:span}', other: x }", 'bad-slot'],
  ])('%s', (_, text, code) => {
    expect(codeOf(() => readLanguage('en', text))).toBe(code);
  });

  test.each([
    ['lacks a key', 'a: x', 'a: x\nb: y', 'extra-key'],
    ['has a key more', 'a: x\nb: y', 'a: x', 'missing-key'],
    ['lacks a slot', "a: 'x {n:number}'", 'a: x', 'slots-differ'],
    ['has a slot more', 'a: x', "a: 'x {n:number}'", 'slots-differ'],
    ['has a slot of another type', "a: 'x {n:number}'", "a: 'x {n:span}'", 'slots-differ'],
  ])('when the other language %s', (_, en, de, code) => {
    expect(codeOf(() => wordsOf([readLanguage('en', en), readLanguage('de', de)], 'en'))).toBe(code);
  });

  test('when the default language has no file', async () => {
    const folder = temporaryFolder();
    await writeFile(join(folder, 'en.yaml'), 'a: x');
    await expect(openWords({ folder, defaultLanguage: 'fr' })).rejects.toMatchObject({ code: 'no-languages' });
  });

  test('when what slots are made of is missing', () => {
    expect(codeOf(() => wordsOf([readLanguage('en', 'a: x')], 'en'))).toBe('missing-key');
  });
});

describe('rendering', () => {
  const slotText = (slot: Slot, language = 'en'): string => {
    const lines = { slot: 'says', says: [] } as const;
    switch (slot.slot) {
      case 'since':
        return real.render(language, { key: 'coordinator.board-lines.waiting', slots: { waited: slot } }).replace(/^\w+ /u, '');
      case 'time':
        return real.render(language, { key: 'requester.correction', slots: { when: slot, zone: { slot: 'zone', value: 'UTC' } } });
      case 'alias':
        return real.render(language, { key: 'requester.signed', slots: { alias: slot } });
      default:
        return real.render(language, { key: 'desk.me', slots: { lines } });
    }
  };

  test('asks for the slots it needs, and for their types', () => {
    expect(codeOf(() => real.render('en', { key: 'nothing.like-this' }))).toBe('unknown-key');
    expect(codeOf(() => real.render('en', { key: 'requester.signed' }))).toBe('slot-missing');
    expect(codeOf(() => real.render('en', { key: 'requester.signed', slots: { alias: { slot: 'number', value: 1 } } }))).toBe('slot-type');
  });

  test('takes the default language where there is none', () => {
    expect(real.render('fr', { key: 'mail.subject' })).toBe('Your message');
  });

  test('a fixed word stands for an alias, and for one that is no alias any more', () => {
    expect(real.render('en', { key: 'requester.signed', slots: { alias: { slot: 'word', key: 'names.volunteer' } } })).toBe(
      '— a volunteer',
    );
    expect(slotText({ slot: 'alias', value: 'http://evil.example' })).toBe('— a volunteer');
    expect(slotText({ slot: 'alias', value: 'Ñandú 2' })).toBe('— Ñandú 2');
  });

  test.each([
    ['pseudonym', { slot: 'pseudonym', value: 'mallory <b>' }, 'case.again', 'pseudonym'],
    ['code', { slot: 'code', value: 'yes please' }, 'requester.did-you-write.ask', 'code'],
    ['zone', { slot: 'zone', value: 'Mars/Phobos' }, 'desk.welcome', 'zone'],
    ['language', { slot: 'languages', codes: ['../x'] }, 'desk.languages.done', 'languages'],
  ] as const)('a %s that is none is refused', (_, slot, key, name) => {
    const held = { slot: 'span', ms: 1000 } as const;
    expect(codeOf(() => real.render('en', { key, slots: { held, [name]: slot } }))).toBe('slot-value');
  });

  test('numbers choose their form', () => {
    const board = (n: number, language: string): string =>
      real.render(language, { key: 'coordinator.board-lines.open', slots: { n: { slot: 'number', value: n } } });
    expect([board(1, 'en'), board(3, 'en'), board(1, 'de'), board(3, 'de')]).toEqual([
      'One conversation is open',
      '3 conversations are open',
      'Ein Gespräch ist offen',
      '3 Gespräche sind offen',
    ]);
  });

  test('languages are named in the language of who reads', () => {
    const said = (language: string): string =>
      real.render(language, { key: 'desk.languages.done', slots: { languages: { slot: 'languages', codes: ['en', 'de'] } } });
    expect([said('en'), said('de')]).toEqual([
      'You are asked for conversations in English and German.',
      'Du wirst gefragt für Gespräche auf Englisch und Deutsch.',
    ]);
  });

  test('times are those of the zone', () => {
    const at = instant(Date.UTC(2026, 6, 7, 22, 30));
    const time = (zone: string, language: string): string => slotText({ slot: 'time', value: at, zone, form: 'day-and-clock' }, language);
    expect(time('UTC', 'en')).toContain('Tuesday 7 July, 22:30');
    expect(time('Europe/Berlin', 'en')).toContain('Wednesday 8 July, 00:30');
    expect(time('Europe/Berlin', 'de')).toContain('Mittwoch, 8. Juli, 00:30 Uhr');
  });

  test.each([
    ['2026-03-04T09:00', '2026-03-04T09:02', 'for a minute or so', 'seit etwa einer Minute'],
    ['2026-03-04T09:00', '2026-03-04T09:05', 'for a few minutes', 'seit ein paar Minuten'],
    ['2026-03-04T09:00', '2026-03-04T09:30', 'for about half an hour', 'seit etwa einer halben Stunde'],
    ['2026-03-04T09:00', '2026-03-04T10:10', 'for about an hour', 'seit etwa einer Stunde'],
    ['2026-03-04T02:00', '2026-03-04T10:10', 'since last night', 'seit der letzten Nacht'],
    ['2026-03-04T08:00', '2026-03-04T17:00', 'since this morning', 'seit heute Morgen'],
    ['2026-03-04T13:00', '2026-03-04T17:00', 'since midday', 'seit heute Mittag'],
    ['2026-03-04T15:00', '2026-03-04T17:00', 'since this afternoon', 'seit heute Nachmittag'],
    ['2026-03-04T19:00', '2026-03-04T22:00', 'since this evening', 'seit heute Abend'],
    ['2026-03-03T10:00', '2026-03-04T17:00', 'since yesterday', 'seit gestern'],
    ['2026-03-03T23:00', '2026-03-04T07:00', 'since yesterday evening', 'seit gestern Abend'],
    ['2026-03-01T10:00', '2026-03-04T17:00', 'since Sunday', 'seit Sonntag'],
    ['2026-02-20T10:00', '2026-03-04T17:00', 'since 20 February', 'seit dem 20. Februar'],
    // The hour of the night in which the clocks change does not move the day.
    ['2026-03-28T10:00', '2026-03-29T09:00', 'since yesterday', 'seit gestern'],
  ])('since %s, said at %s, is "%s" and "%s"', (value, now, en, de) => {
    const berlin = (text: string): number => new Date(`${text}:00${text < '2026-03-29T02' ? '+01:00' : '+02:00'}`).getTime();
    const slot: Slot = { slot: 'since', value: instant(berlin(value)), now: instant(berlin(now)), zone: 'Europe/Berlin' };
    expect([slotText(slot, 'en'), slotText(slot, 'de')]).toEqual([en, de]);
  });

  const hour = 3_600_000;
  test.each([
    [24 * hour, 'days', 1],
    [24 * hour + 3000, 'days', 1],
    [72 * hour, 'days', 3],
    [7 * 24 * hour, 'weeks', 1],
    [56 * 24 * hour, 'weeks', 8],
    [30 * 24 * hour, 'days', 30],
    [90 * 60_000, 'minutes', 90],
    [10 * 60_000, 'minutes', 10],
    [26 * hour, 'hours', 26],
    [50 * hour, 'hours', 50],
    [50 * hour + 600_000, 'days', 2],
    [1000, 'seconds', 1],
    [0, 'seconds', 0],
  ] as const)('%i ms are %s: %i', (ms, unit, n) => {
    expect(spanOf(ms)).toEqual({ unit, n });
  });

  test('a span is never far from what it says', () => {
    const sizes = { seconds: 1000, minutes: 60_000, hours: hour, days: 24 * hour, weeks: 168 * hour };
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 400 * 24 * hour }), (ms) => {
        const { unit, n } = spanOf(ms);
        expect(n).toBeGreaterThan(0);
        expect(Math.abs(n * sizes[unit] - ms)).toBeLessThanOrEqual(Math.max(ms * 0.26, 500));
      }),
    );
  });
});

describe('short names', () => {
  test.each([
    ['River', null],
    ["O'Neill-Brontë 2", null],
    ['Никола', null],
    ['小林', null],
    ['a'.repeat(40), null],
    ['', 'empty'],
    ['   ', 'empty'],
    ['a'.repeat(41), 'too-long'],
    [' River', 'bad-character'],
    ['2nd', 'bad-character'],
    ['@river:example.org', 'bad-character'],
    ['river.example', 'bad-character'],
    ['<b>River', 'bad-character'],
    ['River\nRaft', 'bad-character'],
    ['River\u202E', 'bad-character'],
    ['River 🌊', 'bad-character'],
    ['**River', 'bad-character'],
  ] as const)('%j is %s', (text, fault) => {
    expect(aliasFault(text)).toBe(fault);
  });

  test.each([
    ['Quiet Heron', true],
    ['Quiet', false],
    ['quiet heron', false],
    ['Quiet Heron Two', false],
    ['Quiet  Heron', false],
  ])('%j is a pseudonym: %s', (text, is) => {
    expect(isPseudonym(text)).toBe(is);
  });
});
