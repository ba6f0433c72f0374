// Tokens for mail servers: asked for as RFC 6749 says, shared, kept for a while, and their faults told apart.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { instant } from '#domain/ids.ts';
import { accessTokens } from '#mail/access-token.ts';
import type { TokenSettings } from '#mail/access-token.ts';

describe('an access token', () => {
  const asked: string[] = [];
  let answer: { status: number; body: string; location?: string } = { status: 200, body: '' };
  let now = 0;
  const clock = { now: () => instant(now) };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      asked.push(body);
      response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location }).end(answer.body);
    });
  });
  const good = (token: string, expiresIn: number | string = 3600) => ({
    status: 200,
    body: JSON.stringify({ access_token: token, expires_in: expiresIn, token_type: 'Bearer' }),
  });
  const settings = (change: Partial<TokenSettings> = {}): TokenSettings => ({
    tokenUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    clientId: 'hearken',
    clientSecret: 's&cret',
    grant: { grant: 'refresh-token', refreshToken: 'r+1' },
    scope: null,
    ...change,
  });
  beforeEach(async () => {
    asked.length = 0;
    now = 1_000_000;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  test('is asked for with the refresh token, or as an application', async () => {
    answer = good('t1');
    expect(await accessTokens({ settings: settings(), clock })()).toBe('t1');
    expect(
      await accessTokens({ settings: settings({ grant: { grant: 'client-credentials' }, scope: 'a b', clientSecret: null }), clock })(),
    ).toBe('t1');
    expect(asked).toEqual([
      'client_id=hearken&client_secret=s%26cret&grant_type=refresh_token&refresh_token=r%2B1',
      'client_id=hearken&grant_type=client_credentials&scope=a+b',
    ]);
  });

  test('is shared by those who ask at once, and kept ten minutes at most', async () => {
    const next = accessTokens({ settings: settings(), clock });
    answer = good('t1');
    expect(await Promise.all([next(), next(), next()])).toEqual(['t1', 't1', 't1']);
    answer = good('t2', '90');
    now += 599_000;
    expect(await next()).toBe('t1');
    now += 2_000;
    expect(await next()).toBe('t2');
    answer = good('t3');
    now += 29_000;
    expect(await next()).toBe('t2');
    now += 2_000;
    expect(await next()).toBe('t3');
    expect(asked).toHaveLength(3);
  });

  test.each([
    ['a refusal', { status: 400, body: '{"error":"invalid_grant"}' }, 'token-refused'],
    ['an answer without a token', { status: 200, body: '{}' }, 'token-refused'],
    ['an answer that is no JSON', { status: 200, body: '<html>' }, 'token-refused'],
    ['a token that would end the line', { status: 200, body: JSON.stringify({ access_token: 'a\r\nb' }) }, 'token-refused'],
    ['a server in trouble', { status: 503, body: '' }, 'token-away'],
    ['a server that is asked too often', { status: 429, body: '' }, 'token-away'],
    ['a way to somewhere else', { status: 307, body: '', location: 'http://127.0.0.1:1/' }, 'token-away'],
  ] as const)('that comes as %s is a fault, and is asked for anew the next time', async (_what, bad, code) => {
    const next = accessTokens({ settings: settings(), clock });
    answer = bad;
    await expect(next()).rejects.toMatchObject({ code, message: code });
    answer = good('t1');
    expect(await next()).toBe('t1');
  });

  test('is away when nobody is there', async () => {
    await expect(accessTokens({ settings: settings({ tokenUrl: 'http://127.0.0.1:1/' }), clock })()).rejects.toMatchObject({
      code: 'token-away',
    });
  });

  test('is not asked for in clear outside this machine', () => {
    expect(() => accessTokens({ settings: settings({ tokenUrl: 'http://login.example/token' }), clock })).toThrow('tls-required');
  });
});
