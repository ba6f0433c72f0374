// `!alias River`: what people who ask call them; never the Matrix name by itself.
import { changeVolunteer } from '#relay/actor.ts';
import type { Command } from '#relay/command-port.ts';
import { aliasFault } from '#words/short-names.ts';

export const alias: Command = {
  name: 'alias',
  where: 'desk',
  who: 'volunteer',
  line: 'commands.alias',
  run: async (turn) => {
    const wanted = turn.args.normalize('NFC').trim();
    if (wanted.toLowerCase() === 'none') {
      await changeVolunteer(turn, (volunteer) => ({ ...volunteer, alias: null }));
      return [{ key: 'desk.alias.none', slots: { alias: { slot: 'word', key: 'names.volunteer' } } }];
    }
    const fault = aliasFault(wanted);
    if (fault !== null) return [{ key: `desk.alias.${fault}` }];
    await changeVolunteer(turn, (volunteer) => ({ ...volunteer, alias: wanted }));
    return [{ key: 'desk.alias.done', slots: { alias: { slot: 'alias', value: wanted } } }];
  },
};
