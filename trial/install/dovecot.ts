// Gets Debian's Dovecot 2.3 without installing it: the packages are unpacked into a folder, which is laid over /usr
// in a mount namespace of the server's own. Nothing is started by itself, and the system stays as it was.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ask, lastLines, type Answer } from './ask.ts';
import { CannotInstall } from './cannot-install.ts';
import { installOnce } from './install-once.ts';

const APT_DEADLINE_MS = 300_000;
const PACKAGES = ['dovecot-core', 'dovecot-imapd', 'dovecot-lmtpd'] as const;

/** Folders of /usr that the unpacked ones are laid over. The module path is compiled in, so a library path is not enough. */
const LAID_OVER = ['lib', 'bin', 'sbin'] as const;

/** The command that enters a namespace where this process may mount. Root only needs the one for mounts. */
export function enterNamespace(): readonly string[] {
  return process.getuid?.() === 0 ? ['unshare', '--mount'] : ['unshare', '--user', '--map-current-user', '--keep-caps', '--mount'];
}

/** A shell script that lays the unpacked folders over /usr and becomes the command in `$@`. */
export function layOver(folder: string): string {
  const mounts = LAID_OVER.map(
    (name) => `mount -t overlay -o userxattr,lowerdir='${folder}/usr/${name}':/usr/${name} overlay /usr/${name}`,
  );
  return [...mounts, 'exec "$@"'].join(' && ');
}

export async function canLayOver(): Promise<'yes' | 'no'> {
  const tried = await ask(
    ['env', ...enterNamespace(), 'mount', '-t', 'overlay', '-o', 'userxattr,lowerdir=/usr/bin:/usr/sbin', 'overlay', '/mnt'],
    { deadlineMs: 20_000 },
  );
  return tried.status === 0 ? 'yes' : 'no';
}

/** Resolves to the folder with the unpacked packages. */
export function installDovecot(progress: (line: string) => void): Promise<string> {
  return installOnce({
    name: `dovecot-${systemName()}-${process.arch}`,
    what: 'the IMAP server (half a minute, once)',
    progress,
    async build(half) {
      const lists = join(half, 'apt');
      const apt = aptWithOwnFolders(lists);
      // A list of the system's that cannot be had just now need not matter: the download decides.
      const updated = await ask([...apt, 'update'], { deadlineMs: APT_DEADLINE_MS });
      const wanted = await packagesToUnpack(apt);
      const debs = join(half, 'debs');
      mkdirSync(debs);
      const downloaded = await ask([...apt, 'download', ...wanted], { deadlineMs: APT_DEADLINE_MS, cwd: debs });
      mustSucceed(downloaded, { what: '`apt-get download`', progress: () => progress(lastLines(updated.all + downloaded.all)) });
      for (const deb of readdirSync(debs)) {
        const unpacked = await ask(['dpkg-deb', '-x', join(debs, deb), half], { deadlineMs: APT_DEADLINE_MS });
        mustSucceed(unpacked, { what: '`dpkg-deb -x`', progress: () => progress(lastLines(unpacked.all)) });
      }
      for (const used of [lists, debs]) rmSync(used, { recursive: true });
      const version = await ask(['env', ...enterNamespace(), 'sh', '-c', layOver(half), 'sh', '/usr/sbin/dovecot', '--version'], {
        deadlineMs: 20_000,
      });
      mustSucceed(version, { what: '`dovecot --version`', progress: () => progress(lastLines(version.all)) });
      if (!version.stdout.startsWith('2.3.')) {
        throw new CannotInstall([
          `Dovecot 2.3 is needed, and this system's packages have ${version.stdout.split(' ')[0]}. Debian 12 has it.`,
        ]);
      }
    },
  });
}

function systemName(): string {
  const release = readFileSync('/etc/os-release', 'utf8');
  const field = (name: string): string => new RegExp(`^${name}="?([\\w.-]+)`, 'm').exec(release)?.[1] ?? 'unknown';
  return `${field('ID')}${field('VERSION_ID')}`;
}

/** Package lists of our own, since an ordinary user may not refresh the system's. */
function aptWithOwnFolders(folder: string): readonly [string, ...string[]] {
  mkdirSync(join(folder, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  const options = [
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'APT::Sandbox::User=',
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
    'Acquire::Retries=3',
  ];
  return ['apt-get', '-q', ...options.flatMap((option) => ['-o', option])];
}

/** Dovecot's own packages always, and of what they need whatever this system has not installed. */
async function packagesToUnpack(apt: readonly [string, ...string[]]): Promise<readonly string[]> {
  const planned = await ask([...apt, '--print-uris', '--yes', '--no-install-recommends', 'install', ...PACKAGES], { deadlineMs: 60_000 });
  const names = [...planned.stdout.matchAll(/^'[^']+' ([a-z0-9][a-z0-9+.-]*)_/gm)].flatMap((match) => match[1] ?? []);
  return [...new Set([...PACKAGES, ...names])];
}

function mustSucceed(answer: Answer, failure: { readonly what: string; progress(): void }): void {
  if (answer.status === 0) return;
  failure.progress();
  throw new CannotInstall([`The IMAP server could not be fetched: ${failure.what} did not succeed.`]);
}
