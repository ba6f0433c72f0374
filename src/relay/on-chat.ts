// One thing seen by the front bot: an invitation, a requester's words, an edit, a removal, somebody else in the room.
import type { Case } from '#domain/case/state.ts';
import type { Instant } from '#domain/ids.ts';
import { instant } from '#domain/ids.ts';
import { spans } from '#domain/limits.ts';
import type { Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import { amendIncoming } from '#relay/amend-incoming.ts';
import { chatBeingMade, chatRoomOf, declineRoom, joinRoom, replaceChat, sayFixed } from '#relay/chat-room.ts';
import { onChatText } from '#relay/chat-text.ts';
import { canonicalUser, caseOfChat } from '#relay/chat-turn.ts';
import type { ChatTurn } from '#relay/chat-turn.ts';
import { finish, lookAgain } from '#relay/finish.ts';
import type { RoomEvent, RoomHappening } from '#relay/matrix-port.ts';
import { thanksAndHelplines } from '#relay/not-yet.ts';
import type { Parts } from '#relay/parts.ts';
import { placeMessage } from '#relay/place-message.ts';
import { chatGone, chatIsBack } from '#relay/presence.ts';
import { findRoom, sayInRoom } from '#relay/rooms.ts';
import type { InboxRow, Lease } from '#relay/store-port.ts';
import { onceADay } from '#relay/tell-requester.ts';
import { inUnit } from '#relay/unit.ts';

/** A room of ours that is being made has its id here a moment after people can be in it. */
const roomPatienceMs = 10 * spans.minute;

/** The room, when this was said in it by the one it is for and it is still to be used. */
const roomToHear = async (turn: ChatTurn): Promise<Room | null> => {
  const { unit, parts, event } = turn;
  const room = await chatRoomOf(unit, parts, event);
  if (room.state === 'spoilt' || room.state === 'left' || event.sender !== room.other) return null;
  return room.state === 'gone' || room.state === 'made' ? chatIsBack(unit, parts, room) : room;
};

/** Kind words and a new encrypted room; what stands in the old one is not passed on, and they are told so. */
const onClear = async (turn: ChatTurn): Promise<void> => {
  const { unit, parts, event } = turn;
  const room = await roomToHear(turn);
  if (room === null) return;
  await sayFixed(unit, parts, { roomId: event.roomId, key: 'requester.chat.unencrypted' });
  await replaceChat(unit, parts, room);
};

const onMembership = async (turn: ChatTurn, of: RoomHappening & { readonly type: 'membership' }): Promise<void> => {
  const { unit, parts, event } = turn;
  const room = await findRoom(unit, parts, event.roomId);
  if (room === null) return;
  const enters = of.now === 'join' || of.now === 'invite';
  const ours = of.who === parts.service.frontUser;
  if (ours || of.who === room.other) {
    if (of.now === 'leave' || of.now === 'ban') await chatGone(unit, room.ref);
    else if (!ours && of.now === 'join' && (room.state === 'made' || room.state === 'gone')) await chatIsBack(unit, parts, room);
    return;
  }
  if (!enters || room.state === 'spoilt') return;
  await sayFixed(unit, parts, { roomId: event.roomId, key: 'requester.chat.third-person' });
  await replaceChat(unit, parts, room);
};

/** What could not be taken in, and why; whoever has had no answer of ours yet hears where to find people as well. */
const sayUnread = async (turn: ChatTurn, of: { readonly room: Room; readonly one: Case | null; readonly say: Say }): Promise<void> => {
  const { unit, parts } = turn;
  const says = [of.say];
  await sayInRoom(unit, of.room, of.one === null ? await thanksAndHelplines(unit, parts, { whom: canonicalUser(turn), says }) : says);
};

/** Not carried and not kept; both sides are told, the volunteer in the order in which it came. */
const onFile = async (turn: ChatTurn, eventId: string): Promise<void> => {
  const { unit, parts } = turn;
  const room = await roomToHear(turn);
  if (room === null) return;
  const one = await caseOfChat(unit, room);
  if (one !== null && one.state.phase !== 'closed') {
    await placeMessage(unit, parts, { one, text: '', quote: 'none', length: 'whole', files: 1, event: eventId, lateFrom: null });
  }
  await sayUnread(turn, { room, one, say: { key: 'requester.chat.file' } });
};

const onUnreadable = async (turn: ChatTurn): Promise<void> => {
  const room = await roomToHear(turn);
  if (room === null) return;
  await sayUnread(turn, { room, one: await caseOfChat(turn.unit, room), say: { key: 'requester.chat.unreadable' } });
};

/** Whoever mends what could not be opened or carried, or was a word for us, means the new text: then these are their words. */
const onEdit = async (
  turn: ChatTurn,
  of: { readonly edit: RoomHappening & { readonly type: 'edit' }; readonly lateFrom: Instant | null },
): Promise<void> => {
  const { parts } = turn;
  const { edit, lateFrom } = of;
  if ((await amendIncoming(turn, { event: edit.of, text: edit.body, edit: edit.eventId })) === 'followed') return;
  const room = await roomToHear(turn);
  if (room === null) return;
  // Their program goes on pointing at the first event. One that means something else here, or is none, stays what it is.
  const free = edit.of.startsWith('$') && (await parts.store.lookup('event', parts.vault.hash('event', edit.of).hash)).length === 0;
  await onChatText(turn, { room, spoken: { eventId: free ? edit.of : edit.eventId, text: edit.body, lateFrom } });
};

/** A sign can be an answer: whoever gives one should know that it goes nowhere. Once a day is enough. */
const onReaction = async (turn: ChatTurn): Promise<void> => {
  const { unit, parts } = turn;
  const room = await roomToHear(turn);
  if (room === null || !(await onceADay(unit, parts, { whom: canonicalUser(turn), purpose: 'reaction' }))) return;
  await sayInRoom(unit, room, [{ key: 'requester.chat.reaction' }]);
};

const onHappening = async (turn: ChatTurn, happening: RoomHappening, lateFrom: Instant | null): Promise<void> => {
  const { event } = turn;
  switch (happening.type) {
    case 'invitation':
      await (happening.direct === 'direct' ? joinRoom(turn.unit, event.roomId) : declineRoom(turn.unit, event.roomId));
      return;
    case 'membership':
      return onMembership(turn, happening);
    case 'text': {
      if (event.device === 'clear') return onClear(turn);
      const room = await roomToHear(turn);
      return room === null ? undefined : onChatText(turn, { room, spoken: { eventId: happening.eventId, text: happening.body, lateFrom } });
    }
    case 'edit':
      // Whoever runs the homeserver can write an unencrypted one in anybody's name.
      return event.device === 'clear' ? undefined : onEdit(turn, { edit: happening, lateFrom });
    case 'removal':
      await amendIncoming(turn, { event: happening.of, text: null, edit: null });
      return;
    case 'uncarried':
      return onFile(turn, happening.eventId);
    case 'unreadable':
      return onUnreadable(turn);
    case 'late':
      return onHappening(turn, happening.happening, instant(event.at));
    case 'reaction':
      return onReaction(turn);
    case 'encryption-on':
      return undefined;
  }
};

export const onChat = (parts: Parts, of: { readonly row: InboxRow; readonly lease: Lease; readonly event: RoomEvent }): Promise<void> =>
  inUnit(parts, { lease: of.lease }, async (unit) => {
    const { event, row } = of;
    // Words in a room that we are making for this very person belong to its conversation, not to a new one.
    const soon = unit.now - row.receivedAt < roomPatienceMs && (await chatBeingMade(unit, parts, event));
    if (soon) return lookAgain(unit, row.id);
    const turn: ChatTurn = { unit, parts, event };
    if (event.sender !== parts.service.frontUser || event.what.type === 'membership') await onHappening(turn, event.what, null);
    finish(unit, row.id);
  });
