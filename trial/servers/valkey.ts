// Valkey as the relay asks for it: nothing is evicted, and what was written survives a restart.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { dialogue } from './dialogue.ts';
import { startServer, type RunningServer } from './server.ts';
import type { Watchdog } from './watchdog.ts';

export interface ValkeyControl extends RunningServer {
  /** Wipes everything in it. */
  flushAll(): Promise<void>;
}

export interface ValkeyOptions {
  readonly program: string;
  /** Its own; made here. */
  readonly folder: string;
  readonly watchdog: Watchdog;
}

export async function startValkey(options: ValkeyOptions): Promise<ValkeyControl> {
  mkdirSync(options.folder, { recursive: true });
  const server = await startServer({
    name: 'Valkey',
    logFile: join(options.folder, 'valkey.log'),
    portCount: 1,
    command: ([port]) => {
      const settings = {
        port: String(port),
        bind: '127.0.0.1',
        dir: options.folder,
        'maxmemory-policy': 'noeviction',
        appendonly: 'yes',
        save: '',
        daemonize: 'no',
      };
      return [options.program, ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])];
    },
    probe: async ([port]) => {
      // While it reads its file it says so, and has to be asked again.
      const said = await dialogue(port ?? 0, [{ say: 'PING', expect: /\r\n$/ }]);
      if (!said.startsWith('+PONG')) throw new Error(said);
    },
    deadlineMs: 20_000,
    watchdog: options.watchdog,
    cwd: options.folder,
  });
  return {
    ...server,
    async flushAll() {
      await dialogue(server.ports[0] ?? 0, [{ say: 'FLUSHALL', expect: /^\+OK/ }]);
    },
  };
}
