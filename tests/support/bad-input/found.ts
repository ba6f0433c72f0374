// What has once come to no good end, kept so that it is tried at every run. `npm run fuzz` adds to it.
import { readFile, writeFile } from 'node:fs/promises';
import type { RoomStep } from '#tests/support/bad-input/room-events.ts';

const file = new URL('./found.json', import.meta.url);

export interface Kept {
  /** What was wrong then, in words. */
  readonly what: string;
  /** A mail's bytes in base64. */
  readonly mail?: string;
  /** What happened in the rooms until then. */
  readonly events?: readonly RoomStep[];
}

const read = async (): Promise<readonly Kept[]> => JSON.parse(await readFile(file, 'utf8')) as readonly Kept[];

export const foundBefore = async (): Promise<{ readonly mails: readonly Buffer[]; readonly events: readonly (readonly RoomStep[])[] }> => {
  const kept = await read();
  return {
    mails: kept.flatMap(({ mail }) => (mail === undefined ? [] : [Buffer.from(mail, 'base64')])),
    events: kept.flatMap(({ events }) => (events === undefined ? [] : [events])),
  };
};

export const keepFound = async (found: readonly Kept[]): Promise<void> => {
  const kept = await read();
  const known = new Set(kept.map((each) => JSON.stringify(each.mail ?? each.events)));
  const fresh = found.filter((each) => !known.has(JSON.stringify(each.mail ?? each.events)));
  if (fresh.length > 0) await writeFile(file, `${JSON.stringify([...kept, ...fresh], null, 2)}\n`);
};
