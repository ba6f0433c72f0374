// `!accept`: takes the offer that stands at this desk. The numbered answer does the same.
import { heldBy } from '#relay/actor.ts';
import { accept as acceptOffer } from '#relay/answer-offer.ts';
import type { Command } from '#relay/command-port.ts';

export const accept: Command = {
  name: 'accept',
  where: 'desk',
  who: 'volunteer',
  line: 'commands.accept',
  run: async (turn) => {
    const offered = (await heldBy(turn)).find((one) => one.state.phase === 'offered');
    return offered === undefined ? [{ key: 'desk.offer.none' }] : acceptOffer(turn, offered.id);
  },
};
