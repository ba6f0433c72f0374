// `!me`: how they stand. Only they see it.
import { holderOf } from '#domain/case/state.ts';
import type { Say } from '#domain/say.ts';
import { capOf, currentState } from '#domain/volunteer.ts';
import { heldBy } from '#relay/actor.ts';
import type { Command, CommandTurn } from '#relay/command-port.ts';

const stateLine = (turn: CommandTurn): Say => {
  const { volunteer } = turn.record;
  const { zone, until } = volunteer;
  const time = until === null ? null : ({ slot: 'time', value: until, zone, form: 'day-and-clock' } as const);
  switch (currentState(volunteer, turn.unit.now)) {
    case 'available':
      return time === null ? { key: 'desk.me-lines.off' } : { key: 'desk.me-lines.available', slots: { until: time } };
    case 'resting':
      return time === null ? { key: 'desk.me-lines.resting' } : { key: 'desk.me-lines.resting-until', slots: { until: time } };
    default:
      return { key: 'desk.me-lines.off' };
  }
};

export const me: Command = {
  name: 'me',
  where: 'desk',
  who: 'volunteer',
  line: 'commands.me',
  run: async (turn) => {
    const { volunteer, devices } = turn.record;
    const holding = (await heldBy(turn)).filter((one) => holderOf(one) === turn.by).length;
    const cap = capOf(volunteer, { now: turn.unit.now, limits: turn.parts.limits });
    const says: readonly Say[] = [
      devices === 'some-unsigned' ? { key: 'desk.me-lines.unsigned' } : stateLine(turn),
      { key: 'desk.me-lines.cases', slots: { n: { slot: 'number', value: holding }, cap: { slot: 'number', value: cap } } },
      {
        key: 'desk.me-lines.known-as',
        slots: {
          alias: volunteer.alias === null ? { slot: 'word', key: 'names.volunteer' } : { slot: 'alias', value: volunteer.alias },
          languages: { slot: 'languages', codes: volunteer.languages },
          zone: { slot: 'zone', value: volunteer.zone },
        },
      },
    ];
    return [{ key: 'desk.me', slots: { lines: { slot: 'says', says } } }];
  },
};
