// Reads times that people write: "18:00", "tomorrow 9", "fri", "2w". In their own time zone, daylight saving included.
import { parse } from 'chrono-node';
import type { ParsedResult } from 'chrono-node';
import { DateTime } from 'luxon';

import type { Instant } from '#domain/ids.ts';
import { instant } from '#domain/ids.ts';

const minute = 60_000;
const units = { m: minute, h: 60 * minute, d: 24 * 60 * minute, w: 7 * 24 * 60 * minute } as const;
type Unit = keyof typeof units;
const spanForm =
  /^(?:for\s+|in\s+)?(?<count>\d{1,3})\s*(?:(?<m>m|mins?|minutes?)|(?<h>h|hrs?|hours?)|(?<d>d|days?)|(?<w>w|wks?|weeks?))$/iu;

/** "3h", "2d", "2 weeks": a span in ms, or null. No span at all is not "0 days". */
export const readSpan = (text: string): number | null => {
  const groups = spanForm.exec(text.trim())?.groups;
  const unit = (Object.keys(units) as Unit[]).find((each) => groups?.[each] !== undefined);
  const count = Number(groups?.['count']);
  return unit === undefined || count === 0 ? null : count * units[unit];
};

/** Longer than any time that people write; what is longer is something else. */
const longestText = 60;

/** What chrono would leave alone: a bare "9" or "18" is an hour, and "24:00" and "18.30" are said where clocks have 24 hours. */
const straighten = (text: string): string => {
  const bare = text
    .trim()
    .replace(/^until\s+/iu, '')
    .replace(/^(?:at|by)\s+/iu, '')
    .replace(/[.!,]+$/u, '');
  if (/^24(?:[:.]00)?$/u.test(bare)) return 'midnight';
  if (/^\d{1,2}$/u.test(bare)) return `${bare}:00`;
  return bare
    .replace(/\b(\d{1,2})\.(\d{2})$/u, '$1:$2')
    .replace(/\b(tomorrow|today|mon|tue|wed|thu|fri|sat|sun)(?:s|rs|day|sday|nesday|rsday|urday)?\s+(\d{1,2})$/iu, '$1 $2:00')
    .replace(/^(\d{1,2})\s+(tomorrow|today)$/iu, '$1:00 $2');
};

/** Chrono has an hour of its own for each of these. */
const partsOfDay = ['morning', 'afternoon', 'evening', 'tonight'] as const;

/** Does it say a time of the day: "9", "noon", "tomorrow morning"? */
const hasClock = ({ start }: ParsedResult): boolean =>
  start.isCertain('hour') || partsOfDay.some((part) => start.tags().has(`casualReference/${part}`));

const isDayNamed = ({ start }: ParsedResult): boolean => start.isCertain('day') || start.isCertain('weekday') || start.isCertain('month');

/** A wall clock's moments on this day: two in the hour that a clock change repeats, an hour later in the one that it skips. */
const momentsOn = (day: DateTime, { start }: ParsedResult, clock: 'clock' | 'whole-day'): readonly number[] => {
  const time =
    clock === 'clock' ? day.set({ hour: start.get('hour') ?? 0, minute: start.get('minute') ?? 0 }) : day.endOf('day').startOf('minute');
  return time.isValid ? time.getPossibleOffsets().map((each) => each.toMillis()) : [];
};

/** What was found, as the moments it can mean, the earliest first. A clock time without a day is today's or tomorrow's. */
const momentsOf = (found: ParsedResult, here: DateTime): readonly number[] => {
  if (!isDayNamed(found) && hasClock(found)) {
    const today = here.startOf('day');
    return [today, today.plus({ days: 1 })].flatMap((day) => momentsOn(day, found, 'clock'));
  }
  const { start } = found;
  const [year, month, day] = [start.get('year') ?? here.year, start.get('month') ?? here.month, start.get('day') ?? here.day];
  return momentsOn(DateTime.fromObject({ year, month, day }, { zone: here.zone }), found, hasClock(found) ? 'clock' : 'whole-day');
};

/**
 * The next moment that this means, in `zone`, seen from `now`; null when it is no time. A clock time that has passed today is
 * tomorrow's; a day without a time is its end. A moment that a clock change skips is the one an hour later. A day that was
 * named and is over gives a moment in the past: it is the caller's to say so.
 */
export const readWhen = (text: string, from: { readonly now: Instant; readonly zone: string }): Instant | null => {
  if (text.length > longestText) return null;
  const asked = straighten(text);
  const span = readSpan(asked);
  if (span !== null) return instant(from.now + span);
  if (spanForm.test(asked)) return null;
  const here = DateTime.fromMillis(from.now, { zone: from.zone });
  // Chrono is handed the wall clock as if it were UTC, and its answer is read back as a wall clock of the zone.
  const wall = new Date(Date.UTC(here.year, here.month - 1, here.day, here.hour, here.minute));
  const [found] = parse(asked, { instant: wall, timezone: 0 }, { forwardDate: true });
  // All of it is a time, and one: "18:00 or so" and "9:00-11:00" are not understood by halves.
  if (found === undefined || found.text.length !== asked.length || found.end) return null;
  const moments = momentsOf(found, here);
  const next = moments.find((each) => each > from.now) ?? moments[0];
  return next === undefined ? null : instant(next);
};
