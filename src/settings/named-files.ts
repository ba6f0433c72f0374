// The files and the folder that the settings name: are they there, are they whole, and are they closed to others?
// Reads secrets to hold them against each other; keeps none and says none.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { fault } from '#settings/fault.ts';
import type { Fault } from '#settings/fault-texts.ts';
import { settingAt } from '#settings/setting-at.ts';

/** What a file is for. `init` makes `key` and `recovery-key`; `login` is needed only until a bot is logged in. */
type Use = 'key' | 'recovery-key' | 'password' | 'login' | 'ca' | 'list';

const namedFiles: readonly { readonly at: string; readonly use: Use }[] = [
  { at: 'keys.storageFile', use: 'key' },
  { at: 'keys.indexFile', use: 'key' },
  { at: 'keys.deliveryFile', use: 'key' },
  { at: 'matrix.front.keyFile', use: 'key' },
  { at: 'matrix.desk.keyFile', use: 'key' },
  { at: 'matrix.front.recoveryKeyFile', use: 'recovery-key' },
  { at: 'matrix.desk.recoveryKeyFile', use: 'recovery-key' },
  { at: 'matrix.front.passwordFile', use: 'login' },
  { at: 'matrix.desk.passwordFile', use: 'login' },
  { at: 'mail.imap.passwordFile', use: 'password' },
  { at: 'mail.smtp.passwordFile', use: 'password' },
  { at: 'redis.passwordFile', use: 'password' },
  { at: 'mail.imap.caFile', use: 'ca' },
  { at: 'mail.smtp.caFile', use: 'ca' },
  { at: 'service.helplinesFile', use: 'list' },
];

export const keyBytes = 32;
const longestSecret = 10_000;

export function checkNamedFiles(raw: unknown, settingsPath: string): readonly Fault[] {
  const base = dirname(settingsPath);
  const path = (at: string): string | null => {
    const value = settingAt(raw, at);
    return typeof value === 'string' && value !== '' ? resolve(base, value) : null;
  };
  const data = path('service.dataFolder');
  const files = namedFiles.flatMap(({ at, use }) => {
    const found = path(at);
    return found === null ? [] : [{ at, use, path: found }];
  });
  return [
    ...(data === null ? [] : folderFaults(data)),
    ...files.flatMap(fileFaults),
    ...files.flatMap(({ at, use, path: each }) =>
      data !== null && isSecret(use) && isInside(data, each) ? [fault(at, 'secret-in-data')] : [],
    ),
    ...sharedFiles(files),
    ...sharedKeys(files.filter(({ use }) => use === 'key')),
  ];
}

interface NamedFile {
  readonly at: string;
  readonly use: Use;
  readonly path: string;
}

const isSecret = (use: Use): boolean => use !== 'ca' && use !== 'list';

/** Others have no business with it at all; the group may read a secret (that is how Kubernetes and systemd hand them on). */
const othersAnyGroupWrite = 0o027;
const closedFolder = 0o077;

export function isOpenToOthers(path: string): boolean {
  const found = stat(path);
  return typeof found === 'object' && (found.mode & othersAnyGroupWrite) !== 0;
}

function folderFaults(path: string): readonly Fault[] {
  const found = stat(path);
  const at = 'service.dataFolder';
  if (found === 'missing') return [fault(at, 'not-made')];
  if (found === 'closed') return [fault(at, 'may-not-read')];
  if (!found.isDirectory()) return [fault(at, 'not-a-folder')];
  return (found.mode & closedFolder) === 0 ? [] : [fault(at, 'open-to-others', 'chmod 700')];
}

function fileFaults({ at, use, path }: NamedFile): readonly Fault[] {
  const found = stat(path);
  if (found === 'missing') {
    if (use === 'login') return [];
    return [fault(at, use === 'key' || use === 'recovery-key' ? 'not-made' : 'no-secret')];
  }
  if (found === 'closed') return [fault(at, 'may-not-read')];
  if (!found.isFile()) return [fault(at, 'not-a-file')];
  const open = isSecret(use) && (found.mode & othersAnyGroupWrite) !== 0 ? [fault(at, 'open-to-others', 'chmod 600')] : [];
  return [...open, ...contentFaults({ at, use, path }, found.size)];
}

function contentFaults({ at, use, path }: NamedFile, size: number): readonly Fault[] {
  if (use === 'key' && size !== keyBytes) return [fault(at, 'key-length')];
  if (isSecret(use) && size > longestSecret) return [fault(at, 'secret-too-long')];
  const bytes = read(path);
  if (bytes === null) return [fault(at, 'may-not-read')];
  return isSecret(use) && use !== 'key' && firstLine(bytes) === '' ? [fault(at, 'empty-secret')] : [];
}

function sharedFiles(files: readonly NamedFile[]): readonly Fault[] {
  // One password file for IMAP and SMTP, and one authority for both, is usual: the same account at the same provider.
  const mayBeShared = (one: NamedFile, other: NamedFile) => one.use === other.use && (one.use === 'ca' || one.use === 'password');
  return files.flatMap((file, index) => {
    const other = files.slice(0, index).find((each) => each.path === file.path && !mayBeShared(each, file));
    return other === undefined ? [] : [fault(file.at, 'same-file', other.at)];
  });
}

function sharedKeys(files: readonly NamedFile[]): readonly Fault[] {
  const first = new Map<string, NamedFile>();
  return files.flatMap((file) => {
    const bytes = read(file.path);
    if (bytes?.length !== keyBytes) return [];
    const print = createHash('sha256').update(bytes).digest('hex');
    const other = first.get(print);
    if (other === undefined) first.set(print, file);
    return other === undefined || other.path === file.path ? [] : [fault(file.at, 'same-content', other.at)];
  });
}

const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
};

/** A password as it stands in its file: the first line, without its end. */
export const firstLine = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).split(/\r?\n/, 1)[0] ?? '';

function stat(path: string): Stats | 'missing' | 'closed' {
  try {
    return statSync(path);
  } catch (error) {
    return isMissing(error) ? 'missing' : 'closed';
  }
}

function read(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
