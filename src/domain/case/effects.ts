// What must go out because of an event: data that names pseudonyms, roles and random ids, never an address.
import type { CaseEvent } from '#domain/case/events.ts';
import type { Case } from '#domain/case/state.ts';
import type { Instant, MessageId, RoomRef, VolunteerId } from '#domain/ids.ts';
import { instant } from '#domain/ids.ts';
import type { Limits } from '#domain/limits.ts';
import type { Say } from '#domain/say.ts';

/** Timers of a case; one of each kind at a time. */
export type CaseTimer = 'match' | 'offer' | 'wait-note' | 'wait-end' | 'idle' | 'again' | 'bodies' | 'forget';

export type Effect =
  | { readonly effect: 'tell-requester'; readonly say: Say }
  /** One question to the requester; its answers are words they can write. */
  | { readonly effect: 'ask-requester'; readonly asks: 'again' }
  /** Look for a volunteer now. */
  | { readonly effect: 'match' }
  | { readonly effect: 'offer'; readonly to: VolunteerId; readonly until: Instant }
  /** The offer at their desk is settled: question and answer go from the room. */
  | { readonly effect: 'settle-offer'; readonly at: VolunteerId; readonly say: Say | null }
  | { readonly effect: 'begin-holding'; readonly holder: VolunteerId; readonly room: RoomRef }
  | { readonly effect: 'show'; readonly room: RoomRef; readonly messages: readonly MessageId[] }
  | { readonly effect: 'tell-holder'; readonly room: RoomRef; readonly say: Say }
  | { readonly effect: 'ask-idle'; readonly room: RoomRef }
  | { readonly effect: 'end-holding'; readonly holder: VolunteerId; readonly room: RoomRef; readonly leave: 'now' | 'later' }
  | { readonly effect: 'drop-messages'; readonly messages: readonly MessageId[] }
  | { readonly effect: 'timer'; readonly timer: CaseTimer; readonly at: Instant }
  | { readonly effect: 'timer-off'; readonly timer: CaseTimer };

const say = (key: string): Say => ({ key });
const tell = (key: string): Effect => ({ effect: 'tell-requester', say: say(key) });

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

/** What a newly begun case sets going; its first answer is composed where the mail or chat was recognised. */
export const effectsOfBeginning = (facts: EffectFacts): readonly Effect[] => [{ effect: 'match' }, ...waitTimers(facts)];

const ofClosing = (before: Case, event: CaseEvent & { readonly type: 'closed' }, facts: EffectFacts): readonly Effect[] => {
  const requesterKey = { requester: 'requester.stopped', holder: 'requester.closed', time: 'requester.closed-by-time' }[event.by];
  const state = before.state;
  const ends: readonly Effect[] =
    state.phase === 'open'
      ? [
          { effect: 'tell-holder', room: state.holding.room, say: say({ requester: 'case.stopped', holder: 'case.closed', time: 'case.closed-by-time' }[event.by]) },
          { effect: 'end-holding', holder: state.holding.holder, room: state.holding.room, leave: 'later' },
        ]
      : state.phase === 'offered'
        ? [{ effect: 'settle-offer', at: state.offer.to, say: say('desk.offer-gone') }]
        : [];
  return [
    tell(requesterKey),
    ...ends,
    ...noWaitTimers,
    { effect: 'timer-off', timer: 'offer' },
    { effect: 'timer-off', timer: 'idle' },
    { effect: 'timer', timer: 'bodies', at: instant(facts.now + facts.limits.bodiesMs) },
    { effect: 'timer', timer: 'forget', at: instant(facts.now + facts.limits.forgetMs) },
  ];
};

/** `before` is the case as it stood before the event. */
export const effects = (before: Case, event: CaseEvent, facts: EffectFacts): readonly Effect[] => {
  switch (event.type) {
    case 'message-kept':
    case 'opened':
    case 'rest-over':
      return [];
    case 'answered':
      return [{ effect: 'timer', timer: 'idle', at: instant(facts.now + facts.limits.idleAskMs) }];
    case 'message-shown':
      return before.state.phase === 'open'
        ? [
            { effect: 'show', room: before.state.holding.room, messages: event.messages },
            { effect: 'timer', timer: 'idle', at: instant(facts.now + facts.limits.idleAskMs) },
          ]
        : [];
    case 'rest-told':
      return [tell('requester.holder-away')];
    case 'offered':
      return [
        { effect: 'offer', to: event.to, until: event.until },
        { effect: 'timer', timer: 'offer', at: event.until },
      ];
    case 'accepted':
      return [
        { effect: 'timer-off', timer: 'offer' },
        ...noWaitTimers,
        { effect: 'settle-offer', at: event.by, say: say('desk.accepted') },
        { effect: 'begin-holding', holder: event.by, room: event.room },
        { effect: 'timer', timer: 'idle', at: instant(facts.now + facts.limits.idleAskMs) },
      ];
    case 'passed':
    case 'lapsed':
      return [
        { effect: 'timer-off', timer: 'offer' },
        { effect: 'settle-offer', at: event.by, say: say(event.type === 'passed' ? 'desk.passed' : 'desk.offer-lapsed') },
        { effect: 'match' },
      ];
    case 'stepped-back':
      return [
        tell('requester.holder-left'),
        { effect: 'end-holding', holder: event.by, room: event.room, leave: 'now' },
        { effect: 'timer-off', timer: 'idle' },
        { effect: 'match' },
        ...waitTimers(facts),
      ];
    case 'closed':
      return ofClosing(before, event, facts);
    case 'again-asked':
      return [{ effect: 'ask-requester', asks: 'again' }];
    case 'again-declined':
      return [tell('requester.again-declined'), { effect: 'drop-messages', messages: before.unshown }];
    case 'reopened':
      return [
        tell('requester.reopened'),
        { effect: 'timer-off', timer: 'bodies' },
        { effect: 'timer-off', timer: 'forget' },
        { effect: 'match' },
        ...waitTimers(facts),
      ];
    case 'wait-noted':
      return [tell('requester.wait-note'), { effect: 'timer', timer: 'wait-note', at: instant(facts.now + facts.limits.waitNoteAgainMs) }];
    case 'idle-asked':
      return before.state.phase === 'open'
        ? [
            { effect: 'ask-idle', room: before.state.holding.room },
            { effect: 'timer', timer: 'idle', at: instant(before.state.holding.lastWrittenAt + facts.limits.idleCloseMs) },
          ]
        : [];
  }
};
