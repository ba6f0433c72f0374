// An account of ours in a process of its own, which can be killed: run as a program, it opens the account, writes down what it takes,
// obeys lines on its input, and ends itself with SIGKILL at a named point when told to.
import { appendFileSync, closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openAccount } from '#matrix/account.ts';
import { realClock } from '#tests/support/matrix-world.ts';
import type { BotName, CreateRoomOp, PostOp } from '#relay/matrix-port.ts';

/** As JSON in argv. */
export interface ChildOrders {
  readonly bot: BotName;
  readonly homeserver: string;
  readonly file: string;
  readonly keyHex: string;
  /** A line of JSON for each event taken, synced before the account is told. */
  readonly takenFile: string;
  /** A line for each failpoint passed; null: not written. */
  readonly pointsFile: string | null;
  /** SIGKILL at the nth (from 1) failpoint whose name matches. */
  readonly killAt: { readonly pattern: string; readonly nth: number } | null;
}

export type ChildCommand =
  | { readonly id: number; readonly command: 'post'; readonly op: PostOp }
  | { readonly id: number; readonly command: 'create'; readonly op: CreateRoomOp }
  | { readonly id: number; readonly command: 'sight'; readonly roomId: string }
  | { readonly id: number; readonly command: 'stop' };

async function run(orders: ChildOrders): Promise<void> {
  const taken = openSync(orders.takenFile, 'a');
  let hits = 0;
  const account = await openAccount({
    bot: orders.bot,
    homeserver: orders.homeserver,
    file: orders.file,
    key: Buffer.from(orders.keyHex, 'hex'),
    witness: null,
    clock: realClock,
    log: () => undefined,
    die: (code) => {
      writeSync(1, `${JSON.stringify({ died: code })}\n`);
      process.exit(70);
    },
    failpoint(name) {
      if (orders.pointsFile !== null) appendFileSync(orders.pointsFile, `${name}\n`);
      if (orders.killAt === null || !new RegExp(orders.killAt.pattern, 'u').test(name)) return;
      hits += 1;
      if (hits === orders.killAt.nth) process.kill(process.pid, 'SIGKILL');
    },
    async take(event) {
      writeSync(taken, `${JSON.stringify(event)}\n`);
      fsyncSync(taken);
    },
  });
  const say = (line: unknown): void => {
    writeSync(1, `${JSON.stringify(line)}\n`);
  };
  say({ ready: account.state() });
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line) as ChildCommand;
    switch (command.command) {
      case 'post':
        void account.post(command.op).then((answer) => say({ id: command.id, answer }));
        break;
      case 'create':
        void account.createRoom(command.op).then((answer) => say({ id: command.id, answer }));
        break;
      case 'sight':
        void account.sight(command.roomId).then((answer) => say({ id: command.id, answer }));
        break;
      case 'stop':
        await account[Symbol.asyncDispose]();
        closeSync(taken);
        process.exit(0);
    }
  }
  process.exit(0);
}

if (import.meta.main) await run(JSON.parse(process.argv[2] ?? '') as ChildOrders);
