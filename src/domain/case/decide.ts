// What may happen to a case: command and facts in, events or a refusal out. Pure.
import type { CaseEvent } from '#domain/case/events.ts';
import type { Case, Holding } from '#domain/case/state.ts';
import type { Instant, MessageId, RoomRef, VolunteerId } from '#domain/ids.ts';
import { instant } from '#domain/ids.ts';
import type { Limits } from '#domain/limits.ts';
import type { NotEligible } from '#domain/matching.ts';
import { ok, refuse } from '#domain/result.ts';
import type { Result } from '#domain/result.ts';

export type CaseCommand =
  /** The requester wrote. */
  | { readonly type: 'write'; readonly message: MessageId }
  | { readonly type: 'offer'; readonly to: VolunteerId; readonly availableUntil: Instant | null }
  | { readonly type: 'accept'; readonly by: VolunteerId; readonly room: RoomRef; readonly eligible: 'yes' | NotEligible }
  | { readonly type: 'pass'; readonly by: VolunteerId }
  /** They say anew until when they are available; an offer that stands never outlives it. */
  | { readonly type: 'shorten'; readonly of: VolunteerId; readonly availableUntil: Instant }
  /** The offer's time is over, or their availability ended (`time`); or they said something by which it goes on (`own`). */
  | { readonly type: 'lapse'; readonly of: VolunteerId; readonly why: 'time' | 'own' }
  /** The holder has come into the case room. */
  | { readonly type: 'come'; readonly by: VolunteerId }
  | { readonly type: 'open'; readonly by: VolunteerId }
  /** Taken and not begun: they give it back, or there can be no room for it. */
  | { readonly type: 'give-back'; readonly by: VolunteerId; readonly why: 'own' | 'no-room' }
  /** It should have been begun by now. */
  | { readonly type: 'end-begin' }
  /** The holder can be reached again: what waited goes on. */
  | { readonly type: 'catch-up' }
  /** The holder wrote to the requester. */
  | { readonly type: 'answer'; readonly by: VolunteerId }
  | { readonly type: 'step-back'; readonly by: VolunteerId }
  /** Asked about a quiet case, or about closing it: it stays open. */
  | { readonly type: 'stay'; readonly by: VolunteerId }
  | { readonly type: 'close'; readonly by: VolunteerId }
  | { readonly type: 'stop' }
  /** Who held it when it was closed would like it to go on. */
  | { readonly type: 'take-up'; readonly by: VolunteerId; readonly room: RoomRef; readonly eligible: 'yes' | NotEligible }
  /** The answer to "would you like to talk again?"; silence is a no. */
  | { readonly type: 'again'; readonly answer: 'yes' | 'no' | 'silence' }
  | { readonly type: 'note-wait' }
  | { readonly type: 'end-wait' }
  | { readonly type: 'end-idle' }
  /** Bodies have been kept as long as they are after a close. */
  | { readonly type: 'drop-bodies' };

export interface CaseFacts {
  readonly now: Instant;
  readonly limits: Limits;
  /** Is the present holder reachable? Only looked at while a case is open. */
  readonly holder: 'reachable' | 'resting';
}

export type CaseRefusal =
  | 'not-offered'
  | 'not-holder'
  | 'nothing-to-open'
  | 'begun'
  | 'not-open'
  | 'closed'
  | 'not-closed'
  | 'not-waiting'
  | 'not-asked'
  | 'too-late'
  /** They said STOP: only they take it up again. */
  | 'ended-by-requester'
  /** They wrote after the close and are being asked; until they say yes nobody reads it. */
  | 'being-asked'
  | NotEligible;

type Decision = Result<readonly CaseEvent[], CaseRefusal>;

const held = (one: Case, by: VolunteerId): Result<Holding, CaseRefusal> => {
  if (one.state.phase !== 'open') return refuse('not-open');
  return one.state.holding.holder === by ? ok(one.state.holding) : refuse('not-holder');
};

const write = (one: Case, command: { readonly message: MessageId }, facts: CaseFacts): Decision => {
  const { message } = command;
  const kept: CaseEvent = { type: 'message-kept', message, at: facts.now };
  switch (one.state.phase) {
    case 'waiting':
    case 'offered':
      return ok([kept]);
    case 'open': {
      const { holding } = one.state;
      if (facts.holder === 'resting') {
        return ok(holding.restTold === 'told' ? [kept] : [kept, { type: 'rest-told' }]);
      }
      // They can be reached again, whether or not anybody has noticed yet: what waited goes before this one.
      const back: readonly CaseEvent[] = holding.restTold === 'told' ? [{ type: 'rest-over' }] : [];
      if (holding.content === 'sealed') return ok([...back, kept]);
      return ok([...back, { type: 'message-shown', messages: [...one.unshown, message], at: facts.now }]);
    }
    case 'closed': {
      const since = facts.now - one.state.at;
      if (since > facts.limits.reopenMs) return refuse('too-late');
      if (one.state.again === 'asked') return ok([kept]);
      if (since <= facts.limits.thanksMs) return ok([kept, { type: 'again-asked' }]);
      return ok([kept, { type: 'reopened', at: facts.now }]);
    }
  }
};

const showWaiting = (one: Case, facts: CaseFacts): readonly CaseEvent[] =>
  one.unshown.length === 0 ? [] : [{ type: 'message-shown', messages: one.unshown, at: facts.now }];

const offerEnd = (command: { readonly availableUntil: Instant | null }, facts: CaseFacts): Instant =>
  instant(Math.min(facts.now + facts.limits.offerMs, command.availableUntil ?? Number.POSITIVE_INFINITY));

const endBegin = (one: Case, facts: CaseFacts): Decision => {
  if (one.state.phase !== 'open') return refuse('not-open');
  const { holder, room, begun, since } = one.state.holding;
  if (begun === 'yes') return refuse('begun');
  if (facts.now - since >= facts.limits.beginMs) return ok([{ type: 'returned', by: holder, room, why: 'time' }]);
  return ok([{ type: 'begin-late', ask: facts.holder === 'resting' ? 'left-in-peace' : 'asked' }]);
};

const again = (one: Case, command: { readonly answer: 'yes' | 'no' | 'silence' }, facts: CaseFacts): Decision => {
  if (one.state.phase !== 'closed' || one.state.again !== 'asked') return refuse('not-asked');
  switch (command.answer) {
    case 'yes':
      return ok([{ type: 'reopened', at: facts.now }]);
    case 'no':
      return ok([{ type: 'again-declined' }]);
    case 'silence':
      return ok([{ type: 'again-lapsed' }]);
  }
};

const takeUp = (one: Case, command: CaseCommand & { readonly type: 'take-up' }, facts: CaseFacts): Decision => {
  const { state } = one;
  if (state.phase !== 'closed') return refuse('not-closed');
  if (one.former !== command.by) return refuse('not-holder');
  if (facts.now - state.at > facts.limits.reopenMs) return refuse('too-late');
  if (state.by === 'requester') return refuse('ended-by-requester');
  if (state.again === 'asked') return refuse('being-asked');
  if (command.eligible !== 'yes') return refuse(command.eligible);
  return ok([{ type: 'taken-up', by: command.by, room: command.room, at: facts.now }]);
};

/** One command on one case. Events fold into the new state by `evolve`; what goes out follows from them in `effects`. */
export const decide = (one: Case, command: CaseCommand, facts: CaseFacts): Decision => {
  switch (command.type) {
    case 'write':
      return write(one, command, facts);
    case 'offer':
      if (one.state.phase !== 'waiting') return refuse('not-waiting');
      return ok([{ type: 'offered', to: command.to, until: offerEnd(command, facts) }]);
    case 'accept':
      if (one.state.phase !== 'offered' || one.state.offer.to !== command.by || one.state.offer.until <= facts.now)
        return refuse('not-offered');
      if (command.eligible !== 'yes') return refuse(command.eligible);
      return ok([{ type: 'accepted', by: command.by, room: command.room, at: facts.now }]);
    case 'pass':
    case 'lapse': {
      const whose = command.type === 'pass' ? command.by : command.of;
      if (one.state.phase !== 'offered' || one.state.offer.to !== whose) return refuse('not-offered');
      return ok([command.type === 'pass' ? { type: 'passed', by: whose } : { type: 'lapsed', by: whose, why: command.why }]);
    }
    case 'shorten':
      if (one.state.phase !== 'offered' || one.state.offer.to !== command.of) return refuse('not-offered');
      return ok(command.availableUntil < one.state.offer.until ? [{ type: 'offer-shortened', until: command.availableUntil }] : []);
    case 'come': {
      const holding = held(one, command.by);
      if (!holding.ok) return holding;
      return ok(holding.value.begun === 'not-yet' && holding.value.content === 'shown' ? [{ type: 'begun' }] : []);
    }
    case 'give-back': {
      const holding = held(one, command.by);
      if (!holding.ok) return holding;
      if (holding.value.begun === 'yes') return refuse('begun');
      return ok([{ type: 'returned', by: command.by, room: holding.value.room, why: command.why }]);
    }
    case 'end-begin':
      return endBegin(one, facts);
    case 'open': {
      const holding = held(one, command.by);
      if (!holding.ok) return holding;
      if (holding.value.content === 'shown') return refuse('nothing-to-open');
      return ok([{ type: 'opened' }, ...showWaiting(one, facts)]);
    }
    case 'catch-up':
      if (one.state.phase !== 'open') return refuse('not-open');
      return ok([
        { type: 'rest-over' },
        ...(one.state.holding.content === 'shown' ? showWaiting(one, facts) : []),
        // Quiet for long enough to be asked about, and they could not be asked.
        ...(facts.now - one.state.holding.lastWrittenAt >= facts.limits.idleAskMs ? ([{ type: 'idle-asked' }] as const) : []),
      ]);
    case 'answer': {
      const holding = held(one, command.by);
      return holding.ok ? ok([{ type: 'answered', at: facts.now }]) : holding;
    }
    case 'step-back': {
      const holding = held(one, command.by);
      return holding.ok ? ok([{ type: 'stepped-back', by: command.by, room: holding.value.room, at: facts.now }]) : holding;
    }
    case 'stay': {
      const holding = held(one, command.by);
      return holding.ok ? ok([{ type: 'stayed', at: facts.now }]) : holding;
    }
    case 'close': {
      const holding = held(one, command.by);
      return holding.ok ? ok([{ type: 'closed', by: 'holder', at: facts.now }]) : holding;
    }
    case 'stop':
      return one.state.phase === 'closed' ? refuse('closed') : ok([{ type: 'closed', by: 'requester', at: facts.now }]);
    case 'take-up':
      return takeUp(one, command, facts);
    case 'again':
      return again(one, command, facts);
    case 'note-wait':
      if (one.state.phase !== 'waiting' && one.state.phase !== 'offered') return refuse('not-waiting');
      return ok([{ type: 'wait-noted', at: facts.now }]);
    case 'end-wait':
      if (one.state.phase !== 'waiting' && one.state.phase !== 'offered') return refuse('not-waiting');
      return ok([{ type: 'closed', by: 'time', at: facts.now }]);
    case 'end-idle':
      if (one.state.phase !== 'open') return refuse('not-open');
      if (facts.now - one.state.holding.lastWrittenAt >= facts.limits.idleCloseMs)
        return ok([{ type: 'closed', by: 'time', at: facts.now }]);
      return ok([{ type: facts.holder === 'resting' ? 'idle-put-off' : 'idle-asked' }]);
    case 'drop-bodies':
      return one.state.phase === 'closed' ? ok([{ type: 'bodies-dropped' }]) : refuse('not-closed');
  }
};
