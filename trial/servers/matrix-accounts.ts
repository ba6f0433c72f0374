// Makes Matrix accounts on the trial's homeserver with its registration secret (Synapse's admin API).
import { createHmac, randomBytes } from 'node:crypto';

const DEADLINE_MS = 30_000;

export interface MatrixAccountOfTrial {
  readonly userId: string;
  /** The localpart. */
  readonly user: string;
  readonly password: string;
}

export interface Homeserver {
  readonly baseUrl: string;
  readonly serverName: string;
  readonly registrationSecret: string;
}

/** Without a device: the call would otherwise leave a nameless one, to which everybody would encrypt. */
export async function registerMatrixAccount(
  homeserver: Homeserver,
  account: { readonly user: string; readonly password?: string; readonly power?: 'ordinary' | 'server-admin' },
): Promise<MatrixAccountOfTrial> {
  const { user, password = randomBytes(9).toString('base64url'), power = 'ordinary' } = account;
  if (user !== user.toLowerCase()) throw new Error('Synapse lowers user names: an invitation to another spelling goes nowhere');
  const url = `${homeserver.baseUrl}/_synapse/admin/v1/register`;
  const { nonce } = await json(await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS) }));
  const mac = createHmac('sha1', homeserver.registrationSecret)
    .update([nonce, user, password, power === 'server-admin' ? 'admin' : 'notadmin'].join('\0'))
    .digest('hex');
  const made = await json(
    await fetch(url, {
      method: 'POST',
      body: JSON.stringify({ nonce, username: user, password, admin: power === 'server-admin', mac, inhibit_login: true }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    }),
  );
  return { userId: String(made['user_id']), user, password };
}

/** Logs in with the password; resolves to the access token of a new device. */
export async function logIn(homeserver: Homeserver, account: MatrixAccountOfTrial): Promise<string> {
  const answer = await fetch(`${homeserver.baseUrl}/_matrix/client/v3/login`, {
    method: 'POST',
    body: JSON.stringify({
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: account.user },
      password: account.password,
    }),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  return String((await json(answer))['access_token']);
}

async function json(answer: Response): Promise<Readonly<Record<string, unknown>>> {
  const body = (await answer.json()) as Readonly<Record<string, unknown>>;
  if (!answer.ok) throw new Error(`the homeserver says ${answer.status} ${String(body['errcode'])}`);
  return body;
}
