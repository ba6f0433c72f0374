// The relay as `workers/all.ts` starts it, save that nothing gathers: what a volunteer writes leaves at once, so that what is measured
// is the relay and not the time in which a line can be taken back.
import { parseArgs } from 'node:util';
import { openLog } from '#operator/open-log.ts';
import { readSettings } from '#settings/read-settings.ts';
import { systemChance } from '#vault/system-chance.ts';
import { systemClock } from '#vault/system-clock.ts';
import { startRelay } from '#workers/start-relay.ts';

const { values } = parseArgs({
  options: { config: { type: 'string', default: '' }, 'movable-clock': { type: 'boolean', default: false } },
});
const read = readSettings(values.config);
if (!read.ok) throw new Error(`settings: ${JSON.stringify(read.why)}`);
const { settings, secrets } = read.value;
const clock = systemClock();
const relay = await startRelay({
  ready: { settings: { ...settings, limits: { ...settings.limits, mailGatherSeconds: 0, chatGatherSeconds: 0 } }, secrets },
  clock,
  chance: systemChance(),
  log: openLog({ stream: process.stdout, level: settings.log.level, clock }),
  clockMoves: values['movable-clock'] ? 'over-socket' : 'by-itself',
  failpoint: () => undefined,
});
await new Promise<void>((stop) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop());
});
await relay[Symbol.asyncDispose]();
process.exit();
