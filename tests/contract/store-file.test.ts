// What only a real file shows: kills, a second process, a full disk, erased bytes, permissions, and versions of the schema.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { brandId, instant } from '#domain/ids.ts';
import type { CaseId } from '#domain/ids.ts';
import { migrations } from '#store/migrations.ts';
import { openPrivateFile } from '#store/private-file.ts';
import { openSqliteStore, storeFileName } from '#store/sqlite-store.ts';
import type { SqliteStore } from '#store/sqlite-store.ts';
import { bytes, putNew, receive, send } from '#tests/support/store-rows.ts';
import { temporaryFolder } from '#tests/support/temporary-folder.ts';
import { until } from '#tests/support/until.ts';
import { testKeys } from '#tests/support/vault-keys.ts';
import { KeyGone } from '#vault/fault.ts';
import { systemChance } from '#vault/system-chance.ts';
import { openVault } from '#vault/vault.ts';

const child = join(import.meta.dirname, '..', 'support', 'store-child.ts');

const openIn = async (folder: string): Promise<SqliteStore> => {
  const store = await openSqliteStore({ folder, chance: systemChance() });
  onTestFinished(() => store[Symbol.asyncDispose]());
  return store;
};

interface Running {
  readonly said: () => readonly string[];
  readonly kill: () => Promise<void>;
}

const start = (...args: readonly string[]): Running => {
  const process_: ChildProcess = spawn(process.execPath, [child, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let heard = '';
  process_.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    heard += chunk;
  });
  const gone = new Promise<void>((resolve) => {
    process_.on('close', () => resolve());
  });
  const kill = async (): Promise<void> => {
    process_.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  // A line that was cut off by the kill was not said.
  return { said: () => heard.split('\n').slice(0, -1), kill };
};

const ask = (...args: readonly string[]): readonly string[] => {
  const done = spawnSync(process.execPath, [child, ...args], { encoding: 'utf8', timeout: 20_000 });
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout.trim().split('\n');
};

const onDisk = (folder: string): Buffer => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));

describe('kills', () => {
  test('killed at any moment, all that was acknowledged is there and nothing is there in part', async () => {
    const folder = temporaryFolder();
    let acknowledged = 0;
    for (let kill = 0; kill < 8; kill += 1) {
      const running = start('commit-forever', folder);
      await until('some commits', () => running.said().length > 5 + kill * 7);
      await running.kill();
      acknowledged = Math.max(acknowledged, ...running.said().map((line) => Number(line.split(' ')[1])));
      const store = await openSqliteStore({ folder, chance: systemChance() });
      const last = Number(await store.note('last'));
      expect(last).toBeGreaterThanOrEqual(acknowledged);
      // One that was committed and not yet said at most.
      expect(last).toBeLessThanOrEqual(acknowledged + 1);
      const cases = (await store.find({ kind: 'case' })).map(({ id }) => id);
      expect(cases).toEqual(Array.from({ length: last }, (_, n) => `case-${n + 1}`));
      for (const n of [last, last + 1]) {
        const parts = [await store.inboxRow(`in-${n}`), await store.outboxRow(`out-${n}`), await store.timer(`timer-${n}`)];
        expect(parts.map((part) => part !== null)).toEqual(parts.map(() => n === last));
      }
      await store[Symbol.asyncDispose]();
    }
    const check = new DatabaseSync(join(folder, storeFileName));
    expect(check.prepare('PRAGMA integrity_check').get()).toMatchObject({ integrity_check: 'ok' });
    check.close();
  });

  test('killed at any moment, keys that were drawn are there, and forgotten ones are not', async () => {
    const folder = temporaryFolder();
    let drawn = 0;
    for (let kill = 0; kill < 5; kill += 1) {
      const running = start('draw-forever', folder);
      await until('some keys', () => running.said().length > 4 + kill * 5);
      await running.kill();
      await using vault = await openVault({ keys: testKeys, folder });
      for (const line of running.said()) {
        const [what, owner = '', sealed = ''] = line.split(' ');
        const opened = await vault
          .open({ under: 'owner', owner: brandId<CaseId>(owner) }, 'x', Buffer.from(sealed, 'base64'))
          .catch((fault: unknown) => fault);
        if (what === 'drawn') expect(opened).toEqual(bytes(owner));
        else expect(opened).toBeInstanceOf(KeyGone);
        drawn += 1;
      }
    }
    expect(drawn).toBeGreaterThan(40);
  });
});

describe('one process', () => {
  test('a second process on the same file is refused while the first runs, and not any more when it was killed', async () => {
    const folder = temporaryFolder();
    const running = start('commit-forever', folder);
    await until('the first at work', () => running.said().length > 0);
    expect(ask('try-to-open', folder)).toEqual(['store-in-use']);
    const before = running.said().length;
    await until('the first still at work', () => running.said().length > before);
    await running.kill();
    expect(ask('try-to-open', folder)[0]).toMatch(/^opened \d+$/);
  });

  test('so it is before anything was written, and within one process', async () => {
    const folder = temporaryFolder();
    const store = await openIn(folder);
    expect(ask('try-to-open', folder)).toEqual(['store-in-use']);
    await expect(openSqliteStore({ folder, chance: systemChance() })).rejects.toMatchObject({ code: 'store-in-use' });
    await store[Symbol.asyncDispose]();
    expect(ask('try-to-open', folder)).toEqual(['opened 0']);
    await expect(store.get('case', 'x')).rejects.toMatchObject({ code: 'store-closed' });
    await expect(store.commit({ writes: [] })).rejects.toMatchObject({ code: 'store-closed' });
  });
});

describe('a full disk', () => {
  test('a commit that does not fit throws and leaves nothing of itself; all before it stays, and with room again it goes on', () => {
    const folder = temporaryFolder();
    // A disk of three megabytes in a mount namespace of its own, which needs no rights.
    const script = `mkdir -p '${folder}/disk' && mount -t tmpfs -o size=3m none '${folder}/disk' && exec '${process.execPath}' '${child}' fill-the-disk '${folder}/disk'`;
    const done = spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', script], { encoding: 'utf8', timeout: 30_000 });
    expect(done.stderr).toBe('');
    const [code, state, afterwards] = done.stdout.trim().split('\n');
    expect(code).toBe('disk-full');
    const [, last, noted] = /^last (\d+) noted (\d+) \+\+\+\+ ----$/.exec(state ?? '') ?? [];
    expect(Number(last)).toBeGreaterThan(10);
    expect(noted).toBe(last);
    expect(afterwards).toBe('afterwards afterwards');
  });
});

describe('erasure', () => {
  test('what belonged to a dropped owner is in none of the files', async () => {
    const folder = temporaryFolder();
    const store = await openIn(folder);
    const lane = await store.lane('core', bytes('lane'));
    const marked = (what: string): Uint8Array => bytes(`marker-heron-${what}`.repeat(300));
    for (let n = 0; n < 30; n += 1) {
      for (const owner of ['gone', 'stays']) {
        const sealed = marked(owner);
        await store.commit({
          writes: [
            putNew({ id: `${owner}-${n}`, owner, sealed }),
            putNew({ id: `${owner}-${n}`, kind: 'message', owner, sealed }),
            send(lane, { id: `${owner}-${n}`, owner, sealed }),
            {
              write: 'index',
              entry: {
                kind: 'contact',
                hash: marked(`hash-${owner}`),
                ref: `${owner}-${n}`,
                owner,
                epoch: 1,
                at: instant(1),
                dropAt: null,
              },
            },
          ],
        });
      }
    }
    expect(onDisk(folder).includes('marker-heron-gone')).toBe(true);
    await store.commit({ writes: [{ write: 'drop-owner', owner: 'gone' }] });
    expect(onDisk(folder).includes('marker-heron-gone')).toBe(false);
    expect(onDisk(folder).includes('marker-heron-hash-gone')).toBe(false);
    expect(onDisk(folder).includes('marker-heron-stays')).toBe(true);
    expect(statSync(join(folder, `${storeFileName}-wal`)).size).toBe(0);
  });

  test('what was changed, dropped or swept by itself is gone from the files after a checkpoint', async () => {
    const folder = temporaryFolder();
    const store = await openIn(folder);
    const lane = await store.lane('core', bytes('lane'));
    const raw = bytes('marker-raw'.repeat(500));
    await store.commit({
      writes: [receive(lane, { id: 'in', wrappedKey: bytes('marker-key'), sealed: raw }), send(lane, { id: 'out', sealed: raw })],
    });
    const empty = new Uint8Array();
    await store.commit({
      writes: [
        { write: 'inbox-change', id: 'in', expect: 'received', change: { state: 'done', wrappedKey: empty, sealed: empty } },
        { write: 'outbox-drop', id: 'out' },
      ],
    });
    expect(onDisk(folder).includes('marker-raw')).toBe(true);
    await store.checkpoint();
    expect(onDisk(folder).includes('marker-raw')).toBe(false);
    expect(onDisk(folder).includes('marker-key')).toBe(false);
  });
});

describe('the file', () => {
  test('folder and files are for their owner alone, also where they were not', async () => {
    const folder = join(temporaryFolder(), 'data');
    mkdirSync(folder, { mode: 0o755 });
    writeFileSync(join(folder, storeFileName), '', { mode: 0o644 });
    const store = await openIn(folder);
    await store.commit({ writes: [putNew({ id: 'a' })] });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const names = readdirSync(folder);
    expect(names).toContain(`${storeFileName}-wal`);
    for (const name of names) expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
  });

  test('what is written is synced, erased bytes are overwritten, and keys between tables hold', async () => {
    const folder = temporaryFolder();
    await openIn(folder);
    const file = openPrivateFile({ path: join(temporaryFolder(), 'x.sqlite'), migrations });
    onTestFinished(() => file[Symbol.dispose]());
    const pragma = (name: string): unknown => Object.values(file.all(`PRAGMA ${name}`, [])[0] ?? {})[0];
    expect(['journal_mode', 'synchronous', 'secure_delete', 'foreign_keys', 'temp_store', 'locking_mode'].map(pragma)).toEqual([
      'wal',
      2,
      1,
      1,
      2,
      'exclusive',
    ]);
    const tables = file.all(
      "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
      [],
    );
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables) expect(table).toMatchObject({ strict: 1 });
  });

  test('an older schema is brought up to date, once; a newer one is refused and left as it is', () => {
    const path = join(temporaryFolder(), 'x.sqlite');
    const one = 'CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);';
    const two = 'ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1;';
    openPrivateFile({ path, migrations: [one] })[Symbol.dispose]();
    for (let again = 0; again < 2; again += 1) {
      using file = openPrivateFile({ path, migrations: [one, two] });
      expect(file.all('SELECT x, y FROM a', [])).toEqual([{ x: 1, y: 2 }]);
    }
    expect(() => openPrivateFile({ path, migrations: [one] })).toThrow(expect.objectContaining({ code: 'store-newer' }));
    using file = openPrivateFile({ path, migrations: [one, two] });
    expect(file.all('SELECT x, y FROM a', [])).toEqual([{ x: 1, y: 2 }]);
  });

  test('a migration that fails leaves the file as it was', () => {
    const path = join(temporaryFolder(), 'x.sqlite');
    const one = 'CREATE TABLE a (x INTEGER) STRICT;';
    openPrivateFile({ path, migrations: [one] })[Symbol.dispose]();
    expect(() => openPrivateFile({ path, migrations: [one, 'CREATE TABLE b (x INTEGER) STRICT; nonsense'] })).toThrow(
      expect.objectContaining({ name: 'StoreFault' }),
    );
    using file = openPrivateFile({ path, migrations: [one, 'CREATE TABLE b (y INTEGER) STRICT;'] });
    expect(file.all('SELECT y FROM b', [])).toEqual([]);
  });

  test('a file that is none of ours is refused, and so is a folder that cannot be had', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'x.sqlite'), 'no database at all, and longer than a header of one would be'.repeat(20));
    expect(() => openPrivateFile({ path: join(folder, 'x.sqlite'), migrations })).toThrow(
      expect.objectContaining({ code: 'store-broken' }),
    );
    writeFileSync(join(folder, 'file'), '');
    expect(() => openPrivateFile({ path: join(folder, 'file', 'x.sqlite'), migrations })).toThrow(
      expect.objectContaining({ code: 'store-unreachable' }),
    );
  });
});
