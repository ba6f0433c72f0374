// `!languages en de`: the languages they are asked for.
import { changeVolunteer } from '#relay/actor.ts';
import type { Command } from '#relay/command-port.ts';
import { matchSoon } from '#relay/match-soon.ts';

const most = 10;

export const languages: Command = {
  name: 'languages',
  where: 'desk',
  who: 'volunteer',
  line: 'commands.languages',
  run: async (turn) => {
    const codes = [
      ...new Set(
        turn.args
          .toLowerCase()
          .split(/[\s,]+/u)
          .filter((code) => code !== ''),
      ),
    ];
    if (codes.length === 0 || codes.length > most || codes.some((code) => !/^[a-z]{2}$/u.test(code)))
      return [{ key: 'desk.languages.bad' }];
    await changeVolunteer(turn, (volunteer) => ({ ...volunteer, languages: codes }));
    await matchSoon(turn.unit, turn.parts);
    return [{ key: 'desk.languages.done', slots: { languages: { slot: 'languages', codes } } }];
  },
};
