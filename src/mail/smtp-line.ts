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
  send(mail: OutgoingBytes, how: SendHow): Promise<{ readonly outcome: MailOutcome; readonly stale: 'yes' | 'no' }>;
  usable(): 'yes' | 'no';
  /** Says QUIT and goes. */
  quit(): void;
}

export interface SendHow {
  /** When the server has not asked for the mail itself after this, it is given up: outcome `later`, code `slow`. */
  readonly envelopeMs: number;
  /** Called when the last byte has been handed over. */
  readonly handedOver: () => void;
}

export interface SmtpLineSettings extends MailServer {
  readonly login: MailLogin | null;
  /** What EHLO says, the support address's domain for instance; left to itself the library tells the machine's own name. */
  readonly ehloName: string;
  readonly waits: SmtpWaits;
}

const quitMs = 1_000;

/** Ours beside the library's own: `ESLOW`, the server is there and keeps this mail waiting. */
type LossCode = 'ECONNECTION' | 'ETIMEDOUT' | 'ESLOW';

class LineLost extends Error {
  readonly code: LossCode;
  constructor(code: LossCode) {
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
    async send(mail, { envelopeMs, handedOver }) {
      const message = Readable.from([mail.bytes]);
      const phase = () => (message.readableDidRead ? 'sent' : 'envelope');
      message.once('end', handedOver);
      try {
        const info = await step<SMTPConnection.SentMessageInfo>(
          (done) => connection.send({ from: mail.from === '' ? false : mail.from, to: [mail.to], size: mail.bytes.length }, message, done),
          { ms: envelopeMs, isOver: () => (phase() === 'sent' ? 'yes' : 'no') },
        );
        if (info.rejected.length > 0) return { outcome: { outcome: 'refused', code: 'rejected' }, stale: 'no' };
        return { outcome: { outcome: 'accepted' }, stale: 'no' };
      } catch (error) {
        const gone = connection.destroyed && !(error instanceof LineLost && error.code !== 'ECONNECTION');
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

/** The first part of a step, which has a shorter time of its own. */
interface FirstPart {
  readonly ms: number;
  readonly isOver: () => 'yes' | 'no';
}

/** Runs one call of the library to its end: its callback, its `error` event, the connection's end, a deadline, or our own closing. */
function stepper(connection: SMTPConnection, { deadlineMs, closing }: { readonly deadlineMs: number; readonly closing: AbortSignal }) {
  return <Value>(run: (done: (error: Error | null, value: Value) => void) => void, first?: FirstPart): Promise<Value> =>
    new Promise<Value>((resolve, reject) => {
      const timers: NodeJS.Timeout[] = [];
      const settle = () => {
        for (const timer of timers) clearTimeout(timer);
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
      const giveUp = (code: LossCode) => {
        onError(new LineLost(code));
        connection.close();
      };
      timers.push(setTimeout(() => giveUp('ETIMEDOUT'), deadlineMs));
      if (first !== undefined) timers.push(setTimeout(() => first.isOver() === 'no' && giveUp('ESLOW'), first.ms));
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
