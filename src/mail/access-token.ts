// Fetches access tokens for mail servers that take no passwords any more (OAuth 2.0, RFC 6749), and keeps one for a while.
import type { Clock } from '#relay/clock.ts';
import { UnsafeMailServer } from '#mail/mail-server.ts';
import { isLoopback } from '#settings/loopback.ts';

export interface TokenSettings {
  /** The provider's token endpoint (RFC 6749 3.2); https, or loopback. */
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Null: a public client. */
  readonly clientSecret: string | null;
  /** `refresh-token`: on behalf of the mailbox's owner (RFC 6749 6). `client-credentials`: as an application (4.4). */
  readonly grant: { readonly grant: 'refresh-token'; readonly refreshToken: string } | { readonly grant: 'client-credentials' };
  /** Null: whatever the grant was made for. */
  readonly scope: string | null;
}

/** `token-refused`: the operator has to act. `token-away`: try again. */
export class TokenFault extends Error {
  readonly code: 'token-refused' | 'token-away';
  constructor(code: 'token-refused' | 'token-away') {
    super(code);
    this.name = 'TokenFault';
    this.code = code;
  }
}

const askMs = 30_000;
/** Kept no longer than this, so that one which was revoked is replaced soon; and given up this long before it ends. */
const keepMs = 600_000;
const marginMs = 60_000;
const mostAnswer = 64 * 1024;

/** Throws UnsafeMailServer. What it answers with throws TokenFault. */
export function accessTokens({ settings, clock }: { readonly settings: TokenSettings; readonly clock: Clock }): () => Promise<string> {
  const url = new URL(settings.tokenUrl);
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) throw new UnsafeMailServer();
  let held: { readonly token: Promise<string>; until: number } | null = null;
  return () => {
    if (held !== null && clock.now() < held.until) return held.token;
    const asked = ask(url, settings);
    // Those who ask meanwhile share the answer; one that failed is not kept.
    const now = { token: asked.then(({ token }) => token), until: clock.now() + askMs };
    held = now;
    asked.then(
      ({ livesMs }) => {
        now.until = clock.now() + Math.min(keepMs, livesMs - marginMs);
      },
      () => {
        now.until = 0;
      },
    );
    return now.token;
  };
}

async function ask(
  url: URL,
  { clientId, clientSecret, grant, scope }: TokenSettings,
): Promise<{ readonly token: string; readonly livesMs: number }> {
  const form = new URLSearchParams({
    client_id: clientId,
    ...(clientSecret === null ? {} : { client_secret: clientSecret }),
    ...(grant.grant === 'refresh-token'
      ? { grant_type: 'refresh_token', refresh_token: grant.refreshToken }
      : { grant_type: 'client_credentials' }),
    ...(scope === null ? {} : { scope }),
  });
  let status: number;
  let text: string;
  try {
    const answer = await fetch(url, { method: 'POST', body: form, redirect: 'error', signal: AbortSignal.timeout(askMs) });
    status = answer.status;
    text = await answer.text();
  } catch {
    throw new TokenFault('token-away');
  }
  if (status === 429 || status >= 500) throw new TokenFault('token-away');
  const token = status === 200 && text.length <= mostAnswer ? readToken(text) : null;
  if (token === null) throw new TokenFault('token-refused');
  return token;
}

function readToken(text: string): { readonly token: string; readonly livesMs: number } | null {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null || !('access_token' in answer) || typeof answer.access_token !== 'string')
      return null;
    const lives = 'expires_in' in answer ? Number(answer.expires_in) : Number.NaN;
    // RFC 6750 2.1: what may stand in a bearer token.
    if (!/^[A-Za-z0-9._~+/=-]+$/.test(answer.access_token)) return null;
    return { token: answer.access_token, livesMs: Number.isFinite(lives) ? lives * 1000 : keepMs };
  } catch {
    return null;
  }
}
