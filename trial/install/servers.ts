// Installs the servers of trial and tests, without root and without touching the system, and says first what is missing.
import { ask } from './ask.ts';
import { CannotInstall } from './cannot-install.ts';
import { canLayOver, installDovecot } from './dovecot.ts';
import { findPython, installPython, type FoundPython, type PythonServers } from './python.ts';

export interface InstalledServers extends PythonServers {
  /** Folder with Dovecot's unpacked packages. */
  readonly dovecot: string;
}

const COMMANDS = [
  ['apt-get', 'apt-get is missing: the IMAP server comes from the packages of Debian.'],
  ['dpkg-deb', 'dpkg-deb is missing; it is in the package dpkg.'],
  ['unshare', 'unshare is missing; it is in the package util-linux.'],
  ['setpriv', 'setpriv is missing; it is in the package util-linux.'],
  ['flock', 'flock is missing; it is in the package util-linux.'],
] as const;

/** @throws CannotInstall with a line for each thing that is missing. */
export async function installServers(progress: (line: string) => void): Promise<InstalledServers> {
  const python = await findPython();
  const missing = await whatIsMissing(python);
  if (python === null || missing.length > 0) throw new CannotInstall(missing);
  const dovecot = await installDovecot(progress);
  return { ...(await installPython(python, progress)), dovecot };
}

async function whatIsMissing(python: FoundPython | null): Promise<readonly string[]> {
  const missing: string[] = [];
  if (process.platform !== 'linux') return ['Linux is missing: the servers of the trial run on Linux only.'];
  if (python === null) missing.push('Python 3.10 or later with its module venv is missing; on Debian: python3 and python3-venv.');
  for (const [command, line] of COMMANDS) {
    if ((await ask([command, '--version'], { deadlineMs: 10_000 })).status === null) missing.push(line);
  }
  if (missing.length === 0 && (await canLayOver()) === 'no') {
    missing.push(
      'User namespaces with overlay mounts are not allowed for this user here (sysctl kernel.unprivileged_userns_clone, or kernel.apparmor_restrict_unprivileged_userns); the IMAP server needs them, or root.',
    );
  }
  return missing;
}
