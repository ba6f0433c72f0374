// Builds a folder of the cache exactly once, whoever else is at it, and whenever somebody was killed half way:
// it is built under another name and renamed when complete, under a lock that the kernel frees at any death.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { CannotInstall } from './cannot-install.ts';

const LOCK_DEADLINE_S = 1200;

export interface Installation {
  /** Name of the finished folder; has to say everything that what is in it depends on. */
  readonly name: string;
  /** Said when it has to be built, for instance "the homeserver (about a minute and a half)". */
  readonly what: string;
  build(folder: string): Promise<void>;
  progress(line: string): void;
}

/** Resolves to the folder's path. */
export async function installOnce(installation: Installation): Promise<string> {
  const target = join(cacheFolder(), installation.name);
  if (existsSync(target)) return target;
  mkdirSync(cacheFolder(), { recursive: true });
  await using _lock = await takeLock(join(cacheFolder(), 'install.lock'));
  if (existsSync(target)) return target;
  removeLeftovers();
  const began = Date.now();
  installation.progress(`installing ${installation.what} ...`);
  const heartbeat = setInterval(() => {
    installation.progress(`  still installing, ${seconds(began)} s so far`);
  }, 15_000);
  const half = mkdtempSync(join(cacheFolder(), 'half-'));
  try {
    await installation.build(half);
    // Whoever may enter the cache may use what is in it.
    chmodSync(half, 0o755);
    renameSync(half, target);
  } finally {
    clearInterval(heartbeat);
    rmSync(half, { recursive: true, force: true });
  }
  installation.progress(`  installed in ${seconds(began)} s`);
  return target;
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}

/** Only whoever holds the lock builds, so any other half-built folder is from somebody who was killed. */
function removeLeftovers(): void {
  for (const entry of readdirSync(cacheFolder())) {
    if (entry.startsWith('half-')) rmSync(join(cacheFolder(), entry), { recursive: true, force: true });
  }
}

/** `flock` holds the lock for as long as its child `cat` waits for the end of our pipe, which comes with our end. */
function takeLock(path: string): Promise<AsyncDisposable> {
  const holder = spawn('flock', ['-w', String(LOCK_DEADLINE_S), path, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    holder.on('close', () => {
      resolve();
    });
  });
  return new Promise((resolve, reject) => {
    holder.on('error', () => {
      reject(new CannotInstall(['`flock` is missing; it is in the package util-linux.']));
    });
    holder.stdout.once('data', () => {
      resolve({
        async [Symbol.asyncDispose]() {
          holder.stdin.end();
          await ended;
        },
      });
    });
    void ended.then(() => {
      reject(new CannotInstall([`Somebody else has been installing for ${LOCK_DEADLINE_S / 60} minutes; gave up waiting.`]));
    });
  });
}
