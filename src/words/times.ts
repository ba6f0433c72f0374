// Times and spans as people say them. Formats and words come from the words files; zone and "now" are handed in.
import { DateTime, IANAZone } from 'luxon';

import { WordsFault } from '#words/fault.ts';

export const timeForms = ['clock', 'day', 'day-and-clock'] as const;
export const spanUnits = ['weeks', 'days', 'hours', 'minutes', 'seconds'] as const;
export type SpanUnit = (typeof spanUnits)[number];

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const sizes = { weeks: 7 * day, days: day, hours: hour, minutes: minute, seconds: second } as const;

/** How far from a whole number of units still counts as whole: a note sent three seconds after a day says "one day". */
const nearly = 0.02;
/** Above this many, people say the next unit. */
const most = { weeks: Number.POSITIVE_INFINITY, days: 120, hours: 71, minutes: 119, seconds: 119 } as const;

/** The largest unit of which it is a whole number, nearly; else the largest below weeks of which there are at least two. */
export const spanOf = (ms: number): { readonly unit: SpanUnit; readonly n: number } => {
  const count = (unit: SpanUnit): number => Math.round(ms / sizes[unit]);
  const isWhole = (unit: SpanUnit): boolean =>
    count(unit) >= 1 && count(unit) <= most[unit] && Math.abs(ms / sizes[unit] - count(unit)) <= nearly;
  const unit = spanUnits.find(isWhole) ?? spanUnits.find((each) => each !== 'weeks' && ms >= 2 * sizes[each]) ?? 'seconds';
  return { unit, n: Math.max(0, count(unit)) };
};

/** How since when is said: a word of the words file, or a format of it. */
export const sinceWords = [
  'moment',
  'minutes',
  'half-hour',
  'hour',
  'night',
  'morning',
  'midday',
  'afternoon',
  'evening',
  'yesterday',
  'yesterday-evening',
  'weekday',
  'date',
] as const;
export type SinceWord = (typeof sinceWords)[number];

const partOfDay = (hourOfDay: number): SinceWord => {
  if (hourOfDay < 5) return 'night';
  if (hourOfDay < 12) return 'morning';
  if (hourOfDay < 14) return 'midday';
  return hourOfDay < 18 ? 'afternoon' : 'evening';
};

/** Coarse on purpose: the exact minute of a request helps nobody and could tell who it was. */
export const sinceWord = (value: DateTime, now: DateTime): SinceWord => {
  const waited = now.toMillis() - value.toMillis();
  if (waited < 3 * minute) return 'moment';
  if (waited < 20 * minute) return 'minutes';
  if (waited < 45 * minute) return 'half-hour';
  if (waited < 90 * minute) return 'hour';
  const days = Math.round(now.startOf('day').diff(value.startOf('day'), 'days').days);
  if (days <= 0) return partOfDay(value.hour);
  if (days === 1) return value.hour < 18 ? 'yesterday' : 'yesterday-evening';
  return days < 7 ? 'weekday' : 'date';
};

export const inZone = (ms: number, from: { readonly zone: string; readonly language: string }): DateTime => {
  const time = DateTime.fromMillis(ms, { zone: from.zone, locale: from.language });
  if (!time.isValid) throw new WordsFault('slot-value', 'time');
  return time;
};

export const isZone = (name: string): boolean => IANAZone.isValidZone(name);
