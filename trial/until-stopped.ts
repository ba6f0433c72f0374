// When is the trial to end? At Ctrl-C, when it is told to, and when the npm that runs it is gone: npm killed with -9 hands nothing on.
import { readFileSync } from 'node:fs';

const lookMs = 1000;
/** This process, the bootstrap, npm's shell, npm. */
const longestChain = 6;

interface Kin {
  readonly name: string;
  readonly parent: number;
}

/** Linux, proc(5): `pid (name) state ppid …`. Null: it is gone, or the machine has no such files. */
const kinOf = (pid: number): Kin | null => {
  try {
    const [, name = '', parent = ''] = /^\d+ \((.*)\) \S (\d+)/su.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { name, parent: Number(parent) };
  } catch {
    return null;
  }
};

/** From this process up to npm, each with its parent; empty when npm did not start it. */
const chainToNpm = (): readonly number[] => {
  if (process.env['npm_lifecycle_event'] === undefined) return [];
  const chain: number[] = [];
  let pid = process.pid;
  for (let steps = 0; steps < longestChain; steps += 1) {
    const kin = kinOf(pid);
    if (kin === null) return [];
    chain.push(pid);
    if (kin.name.startsWith('npm')) return chain;
    pid = kin.parent;
  }
  return [];
};

/** A link is whole while the child still names the same parent: the parent's number alone may be somebody else's by now. */
const isWhole = (chain: readonly number[]): boolean => chain.slice(1).every((parent, index) => kinOf(chain[index] ?? 0)?.parent === parent);

export const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    const chain = chainToNpm();
    const timer = setInterval(() => {
      if (!isWhole(chain)) stop();
    }, lookMs);
    timer.unref();
    const stop = (): void => {
      clearInterval(timer);
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  });
