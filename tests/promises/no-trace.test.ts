// V3: who passes, steps back or rests leaves nothing behind that counts or shows it: not in the store, not in the log, not at any desk.
import { describe, expect, test } from 'vitest';
import type { CaseId } from '#domain/ids.ts';
import { coordinatorHere, mailWriter, volunteerHere, type VolunteerHere } from '#tests/support/world-people.ts';
import { days, relayWorld, type RelayWorld } from '#tests/support/world.ts';

/** What is kept about this volunteer, unsealed: everything but the ids that chance gave. */
const keptAbout = async (world: RelayWorld, person: VolunteerHere): Promise<string> => {
  const all = await world.parts.records.find({ kind: 'volunteer' });
  const record = all.find((each) => each.value.userId === person.person.userId);
  if (record === undefined) throw new Error('there is no such volunteer');
  const { value, version: _version, id: _id, dueAt, ...plain } = record;
  const { id: _own, desk: _desk, ...volunteer } = value.volunteer;
  return JSON.stringify({ ...plain, dueAt, devices: value.devices, volunteer });
};

const boardOf = async (world: RelayWorld): Promise<string> => {
  const coordinator = await coordinatorHere(world);
  await coordinator.says('!board');
  return (await coordinator.hears()).at(-1) ?? '';
};

/** Vera is asked first and does this with it; Will takes it in the end, and the conversation goes on. */
const story = async (
  then: (vera: VolunteerHere) => Promise<unknown>,
): Promise<{ readonly world: RelayWorld; readonly kept: string; readonly board: string; readonly log: string }> => {
  const world = await relayWorld();
  const ada = mailWriter(world);
  const vera = await volunteerHere(world, { name: 'vera' });
  await ada.writes('Is anybody there?');
  await then(vera);
  const will = await volunteerHere(world, { name: 'will' });
  await will.takes();
  // An offer that went on by itself is not made again before the next time that they say this; a pass leaves not even that.
  await vera.desk.says('!available');
  await vera.desk.says('!off');
  return { world, kept: await keptAbout(world, vera), board: await boardOf(world), log: JSON.stringify(world.log) };
};

describe('afterwards nothing tells', () => {
  test('a pass from an offer that went on because they turned off', async () => {
    const passed = await story((vera) => vera.desk.says('!pass'));
    const off = await story((vera) => vera.desk.says('!off'));
    expect(passed.kept).toBe(off.kept);
    expect(passed.board).toBe(off.board);
    expect(passed.log).toBe(off.log);
  });

  test('a pass from anything, in the case itself, once somebody has taken it', async () => {
    const { world } = await story((vera) => vera.desk.says('!pass'));
    const [one] = await world.parts.records.find({ kind: 'case' });
    expect(one?.value.passed).toEqual([]);
  });

  test('a step back: the volunteer’s own record is as after any conversation that has ended', async () => {
    const stepped = await story(async (vera) => {
      const room = await vera.takes();
      await room.says('!stepback');
    });
    const { world } = stepped;
    const [one] = await world.parts.records.find({ kind: 'case' });
    expect(one?.value.state.phase).toBe('open');
    for (const word of ['step', 'pass', 'left', 'declin']) {
      expect(stepped.kept.toLowerCase()).not.toContain(word);
      expect(stepped.log.toLowerCase()).not.toContain(word);
      expect(stepped.board.toLowerCase()).not.toContain(word);
    }
  });

  test('a step back by command from one by leaving the room in the client, or with a boundary said before', async () => {
    const ways = [
      async (vera: VolunteerHere) => (await vera.takes()).says('!stepback'),
      async (vera: VolunteerHere) => (await vera.takes()).leaves(),
      async (vera: VolunteerHere) => {
        const room = await vera.takes();
        for (const line of ['!boundary pace', '1', '!stepback']) await room.says(line);
      },
    ];
    const found = [];
    for (const way of ways) {
      const { kept, board } = await story(way);
      found.push(`${kept}\n${board}`);
    }
    expect(new Set(found).size).toBe(1);
  });

  test('that it never comes back to who left it goes with the case', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    const vera = await volunteerHere(world, { name: 'vera' });
    await ada.writes('Is anybody there?');
    const room = await vera.takes();
    await room.says('!stepback');
    await ada.writes('STOP', { answers: ada.last() });
    const [one] = await world.parts.records.find({ kind: 'case' });
    expect(one?.value.left).toHaveLength(1);
    await world.pass(days(100));
    expect(await world.store.get('case', one?.id as CaseId)).toBeNull();
    expect(await world.parts.records.find({ kind: 'case' })).toEqual([]);
  });
});

test('a rest is an end and a time, and nothing of it is left when it is over', async () => {
  const rested = await story(async (vera) => {
    await vera.desk.says('!rest 1d');
    await vera.desk.says('!rest end');
  });
  const off = await story((vera) => vera.desk.says('!off'));
  expect(rested.kept).toBe(off.kept);
  expect(rested.board).toBe(off.board);
});
