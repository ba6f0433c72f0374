// `!rest`, `!rest 2w`, `!rest end`: nothing comes through. With open cases it asks what to do, and does the gentle thing when nothing is said.
import { instant } from '#domain/ids.ts';
import { holderOf } from '#domain/case/state.ts';
import { heldBy } from '#relay/actor.ts';
import { askAboutRest, endRest, goToRest, isAtRest } from '#relay/resting.ts';
import type { Command } from '#relay/command-port.ts';
import { readSpan, readWhen } from '#words/when.ts';

export const rest: Command = {
  name: 'rest',
  where: 'desk',
  who: 'volunteer',
  line: 'commands.rest',
  run: async (turn) => {
    const { unit, record } = turn;
    const { zone } = record.volunteer;
    if (turn.args.toLowerCase() === 'end') {
      if (!(await isAtRest(turn))) return [{ key: 'desk.rest.not-resting' }];
      await endRest(turn);
      return [{ key: 'desk.rest.ended' }];
    }
    const span = readSpan(turn.args);
    const read = span === null ? readWhen(turn.args, { now: unit.now, zone }) : instant(unit.now + span);
    const until = turn.args === '' ? null : read;
    if (turn.args !== '' && (until === null || until <= unit.now)) return [{ key: 'desk.rest.when' }];
    await goToRest(turn, until);
    const holds = (await heldBy(turn)).some((one) => holderOf(one) === turn.by);
    if (holds) await askAboutRest(turn);
    return [
      until === null
        ? { key: 'desk.rest.open' }
        : { key: 'desk.rest.until', slots: { until: { slot: 'time', value: until, zone, form: 'day-and-clock' } } },
    ];
  },
};
