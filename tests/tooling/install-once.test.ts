// What is installed is whole or not there, whoever is killed half way and however many install at once.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '#tests/support/until.ts';

const program = join(import.meta.dirname, '..', 'support', 'installing-child.ts');
let cache = '';
let begunFile = '';

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'cache-'));
  begunFile = join(cache, 'begun');
});

afterEach(() => {
  rmSync(cache, { recursive: true });
});

const args = (takesMs: number): string[] => [program, String(takesMs), begunFile];
const environment = (): NodeJS.ProcessEnv => ({ ...process.env, HEARKEN_CACHE: cache });
const begun = (): number => (existsSync(begunFile) ? readFileSync(begunFile, 'utf8').split('\n').length - 1 : 0);

async function install(takesMs: number): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args(takesMs), { env: environment() });
  return stdout.trim();
}

test('several at once install one time, and all wait for it', async () => {
  const folders = await Promise.all([install(300), install(300), install(300)]);
  expect(new Set(folders)).toEqual(new Set([join(cache, 'thing-1')]));
  expect(begun()).toBe(1);
  expect(readdirSync(join(cache, 'thing-1'))).toEqual(['first', 'second']);
});

test('after somebody was killed half way the next one begins anew, and nothing of the first stays', async () => {
  const killed = spawn(process.execPath, args(60_000), { env: environment(), stdio: 'ignore' });
  await until('it has begun', () => begun() === 1);
  killed.kill('SIGKILL');
  await once(killed, 'close');
  expect(existsSync(join(cache, 'thing-1'))).toBe(false);
  await install(0);
  expect(begun()).toBe(2);
  expect(readdirSync(join(cache, 'thing-1'))).toEqual(['first', 'second']);
  expect(readdirSync(cache).filter((name) => name.startsWith('half-'))).toEqual([]);
});
