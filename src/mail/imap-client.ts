// One connection to the IMAP server: made, asked with a deadline, and its errors turned into codes of ours.
// An ImapFlow serves one connection and cannot be used again; whoever reconnects makes a new one.
import { ImapFlow } from 'imapflow';
import { within } from '#mail/deadline.ts';
import { errorCode, isTlsFault, tlsOptions } from '#mail/mail-server.ts';
import type { MailLogin, MailServer } from '#mail/mail-server.ts';

export interface ImapServer extends MailServer {
  readonly login: MailLogin;
  readonly waits: ImapServerWaits;
}

export interface ImapServerWaits {
  /** Name look-up, connection, TLS, greeting and login together. */
  readonly connectMs: number;
  /** One command. */
  readonly commandMs: number;
  /** Fetching one mail of the largest size. */
  readonly fetchMs: number;
}

export type ImapFaultCode = 'closing' | 'timeout' | 'read-only' | 'no-folder' | 'search-refused' | 'delete-refused';

export class ImapFault extends Error {
  readonly code: ImapFaultCode;
  constructor(code: ImapFaultCode) {
    super(code);
    this.name = 'ImapFault';
    this.code = code;
  }
}

/** Memory for one answer beyond the mail itself: the largest list of numbers or folders that we expect. */
const answerBytes = 8 * 1024 * 1024;

/** Connects and logs in. Rejects with an error for `imapCode`. `largest`: the most octets that will be asked for at once.
 * `closing` gives up connecting; what is done with the connection afterwards is the caller's to end. */
export async function connectImap(
  server: ImapServer,
  { largest, closing }: { readonly largest: number; readonly closing: AbortSignal },
): Promise<ImapFlow> {
  const auth = await authOf(server.login);
  const client = new ImapFlow({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    ...(server.security === 'tls' ? {} : { doSTARTTLS: server.security === 'starttls' }),
    tls: tlsOptions(server),
    auth,
    // Its own logger writes user names, and at debug level what is searched for.
    logger: false,
    clientInfo: { name: 'Hearken' },
    // IDLE begins this long after the last command; the library's own 15 s would be the latency of a mail.
    autoIdleDelay: 100,
    // Restarted within what providers and NAT boxes keep open.
    maxIdleTime: 240_000,
    connectionTimeout: server.waits.connectMs,
    greetingTimeout: server.waits.connectMs,
    socketTimeout: Math.max(server.waits.commandMs, server.waits.fetchMs),
    maxLiteralSize: largest + 1024,
    maxLineLength: answerBytes,
    maxResponseSize: largest + answerBytes,
  });
  // Faults reach us by the commands that fail and by `close`; without a listener they would end the process.
  client.on('error', () => undefined);
  const close = () => client.close();
  closing.addEventListener('abort', close, { once: true });
  try {
    if (closing.aborted) throw new ImapFault('closing');
    await ask(client, { ms: server.waits.connectMs }, () => client.connect());
    return client;
  } catch (error) {
    client.close();
    throw error;
  } finally {
    closing.removeEventListener('abort', close);
  }
}

async function authOf(login: MailLogin) {
  switch (login.login) {
    case 'password':
      return { user: login.user, pass: login.password };
    case 'oauth2':
      return { user: login.user, accessToken: await login.accessToken() };
  }
}

/** One command with a deadline. Past it the connection is closed: what the server still answers belongs to nobody. */
export function ask<Value>(client: ImapFlow, { ms }: { readonly ms: number }, command: () => Promise<Value>): Promise<Value> {
  return within(command(), {
    ms,
    onExpiry: () => {
      client.close();
      return new ImapFault('timeout');
    },
  });
}

/** RFC 5530 3: refused now, for reasons that are not the password. */
const passingRefusals: ReadonlySet<unknown> = new Set(['UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG']);

function marked(error: unknown, name: string): unknown {
  return error instanceof Error ? Reflect.get(error, name) : undefined;
}

/** A word for logs and for `hearken status`; never the server's text. */
export function imapCode(error: unknown): string {
  if (error instanceof ImapFault) return error.code;
  const code = errorCode(error);
  // The mark, not the class: with most ways to log in the library throws a plain Error that carries it.
  if (marked(error, 'authenticationFailed') === true)
    return passingRefusals.has(marked(error, 'serverResponseCode')) ? 'login-later' : 'login';
  if (isTlsFault(code) || code === 'STARTTLS_INJECTION' || code === 'UPGRADE_TIMEOUT' || marked(error, 'tlsFailed') === true) return 'tls';
  switch (code) {
    case 'token-away':
    case 'token-refused':
      return code;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'dns';
    case 'ECONNREFUSED':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'unreachable';
    case 'ETIMEDOUT':
    case 'ETIMEOUT':
    case 'CONNECT_TIMEOUT':
    case 'GREETING_TIMEOUT':
      return 'timeout';
    case 'LiteralTooLarge':
    case 'LineTooLarge':
    case 'ResponseTooLarge':
    case 'TooManyTokens':
    case 'TooManyResponses':
      return 'answer-too-large';
    default:
      return code.startsWith('ParserError') || code === 'InvalidResponse' || code === 'ResponseProcessingFailed' ? 'protocol' : 'lost';
  }
}
