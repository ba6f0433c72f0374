// What lies in the data folder, by name. Everything in it is made by the relay and closed to everybody else.
import { join } from 'node:path';

export interface DataFiles {
  readonly store: string;
  readonly front: string;
  readonly desk: string;
  /** Where the running relay answers the operator. */
  readonly socket: string;
}

export function dataFiles(folder: string): DataFiles {
  return {
    store: join(folder, 'hearken.sqlite'),
    front: join(folder, 'front.sqlite'),
    desk: join(folder, 'desk.sqlite'),
    socket: join(folder, 'hearken.sock'),
  };
}
