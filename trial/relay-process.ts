// The relay as a process of its own, the way an operator runs it: `hearken init` once, then started, killed, asked and stopped.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startWatchdog } from './servers/watchdog.ts';

const root = join(import.meta.dirname, '..');
const startWithinMs = 60_000;
const stopWithinMs = 20_000;
const linesKept = 400;
/** As `npm start` has it. */
const youngGeneration = '--max-semi-space-size=8';

export class RelayDidNotStart extends Error {
  readonly code = 'relay-did-not-start';

  constructor(why: { readonly what: string; readonly log: readonly string[] }) {
    super(`${why.what}. The end of its log:\n${why.log.slice(-20).join('\n')}`);
    this.name = 'RelayDidNotStart';
  }
}

export interface RelayProcess extends AsyncDisposable {
  /** Resolves when it says that it has started. `killAt`: where it ends itself as -9 would (workers/kill-at.ts). */
  start(options?: { readonly killAt?: string }): Promise<void>;
  /** Resolves when it is gone without having been told to be, to the signal or status. */
  ended(): Promise<string>;
  /** -9, and gone when this resolves. */
  kill(): Promise<void>;
  /** As an operator stops it. */
  stop(): Promise<void>;
  /** What it wrote to its log and standard error so far. */
  readonly log: readonly string[];
  /** Null while it does not run. */
  pid(): number | null;
  /** Runs one of the operator's commands on its settings; resolves to what it printed. */
  hearken(...args: readonly string[]): Promise<CommandEnd>;
  /** The same, for somebody who wants to kill it. */
  beginHearken(...args: readonly string[]): RunningCommand;
}

export interface CommandEnd {
  /** 1 when it was killed. */
  readonly code: number;
  readonly out: string;
}

export interface RunningCommand {
  readonly end: Promise<CommandEnd>;
  /** -9, and gone when this resolves. */
  kill(): Promise<void>;
}

const gather = (child: ChildProcess, log: string[]): void => {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log.push(...text.split('\n').filter((line) => line !== ''));
      if (log.length > 20 * linesKept) log.splice(0, log.length - 10 * linesKept);
    });
  }
};

export interface RelayProcessOptions {
  /** `movable`: its clock can be moved on over its socket. Default: it goes by itself. */
  readonly clock?: 'movable' | 'by-itself';
  /** For what it would put into the machine's folder for temporary files; there already. Default: that one. */
  readonly temporaryFolder?: string;
  /** Started in place of `workers/all.ts`, with the same arguments. */
  readonly program?: string;
}

/**
 * `config`: path of the settings file, in a folder of its own. The relay is not started yet. Disposing ends it and removes the
 * folder; so does the watchdog, if this process is killed.
 */
export const relayProcess = (config: string, options: RelayProcessOptions = {}): RelayProcess => {
  const { clock = 'by-itself', temporaryFolder, program = join(root, 'workers', 'all.ts') } = options;
  const flags = clock === 'movable' ? ['--movable-clock'] : [];
  const log: string[] = [];
  const env = { ...process.env, ...(temporaryFolder === undefined ? {} : { TMPDIR: temporaryFolder }) };
  const watchdog = startWatchdog(dirname(config));
  let child: ChildProcess | null = null;

  const gone = async (which: ChildProcess): Promise<void> => {
    if (which.exitCode === null && which.signalCode === null) await once(which, 'exit');
    if (which.pid !== undefined) watchdog.gone(which.pid);
  };

  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const which = child;
    child = null;
    if (which === null) return;
    which.kill(signal);
    const late = new AbortController();
    await Promise.race([
      gone(which),
      pause(stopWithinMs, undefined, { signal: late.signal, ref: false }).then(() => which.kill('SIGKILL')),
    ]);
    late.abort();
    await gone(which);
  };

  const beginHearken = (args: readonly string[]): RunningCommand => {
    const run = spawn(process.execPath, [join(root, 'workers', 'hearken.ts'), ...args, '--config', config], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    });
    const out: string[] = [];
    gather(run, out);
    const closed = once(run, 'close').then(([code]: readonly unknown[]) => ({
      code: typeof code === 'number' ? code : 1,
      out: out.join('\n'),
    }));
    return {
      end: closed,
      async kill() {
        run.kill('SIGKILL');
        await closed;
      },
    };
  };

  return {
    log,
    pid: () => child?.pid ?? null,
    async start({ killAt } = {}) {
      const from = log.length;
      const args = ['--config', config, ...flags, ...(killAt === undefined ? [] : ['--kill-at', killAt])];
      const started = spawn(process.execPath, [youngGeneration, program, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env,
        // A group of its own, so that the watchdog can end it with what it started.
        detached: true,
      });
      if (started.pid !== undefined) watchdog.started(started.pid);
      child = started;
      gather(started, log);
      const deadline = Date.now() + startWithinMs;
      while (!log.slice(from).some((line) => line.includes('"relay.started"'))) {
        if (started.exitCode !== null || started.signalCode !== null)
          throw new RelayDidNotStart({ what: 'the relay ended while it started', log });
        if (Date.now() > deadline) throw new RelayDidNotStart({ what: 'the relay was not ready in time', log });
        await pause(20);
      }
    },
    async ended() {
      const which = child;
      if (which === null) throw new Error('the relay does not run');
      await gone(which);
      return String(which.signalCode ?? which.exitCode);
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    hearken: (...args) => beginHearken(args).end,
    beginHearken: (...args) => beginHearken(args),
    async [Symbol.asyncDispose]() {
      await end('SIGTERM');
      await watchdog[Symbol.asyncDispose]();
    },
  };
};
