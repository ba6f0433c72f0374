// The account's own identity: looked up at the homeserver at each start and mended, since the SDK's own view of it can be wrong after a kill.
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { decodeRecoveryKey } from 'matrix-js-sdk/lib/crypto-api/recovery-key.js';
import { failureOf } from '#matrix/answers.ts';
import { drop, keep, kept } from '#matrix/credentials.ts';
import { until } from '#matrix/deadline.ts';
import type { Device } from '#matrix/device.ts';
import { MatrixFault } from '#matrix/fault.ts';
import { isRecord } from '#matrix/raw-event.ts';

export type OwnIdentity = 'none' | 'device-unsigned' | 'signed';

/** Asks the homeserver itself (7.7): does the account have a master key, and does its self-signing key vouch for this device? */
export async function ownIdentity(device: Device): Promise<OwnIdentity> {
  const { userId, deviceId } = device.credentials;
  const answer: unknown = await device.client.http.authedRequest(Method.Post, '/keys/query', undefined, { device_keys: { [userId]: [] } });
  const at = (value: unknown, ...path: readonly string[]): unknown =>
    path.reduce<unknown>((here, step) => (isRecord(here) ? here[step] : undefined), value);
  if (!isRecord(at(answer, 'master_keys', userId))) return 'none';
  const selfSigning = Object.keys(at(answer, 'self_signing_keys', userId, 'keys') ?? {});
  const signatures = Object.keys(at(answer, 'device_keys', userId, deviceId, 'signatures', userId) ?? {});
  return selfSigning.some((key) => signatures.includes(key)) ? 'signed' : 'device-unsigned';
}

/** What a login brings along; a running account has none of it and can only sign its device again. */
export interface IdentityMeans {
  readonly password: string;
  /** Opens secret storage, where an earlier device put the identity's private keys. */
  readonly recoveryKey: 'given' | 'none';
}

/** Resolves when the homeserver says that this device is signed; else throws `recovery-key-needed` or `cross-signing-failed`. */
export async function mendIdentity(device: Device, means?: IdentityMeans): Promise<void> {
  const found = await ownIdentity(device);
  if (found === 'signed') return;
  await guarded(async (crypto) => {
    if (found === 'none') {
      // Never by itself: whoever knows the account would be told that its identity changed.
      if (means === undefined) throw new MatrixFault('cross-signing-failed');
      await makeIdentity(device, means.password);
    } else {
      // Without having seen the public keys, importing the private ones fails.
      await crypto.userHasCrossSigningKeys(device.credentials.userId, true);
      const { privateKeysCachedLocally: here } = await crypto.getCrossSigningStatus();
      if (!here.selfSigningKey && means?.recoveryKey !== 'given') throw new MatrixFault('recovery-key-needed');
      if (!here.selfSigningKey) await crypto.bootstrapCrossSigning({});
      await crypto.crossSignDevice(device.credentials.deviceId);
    }
  }, device);
  const signed = await until(10_000, async () => ((await ownIdentity(device)) === 'signed' ? 'signed' : null), 500);
  if (signed === null) throw new MatrixFault('cross-signing-failed');
}

/** A new identity in place of one that nobody can open any more. Secret storage comes first, since the new keys go straight into it. */
export async function replaceIdentity(
  device: Device,
  { password, recovery }: { readonly password: string; readonly recovery: Recovery },
): Promise<void> {
  await makeStorage(device, recovery);
  await guarded(() => makeIdentity(device, password), device);
  await mendIdentity(device);
}

/** A homeserver's answer about our old identity that comes in after the new one was made makes the library throw the new one's private keys away. */
const identityTries = 5;

async function makeIdentity({ client, credentials: { userId } }: Device, password: string): Promise<void> {
  const crypto = client.getCrypto();
  if (crypto === undefined) throw new MatrixFault('sdk-changed');
  const auth = { type: 'm.login.password', identifier: { type: 'm.id.user', user: userId }, password };
  for (let attempt = 1; attempt <= identityTries; attempt += 1) {
    // Each of these asks the homeserver anew, so that what it says is about the same identity as what we have.
    await crypto.userHasCrossSigningKeys(userId, true);
    await crypto.bootstrapCrossSigning({ setupNewCrossSigning: true, authUploadDeviceSigningKeys: (request) => request(auth) });
    await crypto.userHasCrossSigningKeys(userId, true);
    const { privateKeysCachedLocally: here } = await crypto.getCrossSigningStatus();
    if (here.masterKey && here.selfSigningKey && here.userSigningKey) return;
  }
  throw new MatrixFault('cross-signing-failed');
}

export interface Recovery {
  /** From an earlier device; null: a new one is made. */
  readonly given: string | null;
  /** Resolves when the operator has it; called before anything is uploaded under it. */
  keep(key: string): Promise<void>;
  /** From here on this opens secret storage. */
  use(key: Uint8Array<ArrayBuffer>): void;
}

/** Puts the identity's private keys into secret storage, unless they are there. */
export async function secureIdentity(device: Device, recovery: Recovery): Promise<void> {
  let ready = false;
  await guarded(async (crypto) => {
    ready = await crypto.isSecretStorageReady();
  }, device);
  if (!ready) await makeStorage(device, recovery);
  drop(device.file, 'recovery-key');
}

async function makeStorage(device: Device, recovery: Recovery): Promise<void> {
  await guarded(async (crypto) => {
    const encoded =
      recovery.given ?? kept(device.file, 'recovery-key') ?? (await crypto.createRecoveryKeyFromPassphrase()).encodedPrivateKey;
    if (encoded === undefined) throw new MatrixFault('sdk-changed');
    // Ours first, so that after a kill the same key is used again; then the operator's; then the homeserver.
    keep(device.file, 'recovery-key', encoded);
    await recovery.keep(encoded);
    const privateKey = recoveryKeyBytes(encoded);
    recovery.use(privateKey);
    await crypto.bootstrapSecretStorage({
      createSecretStorageKey: async () => ({ privateKey, encodedPrivateKey: encoded }),
      setupNewSecretStorage: true,
      setupNewKeyBackup: false,
    });
  }, device);
}

/** Nothing of what the SDK throws goes on: it names the account and quotes the homeserver. */
async function guarded(act: (crypto: CryptoApi) => Promise<void>, { client }: Device): Promise<void> {
  const crypto = client.getCrypto();
  if (crypto === undefined) throw new MatrixFault('sdk-changed');
  try {
    await act(crypto);
  } catch (error) {
    if (error instanceof MatrixFault) throw error;
    const failure = failureOf(error);
    throw new MatrixFault(failure.outcome === 'later' && failure.code !== 'sdk-error' ? 'homeserver-away' : 'cross-signing-failed');
  }
}

export function recoveryKeyBytes(encoded: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(decodeRecoveryKey(encoded));
  } catch {
    throw new MatrixFault('recovery-key-wrong');
  }
}
