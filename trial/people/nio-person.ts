// A person whose Matrix client is made from matrix-nio: an implementation of the protocol of its own.
import { join } from 'node:path';
import { installServers } from '../install/servers.ts';
import { TIMELINE_LIMIT } from '../servers/synapse.ts';
import { startDriver } from './driver-process.ts';
import { makeSight, personFrom } from './driven-person.ts';
import type { MatrixPerson, MatrixPersonOptions } from './matrix-person.ts';
import { startSdkDriver } from './sdk-person.ts';

export async function startNioPerson(options: MatrixPersonOptions): Promise<MatrixPerson> {
  const { homeserver, account, device = 'signed' } = options;
  const { python } = await installServers(() => undefined);
  const sight = makeSight();
  await using started = new AsyncDisposableStack();
  const driver = started.use(
    await startDriver({
      command: [python, join(import.meta.dirname, 'nio_driver.py')],
      start: { baseUrl: homeserver.baseUrl, user: account.user, password: account.password, device, timelineLimit: TIMELINE_LIMIT },
      onEvent: (raw) => sight.onEvent(raw),
    }),
  );
  if (device === 'signed') await signOnce(options, driver.deviceId);
  started.move();
  return personFrom(driver, { implementation: 'matrix-nio', sight });
}

/** nio knows no cross-signing: another client of the same person, gone afterwards, signs its device. */
async function signOnce(options: MatrixPersonOptions, deviceId: string): Promise<void> {
  await using signer = await startSdkDriver({ ...options, device: 'signed' }, makeSight());
  await signer.call({ do: 'sign-device', deviceId });
  await signer.call({ do: 'log-out' });
}
