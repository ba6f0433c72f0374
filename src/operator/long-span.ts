// A span of time as an operator reads it: `2 days 3 hours`, `45 seconds`.

const units = [
  { name: 'day', ms: 86_400_000 },
  { name: 'hour', ms: 3_600_000 },
  { name: 'minute', ms: 60_000 },
  { name: 'second', ms: 1_000 },
] as const;

/** The largest unit and the one below it, rounded down. */
export function longSpan(ms: number): string {
  const first = units.findIndex((unit) => ms >= unit.ms);
  if (first === -1) return '0 seconds';
  let left = ms;
  return units
    .slice(first, first + 2)
    .flatMap(({ name, ms: size }) => {
      const count = Math.floor(left / size);
      left -= count * size;
      return count === 0 ? [] : [`${count} ${name}${count === 1 ? '' : 's'}`];
    })
    .join(' ');
}
