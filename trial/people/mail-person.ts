// A person with a mailbox and a mail program: writes, waits for mail, and answers as such programs do.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';
import type { StackAddresses } from '../servers/addresses.ts';
import { handOn } from '../servers/hand-on.ts';
import { domainOf, type Mailbox } from '../servers/mailboxes.ts';
import { received, type ReceivedMail } from './received-mail.ts';
import { answerBody, type MailProgram } from './reply-styles.ts';

const DEADLINE_MS = 20_000;
const ASK_AGAIN_MS = 50;

export interface NewMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Shown name; absent: the address alone. */
  readonly fromName?: string;
  readonly cc?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly files?: readonly { readonly name: string; readonly bytes: Buffer; readonly type?: string }[];
}

export interface AnswerOptions {
  /** Default: gmail. */
  readonly program?: MailProgram;
  readonly fromName?: string;
  readonly files?: NewMail['files'];
}

export interface MailPerson extends AsyncDisposable {
  readonly address: string;
  /** These resolve to the new mail's Message-ID, without angle brackets, once it is in the other mailbox. */
  write(mail: NewMail): Promise<string>;
  answer(to: ReceivedMail, text: string, options?: AnswerOptions): Promise<string>;
  /** These bytes as they are, through the own provider, which signs them. */
  sendRaw(raw: string | Buffer, envelope: { readonly to: string }): Promise<void>;
  /** These bytes as they are, past every provider, from a host that belongs to none: what a forger can do. */
  forge(raw: string | Buffer, envelope: { readonly from: string; readonly to: string }): Promise<void>;
  /** Everything in the inbox, oldest first. */
  inbox(): Promise<readonly ReceivedMail[]>;
  /** The next mail that was not handed out by this yet; with `matching`, the next such, and those before it are passed over. */
  nextMail(options?: { readonly matching?: (mail: ReceivedMail) => boolean; readonly deadlineMs?: number }): Promise<ReceivedMail>;
}

export async function startMailPerson(stack: StackAddresses, mailbox: Mailbox): Promise<MailPerson> {
  const { address, password } = mailbox;
  const connect = async (): Promise<ImapFlow> => {
    const client = new ImapFlow({
      host: stack.imap.host,
      port: stack.imap.port,
      secure: false,
      doSTARTTLS: false,
      auth: { user: address, pass: password },
      logger: false,
    });
    // A lost connection shows at the next question.
    client.on('error', () => undefined);
    await client.connect();
    await client.mailboxOpen('INBOX');
    return client;
  };
  let imap = await connect();
  const transport = createTransport({
    host: stack.smtp.people.host,
    port: stack.smtp.people.port,
    auth: { user: address, pass: password },
    ignoreTLS: true,
  });
  const held: ReceivedMail[] = [];
  let highest = 0;
  let handedOut = 0;

  const lookOnce = async (): Promise<void> => {
    // A server that was away cut it off; a mail program connects again when somebody looks.
    if (!imap.usable) imap = await connect();
    await imap.noop();
    const found = await imap.search({ uid: `${highest + 1}:*` }, { uid: true });
    // `n:*` names the last mail even when its number is lower (RFC 3501 6.4.8).
    for (const uid of (found || []).filter((one) => one > highest)) {
      const fetched = await imap.fetchOne(String(uid), { source: true }, { uid: true });
      if (fetched !== false && fetched.source !== undefined) held.push(await received(fetched.source));
      highest = uid;
    }
  };
  let looking: Promise<void> = Promise.resolve();
  /** One look after the other, so that no mail is held twice. */
  const look = (): Promise<void> => {
    looking = looking.catch(() => undefined).then(lookOnce);
    return looking;
  };

  const send = async (mail: NewMail, thread: { readonly inReplyTo?: string; readonly references?: readonly string[] }): Promise<string> => {
    const messageId = `${randomBytes(12).toString('hex')}@${domainOf(address)}`;
    await transport.sendMail({
      envelope: { from: address, to: [mail.to, ...(mail.cc === undefined ? [] : [mail.cc])] },
      from: mail.fromName === undefined ? address : { name: mail.fromName, address },
      to: mail.to,
      ...(mail.cc === undefined ? {} : { cc: mail.cc }),
      subject: mail.subject,
      text: mail.text,
      ...(mail.html === undefined ? {} : { html: mail.html }),
      messageId: `<${messageId}>`,
      ...(thread.inReplyTo === undefined ? {} : { inReplyTo: `<${thread.inReplyTo}>` }),
      ...(thread.references === undefined ? {} : { references: thread.references.map((id) => `<${id}>`) }),
      headers: { ...mail.headers },
      attachments: (mail.files ?? []).map(({ name, bytes, type }) => ({
        filename: name,
        content: bytes,
        ...(type === undefined ? {} : { contentType: type }),
      })),
    });
    return messageId;
  };

  return {
    address,
    write: (mail) => send(mail, {}),
    answer(to, text, { program = 'gmail', fromName, files } = {}) {
      const subject = /^re:/i.test(to.subject) ? to.subject : `Re: ${to.subject}`;
      const references = [...to.references, to.messageId];
      const mail = {
        to: to.replyTo,
        subject,
        ...answerBody(program, { to, text }),
        ...(fromName === undefined ? {} : { fromName }),
        ...(files === undefined ? {} : { files }),
      };
      return send(mail, { inReplyTo: to.messageId, references });
    },
    async sendRaw(raw, envelope) {
      await transport.sendMail({ envelope: { from: address, to: [envelope.to] }, raw });
    },
    async forge(raw, envelope) {
      const bytes = typeof raw === 'string' ? Buffer.from(raw) : raw;
      const { exchange } = stack.smtp;
      await handOn({
        protocol: 'smtp',
        port: exchange.port,
        from: '127.0.0.66',
        name: 'elsewhere.example',
        sender: envelope.from,
        recipients: [envelope.to],
        bytes,
      });
    },
    async inbox() {
      await look();
      return [...held];
    },
    async nextMail({ matching = () => true, deadlineMs = DEADLINE_MS } = {}) {
      const deadline = Date.now() + deadlineMs;
      for (;;) {
        await look();
        for (let at = handedOut; at < held.length; at += 1) {
          const mail = held[at];
          if (mail === undefined || !matching(mail)) continue;
          handedOut = at + 1;
          return mail;
        }
        if (Date.now() >= deadline)
          throw new Error(`no such mail within ${deadlineMs / 1000} s; in the inbox: ${JSON.stringify(held.map((mail) => mail.subject))}`);
        await pause(ASK_AGAIN_MS);
      }
    },
    async [Symbol.asyncDispose]() {
      transport.close();
      await imap.logout().catch(() => imap.close());
    },
  };
}
