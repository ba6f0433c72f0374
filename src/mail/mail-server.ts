// How we reach a mail server, IMAP or SMTP, and why a server is refused before a byte is sent to it.
import type { ConnectionOptions } from 'node:tls';
import { isLoopback } from '#settings/loopback.ts';

/** `accessToken` is asked for before each new connection and answers with one that is still good (RFC 6750 bearer token). */
export type MailLogin =
  | { readonly login: 'password'; readonly user: string; readonly password: string }
  | { readonly login: 'oauth2'; readonly user: string; readonly accessToken: () => Promise<string> };

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `tls`: from the first byte (RFC 8314). `starttls`: upgraded, or nothing is sent. `none`: loopback only. */
  readonly security: 'tls' | 'starttls' | 'none';
  /** PEM of certificates to trust instead of the system's, for a server with an authority of its own. Null: the system's. */
  readonly ca: string | null;
}

export class UnsafeMailServer extends Error {
  readonly code = 'tls-required';
  constructor() {
    super('tls-required');
    this.name = 'UnsafeMailServer';
  }
}

/** Both libraries send login and mail in clear text when TLS is stripped on the way, unless told otherwise: so no start without it. */
export function refuseUnsafe(server: MailServer): void {
  if (server.security === 'none' && !isLoopback(server.host)) throw new UnsafeMailServer();
}

export function tlsOptions(server: MailServer): ConnectionOptions {
  const base: ConnectionOptions = { minVersion: 'TLSv1.2' };
  return server.ca === null ? base : { ...base, ca: server.ca };
}

/** What Node's TLS says when a certificate or handshake is no good. Not a lost connection: trying again does not mend it. */
export function isTlsFault(code: string): boolean {
  return /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED|CRL_|INVALID_PURPOSE|EPROTO$)/.test(
    code,
  );
}

/** The `code` that Node and the mail libraries set on their errors; never their message, which echoes addresses. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
