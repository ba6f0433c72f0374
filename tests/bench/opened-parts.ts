// The relay's own parts, opened from a settings file without starting the relay: its store and keys for filling, its queue for measuring.
import { readSettings } from '#settings/read-settings.ts';
import { systemChance } from '#vault/system-chance.ts';
import { systemClock } from '#vault/system-clock.ts';
import { openParts, type OpenParts } from '#workers/open-parts.ts';

export interface PartsFrom {
  readonly config: string;
  /** In place of those in the file. */
  readonly dataFolder?: string;
  readonly redisUrl?: string;
}

/** Nothing gathers. Closed with the stack. The relay must not run on the same folder. */
export const partsFrom = async (from: PartsFrom, stack: AsyncDisposableStack): Promise<OpenParts> => {
  const read = readSettings(from.config);
  if (!read.ok) throw new Error(`settings: ${JSON.stringify(read.why)}`);
  const { settings, secrets } = read.value;
  const { dataFolder = settings.service.dataFolder, redisUrl = settings.redis.url } = from;
  const opened = await openParts(
    {
      ready: {
        settings: { ...settings, service: { ...settings.service, dataFolder }, redis: { ...settings.redis, url: redisUrl } },
        secrets,
      },
      clock: systemClock(),
      chance: systemChance(),
      log: () => undefined,
      clockMoves: 'by-itself',
      failpoint: () => undefined,
    },
    stack,
  );
  const { parts } = opened;
  return { ...opened, parts: { ...parts, limits: { ...parts.limits, mailGatherMs: 0, chatGatherMs: 0 } } };
};
