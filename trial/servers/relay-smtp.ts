// What the relay's outgoing SMTP server took, and how it is told to misbehave: within one process, and over a
// loopback port with a token, so that whoever was only handed the addresses can do the same.
import { createServer, type IncomingMessage } from 'node:http';
import { randomBytes } from 'node:crypto';
import { makeBehaviours, type Behaviour, type Behaviours } from './behaviour.ts';
import type { TakenMail } from './submission.ts';

/** Mails remembered, the oldest forgotten first. */
const REMEMBERED = 20_000;
const DEADLINE_MS = 10_000;

/** `user`: the full address that the relay logs in with. */
export interface RelaySmtp {
  behave(behaviour: Behaviour): Promise<void>;
  /** Ends all behaviours, or those for one user. */
  behaveWell(user?: string): Promise<void>;
  /** Everything taken, oldest first, or what one user submitted; also what was refused or lost after the data. */
  sent(user?: string): Promise<readonly TakenMail[]>;
}

export interface RelaySmtpMemory extends RelaySmtp {
  readonly behaviours: Behaviours;
  took(mail: TakenMail): void;
}

export function makeRelaySmtp(): RelaySmtpMemory {
  const behaviours = makeBehaviours();
  const taken: TakenMail[] = [];
  return {
    behaviours,
    took(mail) {
      taken.push(mail);
      if (taken.length > REMEMBERED) taken.shift();
    },
    async behave(behaviour) {
      behaviours.add(behaviour);
    },
    async behaveWell(user) {
      behaviours.clear(user);
    },
    async sent(user) {
      return taken.filter((mail) => user === undefined || mail.user === user);
    },
  };
}

export interface ControlAddress {
  readonly url: string;
  readonly token: string;
}

export async function serveControl(smtp: RelaySmtp): Promise<ControlAddress & AsyncDisposable> {
  const token = randomBytes(18).toString('base64url');
  const server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(403).end();
      return;
    }
    answer(smtp, request).then(
      (body) => response.end(JSON.stringify(body)),
      () => response.writeHead(400).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(smtp: RelaySmtp, request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://control');
  const user = url.searchParams.get('user') ?? undefined;
  switch (`${request.method} ${url.pathname}`) {
    case 'POST /behave':
      await smtp.behave(JSON.parse(await bodyOf(request)) as Behaviour);
      return {};
    case 'POST /behave-well':
      await smtp.behaveWell(user);
      return {};
    case 'GET /sent':
      return await smtp.sent(user);
    default:
      throw new Error('there is nothing at this address');
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** The same, from another process. */
export function reachRelaySmtp(control: ControlAddress): RelaySmtp {
  const call = async (
    method: 'GET' | 'POST',
    where: { readonly path: string; readonly user?: string | undefined; readonly body?: unknown },
  ): Promise<unknown> => {
    const url = new URL(where.path, control.url);
    if (where.user !== undefined) url.searchParams.set('user', where.user);
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${control.token}` },
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...(where.body === undefined ? {} : { body: JSON.stringify(where.body) }),
    });
    if (!response.ok) throw new Error(`the control port of the trial says ${response.status}`);
    return response.json();
  };
  return {
    async behave(behaviour) {
      await call('POST', { path: '/behave', body: behaviour });
    },
    async behaveWell(user) {
      await call('POST', { path: '/behave-well', user });
    },
    async sent(user) {
      return (await call('GET', { path: '/sent', user })) as readonly TakenMail[];
    },
  };
}
