// The mail exchange of all trial domains: takes mail from anybody for mailboxes that exist, verifies who sent it
// with the trial's DNS, writes the verdict on top as real providers do, and delivers.
import { Resolver } from 'node:dns/promises';
import { authenticate } from 'mailauth';
import { answerFor, handOn, SmtpAnswer } from './hand-on.ts';
import { EXCHANGE_HOST, mailDomain } from './mail-domains.ts';
import { domainOf, findMailbox } from './mailboxes.ts';
import { startListener, type SmtpListener } from './smtp-listener.ts';

export interface ExchangeOptions {
  readonly dnsPort: number;
  readonly lmtpPort: number;
  readonly users: string;
}

export function startExchange(options: ExchangeOptions): Promise<SmtpListener> {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers([`127.0.0.1:${options.dnsPort}`]);
  return startListener({
    name: EXCHANGE_HOST,
    logins: 'none',
    mailFrom: async () => undefined,
    rcptTo: async (recipient) => {
      refuseUnknown(options.users, recipient);
    },
    async data({ envelope, bytes, session }) {
      const ip = session.remoteAddress;
      const helo = session.hostNameAppearsAs;
      const honest = withoutOwnResults(bytes);
      const { headers } = await authenticate(honest, {
        ip,
        helo,
        sender: envelope.sender,
        mta: EXCHANGE_HOST,
        disableBimi: true,
        resolver: async (name, type) => (await resolver.resolve(name, type)) as string[],
      });
      const received = `Received: from ${helo} ([${ip}]) by ${EXCHANGE_HOST} with ESMTP; ${new Date().toUTCString().replace('GMT', '+0000')}\r\n`;
      try {
        await handOn({
          protocol: 'lmtp',
          port: options.lmtpPort,
          from: '127.0.0.1',
          name: EXCHANGE_HOST,
          sender: envelope.sender,
          recipients: envelope.recipients,
          bytes: Buffer.concat([Buffer.from(headers + received), honest]),
        });
      } catch (error) {
        throw answerFor(error);
      }
      return '2.0.0 Delivered';
    },
  });
}

/** @throws SmtpAnswer 550 as RFC 3463 words it. */
export function refuseUnknown(users: string, recipient: string): void {
  if (mailDomain(domainOf(recipient)) === undefined) throw new SmtpAnswer(550, '5.1.2 There is no such domain');
  if (findMailbox(users, recipient) === null) throw new SmtpAnswer(550, '5.1.1 There is no such mailbox');
}

/** A verdict that only claims to be ours goes (RFC 8601, 5). */
function withoutOwnResults(bytes: Buffer): Buffer {
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.subarray(0, end === -1 ? bytes.length : end + 2).toString('latin1');
  const forged = new RegExp(
    `^Authentication-Results:\\s*${EXCHANGE_HOST.replaceAll('.', '\\.')}\\b[^\\r\\n]*\\r\\n(?:[ \\t][^\\r\\n]*\\r\\n)*`,
    'gim',
  );
  return Buffer.concat([Buffer.from(head.replace(forged, ''), 'latin1'), bytes.subarray(head.length)]);
}
