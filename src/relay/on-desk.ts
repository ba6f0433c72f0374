// One thing seen by the desk bot: what a volunteer says, answers, changes or leaves, at the desk or in a case room.
import type { Case } from '#domain/case/state.ts';
import type { MessageId, QuestionId, VolunteerId } from '#domain/ids.ts';
import { actOf, plainAnswer } from '#domain/question.ts';
import type { Question } from '#domain/question.ts';
import type { Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import { turnOff } from '#domain/volunteer.ts';
import { actForVolunteer, endRest, goToRest, putVolunteer, stepBack, write } from '#relay/acts.ts';
import type { Actor } from '#relay/acts.ts';
import type { Command, CommandTurn } from '#relay/command-port.ts';
import { finish } from '#relay/finish.ts';
import type { RoomEvent, RoomHappening } from '#relay/matrix-port.ts';
import { matchSoon } from '#relay/match-soon.ts';
import { amend, loadOut } from '#relay/outgoing.ts';
import type { Parts } from '#relay/parts.ts';
import { askInRoom, loadQuestions, settle } from '#relay/questions.ts';
import { looksLikeCommand, readCommand } from '#relay/read-command.ts';
import type { VolunteerRecord } from '#relay/record-types.ts';
import { findRoom, laneOfRoom, loadRoom, putRoom, sayInRoom } from '#relay/rooms.ts';
import { scrubVolunteer } from '#relay/scrub-volunteer.ts';
import type { InboxRow, Lease } from '#relay/store-port.ts';
import { tellCoordinators } from '#relay/tell-coordinators.ts';
import { wakeLane } from '#relay/wake-lane.ts';
import { inUnit, later } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

interface Turn extends Actor {
  readonly event: RoomEvent;
  readonly room: Room;
  readonly record: VolunteerRecord;
  readonly one: Case | null;
  readonly commands: readonly Command[];
}

const tell = async (turn: Turn, says: readonly Say[], replyTo?: string): Promise<void> => {
  const room = await loadRoom(turn.unit, turn.room.ref);
  // Who has left the room is told at the desk.
  const where = room === null || room.state === 'left' ? await loadRoom(turn.unit, turn.record.volunteer.desk) : room;
  if (says.length > 0 && where !== null) await sayInRoom(turn.unit, where, says, replyTo);
};

const answerTo = async (turn: Turn, of: { readonly question: Question; readonly text: string; readonly event: string }): Promise<'answered' | 'no-answer'> => {
  const act = actOf(of.question, of.text);
  if (act === null) return 'no-answer';
  await settle(turn.unit, of.question, of.event);
  await tell(turn, await actForVolunteer(turn, act));
  return 'answered';
};

const openQuestion = async (turn: Turn): Promise<Question | null> => {
  const room = (await loadRoom(turn.unit, turn.room.ref)) ?? turn.room;
  return (await loadQuestions(turn.unit, room.questions))[0] ?? null;
};

const runCommand = async (turn: Turn, of: { readonly command: Command; readonly args: string; readonly event: string }): Promise<void> => {
  const { command } = of;
  const here = turn.room.for.purpose === 'desk' ? 'desk' : 'case';
  if (command.where !== 'both' && command.where !== here) {
    return tell(turn, [{ key: here === 'case' ? 'volunteer.belongs-desk' : 'volunteer.belongs-case' }]);
  }
  if (command.who === 'coordinator' && !turn.parts.service.coordinators.includes(turn.record.userId)) {
    return tell(turn, [{ key: 'volunteer.coordinators-only' }]);
  }
  const commandTurn: CommandTurn = { ...turn, event: of.event, args: of.args };
  return tell(turn, await command.run(commandTurn));
};

const onDeskText = async (turn: Turn, line: { readonly eventId: string; readonly text: string }): Promise<void> => {
  const question = await openQuestion(turn);
  if (question !== null && (await answerTo(turn, { question, text: line.text, event: line.eventId })) === 'answered') return;
  const names = turn.commands.map((command) => command.name);
  const read = readCommand(line.text, { names, bare: 'allowed' });
  const command = turn.commands.find((each) => each.name === read?.name);
  if (command !== undefined && read !== null) return runCommand(turn, { command, args: read.args, event: line.eventId });
  if (/^\d$/u.test(plainAnswer(line.text))) return tell(turn, [{ key: question === null ? 'volunteer.no-question' : 'volunteer.answer-number' }]);
  return tell(turn, [{ key: looksLikeCommand(line.text, names) ? 'volunteer.unknown-command' : 'volunteer.plain-desk' }]);
};

/** Text that looks like a slip is never relayed: the bot asks. */
const askAboutSlip = (turn: Turn, of: { readonly one: Case; readonly eventId: string; readonly text: string }): Promise<QuestionId> =>
  askInRoom(turn.unit, turn.parts, {
    room: turn.room,
    ask: {
      about: `slip:${of.eventId}`,
      asks: { key: 'volunteer.mistyped' },
      answers: [
        { word: '1', also: [], act: { act: 'send-line', case: of.one.id, event: of.eventId, text: of.text } },
        { word: '2', also: [], act: { act: 'leave-line' } },
      ],
      silence: { act: 'nothing' },
    },
  });

const onCaseText = async (turn: Turn, line: { readonly eventId: string; readonly text: string }): Promise<void> => {
  const { one } = turn;
  if (one === null) return tell(turn, [{ key: 'case.way-gone' }]);
  const question = await openQuestion(turn);
  if (question !== null && (await answerTo(turn, { question, text: line.text, event: line.eventId })) === 'answered') return;
  const names = turn.commands.map((command) => command.name);
  const read = readCommand(line.text, { names, bare: 'not-allowed' });
  const command = turn.commands.find((each) => each.name === read?.name);
  if (command !== undefined && read !== null) return runCommand(turn, { command, args: read.args, event: line.eventId });
  const text = scrubVolunteer(line.text, turn.record.userId);
  if (looksLikeCommand(line.text, names) || /^\d$/u.test(plainAnswer(line.text))) {
    await askAboutSlip(turn, { one, eventId: line.eventId, text });
    return;
  }
  await tell(turn, await write(turn, { case: one.id, event: line.eventId, text }), line.eventId);
};

const askToCorrect = (turn: Turn, of: { readonly one: Case; readonly event: string; readonly text: string }): Promise<QuestionId> =>
  askInRoom(turn.unit, turn.parts, {
    room: turn.room,
    ask: {
      about: `correct:${of.event}`,
      asks: { key: 'case.edit-late' },
      answers: [
        { word: '1', also: ['send it'], act: { act: 'send-correction', case: of.one.id, event: of.event, text: of.text } },
        { word: '2', also: ['leave it'], act: { act: 'leave-correction' } },
      ],
      silence: { act: 'nothing' },
    },
  });

/** An edit (`text`) or removal (null) of a line that went, or is going, to the requester. */
const onAmended = async (turn: Turn, change: { readonly of: string; readonly text: string | null }): Promise<void> => {
  const { unit, parts, one } = turn;
  const [entry] = await parts.store.lookup('event', parts.vault.hash('event', change.of).hash);
  if (one === null || entry === undefined || !entry.ref.startsWith('message:')) return;
  const message = await loadOut(unit, entry.ref.slice('message:'.length) as MessageId);
  if (message === null) return;
  const text = change.text === null ? null : scrubVolunteer(change.text, turn.record.userId);
  const amendment = await amend(unit, parts, { message, one, event: change.of, text });
  if (amendment !== 'offer-correction') return;
  if (text === null) await tell(turn, [{ key: 'case.removal-late' }], change.of);
  else await askToCorrect(turn, { one, event: change.of, text });
};

const onReaction = async (turn: Turn, reaction: RoomHappening & { readonly type: 'reaction' }): Promise<void> => {
  const [entry] = await turn.parts.store.lookup('event', turn.parts.vault.hash('event', reaction.of).hash);
  if (entry === undefined || !entry.ref.startsWith('question:')) return;
  const question = await turn.unit.load('question', entry.ref.slice('question:'.length));
  if (question === null) return tell(turn, [{ key: 'volunteer.question-over' }]);
  await answerTo(turn, { question: question.value, text: reaction.symbol, event: reaction.eventId });
};

const joined = async (turn: Turn): Promise<void> => {
  const { unit, room, record } = turn;
  await putRoom(unit, { ...room, state: 'joined' });
  await wakeLane(unit, turn.parts, laneOfRoom(room));
  if (room.for.purpose !== 'desk') return;
  const fresh = record.volunteer.state === 'invited';
  await putVolunteer(unit, { ...record, volunteer: turnOff(record.volunteer) });
  await tell(turn, [{ key: fresh ? 'desk.welcome' : 'desk.rest.ended', ...(fresh ? { slots: { zone: { slot: 'zone', value: record.volunteer.zone } } } : {}) }]);
  if (fresh) await tellCoordinators(unit, turn.parts, () => ({ key: 'coordinator.joined' }), turn.by);
  else await endRest(turn);
};

/** Leaving the desk is resting; leaving a case room is stepping back. */
const leftRoom = async (turn: Turn): Promise<void> => {
  const { unit, room, one } = turn;
  if (room.for.purpose === 'desk') {
    if (turn.record.volunteer.state !== 'invited') await goToRest(turn, null);
    await putRoom(unit, { ...room, state: 'made' });
    return;
  }
  if (one !== null && (await stepBack(turn, one.id))) await tell(turn, [{ key: 'desk.stepped-back' }]);
};

const onMembership = async (turn: Turn, of: RoomHappening & { readonly type: 'membership' }): Promise<void> => {
  if (of.who !== turn.room.other) return;
  if (of.now === 'join') {
    if (turn.room.state !== 'joined') await joined(turn);
    return;
  }
  if (of.now === 'leave' || of.now === 'ban') await leftRoom(turn);
};

const onUnreadable = async (turn: Turn, why: 'no-key' | 'unsigned-device' | 'broken'): Promise<void> => {
  if (why !== 'unsigned-device') return tell(turn, [{ key: 'volunteer.unreadable' }]);
  await putVolunteer(turn.unit, { ...turn.record, devices: 'some-unsigned' });
  return tell(turn, [{ key: turn.room.for.purpose === 'desk' ? 'desk.unsigned' : 'case.unsigned' }]);
};

/** A message from a signed device after one that was not: they have mended it, and offers may come again. */
const signedAgain = async (turn: Turn): Promise<void> => {
  await putVolunteer(turn.unit, { ...turn.record, devices: 'all-signed' });
  await tell(turn, [{ key: 'desk.signed' }]);
  await matchSoon(turn.unit, turn.parts);
};

const onHappening = async (turn: Turn, happening: RoomHappening): Promise<void> => {
  const fromOther = turn.event.sender === turn.room.other;
  if (!fromOther && happening.type !== 'membership') return;
  const atDesk = turn.room.for.purpose === 'desk';
  switch (happening.type) {
    case 'membership':
      return onMembership(turn, happening);
    case 'text':
      if (turn.event.device === 'clear') return tell(turn, [{ key: 'volunteer.clear' }]);
      if (turn.record.devices === 'some-unsigned') await signedAgain(turn);
      return (atDesk ? onDeskText : onCaseText)(turn, { eventId: happening.eventId, text: happening.body });
    case 'edit':
      return atDesk ? undefined : onAmended(turn, { of: happening.of, text: happening.body });
    case 'removal':
      return atDesk ? undefined : onAmended(turn, { of: happening.of, text: null });
    case 'reaction':
      return onReaction(turn, happening);
    case 'uncarried':
      return tell(turn, [{ key: atDesk ? 'volunteer.plain-desk' : 'case.your-file' }]);
    case 'unreadable':
      return onUnreadable(turn, happening.why);
    case 'late':
      return onHappening(turn, happening.happening);
    case 'invitation':
    case 'encryption-on':
      return undefined;
  }
};

const volunteerOf = (room: Room): VolunteerId | null =>
  room.for.purpose === 'desk' || room.for.purpose === 'case' ? room.for.volunteer : null;

/** The case, if this volunteer still holds it in this very room. */
const heldCase = async (unit: Unit, room: Room): Promise<Case | null> => {
  if (room.for.purpose !== 'case') return null;
  const one = (await unit.load('case', room.for.case))?.value ?? null;
  return one !== null && one.state.phase === 'open' && one.state.holding.room === room.ref ? one : null;
};

/** The desk bot is only in rooms that it made: one without a record is being made, and somebody was quicker to join than we to note its id. */
const unknownRoomTries = 40;
const unknownRoomPauseMs = 250;

const lookAgain = (unit: Unit, row: InboxRow): void =>
  unit.write({
    write: 'inbox-change',
    id: row.id,
    expect: 'received',
    change: { attempts: row.attempts + 1, notBefore: later(unit.now, unknownRoomPauseMs) },
  });

export const onDesk = (
  parts: Parts,
  of: { readonly row: InboxRow; readonly lease: Lease; readonly event: RoomEvent; readonly commands: readonly Command[] },
): Promise<void> =>
  inUnit(parts, { lease: of.lease }, async (unit) => {
    const { event } = of;
    const room = await findRoom(unit, parts, event.roomId);
    if (room === null && of.row.attempts < unknownRoomTries) return lookAgain(unit, of.row);
    finish(unit, of.row.id);
    const by = room === null ? null : volunteerOf(room);
    const record = by === null ? null : await unit.load('volunteer', by);
    if (room === null || by === null || record === null || event.sender === parts.service.deskUser) return;
    const turn: Turn = { unit, parts, by, event, room, record: record.value, one: await heldCase(unit, room), commands: of.commands };
    await onHappening(turn, event.what);
  });

