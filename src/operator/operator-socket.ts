// The relay's side of the operator's commands: a Unix socket in the data folder that only the folder's owner can open.
import { chmodSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { OperatorFault } from '#operator/operator-fault.ts';
import { longestLine, readCommand } from '#operator/operator-line.ts';
import type { OperatorAnswer, OperatorCommand, OperatorReply } from '#operator/operator-line.ts';

export interface OperatorHandlers {
  status(): Promise<OperatorAnswer>;
  /** Only in a trial; without it the command is refused. */
  readonly advanceClock?: (ms: number) => Promise<void>;
}

export interface OperatorSocketOptions {
  /** Path of the socket; the folder it lies in is closed to others. */
  readonly path: string;
  readonly handlers: OperatorHandlers;
}

const mostAtOnce = 8;
const deadlineMs = 15_000;
/** sockaddr_un of unix(7): 108 bytes with the final zero; 104 on BSD and macOS. */
const longestPath = 103;

/** Throws OperatorFault: `already-running` when another relay answers there, `folder-name-too-long`. */
export async function startOperatorSocket({ path, handlers }: OperatorSocketOptions): Promise<AsyncDisposable> {
  if (Buffer.byteLength(path) > longestPath) throw new OperatorFault('folder-name-too-long');
  if (await isAnswered(path)) throw new OperatorFault('already-running');
  rmSync(path, { force: true }); // left by a relay that was killed
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    serve(socket, handlers);
  });
  server.maxConnections = mostAtOnce;
  await listen(server, path);
  chmodSync(path, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** Whether something listens there; a socket left by a relay that was killed refuses at once. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    const settle = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', () => reject(new OperatorFault('failed')));
    server.listen({ path }, () => {
      server.removeAllListeners('error');
      server.on('error', () => undefined);
      resolve();
    });
  });
}

/** One command, one answer, and the connection ends. */
function serve(socket: Socket, handlers: OperatorHandlers): void {
  let heard = '';
  const answer = (reply: OperatorReply): void => {
    socket.pause();
    if (socket.writable) socket.end(`${JSON.stringify(reply)}\n`);
    setTimeout(() => socket.destroy(), 1_000).unref();
  };
  socket.setTimeout(deadlineMs, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    heard += chunk;
    if (heard.length > longestLine) return void socket.destroy();
    const end = heard.indexOf('\n');
    if (end === -1) return;
    socket.removeAllListeners('data');
    replyTo(heard.slice(0, end), handlers).then(answer, () => answer({ ok: false, code: 'failed' }));
  });
  socket.once('end', () => {
    if (!heard.includes('\n')) socket.destroy();
  });
}

async function replyTo(line: string, handlers: OperatorHandlers): Promise<OperatorReply> {
  const command: OperatorCommand | null = readCommand(line);
  if (command === null) return { ok: false, code: 'not-here' };
  switch (command.command) {
    case 'status':
      return { ok: true, answer: await handlers.status() };
    case 'advance-clock':
      if (handlers.advanceClock === undefined) return { ok: false, code: 'not-here' };
      await handlers.advanceClock(command.ms);
      return { ok: true, answer: { health: 'well', lines: [] } };
  }
}
