// What must go out because of an event: data that names pseudonyms, roles and random ids, never an address.
import type { CaseEvent, ReturnedWhy } from '#domain/case/events.ts';
import type { Case } from '#domain/case/state.ts';
import { takesOver } from '#domain/case/state.ts';
import type { Instant, MessageId, RoomRef, VolunteerId } from '#domain/ids.ts';
import { instant } from '#domain/ids.ts';
import type { Limits } from '#domain/limits.ts';

/** Timers of a case; one of each kind at a time. */
export type CaseTimer = 'match' | 'offer' | 'begin' | 'wait-note' | 'wait-end' | 'idle' | 'again' | 'bodies' | 'forget';

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
  | 'reopened'
  | 'taken-up';

export type HolderTold = 'closed' | 'closed-by-requester' | 'closed-by-quiet';
/** `let-go`: they did it themselves, and are answered there. */
export type DeskTold = 'accepted' | 'passed' | 'lapsed' | 'let-go' | 'withdrawn';

/**
 * `after-another`: the requester has written with somebody else before. `again`: this volunteer held it before the close, and they wrote.
 * `taken-up`: the volunteer took it up again.
 */
export type HoldingKind = 'first' | 'again' | 'taken-up' | 'after-another';

export type Effect =
  | { readonly effect: 'tell-requester'; readonly told: RequesterTold }
  /** One question to the requester; its answers are words they can write. */
  | { readonly effect: 'ask-requester'; readonly asks: 'again' }
  /** Look for a volunteer now. */
  | { readonly effect: 'match' }
  | { readonly effect: 'offer'; readonly to: VolunteerId; readonly until: Instant }
  /** The offer at their desk is settled: question and answer go from the room. */
  | { readonly effect: 'settle-offer'; readonly at: VolunteerId; readonly told: DeskTold }
  | { readonly effect: 'begin-holding'; readonly holder: VolunteerId; readonly room: RoomRef; readonly holding: HoldingKind }
  /** At their desk: it has not begun, and can go on to somebody else. */
  | { readonly effect: 'ask-begin'; readonly at: VolunteerId; readonly until: Instant }
  | { readonly effect: 'settle-begin'; readonly at: VolunteerId }
  /** It has gone from them without having begun: one line at their desk, and the offer does not come to them again by itself. */
  | { readonly effect: 'returned'; readonly at: VolunteerId; readonly why: ReturnedWhy }
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

const idleEndTimer = (lastWrittenAt: Instant, facts: EffectFacts): Effect => ({
  effect: 'timer',
  timer: 'idle',
  at: instant(lastWrittenAt + facts.limits.idleCloseMs),
});

/** What a newly begun case sets going; its first answer is composed where the mail or chat was recognised. */
export const effectsOfBeginning = (facts: EffectFacts): readonly Effect[] => [{ effect: 'match' }, ...waitTimers(facts)];

const kindOfHolding = (before: Case, by: VolunteerId): HoldingKind => {
  if (before.former === by) return 'again';
  return takesOver(before, by) ? 'after-another' : 'first';
};

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
  return [...ofBeginning(before), { effect: 'tell-holder', room, told }, { effect: 'end-holding', holder, room, leave: 'later' }];
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

/** The holder has begun it by this: nobody asks about that any more. */
const ofBeginning = (before: Case): readonly Effect[] =>
  before.state.phase === 'open' && before.state.holding.begun === 'not-yet'
    ? [
        { effect: 'timer-off', timer: 'begin' },
        { effect: 'settle-begin', at: before.state.holding.holder },
      ]
    : [];

const ofLateBeginning = (before: Case, event: CaseEvent & { readonly type: 'begin-late' }, facts: EffectFacts): readonly Effect[] => {
  if (before.state.phase !== 'open') return [];
  const { holder, since } = before.state.holding;
  const until = instant(since + facts.limits.beginMs);
  return [
    ...(event.ask === 'asked' ? [{ effect: 'ask-begin', at: holder, until } as const] : []),
    { effect: 'timer', timer: 'begin', at: until },
  ];
};

/** When the next note about a wait is due, of those that fell into a time in which it seemed to be in somebody's hands, or later. */
const nextNoteAt = (of: { readonly waitingSince: Instant; readonly takenAt: Instant }, facts: EffectFacts): Instant => {
  const first = of.waitingSince + facts.limits.waitNoteMs;
  const missed = Math.max(0, Math.floor((of.takenAt - first) / facts.limits.waitNoteAgainMs) + 1);
  return instant(Math.max(facts.now, first + missed * facts.limits.waitNoteAgainMs));
};

/** The wait goes on where it was: the person has not been answered, and is told no later than was said. */
const ofReturning = (before: Case, event: CaseEvent & { readonly type: 'returned' }, facts: EffectFacts): readonly Effect[] => {
  if (before.state.phase !== 'open') return [];
  const { since, announced } = before.state.holding;
  const { waitingSince } = before;
  return [
    ...(announced === 'yes' ? [tell('stepped-back')] : []),
    { effect: 'returned', at: event.by, why: event.why },
    { effect: 'end-holding', holder: event.by, room: event.room, leave: 'now' },
    { effect: 'timer-off', timer: 'begin' },
    { effect: 'timer-off', timer: 'idle' },
    { effect: 'match' },
    { effect: 'timer', timer: 'wait-note', at: nextNoteAt({ waitingSince, takenAt: since }, facts) },
    { effect: 'timer', timer: 'wait-end', at: instant(Math.max(facts.now, waitingSince + facts.limits.longestWaitMs)) },
  ];
};

/** `before` is the case as it stood before the event. */
export const effects = (before: Case, event: CaseEvent, facts: EffectFacts): readonly Effect[] => {
  switch (event.type) {
    case 'rest-over':
    case 'bodies-dropped':
      return [];
    case 'opened':
    case 'begun':
      return ofBeginning(before);
    case 'begin-late':
      return ofLateBeginning(before, event, facts);
    case 'returned':
      return ofReturning(before, event, facts);
    case 'message-kept':
      return before.state.phase === 'open' ? [idleTimer(facts)] : [];
    case 'stayed':
      return [idleTimer(facts)];
    case 'answered':
      return [...ofBeginning(before), idleTimer(facts)];
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
        { effect: 'begin-holding', holder: event.by, room: event.room, holding: kindOfHolding(before, event.by) },
        idleTimer(facts),
        { effect: 'timer', timer: 'begin', at: instant(facts.now + facts.limits.beginAskMs) },
        // Below their cap they may be asked about another one that waits.
        { effect: 'match' },
      ];
    case 'passed':
    case 'lapsed': {
      const told = event.type === 'passed' ? 'passed' : ({ time: 'lapsed', own: 'let-go' } as const)[event.why];
      return [{ effect: 'timer-off', timer: 'offer' }, { effect: 'settle-offer', at: event.by, told }, { effect: 'match' }];
    }
    case 'stepped-back':
      return [
        // They are out of the room, and can take nothing back any more by themselves.
        { effect: 'lines', become: 'taken-back' },
        tell('stepped-back'),
        ...ofBeginning(before),
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
    case 'taken-up':
      return [
        { effect: 'timer-off', timer: 'bodies' },
        { effect: 'timer-off', timer: 'forget' },
        tell('taken-up'),
        { effect: 'begin-holding', holder: event.by, room: event.room, holding: 'taken-up' },
        idleTimer(facts),
        { effect: 'timer', timer: 'begin', at: instant(facts.now + facts.limits.beginAskMs) },
      ];
    case 'wait-noted':
      return [
        tell(facts.now - before.waitingSince < facts.limits.waitNoteAgainMs ? 'wait-note-first' : 'wait-note-again'),
        { effect: 'tell-coordinators' },
        { effect: 'timer', timer: 'wait-note', at: instant(facts.now + facts.limits.waitNoteAgainMs) },
      ];
    case 'idle-put-off':
      return before.state.phase === 'open' ? [idleEndTimer(before.state.holding.lastWrittenAt, facts)] : [];
    case 'idle-asked':
      return before.state.phase === 'open'
        ? [{ effect: 'ask-idle', room: before.state.holding.room }, idleEndTimer(before.state.holding.lastWrittenAt, facts)]
        : [];
  }
};
