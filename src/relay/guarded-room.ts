// The guard let nothing through: members, encryption or devices are not as they must be. For a moment that is so in every new room;
// where it stays so, the way on depends on whose room it is, and whoever waits for it is told.
import { spans } from '#domain/limits.ts';
import { replaceChat, sayFixed } from '#relay/chat-room.ts';
import { noticeUnsignedDevice } from '#relay/devices.ts';
import type { Tried } from '#relay/drain-outbox.ts';
import { chatGone } from '#relay/presence.ts';
import { again, done } from '#relay/room-work.ts';
import type { Guarded, In } from '#relay/room-work.ts';
import { loadRoom } from '#relay/rooms.ts';
import type { Unit } from '#relay/unit.ts';

/** With pauses of 1, 2, 4 and 8 seconds a new room has settled long before. */
const patientTries = 4;
const absentPauseMs = spans.hour;

/** Nobody is there to hear it; whoever comes back opens the lane again. */
const absent = (code: string, follow?: (unit: Unit) => Promise<void>): Tried => ({
  end: 'again',
  ms: absentPauseMs,
  counts: 'waiting',
  code,
  ...(follow === undefined ? {} : { follow }),
});

export const guardedIn = (here: In, outcome: Guarded): Tried => {
  const code = `guard-${outcome.why}`;
  const { parts } = here.channel;
  const { purpose } = here.room.for;
  const requesters = purpose === 'chat' || purpose === 'lobby';
  if (outcome.why === 'unsigned-device') return { ...again(code), follow: (unit) => noticeUnsignedDevice(unit, here.room) };
  if (here.row.attempts < patientTries) return again(code);
  switch (outcome.why) {
    case 'unencrypted':
    case 'member-unexpected':
      if (!requesters) return again(code);
      return done(async (unit) => {
        const room = await loadRoom(unit, here.room.ref);
        if (room === null || room.state === 'spoilt') return;
        await sayFixed(unit, parts, {
          roomId: here.roomId,
          key: outcome.why === 'unencrypted' ? 'requester.chat.unencrypted' : 'requester.chat.third-person',
        });
        await replaceChat(unit, parts, room);
      });
    case 'member-missing':
    case 'unknown-room':
      return absent(code, requesters ? (unit) => chatGone(unit, here.room.ref) : undefined);
  }
};
