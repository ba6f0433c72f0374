// What cannot be placed and has no sender that could be told is set aside: the operator owns it, by count and code, without seeing it.
import { spans } from '#domain/limits.ts';
import { emptied } from '#relay/finish.ts';
import type { Parts } from '#relay/parts.ts';
import { later } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

/** No raw thing is kept for longer. */
const keptMs = 7 * spans.day;

export const quarantine = (unit: Unit, id: string): void => {
  unit.write({ write: 'inbox-change', id, expect: 'received', change: { state: 'quarantined' } });
  unit.timer('quarantine', { ref: id, at: later(unit.now, keptMs) });
};

/** Its time is over: the bytes go, its keyed hash stays a while. */
export const endQuarantine = async (unit: Unit, parts: Parts, id: string): Promise<void> => {
  const row = await parts.store.inboxRow(id);
  if (row?.state === 'quarantined') unit.write({ write: 'inbox-change', id, expect: 'quarantined', change: emptied });
};
