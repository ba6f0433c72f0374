// A person whose Matrix client is made from matrix-js-sdk.
import { join } from 'node:path';
import { TIMELINE_LIMIT } from '../servers/synapse.ts';
import { startDriver, type Driver } from './driver-process.ts';
import { makeSight, personFrom, type Sight } from './driven-person.ts';
import type { MatrixPerson, MatrixPersonOptions } from './matrix-person.ts';

export async function startSdkPerson(options: MatrixPersonOptions): Promise<MatrixPerson> {
  const sight = makeSight();
  return personFrom(await startSdkDriver(options, sight), { implementation: 'matrix-js-sdk', sight });
}

export function startSdkDriver(options: MatrixPersonOptions, sight: Sight): Promise<Driver> {
  const { homeserver, account, device = 'signed' } = options;
  return startDriver({
    command: [process.execPath, join(import.meta.dirname, 'sdk-driver.ts')],
    start: { baseUrl: homeserver.baseUrl, user: account.user, password: account.password, device, timelineLimit: TIMELINE_LIMIT },
    onEvent: (raw) => sight.onEvent(raw),
  });
}
