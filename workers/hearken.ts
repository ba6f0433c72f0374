#!/usr/bin/env node
// The operator's command line: `hearken init|doctor|status --config FILE`.
import { parseArgs } from 'node:util';
import { ask } from '#operator/ask.ts';
import { doctor } from '#operator/doctor.ts';
import { init } from '#operator/init.ts';
import { OperatorFault } from '#operator/operator-fault.ts';
import { trouble, unknownCommand, usage } from '#operator/operator-texts.ts';
import { dataFiles } from '#settings/data-folder.ts';
import type { Log } from '#relay/log.ts';
import { faultText } from '#settings/fault-texts.ts';
import { readSettingsForInit } from '#settings/read-settings.ts';
import { quietProcess } from '#workers/quiet-process.ts';

/** 0: as it should be. 1: something needs the operator. 2: the settings or the command are wrong. */
type ExitCode = 0 | 1 | 2;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(args: readonly string[]): Promise<ExitCode> {
  const parsed = parseCommand(args);
  if (typeof parsed === 'string' || parsed === null) {
    const unknown = unknownCommand(parsed);
    if (unknown !== null) say(`${unknown}\n`);
    say(usage);
    return 2;
  }
  switch (parsed.command) {
    case 'init': {
      const { logIn, serverChecks } = await import('#workers/operator-ports.ts');
      const outcome = await init(parsed.config, { say, isRunning, checks: serverChecks, logIn });
      return outcome === 'ready' ? 0 : outcome === 'not-yet' ? 1 : 2;
    }
    case 'doctor': {
      const { serverChecks } = await import('#workers/operator-ports.ts');
      const outcome = await doctor(parsed.config, { say, checks: serverChecks });
      return outcome === 'good' ? 0 : outcome === 'trouble' ? 1 : 2;
    }
    case 'status':
      return await status(parsed.config);
  }
}

type Command = 'init' | 'doctor' | 'status';
const isCommand = (word: string): word is Command => ['init', 'doctor', 'status'].includes(word);

/** A word: there is no such command. Null: it is not one word with its options. */
function parseCommand(args: readonly string[]): { readonly command: Command; readonly config: string } | string | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { config: { type: 'string', default: 'hearken.yaml' } },
    });
    const [command, ...rest] = positionals;
    if (command === undefined || rest.length > 0) return null;
    return isCommand(command) ? { command, config: values.config } : command;
  } catch {
    return null;
  }
}

async function status(config: string): Promise<ExitCode> {
  const read = readSettingsForInit(config);
  if (!read.ok) {
    for (const each of read.why) say(faultText(each));
    return 2;
  }
  try {
    const answer = await ask(dataFiles(read.value.service.dataFolder).socket, { command: 'status' });
    for (const line of answer.lines) say(line);
    return answer.health === 'well' ? 0 : 1;
  } catch (error) {
    if (!(error instanceof OperatorFault)) throw error;
    say(trouble('Hearken', error.code));
    return 1;
  }
}

async function isRunning(socket: string): Promise<'yes' | 'no'> {
  try {
    await ask(socket, { command: 'status' });
    return 'yes';
  } catch (error) {
    return error instanceof OperatorFault && error.code === 'not-running' ? 'no' : 'yes';
  }
}

/** Of a command that breaks in the middle: the code, never a library's own words. */
const sayCrash: Log = (event) => {
  if (event.event === 'relay.crashed') say(`${trouble('Hearken', event.code)} [${event.at}]`);
};

if (import.meta.main) {
  quietProcess(sayCrash);
  // Left to itself the process would stay for two minutes after a login, for timers of the Matrix library that mean nothing any more.
  process.exit(await run(process.argv.slice(2)));
}
