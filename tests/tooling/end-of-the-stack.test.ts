// However the stack is ended, nothing of it stays: no process and no file. And it starts for an ordinary user as for root.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cacheFolder } from '#trial/install/cache-folder.ts';
import type { StackAddresses } from '#trial/servers/addresses.ts';
import { startWatchdog } from '#trial/servers/watchdog.ts';
import { processesOf } from '#tests/support/processes.ts';
import { temporaryFolder } from '#tests/support/temporary-folder.ts';
import { until } from '#tests/support/until.ts';

const project = dirname(dirname(import.meta.dirname));

/** Synapse, Valkey, Dovecot's master with at least its log, and the watchdog. */
const FEWEST_PROCESSES = 5;

interface Started {
  readonly child: ChildProcess;
  readonly addresses: StackAddresses;
  readonly ended: Promise<number | null>;
}

async function start(command: readonly [string, ...string[]], env: NodeJS.ProcessEnv = process.env): Promise<Started> {
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const ended = once(child, 'close').then(([status]: readonly unknown[]) => (typeof status === 'number' ? status : null));
  const line = once(createInterface({ input: child.stdout }), 'line').then(([text]: readonly unknown[]) => String(text));
  const first = await Promise.race([line, ended.then(() => Promise.reject(new Error(`ended early: ${complaints}`)))]);
  return { child, addresses: JSON.parse(first) as StackAddresses, ended };
}

const runStack = (folder: string): readonly [string, string] => [process.execPath, join(folder, 'trial', 'run-stack.ts')];

async function allIsGone({ folder }: StackAddresses): Promise<void> {
  await until('no process of the stack is left', () => processesOf(folder).length === 0, { deadlineMs: 15_000 });
  await until('its folder is gone', () => !existsSync(folder), { deadlineMs: 15_000 });
}

test('two watchdogs of which one removes a part of what the other does leave nothing, whatever the order', async () => {
  for (let round = 0; round < 4; round += 1) {
    const folder = temporaryFolder();
    for (const part of ['dovecot', 'relay', 'synapse', 'valkey'])
      for (let n = 0; n < 400; n += 1) mkdirSync(join(folder, part, String(n)), { recursive: true });
    const dogs = [startWatchdog(folder), startWatchdog(join(folder, 'relay'))];
    await Promise.all(dogs.map((dog) => dog[Symbol.asyncDispose]()));
    expect(existsSync(folder), `round ${round + 1}`).toBe(false);
  }
});

describe('the stack', () => {
  test.each([
    ['killed with -9', 'SIGKILL', null],
    ['ended with Ctrl-C', 'SIGINT', 0],
    ['told to end', 'SIGTERM', 0],
  ] as const)('leaves nothing behind when it is %s', async (_how, signal, status) => {
    const { child, addresses, ended } = await start(runStack(project));
    expect(processesOf(addresses.folder).length).toBeGreaterThanOrEqual(FEWEST_PROCESSES);
    child.kill(signal);
    expect(await ended).toBe(status);
    await allIsGone(addresses);
  });

  test('leaves nothing behind when the npm that runs it is killed with -9', async () => {
    const { child, addresses } = await start(['npm', '--prefix', project, 'run', '--silent', 'stack']);
    child.kill('SIGKILL');
    await allIsGone(addresses);
  });

  test('starts for an ordinary user', async () => {
    const { child, addresses, ended } = await startAsOrdinaryUser();
    expect(addresses.mailboxes.uid).not.toBe(0);
    expect((await fetch(`${addresses.matrix.baseUrl}/_matrix/client/versions`)).status).toBe(200);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    await allIsGone(addresses);
  });
});

/** Root becomes `nobody`, who sees the project and what was installed at places that everybody may enter. */
function startAsOrdinaryUser(): Promise<Started> {
  if (process.getuid?.() !== 0) return start(runStack(project));
  const places = [mkdtempSync(join(tmpdir(), 'project-')), mkdtempSync(join(tmpdir(), 'cache-'))] as const;
  onTestFinished(() => {
    for (const place of places) rmdirSync(place);
  });
  const script =
    'mount --bind "$1" "$2" && mount --bind "$3" "$4" && shift 4 && exec setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps=-all "$@"';
  const node = process.execPath.replace(project, places[0]);
  const env = { PATH: '/usr/bin:/bin', HEARKEN_CACHE: places[1] };
  return start(
    [
      'unshare',
      '--mount',
      'sh',
      '-c',
      script,
      'sh',
      project,
      places[0],
      cacheFolder(),
      places[1],
      node,
      join(places[0], 'trial', 'run-stack.ts'),
    ],
    env,
  );
}
