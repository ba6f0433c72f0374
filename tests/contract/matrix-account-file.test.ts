// The account's file: one owner, one key, no older copy, nothing let out while it is held.
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openAccountFile } from '#matrix/account-file.ts';
import type { AccountFile, AccountFileOptions } from '#matrix/account-file.ts';
import { barrierFetch } from '#matrix/barrier-fetch.ts';
import { MatrixFault } from '#matrix/fault.ts';

describe('the file of an account', () => {
  let folder: string;
  let died: string[];
  let options: AccountFileOptions;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearken-file-'));
    died = [];
    options = {
      path: join(folder, 'account.db'),
      key: randomBytes(32),
      make: 'new',
      witness: null,
      die: (code) => died.push(code),
      failpoint: () => undefined,
    };
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true });
  });

  const open = (more: Partial<AccountFileOptions> = {}): Promise<AccountFile> => openAccountFile({ ...options, ...more });
  const note = (file: AccountFile, text: string): void =>
    file.write("INSERT INTO meta (name, value) VALUES ('note', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", text);
  const noted = (file: AccountFile): unknown => file.read("SELECT value FROM meta WHERE name = 'note'")[0]?.['value'];
  const codeOf = async (work: Promise<unknown>): Promise<string> => {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    return error instanceof MatrixFault ? error.code : `no fault: ${String(error)}`;
  };
  const copyAway = (from: string, to: string): void => {
    for (const end of ['', '-wal', '-generation']) if (existsSync(from + end)) copyFileSync(from + end, to + end);
  };

  it('keeps what was committed, and is for its owner alone', async () => {
    {
      await using file = await open();
      note(file, 'kept');
      file.commit();
    }
    await using file = await open({ make: 'existing' });
    expect(noted(file)).toBe('kept');
    expect(statSync(options.path).mode & 0o777).toBe(0o600);
    expect(statSync(`${options.path}-generation`).mode & 0o777).toBe(0o600);
  });

  it('refuses a second opening', async () => {
    await using file = await open();
    expect(await codeOf(open({ make: 'existing' }))).toBe('file-locked');
    note(file, 'still mine');
  });

  it('refuses another key, a key of another size, a missing file, and what is no such file', async () => {
    expect(await codeOf(open({ make: 'existing', path: join(folder, 'nothing.db') }))).toBe('no-login');
    await (await open())[Symbol.asyncDispose]();
    expect(await codeOf(open({ make: 'existing', key: randomBytes(32) }))).toBe('wrong-key');
    expect(await codeOf(open({ make: 'existing', key: randomBytes(16) }))).toBe('key-size');
    const other = join(folder, 'other.db');
    writeFileSync(other, 'words, many words, and no database at all '.repeat(100));
    expect(await codeOf(open({ make: 'existing', path: other }))).toBe('file-broken');
  });

  it('refuses an older copy of itself, and being removed', async () => {
    const older = join(folder, 'older.db');
    {
      await using file = await open();
      note(file, 'first');
      file.commit();
    }
    copyAway(options.path, older);
    {
      await using file = await open();
      note(file, 'second');
      file.commit();
    }
    for (const end of ['', '-wal']) {
      rmSync(options.path + end, { force: true });
      if (existsSync(older + end)) copyFileSync(older + end, options.path + end);
    }
    expect(await codeOf(open({ make: 'existing' }))).toBe('file-old');
    rmSync(options.path);
    expect(await codeOf(open({ make: 'existing' }))).toBe('file-missing');
    expect(await codeOf(open({ make: 'new' }))).toBe('file-missing');
    await using file = await open({ make: 'replacing' });
    expect(noted(file)).toBeUndefined();
  });

  it('refuses an older copy with its own witness, where the store remembers', async () => {
    let stored: number | null = null;
    const witness = {
      readGeneration: async () => stored,
      keepGeneration: async (generation: number) => {
        stored = generation;
      },
    };
    const older = join(folder, 'older.db');
    await (await open({ witness }))[Symbol.asyncDispose]();
    copyAway(options.path, older);
    {
      await using file = await open({ witness });
      note(file, 'newer');
    }
    expect(stored).toBeGreaterThan(0);
    copyAway(older, options.path);
    expect(await codeOf(open({ make: 'existing', witness }))).toBe('file-old');
    expect(await codeOf(open({ make: 'existing' }))).not.toBe('file-old');
  });

  it('is made anew, above what the store remembers, where it was moved away with its witness file', async () => {
    let stored: number | null = 40;
    const witness = {
      readGeneration: async () => stored,
      keepGeneration: async (generation: number) => {
        stored = generation;
      },
    };
    expect(await codeOf(open({ make: 'existing', witness }))).toBe('file-missing');
    {
      await using file = await open({ witness });
      note(file, 'anew');
    }
    expect(stored).toBeGreaterThan(40);
    await using file = await open({ make: 'existing', witness });
    expect(noted(file)).toBe('anew');
  });

  it('commits nothing and lets nobody go on while it is held, and both when it is let go', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await using file = await open();
    file.commit();
    note(file, 'held');
    file.hold();
    let went = 'no';
    const waiting = file.free().then(() => {
      went = 'yes';
    });
    const before = readFileSync(`${options.path}-generation`, 'utf8');
    file.commit();
    // Longer than a group stays open by itself.
    await vi.advanceTimersByTimeAsync(1_000);
    expect(readFileSync(`${options.path}-generation`, 'utf8')).toBe(before);
    expect(went).toBe('no');
    file.release();
    await waiting;
    expect(Number(readFileSync(`${options.path}-generation`, 'utf8'))).toBe(Number(before) + 1);
  });

  it('commits by itself soon after a write', async () => {
    await using file = await open();
    const before = readFileSync(`${options.path}-generation`, 'utf8');
    note(file, 'x');
    await vi.waitUntil(() => readFileSync(`${options.path}-generation`, 'utf8') !== before, { timeout: 5_000 });
  });

  it('drops what it was holding when it is closed', async () => {
    {
      await using file = await open();
      file.hold();
      note(file, 'half a sync');
    }
    await using file = await open();
    expect(noted(file)).toBeUndefined();
  });

  it('lets no clear message leave through its way out, whoever sends it', async () => {
    await using file = await open();
    const asked: string[] = [];
    const fetch = barrierFetch({
      file,
      failpoint: (name) => asked.push(name),
      answered: () => undefined,
      devicesTold: () => undefined,
      leaves: () => [],
    });
    const url = 'http://127.0.0.1:9/_matrix/client/v3/rooms/!a/send/m.room.message/t';
    expect(await codeOf(fetch(url, { method: 'PUT', body: JSON.stringify({ msgtype: 'm.text', body: 'x' }) }))).toBe('clear-send-refused');
    expect(await codeOf(fetch(url.replace('send/m.room.message/t', 'typing/@b'), { method: 'PUT', body: '{}' }))).toBe('request-refused');
    expect(asked).toEqual([]);
  });

  it('writes what came before a request before the request leaves', async () => {
    await using file = await open();
    const order: string[] = [];
    const committed = (): string => readFileSync(`${options.path}-generation`, 'utf8');
    const before = committed();
    const fetch = barrierFetch({
      file,
      failpoint: (name) => order.push(`${name} ${committed() === before ? 'before' : 'after'} the commit`),
      answered: () => undefined,
      devicesTold: () => undefined,
      leaves: () => [],
    });
    note(file, 'x');
    await fetch('http://127.0.0.1:9/_matrix/client/v3/sync').catch(() => undefined);
    expect(order).toEqual(['ask:sync after the commit']);
  });

  it('ends the process when a hold does not end', async () => {
    await using file = await open();
    vi.useFakeTimers();
    file.hold();
    vi.advanceTimersByTime(29_000);
    expect(died).toEqual([]);
    vi.advanceTimersByTime(2_000);
    expect(died).toEqual(['hold-stuck']);
  });

  it('ends the process at any error of the database, once, and works no more', async () => {
    await using file = await open();
    expect(() => file.write('INSERT INTO nowhere VALUES (1)')).toThrow(MatrixFault);
    expect(died).toEqual(['file-failed']);
    expect(() => note(file, 'more')).toThrow('dead');
    expect(died).toHaveLength(1);
  });
});
