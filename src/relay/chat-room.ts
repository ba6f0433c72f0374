// The requester's chat: its record when there is none yet, the contact behind it, and a new room when the old one is no longer private.
import type { Case } from '#domain/case/state.ts';
import type { CaseId, ContactId, RoomRef } from '#domain/ids.ts';
import { spans } from '#domain/limits.ts';
import type { Room } from '#domain/room.ts';
import { beginCase } from '#relay/begin-case.ts';
import { withHelplines } from '#relay/not-yet.ts';
import type { Parts } from '#relay/parts.ts';
import type { Contact } from '#relay/record-types.ts';
import { loadQuestions, putQuestion } from '#relay/questions.ts';
import {
  adoptRoom,
  findRoom,
  indexRoom,
  laneOfRoom,
  loadRoom,
  makeRoom,
  putRoom,
  sayInRoom,
  workInRoom,
  workOwnerOf,
} from '#relay/rooms.ts';
import { openWork } from '#relay/sealed-work.ts';
import { laneOf, later, underWayBack } from '#relay/unit.ts';
import type { LaneTo, Unit } from '#relay/unit.ts';

/** Rooms that have no record are worked in a lane of their Matrix id; its name is hashed like all others. */
export const laneOfUnknownRoom = (roomId: string): LaneTo => ({ role: 'front-bot', name: `unknown|${roomId}` });

export const joinRoom = (unit: Unit, roomId: string): Promise<string> =>
  unit.work(laneOfUnknownRoom(roomId), { work: { work: 'join', roomId }, owner: null });

export const declineRoom = (unit: Unit, roomId: string): Promise<string> =>
  unit.work(laneOfUnknownRoom(roomId), { work: { work: 'decline', roomId }, owner: null });

/** The room's record; an encrypted room that is not known becomes a lobby, which the first words turn into a chat. */
export const chatRoomOf = async (unit: Unit, parts: Parts, seen: { readonly roomId: string; readonly sender: string }): Promise<Room> => {
  const known = await findRoom(unit, parts, seen.roomId);
  return known ?? makeLobby(unit, await adoptRoom(unit, parts, { purpose: { purpose: 'lobby' }, roomId: seen.roomId, other: seen.sender }));
};

/** The first words in a room begin a case; the lobby becomes its chat. */
export const beginChatCase = async (
  unit: Unit,
  parts: Parts,
  of: { readonly room: Room; readonly roomId: string; readonly known: readonly string[] },
): Promise<Case> => {
  const { room } = of;
  const one = await beginCase(unit, parts, {
    channel: 'matrix',
    userId: room.other,
    level: 2,
    automatic: 'yes',
    canonical: `matrix|${room.other}`,
    contact: (ids): Contact => ({
      kind: 'matrix',
      id: ids.contact,
      case: ids.case,
      userId: room.other,
      known: of.known,
      room: room.ref,
      hears: null,
    }),
  });
  unit.unindex('room', of.roomId);
  const chat: Room = { ...room, for: { purpose: 'chat', case: one.id, contact: one.contact }, state: 'joined', roomId: of.roomId };
  await putRoom(unit, chat);
  indexRoom(unit, chat, of.roomId);
  return one;
};

const lobbyMs = 7 * spans.day;

/** A room in which nothing has been begun yet. Nothing of it is kept for long: it holds who somebody is, and no case does. */
export const makeLobby = async (unit: Unit, room: Room): Promise<Room> => {
  const lobby: Room = { ...room, for: { purpose: 'lobby' } };
  await putRoom(unit, lobby);
  unit.timer('lobby', { ref: room.ref, at: later(unit.now, lobbyMs) });
  return lobby;
};

export const forgetLobby = async (unit: Unit, ref: RoomRef): Promise<void> => {
  const room = await loadRoom(unit, ref);
  if (room === null || room.for.purpose !== 'lobby') return;
  unit.drop('room', ref);
  if (room.roomId !== null) unit.unindex('room', room.roomId);
};

/** Is a chat for this person being made, whose Matrix id could be this one? */
export const chatBeingMade = async (
  unit: Unit,
  parts: Parts,
  seen: { readonly roomId: string; readonly sender: string },
): Promise<boolean> => {
  if ((await findRoom(unit, parts, seen.roomId)) !== null) return false;
  const wanted = await parts.records.find({ kind: 'room', states: ['wanted'] });
  return wanted.some(({ value }) => value.other === seen.sender && (value.for.purpose === 'chat' || value.for.purpose === 'lobby'));
};

/**
 * Somebody whose chat is gone has come in another room: their conversation goes on here. A chat that stands stays what it is,
 * and another room of theirs beside it is another conversation.
 */
export const goOnWithCase = async (
  unit: Unit,
  parts: Parts,
  of: { readonly room: Room; readonly roomId: string },
): Promise<Case | null> => {
  const { room } = of;
  if (room.for.purpose !== 'lobby') return null;
  for (const entry of await parts.store.lookup('contact', parts.vault.hash('contact', `matrix|${room.other}`).hash)) {
    const one = (await unit.load('case', entry.ref))?.value ?? null;
    const contact = one === null ? null : await unit.load('contact', one.contact);
    if (one === null || contact === null || contact.value.kind !== 'matrix' || contact.value.room === room.ref) continue;
    const old = await loadRoom(unit, contact.value.room);
    const over = one.state.phase === 'closed' && unit.now - one.state.at > parts.limits.reopenMs;
    if (over || old?.state === 'joined') continue;
    const chat: Room = { ...room, for: { purpose: 'chat', case: one.id, contact: one.contact } };
    await takeOver(unit, parts, { from: old, to: chat });
    unit.unindex('room', of.roomId);
    indexRoom(unit, chat, of.roomId);
    return one;
  }
  return null;
};

/** Words go on in a new encrypted room with the requester alone. An old lobby is simply replaced. */
export const replaceChat = async (unit: Unit, parts: Parts, room: Room): Promise<Room> => {
  const fresh = await makeRoom(unit, parts, { purpose: room.for, other: room.other });
  if (room.for.purpose === 'lobby') unit.timer('lobby', { ref: fresh.ref, at: later(unit.now, lobbyMs) });
  const says = [{ key: 'requester.chat.new-room' }];
  const whom = `matrix|${room.other}`;
  await sayInRoom(unit, fresh, room.for.purpose === 'lobby' ? await withHelplines(unit, parts, { whom, says }) : says);
  await takeOver(unit, parts, { from: room, to: fresh });
  await putRoom(unit, { ...room, state: 'spoilt', questions: [] });
  return fresh;
};

/** The contact points to the new room; what waited and what is asked there goes with it. */
const takeOver = async (unit: Unit, parts: Parts, of: { readonly from: Room | null; readonly to: Room }): Promise<void> => {
  const { from, to } = of;
  await putRoom(unit, to);
  if (to.for.purpose === 'chat') await pointContactTo(unit, { contact: to.for.contact, case: to.for.case, room: to });
  if (from === null) return;
  await moveWaiting(unit, parts, { from, to });
  await moveQuestions(unit, { from, to });
  if (from.state !== 'spoilt') await putRoom(unit, { ...from, state: 'gone', questions: [] });
};

/** What had not gone out into the old room goes into the new one, in its order. Marks stay behind: their events are there. */
const moveWaiting = async (unit: Unit, parts: Parts, of: { readonly from: Room; readonly to: Room }): Promise<void> => {
  for (const row of await parts.store.outboxRows(await laneOf(parts, laneOfRoom(of.from)))) {
    const work = await openWork(parts.vault, row);
    if (work.work !== 'say' && work.work !== 'carry') continue;
    unit.write({ write: 'outbox-drop', id: row.id });
    const moved = { ...work, room: of.to.ref };
    await unit.work(laneOfRoom(of.to), {
      work: moved,
      owner: workOwnerOf(of.to.for),
      notBefore: row.notBefore,
      state: row.state === 'gathering' ? 'gathering' : 'queued',
    });
  }
};

/** Whatever is still to be answered is asked once more where it can be. */
const moveQuestions = async (unit: Unit, of: { readonly from: Room; readonly to: Room }): Promise<void> => {
  const moved = (await loadQuestions(unit, of.from.questions)).map(
    (question) => ({ ...question, asked: { to: 'room', room: of.to.ref }, event: null }) as const,
  );
  const owner = workOwnerOf(of.to.for);
  for (const question of moved) await putQuestion(unit, question, owner === null ? { under: 'storage' } : { under: 'owner', owner });
  const [first] = moved;
  if (first === undefined) return;
  const room = (await loadRoom(unit, of.to.ref)) ?? of.to;
  await putRoom(unit, { ...room, questions: [...room.questions, ...moved.map((question) => question.id)] });
  if (room.questions.length === 0) await workInRoom(unit, room, { work: 'ask', room: room.ref, question: first.id });
};

const pointContactTo = async (
  unit: Unit,
  to: { readonly contact: ContactId; readonly case: CaseId; readonly room: Room },
): Promise<void> => {
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
