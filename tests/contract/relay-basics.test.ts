// The relay from end to end in memory: asked by mail and in a chat, answered, closed and taken up again.
import { describe, expect, test } from 'vitest';
import { chatWriter, mailWriter, volunteerHere } from '#tests/support/world-people.ts';
import { minutes, relayWorld } from '#tests/support/world.ts';

describe('by mail', () => {
  test('somebody writes, is answered once, and a volunteer’s words come back in the same thread', async () => {
    const world = await relayWorld();
    const ada = mailWriter(world);
    await ada.writes('I do not know what to do.');
    expect(ada.texts()).toHaveLength(1);
    expect(ada.last().mail.text).toContain('Thank you for writing');
    const vera = await volunteerHere(world);
    expect((await vera.desk.hears()).at(-1)).toContain('Someone has been waiting');
    const room = await vera.takes();
    expect(await room.hears()).toContainEqual('hello\n\nI do not know what to do.');
    const line = await room.says('I am here.');
    expect(await room.marks(line)).toEqual(['⏳']);
    await world.pass(minutes(1));
    expect(ada.last().mail.text).toBe('I am here.\n\n— River');
    expect(ada.last().mail.references).toHaveLength(2);
    expect((await room.marks(line)).at(-1)).toBe('✅');
    await ada.writes('Thank you.', { answers: ada.last() });
    expect((await room.hears()).at(-1)).toBe('Thank you.');
    expect(ada.got()).toHaveLength(2);
  });
});

describe('in a chat', () => {
  test('somebody writes, is answered once, and a volunteer’s words come back', async () => {
    const world = await relayWorld();
    const cy = await chatWriter(world);
    const said = await cy.chat.says('Is anybody there?');
    expect(await cy.chat.hears()).toHaveLength(1);
    expect((await cy.chat.marks(said)).at(-1)).toBe('✅');
    const vera = await volunteerHere(world);
    const room = await vera.takes();
    expect(await room.hears()).toContainEqual('Is anybody there?');
    await room.says('Yes.');
    await world.pass(minutes(1));
    expect(await cy.chat.hears()).toEqual([
      expect.stringContaining('Thank you for writing'),
      'From here on you read the words of River.',
      'Yes.',
    ]);
  });
});
