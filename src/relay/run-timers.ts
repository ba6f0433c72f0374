// What happens by itself: timers that are due, each in a unit of its own. A pause is made up: what is overdue is run, in order.
import type { CaseCommand } from '#domain/case/decide.ts';
import type { CaseId, QuestionId, RoomRef } from '#domain/ids.ts';
import { spans } from '#domain/limits.ts';
import type { Question } from '#domain/question.ts';
import { actForVolunteer } from '#relay/acts.ts';
import { endRest } from '#relay/resting.ts';
import { applyCase } from '#relay/apply-case.ts';
import { forgetLobby } from '#relay/chat-room.ts';
import { askAgainLater, backIntoLane, expireHeld } from '#relay/held.ts';
import { keepsWords, sayLetGo } from '#relay/let-go.ts';
import { matchAll } from '#relay/match.ts';
import { putMessage } from '#relay/outgoing.ts';
import type { Parts } from '#relay/parts.ts';
import { endQuarantine } from '#relay/quarantine.ts';
import { settle } from '#relay/questions.ts';
import { loadRoom, putRoom, sayInRoom, workInRoom } from '#relay/rooms.ts';
import type { Timer } from '#relay/store-port.ts';
import { inUnit, later } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';
import { dropWayBack } from '#relay/way-back.ts';

/**
 * Runs a timer in one unit that takes it away. One that was moved or taken away meanwhile, by another process or by what it was
 * about, does nothing: looked at in each attempt, so what is loaded after it decides.
 */
const once = (parts: Parts, timer: Timer, run: (unit: Unit) => Promise<void>): Promise<void> =>
  inUnit(parts, {}, async (unit) => {
    const stands = await parts.store.timer(timer.id);
    if (stands === null || stands.dueAt !== timer.dueAt) return;
    unit.write({ write: 'timer-drop', id: timer.id });
    await run(unit);
  });

const caseCommand = (parts: Parts, timer: Timer, command: CaseCommand): Promise<void> =>
  once(parts, timer, async (unit) => {
    await applyCase(unit, parts, { case: timer.ref as CaseId, command });
  });

const offerOver = (parts: Parts, timer: Timer): Promise<void> =>
  once(parts, timer, async (unit) => {
    const one = await unit.load('case', timer.ref);
    if (one?.value.state.phase !== 'offered') return;
    await applyCase(unit, parts, { case: one.value.id, command: { type: 'lapse', of: one.value.state.offer.to, why: 'time' } });
  });

/** The bodies of a closed conversation go; its pseudonym and the way back stay a while longer. */
const dropBodies = (parts: Parts, timer: Timer): Promise<void> =>
  once(parts, timer, async (unit) => {
    const dropped = await applyCase(unit, parts, { case: timer.ref as CaseId, command: { type: 'drop-bodies' } });
    if (!dropped.ok) return;
    for (const row of await parts.store.find({ kind: 'message', parent: timer.ref })) unit.drop('message', row.id);
    const { state } = dropped.value;
    if (state.phase === 'closed') unit.timer('way-back', { ref: timer.ref, at: later(state.at, parts.limits.reopenMs) });
  });

/** Forgotten: the key first, so that nothing can be read any more even if the rest is cut off by a kill. */
const forget = async (parts: Parts, timer: Timer): Promise<void> => {
  const one = await parts.records.load('case', timer.ref);
  if (one !== null && one.value.state.phase !== 'closed') return once(parts, timer, async () => undefined);
  await parts.vault.forgetOwner(timer.ref as CaseId);
  await inUnit(parts, {}, async (unit) => {
    unit.write({ write: 'drop-owner', owner: timer.ref });
    for (const what of ['match', 'offer', 'begin', 'wait-note', 'wait-end', 'idle', 'again', 'bodies', 'forget'])
      unit.timerOff(`case-${what}`, timer.ref);
  });
};

const leaveRoom = (parts: Parts, timer: Timer): Promise<void> =>
  once(parts, timer, async (unit) => {
    const room = await loadRoom(unit, timer.ref as RoomRef);
    if (room === null || room.state === 'left') return;
    await putRoom(unit, { ...room, state: 'left' });
    await workInRoom(unit, room, { work: 'leave', room: room.ref });
  });

const silence = async (unit: Unit, parts: Parts, question: Question): Promise<void> => {
  await settle(unit, question, null);
  if (question.held.length > 0) {
    await expireHeld(unit, parts, question);
    return;
  }
  if (question.asked.to !== 'room') return;
  const room = await loadRoom(unit, question.asked.room);
  if (room?.for.purpose === 'chat' && keepsWords(question)) await sayInRoom(unit, room, sayLetGo(question));
  if (room?.for.purpose !== 'desk' && room?.for.purpose !== 'case') return;
  const says = await actForVolunteer({ unit, parts, by: room.for.volunteer }, question.silence);
  if (says.length > 0) await sayInRoom(unit, room, says);
};

const questionOver = (parts: Parts, timer: Timer): Promise<void> =>
  once(parts, timer, async (unit) => {
    const question = await unit.load('question', timer.ref);
    if (question !== null) await silence(unit, parts, question.value);
  });

/** A rest has come to its end: off, and what waited comes, in order. */
const restOver = (parts: Parts, timer: Timer): Promise<void> =>
  once(parts, timer, async (unit) => {
    const record = await unit.load('volunteer', timer.ref);
    if (record === null || record.value.volunteer.state !== 'resting') return;
    const actor = { unit, parts, by: record.value.volunteer.id };
    await endRest(actor);
    const desk = await loadRoom(unit, record.value.volunteer.desk);
    if (desk !== null) await sayInRoom(unit, desk, [{ key: 'desk.rest.ended' }]);
  });

/** What a requester took back has been kept long enough. */
const deleteRemoved = (parts: Parts, timer: Timer): Promise<void> =>
  once(parts, timer, async (unit) => {
    const message = await unit.load('message', timer.ref);
    if (message?.value.direction === 'in') await putMessage(unit, { ...message.value, text: null });
  });

const afterFaultMs = spans.minute;

const matchAgainMs = 5 * spans.second;

/** Set for later first and taken away last: a kill in between costs seconds, and what changes meanwhile asks anew. */
const match = async (parts: Parts, timer: Timer): Promise<void> => {
  const again = await inUnit(parts, {}, async (unit) => {
    const dueAt = later(unit.now, matchAgainMs);
    unit.write({ write: 'timer', timer: { ...timer, dueAt } });
    return dueAt;
  });
  await matchAll(parts);
  await once(parts, { ...timer, dueAt: again }, async () => undefined);
};

const run: Readonly<Record<string, (parts: Parts, timer: Timer) => Promise<void>>> = {
  match,
  'case-match': match,
  'case-offer': offerOver,
  'case-begin': (parts, timer) => caseCommand(parts, timer, { type: 'end-begin' }),
  'case-wait-note': (parts, timer) => caseCommand(parts, timer, { type: 'note-wait' }),
  'case-wait-end': (parts, timer) => caseCommand(parts, timer, { type: 'end-wait' }),
  'case-idle': (parts, timer) => caseCommand(parts, timer, { type: 'end-idle' }),
  'case-again': (parts, timer) => caseCommand(parts, timer, { type: 'again', answer: 'silence' }),
  'case-bodies': dropBodies,
  'case-forget': forget,
  'leave-room': leaveRoom,
  question: questionOver,
  'volunteer-end': restOver,
  removed: deleteRemoved,
  'held-ask': (parts, timer) => once(parts, timer, (unit) => askAgainLater(unit, parts, timer.ref as QuestionId)),
  'held-again': (parts, timer) => once(parts, timer, (unit) => backIntoLane(unit, parts, timer.ref)),
  'way-back': (parts, timer) => once(parts, timer, (unit) => dropWayBack(unit, parts, timer.ref as CaseId)),
  lobby: (parts, timer) => once(parts, timer, (unit) => forgetLobby(unit, timer.ref as RoomRef)),
  quarantine: (parts, timer) => once(parts, timer, (unit) => endQuarantine(unit, parts, timer.ref)),
};

const batch = 100;

/** Runs what is due. A timer whose run fails is tried again a minute later and holds up no other. */
export const runTimers = async (parts: Parts): Promise<void> => {
  for (const timer of await parts.store.dueTimers(parts.clock.now(), batch)) {
    try {
      await (run[timer.what] ?? dropUnknown)(parts, timer);
    } catch (fault) {
      const code = fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : 'unexpected';
      parts.log({ event: 'fault', where: `timer-${timer.what}`, code });
      await inUnit(parts, {}, async (unit) => {
        const stands = await parts.store.timer(timer.id);
        if (stands?.dueAt === timer.dueAt) unit.timer(timer.what, { ref: timer.ref, at: later(unit.now, afterFaultMs) });
      });
    }
  }
};

const dropUnknown = (parts: Parts, timer: Timer): Promise<void> => once(parts, timer, async () => undefined);
