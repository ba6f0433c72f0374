// Lays words into the places that are searched, the way a leak would get there, so that a search that finds nothing means something.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { dialogue } from '#trial/servers/dialogue.ts';

/** Into a database file of a relay that does not run: one word where rows were deleted, another in the log of what was written since. */
export const layIntoDatabase = (path: string, words: { readonly freePage: string; readonly log: string }): Disposable => {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA secure_delete = OFF; PRAGMA wal_autocheckpoint = 0; CREATE TABLE laid (word TEXT) STRICT');
  const writeAndDelete = (word: string): void => {
    database.prepare('INSERT INTO laid VALUES (?)').run(word);
    database.exec('DELETE FROM laid');
  };
  writeAndDelete(words.freePage);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  writeAndDelete(words.log);
  // Closing it would empty the log.
  return { [Symbol.dispose]: () => database.close() };
};

/** Into Valkey: in what it was told, and in both its files. */
export const layIntoValkey = async (port: number, word: string): Promise<AsyncDisposable> => {
  await dialogue(port, [{ say: `SET laid ${word}`, expect: /^\+OK/ }]);
  return { [Symbol.asyncDispose]: async () => void (await dialogue(port, [{ say: 'DEL laid', expect: /^:/ }])) };
};

/** Among the arguments of a process that stands in this folder. */
export const layIntoProcesses = (folder: string, word: string): Disposable => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)', word], { cwd: folder, stdio: 'ignore' });
  return { [Symbol.dispose]: () => void child.kill('SIGKILL') };
};

/** Into what the operator is told: answers in the place of a relay that does not run. */
export const layIntoStatus = async (socket: string, word: string): Promise<AsyncDisposable> => {
  rmSync(socket, { force: true });
  const answer = JSON.stringify({ ok: true, answer: { health: 'well', lines: [word] } });
  const server = createServer((asking) => {
    asking.on('error', () => undefined);
    asking.once('data', () => asking.end(`${answer}\n`));
  });
  await new Promise<void>((listening) => server.listen(socket, listening));
  return { [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())) };
};
