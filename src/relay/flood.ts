// How many conversations have begun within the last hour, those of proven senders and the others apart: a flood of forged first
// mails must not drown those of people, nor take the proven ones' place.
import type { Level } from '#domain/case/state.ts';
import { spans } from '#domain/limits.ts';
import type { Parts } from '#relay/parts.ts';
import { later } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

const hourOf = (ms: number): number => Math.floor(ms / spans.hour);
const canonical = (level: Level, hour: number): string => `begun|${level === 0 ? 'unproven' : 'proven'}|${hour}`;

export const countBegun = (unit: Unit, parts: Parts, level: Level): void =>
  unit.index('robot-day', {
    canonical: canonical(level, hourOf(unit.now)),
    ref: parts.chance.id(),
    owner: null,
    dropAt: later(unit.now, 2 * spans.hour),
  });

export const isFlooded = async (unit: Unit, parts: Parts, level: Level): Promise<boolean> => {
  const hours = [hourOf(unit.now) - 1, hourOf(unit.now)];
  const entries = await Promise.all(
    hours.map((hour) => parts.store.lookup('robot-day', parts.vault.hash('robot-day', canonical(level, hour)).hash)),
  );
  return entries.flat().filter((entry) => unit.now - entry.at < spans.hour).length >= parts.service.unprovenCasesAnHour;
};
