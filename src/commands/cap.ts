// `!cap 1`: how many conversations at a time. In the first 60 days it is one, whatever they say.
import { instant } from '#domain/ids.ts';
import { mostCases } from '#domain/volunteer.ts';
import { changeVolunteer } from '#relay/actor.ts';
import type { Command } from '#relay/command-port.ts';
import { matchSoon } from '#relay/match-soon.ts';

export const cap: Command = {
  name: 'cap',
  where: 'desk',
  who: 'volunteer',
  line: 'commands.cap',
  run: async (turn) => {
    const wanted = /^[1-9]$/u.test(turn.args) ? Number(turn.args) : 0;
    if (wanted < 1 || wanted > mostCases) return [{ key: 'desk.cap.bad' }];
    await changeVolunteer(turn, (volunteer) => ({ ...volunteer, cap: wanted }));
    await matchSoon(turn.unit, turn.parts);
    const slot = { slot: 'number', value: wanted } as const;
    const { joinedAt, zone } = turn.record.volunteer;
    const from = instant(joinedAt + turn.parts.limits.newVolunteerMs);
    if (wanted === 1 || from <= turn.unit.now) return [{ key: 'desk.cap.done', slots: { cap: slot } }];
    return [{ key: 'desk.cap.done-later', slots: { cap: slot, from: { slot: 'time', value: from, zone, form: 'day' } } }];
  },
};
