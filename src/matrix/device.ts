// One device of one account: the SDK's client on our store, our crypto rows and our way out. Everything it must not forget is in its file.
import { randomBytes } from 'node:crypto';
import type { MatrixClient } from 'matrix-js-sdk';
import { AllDevicesIsolationMode, CryptoEvent, OnlySignedDevicesIsolationMode } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { BotName } from '#relay/matrix-port.ts';
import type { Clock } from '#relay/clock.ts';
import type { Log } from '#relay/log.ts';
import type { AccountFile } from '#matrix/account-file.ts';
import { barrierFetch } from '#matrix/barrier-fetch.ts';
import type { Credentials } from '#matrix/credentials.ts';
import { cryptoEngine } from '#matrix/crypto-engine.ts';
import type { CryptoEngine } from '#matrix/crypto-engine.ts';
import { cryptoRowKeeper, storedCryptoDatabases } from '#matrix/crypto-rows.ts';
import { until } from '#matrix/deadline.ts';
import type { Failpoint } from '#matrix/failpoint.ts';
import { MatrixFault } from '#matrix/fault.ts';
import { routeDatabases } from '#matrix/indexed-db.ts';
import { memberNames } from '#matrix/member-names.ts';
import type { MemberNames } from '#matrix/member-names.ts';
import { sdk, silenceSdk, silent } from '#matrix/quiet-sdk.ts';
import { rawInbox } from '#matrix/raw-inbox.ts';
import type { RawInbox } from '#matrix/raw-inbox.ts';
import { countSigned, newSignedDevices } from '#matrix/signed-devices.ts';
import type { SignedDevices } from '#matrix/signed-devices.ts';
import { SyncStore } from '#matrix/sync-store.ts';
import type { ClearLeave } from '#matrix/wire-rules.ts';

export interface DeviceParts {
  readonly bot: BotName;
  readonly homeserver: string;
  readonly file: AccountFile;
  readonly credentials: Credentials;
  readonly log: Log;
  readonly clock: Clock;
  readonly failpoint: Failpoint;
  /** A sync is on disk. */
  readonly kept: () => void;
  /** `state()` has changed between syncing and away. */
  readonly stateChanged: () => void;
  /** Somebody's devices are newly known, or newly signed. */
  readonly devicesChanged: () => void;
  /** For secret storage, while it is being set up or opened; else null. */
  readonly recoveryKey: () => Uint8Array<ArrayBuffer> | null;
}

export interface Device extends AsyncDisposable {
  readonly client: MatrixClient;
  readonly crypto: CryptoEngine;
  readonly inbox: RawInbox;
  readonly names: MemberNames;
  readonly signedDevices: SignedDevices;
  readonly file: AccountFile;
  readonly credentials: Credentials;
  /** Begins to sync; resolves without waiting for the homeserver. */
  start(): Promise<void>;
  /** `away` with a code from the first moment until syncs come, and whenever they do not. */
  state(): DeviceState;
  /** Lets exactly this clear send pass while `send` runs. */
  withLeave<Value>(leave: ClearLeave, send: () => Promise<Value>): Promise<Value>;
}

export type DeviceState = { readonly state: 'syncing' } | { readonly state: 'away'; readonly code: string };

const pollMs = 30_000;
const firstSyncEvents = 50;

export async function openDevice(parts: DeviceParts): Promise<Device> {
  const { file, credentials, failpoint, log, bot } = parts;
  const inbox = rawInbox(file, parts.clock);
  const names = memberNames();
  const store = new SyncStore({ file, inbox, names, self: credentials.userId, clock: parts.clock, kept: parts.kept });
  // A prefix of this opening's own: a closed device's databases can never be mistaken for it.
  const prefix = `hearken-${randomBytes(8).toString('hex')}`;
  const routed = await routeDatabases(prefix, { keeper: cryptoRowKeeper(file, failpoint), stored: storedCryptoDatabases(file) });
  const leaves: ClearLeave[] = [];
  const client = sdk.createClient({
    baseUrl: parts.homeserver,
    ...credentials,
    store,
    logger: silent,
    fetchFn: barrierFetch({
      file,
      failpoint,
      answered: (answer) => store.expect(answer),
      devicesTold: () => signedDevices.told(),
      leaves: () => leaves,
    }),
    disableVoip: true,
    timelineSupport: false,
    verificationMethods: [],
    cryptoCallbacks: {
      getSecretStorageKey: async ({ keys }) => {
        const key = parts.recoveryKey();
        const id = Object.keys(keys)[0];
        return key === null || id === undefined ? null : [id, key];
      },
    },
  });
  const signedDevices = newSignedDevices(countSigned(client), () => performance.now());
  let state: DeviceState = { state: 'away', code: 'starting' };
  const become = (next: DeviceState): void => {
    const same = JSON.stringify(next) === JSON.stringify(state);
    state = next;
    if (!same) parts.stateChanged();
  };
  let crypto: CryptoEngine;
  try {
    await client.initRustCrypto({ storageKey: file.seal.cryptoStoreKey, cryptoDatabasePrefix: prefix });
    crypto = cryptoEngine(client, { file, log });
    // The desk speaks to volunteers, whose devices are signed; whoever asks for help is not turned away for an unsigned one.
    client.getCrypto()?.setDeviceIsolationMode(bot === 'desk' ? new OnlySignedDevicesIsolationMode() : new AllDevicesIsolationMode(false));
  } catch (error) {
    client.stopClient();
    await routed[Symbol.asyncDispose]();
    // The SDK's own words may name the account.
    throw error instanceof MatrixFault ? error : new MatrixFault('store-failed');
  }

  client.on(sdk.ClientEvent.Sync, (now, _before, data) => {
    if (state.state === 'away' && state.code === 'logged-out') return;
    // The first `PREPARED` may come from what was kept; only an answer of the homeserver counts.
    if (now === sdk.SyncState.Syncing || (now === sdk.SyncState.Prepared && data?.fromCache !== true)) become({ state: 'syncing' });
    if (now === sdk.SyncState.Error || now === sdk.SyncState.Reconnecting) become({ state: 'away', code: 'homeserver-away' });
  });
  client.on(sdk.ClientEvent.SyncUnexpectedError, () => log({ event: 'fault', where: 'matrix', code: 'odd-sync' }));
  client.on(CryptoEvent.DevicesUpdated, parts.devicesChanged);
  client.on(sdk.HttpApiEvent.SessionLoggedOut, () => {
    // Token revoked or logged out softly: nothing here can mend it, and asking on would only be noise.
    become({ state: 'away', code: 'logged-out' });
  });

  return {
    client,
    crypto,
    inbox,
    names,
    signedDevices,
    file,
    credentials,
    state: () => state,
    async start() {
      await client.startClient({
        disablePresence: true,
        initialSyncLimit: firstSyncEvents,
        lazyLoadMembers: false,
        pollTimeout: pollMs,
        filter: sdk.Filter.fromJson(credentials.userId, '', {
          presence: { not_types: ['*'] },
          room: { timeline: { limit: firstSyncEvents }, ephemeral: { not_types: ['*'] }, account_data: { not_types: ['*'] } },
        }),
        threadSupport: false,
        resolveInvitesToProfiles: false,
        pendingEventOrdering: sdk.PendingEventOrdering.Chronological,
      });
      silenceSdk();
    },
    async withLeave(leave, send) {
      leaves.push(leave);
      try {
        return await send();
      } finally {
        leaves.splice(leaves.indexOf(leave), 1);
      }
    },
    async [Symbol.asyncDispose]() {
      state = { state: 'away', code: 'stopped' };
      // A sync that is being worked on is let through; its answer would only come again otherwise.
      await until(2_000, () => (file.held ? null : 'free'), 10);
      client.stopClient();
      client.http.abort();
      // What the crypto library wrote last completes within a few turns of the event loop.
      await until(200, () => null, 20);
      await routed[Symbol.asyncDispose]();
    },
  };
}
