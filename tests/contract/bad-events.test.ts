// Events that nobody expects, in chats, in case rooms and at desks: each comes to exactly one end, and whoever sent it knows.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { badEvent } from '#tests/support/bad-input/event-grammar.ts';
import { becameOf, look } from '#tests/support/bad-input/fate.ts';
import { foundBefore } from '#tests/support/bad-input/found.ts';
import { namedEvents } from '#tests/support/bad-input/named-events.ts';
import { doStep, openEventScene, tryEvents } from '#tests/support/bad-input/try-events.ts';
import type { EventsTried } from '#tests/support/bad-input/try-events.ts';
import { seeded } from '#tests/support/seeded.ts';
import { openingsOf } from '#tests/support/the-words.ts';

const openingOf = await openingsOf('en');

describe('by name', () => {
  test.each(namedEvents.map((each) => [each.name, each] as const))('%s', async (_name, { steps, becomes, told, carries }) => {
    const scene = await openEventScene();
    const last = steps.at(-1);
    if (last === undefined) throw new Error('nothing happens');
    await scene.place(last.where);
    for (const step of steps.slice(0, -1)) await doStep(scene, step);
    const before = await look(scene.world, scene.rooms());
    await doStep(scene, last);
    const became = becameOf(before, await look(scene.world, scene.rooms()));
    expect(became.wrong).toEqual([]);
    expect({ fate: became.fate, answers: became.answers.map((each) => each.slice(0, 100)) }).toMatchObject({ fate: becomes });
    if (told !== undefined) expect(became.answers.join('\n')).toContain(openingOf(told));
    if (carries !== undefined) expect(became.carried).toEqual([carries]);
    if (becomes === 'nothing') expect(became.answers).toEqual([]);
  });
});

/** Events in `npm test`; the long run is `npm run fuzz`. */
const many = 2_000;

const told = (tried: EventsTried): readonly string[] =>
  tried.findings.map(({ what, steps }) => `${what}: ${JSON.stringify(steps.slice(-3))}`);

test(`${many} generated events come to a good end each`, { timeout: 180_000 }, async () => {
  const { seed } = seeded('bad events', 500_000);
  const tried = await tryEvents(fc.sample(badEvent, { seed, numRuns: many }));
  console.info(`bad events: ${JSON.stringify(tried.fates)}, nothing else for ${tried.longestStallMs.toFixed(0)} ms at most`);
  expect(told(tried)).toEqual([]);
  expect(tried.longestStallMs).toBeLessThan(2_000);
  for (const fate of ['carried', 'both-told', 'answered', 'nothing'] as const) expect(tried.fates[fate], fate).toBeGreaterThan(20);
});

test('events that have once come to no good end do now', async () => {
  for (const steps of (await foundBefore()).events) expect(told(await tryEvents(steps))).toEqual([]);
});
