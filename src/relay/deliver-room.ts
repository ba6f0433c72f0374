// Does what stands in a room's lane with the bot's account: makes rooms, posts, asks, carries, marks, removes, leaves.
// A row's own id is its transaction id, so that a second try after a kill is the same event on the homeserver.
import type { QuestionId } from '#domain/ids.ts';
import { spans } from '#domain/limits.ts';
import type { Room } from '#domain/room.ts';
import { tellUndelivered } from '#relay/carry.ts';
import { carry, carryEdit, carryRemoval } from '#relay/deliver-carry.ts';
import { mark } from '#relay/deliver-marks.ts';
import { noticeSigned } from '#relay/devices.ts';
import type { Channel, Tried } from '#relay/drain-outbox.ts';
import { guardedIn } from '#relay/guarded-room.ts';
import type { RoomOutcome } from '#relay/matrix-port.ts';
import { volunteerCame } from '#relay/presence.ts';
import { putQuestion } from '#relay/questions.ts';
import { again, done, nameOf, notDone, notice, renderFor } from '#relay/room-work.ts';
import type { In, RoomChannel } from '#relay/room-work.ts';
import { roomRefused } from '#relay/room-refused.ts';
import { indexRoom, loadRoom, putRoom, workInRoom, workOwnerOf } from '#relay/rooms.ts';
import type { OutboxRow } from '#relay/store-port.ts';
import type { Unit } from '#relay/unit.ts';
import type { RoomWork, Work } from '#relay/work.ts';

/** An event wakes the lane when they come; this only makes up for one that was missed. */
const joinLookMs = 15 * spans.minute;

const create = async ({ parts, account, federate }: RoomChannel, room: Room): Promise<Tried> => {
  const ofDesk = room.for.purpose === 'desk' || room.for.purpose === 'case';
  const outcome = await account.createRoom({
    creationId: room.ref,
    invite: [room.other],
    federate: ofDesk ? federate : 'anywhere',
    direct: room.for.purpose === 'case' ? 'group' : 'direct',
    name: await nameOf(parts, room),
    // All that somebody can be shown whose only device is not signed: nothing encrypted is for it.
    ...(room.for.purpose === 'desk' ? { topic: await renderFor(parts, room, [{ key: 'names.desk-topic' }]) } : {}),
  });
  // A chat is tried again, since nothing can stand in for it; any other room is given up, and it is told.
  if (outcome.outcome === 'refused' && !ofDesk) return again(outcome.code, spans.minute);
  if (outcome.outcome !== 'made') return notDone(parts, outcome, (unit) => roomRefused(unit, parts, room.ref));
  return done(async (unit) => {
    const fresh = (await loadRoom(unit, room.ref)) ?? room;
    // It may have been given up while it was made; then only its id is noted, and the row behind this one leaves it.
    await putRoom(unit, { ...fresh, roomId: outcome.roomId, state: fresh.state === 'wanted' ? 'made' : fresh.state });
    indexRoom(unit, fresh, outcome.roomId);
  });
};

/** Goes on when the other has joined. Their coming may have been seen before this room had its id here, so the room itself is asked as well. */
const awaitJoin = async (here: In): Promise<Tried> => {
  const { parts, account } = here.channel;
  if (here.room.state === 'joined') return done();
  const sight = await account.sight(here.roomId);
  if (sight !== 'unknown-room' && sight.joined.includes(here.room.other)) return done((unit) => volunteerCame(unit, parts, here.room.ref));
  const gate = async (unit: Unit): Promise<'open' | 'shut'> =>
    (await loadRoom(unit, here.room.ref))?.state === 'joined' ? 'open' : 'shut';
  return { end: 'again', ms: joinLookMs, counts: 'waiting', code: 'not-joined', gate };
};

const posted = (here: In, outcome: RoomOutcome, follow: (unit: Unit, event: string) => Promise<void>): Tried => {
  if (outcome.outcome === 'accepted') return done((unit) => follow(unit, outcome.eventId));
  return outcome.outcome === 'guarded' ? guardedIn(here, outcome) : notDone(here.channel.parts, outcome);
};

const ask = async (here: In, id: QuestionId): Promise<Tried> => {
  const { parts } = here.channel;
  const question = (await parts.records.load('question', id))?.value ?? null;
  if (question === null) return done();
  const outcome = await notice(here, await renderFor(parts, here.room, [question.asks]));
  return posted(here, outcome, async (unit, event) => {
    const fresh = await unit.load('question', id);
    if (fresh === null) {
      // Settled while it was on its way: it goes again.
      await workInRoom(unit, here.room, { work: 'unask', room: here.room.ref, event, question: id, answer: null });
      return;
    }
    // It stepped aside and was asked anew while it was on its way: the newer one stays.
    const older = fresh.value.event;
    if (older !== null && older !== event && here.room.for.purpose !== 'chat')
      await workInRoom(unit, here.room, { work: 'unask', room: here.room.ref, event: older, question: id, answer: null });
    unit.index('event', { canonical: event, ref: `question:${id}`, owner: workOwnerOf(here.room.for) });
    await putQuestion(unit, { ...fresh.value, event }, fresh.under);
  });
};

const unask = async (here: In, work: RoomWork & { readonly work: 'unask' }): Promise<Tried> => {
  const { account, parts } = here.channel;
  for (const [part, event] of [work.event, work.answer].entries()) {
    if (event === null) continue;
    const outcome = await account.redact({ roomId: here.roomId, txnId: `${here.row.id}-${part}`, eventId: event });
    if (outcome.outcome === 'later') return notDone(parts, outcome);
  }
  return done(async (unit) => {
    if (work.event !== null) unit.unindex('event', work.event);
  });
};

const leave = async (here: In): Promise<Tried> => {
  const { account, parts } = here.channel;
  const outcome = await account.leave({ roomId: here.roomId });
  if (outcome.outcome === 'later') return notDone(parts, outcome);
  return done(async (unit) => {
    const fresh = await loadRoom(unit, here.room.ref);
    if (fresh !== null) await putRoom(unit, { ...fresh, state: 'left' });
  });
};

type InRoom = Exclude<RoomWork, { readonly work: 'create' | 'join' | 'decline' | 'fixed' }>;

const inRoom = async (here: In, work: InRoom): Promise<Tried> => {
  const { parts, account } = here.channel;
  switch (work.work) {
    case 'await-join':
      return awaitJoin(here);
    case 'say':
      if (work.unless === 'all-signed' && (await account.devices(here.room.other)) === 'all-signed') return done();
      return posted(
        here,
        await notice(here, await renderFor(parts, here.room, work.says), work.replyTo === undefined ? {} : { replyTo: work.replyTo }),
        async () => undefined,
      );
    case 'signed':
      return posted(
        here,
        await notice(here, await renderFor(parts, here.room, [{ key: 'desk.signed' }]), { devices: 'all-signed' }),
        async (unit) => {
          if (here.room.for.purpose === 'desk') await noticeSigned(unit, parts, here.room.for.volunteer);
        },
      );
    case 'ask':
      return ask(here, work.question);
    case 'unask':
      return unask(here, work);
    case 'leave':
      return leave(here);
    case 'invite': {
      const outcome = await account.invite({ roomId: here.roomId, userId: here.room.other });
      return outcome.outcome === 'done' ? done() : notDone(parts, outcome);
    }
    case 'carry':
    case 'carry-edit':
    case 'carry-removal':
    case 'mark': {
      const message = (await parts.records.load('message', work.message))?.value ?? null;
      if (message === null) return done();
      const way = { carry, 'carry-edit': carryEdit, 'carry-removal': carryRemoval, mark } as const;
      return way[work.work](here, message);
    }
  }
};

/** Rooms without a record of ours: invitations, and fixed words to a chat that is not private. */
const unknownRoom = async (
  channel: RoomChannel,
  of: { readonly row: OutboxRow; readonly work: RoomWork & { readonly work: 'join' | 'decline' | 'fixed' } },
): Promise<Tried> => {
  const { account, parts } = channel;
  const { work, row } = of;
  const { roomId } = work;
  if (work.work === 'fixed') {
    const body = parts.words.render(work.language, work.say).trim();
    const outcome = await account.postFixedText({ roomId, txnId: row.id, body });
    // Nobody is promised these words; who has left meanwhile does not need them.
    if (outcome.outcome === 'guarded' && row.attempts >= fixedTries) return done();
    return outcome.outcome === 'accepted' ? done() : notDone(parts, outcome);
  }
  const reason = (): string => parts.words.render(parts.service.language, { key: 'names.not-a-group' }).trim();
  const outcome = await (work.work === 'join' ? account.join({ roomId }) : account.leave({ roomId, reason: reason() }));
  return outcome.outcome === 'done' || outcome.outcome === 'refused' ? done() : notDone(parts, outcome);
};

const fixedTries = 6;

/** In a room that is left, or has become another one, only leaving and taking away make sense. */
const isVoid = (room: Room, work: RoomWork): boolean => {
  const always = work.work === 'leave' || work.work === 'unask' || work.work === 'carry-removal';
  return (room.state === 'left' || room.state === 'spoilt') && !always;
};

const isRoomWork = (work: Work): work is RoomWork => work.work !== 'mail-message' && work.work !== 'mail-say' && work.work !== 'mail-owed';

const giveUp =
  (parts: RoomChannel['parts'], work: Work) =>
  async (unit: Unit): Promise<void> => {
    const message = work.work === 'carry' ? await unit.load('message', work.message) : null;
    if (message !== null) await tellUndelivered(unit, parts, message.value);
  };

const trySend = async (channel: RoomChannel, of: { readonly row: OutboxRow; readonly work: RoomWork }): Promise<Tried> => {
  const { row, work } = of;
  if (work.work === 'join' || work.work === 'decline' || work.work === 'fixed') return unknownRoom(channel, { row, work });
  const room = (await channel.parts.records.load('room', work.room))?.value ?? null;
  if (room === null) return done();
  if (work.work === 'create') return create(channel, room);
  if (isVoid(room, work)) return done();
  // One that never came to be has nobody in it.
  if (room.roomId === null) return room.state === 'left' ? done() : again('room-not-made');
  return inRoom({ channel, row, room, roomId: room.roomId }, work);
};

/** While the account itself is away no lane is at fault: each looks again soon, so that all go on at once when it is back (O1). */
const notWhileAway = ({ account }: RoomChannel, tried: Tried): Tried =>
  tried.end === 'again' && tried.counts === 'failure' && account.state().state === 'away'
    ? { ...tried, ms: awayPauseMs, counts: 'waiting' }
    : tried;

const awayPauseMs = 5 * spans.second;

export const roomChannel = (channel: RoomChannel, of: { readonly role: 'front-bot' | 'desk-bot'; readonly holder: string }): Channel => ({
  role: of.role,
  holder: of.holder,
  send: async (row, work) => (isRoomWork(work) ? notWhileAway(channel, await trySend(channel, { row, work })) : done()),
  giveUp: (work) => giveUp(channel.parts, work),
});
