// One thing seen by the front bot: an invitation, a requester's words, an edit, a removal, somebody else in the room.
import type { Case } from '#domain/case/state.ts';
import type { Instant } from '#domain/ids.ts';
import { instant } from '#domain/ids.ts';
import type { Act } from '#domain/question.ts';
import { actOf } from '#domain/question.ts';
import { findRequesterWords } from '#domain/requester-words.ts';
import type { Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import { amendIncoming } from '#relay/amend-incoming.ts';
import { applyCase } from '#relay/apply-case.ts';
import { firstAnswer } from '#relay/begin-case.ts';
import { beginChatCase, chatRoomOf, declineRoom, joinRoom, knownOf, replaceChat, sayFixed } from '#relay/chat-room.ts';
import { finish } from '#relay/finish.ts';
import type { RoomEvent, RoomHappening } from '#relay/matrix-port.ts';
import type { Parts } from '#relay/parts.ts';
import { placeMessage } from '#relay/place-message.ts';
import { askInRoom, loadQuestions, settle } from '#relay/questions.ts';
import { countrySay, helpSay, keepCountry, tellHolder } from '#relay/requester-asks.ts';
import { findRoom, loadRoom, putRoom, sayInRoom, workInRoom } from '#relay/rooms.ts';
import type { InboxRow, Lease } from '#relay/store-port.ts';
import { inUnit, later } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

interface Turn {
  readonly unit: Unit;
  readonly parts: Parts;
  readonly event: RoomEvent;
}

interface Spoken {
  readonly eventId: string;
  readonly text: string;
  readonly lateFrom: Instant | null;
}

const caseOf = async (unit: Unit, room: Room): Promise<Case | null> =>
  room.for.purpose === 'chat' ? ((await unit.load('case', room.for.case))?.value ?? null) : null;

const confirmation = (turn: Turn, of: { readonly one: Case; readonly about: string; readonly key: string; readonly yes: Act['act'] & ('stop' | 'begin-new') }) => ({
  about: `${of.about}:${of.one.id}`,
  asks: { key: of.key },
  answers: [
    { word: 'yes', also: [], act: { act: of.yes, case: of.one.id } },
    { word: 'no', also: [], act: { act: of.yes === 'stop' ? ('go-on' as const) : ('same-as-before' as const), case: of.one.id } },
  ],
  silence: { act: 'nothing' as const },
  deadline: later(turn.unit.now, turn.parts.limits.heldMs),
});

/** An answer to the bot's open question, by the known account in the known room. */
const answer = async (turn: Turn, of: { readonly room: Room; readonly one: Case; readonly text: string }): Promise<readonly Say[] | null> => {
  const { unit, parts } = turn;
  const [question] = await loadQuestions(unit, of.room.questions);
  const act = question === undefined ? null : actOf(question, of.text);
  if (question === undefined || act === null) return null;
  await settle(unit, question, null);
  switch (act.act) {
    case 'stop':
      await applyCase(unit, parts, { case: of.one.id, command: { type: 'stop' } });
      return [];
    case 'go-on':
      return [{ key: 'requester.stop.no' }];
    case 'begin-new':
      return beginAnew(turn, of);
    case 'same-as-before':
      return [{ key: 'requester.new.no' }];
    case 'again-yes':
    case 'again-no':
      await applyCase(unit, parts, { case: of.one.id, command: { type: 'again', answer: act.act === 'again-yes' ? 'yes' : 'no' } });
      return [];
    default:
      return [];
  }
};

/** The conversation until now ends, and the room waits for the first words of a new one. */
const beginAnew = async (turn: Turn, of: { readonly room: Room; readonly one: Case }): Promise<readonly Say[]> => {
  const { unit, parts } = turn;
  await applyCase(unit, parts, { case: of.one.id, command: { type: 'stop' } });
  const room = (await loadRoom(unit, of.room.ref)) ?? of.room;
  await putRoom(unit, { ...room, for: { purpose: 'lobby' } });
  return [{ key: 'requester.new.done' }];
};

/** Words for us in a chat. STOP and NEW are asked back, because people also say them to each other. Null: no such word. */
const wordsForUs = async (turn: Turn, of: { readonly room: Room; readonly one: Case | null; readonly text: string }): Promise<readonly Say[] | null> => {
  const { unit, parts } = turn;
  const { words, rest } = findRequesterWords(of.text, 'not-asked');
  const [word] = words;
  if (word === undefined || rest.trim() !== '') return null;
  const language = of.one?.language ?? parts.service.language;
  switch (word.word) {
    case 'help':
      if (of.one !== null) await tellHolder(unit, of.one, 'case.they-asked-help');
      return [helpSay(parts, { language, country: of.one?.country ?? null })];
    case 'country': {
      const told = countrySay(parts, { language, named: word.name });
      if (of.one !== null && told.country !== null) await keepCountry(unit, of.one, told.country);
      if (of.one !== null) await tellHolder(unit, of.one, 'case.they-asked-country');
      return [told.say];
    }
    case 'stop':
      if (of.one === null || of.one.state.phase === 'closed') return [{ key: 'requester.stop.nothing' }];
      await askInRoom(unit, parts, { room: of.room, ask: confirmation(turn, { one: of.one, about: 'stop', key: 'requester.stop.ask', yes: 'stop' }) });
      return [];
    case 'new':
      if (of.one === null) return [{ key: 'requester.new.done' }];
      await askInRoom(unit, parts, { room: of.room, ask: confirmation(turn, { one: of.one, about: 'new', key: 'requester.new.ask', yes: 'begin-new' }) });
      return [];
    case 'yes':
    case 'no':
      return null;
  }
};

const mayBeWrittenTo = (turn: Turn, one: Case): boolean =>
  one.state.phase !== 'closed' || turn.unit.now - one.state.at <= turn.parts.limits.reopenMs;

const place = async (turn: Turn, of: { readonly room: Room; readonly one: Case | null; readonly spoken: Spoken }): Promise<readonly Say[]> => {
  const { unit, parts, event } = turn;
  const cleaned = parts.clean({ text: of.spoken.text, known: knownOf(event.sender), ownTexts: [], form: 'chat' });
  if (cleaned.clean === 'no') return [{ key: 'requester.chat.not-clean' }];
  const standing = of.one !== null && mayBeWrittenTo(turn, of.one) ? of.one : null;
  const one = standing ?? (await beginChatCase(unit, parts, { room: of.room, roomId: event.roomId }));
  const words = { one, text: cleaned.text, quote: cleaned.quote, length: cleaned.length, files: 0, event: of.spoken.eventId, lateFrom: of.spoken.lateFrom } as const;
  const placed = await placeMessage(unit, parts, words);
  const room = (await loadRoom(unit, of.room.ref)) ?? of.room;
  if (placed.ok) await workInRoom(unit, room, { work: 'mark', room: room.ref, message: placed.value.message });
  return [
    ...(standing === null ? [await firstAnswer(parts, { channel: 'matrix', now: unit.now })] : []),
    ...(cleaned.length === 'cut' ? [{ key: 'requester.chat.cut' }] : []),
  ];
};

/** One line of the requester. */
const onText = async (turn: Turn, spoken: Spoken): Promise<void> => {
  const { unit, parts, event } = turn;
  const room = await chatRoomOf(unit, parts, event);
  if (room.state === 'spoilt' || room.state === 'left' || event.sender !== room.other) return;
  const one = await caseOf(unit, room);
  const fresh = (await loadRoom(unit, room.ref)) ?? room;
  const says =
    (one === null ? null : await answer(turn, { room: fresh, one, text: spoken.text })) ??
    (await wordsForUs(turn, { room: fresh, one, text: spoken.text })) ??
    (await place(turn, { room: fresh, one, spoken }));
  const after = (await loadRoom(unit, room.ref)) ?? fresh;
  if (says.length > 0) await sayInRoom(unit, after, says);
};

/** Kind words and a new encrypted room; what stands in the old one is not passed on, and they are told so. */
const onClear = async (turn: Turn): Promise<void> => {
  const { unit, parts, event } = turn;
  const room = await chatRoomOf(unit, parts, event);
  if (room.state === 'spoilt' || event.sender !== room.other) return;
  await sayFixed(unit, parts, { roomId: event.roomId, key: 'requester.chat.unencrypted' });
  await replaceChat(unit, parts, room);
};

const onMembership = async (turn: Turn, of: RoomHappening & { readonly type: 'membership' }): Promise<void> => {
  const { unit, parts, event } = turn;
  const room = await findRoom(unit, parts, event.roomId);
  if (room === null || of.who === parts.service.frontUser) return;
  if (of.who === room.other) {
    if (of.now === 'join' && room.state === 'made') {
      await putRoom(unit, { ...room, state: 'joined' });
    }
    return;
  }
  const enters = of.now === 'join' || of.now === 'invite';
  if (!enters || room.state === 'spoilt') return;
  await sayFixed(unit, parts, { roomId: event.roomId, key: 'requester.chat.third-person' });
  await replaceChat(unit, parts, room);
};

const onUncarried = async (turn: Turn, key: 'requester.chat.file' | 'requester.chat.unreadable'): Promise<void> => {
  const { unit, parts, event } = turn;
  const room = await chatRoomOf(unit, parts, event);
  if (room.state === 'spoilt' || event.sender !== room.other) return;
  const one = await caseOf(unit, room);
  if (one !== null && key === 'requester.chat.file') await tellHolder(unit, one, 'case.their-file');
  await sayInRoom(unit, room, [{ key }]);
};

const onHappening = async (turn: Turn, happening: RoomHappening, lateFrom: Instant | null): Promise<void> => {
  const { event } = turn;
  switch (happening.type) {
    case 'invitation':
      await (happening.direct === 'direct' ? joinRoom(turn.unit, event.roomId) : declineRoom(turn.unit, event.roomId));
      return;
    case 'membership':
      return onMembership(turn, happening);
    case 'text':
      if (event.device === 'clear') return onClear(turn);
      return onText(turn, { eventId: happening.eventId, text: happening.body, lateFrom });
    case 'edit':
      return amendIncoming(turn, { event: happening.of, text: happening.body });
    case 'removal':
      return amendIncoming(turn, { event: happening.of, text: null });
    case 'uncarried':
      return onUncarried(turn, 'requester.chat.file');
    case 'unreadable':
      return onUncarried(turn, 'requester.chat.unreadable');
    case 'late':
      return onHappening(turn, happening.happening, instant(event.at));
    case 'reaction':
    case 'encryption-on':
      return undefined;
  }
};

export const onChat = (parts: Parts, turn: { readonly row: InboxRow; readonly lease: Lease; readonly event: RoomEvent }): Promise<void> =>
  inUnit(parts, { lease: turn.lease }, async (unit) => {
    if (turn.event.sender !== parts.service.frontUser) await onHappening({ unit, parts, event: turn.event }, turn.event.what, null);
    finish(unit, turn.row.id);
  });
