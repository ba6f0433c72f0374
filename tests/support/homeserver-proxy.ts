// A way to the homeserver that can be told to lie, to refuse, to cut off: for tests of an account's faults.
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface Fault {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface HomeserverProxy extends AsyncDisposable {
  readonly url: string;
  /** Answers in the homeserver's place; null: passes on. `cut`: the request arrives there, its answer does not arrive here. */
  fault(decide: (request: ProxiedRequest) => Fault | 'cut' | 'down' | null): void;
  /** Changes a /sync answer on its way. */
  rewriteSync(change: (answer: Record<string, unknown>) => Record<string, unknown>): void;
  readonly requests: readonly ProxiedRequest[];
}

export async function homeserverProxy(target: string): Promise<HomeserverProxy> {
  const requests: ProxiedRequest[] = [];
  let decide: (request: ProxiedRequest) => Fault | 'cut' | 'down' | null = () => null;
  let change: (answer: Record<string, unknown>) => Record<string, unknown> = (answer) => answer;
  const answerOne = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const path = incoming.url ?? '';
    const request = { method: incoming.method ?? '', path, body: Buffer.concat(parts).toString() };
    requests.push(request);
    const fault = decide(request);
    if (fault === 'down') {
      incoming.socket.destroy();
      return;
    }
    if (fault !== null && fault !== 'cut') {
      outgoing.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers }).end(JSON.stringify(fault.body));
      return;
    }
    const gone = new AbortController();
    outgoing.on('close', () => gone.abort());
    try {
      const answer = await fetch(target + path, {
        method: request.method,
        headers: {
          'content-type': 'application/json',
          ...(incoming.headers.authorization !== undefined && { authorization: incoming.headers.authorization }),
        },
        ...(request.method !== 'GET' && { body: request.body }),
        signal: gone.signal,
      });
      const text = await answer.text();
      if (fault === 'cut') {
        incoming.socket.destroy();
        return;
      }
      const body = path.includes('/sync?') && answer.ok ? JSON.stringify(change(JSON.parse(text) as Record<string, unknown>)) : text;
      outgoing.writeHead(answer.status, { 'content-type': 'application/json' }).end(body);
    } catch {
      incoming.socket.destroy();
    }
  };
  const server = createServer((incoming, outgoing) => void answerOne(incoming, outgoing));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fault(next) {
      decide = next;
    },
    rewriteSync(next) {
      change = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
