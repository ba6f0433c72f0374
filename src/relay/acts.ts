// What the answers to questions and the commands do, each once, whoever asked for it.
import type { Case } from '#domain/case/state.ts';
import { holderOf } from '#domain/case/state.ts';
import type { CaseId, Instant, MessageId, RoomRef, VolunteerId } from '#domain/ids.ts';
import { brandId } from '#domain/ids.ts';
import type { NotEligible } from '#domain/matching.ts';
import type { Act } from '#domain/question.ts';
import type { Room } from '#domain/room.ts';
import type { Say } from '#domain/say.ts';
import { isResting, rest, turnOff } from '#domain/volunteer.ts';
import type { Volunteer } from '#domain/volunteer.ts';
import { applyCase } from '#relay/apply-case.ts';
import { eligibleNow } from '#relay/match.ts';
import { gather, loadOut } from '#relay/outgoing.ts';
import type { Parts } from '#relay/parts.ts';
import { askInRoom, ownQuestionMs, questionAbout, settle } from '#relay/questions.ts';
import { moveQuietGate } from '#relay/quiet-lane.ts';
import type { VolunteerRecord } from '#relay/record-types.ts';
import { loadRoom } from '#relay/rooms.ts';
import { later, newId, underOwner } from '#relay/unit.ts';
import type { Unit } from '#relay/unit.ts';

export interface Actor {
  readonly unit: Unit;
  readonly parts: Parts;
  readonly by: VolunteerId;
}

const aboutRest = 'rest';

const say = (key: string): readonly Say[] => [{ key }];

export const putVolunteer = async (unit: Unit, record: VolunteerRecord): Promise<void> => {
  const { volunteer } = record;
  await unit.put('volunteer', {
    id: volunteer.id,
    state: volunteer.state,
    parent: null,
    under: underOwner(volunteer.id),
    dueAt: null,
    value: record,
  });
};

export const changeVolunteer = async (actor: Actor, change: (volunteer: Volunteer) => Volunteer): Promise<void> => {
  const record = await actor.unit.load('volunteer', actor.by);
  if (record !== null) await putVolunteer(actor.unit, { ...record.value, volunteer: change(record.value.volunteer) });
};

const refusedAcceptance = (why: NotEligible): string => {
  const known: Partial<Record<NotEligible, string>> = {
    'at-cap': 'desk.offer.at-cap',
    'not-available': 'desk.offer.not-available',
    'unsigned-device': 'desk.offer.unsigned',
    left: 'desk.offer.left',
  };
  return known[why] ?? 'desk.offer.taken';
};

/** Accepts an offer; what does not hold any more is refused kindly and goes on to somebody else. */
export const accept = async (actor: Actor, caseId: CaseId): Promise<readonly Say[]> => {
  const { unit, parts, by } = actor;
  const eligible = await eligibleNow(unit, parts, { case: caseId, by });
  const accepted = await applyCase(unit, parts, { case: caseId, command: { type: 'accept', by, room: newId<RoomRef>(parts), eligible } });
  if (accepted.ok) return [];
  const why = eligible === 'yes' ? 'time' : 'own';
  const went = await applyCase(unit, parts, { case: caseId, command: { type: 'lapse', of: by, why } });
  if (eligible !== 'yes') return say(refusedAcceptance(eligible));
  // Its time was over a moment ago, which has just been said; or it is long gone.
  return went.ok ? [] : say('desk.offer.taken');
};

export const pass = async (actor: Actor, caseId: CaseId): Promise<readonly Say[]> => {
  const passed = await applyCase(actor.unit, actor.parts, { case: caseId, command: { type: 'pass', by: actor.by } });
  return passed.ok ? [] : say('desk.offer.taken');
};

export const open = async (actor: Actor, caseId: CaseId): Promise<readonly Say[]> => {
  const opened = await applyCase(actor.unit, actor.parts, { case: caseId, command: { type: 'open', by: actor.by } });
  return opened.ok ? [] : say('case.nothing-yet');
};

/** Out at once, without a question and without a reason. The answer comes at the desk, since the room is left. */
export const stepBack = async (actor: Actor, caseId: CaseId): Promise<boolean> =>
  (await applyCase(actor.unit, actor.parts, { case: caseId, command: { type: 'step-back', by: actor.by } })).ok;

/** The cases this volunteer holds now. */
export const heldBy = async (actor: Actor): Promise<readonly Case[]> => {
  const rows = await actor.parts.store.find({ kind: 'case', parent: actor.by, states: ['open', 'offered'] });
  const found: Case[] = [];
  for (const row of rows) {
    const one = await actor.unit.load('case', row.id);
    if (one !== null) found.push(one.value);
  }
  return found;
};

/** The offer that stands at their desk goes on to somebody else. */
export const letOfferGo = async (actor: Actor): Promise<'went' | 'none'> => {
  const offered = (await heldBy(actor)).filter((one) => one.state.phase === 'offered' && one.state.offer.to === actor.by);
  for (const one of offered)
    await applyCase(actor.unit, actor.parts, { case: one.id, command: { type: 'lapse', of: actor.by, why: 'own' } });
  return offered.length > 0 ? 'went' : 'none';
};

/** They are available for a shorter time than was said when the offer was made. */
export const shortenOffer = async (actor: Actor, availableUntil: Instant): Promise<void> => {
  for (const one of await heldBy(actor)) {
    await applyCase(actor.unit, actor.parts, { case: one.id, command: { type: 'shorten', of: actor.by, availableUntil } });
  }
};

const goOff = async (actor: Actor): Promise<void> => {
  await changeVolunteer(actor, turnOff);
  actor.unit.timerOff('volunteer-end', actor.by);
};

const deskOf = async (actor: Actor): Promise<Room | null> => {
  const record = await actor.unit.load('volunteer', actor.by);
  return record === null ? null : loadRoom(actor.unit, record.value.volunteer.desk);
};

/** What waited while they rested goes on, in order, and what was asked about the rest is over with it. */
export const catchUp = async (actor: Actor): Promise<void> => {
  const desk = await deskOf(actor);
  const asked = desk === null ? null : await questionAbout(actor.unit, desk, aboutRest);
  if (asked !== null) await settle(actor.unit, asked, null);
  await moveQuietGate(actor.unit, actor.parts, { by: actor.by, until: actor.unit.now });
  for (const one of await heldBy(actor)) {
    if (holderOf(one) === actor.by) await applyCase(actor.unit, actor.parts, { case: one.id, command: { type: 'catch-up' } });
  }
};

export const isAtRest = async (actor: Actor): Promise<boolean> => {
  const record = await actor.unit.load('volunteer', actor.by);
  return record !== null && isResting(record.value.volunteer, actor.unit.now) === 'resting';
};

export const goToRest = async (actor: Actor, until: Instant | null): Promise<void> => {
  await letOfferGo(actor);
  await changeVolunteer(actor, (volunteer) => rest(volunteer, until));
  await moveQuietGate(actor.unit, actor.parts, { by: actor.by, until });
  if (until === null) actor.unit.timerOff('volunteer-end', actor.by);
  else actor.unit.timer('volunteer-end', { ref: actor.by, at: until });
};

export const endRest = async (actor: Actor): Promise<void> => {
  await goOff(actor);
  await catchUp(actor);
};

/** `!rest` with open cases asks what to do with them; nothing said: keep quiet. */
export const askAboutRest = async (actor: Actor): Promise<void> => {
  const desk = await deskOf(actor);
  if (desk === null) return;
  await askInRoom(actor.unit, actor.parts, {
    room: desk,
    turn: 'now',
    ask: {
      about: aboutRest,
      asks: { key: 'desk.rest.ask' },
      answers: [
        { word: '1', also: ['keep quiet'], act: { act: 'rest-keep' } },
        { word: '2', also: ['step back'], act: { act: 'rest-step-back' } },
      ],
      silence: { act: 'rest-keep' },
    },
  });
};

const stepBackFromAll = async (actor: Actor): Promise<readonly Say[]> => {
  for (const one of await heldBy(actor)) if (holderOf(one) === actor.by) await stepBack(actor, one.id);
  return say('desk.rest.stepped-back');
};

export const askToClose = async (actor: Actor, one: Case): Promise<void> => {
  const room = one.state.phase === 'open' ? await loadRoom(actor.unit, one.state.holding.room) : null;
  if (room === null) return;
  await askInRoom(actor.unit, actor.parts, {
    room,
    turn: 'now',
    ask: {
      about: `close:${one.id}`,
      asks: {
        key: 'case.close.ask',
        slots: {
          pseudonym: { slot: 'pseudonym', value: one.pseudonym },
          reopen: { slot: 'span', ms: actor.parts.limits.reopenMs },
        },
      },
      answers: [
        { word: '1', also: ['close it'], act: { act: 'close', case: one.id } },
        { word: '2', also: ['go on'], act: { act: 'stay', case: one.id } },
      ],
      silence: { act: 'nothing' },
      deadline: later(actor.unit.now, ownQuestionMs),
    },
  });
};

/** The holder writes to the requester: the case notes that it is alive, the line is gathered. */
export const write = async (
  actor: Actor,
  line: { readonly case: CaseId; readonly event: string; readonly text: string; readonly corrects?: Instant | null },
): Promise<readonly Say[]> => {
  const { unit, parts, by } = actor;
  const answered = await applyCase(unit, parts, { case: line.case, command: { type: 'answer', by } });
  if (!answered.ok || answered.value.state.phase !== 'open') return say('case.over');
  const written = { one: answered.value, room: answered.value.state.holding.room, event: line.event, text: line.text };
  const gathered = await gather(unit, parts, { written, corrects: line.corrects ?? null });
  return gathered === 'gathered' ? [] : say('case.way-gone');
};

/** When the line of this event first left, for what corrects it. */
const writtenAt = async (actor: Actor, event: string): Promise<Instant> => {
  const [entry] = await actor.parts.store.lookup('event', actor.parts.vault.hash('event', event).hash);
  const message = entry === undefined ? null : await loadOut(actor.unit, brandId<MessageId>(entry.ref.slice('message:'.length)));
  return message?.at ?? actor.unit.now;
};

/** Carries out an answer's act of a volunteer. Returns what they are told in the room where they answered. */
export const actForVolunteer = async (actor: Actor, act: Act): Promise<readonly Say[]> => {
  switch (act.act) {
    case 'accept':
      return accept(actor, act.case);
    case 'pass':
      return pass(actor, act.case);
    case 'open':
      return open(actor, act.case);
    case 'close':
      await applyCase(actor.unit, actor.parts, { case: act.case, command: { type: 'close', by: actor.by } });
      return [];
    case 'stay':
      await applyCase(actor.unit, actor.parts, { case: act.case, command: { type: 'stay', by: actor.by } });
      return say('case.close.no');
    case 'give-back': {
      const given = await applyCase(actor.unit, actor.parts, { case: act.case, command: { type: 'give-back', by: actor.by, why: 'own' } });
      return say(given.ok ? 'desk.begin.given-back' : 'volunteer.question-over');
    }
    case 'rest-keep':
      return say('desk.rest.quiet');
    case 'rest-step-back':
      return stepBackFromAll(actor);
    case 'send-line': {
      const told = await write(actor, act);
      return told.length > 0 ? told : say('volunteer.sent-as-text');
    }
    case 'leave-line':
      return say('volunteer.left-unsent');
    case 'send-correction': {
      const told = await write(actor, { ...act, corrects: await writtenAt(actor, act.event) });
      return told.length > 0 ? told : say('case.correction-sent');
    }
    case 'leave-correction':
      return say('case.correction-dropped');
    default:
      return [];
  }
};
