// `!close`: the conversation comes to its end; asks once.
import { askToClose } from '#relay/holder-acts.ts';
import type { Command } from '#relay/command-port.ts';

export const close: Command = {
  name: 'close',
  where: 'case',
  who: 'volunteer',
  line: 'commands.close',
  run: async (turn) => {
    if (turn.one !== null) await askToClose(turn, turn.one);
    return [];
  },
};
