// Commands are read forgivingly; what only looks like one is noticed, so that it never goes out as text.
import { describe, expect, test } from 'vitest';
import { looksLikeCommand, readCommand } from '#relay/read-command.ts';

const names = ['accept', 'pass', 'available', 'off', 'rest', 'cap', 'close', 'stepback', 'end-support', 'note', 'help'];
const inCase = (text: string) => readCommand(text, { names, bare: 'not-allowed' });
const atDesk = (text: string) => readCommand(text, { names, bare: 'allowed' });

describe('a command', () => {
  test.each([
    ['!close', 'close', ''],
    ['!Close', 'close', ''],
    ['!CLOSE.', 'close', ''],
    [' !close ', 'close', ''],
    ['! close', 'close', ''],
    ['！close', 'close', ''],
    ['¡close', 'close', ''],
    ['\u200b!close', 'close', ''],
    ['!available until 18:00', 'available', 'until 18:00'],
    ['!available   until 18:00.', 'available', 'until 18:00'],
    ['!rest 2w', 'rest', '2w'],
    ['!rest 2w.', 'rest', '2w'],
    ['!hours mon–fri 18—22', 'hours', 'mon-fri 18-22'],
    ['!end–support', 'end-support', ''],
    ['!end‑support', 'end-support', ''],
    ['!alias “River”', 'alias', '"River"'],
    ['!note they’re tired…', 'note', "they're tired…"],
    ['!note and so on...', 'note', 'and so on...'],
    ['!note first line\nsecond line', 'note', 'first line\nsecond line'],
    ['!frobnicate', 'frobnicate', ''],
  ])('%j', (text, name, args) => {
    expect(inCase(text)).toEqual({ name, args });
    expect(atDesk(text)).toEqual({ name, args });
  });
});

describe('at the desk the whole message may be the word', () => {
  test.each([
    ['off', 'off', ''],
    ['Accept', 'accept', ''],
    ['Help.', 'help', ''],
    ['available until 18:00', 'available', 'until 18:00'],
    ['available 18:00', 'available', '18:00'],
    ['Rest 2w', 'rest', '2w'],
    ['rest end', 'rest', 'end'],
    ['Help all', 'help', 'all'],
    ['cap 1', 'cap', '1'],
  ])('%j', (text, name, args) => {
    expect(atDesk(text)).toEqual({ name, args });
    expect(inCase(text)).toBeNull();
  });

  test.each([
    'accept my apologies',
    'pass me the salt',
    'off to bed, good night',
    'rest is important',
    'close the window',
    'help me please',
    'Good morning',
    'unavailable',
    '',
    '18:00',
    'off, then',
  ])('but a sentence is a sentence: %j', (text) => expect(atDesk(text)).toBeNull());
});

describe('in a case room plain text is plain text', () => {
  test.each(['How are you?', 'Stop it!', 'I would rest now', 'close to you', '5 o’clock', '…', '“!close” is what I would write'])(
    '%j',
    (text) => {
      expect(inCase(text)).toBeNull();
      expect(looksLikeCommand(text, names)).toBe(false);
    },
  );
});

describe('looks like a command with a slip in it', () => {
  test.each([
    '!clsoe',
    '!stepbak',
    '! stepback now',
    '!!close',
    '!! close',
    '！stepbak',
    '¡stepbak',
    ' !x',
    'stepback',
    'Close',
    'close.',
    'end-support',
    'end–support',
    '!über',
  ])('%j', (text) => {
    expect(looksLikeCommand(text, names)).toBe(true);
  });
});
