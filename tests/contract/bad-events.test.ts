// Events that nobody expects, in chats, in case rooms and at desks: each comes to exactly one end, and whoever sent it knows.
import { describe, expect, test } from 'vitest';
import { becameOf, look } from '#tests/support/bad-input/fate.ts';
import { namedEvents } from '#tests/support/bad-input/named-events.ts';
import { doStep, openEventScene } from '#tests/support/bad-input/try-events.ts';
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
