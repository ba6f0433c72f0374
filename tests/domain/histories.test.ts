// Random histories of a committee: whatever people do, in whatever order and however late it is noticed, the rules hold.
// A failure prints its seed and the shortest history that shows it.
import fc from 'fast-check';
import { describe, test } from 'vitest';
import type { CaseId, RoomRef, VolunteerId } from '#domain/ids.ts';
import { instant } from '#domain/ids.ts';
import { anna, before, bela, cora, days, hours, minutes, now, volunteer } from '#tests/support/cases.ts';
import { Committee } from '#tests/support/committee.ts';
import { always, nobodyIsForgotten } from '#tests/support/committee-rules.ts';

const people = [anna, bela, cora] as const;

/** `who` is a volunteer; `which` picks among the cases there are. */
type Happening =
  | { readonly does: 'begin'; readonly language: 'en' | 'de'; readonly channel: 'mail' | 'matrix' }
  | { readonly does: 'write' | 'stop' | 'again-yes' | 'again-no' | 'deliver'; readonly which: number }
  | { readonly does: 'available' | 'rest'; readonly who: VolunteerId; readonly ms: number }
  | { readonly does: 'rest-open' | 'off' | 'rest-end' | 'unsigned' | 'signed' | 'accept-offer' | 'pass-offer'; readonly who: VolunteerId }
  | { readonly does: 'cap'; readonly who: VolunteerId; readonly cap: number }
  | { readonly does: 'languages'; readonly who: VolunteerId; readonly languages: readonly string[] }
  | { readonly does: 'holder-opens' | 'holder-answers' | 'holder-steps-back' | 'holder-closes' | 'holder-stays'; readonly which: number }
  /** Said at the wrong moment or by the wrong person, as people do. */
  | { readonly does: 'stray'; readonly which: number; readonly who: VolunteerId; readonly what: 'accept' | 'pass' | 'open' | 'answer' | 'step-back' | 'close' | 'stay' }
  | { readonly does: 'time'; readonly ms: number; readonly timers: 'run' | 'late' };

const who = fc.constantFrom(...people);
const which = fc.nat(7);
const aWhile = fc.constantFrom(minutes(1), minutes(31), minutes(61), hours(3), hours(13), days(2), days(3), days(8), days(31), days(61), days(91));
const shortly = fc.constantFrom(minutes(1), minutes(31), minutes(61), minutes(91), hours(5));

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant('begin' as const), language: fc.constantFrom('en' as const, 'de' as const), channel: fc.constantFrom('mail' as const, 'matrix' as const) }) },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('write' as const), which }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('deliver' as const), which }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('stop' as const, 'again-yes' as const, 'again-no' as const), which }) },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('available' as const), who, ms: fc.constantFrom(minutes(20), hours(12), days(6)) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('rest' as const), who, ms: fc.constantFrom(hours(2), days(3)) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('rest-open' as const, 'off' as const, 'rest-end' as const, 'unsigned' as const, 'signed' as const), who }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('accept-offer' as const), who }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('pass-offer' as const), who }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('cap' as const), who, cap: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('languages' as const), who, languages: fc.constantFrom(['en'], ['de'], ['en', 'de']) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constantFrom('holder-opens' as const, 'holder-opens' as const, 'holder-answers' as const, 'holder-steps-back' as const, 'holder-closes' as const, 'holder-stays' as const),
      which,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('stray' as const),
      which,
      who,
      what: fc.constantFrom('accept' as const, 'pass' as const, 'open' as const, 'answer' as const, 'step-back' as const, 'close' as const, 'stay' as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('time' as const), ms: shortly, timers: fc.constantFrom('run' as const, 'run' as const, 'late' as const) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('time' as const), ms: aWhile, timers: fc.constantFrom('run' as const, 'run' as const, 'late' as const) }) },
);

const pick = <T>(from: readonly T[], at: number): T | undefined => from[at % Math.max(from.length, 1)];

const offerOf = (committee: Committee, by: VolunteerId): CaseId | undefined =>
  [...committee.cases.values()].find((one) => one.state.phase === 'offered' && one.state.offer.to === by)?.id;

const byHolder = (committee: Committee, at: number, type: 'open' | 'answer' | 'step-back' | 'close' | 'stay'): void => {
  const one = pick([...committee.cases.values()].filter((each) => each.state.phase === 'open'), at);
  if (one?.state.phase === 'open') committee.command(one.id, { type, by: one.state.holding.holder });
};

const toCase = (committee: Committee, at: number, act: (id: CaseId) => void): void => {
  const id = pick([...committee.cases.keys()], at);
  if (id !== undefined) act(id);
};

const stray = (committee: Committee, of: Happening & { readonly does: 'stray' }): void =>
  toCase(committee, of.which, (id) => {
    if (of.what === 'accept') committee.accept(id, of.who);
    else committee.command(id, { type: of.what, by: of.who });
  });

const happens = (committee: Committee, what: Happening): void => {
  switch (what.does) {
    case 'begin':
      return committee.begin(what);
    case 'write':
      return toCase(committee, what.which, (id) => committee.write(id));
    case 'stop':
      return toCase(committee, what.which, (id) => committee.command(id, { type: 'stop' }));
    case 'again-yes':
    case 'again-no':
      return toCase(committee, what.which, (id) => committee.command(id, { type: 'again', answer: what.does === 'again-yes' ? 'yes' : 'no' }));
    case 'deliver': {
      const ref = pick<RoomRef>([...committee.rooms.values()].filter((room) => room.lane.length > 0).map((room) => room.ref), what.which);
      return ref === undefined ? undefined : committee.deliver(ref);
    }
    case 'available':
      return committee.available(what.who, instant(committee.now + what.ms));
    case 'rest':
      return committee.rest(what.who, instant(committee.now + what.ms));
    case 'rest-open':
      return committee.rest(what.who, null);
    case 'rest-end':
      return committee.endRest(what.who);
    case 'off':
      return committee.off(what.who);
    case 'unsigned':
      return committee.device(what.who, 'some-unsigned');
    case 'signed':
      return committee.device(what.who, 'all-signed');
    case 'cap':
      return committee.limit(what.who, { cap: what.cap });
    case 'languages':
      return committee.limit(what.who, { languages: what.languages });
    case 'accept-offer': {
      const id = offerOf(committee, what.who);
      return id === undefined ? undefined : committee.accept(id, what.who);
    }
    case 'pass-offer': {
      const id = offerOf(committee, what.who);
      return id === undefined ? undefined : void committee.command(id, { type: 'pass', by: what.who });
    }
    case 'holder-opens':
      return byHolder(committee, what.which, 'open');
    case 'holder-answers':
      return byHolder(committee, what.which, 'answer');
    case 'holder-steps-back':
      return byHolder(committee, what.which, 'step-back');
    case 'holder-closes':
      return byHolder(committee, what.which, 'close');
    case 'holder-stays':
      return byHolder(committee, what.which, 'stay');
    case 'stray':
      return stray(committee, what);
    case 'time':
      committee.passTime(what.ms);
      return what.timers === 'run' ? committee.runTimers() : undefined;
  }
};

const committeeOf = (joined: readonly number[]): Committee =>
  new Committee({
    now,
    volunteers: people.map((id, at) => volunteer(id, { state: 'off', until: null, joinedAt: before(joined[at] ?? 0), languages: at === 2 ? ['de', 'en'] : ['en'] })),
    draw: (below) => below - 1,
  });

const rulesHold = (history: readonly Happening[], committee: Committee): void => {
  for (const each of history) {
    const known = committee.steps.length;
    happens(committee, each);
    for (const rule of always) rule(committee, committee.steps.slice(known));
  }
  const known = committee.steps.length;
  committee.runTimers();
  for (const rule of [...always, nobodyIsForgotten]) rule(committee, committee.steps.slice(known));
};

const runs = 1000;

describe('whatever people do, the rules hold', () => {
  test('in a committee of three', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 80, size: 'max' }), (history) => rulesHold(history, committeeOf([days(400), days(400), days(400)]))),
      { numRuns: runs },
    );
  });

  test('while some of them are new', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 80, size: 'max' }), (history) => {
        const committee = committeeOf([days(1), days(58), days(400)]);
        for (const each of history) {
          const known = committee.steps.length;
          happens(committee, each);
          for (const rule of always) rule(committee, committee.steps.slice(known));
        }
      }),
      { numRuns: runs / 3 },
    );
  });
});
