// Taken, and then nothing: who accepts and does not come, does not open, or cannot get a room. One act is answered with one line.
import { describe, expect, test } from 'vitest';
import { coordinatorHere, joinLatest, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import type { MailWriter, VolunteerHere } from '#tests/support/world-people.ts';
import { days, hours, minutes, relayWorld } from '#tests/support/world.ts';
import type { RelayWorld } from '#tests/support/world.ts';
import { talkByChat } from '#tests/support/world-talks.ts';

interface Taken {
  readonly world: RelayWorld;
  readonly ada: MailWriter;
  readonly vera: VolunteerHere;
}

const phase = async (world: RelayWorld): Promise<string | undefined> =>
  (await world.parts.records.find({ kind: 'case' }))[0]?.value.state.phase;

/** Vera has said 1 and nothing else. */
const taken = async (): Promise<Taken> => {
  const world = await relayWorld();
  const ada = mailWriter(world);
  await ada.writes('The first words.');
  const vera = await volunteerHere(world);
  await vera.desk.says('1');
  return { world, ada, vera };
};

/** How many lines a bot says in this room because of this. */
const linesAfter = async (of: VolunteerHere, act: () => Promise<unknown>): Promise<readonly string[]> => {
  const before = (await of.desk.sees()).filter((each) => each.sender !== of.person.userId).map((each) => each.eventId);
  await act();
  const said = (await of.desk.sees()).filter((each) => each.sender !== of.person.userId && each.removed === 'no');
  return said.filter((each) => !before.includes(each.eventId)).map((each) => each.body);
};

describe('who takes a conversation', () => {
  test('and never comes is asked once; then it goes on to somebody else, who can read it', async () => {
    const { world, ada, vera } = await taken();
    expect(await linesAfter(vera, () => world.pass(hours(3.9)))).toEqual([]);
    const asked = await linesAfter(vera, () => world.pass(minutes(10)));
    expect(asked).toEqual([expect.stringContaining('In 8 hours it goes on by itself')]);
    expect(await linesAfter(vera, () => world.pass(hours(7)))).toEqual([]);
    await vera.desk.says('!off');
    const will = await volunteerHere(world, { name: 'will', says: ['!available'] });
    await world.pass(hours(1));
    expect(await vera.desk.hears()).not.toContainEqual(expect.stringContaining('goes on by itself'));
    expect((await vera.desk.hears()).at(-1)).toContain('Nothing to explain');
    expect(ada.got()).toHaveLength(1);
    const room = await will.takes();
    expect((await room.hears()).at(-1)).toContain('The first words.');
    await room.says('Hello.');
    await world.pass(minutes(2));
    expect(ada.texts().at(-1)).toContain('Hello.');
  });

  test('is asked again about it once they say that they are available', async () => {
    const { world, vera } = await taken();
    await world.pass(hours(13));
    expect(await phase(world)).toBe('waiting');
    await vera.desk.says('!available');
    expect((await vera.desk.hears()).at(-1)).toContain('Someone has been waiting');
  });

  test('comes and opens it: nobody asks any more, then or later', async () => {
    const { world, vera } = await taken();
    await world.pass(hours(5));
    const room = await joinLatest(world, vera.person);
    expect(await vera.desk.hears()).toContainEqual(expect.stringContaining('goes on by itself'));
    await room.says('1');
    expect(await vera.desk.hears()).not.toContainEqual(expect.stringContaining('goes on by itself'));
    await world.pass(days(2));
    expect(await phase(world)).toBe('open');
  });

  test('and comes, and finds nothing to open: it is theirs, however long nobody writes', async () => {
    const { world, ada, vera } = await taken();
    const first = await joinLatest(world, vera.person);
    await first.says('1');
    await first.says('!stepback');
    await vera.desk.says('!off');
    const will = await volunteerHere(world, { name: 'will' });
    const room = await will.takes({ open: 'sealed' });
    expect((await room.hears()).at(-1)).toContain('There is nothing to show yet');
    await world.pass(days(2));
    expect(await phase(world)).toBe('open');
    await ada.writes('I am still here.', { answers: ada.last() });
    expect((await room.hears()).at(-1)).toBe('I am still here.');
  });

  test('and does not open it can let it go with one word', async () => {
    const { world, ada, vera } = await taken();
    await joinLatest(world, vera.person);
    await world.pass(hours(5));
    const told = await linesAfter(vera, () => vera.desk.says('1'));
    expect(told).toEqual(['All right, it goes on to someone else. Take care of yourself.']);
    expect(await phase(world)).toBe('waiting');
    expect(ada.got()).toHaveLength(1);
    await world.pass(hours(20));
    expect(ada.texts().at(-1)).toContain('We have not forgotten you');
  });

  test('and rests hears nothing of it until the rest is over', async () => {
    const { world, vera } = await taken();
    await vera.desk.says('!rest 2d');
    expect(await linesAfter(vera, () => world.pass(hours(30)))).toEqual([]);
    expect(await phase(world)).toBe('waiting');
    const told = await linesAfter(vera, () => vera.desk.says('!rest end'));
    expect(told).toContainEqual(expect.stringContaining('has gone on to someone else'));
  });

  test('after another one, and never comes: the requester is told again, and what was said meanwhile is not lost', async () => {
    const { world, ada, vera } = await taken();
    const first = await joinLatest(world, vera.person);
    await first.says('1');
    await first.says('!stepback');
    const will = await volunteerHere(world, { name: 'will', says: ['!alias Maple', '!available'] });
    await will.desk.says('1');
    expect(ada.texts().at(-1)).toContain('Someone else is here for you now: Maple');
    await ada.writes('Are you there?', { answers: ada.last() });
    await world.pass(hours(13));
    expect(ada.texts().at(-1)).toContain('cannot go on');
    const zoe = await volunteerHere(world, { name: 'zoe', says: ['!alias Elm', '!available'] });
    const room = await zoe.takes();
    expect(ada.texts().at(-1)).toContain('Someone else is here for you now: Elm');
    expect(await room.hears()).toContain('Are you there?');
  });

  test('and cannot get a room: they and the coordinators are told, the log has the code, and it goes on to somebody else', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('The first words.');
    const coordinator = await coordinatorHere(world);
    const vera = await volunteerHere(world);
    const { createRoom } = world.desk;
    world.desk.createRoom = async () => ({ outcome: 'refused', code: 'M_FORBIDDEN' });
    await vera.desk.says('1');
    expect((await vera.desk.hears()).at(-1)).toContain('Nothing you did; the coordinators know');
    expect((await coordinator.hears()).at(-1)).toContain('did not open a room for a conversation');
    expect(world.faults()).toEqual([{ event: 'fault', where: 'room-refused', code: 'M_FORBIDDEN' }]);
    expect(await world.store.nextDue('desk-bot')).toBeNull();
    world.desk.createRoom = createRoom;
    await vera.desk.says('!off');
    const will = await volunteerHere(world, { name: 'will' });
    const room = await will.takes();
    expect((await room.hears()).at(-1)).toContain('The first words.');
  });
});

describe('one act is answered with one line', () => {
  const offered = async (): Promise<Taken> => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('The first words.');
    return { world, ada, vera: await volunteerHere(world) };
  };

  test.each([
    ['!off', 'You are off. The offer goes on to someone else.'],
    ['!rest 2d', 'Rest well.'],
    ['2', 'All right. Take care of yourself.'],
    ['No.', 'All right. Take care of yourself.'],
    ['Yes!', 'Thank you.'],
  ])('%s while an offer stands', async (says, hears) => {
    const { vera } = await offered();
    expect(await linesAfter(vera, () => vera.desk.says(says))).toEqual([expect.stringContaining(hears)]);
  });

  test('an acceptance that does not hold any more', async () => {
    const { world, vera } = await offered();
    const record = (await world.parts.records.find({ kind: 'volunteer' })).find((each) => each.value.userId === vera.person.userId);
    if (record === undefined) throw new Error('nobody knows her');
    const write = await world.parts.records.put('volunteer', {
      draft: { ...record, value: { ...record.value, devices: 'some-unsigned' } },
      expect: record.version,
    });
    await world.store.commit({ writes: [write] });
    const told = await linesAfter(vera, () => vera.desk.says('1'));
    expect(told).toEqual([expect.stringContaining('One of your devices is not verified')]);
    expect(await phase(world)).toBe('waiting');
  });
});

test('whether a quiet conversation shall close is not asked of who rests, and is when they are back', async () => {
  const { world, vera } = await taken();
  const room = await joinLatest(world, vera.person);
  await room.says('1');
  await world.pass(days(50));
  await vera.desk.says('!rest 4w');
  const before = (await room.hears()).length;
  await world.pass(days(20));
  expect(await room.hears()).toHaveLength(before);
  await vera.desk.says('!rest end');
  const asked = (await room.sees()).at(-1);
  expect(asked?.body).toContain('Would you like to close the conversation?');
  await vera.desk.says('!off');
  expect((await room.sees()).at(-1)).toEqual(asked);
});

test('another volunteer who takes up a conversation after its close is told that there was an earlier one', async () => {
  const { world, cy, vera, room } = await talkByChat();
  await room.says('!close');
  await room.says('1');
  await vera.desk.says('!off');
  await world.pass(days(3));
  await cy.chat.says('Can we go on?');
  const will = await volunteerHere(world, { name: 'will' });
  const next = await will.takes();
  expect(await next.hears()).toContainEqual(expect.stringContaining('stays with that volunteer'));
});
