// What lies in the data folder, by name. Everything in it is made by the relay and closed to everybody else.
import { join } from 'node:path';

export interface DataFiles {
  readonly store: string;
  /** The wrapped keys of cases and volunteers, in a file of their own. */
  readonly caseKeys: string;
  readonly front: string;
  readonly desk: string;
  readonly socket: string;
}

export function dataFiles(folder: string): DataFiles {
  return {
    store: join(folder, 'hearken.sqlite'),
    caseKeys: join(folder, 'case-keys.sqlite'),
    front: join(folder, 'front-bot.sqlite'),
    desk: join(folder, 'desk-bot.sqlite'),
    socket: join(folder, 'operator.sock'),
  };
}
