// `!stepback`: out at once. Does not ask, and nobody is told why.
import { stepBack } from '#relay/holder-acts.ts';
import type { Command } from '#relay/command-port.ts';

export const stepback: Command = {
  name: 'stepback',
  where: 'case',
  who: 'volunteer',
  line: 'commands.stepback',
  run: async (turn) => {
    if (turn.one !== null) await stepBack(turn, turn.one.id);
    return [{ key: 'case.stepped-back' }];
  },
};
