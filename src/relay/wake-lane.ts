// Opens the gate of a lane's first row: what it waited for has happened. A line that gathers waits for something else.
import type { Parts } from '#relay/parts.ts';
import { laneOf } from '#relay/unit.ts';
import type { LaneTo, Unit } from '#relay/unit.ts';

export const wakeLane = async (unit: Unit, parts: Parts, to: LaneTo): Promise<void> => {
  const lane = await laneOf(parts, to);
  const head = (await parts.store.outboxRows(lane)).find((row) => row.state !== 'gathering');
  if (head === undefined) return;
  unit.write({ write: 'outbox-change', id: head.id, expect: [head.state], change: { notBefore: unit.now } });
  unit.wake(to.role, lane);
};
