// Installs something into the cache in a process of its own, so that it can be killed half way. Arguments: how long the
// building takes in ms, and a file that gets a line for each building begun. Prints the folder when it is there.
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { installOnce } from '#trial/install/install-once.ts';

const [, , takesMs, begunFile = ''] = process.argv;

const folder = await installOnce({
  name: 'thing-1',
  what: 'a thing',
  progress: () => undefined,
  async build(half) {
    writeFileSync(join(half, 'first'), '1');
    appendFileSync(begunFile, 'begun\n');
    await pause(Number(takesMs));
    writeFileSync(join(half, 'second'), '2');
  },
});
console.log(folder);
