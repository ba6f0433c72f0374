// Finds free loopback ports. Between finding and using somebody else may take one: whoever uses them tries again.
import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/** Below the range from which the system serves outgoing connections, so that only other servers can be in the way. */
const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 200;

export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  for (let tried = 0; ports.size < count; tried += 1) {
    if (tried === TRIES) throw new Error('no free loopback port was found');
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: '127.0.0.1' }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
