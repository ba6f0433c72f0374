// The IMAP source against a real server, with everything that happens to mailboxes; and the fake beside it.
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { pipeline } from 'node:stream';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { instant } from '#domain/ids.ts';
import { defaultImapWaits, openImapSource } from '#mail/imap-source.ts';
import type { ImapSettings } from '#mail/imap-source.ts';
import type { LogEvent } from '#relay/log.ts';
import type { TakeMail } from '#relay/mail-port.ts';
import { makeCertificate } from '#tests/support/certificate.ts';
import { startTestDovecot } from '#tests/support/dovecot.ts';
import type { TestDovecot, TestMailbox } from '#tests/support/dovecot.ts';
import { newFakeMailbox } from '#tests/support/fake-mail.ts';
import { until } from '#tests/support/until.ts';
import { mailSourceContract, newKeeper, rawMail } from './mail-source-suite.ts';

const maxMailBytes = 200_000;
const clock = { now: () => instant(Date.now()) };
const chance = { below: (below: number) => Math.floor(Math.random() * below) };

let dovecot: TestDovecot;
beforeAll(async () => {
  dovecot = await startTestDovecot();
});
afterAll(() => dovecot[Symbol.asyncDispose]());

function settingsFor(mailbox: TestMailbox, change: Partial<ImapSettings> = {}): ImapSettings {
  return {
    host: '127.0.0.1',
    port: dovecot.port,
    security: 'none',
    ca: null,
    login: { login: 'password', user: mailbox.address, password: mailbox.password },
    folders: { processed: 'Processed', quarantine: 'Quarantine' },
    maxMailBytes,
    waits: {
      ...defaultImapWaits,
      reconnect: { firstMs: 50, mostMs: 1_000 },
      afterLoginFault: { firstMs: 300, mostMs: 600 },
      retry: { firstMs: 20, mostMs: 200 },
    },
    ...change,
  };
}

mailSourceContract('IMAP', async () => {
  const mailbox = dovecot.newMailbox();
  return {
    maxMailBytes,
    open: (take) => openImapSource({ settings: settingsFor(mailbox), take, log: () => undefined, clock, chance }),
    put: (raw) => mailbox.put(raw),
    inbox: () => mailbox.count('INBOX'),
    processed: () => mailbox.count('Processed'),
    away: () => dovecot.server.kill(),
    back: () => dovecot.server.start(),
    async [Symbol.asyncDispose]() {
      await dovecot.server.start();
    },
  };
});

mailSourceContract('the fake', async () => {
  const mailbox = newFakeMailbox({ maxMailBytes });
  return {
    maxMailBytes,
    open: async (take) => mailbox.open(take),
    put: async (raw) => mailbox.put(Buffer.from(raw)),
    inbox: async () => mailbox.inbox(),
    processed: async () => mailbox.processed.length,
    away: async () => mailbox.away(),
    back: async () => mailbox.back(),
    async [Symbol.asyncDispose]() {},
  };
});

interface OpenOptions {
  readonly take?: TakeMail;
  readonly change?: Partial<ImapSettings>;
  readonly mailbox?: TestMailbox;
}

async function opened({ take, change = {}, mailbox }: OpenOptions = {}) {
  const box = mailbox ?? dovecot.newMailbox();
  const keeper = newKeeper();
  const events: LogEvent[] = [];
  const source = await openImapSource({
    settings: settingsFor(box, change),
    take: take ?? keeper.take,
    log: (event) => void events.push(event),
    clock,
    chance,
  });
  onTestFinished(() => source[Symbol.asyncDispose]());
  const named = (event: LogEvent['event']) => events.filter((one) => one.event === event);
  return { mailbox: box, keeper, events, named, source };
}

describe('a mailbox', () => {
  test('announces a mail at once', async () => {
    const { mailbox, keeper, source } = await opened();
    await until('IDLE', () => source.state().state === 'connected');
    const latencies: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      await mailbox.put(rawMail(String(i)));
      const begun = performance.now();
      await until('the mail', () => keeper.kept.length === i + 1);
      latencies.push(performance.now() - begun);
    }
    expect(Math.max(...latencies)).toBeLessThan(2_000);
  });

  test('is looked through now and then, though the server announces nothing', async () => {
    const mailbox = dovecot.newMailbox();
    // What the server says on its own (* n EXISTS) never arrives.
    const muffled = await startProxy((chunk) =>
      Buffer.from(chunk.toString('latin1').replaceAll(/\* [1-9]\d* (?:EXISTS|RECENT)\r\n/g, ''), 'latin1'),
    );
    const { keeper, source } = await opened({ mailbox, change: { port: muffled, waits: { ...settingsFor(mailbox).waits, pollMs: 300 } } });
    await until('a connection', () => source.state().state === 'connected');
    await mailbox.put(rawMail('1'));
    await until('the mail', () => keeper.kept.length === 1, { deadlineMs: 5_000 });
  });

  test('on a server without MOVE, UIDPLUS and IDLE works as well', async () => {
    const mailbox = dovecot.newMailbox();
    const said: string[] = [];
    const asked = (chunk: Buffer) => void said.push(chunk.toString('latin1'));
    const poorer = await startProxy(
      (chunk) =>
        Buffer.from(
          chunk
            .toString('latin1')
            .replaceAll(/ (?:MOVE|UIDPLUS|IDLE|LIST-EXTENDED)(?=[ \]\r])/g, '')
            .replaceAll(/\[COPYUID [^\]]*\] /g, ''),
          'latin1',
        ),
      asked,
    );
    const { keeper } = await opened({ mailbox, change: { port: poorer, waits: { ...settingsFor(mailbox).waits, pollMs: 300 } } });
    await mailbox.put(...['1', '2', '3'].map((id) => rawMail(id)));
    await until('an empty inbox', async () => (await mailbox.count('INBOX')) === 0);
    expect(keeper.subjects()).toEqual(['1', '2', '3']);
    expect(await mailbox.count('Processed')).toBe(3);
    expect(said.join('')).toMatch(/UID COPY[^]*EXPUNGE/);
    expect(said.join('')).not.toMatch(/MOVE|IDLE|UID EXPUNGE/);
  });

  test('behind a connection that has gone dead without a word is reached over a new one', async () => {
    const mailbox = dovecot.newMailbox();
    let dead = false;
    const deaf = await startProxy((chunk) => (dead ? Buffer.alloc(0) : chunk));
    const { keeper, named, source } = await opened({
      mailbox,
      change: { port: deaf, waits: { ...settingsFor(mailbox).waits, pollMs: 200, commandMs: 300, connectMs: 500 } },
    });
    await until('a connection', () => source.state().state === 'connected');
    dead = true;
    await until('it is given up', () => source.state().state === 'away');
    expect(named('mail.lost')[0]).toMatchObject({ code: 'timeout' });
    await mailbox.put(rawMail('1'));
    dead = false;
    await until('the mail', () => keeper.kept.length === 1, { deadlineMs: 5_000 });
  });

  test('whose sessions an administrator ends is opened again', async () => {
    const { mailbox, keeper, named, source } = await opened();
    await until('a connection', () => source.state().state === 'connected');
    for (let round = 1; round <= 3; round += 1) {
      await mailbox.kick();
      await until('the loss', () => named('mail.lost').length === round);
      await until('the return', () => named('mail.connected').length === round + 1, { deadlineMs: 5_000 });
    }
    await mailbox.put(rawMail('1'));
    await until('the mail', () => keeper.kept.length === 1);
  });

  test('that lost its numbering is gone through anew, and nothing is kept twice or passed over', async () => {
    const keeper = newKeeper();
    const held: string[] = [];
    let holding = true;
    const { mailbox, named } = await opened({
      take: async (mail) => {
        if (!holding) return keeper.take(mail);
        held.push('');
        throw new Error('store away');
      },
    });
    await mailbox.put(...['1', '2', '3'].map((id) => rawMail(id)));
    await until('a mail in the inbox', () => held.length > 0);
    await dovecot.server.kill();
    mailbox.renumber();
    await dovecot.server.start();
    holding = false;
    // Not an empty inbox: while the server takes stock of it anew, it says that it is.
    await until('three processed', async () => (await mailbox.count('Processed')) === 3);
    expect(keeper.subjects()).toEqual(['1', '2', '3']);
    expect(named('mail.renumbered')).toHaveLength(1);
    expect(await mailbox.count('INBOX')).toBe(0);
    expect(await mailbox.count('Quarantine')).toBe(0);
  });

  test('whose folders are missing gets them, at the start and when somebody removed them', async () => {
    const { mailbox, keeper, events } = await opened({
      change: { folders: { processed: 'Hearken/Processed', quarantine: 'Hearken/Aside' } },
    });
    await mailbox.put(rawMail('1'));
    await until('the first', async () => (await mailbox.count('Hearken.Processed')) === 1);
    await mailbox.removeFolder('Hearken.Processed');
    await mailbox.put(rawMail('2'));
    await until('the second', async () => (await mailbox.count('Hearken.Processed')) === 1);
    expect(keeper.subjects()).toEqual(['1', '2']);
    expect(events.some((event) => event.event === 'fault')).toBe(false);
  });

  test('is read by two relays by mistake, and nothing is kept twice', async () => {
    const keeper = newKeeper();
    const { mailbox } = await opened({ take: keeper.take });
    await opened({ take: keeper.take, mailbox });
    const ids = Array.from({ length: 30 }, (_, i) => String(i));
    await mailbox.put(...ids.map((id) => rawMail(id)));
    await until('an empty inbox', async () => (await mailbox.count('INBOX')) === 0);
    expect(keeper.subjects().toSorted()).toEqual(ids.toSorted());
  });

  test('is cleared of what has lain long enough in our folders, and of nothing else', async () => {
    const { mailbox, source } = await opened();
    await mailbox.put(...['1', '2', '3'].map((id) => rawMail(id)));
    await until('three processed', async () => (await mailbox.count('Processed')) === 3);
    expect(await source.sweepFolders(instant(Date.now() - 60_000))).toBe(0);
    expect(await mailbox.count('Processed')).toBe(3);
    expect(await source.sweepFolders(instant(Date.now() + 60_000))).toBe(3);
    expect(await mailbox.count('Processed')).toBe(0);
    await mailbox.put(rawMail('4'));
    await until('the fourth processed', async () => (await mailbox.count('Processed')) === 1);
  });

  test('that is away cannot be cleared, and says so', async () => {
    const { source } = await opened();
    onTestFinished(() => dovecot.server.start());
    await dovecot.server.kill();
    await expect(source.sweepFolders(instant(Date.now()))).rejects.toMatchObject({ code: expect.stringMatching(/^(?:lost|unreachable)$/) });
  });
});

describe('the login', () => {
  test('that is refused is shown, and tried again slowly', async () => {
    const mailbox = dovecot.newMailbox();
    const { source, named } = await opened({ mailbox, change: { login: { login: 'password', user: mailbox.address, password: 'wrong' } } });
    expect(source.state()).toEqual({ state: 'away', code: 'login' });
    await until('a second try', () => named('mail.lost').length >= 2);
    for (const event of named('mail.lost'))
      expect(event).toMatchObject({ code: 'login', retryMs: expect.toSatisfy((ms: number) => ms >= 300) });
  });

  test('takes a fresh token for each connection', async () => {
    let asked = 0;
    const mailbox = dovecot.newMailbox();
    const { source } = await opened({
      mailbox,
      change: {
        login: {
          login: 'oauth2',
          user: mailbox.address,
          accessToken: async () => {
            asked += 1;
            throw Object.assign(new Error('away'), { code: 'token-away' });
          },
        },
      },
    });
    expect(source.state()).toEqual({ state: 'away', code: 'token-away' });
    await until('it is asked again', () => asked >= 3);
  });

  test('is never sent in clear outside this machine', async () => {
    const mailbox = dovecot.newMailbox();
    await expect(
      openImapSource({
        settings: settingsFor(mailbox, { host: 'mail.example' }),
        take: async () => 'kept',
        log: () => undefined,
        clock,
        chance,
      }),
    ).rejects.toThrow('tls-required');
  });

  test('is not sent to a server without STARTTLS', async () => {
    const mailbox = dovecot.newMailbox();
    const said: string[] = [];
    const port = await startProxy(
      (chunk) => chunk,
      (chunk) => void said.push(chunk.toString('latin1')),
    );
    const { source } = await opened({ mailbox, change: { security: 'starttls', port } });
    expect(source.state()).toEqual({ state: 'away', code: 'tls' });
    expect(said.join('')).not.toMatch(/AUTHENTICATE|LOGIN/i);
  });
});

describe('TLS', () => {
  const certificate = makeCertificate();
  async function guarded(): Promise<{ readonly port: number; readonly said: string[] }> {
    const said: string[] = [];
    const server = createTlsServer(certificate, (near) => {
      const far = connect(dovecot.port, '127.0.0.1');
      near.on('data', (chunk: Buffer) => void said.push(chunk.toString('latin1')));
      pipeline(near, far, near, () => undefined);
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    return { port: (server.address() as AddressInfo).port, said };
  }

  test('with a certificate of an authority in the settings carries mail', async () => {
    const { port } = await guarded();
    const { mailbox, keeper, source } = await opened({ change: { security: 'tls', port, ca: certificate.cert } });
    expect(source.state()).toEqual({ state: 'connected' });
    await mailbox.put(rawMail('1'));
    await until('the mail', () => keeper.kept.length === 1);
    await source[Symbol.asyncDispose]();
  });

  test('with a certificate from nobody we know carries nothing', async () => {
    const { port, said } = await guarded();
    const { source } = await opened({ change: { security: 'tls', port } });
    expect(source.state()).toEqual({ state: 'away', code: 'tls' });
    expect(said).toEqual([]);
  });
});

/** A relay of bytes in front of the server, for whoever wants to change or see them. Answers with its port. */
async function startProxy(answer: (chunk: Buffer) => Buffer, asked: (chunk: Buffer) => void = () => undefined): Promise<number> {
  const server = createServer((near) => {
    const far = connect(dovecot.port, '127.0.0.1');
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    near.on('data', (chunk) => {
      asked(chunk);
      far.write(chunk);
    });
    far.on('data', (chunk) => near.write(answer(chunk)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

describe('a relay that is killed', () => {
  test('at any step of the intake keeps every mail once', { timeout: 120_000 }, async () => {
    const mailbox = dovecot.newMailbox();
    const folder = mkdtempSync(join(tmpdir(), 'hearken-intake-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'kept.db');
    const ids = Array.from({ length: 400 }, (_, i) => String(i));
    await mailbox.put(...ids.map((id) => rawMail(id)));
    const settings = JSON.stringify(settingsFor(mailbox));
    const run = (killAt: string) =>
      new Promise<NodeJS.Signals | number | null>((resolve) => {
        const child = spawn(process.execPath, [join(import.meta.dirname, '../support/intake-child.ts'), settings, file, killAt], {
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        child.on('exit', (code, signal) => resolve(signal ?? code));
      });
    const kills = [
      'before-commit:1',
      'after-commit:1',
      'after-commit:5',
      'before-commit:7',
      'after-commit:12',
      'somewhere:150',
      'somewhere:200',
      'somewhere:250',
      'after-commit:3',
      'before-commit:3',
    ];
    const ends = [];
    for (const kill of kills) ends.push(await run(kill));
    expect(ends.filter((end) => end === 'SIGKILL').length).toBeGreaterThanOrEqual(7);
    expect(await run('never:0')).toBe(0);
    using db = new DatabaseSync(file);
    const kept = db
      .prepare('SELECT subject FROM kept ORDER BY at')
      .all()
      .map((row) => String(row['subject']));
    expect(kept).toEqual(ids);
    expect(await mailbox.count('INBOX')).toBe(0);
    expect(await mailbox.count('Processed')).toBe(400);
  });
});
