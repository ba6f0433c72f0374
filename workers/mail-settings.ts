// The settings file's mail section as the mail folder wants it.
import { spans } from '#domain/limits.ts';
import { parseAddress } from '#mail/addresses.ts';
import { defaultImapWaits } from '#mail/imap-source.ts';
import type { ImapSettings } from '#mail/imap-source.ts';
import { defaultSmtpPace, defaultSmtpWaits } from '#mail/smtp-sender.ts';
import type { SmtpSettings } from '#mail/smtp-sender.ts';
import type { MailAddress } from '#relay/mail-port.ts';
import type { Secrets, Settings } from '#settings/read-settings.ts';

const login = (user: string, password: string) => ({ login: 'password', user, password }) as const;

export const supportAddress = ({ mail }: Settings): MailAddress => {
  const address = parseAddress(mail.address);
  if (address === null) throw new Error('the support address passed the settings and not the mail grammar');
  return address;
};

export const largestMail = ({ mail }: Settings): number => mail.largestMegabytes * 1_000_000;

export const imapSettings = (settings: Settings, secrets: Pick<Secrets, 'imapPassword' | 'imapCa'>): ImapSettings => {
  const { imap } = settings.mail;
  return {
    host: imap.host,
    port: imap.port,
    security: imap.security,
    ca: secrets.imapCa,
    login: login(imap.user, secrets.imapPassword),
    folders: { processed: imap.processedFolder, quarantine: imap.quarantineFolder },
    maxMailBytes: largestMail(settings),
    waits: defaultImapWaits,
  };
};

/** `sender`: the name beside the address, where the settings name none. */
export const smtpSettings = (
  settings: Settings,
  of: { readonly secrets: Pick<Secrets, 'smtpPassword' | 'smtpCa'>; readonly sender: string },
): SmtpSettings => {
  const { smtp, displayName } = settings.mail;
  const support = supportAddress(settings);
  return {
    host: smtp.host,
    port: smtp.port,
    security: smtp.security,
    ca: of.secrets.smtpCa,
    login: login(smtp.user, of.secrets.smtpPassword),
    identity: { support, displayName: displayName ?? of.sender, envelope: smtp.envelope },
    ...defaultSmtpPace,
    connections: smtp.connections,
    ...(smtp.mailsPerMinute === undefined ? {} : { rate: { mails: smtp.mailsPerMinute, perMs: spans.minute } }),
    ehloName: smtp.ehloName ?? support.domain,
    waits: defaultSmtpWaits,
  };
};
