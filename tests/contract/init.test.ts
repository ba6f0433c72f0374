// `hearken init` and `doctor`: what they make, what they leave alone, and what they say. The servers are stood in for; real ones: hearken-command.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { doctor } from '#operator/doctor.ts';
import { init } from '#operator/init.ts';
import type { BotLogin, InitPorts } from '#operator/init.ts';
import { makeSecretFile } from '#operator/secret-file.ts';
import { readSettings } from '#settings/read-settings.ts';
import { settingsFolder } from '#tests/support/settings-folder.ts';
import { temporaryFolder } from '#tests/support/temporary-folder.ts';
import type { SettingsFolder } from '#tests/support/settings-folder.ts';

class Coded extends Error {
  readonly code: string;
  constructor(code: string) {
    super('ada@example.org said no');
    this.code = code;
  }
}

/** Logs in as the real one does, as far as files go: the account's file is there, the recovery key is handed on. */
function ports(at: SettingsFolder, changes: Partial<InitPorts> = {}) {
  const said: string[] = [];
  const logins: BotLogin[] = [];
  const all: InitPorts = {
    say: (line) => void said.push(line),
    isRunning: async () => 'no',
    checks: () => [{ name: 'Mail in', run: async () => 'ok' }],
    logIn: async (login) => {
      logins.push(login);
      writeFileSync(join(at.folder, 'data', `${login.bot}.sqlite`), '');
      if (login.recoveryKey === null) await login.keepRecoveryKey(`Es ${login.bot}`);
    },
    ...changes,
  };
  return { all, said, logins };
}

function withPasswords(): SettingsFolder {
  const at = settingsFolder('fresh');
  at.set({ 'matrix.front.passwordFile': 'secrets/front-password', 'matrix.desk.passwordFile': 'secrets/desk-password' });
  at.secret('front-password', 'front word\n');
  at.secret('desk-password', 'desk word\n');
  return at;
}

const made = ['storage-key', 'index-key', 'delivery-key', 'front-key', 'desk-key'];
const print = (at: SettingsFolder): string => made.map((name) => readFileSync(join(at.folder, 'secrets', name)).toString('hex')).join();

describe('init', () => {
  it('makes what is missing, logs both bots in, and leaves settings that the relay can start with', async () => {
    using at = withPasswords();
    const { all, said, logins } = ports(at);
    expect(readSettings(at.path).ok).toBe(false);
    expect(await init(at.path, all)).toBe('ready');
    expect(readSettings(at.path).ok).toBe(true);
    expect(statSync(join(at.folder, 'data')).mode & 0o777).toBe(0o700);
    for (const name of [...made, 'front-recovery-key', 'desk-recovery-key'])
      expect(statSync(join(at.folder, 'secrets', name)).mode & 0o777, name).toBe(0o600);
    expect(new Set(print(at).split(',')).size).toBe(5);
    expect(logins.map(({ bot, password, recoveryKey }) => [bot, password, recoveryKey])).toEqual([
      ['front', 'front word', null],
      ['desk', 'desk word', null],
    ]);
    expect(said).toEqual([
      'service.dataFolder: made.',
      'keys.storageFile: made.',
      'keys.indexFile: made.',
      'keys.deliveryFile: made.',
      'matrix.front.keyFile: made.',
      'matrix.desk.keyFile: made.',
      'Mail in: good.',
      'Front bot: logged in; its device is signed, and its recovery key is written down.',
      'Desk bot: logged in; its device is signed, and its recovery key is written down.',
      'Everything is ready. Copy the key files and both recovery keys to a safe place away from this machine, then start the relay.',
    ]);
  });

  it('changes nothing when it runs again, also without the passwords', async () => {
    using at = withPasswords();
    await init(at.path, ports(at).all);
    const before = print(at);
    rmSync(join(at.folder, 'secrets', 'front-password'));
    const again = ports(at);
    expect(await init(at.path, again.all)).toBe('ready');
    expect(print(at)).toBe(before);
    expect(again.logins.map(({ password, recoveryKey }) => [password, recoveryKey])).toEqual([
      ['', 'Es front'],
      ['desk word', 'Es desk'],
    ]);
    expect(again.said).toContain('keys.storageFile: was there.');
  });

  it.each(['before the keys', 'between two keys', 'in the middle of a key', 'between the bots', 'after a recovery key'])(
    'goes on after a kill %s',
    async (when) => {
      using at = withPasswords();
      const file = (name: string) => join(at.folder, 'secrets', name);
      if (when !== 'before the keys') mkdirSync(join(at.folder, 'data'), { mode: 0o700 });
      if (when === 'between two keys') makeSecretFile(file('storage-key'), Buffer.alloc(32, 1));
      if (when === 'in the middle of a key') writeFileSync(file('storage-key.unfinished'), 'half', { mode: 0o600 });
      if (when === 'between the bots' || when === 'after a recovery key') {
        const { all } = ports(at);
        await expect(
          init(at.path, {
            ...all,
            logIn: async (login) => (login.bot === 'front' ? all.logIn(login) : Promise.reject(new Coded('homeserver-away'))),
          }),
        ).resolves.toBe('not-yet');
      }
      if (when === 'after a recovery key') rmSync(join(at.folder, 'data', 'front.sqlite'));
      expect(await init(at.path, ports(at).all)).toBe('ready');
      expect(readdirSync(join(at.folder, 'secrets')).filter((name) => name.includes('unfinished'))).toEqual([]);
      expect(readSettings(at.path).ok).toBe(true);
    },
  );

  it('draws no new key where data was made with the one that is gone', async () => {
    using at = withPasswords();
    await init(at.path, ports(at).all);
    writeFileSync(join(at.folder, 'data', 'hearken.sqlite'), '');
    rmSync(join(at.folder, 'secrets', 'index-key'));
    rmSync(join(at.folder, 'secrets', 'desk-key'));
    const again = ports(at);
    expect(await init(at.path, again.all)).toBe('not-yet');
    expect(existsSync(join(at.folder, 'secrets', 'index-key'))).toBe(false);
    expect(existsSync(join(at.folder, 'secrets', 'desk-key'))).toBe(false);
    expect(again.logins).toEqual([]);
    expect(again.said.filter((line) => line.includes('bring the key back'))).toHaveLength(2);
  });

  it('never writes over a secret that is there, whatever is in it', () => {
    const path = join(temporaryFolder(), 'secrets', 'storage-key');
    expect(makeSecretFile(path, Buffer.alloc(32, 1))).toBe('made');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(makeSecretFile(path, Buffer.alloc(32, 2))).toBe('there');
    expect(readFileSync(path)).toEqual(Buffer.alloc(32, 1));
  });

  it('leaves a running relay alone', async () => {
    using at = withPasswords();
    const { all, logins } = ports(at, { isRunning: async () => 'yes' });
    expect(await init(at.path, all)).toBe('ready');
    expect(logins).toEqual([]);
    expect(existsSync(join(at.folder, 'data'))).toBe(false);
  });

  it('says each thing that did not work, and never what a server said', async () => {
    using at = withPasswords();
    rmSync(join(at.folder, 'secrets', 'desk-password'));
    const { all, said } = ports(at, {
      checks: () => [
        { name: 'Mail in', run: async () => ({ code: 'login' }) },
        { name: 'Mail out', run: async () => ({ code: 'no such <ada@example.org>' }) },
      ],
      logIn: () => Promise.reject(new Coded('login-refused')),
    });
    expect(await init(at.path, all)).toBe('not-yet');
    expect(said.slice(6)).toEqual([
      'Mail in: the server refuses the user name or the password. (login)',
      'Mail out: it did not work (unknown).',
      'Front bot: the homeserver refuses the user name or the password. (login-refused)',
      'Desk bot: it is not logged in yet, and there is no password: put it into the file that passwordFile names. (no-password)',
      'Not ready yet. Mend what is said above and run this again; what is done stays done.',
    ]);
    expect(said.join('\n')).not.toContain('ada');
  });

  it('stops at faults in the settings, and makes nothing', async () => {
    using at = withPasswords();
    at.set({ 'matrix.homeserver': 'http://example.org' });
    const { all, said } = ports(at);
    expect(await init(at.path, all)).toBe('settings-faults');
    expect(said).toEqual(['matrix.homeserver must begin with https://: this homeserver is not on this machine.']);
    expect(existsSync(join(at.folder, 'data'))).toBe(false);
  });
});

describe('doctor', () => {
  it('says what is missing and checks the rest, and makes nothing', async () => {
    using at = withPasswords();
    at.set({ 'matrix.homeserver': 'http://127.0.0.1:9' });
    const said: string[] = [];
    const outcome = await doctor(at.path, {
      say: (line) => void said.push(line),
      checks: () => [{ name: 'Mail in', run: async () => 'ok' }],
    });
    expect(outcome).toBe('trouble');
    expect(said).toContain('keys.storageFile is not there yet. `hearken init` makes it.');
    expect(said).toContain('Mail in: good.');
    expect(said).toContain(
      'Front bot, homeserver: the homeserver does not answer. Run this again when it does; what was begun goes on. (homeserver-away)',
    );
    expect(said).toContain('Desk bot, login: it is not logged in yet. Run `hearken init`. (no-login)');
    expect(existsSync(join(at.folder, 'data'))).toBe(false);
  });
});
