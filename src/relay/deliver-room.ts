// Does what stands in a room's lane with the bot's account: makes rooms, posts, asks, carries, marks, removes, leaves.
// A row's own id is its transaction id, so that a second try after a kill is the same event on the homeserver.
import type { QuestionId } from '#domain/ids.ts';
import { markOf } from '#domain/outgoing.ts';
import { spans } from '#domain/limits.ts';
import type { Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import type { Channel, Tried } from '#relay/drain-outbox.ts';
import type { MatrixAccount, PlainOutcome, RoomOutcome } from '#relay/matrix-port.ts';
import { carried, carriedEdit, carriedRemoval, carryTexts, tellUndelivered, tellWayClosed } from '#relay/carry.ts';
import { putMessage } from '#relay/outgoing.ts';
import type { Parts } from '#relay/parts.ts';
import { putQuestion } from '#relay/questions.ts';
import type { Line, Mark, Message } from '#relay/record-types.ts';
import { indexRoom, loadRoom, putRoom, workInRoom, workOwnerOf } from '#relay/rooms.ts';
import type { OutboxRow } from '#relay/store-port.ts';
import type { Unit } from '#relay/unit.ts';
import type { RoomWork, Work } from '#relay/work.ts';

export interface RoomChannel {
  readonly parts: Parts;
  readonly account: MatrixAccount;
  readonly federate: 'anywhere' | 'local-only';
}

const done = (follow: (unit: Unit) => Promise<void> = async () => undefined): Tried => ({ end: 'done', follow });
const joinPatienceMs = spans.hour;
const guardPauseMs = spans.second;
/** The guard says no for a moment whenever a room is new; after this many tries, half a minute, it is worth a word. */
const guardedTriesBeforeTelling = 5;

type Failure = Exclude<RoomOutcome | PlainOutcome, { readonly outcome: 'accepted' | 'done' }>;

/** What a try that brought nothing means. `refused`: what follows when the homeserver says no for good. */
const notDone = (outcome: Failure, refused?: (unit: Unit) => Promise<void>): Tried => {
  switch (outcome.outcome) {
    case 'later':
      return { end: 'again', ms: outcome.afterMs, counts: 'failure', code: outcome.code };
    case 'guarded':
      return { end: 'again', ms: guardPauseMs, counts: 'failure', code: `guard-${outcome.why}` };
    case 'refused':
      return refused === undefined ? { end: 'again', ms: spans.minute, counts: 'failure', code: outcome.code } : done(refused);
  }
};

const readRecord = async <Kind extends 'room' | 'question' | 'message' | 'case'>(parts: Parts, kind: Kind, id: string) => (await parts.records.load(kind, id))?.value ?? null;

const languageOf = async (parts: Parts, room: Room): Promise<string> => {
  if (room.for.purpose !== 'chat') return parts.service.language;
  return (await readRecord(parts, 'case', room.for.case))?.language ?? parts.service.language;
};

const render = async (parts: Parts, room: Room, says: readonly Say[]): Promise<string> => {
  const language = await languageOf(parts, room);
  return says.map((say) => parts.words.render(language, say).trim()).join('\n\n');
};

const nameOf = async (parts: Parts, room: Room): Promise<string> => {
  if (room.for.purpose === 'case') return (await readRecord(parts, 'case', room.for.case))?.pseudonym ?? '';
  return parts.words.render(parts.service.language, { key: room.for.purpose === 'desk' ? 'names.desk-room' : 'names.chat-room' }).trim();
};

const create = async (channel: RoomChannel, room: Room): Promise<Tried> => {
  const { parts, account } = channel;
  const desk = room.for.purpose === 'desk' || room.for.purpose === 'case';
  const outcome = await account.createRoom({
    creationId: room.ref,
    invite: [room.other],
    federate: desk ? channel.federate : 'anywhere',
    direct: room.for.purpose === 'case' ? 'group' : 'direct',
    name: await nameOf(parts, room),
  });
  if (outcome.outcome !== 'made') return notDone(outcome);
  return done(async (unit) => {
    const fresh = (await loadRoom(unit, room.ref)) ?? room;
    // It may have been given up while it was made; then only its id is noted, and the row behind this one leaves it.
    await putRoom(unit, { ...fresh, roomId: outcome.roomId, state: fresh.state === 'wanted' ? 'made' : fresh.state });
    indexRoom(unit, fresh, outcome.roomId);
  });
};

interface In {
  readonly channel: RoomChannel;
  readonly row: OutboxRow;
  readonly room: Room;
  readonly roomId: string;
}

const notice = async (here: In, body: string, options: { readonly replyTo?: string; readonly txn?: string } = {}): Promise<RoomOutcome> =>
  here.channel.account.post({
    roomId: here.roomId,
    members: [here.room.other],
    txnId: options.txn ?? here.row.id,
    msgtype: 'm.notice',
    body,
    ...(options.replyTo === undefined ? {} : { replyTo: options.replyTo }),
  });

const ask = async (here: In, id: QuestionId): Promise<Tried> => {
  const { parts } = here.channel;
  const question = await readRecord(parts, 'question', id);
  if (question === null) return done();
  const outcome = await notice(here, await render(parts, here.room, [question.asks]));
  if (outcome.outcome !== 'accepted') return notDone(outcome);
  return done(async (unit) => {
    const fresh = await unit.load('question', id);
    const owner = workOwnerOf(here.room.for);
    if (fresh === null) {
      // Settled while it was on its way: it goes again.
      await workInRoom(unit, here.room, { work: 'unask', room: here.room.ref, event: outcome.eventId, question: id, answer: null });
      return;
    }
    unit.index('event', { canonical: outcome.eventId, ref: `question:${id}`, owner });
    await putQuestion(unit, { ...fresh.value, event: outcome.eventId }, fresh.under);
  });
};

const remove = (here: In, event: string, txn: string): Promise<RoomOutcome> =>
  here.channel.account.redact({ roomId: here.roomId, txnId: txn, eventId: event });

const unask = async (here: In, work: RoomWork & { readonly work: 'unask' }): Promise<Tried> => {
  for (const [part, event] of [work.event, work.answer].entries()) {
    if (event === null) continue;
    const outcome = await remove(here, event, `${here.row.id}-${part}`);
    if (outcome.outcome === 'later') return notDone(outcome);
  }
  return done(async (unit) => {
    if (work.event !== null) unit.unindex('event', work.event);
  });
};

/** Brings one event's mark to `symbol`: the new reaction first, then the old one goes. Null: refused, and left as it is. */
const remark = async (here: In, of: { readonly event: string; readonly mark: Mark | null; readonly symbol: string }): Promise<Mark | null | Failure> => {
  if (of.mark?.symbol === of.symbol) return of.mark;
  const txn = `${here.row.id}-${of.event.slice(1, 12)}-${of.symbol.codePointAt(0)}`;
  const outcome = await here.channel.account.react({ roomId: here.roomId, txnId: txn, eventId: of.event, symbol: of.symbol });
  if (outcome.outcome !== 'accepted') return outcome.outcome === 'refused' ? null : outcome;
  if (of.mark !== null) await remove(here, of.mark.event, `${txn}-r`);
  return { symbol: of.symbol, event: outcome.eventId };
};

const isFailure = (marked: Mark | null | Failure): marked is Failure => marked !== null && 'outcome' in marked;

const mark = async (here: In, message: Message): Promise<Tried> => {
  if (message.direction === 'in') {
    if (message.event === null) return done();
    const marked = await remark(here, { event: message.event, mark: message.mark, symbol: '✅' });
    if (isFailure(marked)) return notDone(marked, async () => undefined);
    return done(async (unit) => {
      const fresh = await unit.load('message', message.id);
      if (fresh?.value.direction === 'in') await putMessage(unit, { ...fresh.value, mark: marked });
    });
  }
  const lines: Line[] = [];
  for (const line of message.lines) {
    const symbol = markOf(line.text === null ? 'withdrawn' : message.state);
    const marked = await remark(here, { event: line.event, mark: line.mark, symbol });
    if (isFailure(marked)) return notDone(marked, async () => undefined);
    lines.push({ ...line, mark: marked });
  }
  return done(async (unit) => {
    const fresh = await unit.load('message', message.id);
    if (fresh?.value.direction !== 'out') return;
    const marks = new Map(lines.map((line) => [line.event, line.mark]));
    await putMessage(unit, { ...fresh.value, lines: fresh.value.lines.map((line) => ({ ...line, mark: marks.get(line.event) ?? line.mark })) });
  });
};

const carry = async (here: In, message: Message): Promise<Tried> => {
  const { parts, account } = here.channel;
  const texts = await carryTexts(parts, { message, room: here.room });
  if (texts === null) return done();
  if (texts.before !== null) {
    const first = await notice(here, texts.before, { txn: `${here.row.id}-b` });
    if (first.outcome !== 'accepted') return notDone(first);
  }
  const outcome = await account.post({ roomId: here.roomId, members: [here.room.other], txnId: here.row.id, msgtype: 'm.text', body: texts.body });
  if (outcome.outcome === 'guarded' && here.row.attempts === guardedTriesBeforeTelling) return { ...notDone(outcome), follow: (unit) => tellWayClosed(unit, message) };
  if (outcome.outcome !== 'accepted') return notDone(outcome, (unit) => tellUndelivered(unit, message));
  if (texts.after !== null) {
    const last = await notice(here, texts.after, { txn: `${here.row.id}-a` });
    if (last.outcome !== 'accepted') return notDone(last);
  }
  return done((unit) => carried(unit, { message, room: here.room, event: outcome.eventId }));
};

const carryEdit = async (here: In, message: Message): Promise<Tried> => {
  const copy = message.copies.find((each) => each.room === here.room.ref);
  const texts = await carryTexts(here.channel.parts, { message, room: here.room });
  if (copy === undefined || texts === null) return done();
  const outcome = await here.channel.account.post({
    roomId: here.roomId,
    members: [here.room.other],
    txnId: here.row.id,
    msgtype: 'm.text',
    body: texts.body,
    edits: copy.event,
  });
  return outcome.outcome === 'accepted' ? done((unit) => carriedEdit(unit, message)) : notDone(outcome, async () => undefined);
};

const carryRemoval = async (here: In, message: Message): Promise<Tried> => {
  const copy = message.copies.find((each) => each.room === here.room.ref);
  if (copy === undefined) return done();
  const outcome = await remove(here, copy.event, here.row.id);
  if (outcome.outcome !== 'accepted') return notDone(outcome, async () => undefined);
  return done((unit) => carriedRemoval(unit, { message, room: here.room }));
};

const leave = async (here: In): Promise<Tried> => {
  const outcome = await here.channel.account.leave({ roomId: here.roomId });
  if (outcome.outcome !== 'done' && outcome.outcome !== 'refused') return notDone(outcome);
  return done(async (unit) => {
    const fresh = await loadRoom(unit, here.room.ref);
    if (fresh !== null) await putRoom(unit, { ...fresh, state: 'left' });
  });
};

const inRoom = async (here: In, work: Exclude<RoomWork, { readonly work: 'create' | 'join' | 'decline' | 'fixed' }>): Promise<Tried> => {
  const { parts } = here.channel;
  switch (work.work) {
    case 'await-join':
      return here.room.state === 'joined' ? done() : { end: 'again', ms: joinPatienceMs, counts: 'waiting', code: 'not-joined' };
    case 'say': {
      const outcome = await notice(here, await render(parts, here.room, work.says), work.replyTo === undefined ? {} : { replyTo: work.replyTo });
      return outcome.outcome === 'accepted' ? done() : notDone(outcome);
    }
    case 'ask':
      return ask(here, work.question);
    case 'unask':
      return unask(here, work);
    case 'leave':
      return leave(here);
    case 'invite': {
      const outcome = await here.channel.account.invite({ roomId: here.roomId, userId: here.room.other });
      return outcome.outcome === 'done' ? done() : notDone(outcome, async () => undefined);
    }
    case 'carry':
    case 'carry-edit':
    case 'carry-removal':
    case 'mark': {
      const message = await readRecord(parts, 'message', work.message);
      if (message === null) return done();
      const way = { carry, 'carry-edit': carryEdit, 'carry-removal': carryRemoval, mark } as const;
      return way[work.work](here, message);
    }
  }
};

/** Rooms without a record of ours: invitations, and fixed words to a chat that is not private. */
const unknownRoom = async (channel: RoomChannel, of: { readonly row: OutboxRow; readonly work: RoomWork & { readonly work: 'join' | 'decline' | 'fixed' } }): Promise<Tried> => {
  const { account, parts } = channel;
  const { work, row } = of;
  const { roomId } = work;
  if (work.work === 'fixed') {
    const body = parts.words.render(work.language, work.say).trim();
    const outcome = await account.postFixedText({ roomId, txnId: row.id, body });
    return outcome.outcome === 'accepted' ? done() : notDone(outcome, async () => undefined);
  }
  const outcome = await (work.work === 'join' ? account.join({ roomId }) : account.leave({ roomId }));
  return outcome.outcome === 'done' ? done() : notDone(outcome, async () => undefined);
};

const isRoomWork = (work: Work): work is RoomWork => work.work !== 'mail-message' && work.work !== 'mail-say' && work.work !== 'mail-owed';

export const roomChannel = (channel: RoomChannel, of: { readonly role: 'front-bot' | 'desk-bot'; readonly holder: string }): Channel => ({
  role: of.role,
  holder: of.holder,
  send: async (row, work) => {
    if (!isRoomWork(work)) return done();
    if (work.work === 'join' || work.work === 'decline' || work.work === 'fixed') return unknownRoom(channel, { row, work });
    const room = await readRecord(channel.parts, 'room', work.room);
    if (room === null) return done();
    if (work.work === 'create') return create(channel, room);
    if (room.roomId === null) return { end: 'again', ms: guardPauseMs, counts: 'failure', code: 'room-not-made' };
    return inRoom({ channel, row, room, roomId: room.roomId }, work);
  },
});

