// The relay as a process of its own, the way an operator runs it: `hearken init` once, then started, killed, asked and stopped.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const root = join(import.meta.dirname, '..');
const startWithinMs = 60_000;
const stopWithinMs = 20_000;
const linesKept = 400;

export class RelayDidNotStart extends Error {
  readonly code = 'relay-did-not-start';

  constructor(why: { readonly what: string; readonly log: readonly string[] }) {
    super(`${why.what}. The end of its log:\n${why.log.slice(-20).join('\n')}`);
    this.name = 'RelayDidNotStart';
  }
}

export interface RelayProcess extends AsyncDisposable {
  /** Resolves when it says that it has started. */
  start(): Promise<void>;
  /** -9, and gone when this resolves. */
  kill(): Promise<void>;
  /** As an operator stops it. */
  stop(): Promise<void>;
  /** What it wrote to its log and standard error so far. */
  readonly log: readonly string[];
  /** Runs one of the operator's commands on its settings; resolves to what it printed. */
  hearken(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }>;
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
}

/** `config`: path of the settings file. The relay is not started yet. */
export const relayProcess = (config: string, { clock = 'by-itself' }: RelayProcessOptions = {}): RelayProcess => {
  const flags = clock === 'movable' ? ['--movable-clock'] : [];
  const log: string[] = [];
  let child: ChildProcess | null = null;

  const gone = async (which: ChildProcess): Promise<void> => {
    if (which.exitCode === null && which.signalCode === null) await once(which, 'exit');
  };

  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const which = child;
    child = null;
    if (which === null) return;
    which.kill(signal);
    const late = new AbortController();
    await Promise.race([gone(which), pause(stopWithinMs, undefined, { signal: late.signal, ref: false }).then(() => which.kill('SIGKILL'))]);
    late.abort();
    await gone(which);
  };

  return {
    log,
    async start() {
      const from = log.length;
      const started = spawn(process.execPath, [join(root, 'workers', 'all.ts'), '--config', config, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
      child = started;
      gather(started, log);
      const deadline = Date.now() + startWithinMs;
      while (!log.slice(from).some((line) => line.includes('"relay.started"'))) {
        if (started.exitCode !== null || started.signalCode !== null) throw new RelayDidNotStart({ what: 'the relay ended while it started', log });
        if (Date.now() > deadline) throw new RelayDidNotStart({ what: 'the relay was not ready in time', log });
        await pause(20);
      }
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async hearken(...args) {
      const run = spawn(process.execPath, [join(root, 'workers', 'hearken.ts'), ...args, '--config', config], { stdio: ['ignore', 'pipe', 'pipe'] });
      const out: string[] = [];
      gather(run, out);
      const [code] = (await once(run, 'close')) as [number | null];
      return { code: code ?? 1, out: out.join('\n') };
    },
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  };
};
