// Opens the outside: mailbox, outgoing server, mail reader and the two Matrix accounts, each handing what it sees to the inbox.
import { join } from 'node:path';
import { parseAddress } from '#mail/addresses.ts';
import { defaultImapWaits, openImapSource } from '#mail/imap-source.ts';
import type { ImapSource } from '#mail/imap-source.ts';
import { mailKey } from '#mail/mail-key.ts';
import { openMailReader, readingDefaults } from '#mail/reading/mail-reader.ts';
import { defaultSmtpPace, defaultSmtpWaits, openSmtpSender } from '#mail/smtp-sender.ts';
import { turnName } from '#mail/turn-name.ts';
import { openAccount } from '#matrix/account.ts';
import type { MailReader, MailSender } from '#relay/mail-port.ts';
import type { BotName, MatrixAccount } from '#relay/matrix-port.ts';
import { receiveMail, receiveRoomEvent } from '#relay/receive.ts';
import { spans } from '#domain/limits.ts';
import type { Ground, OpenParts } from '#workers/open-parts.ts';

export interface Channels {
  readonly reader: MailReader;
  readonly source: ImapSource;
  readonly sender: MailSender;
  readonly front: MatrixAccount;
  readonly desk: MatrixAccount;
}

export const accountFile = (dataFolder: string, bot: BotName): string => join(dataFolder, `${bot}.sqlite`);

/** The provider's verdict stands below the line that its own last delivery wrote, and above everything that came with the mail. */
const deliveredThrough = 1;

const login = (user: string, password: string) => ({ login: 'password', user, password }) as const;

const supportAddress = (ground: Ground) => {
  const address = parseAddress(ground.ready.settings.mail.address);
  if (address === null) throw new Error('the support address passed the settings and not the mail grammar');
  return address;
};

const openSender = (ground: Ground, { parts }: OpenParts): MailSender => {
  const { mail } = ground.ready.settings;
  const { smtp } = mail;
  const displayName = mail.displayName ?? parts.words.render(parts.service.language, { key: 'names.sender' }).trim();
  return openSmtpSender({
    clock: ground.clock,
    settings: {
      host: smtp.host,
      port: smtp.port,
      security: smtp.security,
      ca: ground.ready.secrets.smtpCa,
      login: login(smtp.user, ground.ready.secrets.smtpPassword),
      identity: { support: supportAddress(ground), displayName, envelope: smtp.envelope },
      ...defaultSmtpPace,
      connections: smtp.connections,
      ...(smtp.mailsPerMinute === undefined ? {} : { rate: { mails: smtp.mailsPerMinute, perMs: spans.minute } }),
      ehloName: smtp.ehloName ?? supportAddress(ground).domain,
      waits: defaultSmtpWaits,
    },
  });
};

const openSource = (ground: Ground, { parts }: OpenParts): Promise<ImapSource> => {
  const { mail } = ground.ready.settings;
  const { imap } = mail;
  return openImapSource({
    log: ground.log,
    clock: ground.clock,
    chance: ground.chance,
    take: (raw) => receiveMail(parts, { raw, key: mailKey(raw.bytes), laneName: turnName(raw.bytes) }),
    settings: {
      host: imap.host,
      port: imap.port,
      security: imap.security,
      ca: ground.ready.secrets.imapCa,
      login: login(imap.user, ground.ready.secrets.imapPassword),
      folders: { processed: imap.processedFolder, quarantine: imap.quarantineFolder },
      maxMailBytes: parts.service.largestMail,
      waits: defaultImapWaits,
    },
  });
};

const openBot = (ground: Ground, of: { readonly open: OpenParts; readonly bot: BotName }): Promise<MatrixAccount> => {
  const { settings, secrets } = ground.ready;
  const { store, parts } = of.open;
  const note = `generation-${of.bot}`;
  return openAccount({
    bot: of.bot,
    homeserver: settings.matrix[of.bot].homeserver ?? settings.matrix.homeserver,
    file: accountFile(settings.service.dataFolder, of.bot),
    key: of.bot === 'front' ? secrets.frontKey : secrets.deskKey,
    // Kept in the store as well: an older copy of the account's file is refused even with its own witness beside it.
    witness: {
      readGeneration: async () => {
        const kept = await store.note(note);
        return kept === null ? null : Number(kept);
      },
      keepGeneration: async (generation) => {
        await store.commit({ writes: [{ write: 'note', name: note, value: String(generation) }] });
      },
    },
    take: (event) => receiveRoomEvent(parts, { bot: of.bot, event }),
    log: ground.log,
    clock: ground.clock,
    die: (code) => {
      ground.log({ event: 'fault', where: `matrix-${of.bot}`, code });
      process.exit(1);
    },
  });
};

export const openChannels = async (ground: Ground, of: { readonly open: OpenParts; readonly stack: AsyncDisposableStack }): Promise<Channels> => {
  const { open, stack } = of;
  const { settings } = ground.ready;
  const reader = stack.use(
    openMailReader({
      support: supportAddress(ground),
      ...readingDefaults,
      trusted: { authservIds: settings.mail.trustedServers, receivedAbove: deliveredThrough },
      dns: settings.mail.resolvers.length === 0 ? { dns: 'system' } : { dns: 'servers', servers: settings.mail.resolvers },
    }),
  );
  const sender = stack.use(openSender(ground, open));
  // Side by side: each waits a while for its server, and starts without it when it is away.
  const [front, desk, source] = await Promise.all([
    openBot(ground, { open, bot: 'front' }),
    openBot(ground, { open, bot: 'desk' }),
    openSource(ground, open),
  ]);
  stack.use(front);
  stack.use(desk);
  stack.use(source);
  return { reader, source, sender, front, desk };
};
