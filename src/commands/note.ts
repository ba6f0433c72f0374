// `!note …`: stays in this room. Nothing is stored of it besides the room itself.
import type { Command } from '#relay/command-port.ts';

export const note: Command = {
  name: 'note',
  where: 'case',
  who: 'volunteer',
  line: 'commands.note',
  run: async () => [{ key: 'case.note' }],
};
