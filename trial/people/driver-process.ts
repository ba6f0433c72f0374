// Starts a driver process and talks with it. The driver ends by itself when its stdin does, so it cannot outlive us.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { lastLines } from '../install/ask.ts';
import type { DriverCall, DriverLine, DriverReady, DriverStart } from './matrix-driver.ts';
import type { RawSeen } from './raw-seen.ts';

const START_DEADLINE_MS = 60_000;
/** Above the time for which a client tries again by itself. */
const CALL_DEADLINE_MS = 70_000;
const END_DEADLINE_MS = 5000;

export interface Driver extends AsyncDisposable {
  readonly userId: string;
  readonly deviceId: string;
  call(call: DriverCall): Promise<unknown>;
  /** As a computer whose lid is closed, and opened. */
  sleep(): void;
  wake(): void;
}

export interface DriverPlan {
  readonly command: readonly [string, ...string[]];
  readonly start: DriverStart;
  onEvent(raw: RawSeen): void;
}

export async function startDriver(plan: DriverPlan): Promise<Driver> {
  const [program, ...args] = plan.command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting = new Map<number, { readonly what: string; readonly answered: (line: DriverLine) => void }>();
  let complaints = '';
  let nextId = 1;
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaints = (complaints + chunk).slice(-8000);
  });
  child.stdin.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (status, signal) => resolve(String(signal ?? status)));
  });
  const death = ended.then((how): never => {
    const asked = [...waiting.values()].map(({ what }) => what).join(', ');
    throw new Error(`a person's Matrix client has ended (${how}); it was being asked: ${asked || 'nothing'}\n${lastLines(complaints)}`);
  });
  // Only of interest to whoever waits just then.
  death.catch(() => undefined);

  const ready = new Promise<DriverReady['ready']>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as DriverLine;
      if ('ready' in line) resolve(line.ready);
      else if ('event' in line) plan.onEvent(line.event);
      else waiting.get(line.id)?.answered(line);
    });
  });
  child.stdin.write(`${JSON.stringify(plan.start)}\n`);
  const dispose = async (): Promise<void> => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), END_DEADLINE_MS);
    await ended;
    clearTimeout(timer);
  };

  try {
    const { userId, deviceId } = await within(START_DEADLINE_MS, { what: 'start', of: Promise.race([ready, death]) });
    return {
      userId,
      deviceId,
      async call(call) {
        const id = nextId;
        nextId += 1;
        const answer = new Promise<DriverLine>((answered) => waiting.set(id, { what: call.do, answered }));
        child.stdin.write(`${JSON.stringify({ id, call })}\n`);
        try {
          const line = await within(CALL_DEADLINE_MS, { what: call.do, of: Promise.race([answer, death]) });
          if ('error' in line) throw new Error(`a person's Matrix client could not ${call.do}: ${line.error}`);
          return 'ok' in line ? line.ok : undefined;
        } finally {
          waiting.delete(id);
        }
      },
      sleep: () => void child.kill('SIGSTOP'),
      wake: () => void child.kill('SIGCONT'),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function within<T>(deadlineMs: number, wait: { readonly what: string; readonly of: Promise<T> }): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`a person's Matrix client did not ${wait.what} within ${deadlineMs / 1000} s`)),
    deadlineMs,
  );
  try {
    return await Promise.race([wait.of, promise]);
  } finally {
    clearTimeout(timer);
  }
}
