// One server of the trial: started in a process group of its own, ready when it answers in its own protocol,
// and able to be killed and started again on the same ports.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { lastLines } from '../install/ask.ts';
import { freePorts } from './free-ports.ts';
import type { Watchdog } from './watchdog.ts';

const PORT_TRIES = 5;
const ASK_AGAIN_MS = 40;
const GONE_WITHIN_MS = 5_000;

export class ServerDidNotStart extends Error {
  readonly code = 'server-did-not-start';

  constructor(name: string, reason: { readonly why: string; readonly log: string }) {
    super(`${name} ${reason.why}. The end of its log:\n${reason.log}`);
    this.name = 'ServerDidNotStart';
  }
}

export interface ServerPlan {
  readonly name: string;
  readonly logFile: string;
  readonly portCount: number;
  /** Writes the configuration for these ports and gives the command line. */
  command(ports: readonly number[]): readonly [string, ...string[]];
  /** Asks the server something in its own protocol; rejects while it is not ready. */
  probe(ports: readonly number[]): Promise<void>;
  readonly deadlineMs: number;
  readonly watchdog: Watchdog;
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface ServerControl {
  /** Kills it with -9, all its processes; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same ports with the same data; resolves when it is ready. */
  start(): Promise<void>;
  /** Id of its first process; null while it is not running. */
  pid(): number | null;
}

export interface RunningServer extends ServerControl {
  readonly ports: readonly number[];
}

export async function startServer(plan: ServerPlan): Promise<RunningServer> {
  for (let tried = 1; ; tried += 1) {
    const ports = await freePorts(plan.portCount);
    try {
      let current = await launch(plan, ports);
      return {
        ports,
        pid: () => (current.gone() ? null : current.group),
        kill: () => current.kill(),
        async start() {
          if (current.gone()) current = await launch(plan, ports);
        },
      };
    } catch (error) {
      const taken = error instanceof ServerDidNotStart && /address already in use/i.test(error.message);
      if (!taken || tried === PORT_TRIES) throw error;
    }
  }
}

interface Launched {
  readonly group: number;
  gone(): boolean;
  kill(): Promise<void>;
}

async function launch(plan: ServerPlan, ports: readonly number[]): Promise<Launched> {
  const [program, ...args] = plan.command(ports);
  const log = openSync(plan.logFile, 'a', 0o600);
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log], cwd: plan.cwd, env: plan.env ?? process.env });
  closeSync(log);
  const group = child.pid;
  const exit = ending(child);
  if (group === undefined) throw new ServerDidNotStart(plan.name, { why: await exit, log: '(not started)' });
  plan.watchdog.started(group);
  let over = false;
  const gone = exit.then(async () => {
    // Whatever it had started itself goes with it, and has given its ports back when this resolves.
    for (const deadline = Date.now() + GONE_WITHIN_MS; killGroup(group) === 'there' && Date.now() < deadline;) await pause(5);
    plan.watchdog.gone(group);
    over = true;
  });
  const launched: Launched = {
    group,
    gone: () => over,
    async kill() {
      killGroup(group);
      await gone;
    },
  };
  try {
    await Promise.race([answered(plan, ports), exit.then((why) => Promise.reject(failure(plan, why)))]);
  } catch (error) {
    await launched.kill();
    throw error;
  }
  // A crash later on is for whoever talks to it to notice.
  return launched;
}

function failure(plan: ServerPlan, why: string): ServerDidNotStart {
  return new ServerDidNotStart(plan.name, { why, log: lastLines(readFileSync(plan.logFile, 'utf8')) });
}

function ending(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      resolve(`could not be started (${error.message})`);
    });
    child.on('exit', (status, signal) => {
      resolve(`ended with ${status ?? signal ?? 'no status'} before it was ready`);
    });
  });
}

async function answered(plan: ServerPlan, ports: readonly number[]): Promise<void> {
  const deadline = Date.now() + plan.deadlineMs;
  for (;;) {
    try {
      await plan.probe(ports);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw failure(plan, `did not answer within ${plan.deadlineMs / 1000} s (${String(error)})`);
    }
    await pause(ASK_AGAIN_MS);
  }
}

function killGroup(group: number): 'there' | 'gone' {
  try {
    process.kill(-group, 'SIGKILL');
    return 'there';
  } catch {
    // Nobody of the group is left.
    return 'gone';
  }
}
