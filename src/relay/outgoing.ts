// The volunteer's lines on their way to the requester: gathered, changed, taken back, sent on. The text stands once, in the message's record.
import type { Case } from '#domain/case/state.ts';
import type { Instant, MessageId, RoomRef } from '#domain/ids.ts';
import { instant } from '#domain/ids.ts';
import { amendmentOf } from '#domain/outgoing.ts';
import type { Amendment } from '#domain/outgoing.ts';
import type { Parts } from '#relay/parts.ts';
import type { Loaded, Message, MessageOut } from '#relay/record-types.ts';
import { laneOfRoom, loadRoom, workInRoom } from '#relay/rooms.ts';
import { openWork } from '#relay/sealed-work.ts';
import type { OutboxRow } from '#relay/store-port.ts';
import { laneOfAddress, stampMail } from '#relay/tell-requester.ts';
import { holderAlias } from '#relay/telling.ts';
import { laneOf, later, newId, underOwner } from '#relay/unit.ts';
import type { LaneTo, Unit } from '#relay/unit.ts';

export interface Written {
  readonly one: Case;
  /** The case room it was written in. */
  readonly room: RoomRef;
  readonly event: string;
  readonly text: string;
}

export const putMessage = (unit: Unit, message: Message): Promise<void> =>
  unit.put('message', {
    id: message.id,
    state: message.direction === 'out' ? message.state : 'in',
    parent: message.case,
    under: underOwner(message.case),
    dueAt: null,
    value: message,
  });

const isOut = (record: Loaded<'message'> | null): record is Loaded<'message'> & { readonly value: MessageOut } =>
  record?.value.direction === 'out';

export const loadOut = async (unit: Unit, id: MessageId): Promise<MessageOut | null> => {
  const record = await unit.load('message', id);
  return isOut(record) ? record.value : null;
};

/** Asks for the bot's marks on this message's lines to be brought to its present state. */
export const markLines = async (unit: Unit, message: MessageOut): Promise<void> => {
  const room = await loadRoom(unit, message.room);
  if (room !== null && room.state !== 'left') await workInRoom(unit, room, { work: 'mark', room: room.ref, message: message.id });
};

/** The lane to the requester of this case, or null when there is no way back any more. */
export const laneToRequester = async (unit: Unit, one: Case): Promise<LaneTo | null> => {
  const contact = await unit.load('contact', one.contact);
  if (contact === null) return null;
  if (contact.value.kind === 'mail') return laneOfAddress(contact.value.address);
  const room = await loadRoom(unit, contact.value.room);
  return room === null ? null : laneOfRoom(room);
};

interface Waiting {
  readonly row: OutboxRow;
  readonly message: MessageOut;
}

/** What stands in the lane to the requester with ⏳: it can still be changed or taken back. In order. */
const linesWaiting = async (unit: Unit, parts: Parts, of: { readonly one: Case; readonly lane: LaneTo }): Promise<readonly Waiting[]> => {
  const found: Waiting[] = [];
  for (const row of await parts.store.outboxRows(await laneOf(parts, of.lane))) {
    if (row.owner !== of.one.id || (row.state !== 'gathering' && row.state !== 'queued')) continue;
    const work = await openWork(parts.vault, row);
    const message = work.work === 'mail-message' || work.work === 'carry' ? await loadOut(unit, work.message) : null;
    if (message !== null && amendmentOf(message.state, of.one.channel) === 'change') found.push({ row, message });
  }
  return found;
};

const newMessage = (
  unit: Unit,
  parts: Parts,
  of: { readonly written: Written; readonly alias: string | null; readonly corrects: Instant | null },
): MessageOut => ({
  direction: 'out',
  id: newId<MessageId>(parts),
  case: of.written.one.id,
  room: of.written.room,
  at: unit.now,
  lines: [{ event: of.written.event, text: of.written.text, mark: null }],
  state: 'gathering',
  alias: of.alias,
  corrects: of.corrects,
  copies: [],
});

/** Takes a line in. By mail, lines within a minute become one mail; in a chat each stays a message of its own. */
export const gather = async (
  unit: Unit,
  parts: Parts,
  of: { readonly written: Written; readonly corrects: Instant | null },
): Promise<'gathered' | 'no-way-back'> => {
  const { written } = of;
  const contact = await unit.load('contact', written.one.contact);
  const lane = await laneToRequester(unit, written.one);
  if (lane === null || contact === null) return 'no-way-back';
  const { limits } = parts;
  if (contact.value.kind === 'mail') {
    const waiting = await linesWaiting(unit, parts, { one: written.one, lane });
    const standing = waiting.find(({ row, message }) => row.state === 'gathering' && message.corrects === null);
    if (standing !== undefined && standing.message.room === written.room && of.corrects === null) {
      const message: MessageOut = {
        ...standing.message,
        lines: [...standing.message.lines, { event: written.event, text: written.text, mark: null }],
      };
      await putMessage(unit, message);
      const notBefore = instant(Math.min(unit.now + limits.mailGatherMs, standing.message.at + limits.mailGatherMostMs));
      unit.write({ write: 'outbox-change', id: standing.row.id, expect: ['gathering'], change: { notBefore } });
      remember(unit, message, written.event);
      await markLines(unit, message);
      return 'gathered';
    }
  }
  const message = newMessage(unit, parts, { written, alias: await holderAlias(unit, written.one), corrects: of.corrects });
  await putMessage(unit, message);
  remember(unit, message, written.event);
  if (contact.value.kind === 'mail') {
    const stamp = stampMail(unit, parts, { case: written.one.id, verpRef: `message:${message.id}` });
    await unit.work(lane, {
      work: { work: 'mail-message', contact: contact.value.id, message: message.id, stamp },
      owner: written.one.id,
      notBefore: later(unit.now, limits.mailGatherMs),
      state: 'gathering',
    });
  } else {
    await unit.work(lane, {
      work: { work: 'carry', room: contact.value.room, message: message.id },
      owner: written.one.id,
      notBefore: later(unit.now, limits.chatGatherMs),
      state: 'gathering',
    });
  }
  await markLines(unit, message);
  return 'gathered';
};

const remember = (unit: Unit, message: MessageOut, event: string): void =>
  unit.index('event', { canonical: event, ref: `message:${message.id}`, owner: message.case });

/** The volunteer's own `!send`, or their closing: what still waits leaves now. Says how many lines or mails. */
export const sendLines = async (unit: Unit, parts: Parts, one: Case): Promise<number> => {
  const lane = await laneToRequester(unit, one);
  const gathering = lane === null ? [] : (await linesWaiting(unit, parts, { one, lane })).filter(({ row }) => row.state === 'gathering');
  for (const { row, message } of gathering) {
    await putMessage(unit, { ...message, state: 'queued' });
    unit.write({ write: 'outbox-change', id: row.id, expect: ['gathering'], change: { state: 'queued', notBefore: unit.now } });
  }
  if (lane !== null && gathering.length > 0) unit.wake(lane.role, await laneOf(parts, lane));
  return gathering.length;
};

/** They are out of it, or the requester has ended it: what still has ⏳ does not leave any more. */
export const takeBackLines = async (unit: Unit, parts: Parts, one: Case): Promise<void> => {
  const lane = await laneToRequester(unit, one);
  for (const { row, message } of lane === null ? [] : await linesWaiting(unit, parts, { one, lane })) {
    const withdrawn = { ...message, state: 'withdrawn', lines: message.lines.map((line) => ({ ...line, text: null })) } as const;
    await putMessage(unit, withdrawn);
    await markLines(unit, withdrawn);
    // There is nothing in it now, and what comes after need not wait for its moment.
    unit.write({
      write: 'outbox-change',
      id: row.id,
      expect: ['gathering', 'queued'],
      change: { state: 'queued', notBefore: unit.now },
    });
  }
};

/** An edit (`text`) or a removal (null) of one line. Says what became of it; `not-carried`: their chat is another one by now. */
export const amend = async (
  unit: Unit,
  of: { readonly message: MessageOut; readonly one: Case; readonly event: string; readonly text: string | null },
): Promise<Amendment | 'not-carried'> => {
  const { message, one } = of;
  // What was taken back stays so.
  if (message.lines.every((line) => line.event !== of.event || line.text === null)) return 'nothing-there';
  const amendment = amendmentOf(message.state, one.channel);
  if (amendment !== 'change' && amendment !== 'carry') return amendment;
  const lines = message.lines.map((line) => (line.event === of.event ? { ...line, text: of.text } : line));
  const gone = lines.every((line) => line.text === null);
  const changed: MessageOut = { ...message, lines, state: gone ? 'withdrawn' : message.state };
  if (amendment === 'carry' && (await carryAmendment(unit, changed)) === 'not-carried') return 'not-carried';
  await putMessage(unit, changed);
  if (gone || (amendment === 'change' && of.text === null)) await markLines(unit, changed);
  return amendment;
};

/** A removal goes wherever the words are; an edit only into a chat that is still theirs alone. */
const carryAmendment = async (unit: Unit, message: MessageOut): Promise<'carried' | 'not-carried'> => {
  const work = message.state === 'withdrawn' ? 'carry-removal' : 'carry-edit';
  let carried: 'carried' | 'not-carried' = 'not-carried';
  for (const ref of new Set(message.copies.map((copy) => copy.room))) {
    const room = await loadRoom(unit, ref);
    if (room === null || room.state === 'left' || (room.state === 'spoilt' && work === 'carry-edit')) continue;
    await workInRoom(unit, room, { work, room: room.ref, message: message.id });
    carried = 'carried';
  }
  return carried;
};
