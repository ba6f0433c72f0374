// All six roles in one process: `npm start -- --config FILE`. With SQLite this is the only way to run the relay.
import { flushCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import { openLog } from '#operator/open-log.ts';
import { isExplained, troubleAtStart } from '#operator/operator-texts.ts';
import { faultCode } from '#queue/fault-code.ts';
import { faultText } from '#settings/fault-texts.ts';
import { readSettings } from '#settings/read-settings.ts';
import { systemChance } from '#vault/system-chance.ts';
import { systemClock } from '#vault/system-clock.ts';
import { killAt } from '#workers/kill-at.ts';
import { quietProcess } from '#workers/quiet-process.ts';
import type { Ground } from '#workers/open-parts.ts';
import { startRelay } from '#workers/start-relay.ts';
import type { Relay } from '#workers/start-relay.ts';

const usage = 'Usage: npm start -- [--config FILE]    (FILE is hearken.yaml, unless you say another)';

const readArguments = () => {
  try {
    return parseArgs({
      options: {
        config: { type: 'string', default: 'hearken.yaml' },
        'movable-clock': { type: 'boolean', default: false },
        'kill-at': { type: 'string' },
      },
    }).values;
  } catch {
    return null;
  }
};

/** Null: it cannot run as things stand, and the operator was told why in a sentence. A fault of our own goes on to whoever ends the process. */
const startOrSay = async (ground: Ground): Promise<Relay | null> => {
  try {
    return await startRelay(ground);
  } catch (fault) {
    const code = faultCode(fault);
    if (!isExplained(code)) throw fault;
    ground.log({ event: 'fault', where: 'start', code });
    process.stderr.write(`${troubleAtStart(code)}\n`);
    return null;
  }
};

/** Listened for from the beginning: whoever is told to end while it starts ends in good order as well. */
const toldToEnd = (): Promise<void> =>
  new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop());
  });

/** Ends with 2: the settings or arguments are wrong. 1: it cannot start as things stand. */
const main = async (): Promise<void> => {
  const values = readArguments();
  if (values === null) {
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const ready = readSettings(values.config);
  if (!ready.ok) {
    for (const fault of ready.why) process.stderr.write(`${faultText(fault)}\n`);
    process.exitCode = 2;
    return;
  }
  const told = toldToEnd();
  const clock = systemClock();
  const log = openLog({ stream: process.stdout, level: ready.value.settings.log.level, clock });
  quietProcess(log);
  await using relay = await startOrSay({
    ready: ready.value,
    clock,
    chance: systemChance(),
    log,
    clockMoves: values['movable-clock'] ? 'over-socket' : 'by-itself',
    failpoint: killAt(values['kill-at']),
  });
  if (relay === null) {
    process.exitCode = 1;
    return;
  }
  // For the next start, however this one ends. Does nothing unless NODE_COMPILE_CACHE names a folder.
  flushCompileCache();
  await told;
};

if (import.meta.main) {
  await main();
  // Everything is closed; a long poll of the Matrix SDK would keep its timer, and the process, for another minute or two.
  process.exit();
}
