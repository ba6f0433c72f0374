// What somebody calls themselves in Matrix is taken out of all that they write, also under an earlier name, in edits and after NEW.
import { expect, test } from 'vitest';
import { inRoom, volunteerHere } from '#tests/support/world-people.ts';
import type { InRoom } from '#tests/support/world-people.ts';
import { relayWorld } from '#tests/support/world.ts';

const named = async () => {
  const world = await relayWorld();
  const person = await world.matrix.person('cy');
  await person.goesBy('Philippa Quillfeather');
  const roomId = await person.chatWith(world.front.userId, 'encrypted');
  await world.settle();
  const chat = inRoom(world, { person, roomId });
  await chat.says('Hello, Philippa here.');
  const vera = await volunteerHere(world);
  return { world, person, chat, vera, room: await vera.takes() };
};

const heardIn = async (room: InRoom): Promise<string> => (await room.hears()).join('\n');
const names = /philippa|quillfeather|ostrander|septima/iu;

test('a display name is taken out of messages and edits', async () => {
  const { chat, room } = await named();
  expect(await heardIn(room)).toContain('Hello, [name] here.');
  const line = await chat.says('Ms Quillfeather speaking.');
  expect((await room.hears()).at(-1)).toBe('Ms [name] speaking.');
  await chat.edits(line, 'Ms P. Quillfeather speaking!');
  expect((await room.hears()).at(-1)).toContain('[name] speaking!');
  expect(await heardIn(room)).not.toMatch(names);
});

test('so is one that was given up, and one that was taken later', async () => {
  const { chat, person, room } = await named();
  await person.goesBy('Ostrander');
  const line = await chat.says('I go by Ostrander now, not Philippa.');
  expect((await room.hears()).at(-1)).toBe('I go by [name] now, not [name].');
  await person.goesBy('Septima');
  await chat.edits(line, 'I go by Septima now, not Ostrander or Philippa.');
  expect((await room.hears()).at(-1)).toBe('I go by [name] now, not [name] or [name].');
  await person.goesBy('Cloud');
  await chat.says('Septima, still.');
  expect((await room.hears()).at(-1)).toBe('[name], still.');
});

test('so is one that was given up in the room before the first words', async () => {
  const world = await relayWorld();
  const person = await world.matrix.person('cy');
  await person.goesBy('Philippa Quillfeather');
  const roomId = await person.chatWith(world.front.userId, 'encrypted');
  await world.settle();
  await person.goesBy('Cloud');
  await inRoom(world, { person, roomId }).says('Philippa here.');
  expect(await heardIn(await (await volunteerHere(world)).takes())).toContain('[name] here.');
});

test('so is what is known from the conversation before, when another is begun', async () => {
  const { world, chat, person } = await named();
  await person.goesBy('Cloud');
  await chat.says('NEW\n\nIt is Philippa again.');
  await chat.says('yes');
  const mo = await volunteerHere(world, { name: 'mo', says: ['!alias Brook', '!available'] });
  const room = await mo.takes();
  expect(await heardIn(room)).toContain('It is [name] again.');
  await chat.says('Yours, Philippa');
  expect((await room.hears()).at(-1)).toBe('Yours, [name]');
});

test('so it is when they come back in another room', async () => {
  const { world, chat, person, room } = await named();
  await person.goesBy('Cloud');
  await chat.leaves();
  const roomId = await person.chatWith(world.front.userId, 'encrypted');
  await world.settle();
  await inRoom(world, { person, roomId }).says('Philippa, in a new room.');
  expect((await room.hears()).at(-1)).toBe('[name], in a new room.');
});

test('no log and no volunteer gets it', async () => {
  const { world, vera, room } = await named();
  const seen = JSON.stringify([world.log, world.rooms, await vera.desk.sees(), await room.sees()]);
  expect(seen).not.toMatch(names);
});
