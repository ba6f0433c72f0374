// A figure of the bench: what was measured, what it is held against in the same run, and whether it holds. As a line of JSON and of a table.
import type { Spread } from '#tests/bench/spread.ts';

export type Unit = 'ms' | 'messages/s' | 'MB' | 'MB/h' | 'times';

export interface Figure {
  /** A short name, the same in every run. */
  readonly figure: string;
  readonly what: string;
  readonly unit: Unit;
  readonly relay: Spread;
  /** Without the relay, in turn with it; null: it is held against a fixed number. */
  readonly bare: Spread | null;
  readonly bound: Bound;
}

export interface Bound {
  readonly is: 'at-most' | 'at-least';
  readonly value: number;
  /** Where the value comes from: `bare + 25 ms`. */
  readonly from: string;
}

/** `not-judged`: the run was too small to say so. */
export type Verdict = 'held' | 'missed' | 'not-judged';

export const verdictOf = ({ relay, bound }: Figure): Exclude<Verdict, 'not-judged'> =>
  (bound.is === 'at-most' ? relay.median <= bound.value : relay.median >= bound.value) ? 'held' : 'missed';

export interface Judged extends Figure {
  readonly verdict: Verdict;
}

const rounded = (value: number): number => (Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 100) / 100);
const roundedSpread = (spread: Spread): Spread => ({
  median: rounded(spread.median),
  p10: rounded(spread.p10),
  p90: rounded(spread.p90),
  count: spread.count,
});

export const jsonLine = (judged: Judged): string =>
  JSON.stringify({
    ...judged,
    relay: roundedSpread(judged.relay),
    bare: judged.bare === null ? null : roundedSpread(judged.bare),
    bound: { ...judged.bound, value: rounded(judged.bound.value) },
  });

const shown = (spread: Spread): string =>
  spread.count === 1 ? `${rounded(spread.median)}` : `${rounded(spread.median)} (${rounded(spread.p10)} to ${rounded(spread.p90)})`;

const boundShown = ({ is, value, from }: Bound): string => `${is === 'at-most' ? '≤' : '≥'} ${rounded(value)}, ${from}`;

/** As Markdown, so that it can go into docs/performance.md as it is. */
export const table = (all: readonly Judged[]): readonly string[] => [
  '| figure | with the relay: median (p10 to p90) | bare | bound | |',
  '|---|---|---|---|---|',
  ...all.map(
    (one) =>
      `| ${one.what} | ${shown(one.relay)} ${one.unit} | ${one.bare === null ? '' : shown(one.bare)} | ${boundShown(one.bound)} | ${one.verdict} |`,
  ),
];
