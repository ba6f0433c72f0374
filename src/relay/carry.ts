// How a message looks on the other side, and what follows when it has got there.
import { loadOut, markLines, putMessage } from '#relay/outgoing.ts';
import type { Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import type { Parts } from '#relay/parts.ts';
import type { Copy, Message } from '#relay/record-types.ts';
import { workWhenAwake } from '#relay/quiet-lane.ts';
import { renderFor } from '#relay/room-work.ts';
import { loadRoom, sayInRoom, workInRoom } from '#relay/rooms.ts';
import { knowsSpeaker, speakingSay } from '#relay/speaker.ts';
import { tellRequester } from '#relay/tell-requester.ts';
import type { Unit } from '#relay/unit.ts';
import { hasUnreadLetters } from '#relay/unread-letters.ts';

export interface CarryTexts {
  /** A notice of the bot before and after the words themselves. */
  readonly before: string | null;
  readonly body: string;
  readonly after: string | null;
}

/** The words as they stand now. Null: there is nothing to carry any more. */
export const textOf = (message: Message): string | null => {
  if (message.direction === 'in') return message.hidden === 'hidden' ? null : message.text;
  const texts = message.lines.flatMap((line) => (line.text === null ? [] : [line.text]));
  return texts.length === 0 ? null : texts.join('\n\n');
};

export const carryTexts = async (parts: Parts, of: { readonly message: Message; readonly room: Room }): Promise<CarryTexts | null> => {
  const { message, room } = of;
  const body = textOf(message);
  if (body === null) return null;
  if (message.direction === 'out' || room.for.purpose !== 'case') {
    const speaking = await speakingSay(parts, { message, room });
    return { before: speaking === null ? null : await renderFor(parts, room, [speaking]), body, after: null };
  }
  const render = (says: readonly Say[]): string | null =>
    says.length === 0 ? null : says.map((say) => parts.words.render(parts.service.language, say).trim()).join('\n\n');
  const record = await parts.records.load('volunteer', room.for.volunteer);
  const zone = record?.value.volunteer.zone ?? parts.service.zone;
  const late: readonly Say[] =
    message.lateFrom === null
      ? []
      : [{ key: 'case.late', slots: { when: { slot: 'time', value: message.lateFrom, zone, form: 'day-and-clock' } } }];
  const after: Say[] = [];
  if (message.length === 'cut') after.push({ key: 'case.cut' });
  if (message.event === null && hasUnreadLetters(body)) after.push({ key: 'case.garbled' });
  if (message.files > 0) after.push({ key: 'case.their-file' });
  return { before: render(late), body, after: render(after) };
};

/** It is there: where its copies are, and for the volunteer's words their state and marks. A long text stands in several events. */
export const carried = async (
  unit: Unit,
  of: { readonly message: Message; readonly room: Room; readonly events: readonly string[] },
): Promise<void> => {
  const fresh = await unit.load('message', of.message.id);
  if (fresh === null) return;
  const before = fresh.value;
  const copies = copiesIn(before, of);
  const value: Message =
    before.direction === 'out'
      ? { ...before, copies, state: before.state === 'withdrawn' ? 'withdrawn' : 'accepted' }
      : { ...before, copies };
  await putMessage(unit, value);
  if (value.direction === 'out') await markLines(unit, value);
  if (value.direction === 'out' && of.room.for.purpose === 'chat')
    await knowsSpeaker(unit, { contact: of.room.for.contact, room: value.room });
  // Changed or taken back while it was on its way.
  const [sent, now] = [textOf(of.message), textOf(value)];
  if (now !== sent)
    await workInRoom(unit, of.room, { work: now === null ? 'carry-removal' : 'carry-edit', room: of.room.ref, message: value.id });
};

const copiesIn = (message: Message, of: { readonly room: Room; readonly events: readonly string[] }): readonly Copy[] => [
  ...message.copies.filter((copy) => copy.room !== of.room.ref),
  ...of.events.map((event) => ({ room: of.room.ref, event })),
];

export const carriedEdit = async (
  unit: Unit,
  of: { readonly sent: Message; readonly room: Room; readonly events: readonly string[] },
): Promise<void> => {
  const fresh = await unit.load('message', of.sent.id);
  if (fresh === null) return;
  const value: Message = { ...fresh.value, copies: copiesIn(fresh.value, of) };
  await putMessage(unit, value);
  if (value.direction === 'out') await markLines(unit, value);
};

export const carriedRemoval = async (unit: Unit, of: { readonly message: Message; readonly room: Room }): Promise<void> => {
  const fresh = await unit.load('message', of.message.id);
  if (fresh === null) return;
  const copies = fresh.value.copies.filter((copy) => copy.room !== of.room.ref);
  await putMessage(unit, { ...fresh.value, copies });
  if (of.message.direction === 'in')
    await workWhenAwake(unit, of.room, { work: 'say', room: of.room.ref, says: [{ key: 'case.they-removed' }] });
};

/** It could not be brought to the other side, for good: the one who wrote it is told. */
export const tellUndelivered = async (unit: Unit, parts: Parts, message: Message): Promise<void> => {
  if (message.direction === 'in') {
    const one = await unit.load('case', message.case);
    if (one !== null)
      await tellRequester(unit, parts, {
        one: one.value,
        says: [{ key: one.value.channel === 'mail' ? 'requester.mail.fault' : 'requester.chat.fault' }],
      });
    return;
  }
  const fresh = await loadOut(unit, message.id);
  if (fresh === null || fresh.state === 'withdrawn') return;
  const changed = { ...fresh, state: 'failed' as const };
  await putMessage(unit, changed);
  await markLines(unit, changed);
  const room = await loadRoom(unit, fresh.room);
  if (room !== null && room.state !== 'left') await sayInRoom(unit, room, [{ key: 'case.failed' }], fresh.lines.at(-1)?.event);
};
