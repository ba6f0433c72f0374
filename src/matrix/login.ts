// Logs an account in, once, for its life: chooses the device, keeps the credentials, makes the identity and its recovery key. Safe to run again after a kill.
import { randomBytes } from 'node:crypto';
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import type { BotName } from '#relay/matrix-port.ts';
import type { Clock } from '#relay/clock.ts';
import type { Log } from '#relay/log.ts';
import { openAccountFile } from '#matrix/account-file.ts';
import type { AccountFile, GenerationWitness } from '#matrix/account-file.ts';
import { failureOf } from '#matrix/answers.ts';
import { barrierFetch } from '#matrix/barrier-fetch.ts';
import { keep, kept } from '#matrix/credentials.ts';
import type { Credentials } from '#matrix/credentials.ts';
import { mendIdentity, recoveryKeyBytes, replaceIdentity, secureIdentity } from '#matrix/cross-signing.ts';
import type { Recovery } from '#matrix/cross-signing.ts';
import { until } from '#matrix/deadline.ts';
import { openDevice } from '#matrix/device.ts';
import type { Device } from '#matrix/device.ts';
import type { Failpoint } from '#matrix/failpoint.ts';
import { noFailpoint } from '#matrix/failpoint.ts';
import { MatrixFault } from '#matrix/fault.ts';
import type { MatrixFaultCode } from '#matrix/fault.ts';
import { homeserverUrl } from '#matrix/homeserver.ts';
import { sdk, silent } from '#matrix/quiet-sdk.ts';
import { isRecord, listOf, textOr } from '#matrix/raw-event.ts';

export interface LoginOptions {
  readonly bot: BotName;
  readonly homeserver: string;
  /** The localpart or the whole user id. */
  readonly user: string;
  readonly password: string;
  /** Shown to everybody who shares a room with the account. */
  readonly deviceName: string;
  readonly file: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly witness: GenerationWitness | null;
  /** The account's recovery key where it has one from an earlier device, else null. */
  readonly recoveryKey: string | null;
  /** Writes the recovery key down for the operator; resolves when it is safe. Called before anything is uploaded under it, and again with the same key after a kill. */
  readonly keepRecoveryKey: (key: string) => Promise<void>;
  /** `fresh`: a finished or broken file is thrown away and a new device made. `resume`: an unfinished login goes on, a finished one stays. */
  readonly start: 'resume' | 'fresh';
  /** `replace`: the identity is lost (no recovery key) and a new one takes its place; whoever knew the old one is told by their client. */
  readonly identity: 'keep' | 'replace';
  readonly clock: Clock;
  readonly log: Log;
  readonly die: (code: MatrixFaultCode) => void;
  readonly failpoint?: Failpoint;
}

const readyMs = 60_000;
/**
 * Begins the ids of our devices, so that they can be told from those of whoever looks after the account. It stands in clear in each
 * event, and in the clients of all who share a room with the bot: it must not say what this is.
 */
const ownDevices = 'LETTERBOX';

/** Throws `MatrixFault`: `login-refused`, `login-later`, `other-account`, `recovery-key-needed`, `cross-signing-failed`, and what the file can say. */
export async function loginOnce(options: LoginOptions): Promise<{ readonly userId: string; readonly deviceId: string }> {
  const homeserver = homeserverUrl(options.homeserver);
  const failpoint = options.failpoint ?? noFailpoint;
  const { bot, log, clock, password } = options;
  let recoveryKey = options.recoveryKey === null ? null : recoveryKeyBytes(options.recoveryKey);
  const recovery: Recovery = {
    given: options.recoveryKey,
    keep: options.keepRecoveryKey,
    use(key) {
      recoveryKey = key;
    },
  };

  await using file = await openAccountFile({
    path: options.file,
    key: options.key,
    make: options.start === 'fresh' ? 'replacing' : 'new',
    witness: options.witness,
    die: options.die,
    failpoint,
  });
  const credentials = kept(file, 'credentials') ?? (await logIn(file, { ...options, homeserver, failpoint }));
  if (credentials.userId !== options.user && !credentials.userId.startsWith(`@${options.user.toLowerCase()}:`))
    throw new MatrixFault('other-account');
  const who = { userId: credentials.userId, deviceId: credentials.deviceId };
  if (kept(file, 'finished') !== null) return who;

  await using device = await openDevice({
    bot,
    homeserver,
    file,
    credentials,
    log,
    clock,
    failpoint,
    kept: () => undefined,
    devicesChanged: () => undefined,
    stateChanged: () => undefined,
    recoveryKey: () => recoveryKey,
  });
  await device.start();
  const synced = await until(readyMs, () => (device.state().state === 'syncing' ? 'yes' : null));
  if (synced === null) throw new MatrixFault('homeserver-away');
  if (options.identity === 'replace') await replaceIdentity(device, { password, recovery });
  else await mendIdentity(device, { password, recoveryKey: options.recoveryKey === null ? 'none' : 'given' });
  await secureIdentity(device, recovery);
  await dropOlderDevices(device, password);
  keep(file, 'finished', 'yes');
  return who;
}

async function logIn(
  file: AccountFile,
  options: LoginOptions & { readonly homeserver: string; readonly failpoint: Failpoint },
): Promise<Credentials> {
  const deviceId = kept(file, 'device') ?? `${ownDevices}${randomBytes(8).toString('hex').toUpperCase()}`;
  // Before the request: a login that was answered but not kept is repeated as the same device and leaves no stray one.
  keep(file, 'device', deviceId);
  const client = sdk.createClient({
    baseUrl: options.homeserver,
    logger: silent,
    fetchFn: barrierFetch({
      file,
      failpoint: options.failpoint,
      answered: () => undefined,
      devicesTold: () => undefined,
      leaves: () => [],
    }),
  });
  let answer: unknown;
  try {
    answer = await client.http.request(Method.Post, '/login', undefined, {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: options.user },
      password: options.password,
      device_id: deviceId,
      initial_device_display_name: options.deviceName,
    });
  } catch (error) {
    throw new MatrixFault(failureOf(error).outcome === 'refused' ? 'login-refused' : 'login-later');
  }
  if (
    !isRecord(answer) ||
    typeof answer['user_id'] !== 'string' ||
    typeof answer['access_token'] !== 'string' ||
    answer['device_id'] !== deviceId
  )
    throw new MatrixFault('answer-malformed');
  const credentials = { userId: answer['user_id'], deviceId, accessToken: answer['access_token'] };
  keep(file, 'credentials', credentials);
  return credentials;
}

/** Devices whose file is gone: every message would be encrypted to them, and one that the identity no longer signs would block the desk. */
async function dropOlderDevices({ client, credentials }: Device, password: string): Promise<void> {
  try {
    const answer: unknown = await client.http.authedRequest(Method.Get, '/devices');
    const ids = (isRecord(answer) ? listOf(answer['devices']) : []).map((one) => (isRecord(one) ? textOr(one['device_id'], '') : ''));
    const devices = ids.filter((id) => id.startsWith(ownDevices) && id !== credentials.deviceId);
    if (devices.length === 0) return;
    const session = await client.http.authedRequest(Method.Post, '/delete_devices', undefined, { devices }).then(
      () => null,
      (error: unknown) => (isRecord(error) && isRecord(error['data']) ? textOr(error['data']['session'], null) : null),
    );
    if (session === null) return;
    const auth = { type: 'm.login.password', identifier: { type: 'm.id.user', user: credentials.userId }, password, session };
    await client.http.authedRequest(Method.Post, '/delete_devices', undefined, { devices, auth });
  } catch {
    throw new MatrixFault('login-later');
  }
}
