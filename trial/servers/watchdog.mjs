// Ends what the trial started, also when the trial itself was killed with -9: it runs in a session of its own and
// reads what was started from a pipe. The end of the pipe is the end of whoever started it. Plain JavaScript, so
// that it is up at once. Its argument is the folder to remove; lines: {"started": group}, {"gone": group}.
import { existsSync, rmSync } from 'node:fs';

const PATIENCE_MS = 5000;
const REMOVE_TRIES = 200;
const groups = new Set();
const folder = process.argv[2];

function note(line) {
  const { started, gone } = JSON.parse(line);
  if (started !== undefined) groups.add(started);
  if (gone !== undefined) groups.delete(gone);
}

/** Signals a whole process group; 0 only asks. False once nobody of the group is left. */
function signal(group, name) {
  try {
    process.kill(-group, name);
    return true;
  } catch {
    return false;
  }
}

async function end() {
  for (const group of groups) signal(group, 'SIGTERM');
  const deadline = Date.now() + PATIENCE_MS;
  let left = [...groups];
  while (left.length > 0 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    left = left.filter((group) => signal(group, 0));
  }
  for (const group of left) signal(group, 'SIGKILL');
  if (folder !== undefined) await remove(folder);
}

/**
 * Again and again for a while: a process that is still ending may write into it, and another watchdog may be removing a part of it.
 * Node takes a file that vanishes meanwhile for the end of its work, and says nothing (24.21): so it is looked at whether all is gone.
 */
async function remove(path) {
  for (let tries = 0; tries < REMOVE_TRIES; tries += 1) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // The next try may do.
    }
    if (!existsSync(path)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop() ?? '';
  lines.forEach(note);
});
process.stdin.on('close', () => void end());
