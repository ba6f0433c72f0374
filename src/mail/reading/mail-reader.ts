// Reads mails in processes that are killed when they take too long or too much; the mail that did it is then read by its head alone.
import type { MailReader, RawMail, ReadMail } from '#relay/mail-port.ts';
import type { MailBytes, ReadingSettings } from './read-mail.ts';
import { unreadMail } from './read-mail.ts';
import { startReadingProcess } from './reading-process.ts';
import type { ReadingProcess } from './reading-process.ts';

export interface MailReaderOptions extends ReadingSettings {
  /** For one mail, the DNS included, in ms. Ordinary mails take a few; 25 MB take 400. Must be above `dnsMs`. */
  readonly readMs: number;
  /** Of one process, in MB; attachments are passed through and do not count. */
  readonly heapMb: number;
  /** How many mails are read side by side. */
  readonly processes: number;
}

export const readingDefaults = { dnsMs: 5_000, readMs: 10_000, heapMb: 384, processes: 1 } as const;

export class MailReaderClosed extends Error {
  readonly code = 'mail-reader-closed';
  constructor() {
    super('mail-reader-closed');
    this.name = 'MailReaderClosed';
  }
}

/** Null: the process was killed over it. */
type Done = { readonly read: ReadMail | null } | { readonly failed: unknown };

interface Job {
  readonly mail: MailBytes;
  readonly done: (outcome: Done) => void;
}

/** `read` rejects with MailReaderClosed, and with MailReaderBroken when no process comes up; never for what is in a mail. */
export function openMailReader(options: MailReaderOptions): MailReader {
  const waiting: Job[] = [];
  const lanes = Array.from({ length: options.processes }, () => newLane(options, () => waiting.shift() ?? null));
  let isClosed = false;

  const readOnce = (mail: MailBytes): Promise<ReadMail | null> =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(new MailReaderClosed());
      waiting.push({ mail, done: (outcome) => ('read' in outcome ? resolve(outcome.read) : reject(outcome.failed)) });
      for (const lane of lanes) lane.next();
    });

  return {
    async read(mail: RawMail) {
      const first = await readOnce({ bytes: mail.bytes, look: mail.extent === 'whole' ? 'whole' : 'head' });
      return first ?? (await readOnce({ bytes: mail.bytes, look: 'head-only' })) ?? unreadMail;
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      for (const job of waiting.splice(0)) job.done({ failed: new MailReaderClosed() });
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

interface Lane {
  /** Takes the next mail, if there is one and this lane is free. */
  next(): void;
  close(): Promise<void>;
}

/** One process at a time, started for the first mail and again after each that had to be killed. */
function newLane(options: MailReaderOptions, take: () => Job | null): Lane {
  const { support, trusted, dns, dnsMs } = options;
  let process: ReadingProcess | null = null;
  let current: Job | null = null;
  let running: Promise<void> = Promise.resolve();
  let isClosed = false;

  const run = async (job: Job): Promise<Done> => {
    try {
      process ??= await startReadingProcess(options);
      if (isClosed) return { failed: new MailReaderClosed() };
      const read = await process.ask({ mail: job.mail, settings: { support, trusted, dns, dnsMs } }, options.readMs);
      if (read === null) process = null;
      return isClosed && read === null ? { failed: new MailReaderClosed() } : { read };
    } catch (failed) {
      process = null;
      return { failed };
    }
  };

  const next = (): void => {
    if (current !== null || isClosed) return;
    const job = take();
    if (job === null) return;
    current = job;
    running = run(job).then((outcome) => {
      current = null;
      job.done(outcome);
      next();
    });
  };

  return {
    next,
    async close() {
      isClosed = true;
      await process?.kill();
      await running;
      await process?.kill();
      process = null;
    },
  };
}
