// A process of its own for reading, with limits. A thread is not enough: V8 takes the whole program down when one allocation
// goes far beyond a worker's heap (seen with a text of 24 MB in a heap of 64), and then one mail would stop every conversation.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ReadMail } from '#relay/mail-port.ts';
import type { ReadingRequest } from './reading-child.ts';

const childFile = fileURLToPath(new URL('./reading-child.ts', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A folder that is a link has to be allowed by both its names. */
const withTarget = (path: string): readonly string[] => {
  try {
    return [...new Set([path, realpathSync(path)])];
  } catch {
    return [path];
  }
};

/** It can read the program and ask the DNS, and nothing else: no key, no data, nothing written, nothing started. */
export const narrowRights: readonly string[] = [
  '--permission',
  ...['src', 'node_modules', 'package.json'].flatMap((part) => withTarget(`${root}${part}`)).map((path) => `--allow-fs-read=${path}`),
];

/** Ordinarily half a second; a machine under load takes its time. */
const startMs = 30_000;
const ready = 'ready';

/** The machine cannot read mail at all just now; no mail is to blame. */
export class MailReaderBroken extends Error {
  readonly code = 'mail-reader-broken';
  constructor() {
    super('mail-reader-broken');
    this.name = 'MailReaderBroken';
  }
}

export interface ReadingProcess {
  /** Null: it took longer than `ms`, or died of it. The process is gone then. */
  ask(request: ReadingRequest, ms: number): Promise<ReadMail | null>;
  kill(): Promise<void>;
}

/** Rejects with MailReaderBroken when it does not come up. */
export async function startReadingProcess({ heapMb }: { readonly heapMb: number }): Promise<ReadingProcess> {
  const child = fork(childFile, [], {
    execArgv: [...narrowRights, `--max-old-space-size=${heapMb}`],
    env: {},
    serialization: 'advanced',
    // What a library prints could be somebody's words.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child.on('error', () => undefined);
  const first = await nextMessage(child, startMs);
  if (first !== ready) {
    await kill(child);
    throw new MailReaderBroken();
  }
  child.unref();
  child.channel?.unref();
  return {
    async ask(request, ms) {
      const answer = nextMessage(child, ms);
      child.send(request, () => undefined);
      const read = await answer;
      if (read === null) await kill(child);
      return read as ReadMail | null;
    },
    kill: () => kill(child),
  };
}

/** Asked before a start: without it every mail would wait. Never throws. */
export async function checkReading(limits: { readonly heapMb: number }): Promise<'ok' | { readonly code: 'mail-reader-broken' }> {
  try {
    await (await startReadingProcess(limits)).kill();
    return 'ok';
  } catch {
    return { code: 'mail-reader-broken' };
  }
}

/** Null: none within the time, or it is gone. */
function nextMessage(child: ChildProcess, ms: number): Promise<unknown> {
  return new Promise((resolve) => {
    const settle = (message: unknown): void => {
      clearTimeout(timer);
      child.off('message', settle);
      child.off('exit', gone);
      child.off('error', gone);
      resolve(message);
    };
    const gone = (): void => settle(null);
    const timer = setTimeout(gone, ms);
    child.on('message', settle);
    child.on('exit', gone);
    child.on('error', gone);
    if (child.exitCode !== null || child.signalCode !== null) gone();
  });
}

function kill(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resolve();
    child.ref();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
