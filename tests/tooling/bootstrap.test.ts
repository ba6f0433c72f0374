// A fresh clone runs: the npm packages are installed when they are missing or out of date, and the right Node is found.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const bootstrap = join(dirname(dirname(import.meta.dirname)), 'scripts', 'bootstrap.mjs');
let clone = '';

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'clone-'));
  for (const folder of ['scripts', 'tools']) mkdirSync(join(clone, folder));
  copyFileSync(bootstrap, join(clone, 'scripts', 'bootstrap.mjs'));
  writeFileSync(join(clone, 'package-lock.json'), '{}');
  writeFileSync(join(clone, 'job.mjs'), "console.log(process.argv0, process.argv.slice(2).join(' ')); process.exit(7);");
  script(
    join(clone, 'tools', 'npm'),
    `echo "$@" >> asked
     test -e no-network && exit 1
     mkdir -p node_modules/.bin && ln -sf '${process.execPath}' node_modules/.bin/node && touch node_modules/.package-lock.json`,
  );
});

afterEach(() => {
  rmSync(clone, { recursive: true });
});

function script(path: string, body: string): void {
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What npm was asked for so far. */
  readonly asked: string;
}

function run(): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, 'scripts', 'bootstrap.mjs'), 'job.mjs', 'one', 'two'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(clone, 'tools')}:${process.env['PATH'] ?? ''}` },
  });
  const record = join(clone, 'asked');
  return { status, stdout, stderr, asked: existsSync(record) ? readFileSync(record, 'utf8') : '' };
}

const INSTALLED = /^ci --ignore-scripts [^\n]*\n$/;

test('the packages are installed once, and the job runs on their Node with its own arguments and end', () => {
  const first = run();
  expect(first).toMatchObject({
    status: 7,
    stdout: `${join(clone, 'node_modules', '.bin', 'node')} one two\n`,
    asked: expect.stringMatching(INSTALLED),
  });
  expect(first.stderr).toContain('installing the npm packages');
  expect(run()).toMatchObject({ status: 7, stderr: '', asked: expect.stringMatching(INSTALLED) });
});

test('they are installed again when the lock file is newer', () => {
  run();
  const later = new Date(Date.now() + 60_000);
  utimesSync(join(clone, 'package-lock.json'), later, later);
  expect(run().asked.trim().split('\n')).toHaveLength(2);
});

test('what npm could not install ends the run with the reason, and the job is not begun', () => {
  writeFileSync(join(clone, 'no-network'), '');
  expect(run()).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('`npm ci` did not succeed') });
});

test('a Node in the packages that cannot run here is passed over for the one that is running', () => {
  run();
  rmSync(join(clone, 'node_modules', '.bin', 'node'));
  script(join(clone, 'node_modules', '.bin', 'node'), 'exit 126');
  expect(run()).toMatchObject({ status: 7, stdout: `${process.execPath} one two\n` });
});

test('a Node that is too old is named, with what is needed', () => {
  run();
  // The bootstrap asks each Node for its version; here both say that they are old.
  rmSync(join(clone, 'node_modules', '.bin', 'node'));
  script(join(clone, 'node_modules', '.bin', 'node'), 'echo 20.20.2');
  script(join(clone, 'tools', 'old-node'), 'echo 18.19.0');
  writeFileSync(
    join(clone, 'disguise.mjs'),
    `Object.defineProperty(process, 'execPath', { value: '${join(clone, 'tools', 'old-node')}' });`,
  );
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', join(clone, 'disguise.mjs'), join(clone, 'scripts', 'bootstrap.mjs'), 'job.mjs'],
    { encoding: 'utf8' },
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(/^hearken: Node 24 or later is needed, and only 20\.20\.2, 18\.19\.0 is here\./);
});
