// Words of a volunteer that did not arrive: said in the room they were written in. Whoever has left that room is out of it, and nothing
// follows them; then it is for whoever holds the conversation now, or takes it next, to know what the other has not read.
import type { Case } from '#domain/case/state.ts';
import type { Say } from '#domain/say.ts';
import { workWhenAwake } from '#relay/quiet-lane.ts';
import type { Parts } from '#relay/parts.ts';
import type { MessageOut } from '#relay/record-types.ts';
import { loadRoom, sayInRoom } from '#relay/rooms.ts';
import type { Unit } from '#relay/unit.ts';

const earlierFailed: Say = { key: 'case.earlier-failed' };

const isFailed = (message: MessageOut): boolean => message.state === 'failed' || message.state === 'bounced';

export const tellFailed = async (unit: Unit, of: { readonly message: MessageOut; readonly say: Say }): Promise<void> => {
  const { message } = of;
  const room = await loadRoom(unit, message.room);
  if (room !== null && room.state !== 'left') return sayInRoom(unit, room, [of.say], message.lines.at(-1)?.event);
  if (!isFailed(message)) return;
  const one = await unit.load('case', message.case);
  const now = one?.value.state.phase === 'open' ? await loadRoom(unit, one.value.state.holding.room) : null;
  if (now !== null) await workWhenAwake(unit, now, { work: 'say', room: now.ref, says: [earlierFailed] });
};

/** For the first words to a new holder: the last that was written before them, if it did not arrive. */
export const earlierFailures = async (parts: Parts, one: Case): Promise<readonly Say[]> => {
  const messages = await parts.records.find({ kind: 'message', parent: one.id });
  const sent = messages
    .map((record) => record.value)
    .filter((value): value is MessageOut => value.direction === 'out' && value.state !== 'withdrawn')
    .toSorted((a, b) => a.at - b.at);
  const last = sent.at(-1);
  return last !== undefined && isFailed(last) ? [earlierFailed] : [];
};
