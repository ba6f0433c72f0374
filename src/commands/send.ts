// `!send`: what is gathering leaves now.
import type { Command } from '#relay/command-port.ts';
import { sendLines } from '#relay/outgoing.ts';

export const send: Command = {
  name: 'send',
  where: 'case',
  who: 'volunteer',
  line: 'commands.send',
  run: async (turn) => {
    const sent = turn.one === null ? 0 : await sendLines(turn.unit, turn.parts, turn.one);
    return [{ key: sent > 0 ? 'case.sent-now' : 'case.nothing-pending' }];
  },
};
