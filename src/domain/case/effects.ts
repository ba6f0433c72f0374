// What must go out because of an event: data that names pseudonyms, roles and random ids, never an address.
import type { CaseEvent } from '#domain/case/events.ts';
import type { Case } from '#domain/case/state.ts';
import { takesOver } from '#domain/case/state.ts';
import type { Instant, MessageId, RoomRef, VolunteerId } from '#domain/ids.ts';
import { instant } from '#domain/ids.ts';
import type { Limits } from '#domain/limits.ts';

/** Timers of a case; one of each kind at a time. */
export type CaseTimer = 'match' | 'offer' | 'wait-note' | 'wait-end' | 'idle' | 'again' | 'bodies' | 'forget';

/** What the requester is told; the words and their slots are found where it is said. */
export type RequesterTold =
  | 'stopped'
  | 'closed-by-volunteer'
  | 'closed-by-quiet'
  | 'wait-note-first'
  | 'wait-note-again'
  | 'wait-over'
  | 'stepped-back'
  | 'taken-over'
  | 'away'
  | 'again-yes'
  | 'again-no'
  | 'reopened';

export type HolderTold = 'closed' | 'closed-by-requester' | 'closed-by-quiet';
export type DeskTold = 'accepted' | 'passed' | 'lapsed' | 'withdrawn';

export type Effect =
  | { readonly effect: 'tell-requester'; readonly told: RequesterTold }
  /** One question to the requester; its answers are words they can write. */
  | { readonly effect: 'ask-requester'; readonly asks: 'again' }
  /** Look for a volunteer now. */
  | { readonly effect: 'match' }
  | { readonly effect: 'offer'; readonly to: VolunteerId; readonly until: Instant }
  /** The offer at their desk is settled: question and answer go from the room. */
  | { readonly effect: 'settle-offer'; readonly at: VolunteerId; readonly told: DeskTold }
  | { readonly effect: 'begin-holding'; readonly holder: VolunteerId; readonly room: RoomRef; readonly holding: 'first' | 'again' }
  | { readonly effect: 'show'; readonly room: RoomRef; readonly messages: readonly MessageId[] }
  /** What the volunteer wrote and what still has ⏳: it leaves now, or does not leave. */
  | { readonly effect: 'lines'; readonly become: 'sent' | 'taken-back' }
  | { readonly effect: 'tell-holder'; readonly room: RoomRef; readonly told: HolderTold }
  /** Coordinators hear that somebody waits without a match; never why. */
  | { readonly effect: 'tell-coordinators' }
  | { readonly effect: 'ask-idle'; readonly room: RoomRef }
  | { readonly effect: 'end-holding'; readonly holder: VolunteerId; readonly room: RoomRef; readonly leave: 'now' | 'later' }
  | { readonly effect: 'drop-messages'; readonly messages: readonly MessageId[] }
  | { readonly effect: 'timer'; readonly timer: CaseTimer; readonly at: Instant }
  | { readonly effect: 'timer-off'; readonly timer: CaseTimer };

const tell = (told: RequesterTold): Effect => ({ effect: 'tell-requester', told });

export interface EffectFacts {
  readonly now: Instant;
  readonly limits: Limits;
}

const waitTimers = (facts: EffectFacts): readonly Effect[] => [
  { effect: 'timer', timer: 'wait-note', at: instant(facts.now + facts.limits.waitNoteMs) },
  { effect: 'timer', timer: 'wait-end', at: instant(facts.now + facts.limits.longestWaitMs) },
];
const noWaitTimers: readonly Effect[] = [
  { effect: 'timer-off', timer: 'match' },
  { effect: 'timer-off', timer: 'wait-note' },
  { effect: 'timer-off', timer: 'wait-end' },
];

/** From every sign of life on: after this long a silence the holder is asked. */
const idleTimer = (facts: EffectFacts): Effect => ({ effect: 'timer', timer: 'idle', at: instant(facts.now + facts.limits.idleAskMs) });

/** What a newly begun case sets going; its first answer is composed where the mail or chat was recognised. */
export const effectsOfBeginning = (facts: EffectFacts): readonly Effect[] => [{ effect: 'match' }, ...waitTimers(facts)];

const closingWords = (before: Case, by: 'requester' | 'holder' | 'time'): RequesterTold => {
  if (by === 'time') return before.state.phase === 'open' ? 'closed-by-quiet' : 'wait-over';
  return by === 'requester' ? 'stopped' : 'closed-by-volunteer';
};

const endsOf = (before: Case, by: 'requester' | 'holder' | 'time'): readonly Effect[] => {
  const { state } = before;
  // Whoever was being asked is free for somebody else.
  if (state.phase === 'offered') return [{ effect: 'settle-offer', at: state.offer.to, told: 'withdrawn' }, { effect: 'match' }];
  if (state.phase !== 'open') return [];
  const told = ({ requester: 'closed-by-requester', holder: 'closed', time: 'closed-by-quiet' } as const)[by];
  const { holder, room } = state.holding;
  return [
    { effect: 'tell-holder', room, told },
    { effect: 'end-holding', holder, room, leave: 'later' },
  ];
};

const ofClosing = (before: Case, event: CaseEvent & { readonly type: 'closed' }, facts: EffectFacts): readonly Effect[] => [
  // Who closes has said their last words before; to who said STOP no more go.
  ...(before.state.phase === 'open' ? [{ effect: 'lines', become: event.by === 'requester' ? 'taken-back' : 'sent' } as const] : []),
  tell(closingWords(before, event.by)),
  ...endsOf(before, event.by),
  ...noWaitTimers,
  { effect: 'timer-off', timer: 'offer' },
  { effect: 'timer-off', timer: 'idle' },
  { effect: 'timer', timer: 'bodies', at: instant(facts.now + facts.limits.bodiesMs) },
  { effect: 'timer', timer: 'forget', at: instant(facts.now + facts.limits.forgetMs) },
];

/** `before` is the case as it stood before the event. */
export const effects = (before: Case, event: CaseEvent, facts: EffectFacts): readonly Effect[] => {
  switch (event.type) {
    case 'opened':
    case 'rest-over':
    case 'bodies-dropped':
      return [];
    case 'message-kept':
      return before.state.phase === 'open' ? [idleTimer(facts)] : [];
    case 'stayed':
    case 'answered':
      return [idleTimer(facts)];
    case 'message-shown':
      return before.state.phase === 'open'
        ? [{ effect: 'show', room: before.state.holding.room, messages: event.messages }, idleTimer(facts)]
        : [];
    case 'rest-told':
      return [tell('away')];
    case 'offered':
      return [
        { effect: 'offer', to: event.to, until: event.until },
        { effect: 'timer', timer: 'offer', at: event.until },
      ];
    case 'offer-shortened':
      return [{ effect: 'timer', timer: 'offer', at: event.until }];
    case 'accepted':
      return [
        { effect: 'timer-off', timer: 'offer' },
        ...noWaitTimers,
        { effect: 'settle-offer', at: event.by, told: 'accepted' },
        ...(takesOver(before, event.by) ? [tell('taken-over')] : []),
        { effect: 'begin-holding', holder: event.by, room: event.room, holding: before.former === event.by ? 'again' : 'first' },
        idleTimer(facts),
        // Below their cap they may be asked about another one that waits.
        { effect: 'match' },
      ];
    case 'passed':
    case 'lapsed':
      return [{ effect: 'timer-off', timer: 'offer' }, { effect: 'settle-offer', at: event.by, told: event.type }, { effect: 'match' }];
    case 'stepped-back':
      return [
        // They are out of the room, and can take nothing back any more by themselves.
        { effect: 'lines', become: 'taken-back' },
        tell('stepped-back'),
        { effect: 'end-holding', holder: event.by, room: event.room, leave: 'now' },
        { effect: 'timer-off', timer: 'idle' },
        { effect: 'match' },
        ...waitTimers(facts),
      ];
    case 'closed':
      return ofClosing(before, event, facts);
    case 'again-asked':
      return [
        { effect: 'ask-requester', asks: 'again' },
        { effect: 'timer', timer: 'again', at: instant(facts.now + facts.limits.heldMs) },
      ];
    case 'again-declined':
      return [tell('again-no'), { effect: 'timer-off', timer: 'again' }, { effect: 'drop-messages', messages: before.unshown }];
    case 'again-lapsed':
      return [{ effect: 'drop-messages', messages: before.unshown }];
    case 'reopened':
      return [
        tell(before.state.phase === 'closed' && before.state.again === 'asked' ? 'again-yes' : 'reopened'),
        { effect: 'timer-off', timer: 'again' },
        { effect: 'timer-off', timer: 'bodies' },
        { effect: 'timer-off', timer: 'forget' },
        { effect: 'match' },
        ...waitTimers(facts),
      ];
    case 'wait-noted':
      return [
        tell(facts.now - before.waitingSince < facts.limits.waitNoteAgainMs ? 'wait-note-first' : 'wait-note-again'),
        { effect: 'tell-coordinators' },
        { effect: 'timer', timer: 'wait-note', at: instant(facts.now + facts.limits.waitNoteAgainMs) },
      ];
    case 'idle-asked':
      return before.state.phase === 'open'
        ? [
            { effect: 'ask-idle', room: before.state.holding.room },
            { effect: 'timer', timer: 'idle', at: instant(before.state.holding.lastWrittenAt + facts.limits.idleCloseMs) },
          ]
        : [];
  }
};
