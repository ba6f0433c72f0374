// Starts the whole relay from its settings and gives the handle that ends it. Importing this starts nothing.
import { spans } from '#domain/limits.ts';
import { askedSeldom } from '#operator/asked-seldom.ts';
import { startOperatorSocket } from '#operator/operator-socket.ts';
import type { OperatorHandlers } from '#operator/operator-socket.ts';
import { relayStatus } from '#operator/relay-status.ts';
import { ensureCoordinators } from '#relay/volunteers.ts';
import { startSweeper } from '#queue/sweeper.ts';
import type { Role } from '#relay/queue-port.ts';
import { dataFiles } from '#settings/data-folder.ts';
import { startCore } from '#workers/core.ts';
import { startDeskBot } from '#workers/desk-bot.ts';
import { startFrontBot } from '#workers/front-bot.ts';
import { startMailIn } from '#workers/mail-in.ts';
import { startMailOut } from '#workers/mail-out.ts';
import { openChannels } from '#workers/open-channels.ts';
import type { Channels } from '#workers/open-channels.ts';
import { openParts } from '#workers/open-parts.ts';
import type { Ground, OpenParts } from '#workers/open-parts.ts';
import type { Running, Shared } from '#workers/shared.ts';
import { startTidy } from '#workers/tidy.ts';

/** Ends with its disposal; a kill at any moment is as good, only slower to come back. */
export type Relay = AsyncDisposable;

const checkMailEveryMs = 10 * spans.minute;

const operatorHandlers = (
  ground: Ground,
  of: { readonly open: OpenParts; readonly channels: Channels; readonly roles: readonly Role[] },
): OperatorHandlers => {
  const { clock } = ground;
  const { source, sender, front, desk } = of.channels;
  const mailSender = askedSeldom(() => sender.check(), { everyMs: checkMailEveryMs, clock });
  const upSince = clock.now();
  const { store, queue } = of.open.parts;
  return {
    status: () => relayStatus({ store, queue, mailSource: source, mailSender, accounts: [front, desk], clock, upSince, roles: of.roles }),
    ...(ground.clockMoves === 'over-socket' ? { advanceClock: async (ms: number) => clock.setOffset(clock.offset() + ms) } : {}),
  };
};

export const startRelay = async (ground: Ground): Promise<Relay> => {
  const began = ground.clock.now();
  await using stack = new AsyncDisposableStack();
  const open = await openParts(ground, stack);
  const { parts, store } = open;
  const channels = await openChannels(ground, { open, stack });
  const shared: Shared = { parts, holder: ground.chance.id() };
  const roles: readonly Running[] = [
    startMailIn(shared),
    startMailOut(shared, { sender: channels.sender }),
    startFrontBot(shared, channels.front),
    startDeskBot(shared, { account: channels.desk, federate: ground.ready.settings.matrix.federation }),
    startCore(shared, { reader: channels.reader, failpoint: ground.failpoint }),
    startTidy(shared, {
      sweepMail: async (before) => {
        await channels.source.sweepFolders(before).catch(() => 0);
      },
      checkpoint: () => store.checkpoint(),
      sweepKeys: async () => {
        await parts.vault.sweepOrphans(
          async (owner) => (await store.get('case', owner)) !== null || (await store.get('volunteer', owner)) !== null,
          3_600_000,
        );
      },
    }),
  ];
  for (const role of roles) stack.use(role);
  // What is being drained comes to its end before the channels close under it.
  stack.defer(() => parts.queue[Symbol.asyncDispose]());
  await ensureCoordinators(parts);
  const drains = new Map<Role, Running['drain']>(roles.map((role) => [role.role, role.drain]));
  stack.use(
    startSweeper({
      store,
      queue: parts.queue,
      clock: ground.clock,
      log: ground.log,
      roles: [...drains.keys()],
      drain: async (role, lane) => drains.get(role)?.(lane),
    }),
  );
  stack.use(
    await startOperatorSocket({
      path: dataFiles(ground.ready.settings.service.dataFolder).socket,
      handlers: operatorHandlers(ground, { open, channels, roles: [...drains.keys()] }),
    }),
  );
  ground.log({ event: 'relay.started', ms: ground.clock.now() - began });
  const ending = stack.move();
  return {
    async [Symbol.asyncDispose]() {
      await ending[Symbol.asyncDispose]();
      ground.log({ event: 'relay.stopped' });
    },
  };
};
