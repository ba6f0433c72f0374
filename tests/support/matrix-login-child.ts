// The login of an account in a process of its own, which ends itself with SIGKILL at a named point: run as a program.
import { appendFileSync } from 'node:fs';
import { loginOnce } from '#matrix/login.ts';
import { realClock } from '#tests/support/matrix-world.ts';

/** As JSON in argv. */
export interface LoginOrders {
  readonly homeserver: string;
  readonly user: string;
  readonly password: string;
  readonly file: string;
  readonly keyHex: string;
  /** Recovery keys as they are handed out, a line each. */
  readonly recoveryFile: string;
  readonly killAt: { readonly pattern: string; readonly nth: number } | null;
}

if (import.meta.main) {
  const orders = JSON.parse(process.argv[2] ?? '') as LoginOrders;
  let hits = 0;
  await loginOnce({
    ...orders,
    bot: 'desk',
    key: Buffer.from(orders.keyHex, 'hex'),
    deviceName: 'Hearken',
    witness: null,
    recoveryKey: null,
    keepRecoveryKey: async (key) => appendFileSync(orders.recoveryFile, `${key}\n`),
    start: 'resume',
    identity: 'keep',
    clock: realClock,
    log: () => undefined,
    die: () => process.exit(70),
    failpoint(name) {
      if (orders.killAt === null || !new RegExp(orders.killAt.pattern, 'u').test(name)) return;
      hits += 1;
      if (hits === orders.killAt.nth) process.kill(process.pid, 'SIGKILL');
    },
  });
  process.exit(0);
}
