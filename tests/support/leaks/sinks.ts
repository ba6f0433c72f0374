// Where a leak could lie: what the homeserver's database, Valkey, the relay's folders and the process table hold, as bytes to be searched.
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { dialogue } from '#trial/servers/dialogue.ts';
import { processesOf } from '#tests/support/processes.ts';

/** Every file below a folder, its path before its content. A file that goes meanwhile is passed over. */
export const bytesBelow = (folder: string): Buffer =>
  Buffer.concat(
    readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = Buffer.from(`\n${path}\n`);
      return entry.isFile() ? [name, attempt(() => readFileSync(path))] : [name];
    }),
  );

/** A database file with what stands in its journal. */
export const databaseBytes = (path: string): Buffer =>
  Buffer.concat(['', '-wal', '-journal'].map((end) => attempt(() => readFileSync(path + end))));

export interface DatabaseRow {
  readonly table: string;
  /** All its columns; octets as characters of the same number. */
  readonly text: string;
}

/** Every row of every table of a SQLite database that somebody else is using. */
export const databaseRows = (path: string): readonly DatabaseRow[] => {
  using database = new DatabaseSync(path, { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'").all();
  return tables.flatMap(({ name }) => {
    const table = String(name);
    const rows = database.prepare(`SELECT * FROM "${table}"`);
    rows.setReadBigInts(true);
    return rows.all().map((row) => ({ table, text: Object.values(row).map(textOf).join(' | ') }));
  });
};

const textOf = (value: unknown): string => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value));

/** What a process was started with, and its environment; of all that belong to this folder, and of what they started. */
export const argumentsOf = (folder: string): Buffer => {
  const own = processesOf(folder);
  const children = own.flatMap((id) =>
    attemptText(`/proc/${id}/task/${id}/children`)
      .split(' ')
      .filter((child) => child !== ''),
  );
  return Buffer.concat(
    [...own, ...children].flatMap((id) => ['cmdline', 'environ'].map((file) => Buffer.from(attemptText(`/proc/${id}/${file}`)))),
  );
};

export interface Monitor extends Disposable {
  /** Everything that any client has said to the server since the beginning. */
  bytes(): Buffer;
}

/** Listens to every command that a Redis or Valkey is given. */
export const monitor = async (at: { readonly host: string; readonly port: number }): Promise<Monitor> => {
  const socket = connect(at.port, at.host);
  const heard: Buffer[] = [];
  socket.on('data', (data) => heard.push(data));
  socket.on('error', () => undefined);
  const started = new Promise<void>((resolve) => {
    socket.once('data', () => resolve());
  });
  socket.write('MONITOR\r\n');
  await started;
  return { bytes: () => Buffer.concat(heard), [Symbol.dispose]: () => void socket.destroy() };
};

/** Its snapshot on disk, beside its log of commands. */
export const saveSnapshot = (port: number): Promise<string> => dialogue(port, [{ say: 'SAVE', expect: /^\+OK/ }]);

const attempt = (read: () => Buffer): Buffer => {
  try {
    return read();
  } catch {
    return Buffer.alloc(0);
  }
};
const attemptText = (path: string): string => attempt(() => readFileSync(path)).toString('latin1');
