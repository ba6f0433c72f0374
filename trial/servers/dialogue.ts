// A few lines of a text protocol over TCP: to ask a server whether it is ready, or for one short command.
import { connect } from 'node:net';

const DEADLINE_MS = 5000;

export interface Step {
  /** Sent first, with CRLF; absent: only wait. */
  readonly say?: string;
  /** What has to come; anything that has come when the other side closes is an error. */
  readonly expect: RegExp;
}

/** Resolves to everything that the server said. */
export function dialogue(port: number, steps: readonly Step[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    let fresh = '';
    let at = 0;
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setEncoding('utf8');
    socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error('the server did not answer')));
    const next = (): void => {
      const step = steps[at];
      if (step === undefined) {
        resolve(heard);
        socket.destroy();
      } else if (step.say !== undefined) {
        socket.write(`${step.say}\r\n`);
      }
    };
    socket.on('connect', next);
    socket.on('data', (chunk: string) => {
      heard += chunk;
      fresh += chunk;
      if (steps[at]?.expect.test(fresh) !== true) return;
      fresh = '';
      at += 1;
      next();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error(`the server closed the connection after: ${heard.slice(-200)}`));
    });
  });
}
