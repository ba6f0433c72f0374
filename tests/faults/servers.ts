// Kills and starts the servers of one stack, one kill of each at a time, and keeps when each was away.
import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from '#trial/stack.ts';
import type { Journal } from './journal.ts';
import type { ServerName } from './plan.ts';

export interface Away {
  readonly what: ServerName | 'the relay';
  /** ms since 1970. */
  readonly from: number;
  readonly to: number;
}

export interface Servers {
  /** -9, away for so long, started again; resolves when it is ready. At once if it is away already. */
  kill(server: ServerName, awayMs: number): Promise<void>;
  /** Unless Valkey is away just then. */
  wipe(): Promise<void>;
  /** Everything that is away is back. */
  allBack(): Promise<void>;
  readonly kills: Readonly<Record<ServerName, number>>;
  wipes(): number;
  readonly aways: readonly Away[];
}

export const killableServers = (stack: Stack, journal: Journal): Servers => {
  const controls: Readonly<Record<ServerName, { kill(): Promise<void>; start(): Promise<void> }>> = {
    'the homeserver': stack.synapse,
    Valkey: stack.valkey,
    'the IMAP server': stack.dovecot,
    'the SMTP server': { kill: () => stack.smtp.stop(), start: () => stack.smtp.start() },
  };
  const kills: Record<ServerName, number> = { 'the homeserver': 0, Valkey: 0, 'the IMAP server': 0, 'the SMTP server': 0 };
  const aways: Away[] = [];
  const under = new Map<ServerName, Promise<void>>();
  let wipes = 0;

  const once = async (server: ServerName, awayMs: number): Promise<void> => {
    const from = Date.now();
    journal.note(`${server} is killed`);
    kills[server] += 1;
    await controls[server].kill();
    await pause(awayMs);
    await controls[server].start();
    journal.note(`${server} is back`);
    aways.push({ what: server, from, to: Date.now() });
  };

  return {
    kills,
    aways,
    wipes: () => wipes,
    kill(server, awayMs) {
      const running = under.get(server);
      if (running !== undefined) return running;
      const killing = once(server, awayMs).finally(() => under.delete(server));
      under.set(server, killing);
      return killing;
    },
    async wipe() {
      if (under.has('Valkey')) return;
      // It may be killed in that very moment.
      const wiped = await stack.valkey.flushAll().then(
        () => true,
        () => false,
      );
      if (!wiped) return;
      wipes += 1;
      journal.note('Valkey is wiped');
    },
    async allBack() {
      await Promise.all(under.values());
    },
  };
};
