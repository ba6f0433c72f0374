// Reads times that people write: "18:00", "tomorrow 9", "fri", "2w". In their own time zone, daylight saving included.
import { parse } from 'chrono-node';
import { DateTime } from 'luxon';

import type { Instant } from '#domain/ids.ts';
import { instant } from '#domain/ids.ts';

const units: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** "3h", "2d", "2 weeks": a span in ms, or null. */
export const readSpan = (text: string): number | null => {
  const match = /^(?:for\s+)?(\d{1,3})\s*(h|d|w)(?:ours?|ays?|eeks?|rs?|ks?)?$/iu.exec(text.trim());
  const unit = units[match?.[2]?.toLowerCase() ?? ''];
  const count = Number(match?.[1]);
  return match === null || unit === undefined || count === 0 ? null : count * unit;
};

/** A bare "9" or "18" is an hour; chrono would leave it alone. */
const withHour = (text: string): string =>
  /^\d{1,2}$/u.test(text) ? `${text}:00` : text.replace(/\b(tomorrow|today|mon|tues?|wed|thu(?:rs)?|fri|sat|sun)(?:day|nesday|urday)?\s+(\d{1,2})$/iu, '$1 $2:00');

/**
 * The next moment that this means, in `zone`, seen from `now`; null when it is no time. A clock time that has passed today is
 * tomorrow's; a day without a time is its end. A moment that a clock change skips is the one an hour later.
 */
export const readWhen = (text: string, from: { readonly now: Instant; readonly zone: string }): Instant | null => {
  const trimmed = text.trim().replace(/^until\s+/iu, '').replace(/^(?:at|by)\s+/iu, '');
  const span = readSpan(trimmed);
  if (span !== null) return instant(from.now + span);
  const here = DateTime.fromMillis(from.now, { zone: from.zone });
  // Chrono is handed the wall clock as if it were UTC, and its answer is read back as a wall clock of the zone.
  const wall = new Date(Date.UTC(here.year, here.month - 1, here.day, here.hour, here.minute));
  const [found] = parse(withHour(trimmed), { instant: wall, timezone: 0 }, { forwardDate: true });
  if (found === undefined || found.text.length < trimmed.length - 2) return null;
  const { start } = found;
  const clock = start.isCertain('hour');
  const date = DateTime.fromObject(
    { year: start.get('year') ?? here.year, month: start.get('month') ?? here.month, day: start.get('day') ?? here.day },
    { zone: from.zone },
  );
  const time = clock ? date.set({ hour: start.get('hour') ?? 0, minute: start.get('minute') ?? 0 }) : date.endOf('day').startOf('minute');
  if (!time.isValid) return null;
  const named = start.isCertain('day') || start.isCertain('weekday') || start.isCertain('month');
  const next = clock && !named && time.toMillis() <= from.now ? time.plus({ days: 1 }) : time;
  return instant(next.toMillis());
};
