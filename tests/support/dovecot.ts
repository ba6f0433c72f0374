// A real IMAP server on loopback with one mailbox per test, and a second pair of hands in that mailbox.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImapFlow } from 'imapflow';
import { ask } from '#trial/install/ask.ts';
import { enterNamespace, installDovecot, layOver } from '#trial/install/dovecot.ts';
import { dovecotOwner, makeMailboxFolder, startDovecot } from '#trial/servers/dovecot.ts';
import { addMailbox, giveTo } from '#trial/servers/mailboxes.ts';
import type { Mailbox } from '#trial/servers/mailboxes.ts';
import type { ServerControl } from '#trial/servers/server.ts';
import { startWatchdog } from '#trial/servers/watchdog.ts';

const MAILBOXES = 60;

export interface TestDovecot extends AsyncDisposable {
  readonly port: number;
  readonly server: ServerControl;
  newMailbox(): TestMailbox;
}

export interface TestMailbox extends Mailbox {
  put(...raws: readonly string[]): Promise<void>;
  /** The raw mails in a folder; none if there is no such folder. */
  mails(folder: string): Promise<readonly string[]>;
  count(folder: string): Promise<number>;
  removeFolder(folder: string): Promise<void>;
  /** Ends all its sessions as an administrator does. */
  kick(): Promise<void>;
  /** Loses the server's own notes on the inbox: all mails get new numbers under a new UIDVALIDITY. */
  renumber(): void;
}

export async function startTestDovecot(): Promise<TestDovecot> {
  const program = await installDovecot(() => undefined);
  const folder = await mkdtemp(join(tmpdir(), 'hearken-imap-'));
  await chmod(folder, 0o755);
  const watchdog = startWatchdog(folder);
  const owner = await dovecotOwner();
  const mailboxes = makeMailboxFolder(folder, owner);
  // Made beforehand: for users that it does not know yet the server takes its time.
  const unused = Array.from({ length: MAILBOXES }, (_, number) => addMailbox(mailboxes, `m${number}@mail.test`));
  const probe = addMailbox(mailboxes, 'probe@mail.test');
  const server = await startDovecot({ program, owner, folder, mailboxes, storage: 'maildir', probe, watchdog });
  const port = server.ports[0] ?? 0;

  async function inside<Value>(mailbox: Mailbox, act: (client: ImapFlow) => Promise<Value>): Promise<Value> {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port,
      secure: false,
      doSTARTTLS: false,
      auth: { user: mailbox.address, pass: mailbox.password },
      logger: false,
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await act(client);
    } finally {
      await client.logout();
    }
  }

  return {
    port,
    server,
    newMailbox() {
      const mailbox = unused.pop();
      if (mailbox === undefined) throw new Error('more mailboxes are needed than were made');
      const sources = (name: string) =>
        inside(mailbox, async (client) => {
          if (!(await client.list()).some((box) => box.path === name)) return [];
          await client.mailboxOpen(name, { readOnly: true });
          const uids = await client.search({ all: true }, { uid: true });
          if (uids === undefined || uids === false || uids.length === 0) return [];
          return (await client.fetchAll(uids.join(','), { source: true }, { uid: true })).map(
            (mail) => mail.source?.toString('utf8') ?? '',
          );
        });
      return {
        ...mailbox,
        put: (...raws) =>
          inside(mailbox, async (client) => {
            for (const raw of raws) await client.append('INBOX', Buffer.from(raw));
          }),
        mails: sources,
        count: (name) =>
          inside(mailbox, async (client) => {
            if (!(await client.list()).some((box) => box.path === name)) return 0;
            const status = await client.status(name, { messages: true });
            return status === false ? 0 : (status.messages ?? 0);
          }),
        removeFolder: (name) => inside(mailbox, async (client) => void (await client.mailboxDelete(name))),
        async kick() {
          const kicked = await ask(
            [
              'env',
              ...enterNamespace(),
              'sh',
              '-c',
              layOver(program),
              'sh',
              'doveadm',
              '-c',
              join(folder, 'dovecot.conf'),
              'kick',
              mailbox.address,
            ],
            { deadlineMs: 10_000 },
          );
          if (kicked.status !== 0) throw new Error(`doveadm kick: ${kicked.all}`);
        },
        renumber() {
          const maildir = join(mailboxes.homes, mailbox.address, 'Maildir');
          const numbers = join(maildir, 'dovecot-uidlist');
          const [, validity] = /^3 V(\d+) /.exec(readFileSync(numbers, 'utf8')) ?? [];
          for (const name of readdirSync(maildir))
            if (/^dovecot(?:-uidlist|-uidvalidity.*|\.index.*)$/.test(name)) rmSync(join(maildir, name));
          // The server itself would take the second of the clock, which may still be the one of the numbering before.
          writeFileSync(numbers, `3 V${Number(validity) + 1} N1\n`, { mode: 0o600 });
          giveTo(owner, numbers);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await server.kill();
      await watchdog[Symbol.asyncDispose]();
    },
  };
}
