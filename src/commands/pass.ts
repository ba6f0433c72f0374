// `!pass`: not now; no reason, no trace.
import { heldBy } from '#relay/actor.ts';
import { pass as passOffer } from '#relay/answer-offer.ts';
import type { Command } from '#relay/command-port.ts';

export const pass: Command = {
  name: 'pass',
  where: 'desk',
  who: 'volunteer',
  line: 'commands.pass',
  run: async (turn) => {
    const offered = (await heldBy(turn)).find((one) => one.state.phase === 'offered');
    return offered === undefined ? [{ key: 'desk.offer.none' }] : passOffer(turn, offered.id);
  },
};
