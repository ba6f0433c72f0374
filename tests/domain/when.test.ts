// Times as people write them, in their own zone: whole or not at all, with clock changes and leap days.
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import type { Instant } from '#domain/ids.ts';
import { instant } from '#domain/ids.ts';
import { readSpan, readWhen } from '#words/when.ts';

const berlin = 'Europe/Berlin';
const at = (iso: string, zone: string): Instant => instant(DateTime.fromISO(iso, { zone }).toMillis());
const shown = (when: Instant | null, zone: string): string | null =>
  when === null ? null : DateTime.fromMillis(when, { zone }).toFormat('ccc yyyy-MM-dd HH:mm');
const read = (text: string, now: string, zone: string = berlin): string | null => shown(readWhen(text, { now: at(now, zone), zone }), zone);

/** A Wednesday. */
const wednesday = '2026-03-11T10:30:20';

describe('on Wednesday 11 March 2026 at half past ten', () => {
  test.each([
    ['18:00', 'Wed 2026-03-11 18:00'],
    ['until 18:00', 'Wed 2026-03-11 18:00'],
    ['at 18:00', 'Wed 2026-03-11 18:00'],
    ['by 18:00.', 'Wed 2026-03-11 18:00'],
    ['18', 'Wed 2026-03-11 18:00'],
    ['18.30', 'Wed 2026-03-11 18:30'],
    ['6pm', 'Wed 2026-03-11 18:00'],
    ['noon', 'Wed 2026-03-11 12:00'],
    ['midnight', 'Thu 2026-03-12 00:00'],
    ['24:00', 'Thu 2026-03-12 00:00'],
    ['0:00', 'Thu 2026-03-12 00:00'],
    ['this evening', 'Wed 2026-03-11 20:00'],
    ['tonight', 'Wed 2026-03-11 22:00'],
    ['9', 'Thu 2026-03-12 09:00'],
    ['10:30', 'Thu 2026-03-12 10:30'],
    ['10:31', 'Wed 2026-03-11 10:31'],
    ['tomorrow', 'Thu 2026-03-12 23:59'],
    ['tomorrow 9', 'Thu 2026-03-12 09:00'],
    ['Tomorrow at 9:30', 'Thu 2026-03-12 09:30'],
    ['9 tomorrow', 'Thu 2026-03-12 09:00'],
    ['tomorrow morning', 'Thu 2026-03-12 06:00'],
    ['fri', 'Fri 2026-03-13 23:59'],
    ['Friday', 'Fri 2026-03-13 23:59'],
    ['fri 18', 'Fri 2026-03-13 18:00'],
    ['until friday 18:00', 'Fri 2026-03-13 18:00'],
    ['wed', 'Wed 2026-03-11 23:59'],
    ['wed 12', 'Wed 2026-03-11 12:00'],
    ['wednesday 9', 'Wed 2026-03-18 09:00'],
    ['tues 9', 'Tue 2026-03-17 09:00'],
    ['thurs 9', 'Thu 2026-03-12 09:00'],
    ['saturday 9', 'Sat 2026-03-14 09:00'],
    ['2w', 'Wed 2026-03-25 10:30'],
    ['for 2 weeks', 'Wed 2026-03-25 10:30'],
    ['in 2 hours', 'Wed 2026-03-11 12:30'],
    ['90 min', 'Wed 2026-03-11 12:00'],
    ['a week', 'Wed 2026-03-18 23:59'],
    ['two weeks', 'Wed 2026-03-25 23:59'],
    ['1 month', 'Sat 2026-04-11 23:59'],
    ['an hour', 'Wed 2026-03-11 11:30'],
    ['march 20', 'Fri 2026-03-20 23:59'],
    ['2026-03-20', 'Fri 2026-03-20 23:59'],
    ['march 10', 'Wed 2027-03-10 23:59'],
    ['yesterday', 'Tue 2026-03-10 23:59'],
  ])('%j is %s', (text, expected) => expect(read(text, wednesday)).toBe(expected));

  test.each([
    '',
    ' ',
    'until',
    'garbage',
    'later',
    'soon',
    'a',
    '25',
    '24:30',
    '18:75',
    '99',
    '-3',
    '18:00 or so',
    '18:00 x',
    'hello 18:00',
    '9:00-11:00',
    '9-11',
    'mon-fri 18-22',
    '0w',
    '0 days',
    '2 hays',
    'fri 25',
    'feb 29',
    '31 june',
    '１８:００',
    '٩',
    '18:00\n19:00',
    `18:00${' '.repeat(100)}`,
    'tomorrow '.repeat(1000),
  ])('%j is no time', (text) => expect(read(text, wednesday)).toBeNull());
});

describe('clock changes', () => {
  test('a time that is skipped is an hour later', () => {
    expect(read('2:30', '2026-03-29T01:30')).toBe('Sun 2026-03-29 03:30');
    expect(read('tomorrow 2:30', '2026-03-28T20:00')).toBe('Sun 2026-03-29 03:30');
  });

  test('across a change a clock time stays that clock time', () => {
    expect(read('18:00', '2026-03-28T20:00')).toBe('Sun 2026-03-29 18:00');
    expect(read('sunday 9', '2026-10-24T20:00')).toBe('Sun 2026-10-25 09:00');
  });

  test('a span is as long as it says', () => {
    const now = at('2026-03-28T20:00', berlin);
    expect(readWhen('1d', { now, zone: berlin })).toBe(now + 86_400_000);
    expect(readWhen('in 2 hours', { now: at('2026-03-29T01:30', berlin), zone: berlin })).toBe(at('2026-03-29T01:30', berlin) + 7_200_000);
  });

  test('in the hour that is repeated it is the next one of the two', () => {
    const before = at('2026-10-25T01:50', berlin);
    const firstOne = readWhen('2:30', { now: before, zone: berlin });
    expect(firstOne).toBe(Date.UTC(2026, 9, 25, 0, 30));
    expect(readWhen('2:30', { now: instant(Date.UTC(2026, 9, 25, 0, 40)), zone: berlin })).toBe(Date.UTC(2026, 9, 25, 1, 30));
    expect(shown(readWhen('2:30', { now: instant(Date.UTC(2026, 9, 25, 1, 40)), zone: berlin }), berlin)).toBe('Mon 2026-10-26 02:30');
  });

  test('a day whose midnight is skipped begins an hour later', () => {
    expect(read('sunday 0:00', '2026-09-04T10:00', 'America/Santiago')).toBe('Sun 2026-09-06 01:00');
  });

  test('a shift of half an hour is no trouble', () => {
    expect(read('2:15', '2026-10-04T01:00', 'Australia/Lord_Howe')).toBe('Sun 2026-10-04 02:45');
  });
});

describe('leap days', () => {
  test.each([
    ['tomorrow', '2028-02-28T22:00', 'Tue 2028-02-29 23:59'],
    ['tomorrow', '2027-02-28T22:00', 'Mon 2027-03-01 23:59'],
    ['feb 29', '2028-02-01T10:00', 'Tue 2028-02-29 23:59'],
    ['feb 29', '2027-02-01T10:00', null],
    ['1d', '2028-02-28T12:00', 'Tue 2028-02-29 12:00'],
  ])('%j said at %s is %s', (text, now, expected) => expect(read(text, now)).toBe(expected));
});

describe('somebody who has moved', () => {
  test.each([
    ['Asia/Tokyo', 'Thu 2026-03-12 18:00'],
    ['America/New_York', 'Wed 2026-03-11 18:00'],
    ['Asia/Kathmandu', 'Wed 2026-03-11 18:00'],
    ['Pacific/Kiritimati', 'Thu 2026-03-12 18:00'],
    ['Pacific/Niue', 'Wed 2026-03-11 18:00'],
    ['UTC', 'Wed 2026-03-11 18:00'],
  ])('in %s, at noon UTC, 18:00 is %s there', (zone, expected) => {
    expect(shown(readWhen('18:00', { now: instant(Date.UTC(2026, 2, 11, 12)), zone }), zone)).toBe(expected);
  });
});

describe('spans', () => {
  const hour = 3_600_000;
  test.each([
    ['1h', hour],
    ['3 hours', 3 * hour],
    ['2d', 48 * hour],
    ['1 day', 24 * hour],
    ['2w', 336 * hour],
    ['2 weeks', 336 * hour],
    ['for 10 days', 240 * hour],
    ['30m', hour / 2],
    ['45 minutes', (hour * 3) / 4],
    [' 2W ', 336 * hour],
  ])('%j', (text, ms) => expect(readSpan(text)).toBe(ms));

  test.each(['', '0d', '0h', '1000h', '-1d', '1.5h', 'two weeks', '2', 'd', '2x', '2 hays', '2dd', '1 d 2 h'])('%j is none', (text) =>
    expect(readSpan(text)).toBeNull(),
  );
});

describe('whatever the zone and the moment', () => {
  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'America/Santiago',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Africa/Cairo',
    'Pacific/Kiritimati',
    'UTC',
  ] as const;
  const moment = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2032, 0, 1) }).map(instant);

  test('a clock time is the next moment at which a clock there shows it', () => {
    fc.assert(
      fc.property(
        moment,
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        (now, zone, hour, minute) => {
          const when = readWhen(`${hour}:${String(minute).padStart(2, '0')}`, { now, zone });
          if (when === null) throw new Error('not read');
          expect(when).toBeGreaterThan(now);
          expect(when - now).toBeLessThanOrEqual(25.5 * 3_600_000);
          const there = DateTime.fromMillis(when, { zone });
          const minuteOfDay = there.hour * 60 + there.minute;
          const skipped = minuteOfDay - (hour * 60 + minute);
          expect([0, 30, 60], `${there.toISO()} for ${hour}:${minute}`).toContain(skipped);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('no text breaks it, and what it gives is a whole number', () => {
    const piece = fc.oneof(
      fc.constantFrom('tomorrow', 'fri', '18', ':', '00', ' ', '2w', 'next', 'pm', '31', 'feb', '-', '/', '99999', 'ago', 'last', 'at'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(moment, fc.constantFrom(...zones), fc.array(piece, { maxLength: 8 }), (now, zone, pieces) => {
        const when = readWhen(pieces.join(''), { now, zone });
        expect(when === null || Number.isSafeInteger(when)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
