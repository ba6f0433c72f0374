// Marks follow words: they take the homeserver as long as a text does, so they are put when the words are through, and once.
import { expect, test } from 'vitest';
import { minutes } from '#tests/support/world.ts';
import { talkByChat } from '#tests/support/world-talks.ts';

const marksAfterMs = 300;

const talking = async () => {
  const { world, cy, room } = await talkByChat({ marksAfterMs, limits: { chatGatherMs: 200 } });
  await world.pass(minutes(1));
  return { world, cy, room };
};

test('a requester’s words are in the case room before their own event is marked', async () => {
  const { world, cy, room } = await talking();
  const event = await cy.chat.says('It is heavy today.');
  expect((await room.hears()).at(-1)).toBe('It is heavy today.');
  expect(await cy.chat.marks(event)).toEqual([]);
  await world.pass(marksAfterMs);
  expect(await cy.chat.marks(event)).toEqual(['✅']);
});

test('a line that is through when its mark is put gets that one mark, with nothing put and taken away before', async () => {
  const { world, cy, room } = await talking();
  const asked: string[] = [];
  const { react, redact } = world.desk;
  world.desk.react = (op) => {
    asked.push(op.symbol);
    return react(op);
  };
  world.desk.redact = (op) => {
    asked.push('redact');
    return redact(op);
  };
  const event = await room.says('I am here.');
  await world.pass(200);
  expect((await cy.chat.hears()).at(-1)).toBe('I am here.');
  await world.pass(marksAfterMs - 200);
  expect(await room.marks(event)).toEqual(['✅']);
  expect(asked).toEqual(['✅']);
});
