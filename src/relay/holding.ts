// One holding of a case: its room is made when it begins and left when it ends. A new holder gets a new room.
import type { HoldingKind } from '#domain/case/effects.ts';
import type { Case } from '#domain/case/state.ts';
import type { MessageId, RoomRef, VolunteerId } from '#domain/ids.ts';
import { tookCase } from '#domain/volunteer.ts';
import { matchSoon } from '#relay/match-soon.ts';
import type { Parts } from '#relay/parts.ts';
import { askInRoom, loadQuestions, settle } from '#relay/questions.ts';
import { laneOfRoom, loadRoom, makeRoom, marksLaneOfRoom, putRoom, sayInRoom, workInRoom } from '#relay/rooms.ts';
import { openWork } from '#relay/sealed-work.ts';
import { laneOf, later, underOwner } from '#relay/unit.ts';
import { earlierFailures } from '#relay/tell-failed.ts';
import type { LaneTo, Unit } from '#relay/unit.ts';

export const beginHolding = async (
  unit: Unit,
  parts: Parts,
  of: { readonly one: Case; readonly holder: VolunteerId; readonly ref: RoomRef; readonly holding: HoldingKind },
): Promise<void> => {
  const record = await unit.load('volunteer', of.holder);
  if (record === null) return;
  await unit.put('volunteer', { ...record, value: { ...record.value, volunteer: tookCase(record.value.volunteer, unit.now) } });
  const { one } = of;
  const room = await makeRoom(unit, parts, {
    ref: of.ref,
    purpose: { purpose: 'case', case: one.id, volunteer: of.holder },
    other: record.value.userId,
  });
  // Nothing is posted before they have joined: earlier messages would be unreadable to them.
  await workInRoom(unit, room, { work: 'await-join', room: room.ref });
  const pseudonym = { slot: 'pseudonym', value: one.pseudonym } as const;
  const channel = { slot: 'word', key: one.channel === 'mail' ? 'names.by-mail' : 'names.by-chat' } as const;
  const waiting = one.unshown.length;
  const earlier = one.left.length > 0 || of.holding === 'after-another';
  await sayInRoom(unit, room, [
    { key: 'case.welcome', slots: { pseudonym, channel } },
    ...(of.holding === 'again' ? [{ key: 'case.again', slots: { pseudonym } }] : []),
    ...(of.holding === 'taken-up' ? [{ key: 'case.taken-up', slots: { pseudonym } }] : []),
    ...(earlier ? [{ key: 'case.earlier' }, ...(await earlierFailures(parts, one))] : []),
    ...(waiting === 0 ? [{ key: 'case.nothing-yet' }] : []),
  ]);
  if (waiting === 0) return;
  await askInRoom(unit, parts, {
    room,
    ask: {
      about: `open:${one.id}`,
      asks: { key: 'case.open-ask', slots: { n: { slot: 'number', value: waiting } } },
      answers: [{ word: '1', also: ['open'], act: { act: 'open', case: one.id } }],
      silence: { act: 'nothing' },
    },
  });
};

const isUnshown = async (unit: Unit, of: { readonly message: MessageId; readonly room: RoomRef }): Promise<boolean> => {
  const message = await unit.load('message', of.message);
  return message !== null && message.value.copies.every((copy) => copy.room !== of.room);
};

/** What had not reached the room goes back to the case, still unshown; everything else that waited there is void. */
const takeBackUndelivered = async (
  unit: Unit,
  parts: Parts,
  of: { readonly one: Case; readonly lanes: readonly LaneTo[] },
): Promise<void> => {
  const back: MessageId[] = [];
  for (const to of of.lanes) {
    for (const row of await parts.store.outboxRows(await laneOf(parts, to))) {
      const work = await openWork(parts.vault, row);
      // Also one that was tried: shown twice, to two people, is better than shown to nobody.
      if (work.work === 'carry' && (await isUnshown(unit, work))) back.push(work.message);
      // A room that is being made is finished and then left; all else is void.
      if (work.work !== 'create') unit.write({ write: 'outbox-drop', id: row.id });
    }
  }
  const loaded = await unit.load('case', of.one.id);
  if (loaded === null || back.length === 0) return;
  const value: Case = { ...loaded.value, unshown: [...back, ...loaded.value.unshown] };
  await unit.put('case', { ...loaded, under: underOwner(value.id), value });
};

export const endHolding = async (
  unit: Unit,
  parts: Parts,
  of: { readonly one: Case; readonly ref: RoomRef; readonly leave: 'now' | 'later' },
): Promise<void> => {
  const room = await loadRoom(unit, of.ref);
  if (room === null) return;
  for (const question of await loadQuestions(unit, room.questions)) await settle(unit, question, null);
  const settled = (await loadRoom(unit, of.ref)) ?? room;
  // A place became free: somebody who waits may now be offered to this volunteer.
  await matchSoon(unit, parts);
  if (of.leave === 'later') {
    const closesAt = later(unit.now, parts.limits.roomLeaveMs);
    await putRoom(unit, { ...settled, closesAt });
    unit.timer('leave-room', { ref: room.ref, at: closesAt });
    return;
  }
  await takeBackUndelivered(unit, parts, { one: of.one, lanes: [laneOfRoom(room), marksLaneOfRoom(room)] });
  await putRoom(unit, { ...settled, state: 'left' });
  await workInRoom(unit, settled, { work: 'leave', room: room.ref });
};
