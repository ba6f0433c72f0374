// An SMTP server on loopback that is at fault exactly where it is told to be, and shows what reached it.
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export type SmtpFault =
  | 'none'
  | 'greeting-554'
  | 'greeting-silent'
  | 'sender-550'
  | 'rcpt-451'
  | 'rcpt-550'
  | 'rcpt-421'
  | 'rcpt-silent'
  | 'data-refused-554'
  | 'message-451'
  | 'message-554'
  | 'message-odd'
  | 'message-silent'
  | 'lost-at-rcpt'
  | 'lost-in-message'
  | 'lost-after-message'
  | 'lost-between-mails';

export interface ReceivedMail {
  /** As in MAIL FROM and RCPT TO, without brackets. */
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

export interface FaultySmtp {
  readonly port: number;
  /** The next mail (or connection, for those of the greeting) meets this; then all is well again. */
  next(fault: SmtpFault): void;
  /** No answer for this recipient, ever: to its RCPT, or to the mail once it was handed over. */
  silentAbout(address: string, at: 'rcpt' | 'message'): void;
  /** Taken for good: each was answered with 250, or would have been. */
  readonly received: readonly ReceivedMail[];
  /** Every line that clients said, over all connections. */
  readonly said: readonly string[];
  connections(): number;
  /** Stops listening and drops everybody; `open` takes the same port again. */
  away(): Promise<void>;
  open(): Promise<void>;
}

export interface FaultySmtpOptions {
  /** EHLO keywords besides the greeting line. */
  readonly offers?: readonly string[];
}

export async function startFaultySmtp({ offers = [] }: FaultySmtpOptions = {}): Promise<FaultySmtp> {
  let fault: SmtpFault = 'none';
  let port = 0;
  let connections = 0;
  const received: ReceivedMail[] = [];
  const said: string[] = [];
  const silent = new Map<string, 'rcpt' | 'message'>();
  const sockets = new Set<Socket>();
  const used = (one: SmtpFault): boolean => {
    if (fault !== one) return false;
    fault = 'none';
    return true;
  };

  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    const reply = (line: string) => socket.write(`${line}\r\n`);
    let from = '';
    let to: string[] = [];
    let message: string[] | null = null;

    function command(line: string): void {
      said.push(line);
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') return void reply(['250-test', ...offers.map((offer) => `250-${offer}`), '250 8BITMIME'].join('\r\n'));
      if (verb === 'MAIL') {
        if (used('sender-550')) return void reply('550 5.7.1 <support@peers.example> may not send');
        from = /<(.*)>/.exec(line)?.[1] ?? '';
        to = [];
        return void reply('250 2.1.0 ok');
      }
      if (verb === 'RCPT') {
        const address = /<(.*)>/.exec(line)?.[1] ?? '';
        if (used('rcpt-451')) return void reply(`451 4.3.0 <${address}> later`);
        if (used('rcpt-550')) return void reply(`550 5.1.1 <${address}> unknown here`);
        if (used('rcpt-421')) return void socket.end('421 4.4.2 idle for too long\r\n');
        if (used('lost-at-rcpt')) return void socket.destroy();
        if (used('rcpt-silent') || silent.get(address) === 'rcpt') return;
        to.push(address);
        return void reply('250 2.1.5 ok');
      }
      if (verb === 'DATA') {
        if (to.length === 0) return void reply('554 5.5.1 no recipients');
        if (used('data-refused-554')) return void reply('554 5.7.1 no');
        message = [];
        return void reply('354 go on');
      }
      if (verb === 'QUIT') return void socket.end('221 bye\r\n');
      if (verb === 'RSET' || verb === 'NOOP') return void reply('250 ok');
      reply('502 5.5.2 what?');
    }

    function messageLine(line: string): void {
      if (message === null) return;
      if (line !== '.') {
        message.push(line.startsWith('.') ? line.slice(1) : line);
        if (used('lost-in-message')) socket.destroy();
        return;
      }
      const mail = { from, to, raw: message.map((each) => `${each}\r\n`).join('') };
      message = null;
      if (used('message-451')) return void reply('451 4.3.2 busy');
      if (used('message-554')) return void reply(`554 5.7.1 refused for <${mail.to.join()}>`);
      received.push(mail);
      if (used('lost-after-message')) return void socket.destroy();
      if (used('message-silent') || mail.to.some((one) => silent.get(one) === 'message')) return;
      if (used('message-odd')) return void reply('354 still going on');
      reply('250 2.0.0 taken');
      if (used('lost-between-mails')) socket.destroy();
    }

    let rest = '';
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines)
        if (message === null) command(line);
        else messageLine(line);
    });
    if (used('greeting-554')) return void socket.end('554 5.7.1 not you\r\n');
    if (used('greeting-silent')) return;
    reply('220 test');
  });

  const open = () =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  const away = () =>
    new Promise<void>((resolve) => {
      // Also when it was not listening.
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await open();
  return {
    port,
    received,
    said,
    next: (one) => void (fault = one),
    silentAbout: (address, at) => void silent.set(address, at),
    connections: () => connections,
    away,
    open,
  };
}
