// Answers to the bots' questions: a keycap, the number, or the word, read forgivingly; anything else is no answer.
import { describe, expect, test } from 'vitest';
import type { CaseId, QuestionId, RoomRef } from '#domain/ids.ts';
import { brandId } from '#domain/ids.ts';
import { actOf, plainAnswer } from '#domain/question.ts';
import type { Question } from '#domain/question.ts';

const one = brandId<CaseId>('case');

const offer: Question = {
  id: brandId<QuestionId>('question'),
  asked: { to: 'room', room: brandId<RoomRef>('desk') },
  case: null,
  asks: { key: 'desk.offer.new' },
  about: 'offer:case',
  answers: [
    { word: '1', also: ['accept', 'take it'], act: { act: 'accept', case: one } },
    { word: '2', also: ['pass', 'not now'], act: { act: 'pass', case: one } },
  ],
  deadline: null,
  silence: { act: 'nothing' },
  triesLeft: 5,
  held: [],
  event: null,
};

describe('takes it', () => {
  test.each([
    '1',
    '1️⃣',
    '1⃣',
    ' 1 ',
    '1.',
    '1)',
    '!1',
    'accept',
    'Accept',
    '!accept',
    '!ACCEPT',
    'accept.',
    'accept!',
    'Take it',
    'take it.',
  ])('%j', (text) => {
    expect(actOf(offer, text)).toEqual({ act: 'accept', case: one });
  });
});

describe('passes', () => {
  test.each(['2', '2️⃣', '2⃣', 'pass', '!Pass', 'Not now'])('%j', (text) => {
    expect(actOf(offer, text)).toEqual({ act: 'pass', case: one });
  });
});

describe('is no answer', () => {
  test.each([
    '',
    ' ',
    '3',
    '3️⃣',
    '0',
    '11',
    '12',
    '1 or 2',
    '1 2',
    'accept it',
    'I accept',
    'I pass on this one?',
    'yes',
    '👍',
    '1️⃣1️⃣',
    'takeit',
  ])('%j', (text) => {
    expect(actOf(offer, text)).toBeNull();
  });
});

describe('a requester says yes or no', () => {
  const again: Question = {
    ...offer,
    answers: [
      { word: 'yes', also: [], act: { act: 'again-yes', case: one } },
      { word: 'no', also: [], act: { act: 'again-no', case: one } },
    ],
  };

  test.each(['yes', 'YES', 'Yes.', 'Yes!', ' !yes '])('%j is yes', (text) =>
    expect(actOf(again, text)).toEqual({ act: 'again-yes', case: one }),
  );
  test.each(['no', 'NO', 'No.', '!no'])('%j is no', (text) => expect(actOf(again, text)).toEqual({ act: 'again-no', case: one }));
  test.each(['yes please', 'no idea', 'yes, no', 'maybe', 'oui', '1', 'yesterday', 'not now'])('%j is neither', (text) =>
    expect(actOf(again, text)).toBeNull(),
  );
});

test('four keycaps are digits, whatever they are written with', () => {
  expect(['1️⃣', '2️⃣', '3️⃣', '4️⃣', '1⃣', '2⃣', '3⃣', '4⃣'].map(plainAnswer)).toEqual(['1', '2', '3', '4', '1', '2', '3', '4']);
});
