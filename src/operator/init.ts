// `hearken init`: makes what the relay needs before its first start, checks what it will lean on, and says what it did.
// Safe to run again at any time and after a kill: what is there stays, and what was begun goes on.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { BotName } from '#relay/matrix-port.ts';
import { dataFiles } from '#settings/data-folder.ts';
import { faultText } from '#settings/fault-texts.ts';
import { firstLine, keyBytes } from '#settings/named-files.ts';
import { readSettings, readSettingsForInit } from '#settings/read-settings.ts';
import type { Settings } from '#settings/read-settings.ts';
import { exampleYaml } from '#settings/written-files.ts';
import { runChecks } from '#operator/checks.ts';
import type { Check } from '#operator/checks.ts';
import { lines, trouble } from '#operator/operator-texts.ts';
import { keepSecretFile, makeSecretFile } from '#operator/secret-file.ts';

export interface BotLogin {
  readonly bot: BotName;
  readonly settings: Settings;
  readonly key: Uint8Array;
  /** Empty when the operator took it away: enough for a bot that is logged in. */
  readonly password: string;
  /** Null: there is none yet, and the login makes one. */
  readonly recoveryKey: string | null;
  readonly keepRecoveryKey: (key: string) => Promise<void>;
}

export interface InitPorts {
  readonly say: (line: string) => void;
  /** Does a relay answer on this socket? */
  readonly isRunning: (socket: string) => Promise<'yes' | 'no'>;
  readonly checks: (settings: Settings) => readonly Check[];
  /** Logs in, or goes on with a login that was begun. Throws with a `code`. */
  readonly logIn: (login: BotLogin) => Promise<void>;
}

export type InitOutcome = 'ready' | 'not-yet' | 'settings-faults';

export async function init(settingsPath: string, ports: InitPorts): Promise<InitOutcome> {
  const { say } = ports;
  const read = readSettingsForInit(settingsPath);
  if (!read.ok) {
    if (read.why.some(({ code }) => code === 'no-file')) return makeSettings(settingsPath, say);
    for (const each of read.why) say(faultText(each));
    return 'settings-faults';
  }
  const settings = read.value;
  const files = dataFiles(settings.service.dataFolder);
  if ((await ports.isRunning(files.socket)) === 'yes') {
    say(lines.running);
    return 'ready';
  }
  if (makeFolderAndKeys(settings, say) === 'trouble') return notYet(say);
  const checked = await runChecks(ports.checks(settings), say);
  let bots: 'good' | 'trouble' = 'good';
  // One after the other: homeservers count logins by address.
  for (const bot of ['front', 'desk'] as const) if ((await logInBot(settings, { bot, ports })) === 'trouble') bots = 'trouble';
  if (checked === 'trouble' || bots === 'trouble') return notYet(say);
  const whole = readSettings(settingsPath);
  if (!whole.ok) {
    for (const each of whole.why) say(faultText(each));
    return notYet(say);
  }
  say(lines.doneInit);
  return 'ready';
}

const schemaFile = join(import.meta.dirname, '..', '..', 'config', 'hearken.schema.json');

function makeSettings(settingsPath: string, say: (line: string) => void): InitOutcome {
  const folder = dirname(resolve(settingsPath));
  try {
    writeFileSync(settingsPath, exampleYaml(relative(folder, schemaFile)), { mode: 0o600, flag: 'wx' });
  } catch {
    say(lines.notWritable('The settings file'));
    return 'settings-faults';
  }
  say(lines.settingsMade);
  return 'not-yet';
}

function notYet(say: (line: string) => void): InitOutcome {
  say(lines.notYet);
  return 'not-yet';
}

function makeFolderAndKeys(settings: Settings, say: (line: string) => void): 'good' | 'trouble' {
  const folder = settings.service.dataFolder;
  const files = dataFiles(folder);
  const keys = [
    { at: 'keys.storageFile', path: settings.keys.storageFile, opens: files.store },
    { at: 'keys.indexFile', path: settings.keys.indexFile, opens: files.store },
    { at: 'keys.deliveryFile', path: settings.keys.deliveryFile, opens: files.store },
    { at: 'matrix.front.keyFile', path: settings.matrix.front.keyFile, opens: files.front },
    { at: 'matrix.desk.keyFile', path: settings.matrix.desk.keyFile, opens: files.desk },
  ];
  let found: 'good' | 'trouble' = 'good';
  const step = (at: string, make: () => 'made' | 'there' | 'key-lost'): void => {
    try {
      const done = make();
      if (done === 'key-lost') found = 'trouble';
      say(done === 'key-lost' ? lines.keyLost(at) : lines[done](at));
    } catch {
      found = 'trouble';
      say(lines.notWritable(at));
    }
  };
  step('service.dataFolder', () => {
    const there = existsSync(folder);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return there ? 'there' : 'made';
  });
  for (const { at, path, opens } of keys) {
    step(at, () => (!existsSync(path) && existsSync(opens) ? 'key-lost' : makeSecretFile(path, randomBytes(keyBytes))));
  }
  return found;
}

async function logInBot(
  settings: Settings,
  { bot, ports }: { readonly bot: BotName; readonly ports: InitPorts },
): Promise<'good' | 'trouble'> {
  const name = bot === 'front' ? 'Front bot' : 'Desk bot';
  const { keyFile, passwordFile, recoveryKeyFile } = settings.matrix[bot];
  const password = passwordFile !== undefined && existsSync(passwordFile) ? firstLine(readFileSync(passwordFile)) : '';
  if (password === '' && !existsSync(dataFiles(settings.service.dataFolder)[bot])) {
    ports.say(trouble(name, 'no-password'));
    return 'trouble';
  }
  try {
    await ports.logIn({
      bot,
      settings,
      key: new Uint8Array(readFileSync(keyFile)),
      password,
      recoveryKey: existsSync(recoveryKeyFile) ? firstLine(readFileSync(recoveryKeyFile)) : null,
      keepRecoveryKey: async (key) => keepSecretFile(recoveryKeyFile, key),
    });
  } catch (error) {
    ports.say(trouble(name, codeOf(error)));
    return 'trouble';
  }
  ports.say(lines.loggedIn(name));
  return 'good';
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
