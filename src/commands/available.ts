// `!available until 18:00`: offers may come until then. Nothing but the volunteer turns off into available.
import { instant } from '#domain/ids.ts';
import { spans } from '#domain/limits.ts';
import type { Say } from '#domain/say.ts';
import { makeAvailable } from '#domain/volunteer.ts';
import { changeVolunteer } from '#relay/actor.ts';
import { shortenOffer } from '#relay/answer-offer.ts';
import { catchUp } from '#relay/resting.ts';
import type { Command } from '#relay/command-port.ts';
import { matchSoon } from '#relay/match-soon.ts';
import { readWhen } from '#words/when.ts';

/** Longer than this is more likely a slip than a plan. */
const longestMs = spans.week;

export const available: Command = {
  name: 'available',
  where: 'desk',
  who: 'volunteer',
  line: 'commands.available',
  run: async (turn): Promise<readonly Say[]> => {
    const { unit, parts, record } = turn;
    const { zone } = record.volunteer;
    if (record.devices === 'some-unsigned') return [{ key: 'desk.available.unsigned' }];
    const until = turn.args === '' ? instant(unit.now + parts.limits.availableMs) : readWhen(turn.args, { now: unit.now, zone });
    if (until === null) return [{ key: 'desk.available.when' }];
    if (until <= unit.now) return [{ key: 'desk.available.past' }];
    if (until - unit.now > longestMs) return [{ key: 'desk.available.too-long', slots: { most: { slot: 'span', ms: longestMs } } }];
    await changeVolunteer(turn, (volunteer) => makeAvailable(volunteer, until));
    unit.timerOff('volunteer-end', turn.by);
    await shortenOffer(turn, until);
    // A rest may have ended a moment ago without anybody having noticed.
    await catchUp(turn);
    await matchSoon(unit, parts);
    const sameDay = until - unit.now < spans.day;
    return [
      {
        key: 'desk.available.done',
        slots: {
          until: { slot: 'time', value: until, zone, form: sameDay ? 'clock' : 'day-and-clock' },
          zone: { slot: 'zone', value: zone },
        },
      },
    ];
  },
};
