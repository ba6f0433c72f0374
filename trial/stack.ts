// Starts real servers on free loopback ports in a temporary folder: Synapse, Valkey, Dovecot, SMTP and DNS.
// Everything ends with the stack, and also if this process is killed with -9.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installServers, type InstalledServers } from './install/servers.ts';
import type { StackAccounts, StackAddresses } from './servers/addresses.ts';
import { startDns, type DnsControl } from './servers/dns.ts';
import { dovecotOwner, makeMailboxFolder, startDovecot } from './servers/dovecot.ts';
import { startExchange } from './servers/exchange.ts';
import { EXCHANGE_HOST, makeSigningKeys, SUPPORT_DOMAIN, zoneOf } from './servers/mail-domains.ts';
import { addMailbox, type Mailbox } from './servers/mailboxes.ts';
import { logIn, registerMatrixAccount, type Homeserver, type MatrixAccountOfTrial } from './servers/matrix-accounts.ts';
import { makeRelaySmtp, serveControl, type RelaySmtp } from './servers/relay-smtp.ts';
import type { RunningServer, ServerControl } from './servers/server.ts';
import type { SmtpListener } from './servers/smtp-listener.ts';
import { startSubmission } from './servers/submission.ts';
import { startSynapse } from './servers/synapse.ts';
import { startValkey, type ValkeyControl } from './servers/valkey.ts';
import { startWatchdog, type Watchdog } from './servers/watchdog.ts';
import { handleFor, type StackHandle } from './stack-handle.ts';

const HOST = '127.0.0.1';
const MATRIX_NAME = 'chat.example';

/** Room ids of version 12 have no server part, which some older clients refuse. */
const ROOM_VERSION = '11';

export interface StackOptions {
  /** `default`: Synapse's own rate limits, as a relay on somebody else's homeserver meets them. Default: raised. */
  readonly limits?: 'raised' | 'default';
  readonly roomVersion?: string;
  /** Lines for the person who waits, about what is being installed. */
  progress?(line: string): void;
}

export interface Stack extends StackHandle, AsyncDisposable {
  readonly synapse: ServerControl;
  readonly valkey: ServerControl & Pick<ValkeyControl, 'flushAll'>;
  readonly dovecot: ServerControl;
  readonly dns: Pick<DnsControl, 'stop' | 'start'>;
  /** The relay's outgoing server. */
  readonly smtp: RelaySmtp & Pick<SmtpListener, 'stop' | 'start'>;
}

/** Disposing resolves when every process and every file is gone. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const installed = await installServers(options.progress ?? (() => undefined));
  await using started = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'hearken-'));
  const watchdog = started.use(startWatchdog(folder));
  // Dovecot, which is not root even when this is, has to reach its own folder in it.
  chmodSync(folder, 0o711);
  const ground: Ground = { installed, folder, watchdog };
  const [matrix, valkey, mail] = await allOrNone([
    startMatrix(ground, options),
    startValkey({ program: installed.valkeyServer, folder: join(folder, 'valkey'), watchdog }),
    startMail(ground, started),
  ]);
  const control = started.use(await serveControl(mail.relaySmtp));
  const [valkeyPort = 0] = valkey.ports;
  const addresses: StackAddresses = {
    folder,
    matrix: {
      ...matrix.homeserver,
      adminToken: matrix.adminToken,
      database: join(folder, 'synapse', 'homeserver.db'),
      log: join(folder, 'synapse', 'homeserver.log'),
    },
    valkey: { host: HOST, port: valkeyPort, url: `redis://${HOST}:${valkeyPort}`, folder: join(folder, 'valkey') },
    ...mail.addresses,
    control: { url: control.url, token: control.token },
    accounts: { ...mail.accounts, ...matrix.accounts },
  };
  const ending = started.move();
  const handle = handleFor(addresses, mail.relaySmtp);
  return {
    ...handle,
    synapse: matrix.server,
    valkey,
    dovecot: mail.dovecot,
    dns: mail.dns,
    smtp: { ...handle.smtp, stop: () => mail.relayListener.stop(), start: () => mail.relayListener.start() },
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

interface Ground {
  readonly installed: InstalledServers;
  readonly folder: string;
  readonly watchdog: Watchdog;
}

/** Waits for all even if one fails, so that nothing is started any more when the rest is being ended. */
async function allOrNone<A, B, C>(work: readonly [Promise<A>, Promise<B>, Promise<C>]): Promise<readonly [A, B, C]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

type MatrixAccounts = Omit<StackAccounts, 'support' | 'mailRequesters'>;

interface StartedMatrix {
  readonly server: RunningServer;
  readonly homeserver: Homeserver;
  readonly adminToken: string;
  readonly accounts: MatrixAccounts;
}

async function startMatrix(ground: Ground, options: StackOptions): Promise<StartedMatrix> {
  const registrationSecret = randomBytes(24).toString('base64url');
  const server = await startSynapse({
    python: ground.installed.python,
    folder: join(ground.folder, 'synapse'),
    serverName: MATRIX_NAME,
    limits: options.limits ?? 'raised',
    roomVersion: options.roomVersion ?? ROOM_VERSION,
    registrationSecret,
    watchdog: ground.watchdog,
  });
  const homeserver = { baseUrl: `http://${HOST}:${server.ports[0]}`, serverName: MATRIX_NAME, registrationSecret };
  const account = (user: string): Promise<MatrixAccountOfTrial> => registerMatrixAccount(homeserver, { user });
  const admin = await registerMatrixAccount(homeserver, { user: 'server-admin', power: 'server-admin' });
  return {
    server,
    homeserver,
    adminToken: await logIn(homeserver, admin),
    accounts: {
      frontBot: await account('support'),
      deskBot: await account('desk'),
      coordinator: await account('cora'),
      volunteers: [await account('vera'), await account('vito'), await account('viola')],
      matrixRequesters: [await account('robin'), await account('ruth')],
    },
  };
}

type MailAddresses = Pick<StackAddresses, 'imap' | 'lmtp' | 'smtp' | 'resolver' | 'authservId' | 'mailFolder' | 'mailboxes'>;

interface StartedMail {
  readonly dovecot: RunningServer;
  readonly dns: DnsControl;
  readonly relaySmtp: RelaySmtp;
  readonly relayListener: SmtpListener;
  readonly addresses: MailAddresses;
  readonly accounts: { readonly support: Mailbox; readonly mailRequesters: StackAccounts['mailRequesters'] };
}

async function startMail(ground: Ground, started: AsyncDisposableStack): Promise<StartedMail> {
  const folder = join(ground.folder, 'dovecot');
  const owner = await dovecotOwner();
  const mailboxes = makeMailboxFolder(folder, owner);
  const { users } = mailboxes;
  const support = addMailbox(mailboxes, `support@${SUPPORT_DOMAIN}`);
  const mailRequesters = [
    addMailbox(mailboxes, 'anna@people.example'),
    addMailbox(mailboxes, 'ben@signed.example'),
    addMailbox(mailboxes, 'cleo@plain.example'),
  ] as const;
  const keys = await makeSigningKeys();
  const dovecot = await startDovecot({
    program: ground.installed.dovecot,
    owner,
    folder,
    mailboxes: mailboxes,
    storage: 'sdbox',
    probe: support,
    watchdog: ground.watchdog,
  });
  const [imap = 0, lmtp = 0] = dovecot.ports;
  const dns = started.use(await startDns(zoneOf(keys)));
  const exchange = started.use(await startExchange({ dnsPort: dns.port, lmtpPort: lmtp, users }));
  const relaySmtp = makeRelaySmtp();
  const common = { exchangePort: exchange.port, users, keys };
  const relayListener = started.use(
    await startSubmission({ ...common, name: `submit.${SUPPORT_DOMAIN}`, behaviours: relaySmtp.behaviours, took: relaySmtp.took }),
  );
  const people = started.use(
    await startSubmission({
      ...common,
      name: 'submit.people.example',
      behaviours: makeRelaySmtp().behaviours,
      // As providers do, whose queue holds what a mailbox cannot take just now.
      triesForMs: 60_000,
      took: () => undefined,
    }),
  );
  return {
    dovecot,
    dns,
    relaySmtp,
    relayListener,
    addresses: {
      imap: { host: HOST, port: imap },
      lmtp: { host: HOST, port: lmtp },
      smtp: {
        relay: { host: HOST, port: relayListener.port },
        people: { host: HOST, port: people.port },
        exchange: { host: HOST, port: exchange.port },
      },
      resolver: `${HOST}:${dns.port}`,
      authservId: EXCHANGE_HOST,
      mailFolder: mailboxes.homes,
      mailboxes,
    },
    accounts: { support, mailRequesters },
  };
}
