// Reads mails in worker threads that are killed when they take too long or too much; the mail that did it is then read by its head alone.
import { Worker } from 'node:worker_threads';
import type { MailReader, RawMail, ReadMail } from '#relay/mail-port.ts';
import type { MailBytes, ReadingSettings } from './read-mail.ts';
import { unreadMail } from './read-mail.ts';

export interface MailReaderOptions extends ReadingSettings {
  /** For one mail, the DNS included, in ms. Ordinary mails take a few; 25 MB take 400. Must be above `dnsMs`. */
  readonly readMs: number;
  /** Of one thread's heap, in MB; attachments are passed through and do not count. */
  readonly heapMb: number;
  readonly threads: number;
}

export const readingDefaults = { dnsMs: 5_000, readMs: 10_000, heapMb: 256, threads: 1 } as const;

export class MailReaderClosed extends Error {
  readonly code = 'mail-reader-closed';
  constructor() {
    super('mail-reader-closed');
    this.name = 'MailReaderClosed';
  }
}

interface Job {
  readonly mail: MailBytes;
  readonly done: (read: ReadMail | null) => void;
  readonly closed: () => void;
}

export function openMailReader(options: MailReaderOptions): MailReader {
  const waiting: Job[] = [];
  const threads = Array.from({ length: options.threads }, () => newThread(options, () => waiting.shift() ?? null));
  let isClosed = false;

  /** Null: the thread was killed over it. */
  const readOnce = (mail: MailBytes): Promise<ReadMail | null> =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(new MailReaderClosed());
      waiting.push({ mail, done: resolve, closed: () => reject(new MailReaderClosed()) });
      for (const thread of threads) thread.next();
    });

  return {
    async read(mail: RawMail) {
      const bytes = mail.bytes;
      const first = await readOnce({ bytes, look: mail.extent === 'whole' ? 'whole' : 'head' });
      return first ?? (await readOnce({ bytes, look: 'head-only' })) ?? unreadMail;
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      for (const job of waiting.splice(0)) job.closed();
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

interface Thread {
  /** Takes the next mail, if there is one and this thread is free. */
  next(): void;
  close(): Promise<void>;
}

function newThread(options: MailReaderOptions, take: () => Job | null): Thread {
  let worker: Worker | null = null;
  let current: Job | null = null;

  const start = (): Worker => {
    const { support, trusted, dns, dnsMs } = options;
    const settings: ReadingSettings = { support, trusted, dns, dnsMs };
    const started = new Worker(new URL('./reading-worker.ts', import.meta.url), {
      workerData: settings,
      resourceLimits: { maxOldGenerationSizeMb: options.heapMb },
      // Nothing that a library prints may reach our own output: it could be somebody's words.
      stdout: true,
      stderr: true,
    });
    started.stdout.resume();
    started.stderr.resume();
    // Out of memory, or a fault that nothing caught: as good as too slow.
    started.on('error', () => undefined);
    started.unref();
    return started;
  };

  const run = async (job: Job): Promise<ReadMail | null> => {
    const used = (worker ??= start());
    const bytes = new Uint8Array(job.mail.bytes);
    const read = await answerOf(used, { mail: { ...job.mail, bytes }, ms: options.readMs });
    if (read === null) {
      worker = null;
      await used.terminate();
    }
    return read;
  };

  const next = (): void => {
    if (current !== null) return;
    const job = take();
    if (job === null) return;
    current = job;
    void run(job).then((read) => {
      current = null;
      job.done(read);
      next();
    });
  };

  return {
    next,
    async close() {
      const job = current;
      job?.closed();
      await worker?.terminate();
      worker = null;
    },
  };
}

/** Null: no answer within the time, or the thread died. */
function answerOf(worker: Worker, { mail, ms }: { readonly mail: MailBytes; readonly ms: number }): Promise<ReadMail | null> {
  return new Promise((resolve) => {
    const settle = (read: ReadMail | null) => {
      clearTimeout(timer);
      worker.off('message', settle);
      worker.off('exit', died);
      resolve(read);
    };
    const died = () => settle(null);
    const timer = setTimeout(died, ms);
    worker.on('message', settle);
    worker.on('exit', died);
    worker.postMessage(mail, [mail.bytes.buffer as ArrayBuffer]);
  });
}
