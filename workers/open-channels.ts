// Opens the outside: mailbox, outgoing server, mail reader and the two Matrix accounts, each handing what it sees to the inbox.
import { openImapSource } from '#mail/imap-source.ts';
import type { ImapSource } from '#mail/imap-source.ts';
import { mailKey } from '#mail/mail-key.ts';
import { openMailReader, readingDefaults } from '#mail/reading/mail-reader.ts';
import { checkReading, MailReaderBroken } from '#mail/reading/reading-process.ts';
import { openSmtpSender } from '#mail/smtp-sender.ts';
import { turnName } from '#mail/turn-name.ts';
import { openAccount } from '#matrix/account.ts';
import type { MailReader, MailSender } from '#relay/mail-port.ts';
import type { BotName, MatrixAccount } from '#relay/matrix-port.ts';
import { receiveMail, receiveRoomEvent } from '#relay/receive.ts';
import { dataFiles } from '#settings/data-folder.ts';
import { generationWitness } from '#workers/generation-witness.ts';
import { imapSettings, smtpSettings, supportAddress } from '#workers/mail-settings.ts';
import type { Ground, OpenParts } from '#workers/open-parts.ts';

export interface Channels {
  readonly reader: MailReader;
  readonly source: ImapSource;
  readonly sender: MailSender;
  readonly front: MatrixAccount;
  readonly desk: MatrixAccount;
}

/** The provider's verdict stands below the line that its own last delivery wrote, and above everything that came with the mail. */
const deliveredThrough = 1;

const openSender = (ground: Ground, { parts }: OpenParts): MailSender => {
  const { settings, secrets } = ground.ready;
  const name = parts.words.render(parts.service.language, { key: 'names.sender' }).trim();
  const sender = openSmtpSender({ clock: ground.clock, settings: smtpSettings(settings, { secrets, sender: name }) });
  return {
    ...sender,
    async send(mail) {
      const outcome = await sender.send(mail);
      if (outcome.outcome === 'accepted') ground.failpoint('mail-accepted');
      return outcome;
    },
  };
};

const openSource = (ground: Ground, { parts }: OpenParts): Promise<ImapSource> => {
  const { settings, secrets } = ground.ready;
  const { log, clock, chance } = ground;
  return openImapSource({
    log,
    clock,
    chance,
    take: async (raw) => {
      const taken = await receiveMail(parts, { raw, key: mailKey(raw.bytes), laneName: turnName(raw.bytes) });
      ground.failpoint('mail-kept');
      return taken;
    },
    settings: imapSettings(settings, secrets),
  });
};

const openBot = async (ground: Ground, of: { readonly open: OpenParts; readonly bot: BotName }): Promise<MatrixAccount> => {
  const { settings, secrets } = ground.ready;
  const { store, parts } = of.open;
  const account = await openAccount({
    bot: of.bot,
    homeserver: settings.matrix[of.bot].homeserver ?? settings.matrix.homeserver,
    file: dataFiles(settings.service.dataFolder)[of.bot],
    key: of.bot === 'front' ? secrets.frontKey : secrets.deskKey,
    witness: generationWitness(store, of.bot),
    take: (event) => receiveRoomEvent(parts, { bot: of.bot, event }),
    log: ground.log,
    clock: ground.clock,
    die: (code) => {
      ground.log({ event: 'fault', where: `matrix-${of.bot}`, code });
      process.exit(1);
    },
    failpoint: (name) => ground.failpoint(`${of.bot}.${name}`),
  });
  return {
    ...account,
    async post(op) {
      const outcome = await account.post(op);
      if (outcome.outcome === 'accepted' && op.msgtype === 'm.text') ground.failpoint(`${of.bot}-text-put`);
      return outcome;
    },
    async createRoom(op) {
      const outcome = await account.createRoom(op);
      if (outcome.outcome === 'made') ground.failpoint(`${of.bot}-room-made`);
      return outcome;
    },
  };
};

export const openChannels = async (
  ground: Ground,
  of: { readonly open: OpenParts; readonly stack: AsyncDisposableStack },
): Promise<Channels> => {
  const { open, stack } = of;
  const { settings } = ground.ready;
  const readable = await checkReading(readingDefaults);
  if (readable !== 'ok') throw new MailReaderBroken();
  const reader = stack.use(
    openMailReader({
      support: supportAddress(settings),
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
