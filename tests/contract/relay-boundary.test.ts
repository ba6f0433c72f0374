// A limit in set words: shown before it goes, sent as a line of the holder's, and nothing goes without a 1.
import { describe, expect, test } from 'vitest';
import type { InRoom } from '#tests/support/world-people.ts';
import { minutes } from '#tests/support/world.ts';
import { talkByChat, talkByMail } from '#tests/support/world-talks.ts';

const pace = 'I cannot answer quickly';

describe('a boundary', () => {
  test.each(['pace', 'length', 'topics', 'me', 'ending'])('%s: what is shown is what goes after 1, under the alias', async (kind) => {
    const { world, ada, room } = await talkByMail();
    await room.says(`!Boundary ${kind.toUpperCase()}.`);
    const shown = (await room.hears()).at(-1)?.split('\n')[1] ?? '';
    expect(shown.length).toBeGreaterThan(20);
    await world.pass(minutes(5));
    expect(ada.texts().join('\n')).not.toContain(shown);
    await room.says('1');
    await world.pass(minutes(2));
    expect(ada.texts().at(-1)).toBe(`${shown}\n\n— River`);
  });

  test('goes in its place among the lines, and carries their marks', async () => {
    const { world, cy, room } = await talkByChat();
    await room.says('Before.');
    const said = await room.says('!boundary pace');
    await room.says('1');
    await room.says('After.');
    await world.pass(minutes(1));
    expect((await cy.chat.hears()).slice(-3)).toEqual(['Before.', expect.stringContaining(pace), 'After.']);
    expect(await room.marks(said)).toEqual(['⏳', '✅']);
  });

  test.each([
    ['2', (room: InRoom) => room.says('2')],
    ['nothing', async () => undefined],
    ['something else, and a late 1', async (room: InRoom) => [await room.says('!note later'), await room.says('1')]],
    ['taking the command back, and a late 1', async (room: InRoom, said: string) => [await room.removes(said), await room.says('1')]],
  ] as const)('does not go after %s', async (_, then) => {
    const { world, ada, room } = await talkByMail();
    const said = await room.says('!boundary pace');
    await then(room, said);
    await world.pass(minutes(90));
    expect(ada.texts().join('\n')).not.toContain(pace);
  });

  test('removed while ⏳ stands, it is taken back', async () => {
    const { world, ada, room } = await talkByMail();
    const said = await room.says('!boundary pace');
    await room.says('1');
    await room.removes(said);
    await world.pass(minutes(5));
    expect(ada.texts().join('\n')).not.toContain(pace);
  });

  test.each(['!boundary', '!boundary never', '!boundary pace length', `!boundary ${'x'.repeat(3000)}`])(
    'a wrong form is answered with the right form, and nothing goes',
    async (text) => {
      const { world, ada, room } = await talkByMail();
      const before = ada.got().length;
      await room.says(text);
      expect((await room.hears()).at(-1)).toContain('!boundary pace, length, topics, me or ending');
      await room.says('1');
      await world.pass(minutes(5));
      expect(ada.got()).toHaveLength(before);
    },
  );
});
