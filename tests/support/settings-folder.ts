// A folder of its own with a settings file that is right, its secrets and its keys: for tests to break one thing in.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument, stringify } from 'yaml';

export interface SettingsFolder extends Disposable {
  readonly folder: string;
  readonly path: string;
  /** Changes settings by path, `undefined` takes one away, and writes the file again. */
  set(changes: Readonly<Record<string, unknown>>): void;
  /** Writes the file as it is given. */
  writeText(text: string): void;
  secret(name: string, content: string | Uint8Array): void;
}

const right = {
  service: { timezone: 'Europe/Berlin', dataFolder: 'data' },
  mail: {
    address: 'hello@example.org',
    imap: { host: '127.0.0.1', port: 1143, security: 'none', user: 'hello@example.org', passwordFile: 'secrets/imap-password' },
    smtp: { host: 'localhost', port: 1025, security: 'none', user: 'hello@example.org', passwordFile: 'secrets/smtp-password' },
  },
  matrix: {
    homeserver: 'http://127.0.0.1:8008',
    front: { user: '@letterbox:example.org', keyFile: 'secrets/front-key', recoveryKeyFile: 'secrets/front-recovery-key' },
    desk: { user: '@desk:example.org', keyFile: 'secrets/desk-key', recoveryKeyFile: 'secrets/desk-recovery-key' },
  },
  redis: { url: 'redis://127.0.0.1:6379' },
  keys: { storageFile: 'secrets/storage-key', indexFile: 'secrets/index-key', deliveryFile: 'secrets/delivery-key' },
  people: { coordinators: ['@robin:example.org'] },
};

/** `whole`: as after `hearken init`. `fresh`: with the two mail passwords and nothing else. */
export function settingsFolder(state: 'whole' | 'fresh' = 'whole'): SettingsFolder {
  const folder = mkdtempSync(join(tmpdir(), 'hearken-settings-'));
  const path = join(folder, 'hearken.yaml');
  const document = parseDocument(stringify(right));
  const write = (text: string) => {
    writeFileSync(path, text, { mode: 0o600 });
    chmodSync(path, 0o600);
  };
  const secret = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, 'secrets', name), content, { mode: 0o600 });
  mkdirSync(join(folder, 'secrets'), { mode: 0o700 });
  for (const name of ['imap-password', 'smtp-password']) secret(name, `${name}-of-the-test\n`);
  if (state === 'whole') {
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    for (const name of ['storage', 'index', 'delivery', 'front', 'desk']) secret(`${name}-key`, randomBytes(32));
    for (const name of ['front', 'desk']) secret(`${name}-recovery-key`, `${randomBytes(8).toString('hex')}\n`);
  }
  write(document.toString());
  return {
    folder,
    path,
    writeText: write,
    secret,
    set(changes) {
      for (const [at, value] of Object.entries(changes)) {
        if (value === undefined) document.deleteIn(at.split('.'));
        else document.setIn(at.split('.'), value);
      }
      write(document.toString());
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
