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

/** `who` is a volunteer; `which` picks among the cases, offers or rooms for which it makes sense. */
type Happening =
  | { readonly does: 'begin'; readonly language: 'en' | 'de'; readonly channel: 'mail' | 'matrix' }
  | { readonly does: 'write' | 'stop' | 'again-yes' | 'again-no' | 'deliver' | 'accept' | 'pass'; readonly which: number }
  | { readonly does: 'holder-opens' | 'holder-answers' | 'holder-steps-back' | 'holder-closes' | 'holder-stays'; readonly which: number }
  | { readonly does: 'holder-comes' | 'holder-gives-back' | 'former-takes-up'; readonly which: number }
  | { readonly does: 'holder-rests'; readonly which: number; readonly ms: number }
  | { readonly does: 'available' | 'rest'; readonly who: VolunteerId; readonly ms: number }
  | { readonly does: 'rest-open' | 'off' | 'rest-end' | 'unsigned' | 'signed'; readonly who: VolunteerId }
  | { readonly does: 'cap'; readonly who: VolunteerId; readonly cap: number }
  | { readonly does: 'languages'; readonly who: VolunteerId; readonly languages: readonly string[] }
  /** Said at the wrong moment or by the wrong person, as people do. */
  | {
      readonly does: 'stray';
      readonly which: number;
      readonly who: VolunteerId;
      readonly what: 'accept' | 'pass' | 'open' | 'answer' | 'step-back' | 'close' | 'stay';
    }
  | { readonly does: 'time'; readonly ms: number }
  /** Time passes, and somebody does something before the relay has noticed. */
  | { readonly does: 'late-write' | 'late-accept'; readonly which: number; readonly ms: number };

/** Mostly what is due runs at once; sometimes people are faster, or the relay was away. */
interface Moment {
  readonly what: Happening;
  readonly timers: 'run' | 'late';
}

const who = fc.constantFrom(...people);
const which = fc.nat(7);
const times = [
  [minutes(1), 3],
  [minutes(31), 3],
  [minutes(61), 6],
  [minutes(91), 3],
  [hours(5), 3],
  [hours(13), 3],
  [days(2), 3],
  [days(3), 3],
  [days(8), 2],
  [days(31), 1],
  [days(61), 1],
  [days(91), 1],
] as const;
const aWhile = fc.oneof(...times.map(([ms, weight]) => ({ weight, arbitrary: fc.constant(ms) })));

const does = <const Names extends readonly string[]>(...names: Names) => fc.constantFrom(...(names as readonly Names[number][]));

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ does: does('begin'), language: does('en', 'en', 'de'), channel: does('mail', 'matrix') }) },
  { weight: 6, arbitrary: fc.record({ does: does('write'), which }) },
  { weight: 3, arbitrary: fc.record({ does: does('deliver'), which }) },
  { weight: 2, arbitrary: fc.record({ does: does('stop', 'again-yes', 'again-yes', 'again-no'), which }) },
  { weight: 6, arbitrary: fc.record({ does: does('accept', 'accept', 'accept', 'pass'), which }) },
  {
    weight: 6,
    arbitrary: fc.record({
      does: does('holder-opens', 'holder-opens', 'holder-answers', 'holder-steps-back', 'holder-closes', 'holder-stays'),
      which,
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: does('holder-comes', 'holder-comes', 'holder-gives-back', 'former-takes-up'), which }) },
  { weight: 2, arbitrary: fc.record({ does: does('holder-rests'), which, ms: fc.constantFrom(hours(2), days(3)) }) },
  { weight: 5, arbitrary: fc.record({ does: does('available'), who, ms: fc.constantFrom(minutes(20), hours(12), days(6)) }) },
  { weight: 1, arbitrary: fc.record({ does: does('rest'), who, ms: fc.constantFrom(hours(2), days(3)) }) },
  { weight: 2, arbitrary: fc.record({ does: does('rest-open', 'off', 'rest-end', 'unsigned', 'signed', 'signed'), who }) },
  { weight: 1, arbitrary: fc.record({ does: does('cap'), who, cap: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ does: does('languages'), who, languages: fc.constantFrom(['en'], ['de'], ['en', 'de']) }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: does('stray'), which, who, what: does('accept', 'pass', 'open', 'answer', 'step-back', 'close', 'stay') }),
  },
  { weight: 8, arbitrary: fc.record({ does: does('time'), ms: aWhile }) },
  { weight: 2, arbitrary: fc.record({ does: does('late-write', 'late-write', 'late-accept'), which, ms: aWhile }) },
);

const history = fc.array(fc.record({ what: happening, timers: does('run', 'run', 'run', 'run', 'late') }) satisfies fc.Arbitrary<Moment>, {
  maxLength: 50,
  size: 'max',
});

const pick = <T>(from: readonly T[], at: number): T | undefined => from[at % Math.max(from.length, 1)];

const offered = (committee: Committee, at: number): { readonly id: CaseId; readonly to: VolunteerId } | undefined =>
  pick(
    [...committee.cases.values()].flatMap(({ id, state }) => (state.phase === 'offered' ? [{ id, to: state.offer.to }] : [])),
    at,
  );

const open = (committee: Committee, at: number): { readonly id: CaseId; readonly holder: VolunteerId } | undefined =>
  pick(
    [...committee.cases.values()].flatMap(({ id, state }) => (state.phase === 'open' ? [{ id, holder: state.holding.holder }] : [])),
    at,
  );

const byHolder = (committee: Committee, at: number, type: 'come' | 'open' | 'answer' | 'step-back' | 'close' | 'stay'): void => {
  const one = open(committee, at);
  if (one !== undefined) committee.command(one.id, { type, by: one.holder });
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

/** To a holder for whom something waits, if there is one: what they are shown first is the question. */
const lateWrite = (committee: Committee, at: number): void => {
  const kept = [...committee.cases.values()].filter((one) => one.state.phase === 'open' && one.unshown.length > 0);
  const one = pick(kept, at);
  if (one === undefined) toCase(committee, at, (id) => committee.write(id));
  else committee.write(one.id);
};

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
      return toCase(committee, what.which, (id) =>
        committee.command(id, { type: 'again', answer: what.does === 'again-yes' ? 'yes' : 'no' }),
      );
    case 'deliver': {
      const ref = pick<RoomRef>(
        [...committee.rooms.values()].filter((room) => room.lane.length > 0).map((room) => room.ref),
        what.which,
      );
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
    case 'accept':
    case 'pass': {
      const one = offered(committee, what.which);
      if (one === undefined) return undefined;
      return what.does === 'accept' ? committee.accept(one.id, one.to) : void committee.command(one.id, { type: 'pass', by: one.to });
    }
    case 'holder-comes':
      return byHolder(committee, what.which, 'come');
    case 'former-takes-up':
      return toCase(committee, what.which, (id) => committee.takeUp(id));
    case 'holder-gives-back': {
      const one = open(committee, what.which);
      return one === undefined ? undefined : void committee.command(one.id, { type: 'give-back', by: one.holder, why: 'own' });
    }
    case 'holder-rests': {
      const one = open(committee, what.which);
      return one === undefined ? undefined : committee.rest(one.holder, instant(committee.now + what.ms));
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
      return committee.passTime(what.ms);
    case 'late-write':
      committee.passTime(what.ms);
      return lateWrite(committee, what.which);
    case 'late-accept':
      committee.passTime(what.ms);
      return happens(committee, { does: 'accept', which: what.which });
  }
};

/** Three volunteers who joined so long ago; anna is available, and somebody has written. */
const committeeOf = (joined: readonly [number, number, number]): Committee => {
  const committee = new Committee({
    now,
    volunteers: people.map((id, at) =>
      volunteer(id, { state: 'off', until: null, joinedAt: before(joined[at] ?? 0), languages: at === 2 ? ['de', 'en'] : ['en'] }),
    ),
    draw: (below) => below - 1,
  });
  committee.available(anna, instant(now + hours(12)));
  committee.begin({ language: 'en', channel: 'mail' });
  committee.runTimers();
  return committee;
};

/** Runs a step, and looks at what it changed. */
const watched = (committee: Committee, step: () => void): void => {
  const known = committee.steps.length;
  step();
  for (const rule of always) rule(committee, committee.steps.slice(known));
};

const live = (committee: Committee, moments: readonly Moment[]): void => {
  for (const { what, timers } of moments) {
    watched(committee, () => happens(committee, what));
    if (timers === 'run') watched(committee, () => committee.runTimers());
  }
};

/** A run takes a few seconds; finding the shortest history of a failure takes longer, and must not be cut off. */
const patienceMs = 300_000;
const numRuns = 500;

describe('whatever people do, the rules hold', () => {
  test(
    'in a committee of three, and nobody is forgotten',
    () => {
      fc.assert(
        fc.property(history, (moments) => {
          const committee = committeeOf([days(400), days(400), days(400)]);
          live(committee, moments);
          watched(committee, () => committee.runTimers());
          nobodyIsForgotten(committee, []);
        }),
        { numRuns },
      );
    },
    patienceMs,
  );

  // The day on which somebody stops being new changes their cap without anything happening; the next thing that happens notices.
  test(
    'while some of them are new',
    () => {
      fc.assert(
        fc.property(history, (moments) => live(committeeOf([days(1), days(58), days(400)]), moments)),
        { numRuns: numRuns / 2 },
      );
    },
    patienceMs,
  );
});
