// Opens one account for its working life: what the relay needs of Matrix (`MatrixAccount`), on one device that loses nothing.
import type { BotName, MatrixAccount, RoomOutcome, TakeRoomEvent } from '#relay/matrix-port.ts';
import type { Clock } from '#relay/clock.ts';
import type { Log } from '#relay/log.ts';
import { openAccountFile } from '#matrix/account-file.ts';
import type { GenerationWitness } from '#matrix/account-file.ts';
import { failureOf } from '#matrix/answers.ts';
import { kept } from '#matrix/credentials.ts';
import { mendIdentity } from '#matrix/cross-signing.ts';
import { pause, until, within } from '#matrix/deadline.ts';
import { decryption } from '#matrix/decryption.ts';
import { openDevice } from '#matrix/device.ts';
import type { Device } from '#matrix/device.ts';
import type { Failpoint } from '#matrix/failpoint.ts';
import { noFailpoint } from '#matrix/failpoint.ts';
import { MatrixFault } from '#matrix/fault.ts';
import type { MatrixFaultCode } from '#matrix/fault.ts';
import { pageBack } from '#matrix/gaps.ts';
import { devicesOf, sightOf } from '#matrix/guard.ts';
import { homeserverUrl } from '#matrix/homeserver.ts';
import { inboxWorker, usualPatience } from '#matrix/inbox-worker.ts';
import type { InboxWorker, Patience } from '#matrix/inbox-worker.ts';
import { invite, join, leave } from '#matrix/membership.ts';
import { createRoom } from '#matrix/room-making.ts';
import { post, postFixedText, react, redact } from '#matrix/sending.ts';

export interface AccountOptions {
  readonly bot: BotName;
  readonly homeserver: string;
  readonly file: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly witness: GenerationWitness | null;
  readonly take: TakeRoomEvent;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the process at once: memory is ahead of what is on disk. */
  readonly die: (code: MatrixFaultCode) => void;
  readonly failpoint?: Failpoint;
  readonly patience?: Patience;
  /** How long to wait for the homeserver before handing the account out as it is. */
  readonly readyWithinMs?: number;
}

const retryIdentityMs = 15_000;
const devicesMs = 20_000;

/** Throws `MatrixFault` for what the file says (`no-login`, `file-old`, …); a homeserver that is away only makes `state()` say so. */
export async function openAccount(options: AccountOptions): Promise<MatrixAccount> {
  const { bot, log, clock } = options;
  const failpoint = options.failpoint ?? noFailpoint;
  let awaySince: number | null = Date.now();
  const homeserver = homeserverUrl(options.homeserver);
  const file = await openAccountFile({
    path: options.file,
    key: options.key,
    make: 'existing',
    witness: options.witness,
    die: options.die,
    failpoint,
  });
  let device: Device;
  let worker: InboxWorker | null = null;
  try {
    const credentials = kept(file, 'credentials');
    if (credentials === null || kept(file, 'finished') === null) throw new MatrixFault('no-login');
    device = await openDevice({
      bot,
      homeserver,
      file,
      credentials,
      log,
      clock,
      failpoint,
      kept: () => worker?.wake(),
      devicesChanged: () => worker?.keyCame(),
      stateChanged: () => tellState(),
      recoveryKey: () => null,
    });
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
  const { client } = device;
  const self = device.credentials.userId;
  const stop = new AbortController();
  const opening = decryption(device.crypto.backend, () => worker?.keyCame());
  worker = inboxWorker({
    bot,
    inbox: device.inbox,
    decryption: opening,
    page: (gap) => pageBack(device, gap),
    take: options.take,
    patience: options.patience ?? usualPatience,
    clock,
    log,
    failpoint,
  });

  let identity: { readonly state: 'signed' } | { readonly state: 'away'; readonly code: string } = { state: 'away', code: 'starting' };
  const checking = proveIdentity();
  const sending = { device, client, bot, self, log, signedDevices: device.signedDevices };
  const underway = new Set<Promise<unknown>>();

  await until(
    options.readyWithinMs ?? 15_000,
    () => (state().state === 'ready' || (identity.state === 'away' && identity.code !== 'starting') ? 'enough' : null),
    50,
  );
  return {
    bot,
    userId: self,
    state,
    post: (op) => whenReady(() => post(sending, op)),
    postFixedText: (op) => whenReady(() => postFixedText(sending, op)),
    react: (op) => whenReady(() => react(device, op)),
    redact: (op) => whenReady(() => redact(device, op)),
    createRoom: (op) => whenReady(() => createRoom(device, op)),
    invite: (op) => whenReady(() => invite(device, op)),
    join: (op) => whenReady(() => join(device, op)),
    leave: (op) => whenReady(() => leave(device, op)),
    sight: async (roomId) => sightOf(client, roomId),
    async devices(userId) {
      if (state().state === 'away') return 'away';
      const looked = device.crypto.lookUp(userId).then(() => devicesOf(device.signedDevices, [userId]));
      return await within(devicesMs, looked).catch(() => 'away' as const);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await worker[Symbol.asyncDispose]();
      await within(5_000, Promise.allSettled(underway)).catch(() => undefined);
      await device[Symbol.asyncDispose]();
      await checking;
      await file[Symbol.asyncDispose]();
    },
  };

  function state(): ReturnType<MatrixAccount['state']> {
    const connection = device.state();
    if (connection.state === 'away') return connection;
    return identity.state === 'away' ? identity : { state: 'ready' };
  }

  /** Operators see when an account went and when it came back; nothing is logged for each request in between. */
  function tellState(): void {
    const now = state();
    if (now.state === 'ready' && awaySince !== null) {
      log({ event: 'matrix.ready', bot, ms: Date.now() - awaySince });
      awaySince = null;
    }
    if (now.state === 'away' && now.code !== 'starting' && now.code !== 'stopped') {
      awaySince ??= Date.now();
      log({ event: 'matrix.away', bot, code: now.code });
    }
  }

  /** Nothing is sent by a device that its own identity does not vouch for: strict clients would not show it. */
  async function proveIdentity(): Promise<void> {
    await device.start().catch(() => log({ event: 'fault', where: 'matrix', code: 'start-failed' }));
    worker?.wake();
    while (!stop.signal.aborted) {
      const connection = device.state();
      if (connection.state === 'away' && connection.code === 'logged-out') return;
      if (connection.state === 'away') {
        await pause(50, stop.signal);
        continue;
      }
      try {
        await mendIdentity(device);
        identity = { state: 'signed' };
        tellState();
        return;
      } catch (error) {
        identity = { state: 'away', code: error instanceof MatrixFault ? error.code : failureOf(error).code };
        tellState();
        await pause(retryIdentityMs, stop.signal);
      }
    }
  }

  async function whenReady<Outcome>(act: () => Promise<Outcome>): Promise<Outcome | Extract<RoomOutcome, { outcome: 'later' }>> {
    const now = state();
    if (now.state === 'away' || stop.signal.aborted)
      return { outcome: 'later', afterMs: 5_000, code: now.state === 'away' ? now.code : 'stopped' };
    const work = act();
    underway.add(work);
    try {
      return await work;
    } finally {
      underway.delete(work);
    }
  }
}
