// Reads the settings file and everything it names, once, at start: all faults at once, or settings that can be used as they are.
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isMap, LineCounter, parseDocument } from 'yaml';
import { ok, refuse } from '#domain/result.ts';
import type { Result } from '#domain/result.ts';
import { fault } from '#settings/fault.ts';
import type { Fault } from '#settings/fault-texts.ts';
import { checkNamedFiles, firstLine, isOpenToOthers } from '#settings/named-files.ts';
import { checkSchema } from '#settings/schema-faults.ts';
import type { SettingsFile } from '#settings/schema.ts';
import { unsafeChoices } from '#settings/unsafe-choices.ts';

/** The file's settings with every path absolute. Holds no secret. */
export interface Settings extends SettingsFile {
  readonly settingsPath: string;
}

/** What the files hold that the settings name. Only start and `init` see this, and hand each part its own. */
export interface Secrets {
  readonly imapPassword: string;
  readonly smtpPassword: string;
  readonly imapCa: string | null;
  readonly smtpCa: string | null;
  readonly redisPassword: string | null;
  readonly storageKey: Uint8Array;
  readonly indexKey: Uint8Array;
  readonly deliveryKey: Uint8Array;
  readonly frontKey: Uint8Array;
  readonly deskKey: Uint8Array;
  readonly frontRecoveryKey: string;
  readonly deskRecoveryKey: string;
}

export interface ReadySettings {
  readonly settings: Settings;
  readonly secrets: Secrets;
}

/** For start and doctor: everything has to be there. */
export function readSettings(path: string): Result<ReadySettings, readonly Fault[]> {
  const read = check(path, 'start');
  return read.ok ? ok({ settings: read.value, secrets: readSecrets(read.value) }) : read;
}

/** For `hearken init`: what it makes may still be missing. */
export function readSettingsForInit(path: string): Result<Settings, readonly Fault[]> {
  return check(path, 'init');
}

function check(path: string, purpose: 'start' | 'init'): Result<Settings, readonly Fault[]> {
  const settingsPath = resolve(path);
  const written = readYaml(settingsPath);
  if (!written.ok) return refuse([written.why]);
  const raw = written.value;
  const schema = checkSchema(raw);
  const faults = [
    ...(isOpenToOthers(settingsPath) ? [fault('', 'open-to-others', 'chmod 600')] : []),
    ...(schema.ok ? [] : schema.why),
    ...unsafeChoices(raw),
    ...checkNamedFiles(raw, settingsPath).filter(({ code }) => purpose === 'start' || code !== 'not-made'),
  ];
  return schema.ok && faults.length === 0 ? ok(withWholePaths(schema.value, settingsPath)) : refuse(faults);
}

const largestFile = 1_000_000;

function readYaml(path: string): Result<unknown, Fault> {
  let text: string;
  try {
    if (statSync(path).size > largestFile) return refuse(fault('', 'too-large-file'));
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return refuse(fault('', missing ? 'no-file' : 'unreadable'));
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  // The library's own message may quote the file, which may hold anything.
  if (error !== undefined)
    return refuse(fault('', error.code === 'DUPLICATE_KEY' ? 'same-key-twice' : 'not-yaml', `line ${lines.linePos(error.pos[0]).line}`));
  if (!isMap(document.contents)) return refuse(fault('', 'not-settings'));
  try {
    return ok(withoutEmpty(document.toJS({ maxAliasCount: 0 })));
  } catch {
    return refuse(fault('', 'has-aliases')); // the one thing that still throws; unfolded, they could be larger than memory
  }
}

/** A key with nothing behind it counts as not written: a section whose lines are all comments. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, each]) => (each === null ? [] : [[key, withoutEmpty(each)]])));
}

function withWholePaths(file: SettingsFile, settingsPath: string): Settings {
  const whole = (path: string): string => resolve(dirname(settingsPath), path);
  const maybe = <Name extends string>(name: Name, path: string | undefined) =>
    path === undefined ? {} : ({ [name]: whole(path) } as Record<Name, string>);
  const bot = (one: SettingsFile['matrix']['front']) => ({
    ...one,
    ...maybe('passwordFile', one.passwordFile),
    keyFile: whole(one.keyFile),
    recoveryKeyFile: whole(one.recoveryKeyFile),
  });
  const server = <Server extends { readonly passwordFile: string; readonly caFile?: string | undefined }>(one: Server): Server => ({
    ...one,
    passwordFile: whole(one.passwordFile),
    ...maybe('caFile', one.caFile),
  });
  return {
    ...file,
    settingsPath,
    service: { ...file.service, dataFolder: whole(file.service.dataFolder), ...maybe('helplinesFile', file.service.helplinesFile) },
    mail: { ...file.mail, imap: server(file.mail.imap), smtp: server(file.mail.smtp) },
    matrix: { ...file.matrix, front: bot(file.matrix.front), desk: bot(file.matrix.desk) },
    redis: { ...file.redis, ...maybe('passwordFile', file.redis.passwordFile) },
    keys: { storageFile: whole(file.keys.storageFile), indexFile: whole(file.keys.indexFile), deliveryFile: whole(file.keys.deliveryFile) },
  };
}

/** Everything was there a moment ago; what vanished since then throws as Node's own error. */
function readSecrets({ mail, redis, keys, matrix }: Settings): Secrets {
  const key = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
  const line = (path: string): string => firstLine(readFileSync(path));
  const text = (path: string | undefined): string | null => (path === undefined ? null : readFileSync(path, 'utf8'));
  return {
    imapPassword: line(mail.imap.passwordFile),
    smtpPassword: line(mail.smtp.passwordFile),
    imapCa: text(mail.imap.caFile),
    smtpCa: text(mail.smtp.caFile),
    redisPassword: redis.passwordFile === undefined ? null : line(redis.passwordFile),
    storageKey: key(keys.storageFile),
    indexKey: key(keys.indexFile),
    deliveryKey: key(keys.deliveryFile),
    frontKey: key(matrix.front.keyFile),
    deskKey: key(matrix.desk.keyFile),
    frontRecoveryKey: line(matrix.front.recoveryKeyFile),
    deskRecoveryKey: line(matrix.desk.recoveryKeyFile),
  };
}
