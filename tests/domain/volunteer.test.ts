// A volunteer's limits and availability. Nothing but themselves makes them available; nothing counts what they declined (V1, V2, V3).
import { describe, expect, test } from 'vitest';
import {
  capOf,
  currentState,
  isResting,
  letLapse,
  makeAvailable,
  rest,
  restInWords,
  tookCase,
  turnOff,
  wasOffered,
} from '#domain/volunteer.ts';
import type { VolunteerState } from '#domain/volunteer.ts';
import { after, anna, before, days, hours, limits, minutes, now, theCase, volunteer } from '#tests/support/cases.ts';

const facts = { now, limits };

describe('how many cases they may hold', () => {
  test.each([
    ['in the first sixty days one, whatever they say', days(60) - 1, 3, 1],
    ['from then on two, when nothing was said', days(60), null, 2],
    ['one, when they want one', days(400), 1, 1],
    ['two', days(400), 2, 2],
    ['three', days(400), 3, 3],
    ['three at most', days(400), 9, 3],
  ] as const)('%s', (_, joinedFor, cap, most) => {
    expect(capOf(volunteer(anna, { joinedAt: before(joinedFor), cap }), facts)).toBe(most);
  });
});

describe('the state as it stands', () => {
  test.each<[string, VolunteerState, number | null, VolunteerState]>([
    ['available until later', 'available', minutes(1), 'available'],
    ['available without an end', 'available', null, 'available'],
    ['available until now is off', 'available', 0, 'off'],
    ['resting until later', 'resting', minutes(1), 'resting'],
    ['resting until they say', 'resting', null, 'resting'],
    ['rested until now is off, never available', 'resting', 0, 'off'],
    ['off stays off', 'off', null, 'off'],
    ['left stays left, whatever time was noted', 'left', 0, 'left'],
    ['invited stays invited', 'invited', 0, 'invited'],
  ])('%s', (_, state, untilIn, expected) => {
    const one = volunteer(anna, { state, until: untilIn === null ? null : after(untilIn) });
    expect(currentState(one, now)).toBe(expected);
    expect(isResting(one, now)).toBe(expected === 'resting' ? 'resting' : 'reachable');
  });
});

describe('what they say', () => {
  test('available: until then, and what lapsed at their desk may be offered again', () => {
    const until = after(hours(12));
    expect(makeAvailable(volunteer(anna, { state: 'off', until: null, lapsed: [theCase] }), until)).toMatchObject({
      state: 'available',
      until,
      lapsed: [],
    });
  });

  test('off', () => {
    expect(turnOff(volunteer(anna))).toMatchObject({ state: 'off', until: null });
  });

  test.each([after(hours(2)), null])('rest until %s', (until) => {
    expect(rest(volunteer(anna), until)).toMatchObject({ state: 'resting', until });
  });
});

describe('what is remembered of offers', () => {
  test('that one was made, for an hour without another', () => {
    expect(wasOffered(volunteer(anna), now)).toEqual(volunteer(anna, { lastOfferAt: now }));
  });

  test('that one lapsed, once, until they next say that they are available', () => {
    const twice = letLapse(letLapse(volunteer(anna), theCase), theCase);
    expect(twice.lapsed).toEqual([theCase]);
    expect(makeAvailable(twice, after(hours(1))).lapsed).toEqual([]);
  });

  test('of a case they took, when it was', () => {
    expect(tookCase(volunteer(anna), now)).toEqual(volunteer(anna, { lastCaseAt: now }));
  });

  test('a volunteer has no other place for what they declined', () => {
    expect(Object.keys(volunteer(anna)).toSorted()).toEqual(
      ['alias', 'cap', 'desk', 'id', 'joinedAt', 'languages', 'lapsed', 'lastCaseAt', 'lastOfferAt', 'state', 'until', 'zone'].toSorted(),
    );
  });
});

test.each([
  ['a few hours', hours(3), 'hours'],
  ['a day is still hours', hours(24), 'hours'],
  ['a few days', hours(24) + 1, 'days'],
  ['a week is still days', days(7), 'days'],
  ['longer', days(7) + 1, 'longer'],
  ['no end said', null, 'longer'],
] as const)('of the length of a rest the requester hears only: %s', (_, length, words) => {
  expect(restInWords(now, length === null ? null : after(length))).toBe(words);
});
