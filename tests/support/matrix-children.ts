// Starts, asks and watches an account that runs in a process of its own.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RoomEvent } from '#relay/matrix-port.ts';
import type { ChildCommand, ChildOrders } from '#tests/support/matrix-child.ts';
import { until } from '#tests/support/until.ts';

type WithoutId<Command> = Command extends unknown ? Omit<Command, 'id'> : never;

export interface AccountChild extends AsyncDisposable {
  /** Null: it was killed before it answered. */
  ask(command: WithoutId<ChildCommand>): Promise<unknown>;
  /** Resolves when it is gone, to the signal or status. */
  readonly ended: Promise<string>;
  readonly died: () => string | null;
  kill(): void;
}

/** Resolves when the account is ready, or has ended. */
export async function accountChild(orders: ChildOrders): Promise<AccountChild> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('matrix-child.ts', import.meta.url)), JSON.stringify(orders)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = new Map<number, (answer: unknown) => void>();
  let died: string | null = null;
  let ready: unknown = null;
  let over: string | null = null;
  let counter = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as { readonly ready?: unknown; readonly died?: string; readonly id?: number; readonly answer?: unknown };
    if (said.ready !== undefined) ready = said.ready;
    if (said.died !== undefined) died = said.died;
    if (said.id !== undefined) answers.get(said.id)?.(said.answer);
  });
  child.stdin.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => {
    child.on('exit', (status, signal) => {
      over = String(signal ?? status);
      for (const answer of answers.values()) answer(null);
      resolve(over);
    });
  });
  await until('the account in its process', () => ready !== null || over !== null, { deadlineMs: 40_000 });
  return {
    ended,
    died: () => died,
    kill: () => child.kill('SIGKILL'),
    ask(command) {
      counter += 1;
      const id = counter;
      return new Promise((resolve) => {
        if (over !== null) {
          resolve(null);
          return;
        }
        answers.set(id, resolve);
        child.stdin.write(`${JSON.stringify({ ...command, id })}\n`);
      });
    },
    async [Symbol.asyncDispose]() {
      if (over === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

export const takenIn = (file: string): readonly RoomEvent[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as RoomEvent)
    : [];
