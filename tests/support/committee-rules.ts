// What must hold in a committee at every moment, whatever has happened to it.
import { expect } from 'vitest';
import type { Case } from '#domain/case/state.ts';
import { holderOf } from '#domain/case/state.ts';
import type { CaseTimer } from '#domain/case/effects.ts';
import { mayBeOffered, nextToAsk, waitingOf } from '#domain/matching.ts';
import { capOf, currentState, isResting, mostCases } from '#domain/volunteer.ts';
import { limits } from '#tests/support/cases.ts';
import type { Committee, Step } from '#tests/support/committee.ts';

type Rule = (of: Committee, steps: readonly Step[]) => void;

const isRising = (list: readonly number[]): boolean => list.every((each, at) => at === 0 || (list[at - 1] ?? 0) < each);

/** An open case has one holder and one room of their own; nobody holds more than three, or is asked about two at once. */
const oneHolder: Rule = (committee) => {
  const open = [...committee.cases.values()].filter((one) => one.state.phase === 'open');
  const rooms = open.map((one) => (one.state.phase === 'open' ? one.state.holding.room : null));
  expect(new Set(rooms).size, 'a room is shared').toBe(rooms.length);
  for (const one of open) {
    if (one.state.phase !== 'open') continue;
    const { holder, room } = one.state.holding;
    expect(committee.rooms.get(room)).toMatchObject({ case: one.id, holder, state: 'there' });
  }
  for (const { volunteer, holding } of committee.candidates()) {
    expect(holding).toBeLessThanOrEqual(mostCases);
    const asked = [...committee.cases.values()].filter((one) => one.state.phase === 'offered' && one.state.offer.to === volunteer.id);
    expect(asked.length, 'asked about two at once').toBeLessThanOrEqual(1);
  }
};

/** Who is not to be asked about this case any more, told from what happened and not from what it remembers. */
const goneFrom = (committee: Committee, until: Step): { readonly left: readonly string[]; readonly passed: readonly string[] } => {
  const left: string[] = [];
  let passed: string[] = [];
  for (const step of committee.steps.slice(0, committee.steps.indexOf(until))) {
    if (step.before.id !== until.before.id) continue;
    for (const event of step.events) {
      if (event.type === 'stepped-back') left.push(event.by);
      if (event.type === 'passed') passed.push(event.by);
      if (event.type === 'accepted' || event.type === 'closed') passed = [];
    }
  }
  return { left, passed };
};

/** V1, V2, I6: whoever is offered a case, or takes it, is eligible at that very moment. */
const onlyTheEligible: Rule = (committee, steps) => {
  for (const step of steps) {
    for (const event of step.events) {
      if (event.type !== 'offered' && event.type !== 'accepted') continue;
      const who = event.type === 'offered' ? event.to : event.by;
      const candidate = step.candidates.find((each) => each.volunteer.id === who);
      if (candidate === undefined) throw new Error('nobody knows them');
      const facts = { now: step.at, limits };
      expect(currentState(candidate.volunteer, step.at)).toBe('available');
      expect(candidate.holding).toBeLessThan(capOf(candidate.volunteer, facts));
      expect(candidate.devices).toBe('all-signed');
      const gone = goneFrom(committee, step);
      expect(gone.left, 'it came back to who left it').not.toContain(who);
      if (event.type === 'accepted') {
        const { state } = step.before;
        expect(state.phase === 'offered' ? state.offer.until : 0, 'accepted after its end').toBeGreaterThan(step.at);
        continue;
      }
      expect(mayBeOffered(waitingOf(step.before), candidate, facts)).toBe('yes');
      expect(gone.passed, 'it came back to who passed').not.toContain(who);
      expect(event.until).toBeGreaterThan(step.at);
      expect(event.until).toBeLessThanOrEqual(candidate.volunteer.until ?? Number.POSITIVE_INFINITY);
    }
  }
};

/** An offer never outlives the availability in which it was made. */
const offersEnd: Rule = (committee) => {
  for (const { state } of committee.cases.values()) {
    if (state.phase !== 'offered' || state.offer.until <= committee.now) continue;
    expect(committee.isAvailable(state.offer.to), 'an offer stands though they are not available').toBe(true);
  }
};

/** V3: no pass outlives an acceptance or a close, and no volunteer's record knows of one. */
const passesAreGone: Rule = (committee, steps) => {
  for (const one of committee.cases.values())
    if (one.state.phase === 'open' || one.state.phase === 'closed') expect(one.passed).toEqual([]);
  for (const step of steps) {
    for (const event of step.events)
      if (event.type === 'passed') expect(committee.volunteers.get(event.by)?.lapsed).not.toContain(step.before.id);
  }
};

/** R7, I10: every message is unshown, or on its way, or seen, or was let go of; once, and in order. */
const nothingLostOrDoubled: Rule = (committee) => {
  for (const one of committee.cases.values()) {
    const written = committee.written.get(one.id) ?? [];
    const rooms = [...committee.rooms.values()].filter((room) => room.case === one.id);
    const path = [...rooms.flatMap((room) => [...room.seen, ...room.lane]), ...one.unshown];
    const places = path.map((message) => written.indexOf(message));
    expect(isRising(places), `out of order: ${places.join(' ')}`).toBe(true);
    const lost = written.filter((message) => !path.includes(message) && !committee.dropped.has(message));
    expect(lost, 'lost').toEqual([]);
    for (const message of one.unshown) expect(committee.dropped, 'promised, and gone').not.toContain(message);
  }
};

/** V4, and rest: nothing is shown before the holder opened it, nor while they rest unless they open it themselves. */
const shownByChoice: Rule = (_, steps) => {
  for (const step of steps) {
    const shows = step.effects.filter((effect) => effect.effect === 'show');
    if (shows.length === 0) continue;
    if (step.after.state.phase !== 'open') throw new Error('shown to nobody');
    const { holding } = step.after.state;
    expect(holding.content).toBe('shown');
    for (const show of shows) expect(show.room).toBe(holding.room);
    const holder = step.candidates.find((each) => each.volunteer.id === holding.holder);
    if (step.command.type !== 'open' && holder !== undefined) expect(isResting(holder.volunteer, step.at)).toBe('reachable');
  }
};

/** Whenever a case begins to wait, or somebody becomes free, it is looked for a match. */
const matchFollows: Rule = (_, steps) => {
  for (const { before, after, effects } of steps) {
    const kinds = effects.map((effect) => effect.effect);
    if (after.state.phase === 'waiting' && before.state.phase !== 'waiting') expect(kinds).toContain('match');
    if (before.state.phase === 'offered' && after.state.phase === 'closed') expect(kinds).toContain('match');
    if (before.state.phase === 'open' && after.state.phase === 'closed') expect(kinds).toContain('end-holding');
  }
};

const timersOf = (one: Case): { readonly must: readonly CaseTimer[]; readonly may: readonly CaseTimer[] } => {
  switch (one.state.phase) {
    case 'waiting':
      return { must: ['wait-note', 'wait-end'], may: ['match'] };
    case 'offered':
      return { must: ['offer', 'wait-note', 'wait-end'], may: ['match'] };
    case 'open':
      return one.state.holding.begun === 'yes' ? { must: ['idle'], may: [] } : { must: ['idle', 'begin'], may: [] };
    case 'closed':
      return { must: one.state.again === 'asked' ? ['again', 'forget'] : ['forget'], may: ['bodies'] };
  }
};

/** Each phase has its timers and no others; an offer's ends with the offer. */
const timersFit: Rule = (committee) => {
  for (const one of committee.cases.values()) {
    const set = [...committee.timers.keys()].filter((key) => key.endsWith(` ${one.id}`)).map((key) => key.split(' ')[0] as CaseTimer);
    const { must, may } = timersOf(one);
    expect(set, `${one.state.phase}: a timer is missing`).toEqual(expect.arrayContaining([...must]));
    expect([...must, ...may], `${one.state.phase}: a timer was forgotten`).toEqual(expect.arrayContaining(set));
    if (one.state.phase === 'offered') expect(committee.timers.get(`offer ${one.id}`)).toBe(one.state.offer.until);
  }
};

/** V2: who rests is asked nothing by itself. */
const restIsRest: Rule = (_, steps) => {
  for (const { before, effects, candidates, at } of steps) {
    const holder = candidates.find((each) => each.volunteer.id === holderOf(before));
    if (holder === undefined || isResting(holder.volunteer, at) === 'reachable') continue;
    for (const effect of effects) expect(['ask-idle', 'ask-begin']).not.toContain(effect.effect);
  }
};

/** Nobody waits behind somebody who never begins: it goes on in time, and nothing keeps who it was. */
const nobodySitsOnIt: Rule = (committee, steps) => {
  for (const step of steps) {
    for (const event of step.events) {
      if (event.type !== 'returned') continue;
      expect(step.before.state).toMatchObject({ phase: 'open', holding: { begun: 'not-yet' } });
      expect(step.after).toMatchObject({ state: { phase: 'waiting' }, waitingSince: step.before.waitingSince });
      expect(step.after.left).toEqual(step.before.left);
    }
  }
  for (const [key, at] of committee.timers) {
    const [what, ref] = key.split(' ');
    const one = what === 'begin' ? [...committee.cases.values()].find((each) => each.id === ref) : undefined;
    if (one?.state.phase === 'open') expect(at).toBeLessThanOrEqual(one.state.holding.since + limits.beginMs);
  }
};

/** Who is asked about a quiet case, or has it closed, has had as long a quiet as was said. */
const quietIsQuiet: Rule = (_, steps) => {
  for (const step of steps) {
    if (step.before.state.phase !== 'open') continue;
    const quiet = step.at - step.before.state.holding.lastWrittenAt;
    for (const event of step.events) {
      if (event.type === 'idle-asked') expect(quiet).toBeGreaterThanOrEqual(limits.idleAskMs);
      if (event.type === 'closed' && event.by === 'time') expect(quiet).toBeGreaterThanOrEqual(limits.idleCloseMs);
    }
  }
};

const leaves = (value: unknown): readonly (string | number)[] => {
  if (typeof value === 'string' || typeof value === 'number') return [value];
  return Object.values(value as object).flatMap(leaves);
};

/** I3: an effect names ids and fixed words, and nothing else. */
const onlyIds: Rule = (_, steps) => {
  for (const { effects } of steps) {
    for (const leaf of leaves(effects)) if (typeof leaf === 'string') expect(leaf).toMatch(/^[a-z]+(?:-[a-z0-9]+)*$/u);
  }
};

export const always: readonly Rule[] = [
  oneHolder,
  onlyTheEligible,
  offersEnd,
  passesAreGone,
  nothingLostOrDoubled,
  shownByChoice,
  matchFollows,
  timersFit,
  quietIsQuiet,
  restIsRest,
  nobodySitsOnIt,
  onlyIds,
];

/** Once everything that was due has run, nobody waits whom somebody could be asked about. */
export const nobodyIsForgotten: Rule = (committee) => {
  for (const one of committee.cases.values()) {
    if (one.state.phase !== 'waiting') continue;
    const to = nextToAsk(waitingOf(one), { candidates: committee.candidates(), facts: { now: committee.now, limits }, draw: () => 0 });
    expect(to, 'waits, though somebody could be asked').toBeNull();
  }
  for (const one of committee.cases.values()) {
    const holder = holderOf(one);
    if (one.state.phase !== 'open' || one.state.holding.content === 'sealed' || holder === null) continue;
    const volunteer = committee.volunteers.get(holder);
    if (volunteer !== undefined && isResting(volunteer, committee.now) === 'reachable')
      expect(one.unshown, 'kept from a holder who can be reached').toEqual([]);
  }
};
