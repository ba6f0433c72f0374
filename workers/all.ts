// All six roles in one process: `npm start -- --config FILE`. With SQLite this is the only way to run the relay.
import { parseArgs } from 'node:util';
import { openLog } from '#operator/open-log.ts';
import { faultText } from '#settings/fault-texts.ts';
import { readSettings } from '#settings/read-settings.ts';
import { systemChance } from '#vault/system-chance.ts';
import { systemClock } from '#vault/system-clock.ts';
import { killAt } from '#workers/kill-at.ts';
import { quietProcess } from '#workers/quiet-process.ts';
import { startRelay } from '#workers/start-relay.ts';

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      config: { type: 'string', default: 'hearken.yaml' },
      'movable-clock': { type: 'boolean', default: false },
      'kill-at': { type: 'string' },
    },
  });
  const ready = readSettings(values.config);
  if (!ready.ok) {
    for (const fault of ready.why) process.stderr.write(`${faultText(fault)}\n`);
    process.exitCode = 2;
    return;
  }
  const clock = systemClock();
  const log = openLog({ stream: process.stdout, level: ready.value.settings.log.level, clock });
  quietProcess(log);
  await using _relay = await startRelay({
    ready: ready.value,
    clock,
    chance: systemChance(),
    log,
    clockMoves: values['movable-clock'] ? 'over-socket' : 'by-itself',
    failpoint: killAt(values['kill-at']),
  });
  await new Promise<void>((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop());
  });
};

if (import.meta.main) {
  await main();
  // Everything is closed; a long poll of the Matrix SDK would keep its timer, and the process, for another minute or two.
  process.exit();
}
