// `npm start` as a service manager has it: told to end, npm and all that it started are gone, and the relay has closed its files.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { relayProcess } from '#trial/relay-process.ts';
import { writeRelaySettings } from '#trial/relay-settings.ts';
import { theStack } from '#tests/support/stack.ts';
import { until } from '#tests/support/until.ts';

const root = join(import.meta.dirname, '..', '..');
let config = '';
const ending = new AsyncDisposableStack();
afterAll(() => ending.disposeAsync());

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearken-start-'));
  ending.defer(() => rmSync(folder, { recursive: true, force: true }));
  const { addresses, admin } = theStack();
  config = writeRelaySettings(join(folder, 'relay'), {
    stack: addresses,
    support: admin.freshSupportMailbox(),
    frontBot: await admin.freshMatrixAccount('front'),
    deskBot: await admin.freshMatrixAccount('desk'),
    coordinators: ['@robin:example.org'],
  });
  const relay = ending.use(relayProcess(config));
  const { code, out } = await relay.hearken('init');
  if (code !== 0) throw new Error(out);
});

/** Processes that have the settings file among their arguments. */
const running = (): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/u.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(config);
    } catch {
      return false;
    }
  });

test('SIGTERM to npm ends the relay in good order', async () => {
  const npm = spawn('npm', ['start', '--', '--config', config], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.setEncoding('utf8').on('data', (text: string) => void (log += text));
  const closed = once(npm, 'close');
  try {
    await Promise.race([
      until('the start', () => log.includes('"relay.started"'), { deadlineMs: 50_000 }),
      closed.then(() => Promise.reject(new Error(`it ended by itself: ${log}`))),
    ]);
    npm.kill('SIGTERM');
    await closed;
    await until('nobody is left', () => running().length === 0, { deadlineMs: 20_000 });
    expect(log).toContain('"relay.stopped"');
  } finally {
    for (const pid of running()) process.kill(Number(pid), 'SIGKILL');
  }
});
