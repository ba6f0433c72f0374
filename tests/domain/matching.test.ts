// Who may be asked, in which order, and why not. Nothing of what anybody wrote is among the inputs (I8).
import { describe, expect, test } from 'vitest';
import { lookAgainAt, mayBeOffered, mayHold, nextToAsk } from '#domain/matching.ts';
import type { Candidate, NotEligible, Waiting } from '#domain/matching.ts';
import { after, anna, before, bela, candidate, cora, days, hours, limits, minutes, now, theCase } from '#tests/support/cases.ts';

const waiting: Waiting = { id: theCase, language: 'en', passed: [], left: [], former: null, own: null };
const facts = { now, limits };
const neverDrawn = (): number => {
  throw new Error('drawn without a tie');
};
const ask = (candidates: readonly Candidate[], of: Partial<Waiting> = {}, draw: (below: number) => number = neverDrawn) =>
  nextToAsk({ ...waiting, ...of }, { candidates, facts, draw });

describe('is asked: a volunteer who', () => {
  test.each<[string, Candidate]>([
    ['is available and free', candidate(anna)],
    ['holds one of two', candidate(anna, { holding: 1 })],
    ['was offered something an hour ago', candidate(anna, { lastOfferAt: before(hours(1)) })],
    ['speaks more than one language', candidate(anna, { languages: ['de', 'en'] })],
    ['is available without an end', candidate(anna, { until: null })],
    ['is new and holds nothing', candidate(anna, { joinedAt: before(days(1)) })],
  ])('%s', (_, one) => {
    expect(mayBeOffered(waiting, one, facts)).toBe('yes');
    expect(ask([one])).toBe(anna);
  });
});

describe('is not asked: a volunteer who', () => {
  const reasons: [string, NotEligible, Candidate, Partial<Waiting>?][] = [
    ['is off', 'not-available', candidate(anna, { state: 'off', until: null })],
    ['rests', 'not-available', candidate(anna, { state: 'resting' })],
    ['has not joined yet', 'not-available', candidate(anna, { state: 'invited' })],
    ['is getting to know things', 'not-available', candidate(anna, { state: 'onboarding' })],
    ['has left', 'not-available', candidate(anna, { state: 'left' })],
    ['was available until now', 'not-available', candidate(anna, { until: now })],
    ['rested until now: the end of a rest is off', 'not-available', candidate(anna, { state: 'resting', until: before(minutes(1)) })],
    ['is the one who asks', 'own', candidate(anna), { own: anna }],
    ['holds two', 'at-cap', candidate(anna, { holding: 2 })],
    ['holds one and wants one', 'at-cap', candidate(anna, { cap: 1, holding: 1 })],
    ['holds three and wants three', 'at-cap', candidate(anna, { cap: 3, holding: 3 })],
    ['is new and holds one', 'at-cap', candidate(anna, { joinedAt: before(days(59)), holding: 1 })],
    ['has an unsigned device', 'unsigned-device', candidate(anna, { devices: 'some-unsigned' })],
    ['left this one', 'left', candidate(anna), { left: [anna] }],
    ['speaks another language', 'language', candidate(anna, { languages: ['de'] })],
    ['passed this one', 'passed', candidate(anna), { passed: [anna] }],
    ['let it lapse', 'asked-already', candidate(anna, { lapsed: [theCase] })],
    ['is being asked about another one', 'asked-now', candidate(anna, { asked: 'asked' })],
    ['was offered something within the hour', 'asked-lately', candidate(anna, { lastOfferAt: before(hours(1) - 1) })],
  ];

  test.each<[string, NotEligible, Candidate, Partial<Waiting>?]>(reasons)('%s', (_, why, one, of = {}) => {
    expect(mayBeOffered({ ...waiting, ...of }, one, facts)).toBe(why);
    expect(ask([one], of)).toBeNull();
    expect(ask([one, candidate(bela)], of)).toBe(bela);
  });

  test('every reason is in this table', () => {
    const all: Readonly<Record<NotEligible, 'here'>> = {
      'not-available': 'here',
      'at-cap': 'here',
      'asked-lately': 'here',
      'asked-already': 'here',
      'asked-now': 'here',
      language: 'here',
      passed: 'here',
      left: 'here',
      own: 'here',
      'unsigned-device': 'here',
    };
    expect(new Set(reasons.map(([, why]) => why))).toEqual(new Set(Object.keys(all)));
  });
});

describe('the checks that an acceptance goes through again', () => {
  test.each<[string, NotEligible, Candidate, Partial<Waiting>?]>([
    ['availability', 'not-available', candidate(anna, { until: now })],
    ['cap', 'at-cap', candidate(anna, { holding: 2 })],
    ['devices', 'unsigned-device', candidate(anna, { devices: 'some-unsigned' })],
    ['having left it', 'left', candidate(anna), { left: [anna] }],
  ])('%s', (_, why, one, of = {}) => {
    expect(mayHold({ ...waiting, ...of }, one, facts)).toBe(why);
  });

  test('do not hold the offer itself against them', () => {
    expect(mayHold(waiting, candidate(anna, { asked: 'asked', lastOfferAt: before(minutes(1)) }), facts)).toBe('yes');
  });
});

describe('the order', () => {
  test('the longest time since the last case goes first', () => {
    expect(
      ask([
        candidate(anna, { lastCaseAt: before(days(2)) }),
        candidate(bela, { lastCaseAt: before(days(9)) }),
        candidate(cora, { lastCaseAt: before(days(3)) }),
      ]),
    ).toBe(bela);
  });

  test('who never had one goes before all others', () => {
    expect(ask([candidate(anna, { lastCaseAt: before(days(900)) }), candidate(bela)])).toBe(bela);
  });

  test('the former holder goes before everybody, when they may be asked', () => {
    const others = [candidate(bela), candidate(cora)];
    expect(ask([...others, candidate(anna, { lastCaseAt: before(hours(2)) })], { former: anna })).toBe(anna);
    expect(ask([candidate(anna, { state: 'off' }), candidate(bela)], { former: anna })).toBe(bela);
    expect(ask([candidate(bela)], { former: anna })).toBe(bela);
  });

  test('ties are drawn, and only among those who tie', () => {
    const tied = [candidate(anna), candidate(bela), candidate(cora, { lastCaseAt: before(days(1)) })];
    const drawnFrom: number[] = [];
    const draw = (pick: number) => (below: number) => {
      drawnFrom.push(below);
      return pick;
    };
    expect(ask(tied, {}, draw(0))).toBe(anna);
    expect(ask(tied, {}, draw(1))).toBe(bela);
    expect(drawnFrom).toEqual([2, 2]);
  });

  test('nobody: nobody is asked, and nothing is drawn', () => {
    expect(ask([])).toBeNull();
  });
});

describe('when nobody can be asked, it is looked again', () => {
  const again = (candidates: readonly Candidate[], of: Partial<Waiting> = {}) => lookAgainAt({ ...waiting, ...of }, { candidates, facts });

  test('when the first of those asked within the hour may be asked again', () => {
    const lately = [candidate(anna, { lastOfferAt: before(minutes(20)) }), candidate(bela, { lastOfferAt: before(minutes(50)) })];
    expect(again(lately)).toBe(after(minutes(10)));
  });

  test('not for somebody who may not be asked for another reason', () => {
    const lastOfferAt = before(minutes(20));
    expect(again([candidate(anna, { lastOfferAt, state: 'off' }), candidate(bela, { lastOfferAt, asked: 'asked' })])).toBeNull();
    expect(again([candidate(anna, { lastOfferAt })], { passed: [anna] })).toBeNull();
    expect(again([])).toBeNull();
  });

  test('and then they may', () => {
    const one = candidate(anna, { lastOfferAt: before(minutes(20)) });
    const then = again([one]) ?? now;
    expect(mayBeOffered(waiting, one, { ...facts, now: then })).toBe('yes');
  });
});
