// A thing from the inbox is dealt with: its content goes, its keyed hash stays a while so that a repeat is recognised.
import { spans } from '#domain/limits.ts';
import { later } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

const gone = new Uint8Array();

/** Dealt with: nothing of it can be read any more. */
export const emptied = { state: 'done', wrappedKey: gone, sealed: gone } as const;

export const finish = (unit: Unit, id: string): void => unit.write({ write: 'inbox-change', id, expect: 'received', change: emptied });

const lookAgainMs = 2 * spans.second;

/** Not yet: what it needs is on its way here. Its lane waits with it. */
export const lookAgain = (unit: Unit, id: string): void =>
  unit.write({ write: 'inbox-change', id, expect: 'received', change: { notBefore: later(unit.now, lookAgainMs) } });
