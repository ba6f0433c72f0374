// Mail in over IMAP: one connection after the other, for as long as the relay runs; and the clearing of our own folders.
import type { ImapFlow } from 'imapflow';
import type { Instant } from '#domain/ids.ts';
import type { Chance, Clock } from '#relay/clock.ts';
import type { Log } from '#relay/log.ts';
import type { MailSource, MailSourceState, TakeMail } from '#relay/mail-port.ts';
import { backOffMs } from '#mail/back-off.ts';
import type { BackOff } from '#mail/back-off.ts';
import { atMost, pause } from '#mail/deadline.ts';
import { connectImap, imapCode } from '#mail/imap-client.ts';
import type { ImapServer, ImapServerWaits } from '#mail/imap-client.ts';
import { newIntake } from '#mail/imap-intake.ts';
import { largestFetch, openMailbox } from '#mail/imap-mailbox.ts';
import type { FolderPaths } from '#mail/imap-mailbox.ts';
import { sweepFolder } from '#mail/imap-sweep.ts';
import { refuseUnsafe } from '#mail/mail-server.ts';

export interface ImapSettings extends ImapServer {
  /** Names of our folders, `/` between levels. */
  readonly folders: FolderPaths;
  /** Larger mails are taken by their head alone, and their sender is told. */
  readonly maxMailBytes: number;
  readonly waits: ImapWaits;
}

export interface ImapWaits extends ImapServerWaits {
  /** How often the inbox is looked through although the server said nothing: for half-open connections and servers without IDLE. */
  readonly pollMs: number;
  readonly reconnect: BackOff;
  /** After a refused login: a provider locks an account that hammers. */
  readonly afterLoginFault: BackOff;
  /** When something could not be taken or moved, though the connection stands. */
  readonly retry: BackOff;
  /** A connection that stood this long makes the next fault the first one again. */
  readonly healthyMs: number;
}

export const defaultImapWaits: ImapWaits = {
  connectMs: 30_000,
  commandMs: 60_000,
  fetchMs: 300_000,
  pollMs: 90_000,
  // Back within half a minute of the server's coming back, however long it was away (O1).
  reconnect: { firstMs: 1_000, mostMs: 20_000 },
  afterLoginFault: { firstMs: 120_000, mostMs: 600_000 },
  retry: { firstMs: 1_000, mostMs: 60_000 },
  healthyMs: 300_000,
};

/** How long a mail that is being taken may hold up the end. */
const disposeMs = 3_000;
/** How long the server may take over a goodbye. */
const goodbyeMs = 1_000;

export interface ImapSource extends MailSource {
  /**
   * Deletes what came before `olderThan` and lies in our folders; answers with how many. Over a connection of its own.
   * Throws MailboxAway when it could not be done now.
   */
  sweepFolders(olderThan: Instant): Promise<number>;
}

export class MailboxAway extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.name = 'MailboxAway';
    this.code = code;
  }
}

export interface ImapSourceParts {
  readonly settings: ImapSettings;
  readonly take: TakeMail;
  readonly log: Log;
  readonly clock: Clock;
  readonly chance: Pick<Chance, 'below'>;
}

/** Throws UnsafeMailServer. Resolves when the first try to connect is over, however it ended. */
export async function openImapSource({ settings, take, log, clock, chance }: ImapSourceParts): Promise<ImapSource> {
  refuseUnsafe(settings);
  const { waits } = settings;
  const closing = new AbortController();
  const { signal } = closing;
  const open = new Set<ImapFlow>();
  const intake = newIntake({ take, log });
  let state: MailSourceState = { state: 'away', code: 'starting' };

  async function connected<Value>(act: (client: ImapFlow) => Promise<Value>): Promise<Value> {
    const client = await connectImap(settings, { largest: largestFetch(settings.maxMailBytes), closing: signal });
    open.add(client);
    try {
      return await act(client);
    } finally {
      if (client.usable) await atMost(goodbyeMs, client.logout());
      client.close();
      open.delete(client);
    }
  }

  /** Ends, with an error for `imapCode`, when the connection does; or without one when we are closing. */
  async function serve(client: ImapFlow, onReady: () => void): Promise<void> {
    const bell = newBell(client, signal);
    const mailbox = await openMailbox(client, settings);
    onReady();
    let failed = 0;
    while (!signal.aborted && client.usable) {
      const end = await intake.pass(mailbox, signal);
      failed = end === 'again' ? failed + 1 : 0;
      if (end === 'again') await bell.silence(backOffMs(failed, { ...waits.retry, chance }));
      else await bell.wait(waits.pollMs);
    }
  }

  async function supervise(firstOver: () => void): Promise<void> {
    let tries = 0;
    while (!signal.aborted) {
      let readyAt: number | null = null;
      const onReady = () => {
        readyAt = clock.now();
        state = { state: 'connected' };
        log({ event: 'mail.connected' });
        firstOver();
      };
      const code = await connected((client) => serve(client, onReady)).then(() => 'lost', imapCode);
      if (signal.aborted) break;
      tries = readyAt !== null && clock.now() - readyAt >= waits.healthyMs ? 1 : tries + 1;
      const slow = code === 'login' || code === 'token-refused';
      const retryMs = backOffMs(tries, { ...(slow ? waits.afterLoginFault : waits.reconnect), chance });
      state = { state: 'away', code };
      log({ event: 'mail.lost', code, retryMs });
      firstOver();
      await pause(retryMs, signal);
    }
    firstOver();
  }

  let running: Promise<void> = Promise.resolve();
  await new Promise<void>((firstOver) => {
    running = supervise(firstOver);
  });

  return {
    state: () => state,
    async sweepFolders(olderThan) {
      try {
        return await connected(async (client) => {
          let removed = 0;
          for (const name of [settings.folders.processed, settings.folders.quarantine])
            removed += await sweepFolder(client, { name, olderThan, waits });
          return removed;
        });
      } catch (error) {
        throw new MailboxAway(imapCode(error));
      }
    },
    async [Symbol.asyncDispose]() {
      if (signal.aborted) return;
      closing.abort();
      state = { state: 'away', code: 'closed' };
      // The mail in hand is seen to its end, if that comes soon.
      await atMost(disposeMs, running);
      for (const client of open) client.close();
    },
  };
}

/** Rings when the server says that something came, or that it is over. A ring during a pass is kept for after it. */
function newBell(client: ImapFlow, closing: AbortSignal) {
  let rung = false;
  let wake = new AbortController();
  const ring = () => {
    rung = true;
    wake.abort();
  };
  client.on('exists', ring);
  client.on('mailboxOpen', ring);
  const over = new AbortController();
  client.once('close', () => over.abort());
  return {
    async wait(ms: number): Promise<void> {
      if (!rung) await pause(ms, AbortSignal.any([wake.signal, over.signal, closing]));
      rung = false;
      wake = new AbortController();
    },
    /** Waits whatever the server says, unless it is over. */
    async silence(ms: number): Promise<void> {
      await pause(ms, AbortSignal.any([over.signal, closing]));
    },
  };
}
