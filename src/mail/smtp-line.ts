// One SMTP connection: opened, logged in, and good for several mails, one after the other.
// nodemailer's connection rather than its transports: only here can be seen whether the mail's last byte had been sent
// when a connection is lost, and its pool sends a mail again by itself.
import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import XOAuth2 from 'nodemailer/lib/xoauth2';
import type { MailOutcome } from '#relay/mail-port.ts';
import { tlsOptions } from '#mail/mail-server.ts';
import type { MailLogin, MailServer } from '#mail/mail-server.ts';
import type { OutgoingBytes } from '#mail/outgoing-bytes.ts';
import { smtpOutcome } from '#mail/smtp-outcome.ts';

export interface SmtpWaits {
  /** Name look-up, connection, TLS. */
  readonly connectMs: number;
  readonly greetingMs: number;
  /** Silence on the socket; RFC 5321 4.5.3.2.6 wants 10 minutes after the final dot. */
  readonly replyMs: number;
  /** One mail altogether, against a server that trickles. */
  readonly mailMs: number;
}

export interface SmtpLine {
  /** `stale`: the server had ended the connection before this mail was begun; a new connection may do. */
  send(mail: OutgoingBytes): Promise<{ readonly outcome: MailOutcome; readonly stale: 'yes' | 'no' }>;
  usable(): 'yes' | 'no';
  /** Says QUIT and goes. */
  quit(): void;
}

export interface SmtpLineSettings extends MailServer {
  readonly login: MailLogin | null;
  /** What EHLO says, the support address's domain for instance; left to itself the library tells the machine's own name. */
  readonly ehloName: string;
  readonly waits: SmtpWaits;
}

const quitMs = 1_000;

class LineLost extends Error {
  readonly code: 'ECONNECTION' | 'ETIMEDOUT';
  constructor(code: 'ECONNECTION' | 'ETIMEDOUT') {
    super(code);
    this.name = 'LineLost';
    this.code = code;
  }
}

/** Rejects with what `smtpOutcome(error, 'connecting')` understands. `closing` ends whatever is under way. */
export async function openSmtpLine(settings: SmtpLineSettings, closing: AbortSignal): Promise<SmtpLine> {
  const { waits } = settings;
  const auth = settings.login === null ? null : await loginOf(settings.login);
  const connection = new SMTPConnection({
    host: settings.host,
    port: settings.port,
    secure: settings.security === 'tls',
    requireTLS: settings.security === 'starttls',
    ignoreTLS: settings.security === 'none',
    name: settings.ehloName,
    connectionTimeout: waits.connectMs,
    dnsTimeout: waits.connectMs,
    greetingTimeout: waits.greetingMs,
    socketTimeout: waits.replyMs,
    socketCloseTimeout: quitMs,
    logger: false,
    tls: tlsOptions(settings),
    // A server on loopback must be found on a machine that has no other interface.
    allowInternalNetworkInterfaces: true,
  });
  // The library reports most faults by this event alone; without a listener it would end the process.
  connection.on('error', () => undefined);
  const step = stepper(connection, { deadlineMs: waits.mailMs, closing });
  try {
    await step<void>((done) => connection.connect((error) => done(error ?? null, undefined)));
    if (auth !== null) await step<void>((done) => connection.login(auth, (error) => done(error, undefined)));
  } catch (error) {
    connection.close();
    throw error;
  }
  return {
    async send(mail) {
      const message = Readable.from([mail.bytes]);
      const phase = () => (message.readableDidRead ? 'sent' : 'envelope');
      try {
        const info = await step<SMTPConnection.SentMessageInfo>((done) =>
          connection.send({ from: mail.from === '' ? false : mail.from, to: [mail.to], size: mail.bytes.length }, message, done),
        );
        if (info.rejected.length > 0) return { outcome: { outcome: 'refused', code: 'rejected' }, stale: 'no' };
        return { outcome: { outcome: 'accepted' }, stale: 'no' };
      } catch (error) {
        const gone = connection.destroyed && !(error instanceof LineLost && error.code === 'ETIMEDOUT');
        const outcome = smtpOutcome(error, phase());
        connection.close();
        return { outcome, stale: gone && outcome.outcome === 'later' ? 'yes' : 'no' };
      }
    },
    usable: () => (connection.destroyed ? 'no' : 'yes'),
    quit() {
      if (connection.destroyed) return;
      connection.quit();
      setTimeout(() => connection.close(), quitMs).unref();
    },
  };
}

async function loginOf(login: MailLogin): Promise<SMTPConnection.AuthenticationType> {
  switch (login.login) {
    case 'password':
      return { user: login.user, credentials: { user: login.user, pass: login.password } };
    case 'oauth2':
      return {
        user: login.user,
        method: 'XOAUTH2',
        oauth2: new XOAuth2({ user: login.user, accessToken: await login.accessToken() }, false),
      };
  }
}

/** Runs one call of the library to its end: its callback, its `error` event, the connection's end, the deadline, or our own closing. */
function stepper(connection: SMTPConnection, { deadlineMs, closing }: { readonly deadlineMs: number; readonly closing: AbortSignal }) {
  return <Value>(run: (done: (error: Error | null, value: Value) => void) => void): Promise<Value> =>
    new Promise<Value>((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        connection.off('error', onError);
        connection.off('end', onEnd);
        closing.removeEventListener('abort', onClosing);
      };
      const onError = (error: Error) => {
        settle();
        reject(error);
      };
      const onEnd = () => onError(new LineLost('ECONNECTION'));
      const onClosing = () => {
        onEnd();
        connection.close();
      };
      const timer = setTimeout(() => {
        onError(new LineLost('ETIMEDOUT'));
        connection.close();
      }, deadlineMs);
      connection.once('error', onError);
      connection.once('end', onEnd);
      closing.addEventListener('abort', onClosing, { once: true });
      if (closing.aborted) return onClosing();
      run((error, value) => {
        if (error !== null) return onError(error);
        settle();
        resolve(value);
      });
    });
}
