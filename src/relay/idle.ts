// An open case in which nobody wrote for a long time: the holder is asked, and after a longer time it closes by itself.
import type { Case } from '#domain/case/state.ts';
import type { RoomRef } from '#domain/ids.ts';
import type { Parts } from '#relay/parts.ts';
import { askInRoom, questionAbout } from '#relay/questions.ts';
import { loadRoom } from '#relay/rooms.ts';
import type { Unit } from '#relay/unit.ts';

const about = (one: Case): string => `idle:${one.id}`;

export const askIdle = async (unit: Unit, parts: Parts, of: { readonly one: Case; readonly ref: RoomRef }): Promise<void> => {
  const room = await loadRoom(unit, of.ref);
  // Asked before a rest, and not answered yet.
  if (room === null || (await questionAbout(unit, room, about(of.one))) !== null) return;
  await askInRoom(unit, parts, {
    room,
    ask: {
      about: about(of.one),
      asks: { key: 'case.quiet-ask', slots: { close: { slot: 'span', ms: parts.limits.idleCloseMs - parts.limits.idleAskMs } } },
      answers: [
        { word: '1', also: ['close'], act: { act: 'close', case: of.one.id } },
        { word: '2', also: ['stay'], act: { act: 'stay', case: of.one.id } },
      ],
      silence: { act: 'nothing' },
    },
  });
};
