// Matching is asked for in the unit in which something changed, and done in a unit of its own right after it.
import type { Parts } from '#relay/parts.ts';
import { laneOf } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

export const tidyLane = { role: 'tidy', name: 'timers' } as const;

/** Look for volunteers for all cases that wait, once this unit is committed. */
export const matchSoon = async (unit: Unit, parts: Parts): Promise<void> => {
  unit.timer('match', { ref: 'all', at: unit.now });
  unit.wake('tidy', await laneOf(parts, tidyLane));
};
