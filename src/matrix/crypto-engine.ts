// What we use of the SDK's crypto beyond its typed surface, asserted at start: a new version that moved it must not start at all.
import type { MatrixClient } from 'matrix-js-sdk';
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import type { AccountFile } from '#matrix/account-file.ts';
import { MatrixFault } from '#matrix/fault.ts';
import { isRecord } from '#matrix/raw-event.ts';
import type { Log } from '#relay/log.ts';

/** Also makes a failure inside the crypto library's own part of a sync end the process: the SDK would log it, go on, and lose keys. */
export function cryptoEngine(client: MatrixClient, { file, log }: { readonly file: AccountFile; readonly log: Log }): CryptoEngine {
  const engine: unknown = client.getCrypto();
  if (!isEngine(engine)) throw new MatrixFault('sdk-changed');
  const { olmMachine } = engine;
  const receive = olmMachine.receiveSyncChanges.bind(olmMachine);
  olmMachine.receiveSyncChanges = async (...args) => {
    try {
      return await receive(...args);
    } catch {
      return file.end('crypto-sync-failed');
    }
  };
  const process = engine.processSyncChanges.bind(engine);
  engine.processSyncChanges = async (changes) => {
    try {
      return await process(changes);
    } catch {
      // The keys are in; what failed is the SDK's look at somebody's odd message. Thrown on, it would cost us the rooms of this sync.
      log({ event: 'fault', where: 'matrix', code: 'odd-to-device' });
      return [];
    }
  };
  return {
    backend: engine,
    async lookUp(userId) {
      const request = olmMachine.queryKeysForUsers([new olmMachine.userId.constructor(userId)]);
      await engine.outgoingRequestProcessor.makeOutgoingRequest(request);
    },
  };
}

export interface CryptoEngine {
  readonly backend: CryptoBackend;
  /** Fetches identity and devices of somebody who need not share a room with us, so that their signatures can be checked by the library. */
  lookUp(userId: string): Promise<void>;
}

interface Engine extends CryptoBackend {
  readonly olmMachine: {
    receiveSyncChanges(...args: unknown[]): Promise<unknown>;
    queryKeysForUsers(users: readonly object[]): unknown;
    readonly userId: { readonly constructor: new (userId: string) => object };
  };
  readonly outgoingRequestProcessor: { makeOutgoingRequest(request: unknown): Promise<void> };
}

const isEngine = (value: unknown): value is Engine =>
  isRecord(value) &&
  ['encryptEvent', 'decryptEvent', 'processSyncChanges', 'getEncryptionInfoForEvent'].every((name) => typeof value[name] === 'function') &&
  isRecord(value['olmMachine']) &&
  typeof value['olmMachine']['receiveSyncChanges'] === 'function' &&
  typeof value['olmMachine']['queryKeysForUsers'] === 'function' &&
  isRecord(value['outgoingRequestProcessor']) &&
  typeof value['outgoingRequestProcessor']['makeOutgoingRequest'] === 'function';
