// `npm run try` up to its last line: what it prints for whoever joins in is true. Nobody of the play is left to take their place, and
// each account that it gives away is as a new one: no device, no identity.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '#tests/support/until.ts';

const project = join(import.meta.dirname, '..', '..');

async function json(
  url: string,
  of: { readonly token?: string; readonly body?: unknown } = {},
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(url, {
    method: of.body === undefined ? 'GET' : 'POST',
    headers: of.token === undefined ? {} : { authorization: `Bearer ${of.token}` },
    signal: AbortSignal.timeout(10_000),
    ...(of.body === undefined ? {} : { body: JSON.stringify(of.body) }),
  });
  expect(answer.status, url).toBe(200);
  return (await answer.json()) as Readonly<Record<string, unknown>>;
}

async function asNew(base: string, of: { readonly user: string; readonly password: string }): Promise<void> {
  const { user, password } = of;
  const body = { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password };
  const token = String((await json(`${base}/_matrix/client/v3/login`, { body }))['access_token']);
  const { devices } = await json(`${base}/_matrix/client/v3/devices`, { token });
  expect(devices, user).toHaveLength(1);
  const keys = await json(`${base}/_matrix/client/v3/keys/query`, { token, body: { device_keys: { [user]: [] } } });
  expect(keys['master_keys'], user).toEqual({});
}

test('whoever joins in finds new accounts, and nobody in their place', { timeout: 180_000 }, async () => {
  const child = spawn(process.execPath, [join(project, 'trial', 'try.ts')], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGTERM'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close');
  await until('the help for joining in', () => said.includes('!help says the rest') || child.exitCode !== null, { deadlineMs: 150_000 });
  const help = said.slice(said.indexOf('To join in'));
  const base = /homeserver (http:\S+)\. /.exec(help)?.[1] ?? '';
  const accounts = [...help.matchAll(/user (@\S+) +password (\S+)/g)].map(([, user = '', password = '']) => ({ user, password }));
  expect(accounts).toHaveLength(3);
  for (const account of accounts) await asNew(base, account);
  expect([...said.matchAll(/You are off\./g)]).toHaveLength(2);
  child.kill('SIGINT');
  expect((await ended)[0]).toBe(0);
});
