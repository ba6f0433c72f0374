// The bench at its smallest, on the run's own servers: every figure is there, once, as a line of JSON and a line of the table.
import { expect, test } from 'vitest';
import { groups, runBench, tiny } from '#tests/bench/bench.ts';
import { jsonLine, table, verdictOf, type Figure, type Judged } from '#tests/bench/figure.ts';
import { slopeOf, spreadOf } from '#tests/bench/spread.ts';
import { theStack } from '#tests/support/stack.ts';

test('the bench gives every figure, with a median and what it is held against', { timeout: 240_000 }, async () => {
  const given: Judged[] = [];
  await runBench({ stack: theStack(), size: tiny, groups, say: () => undefined, give: (figure) => void given.push(figure) });
  expect(given.map(({ figure }) => figure)).toEqual([
    'mail-in',
    'mail-out',
    'chat-in',
    'chat-out',
    'burst',
    'many-cases',
    'start',
    'memory-idle',
    'memory-growth',
  ]);
  for (const one of given) {
    const line = JSON.parse(jsonLine(one)) as Figure;
    expect(line.relay.median, one.figure).toSatisfy(Number.isFinite);
    expect(line.bound.value, one.figure).toBeGreaterThan(0);
  }
  expect(given.filter(({ unit }) => unit === 'ms').every(({ relay, bare }) => relay.median > 0 && (bare?.median ?? 0) > 0)).toBe(true);
  expect(table(given)).toHaveLength(given.length + 2);
});

const figure = (is: 'at-most' | 'at-least', median: number): Figure => ({
  figure: 'one',
  what: 'One',
  unit: 'ms',
  relay: { median, p10: median, p90: median, count: 1 },
  bare: null,
  bound: { is, value: 100, from: 'as asked' },
});

test('a figure on the wrong side of its bound is missed', () => {
  expect([99, 100, 101].map((median) => verdictOf(figure('at-most', median)))).toEqual(['held', 'held', 'missed']);
  expect([99, 100, 101].map((median) => verdictOf(figure('at-least', median)))).toEqual(['missed', 'held', 'held']);
});

test('the middle, four of five, and a slope', () => {
  expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, p10: 1, p90: 5, count: 5 });
  expect(slopeOf([1, 2, 3, 4].map((hour) => [hour, 200 + 3 * hour] as const))).toBeCloseTo(3);
});
