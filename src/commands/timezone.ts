// `!timezone Europe/London`: how their times are read and shown.
import { changeVolunteer } from '#relay/actor.ts';
import type { Command } from '#relay/command-port.ts';
import { isZone } from '#words/times.ts';

/** The IANA name as it is written, whatever the case in which it was typed. */
const readZone = (text: string): string | null => {
  if (!isZone(text)) return null;
  return Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase() === text.toLowerCase()) ?? text;
};

export const timezone: Command = {
  name: 'timezone',
  where: 'desk',
  who: 'volunteer',
  line: 'commands.timezone',
  run: async (turn) => {
    const zone = readZone(turn.args.replaceAll(' ', '_'));
    if (zone === null) return [{ key: 'desk.timezone.unknown' }];
    await changeVolunteer(turn, (volunteer) => ({ ...volunteer, zone }));
    const now = { slot: 'time', value: turn.unit.now, zone, form: 'clock' } as const;
    return [{ key: 'desk.timezone.done', slots: { zone: { slot: 'zone', value: zone }, now } }];
  },
};
