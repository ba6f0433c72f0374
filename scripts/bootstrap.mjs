// Runs a script of this project with the right Node, installing the npm packages first if they are missing.
// Plain JavaScript without packages: it has to run on whatever Node (18 or later) the machine brings along.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED_NODE = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');

function say(line) {
  process.stderr.write(`hearken: ${line}\n`);
}

function modified(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

/** npm writes node_modules/.package-lock.json last, so it is missing after an installation that was cut short. */
function packagesAreMissing() {
  return modified(join(root, 'node_modules', '.package-lock.json')) < modified(join(root, 'package-lock.json'));
}

function installPackages() {
  say('installing the npm packages (about half a minute, once) ...');
  const began = Date.now();
  const done = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (done.status !== 0) {
    say(
      done.error
        ? 'npm was not found. It comes with Node; please install both.'
        : '`npm ci` did not succeed; what it says above is the reason.',
    );
    process.exit(1);
  }
  say(`npm packages installed (${Math.round((Date.now() - began) / 1000)} s).`);
}

function nodeVersion(command) {
  const asked = spawnSync(command, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return asked.status === 0 ? asked.stdout.trim() : null;
}

/** The Node that npm installed for this system, else the one that runs this file. */
function findNode() {
  const found = [];
  for (const command of [join(bin, 'node'), process.execPath]) {
    const version = nodeVersion(command);
    if (version !== null && Number(version.split('.')[0]) >= NEEDED_NODE) return command;
    if (version !== null) found.push(version);
  }
  say(
    `Node ${NEEDED_NODE} or later is needed, and only ${found.join(', ')} is here. npm brings it along for Linux on x64 and arm64 only; on other systems please install it yourself.`,
  );
  process.exit(1);
}

function run(node, args) {
  const child = spawn(node, args, {
    cwd: root,
    stdio: 'inherit',
    // What is compiled once is kept with the packages: a third of the relay's start goes into it. Where that is not possible, Node goes without.
    env: {
      NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'),
      ...process.env,
      PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    },
  });
  // Ctrl-C reaches the child by itself, through the terminal's group; the others have to be handed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', () => {
    say('Node could not be started.');
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

if (packagesAreMissing()) installPackages();
run(findNode(), process.argv.slice(2));
