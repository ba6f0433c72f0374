// What the trial's SMTP servers have in common: plain SMTP on a loopback port, whole mails, to be stopped and started.
import type { Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { SmtpAnswer } from './hand-on.ts';

/** Somewhat more than what mail providers take. */
const SIZE_LIMIT = 50 * 1024 * 1024;

export interface Envelope {
  /** MAIL FROM; empty is the null sender. */
  readonly sender: string;
  readonly recipients: readonly string[];
}

export interface ListenerPlan {
  /** The server's own name. */
  readonly name: string;
  readonly logins: 'required' | 'none';
  /** Rejects with an SmtpAnswer. */
  logIn?(user: string, password: string): Promise<void>;
  mailFrom(sender: string, session: SMTPServerSession): Promise<void>;
  rcptTo(recipient: string, session: SMTPServerSession): Promise<void>;
  /** Resolves to the text behind 250. */
  data(mail: { readonly envelope: Envelope; readonly bytes: Buffer; readonly session: SMTPServerSession; cut(): void }): Promise<string>;
}

export interface SmtpListener extends AsyncDisposable {
  readonly port: number;
  /** Connections are refused, and those that stand are cut. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startListener(plan: ListenerPlan): Promise<SmtpListener> {
  let running: Running | null = await listen(plan, 0);
  const { port } = running;
  const stop = async (): Promise<void> => {
    const closing = running;
    running = null;
    await closing?.close();
  };
  return {
    port,
    stop,
    async start() {
      running ??= await listen(plan, port);
    },
    [Symbol.asyncDispose]: stop,
  };
}

interface Running {
  readonly port: number;
  close(): Promise<void>;
}

async function listen(plan: ListenerPlan, port: number): Promise<Running> {
  const sockets = new Map<number, Socket>();
  const smtp = new SMTPServer(options(plan, (session) => sockets.get(session.remotePort)?.destroy()));
  // A client that was cut off is no fault of ours.
  smtp.on('error', () => undefined);
  const { server } = smtp;
  server.on('connection', (socket: Socket) => {
    const remotePort = socket.remotePort ?? 0;
    sockets.set(remotePort, socket);
    socket.on('close', () => sockets.delete(remotePort));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    smtp.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close() {
      for (const socket of sockets.values()) socket.destroy();
      return new Promise((resolve) => smtp.close(resolve));
    },
  };
}

function options(plan: ListenerPlan, cut: (session: SMTPServerSession) => void): SMTPServerOptions {
  return {
    name: plan.name,
    logger: false,
    disableReverseLookup: true,
    size: SIZE_LIMIT,
    closeTimeout: 100,
    authOptional: plan.logins === 'none',
    allowInsecureAuth: true,
    disabledCommands: plan.logins === 'none' ? ['AUTH', 'STARTTLS'] : ['STARTTLS'],
    onAuth(login, _session, done) {
      const user = login.username ?? '';
      settle(plan.logIn?.(user, login.password ?? '') ?? Promise.resolve(), (error) => {
        done(error, error === null ? { user } : undefined);
      });
    },
    onMailFrom(address, session, done) {
      settle(plan.mailFrom(address.address, session), done);
    },
    onRcptTo(address, session, done) {
      settle(plan.rcptTo(address.address, session), done);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (stream.sizeExceeded) {
          done(new SmtpAnswer(552, '5.3.4 The mail is larger than this server takes'));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        const envelope = { sender: mailFrom === false ? '' : mailFrom.address, recipients: rcptTo.map((one) => one.address) };
        plan.data({ envelope, bytes: Buffer.concat(chunks), session, cut: () => cut(session) }).then((text) => done(null, text), done);
      });
    },
  };
}

function settle(outcome: Promise<void>, done: (error: Error | null) => void): void {
  outcome.then(
    () => done(null),
    (error: unknown) => done(error instanceof Error ? error : new SmtpAnswer(451, '4.3.0 Local error')),
  );
}
