// Lines that came, but later than they should: half a minute after whatever was away is back, everything has arrived.
import type { Place } from './compare.ts';
import type { WrittenLine } from './lines.ts';
import type { Away } from './servers.ts';

export interface LateLine {
  readonly line: WrittenLine;
  readonly place: string;
  readonly foundAt: number;
  /** ms since 1970. */
  readonly due: number;
}

export const boundMs = 30_000;
/** Mail servers note whole seconds. */
const clockMs = 1_000;

/** When a line that was written at `at` has to be there: after the first stretch of that length in which nothing was away. */
export const dueAt = (at: number, aways: readonly Away[]): number => {
  let from = at;
  for (const away of aways.toSorted((a, b) => a.from - b.from)) if (away.from < from + boundMs && away.to > from) from = away.to;
  return from + boundMs;
};

/** `aways`: without those that nobody should have to wait for. `excused`: lines that wait for a good reason. */
export const lateLines = (
  written: readonly WrittenLine[],
  of: { readonly places: readonly Place[]; readonly aways: readonly Away[]; readonly excused: (line: WrittenLine) => boolean },
): readonly LateLine[] => {
  const late: LateLine[] = [];
  for (const place of of.places) {
    if (place.reads !== 'all') continue;
    const first = new Map<string, number>();
    for (const { text, at } of place.sightings) if (!first.has(text)) first.set(text, at);
    for (const line of written) {
      const foundAt = first.get(line.text);
      const due = dueAt(line.at, of.aways);
      if (foundAt !== undefined && foundAt > due + clockMs && !of.excused(line)) late.push({ line, place: place.name, foundAt, due });
    }
  }
  return late;
};
