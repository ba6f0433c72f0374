// Logging an account in: once, with an identity that its device carries, also when it was killed on the way, and again after its file was lost.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openAccount } from '#matrix/account.ts';
import { MatrixFault } from '#matrix/fault.ts';
import { homeserverUrl } from '#matrix/homeserver.ts';
import { loginOnce } from '#matrix/login.ts';
import type { LoginOptions } from '#matrix/login.ts';
import type { LoginOrders } from '#tests/support/matrix-login-child.ts';
import { realClock } from '#tests/support/matrix-world.ts';
import { theStack } from '#tests/support/stack.ts';
import type { MatrixAccountOfTrial } from '#trial/servers/matrix-accounts.ts';

describe('the login of an account', { timeout: 60_000 }, () => {
  const stack = theStack();
  const homeserver = stack.addresses.matrix.baseUrl;
  const folder = mkdtempSync(join(tmpdir(), 'hearken-login-'));
  let account: MatrixAccountOfTrial;
  let options: LoginOptions;
  let recovery: string[];

  beforeEach(async () => {
    account = await stack.admin.freshMatrixAccount('desk');
    recovery = [];
    options = {
      bot: 'desk',
      homeserver,
      user: account.user,
      password: account.password,
      deviceName: 'Hearken',
      file: join(folder, `${account.user}.db`),
      key: randomBytes(32),
      witness: null,
      recoveryKey: null,
      keepRecoveryKey: async (key) => {
        recovery.push(key);
      },
      start: 'resume',
      identity: 'keep',
      clock: realClock,
      log: () => undefined,
      die: (code) => {
        throw new Error(code);
      },
    };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const codeOf = async (work: Promise<unknown>): Promise<string> => {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    return error instanceof MatrixFault ? error.code : `no fault: ${String(error)}`;
  };

  /** The server's own view, asked by somebody else. */
  async function devicesAtServer(): Promise<{
    readonly master: 'there' | 'none';
    readonly devices: readonly { readonly id: string; readonly signed: 'yes' | 'no' }[];
  }> {
    const answer = await fetch(`${homeserver}/_matrix/client/v3/keys/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.addresses.matrix.adminToken}` },
      body: JSON.stringify({ device_keys: { [account.userId]: [] } }),
    });
    const body = (await answer.json()) as {
      master_keys?: Record<string, unknown>;
      self_signing_keys?: Record<string, { keys: Record<string, string> }>;
      device_keys: Record<string, Record<string, { signatures: Record<string, Record<string, string>> }>>;
    };
    const own = Object.keys(body.self_signing_keys?.[account.userId]?.keys ?? {});
    return {
      master: body.master_keys?.[account.userId] === undefined ? 'none' : 'there',
      devices: Object.entries(body.device_keys[account.userId] ?? {}).map(([id, device]) => ({
        id,
        signed: own.some((key) => key in (device.signatures[account.userId] ?? {})) ? 'yes' : 'no',
      })),
    };
  }

  async function opens(): Promise<void> {
    await using opened = await openAccount({ ...options, take: async () => undefined });
    expect(opened.state()).toEqual({ state: 'ready' });
  }

  it('makes a device that its owner signed, and hands the recovery key out once', async () => {
    const done = await loginOnce(options);
    expect(done.userId).toBe(account.userId);
    expect(recovery).toHaveLength(1);
    expect(await devicesAtServer()).toEqual({ master: 'there', devices: [{ id: done.deviceId, signed: 'yes' }] });
    expect(await loginOnce(options)).toEqual(done);
    expect(recovery).toHaveLength(1);
    await opens();
  });

  it('is refused with a wrong password, for another account, and from an address that is not safe', async () => {
    expect(await codeOf(loginOnce({ ...options, password: 'wrong' }))).toBe('login-refused');
    expect(await codeOf(openAccount({ ...options, take: async () => undefined }))).toBe('no-login');
    await loginOnce(options);
    expect(await codeOf(loginOnce({ ...options, user: 'somebody-else' }))).toBe('other-account');
    expect(() => homeserverUrl('http://chat.example')).toThrow('homeserver-url');
    expect(() => homeserverUrl('https://user:pass@chat.example')).toThrow('homeserver-url');
    expect(homeserverUrl('https://chat.example/')).toBe('https://chat.example');
  });

  it.each([
    ['^ask:login$', 1],
    ['^answered:login$', 1],
    ['^ask:keys/upload$', 1],
    ['^answered:keys/upload$', 1],
    ['^ask:keys/device_signing/upload$', 1],
    ['^answered:keys/device_signing/upload$', 1],
    ['^ask:keys/signatures/upload$', 1],
    ['^answered:keys/signatures/upload$', 1],
    ['^ask:account_data$', 1],
    ['^answered:account_data$', 2],
    ['^answered:account_data$', 4],
  ])(
    'is finished by the next one when it was killed at %s (hit %i), as the same device with the same recovery key',
    async (pattern, nth) => {
      const orders: LoginOrders = {
        homeserver,
        user: account.user,
        password: account.password,
        file: options.file,
        keyHex: Buffer.from(options.key).toString('hex'),
        recoveryFile: join(folder, `${account.user}.recovery`),
        killAt: { pattern, nth },
      };
      expect(await childEnds(orders)).toBe('SIGKILL');
      const done = await loginOnce(options);
      expect(await devicesAtServer()).toEqual({ master: 'there', devices: [{ id: done.deviceId, signed: 'yes' }] });
      const earlier = existsSync(orders.recoveryFile) ? readFileSync(orders.recoveryFile, 'utf8').trim().split('\n') : [];
      expect(new Set([...earlier, ...recovery]).size).toBe(1);
      await opens();
    },
  );

  it('makes a new device after the file was lost: with the recovery key under the same identity, without it only as a new one', async () => {
    const first = await loginOnce(options);
    const masterOf = async (): Promise<string> => JSON.stringify((await devicesAtServer()).master);
    rmSync(options.file);
    expect(await codeOf(openAccount({ ...options, take: async () => undefined }))).toBe('file-missing');
    expect(await codeOf(loginOnce(options))).toBe('file-missing');
    expect(await codeOf(loginOnce({ ...options, start: 'fresh' }))).toBe('recovery-key-needed');
    expect(await codeOf(loginOnce({ ...options, start: 'fresh', recoveryKey: 'not a key' }))).toBe('recovery-key-wrong');

    const second = await loginOnce({ ...options, start: 'fresh', recoveryKey: recovery[0] ?? '' });
    expect(second.deviceId).not.toBe(first.deviceId);
    expect(recovery).toHaveLength(1);
    expect(await masterOf()).toBe('"there"');
    expect((await devicesAtServer()).devices.find(({ id }) => id === second.deviceId)?.signed).toBe('yes');
    await opens();

    const third = await loginOnce({ ...options, start: 'fresh', identity: 'replace' });
    // It may be handed out twice, but it is one.
    expect(new Set(recovery).size).toBe(2);
    expect((await devicesAtServer()).devices.find(({ id }) => id === third.deviceId)?.signed).toBe('yes');
    await opens();
    const last = await loginOnce({ ...options, start: 'fresh', recoveryKey: recovery.at(-1) ?? '' });
    await opens();
    // Those whose file is gone would get every message, and block the desk once their signature is void.
    expect(await devicesAtServer()).toEqual({ master: 'there', devices: [{ id: last.deviceId, signed: 'yes' }] });
  });

  it('does not throw a file away that is in use', async () => {
    await loginOnce(options);
    await using opened = await openAccount({ ...options, take: async () => undefined });
    expect(await codeOf(loginOnce({ ...options, start: 'fresh', recoveryKey: recovery[0] ?? '' }))).toBe('file-locked');
    expect(opened.state()).toEqual({ state: 'ready' });
  });
});

function childEnds(orders: LoginOrders): Promise<string> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../support/matrix-login-child.ts', import.meta.url)), JSON.stringify(orders)],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  return new Promise((resolve) => child.on('exit', (status, signal) => resolve(String(signal ?? status))));
}
