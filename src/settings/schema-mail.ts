// Settings of the mailbox and the way out: IMAP, SMTP, and what is believed about a sender.
import { z } from 'zod';
import { file, host, line, port, resolver, supportAddress, whole } from '#settings/forms.ts';

const security = () => z.enum(['tls', 'starttls', 'none']);

const server = (example: { readonly host: string; readonly port: number; readonly user: string; readonly secret: string }) => ({
  host: host().meta({ description: 'Name of the server. Its certificate must be good for this name.', examples: [example.host] }),
  port: port().meta({ description: 'Port of the server.', examples: [example.port] }),
  security: security()
    .default('tls')
    .describe(
      'tls: encrypted from the first byte. starttls: encrypted before anything is said, or nothing is said. none: only for a server on this machine.',
    ),
  user: line().meta({ description: 'Login name.', examples: [example.user] }),
  passwordFile: file().meta({
    description: 'File with the password in its first line. Only its owner and group may read it.',
    examples: [example.secret],
  }),
  caFile: file()
    .optional()
    .meta({
      description: "File with the certificates (PEM) to trust instead of the system's, for a server with an authority of its own.",
      examples: ['secrets/mail-ca.pem'],
    }),
});

const imap = z
  .strictObject({
    ...server({ host: 'imap.example.org', port: 993, user: 'hello@example.org', secret: 'secrets/imap-password' }),
    processedFolder: line()
      .default('Hearken/Processed')
      .describe('Where a mail goes once it is safely taken in. It is deleted there after 7 days. A / stands between levels.'),
    quarantineFolder: line()
      .default('Hearken/Quarantine')
      .describe(
        'Where a mail goes that cannot be taken in at all; `mail.set-aside` in the log says why. It is deleted there after 7 days.',
      ),
  })
  .describe('The mailbox people write to. It should be used for nothing else: everything in its inbox is taken in and moved.');

const smtp = z
  .strictObject({
    ...server({ host: 'smtp.example.org', port: 465, user: 'hello@example.org', secret: 'secrets/smtp-password' }),
    ehloName: host()
      .optional()
      .meta({
        description: 'What this machine calls itself to the server. Left out: the domain of the support address.',
        examples: ['relay.example.org'],
      }),
    envelope: z
      .enum(['tagged', 'plain'])
      .default('tagged')
      .describe(
        'tagged: bounces come back to an address of their own, so that they can be told apart. plain: for a provider that refuses any sender but the bare support address.',
      ),
    connections: whole(1, 10)
      .default(3)
      .describe(
        'How many mails may be on their way at once. A mail about which the server is slow gives its place to the next one after a few seconds and goes on over a connection of its own.',
      ),
    mailsPerMinute: whole(1, 6000)
      .optional()
      .meta({ description: 'For providers that count. Left out: as fast as it goes.', examples: [30] }),
  })
  .describe('The server that our mails leave through.');

export const mail = z
  .strictObject({
    address: supportAddress().meta({
      description:
        'The address that people write to, in lower case and without a plus sign: name+anything@ must arrive in the same mailbox, because answers carry a tag there. At most 30 letters before the @.',
      examples: ['hello@example.org'],
    }),
    displayName: line()
      .optional()
      .meta({
        description:
          'The name beside the address. It shows on lock screens, so it must not say what this is about. Left out: the one in config/words.',
        examples: ['Letterbox'],
      }),
    imap,
    smtp,
    trustedServers: z
      .array(host())
      .max(10)
      .default([])
      .meta({
        description:
          'Names that your own receiving server writes first in its Authentication-Results lines (RFC 8601). Only these are believed about a sender; leave it empty when you are not sure: then signatures are checked here.',
        examples: [['mx.example.org']],
      }),
    resolvers: z
      .array(resolver())
      .max(5)
      .default([])
      .meta({ description: "DNS servers to ask about signatures. Empty: the machine's own.", examples: [['192.0.2.53']] }),
    largestMegabytes: whole(1, 50).default(10).describe('Larger mails are not read; their sender is told. Files are not carried anyway.'),
  })
  .describe('Email: how people reach us, and how answers leave.');
