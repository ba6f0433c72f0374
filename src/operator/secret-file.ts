// Makes a file with a secret in it: whole or not at all, readable by its owner only, and on the disk before anything relies on it.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Never writes over another secret: `there` when the file exists, whatever it holds. Throws Node's error when it cannot be written. */
export function makeSecretFile(path: string, secret: Uint8Array): 'made' | 'there' {
  if (existsSync(path)) return 'there';
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { force: true });
  const file = openSync(unfinished, 'wx', 0o600);
  try {
    writeSync(file, secret);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
  const entry = openSync(folder, 'r');
  try {
    fsyncSync(entry);
  } finally {
    closeSync(entry);
  }
  return 'made';
}

/** Writes it down, and sets an earlier, different one aside instead of losing it. */
export function keepSecretFile(path: string, secret: string): void {
  const bytes = Buffer.from(`${secret}\n`);
  if (existsSync(path)) {
    if (readFileSync(path).equals(bytes)) return;
    renameSync(path, `${path}.before-${Date.now()}`);
  }
  makeSecretFile(path, bytes);
}
