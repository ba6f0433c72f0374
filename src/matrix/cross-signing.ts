// The account's own identity: looked up at the homeserver at each start and mended, since the SDK's own view of it can be wrong after a kill.
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
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
  const at = (value: unknown, ...path: readonly string[]): unknown => path.reduce<unknown>((here, step) => (isRecord(here) ? here[step] : undefined), value);
  if (!isRecord(at(answer, 'master_keys', userId))) return 'none';
  const selfSigning = Object.keys((at(answer, 'self_signing_keys', userId, 'keys') ?? {}) as object);
  const signatures = Object.keys((at(answer, 'device_keys', userId, deviceId, 'signatures', userId) ?? {}) as object);
  return selfSigning.some((key) => signatures.includes(key)) ? 'signed' : 'device-unsigned';
}

export interface IdentityParts {
  /** Only at login: resetting or a strict homeserver asks for it. */
  readonly password: string | null;
  /** `reset`: an identity that nobody can open any more is replaced; volunteers will be told that it changed. */
  readonly identity: 'keep' | 'reset';
}

/** Resolves when the homeserver says that this device is signed; else throws `cross-signing-failed` or `recovery-key-needed`. */
export async function mendIdentity(device: Device, parts: IdentityParts): Promise<void> {
  const crypto = device.client.getCrypto();
  if (crypto === undefined) throw new MatrixFault('sdk-changed');
  const found = await ownIdentity(device);
  if (found === 'signed' && parts.identity === 'keep') return;
  const { userId, deviceId } = device.credentials;
  try {
    // Without having seen the public keys, importing the private ones fails.
    await crypto.userHasCrossSigningKeys(userId, true);
    const { privateKeysCachedLocally: cached, privateKeysInSecretStorage: inStorage } = await crypto.getCrossSigningStatus();
    const canSign = cached.selfSigningKey || inStorage;
    if (found === 'device-unsigned' && parts.identity === 'keep') {
      if (!canSign) throw new MatrixFault('recovery-key-needed');
      await crypto.bootstrapCrossSigning({});
      await crypto.crossSignDevice(deviceId);
    } else {
      await crypto.bootstrapCrossSigning({ setupNewCrossSigning: true, authUploadDeviceSigningKeys: (request) => request(authOf(parts, userId)) });
    }
  } catch (error) {
    if (error instanceof MatrixFault) throw error;
    throw new MatrixFault(failureOf(error).outcome === 'later' && failureOf(error).code === 'unreachable' ? 'homeserver-away' : 'cross-signing-failed');
  }
  const signed = await until(10_000, async () => ((await ownIdentity(device)) === 'signed' ? 'signed' : null), 500);
  if (signed === null) throw new MatrixFault('cross-signing-failed');
}

const authOf = ({ password }: IdentityParts, user: string): { type: string; identifier: { type: string; user: string }; password: string } | null =>
  password === null ? null : { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password };

/** Puts the identity's private keys into secret storage under a recovery key that the operator has before anything is uploaded. */
export async function secureIdentity(device: Device, { recovery }: { readonly recovery: { readonly given: string | null; keep(key: string): Promise<void>; use(key: Uint8Array<ArrayBuffer>): void } }): Promise<void> {
  const crypto = device.client.getCrypto();
  if (crypto === undefined) throw new MatrixFault('sdk-changed');
  if (await crypto.isSecretStorageReady()) {
    drop(device.file, 'recovery-key');
    return;
  }
  const made = await crypto.createRecoveryKeyFromPassphrase();
  const encoded = recovery.given ?? kept(device.file, 'recovery-key') ?? made.encodedPrivateKey;
  if (encoded === undefined) throw new MatrixFault('sdk-changed');
  // Ours first, so that a kill between here and the end uses the same key again; then the operator's; then the homeserver.
  keep(device.file, 'recovery-key', encoded);
  await recovery.keep(encoded);
  const privateKey = recoveryKeyBytes(encoded);
  recovery.use(privateKey);
  await crypto.bootstrapSecretStorage({ createSecretStorageKey: async () => ({ privateKey, encodedPrivateKey: encoded }), setupNewSecretStorage: true, setupNewKeyBackup: false });
  drop(device.file, 'recovery-key');
}

export function recoveryKeyBytes(encoded: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(decodeRecoveryKey(encoded));
  } catch {
    throw new MatrixFault('recovery-key-wrong');
  }
}
