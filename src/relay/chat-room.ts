// The requester's chat: its record when there is none yet, the contact behind it, and a new room when the old one is no longer private.
import type { Case } from '#domain/case/state.ts';
import type { CaseId, ContactId } from '#domain/ids.ts';
import type { Room } from '#domain/room.ts';
import { beginCase } from '#relay/begin-case.ts';
import type { Parts } from '#relay/parts.ts';
import type { Contact } from '#relay/record-types.ts';
import { adoptRoom, findRoom, indexRoom, laneOfRoom, makeRoom, putRoom, sayInRoom, workOwnerOf } from '#relay/rooms.ts';
import { openWork } from '#relay/sealed-work.ts';
import { laneOf, underWayBack } from '#relay/unit.ts';
import type { LaneTo, Unit } from '#relay/unit.ts';

/** Rooms that have no record are worked in a lane of their Matrix id; its name is hashed like all others. */
export const laneOfUnknownRoom = (roomId: string): LaneTo => ({ role: 'front-bot', name: `unknown|${roomId}` });

export const joinRoom = (unit: Unit, roomId: string): Promise<string> =>
  unit.work(laneOfUnknownRoom(roomId), { work: { work: 'join', roomId }, owner: null });

export const declineRoom = (unit: Unit, roomId: string): Promise<string> =>
  unit.work(laneOfUnknownRoom(roomId), { work: { work: 'decline', roomId }, owner: null });

/** The room's record; an encrypted room that is not known becomes a lobby, which the first words turn into a chat. */
export const chatRoomOf = async (unit: Unit, parts: Parts, seen: { readonly roomId: string; readonly sender: string }): Promise<Room> =>
  (await findRoom(unit, parts, seen.roomId)) ?? (await adoptRoom(unit, parts, { purpose: { purpose: 'lobby' }, roomId: seen.roomId, other: seen.sender }));

const localPart = (userId: string): string => userId.replace(/^@/u, '').replace(/:.*$/u, '');

/** What is known of somebody by their Matrix id; to take out of what they write. */
export const knownOf = (userId: string): readonly string[] => [userId, localPart(userId)];

/** The first words in a room begin a case; the lobby becomes its chat. */
export const beginChatCase = async (unit: Unit, parts: Parts, of: { readonly room: Room; readonly roomId: string }): Promise<Case> => {
  const { room } = of;
  const one = await beginCase(unit, parts, {
    channel: 'matrix',
    level: 2,
    automatic: 'yes',
    canonical: `matrix|${room.other}`,
    contact: (ids): Contact => ({ kind: 'matrix', id: ids.contact, case: ids.case, userId: room.other, known: knownOf(room.other), room: room.ref }),
  });
  unit.unindex('room', of.roomId);
  const chat: Room = { ...room, for: { purpose: 'chat', case: one.id, contact: one.contact }, state: 'joined', roomId: of.roomId };
  await putRoom(unit, chat);
  indexRoom(unit, chat, of.roomId);
  return one;
};

/** Words go on in a new encrypted room with the requester alone. An old lobby is simply replaced. */
export const replaceChat = async (unit: Unit, parts: Parts, room: Room): Promise<Room> => {
  await putRoom(unit, { ...room, state: 'spoilt' });
  const fresh = await makeRoom(unit, parts, { purpose: room.for, other: room.other });
  if (room.for.purpose === 'chat') await pointContactTo(unit, { contact: room.for.contact, case: room.for.case, room: fresh });
  await sayInRoom(unit, fresh, [{ key: 'requester.chat.new-room' }]);
  await moveWaiting(unit, parts, { from: room, to: fresh });
  return fresh;
};

/** What had not gone out into the old room goes into the new one, in its order. Marks stay behind: their events are there. */
const moveWaiting = async (unit: Unit, parts: Parts, of: { readonly from: Room; readonly to: Room }): Promise<void> => {
  for (const row of await parts.store.outboxRows(await laneOf(parts, laneOfRoom(of.from)))) {
    const work = await openWork(parts.vault, row);
    if (work.work !== 'say' && work.work !== 'ask' && work.work !== 'carry') continue;
    unit.write({ write: 'outbox-drop', id: row.id });
    const moved = { ...work, room: of.to.ref };
    await unit.work(laneOfRoom(of.to), { work: moved, owner: workOwnerOf(of.to.for), notBefore: row.notBefore, state: row.state === 'gathering' ? 'gathering' : 'queued' });
  }
};

const pointContactTo = async (unit: Unit, to: { readonly contact: ContactId; readonly case: CaseId; readonly room: Room }): Promise<void> => {
  const contact = await unit.load('contact', to.contact);
  if (contact === null || contact.value.kind !== 'matrix') return;
  await unit.put('contact', { ...contact, under: underWayBack(to.case), value: { ...contact.value, room: to.room.ref } });
};

/** Fixed words into a room that is unencrypted or has somebody else in it. */
export const sayFixed = (unit: Unit, parts: Parts, of: { readonly roomId: string; readonly key: string }): Promise<string> =>
  unit.work(laneOfUnknownRoom(of.roomId), {
    work: { work: 'fixed', roomId: of.roomId, say: { key: of.key }, language: parts.service.language },
    owner: null,
  });
