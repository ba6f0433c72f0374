// Starts the watchdog beside this process and tells it what has to be gone when this process is.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Watchdog extends AsyncDisposable {
  /** The process group to end, which is the id of its first process. */
  started(group: number): void;
  gone(group: number): void;
}

/** Disposing ends all groups, removes the folder, and resolves when that is done. */
export function startWatchdog(folder: string): Watchdog {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'watchdog.mjs'), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
    // It must not sit in a folder that somebody wants to remove.
    cwd: '/',
  });
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      resolve();
    });
  });
  // If it died, the next write says so by EPIPE; what was started then still ends with `dispose` of its owner.
  child.stdin.on('error', () => undefined);
  const tell = (note: Readonly<Record<string, unknown>>): void => {
    child.stdin.write(`${JSON.stringify(note)}\n`);
  };
  return {
    started: (group) => tell({ started: group }),
    gone: (group) => tell({ gone: group }),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
