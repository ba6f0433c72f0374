// Asks the running relay one thing over its socket.
import { createConnection } from 'node:net';
import { OperatorFault } from '#operator/operator-fault.ts';
import { longestLine, readReply } from '#operator/operator-line.ts';
import type { OperatorAnswer, OperatorCommand } from '#operator/operator-line.ts';

const deadlineMs = 15_000;

/** Throws OperatorFault: `not-running`, `not-allowed`, `no-answer`, `odd-answer`, `not-here`, `failed`. */
export function ask(path: string, command: OperatorCommand): Promise<OperatorAnswer> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    let heard = '';
    let reached: 'no' | 'yes' = 'no';
    const fail = (fault: OperatorFault): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(fault);
    };
    const timer = setTimeout(() => fail(new OperatorFault('no-answer')), deadlineMs);
    socket.setEncoding('utf8');
    socket.once('connect', () => {
      reached = 'yes';
      socket.write(`${JSON.stringify(command)}\n`);
    });
    socket.on('data', (chunk: string) => {
      heard += chunk;
      if (heard.length > longestLine) fail(new OperatorFault('odd-answer'));
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (reached === 'yes') return fail(new OperatorFault('no-answer'));
      fail(new OperatorFault(error.code === 'EACCES' || error.code === 'EPERM' ? 'not-allowed' : 'not-running'));
    });
    socket.once('close', () => {
      const reply = readReply(heard);
      if (reply === null) return fail(new OperatorFault(heard === '' ? 'no-answer' : 'odd-answer'));
      if (!reply.ok) return fail(new OperatorFault(reply.code));
      clearTimeout(timer);
      resolve(reply.answer);
    });
  });
}
