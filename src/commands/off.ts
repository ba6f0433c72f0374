// `!off`: no offers; open conversations go on.
import { letOfferGo } from '#relay/answer-offer.ts';
import { endRest } from '#relay/resting.ts';
import type { Command } from '#relay/command-port.ts';

export const off: Command = {
  name: 'off',
  where: 'desk',
  who: 'volunteer',
  line: 'commands.off',
  run: async (turn) => {
    const offer = await letOfferGo(turn);
    // Who was resting is back: what waited comes, in order.
    await endRest(turn);
    return [{ key: offer === 'went' ? 'desk.off.done-offer' : 'desk.off.done' }];
  },
};
