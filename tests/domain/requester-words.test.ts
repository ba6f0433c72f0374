// The words a requester can write on a line of their own. Anything unclear is text, and is relayed as such.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findRequesterWords, ownTextAbove } from '#domain/requester-words.ts';
import type { RequesterWord } from '#domain/requester-words.ts';

const found = (text: string, asked: 'asked' | 'not-asked' = 'asked'): readonly RequesterWord[] => findRequesterWords(text, asked).words;
const isText = (text: string): void => expect(findRequesterWords(text, 'asked')).toEqual({ words: [], rest: text });

describe('a word alone on its line', () => {
  test.each<[string, RequesterWord]>([
    ['HELP', { word: 'help' }],
    ['STOP', { word: 'stop' }],
    ['NEW', { word: 'new' }],
    ['NO', { word: 'no' }],
    ['YES', { word: 'yes', code: null }],
    ['YES K7M2PQ4X', { word: 'yes', code: 'K7M2PQ4X' }],
    ['YES K7M2-PQ4X', { word: 'yes', code: 'K7M2PQ4X' }],
    ['yes: k7m2pq4x', { word: 'yes', code: 'K7M2PQ4X' }],
    ['COUNTRY Germany', { word: 'country', name: 'Germany' }],
    ['country  Côte d’Ivoire', { word: 'country', name: 'Côte d’Ivoire' }],
    ['COUNTRY 日本', { word: 'country', name: '日本' }],
    ['COUNTRY: Germany', { word: 'country', name: 'Germany' }],
    ['Country：日本', { word: 'country', name: '日本' }],
    ['COUNTRY', { word: 'country', name: '' }],
    ['YES, K7M2PQ4X', { word: 'yes', code: 'K7M2PQ4X' }],
    ['YES - K7M2PQ4X', { word: 'yes', code: 'K7M2PQ4X' }],
    ['YES!!', { word: 'yes', code: null }],
  ])('%s', (text, word) => expect(found(text)).toEqual([word]));

  test.each([
    'stop',
    'Stop',
    '!stop',
    '!STOP',
    '！STOP',
    ' STOP ',
    'Stop.',
    'STOP!',
    '\tstop\r',
    '\u00a0STOP',
    '! stop',
    'STOP!!',
    'STOP...',
    'Stop…',
    '!!stop!!',
    '*STOP*',
  ])('is read forgivingly: %j', (text) => {
    expect(found(text)).toEqual([{ word: 'stop' }]);
  });

  test.each(['HELP!!', 'HELP?', 'help??!', '"HELP"', '„Help“', '*HELP*', '(help)', '>> HELP <<'.slice(3), '🆘 HELP 🆘'])(
    'is read as HELP however it is dressed: %j',
    (text) => {
      expect(found(text)).toEqual([{ word: 'help' }]);
    },
  );

  test('is taken out; what is around it stays, in order', () => {
    expect(findRequesterWords('Dear you,\n\nSTOP\n\nand thank you.\n', 'asked')).toEqual({
      words: [{ word: 'stop' }],
      rest: 'Dear you,\n\n\nand thank you.\n',
    });
  });

  test('several are found in the order written', () => {
    expect(found('HELP\nCOUNTRY France\nI am tired\nSTOP').map(({ word }) => word)).toEqual(['help', 'country', 'stop']);
  });
});

describe('is text:', () => {
  test.each([
    ['a word within a sentence', 'Please stop calling me'],
    ['a sentence that begins with one', 'Stop it, they said'],
    ['a sentence that ends with one', 'They said no'],
    ['a question', 'Stop?'],
    ['two words on a line', 'HELP STOP'],
    ['a word put in quotes', '"STOP"'],
    ['other scripts that look alike', 'ЅТОР'],
    ['another language', 'STOPP\nHILFE\nNEIN'],
    ['a code that is too short', 'YES K7M2'],
    ['a code that is too long', 'YES K7M2PQ4XK7M2'],
    ['a yes with something behind it', 'YES please'],
    ['a yes with an eight-letter word behind it', 'Yes tomorrow'],
    ['a word that begins like one', 'Countryside'],
    ['a question about help', 'Help me?'],
    ['no country in the world', `COUNTRY ${'x'.repeat(61)}`],
    ['nothing', ''],
    ['blank lines', '\n\n \n'],
  ])('%s', (_, text) => isText(text));
});

describe('NO and YES', () => {
  test.each(['No', 'no.', 'YES', 'Yes!', 'YES K7M2PQ4X', 'Yes whatever'])(
    '%s is text, and relayed, while nothing is asked of them',
    (text) => {
      expect(findRequesterWords(`${text}\nI would rather not.`, 'not-asked')).toEqual({ words: [], rest: `${text}\nI would rather not.` });
    },
  );

  test('the other words do not wait for a question', () => {
    expect(found('HELP\nSTOP\nNEW\nCOUNTRY Chile', 'not-asked').map(({ word }) => word)).toEqual(['help', 'stop', 'new', 'country']);
  });
});

describe('in a quote nothing counts', () => {
  test.each([
    ['marked lines', 'Thank you.\n\n> HELP\n> STOP\nSTOP'],
    ['an unmarked quote that holds a marked one above', 'Thank you.\n-----Original Message-----\nHELP\nSTOP'],
    ['a signature', 'Thank you.\n-- \nSTOP'],
    ['a line of dashes', 'Thank you.\n-----Original Message-----\nSTOP'],
    ['a line of underscores', 'Thank you.\n________________________________\nFrom: somebody\nSTOP'],
    ['a program that quotes without marks', 'Thank you.\n\nOn Fri, 6 Mar 2026 at 10:00, somebody wrote:\n\nSTOP'],
    ['an attribution over two lines', 'Thank you.\n\nOn Fri, 6 Mar 2026 at 10:00, A Very Long Name\n<somebody@example.org> wrote:\nSTOP'],
    ['an attribution in German', 'Danke.\n\nAm Fr., 6. März 2026 um 10:00 Uhr schrieb jemand <a@example.org>:\nSTOP'],
    ['an attribution in French', 'Merci.\n\nLe ven. 6 mars 2026 à 10:00, quelqu’un a écrit :\n\nSTOP'],
    ['an attribution in Turkish', 'Teşekkürler.\n\n6 Mar 2026 Cum, 10:00 tarihinde biri şunu yazdı:\nSTOP'],
    ['an attribution in Japanese', 'ありがとう。\n\n2026年3月6日 10:00 誰か <a@example.org> のメール：\nSTOP'],
    ['a quote that begins with a very long line', `Thank you.\n> ${'x'.repeat(5000)}\nSTOP`],
  ])('%s', (_, text) => isText(text));

  test('above it they do', () => {
    expect(found('STOP\n\nOn Friday, somebody wrote:\n> HELP')).toEqual([{ word: 'stop' }]);
  });

  test('below one with marks, HELP does too, and nothing else', () => {
    expect(found('On Friday, somebody wrote:\n> How are you?\n\nNot well.\nHELP\nSTOP')).toEqual([{ word: 'help' }]);
    isText('On Friday, somebody wrote:\n> How are you?\n\nFine.\n-- \nHELP');
    isText(`> How are you?\n${Array.from({ length: 12 }, (_, at) => `line ${at}`).join('\n')}\nHELP`);
  });

  test('a sentence about what somebody wrote is no quote', () => {
    expect(found('My sister wrote: leave me alone.\nHELP')).toEqual([{ word: 'help' }]);
  });
});

describe('what stands above the quote', () => {
  test.each<[string, string, string]>([
    ['all of it, where nothing is quoted', 'One.\n\nTwo.', 'One.\n\nTwo.'],
    ['marked lines', 'One.\n> Two.', 'One.'],
    ['an attribution', 'One.\nOn Fri, 6 Mar 2026, somebody wrote:\nTwo.', 'One.'],
    [
      'an attribution over three lines',
      'One.\nOn Fri, 6 Mar 2026 at 10:00, A Very\nLong Name <somebody@example.org>\nwrote:\n> Two.',
      'One.',
    ],
    ['a sentence before it stays', 'I moved in 2020.\n\nOn Friday, somebody wrote:\n> Two.', 'I moved in 2020.\n'],
  ])('%s', (_, text, own) => expect(ownTextAbove(text)).toBe(own));
});

describe('only in the first lines', () => {
  const lines = (n: number): string => Array.from({ length: n }, (_, at) => `line ${at}`).join('\n');

  test('the twelfth counts, the thirteenth does not', () => {
    expect(found(`${lines(11)}\nSTOP`)).toEqual([{ word: 'stop' }]);
    expect(found(`${lines(12)}\nSTOP`)).toEqual([]);
  });

  test('blank lines are not counted', () => {
    expect(found(`${'\n'.repeat(500)}STOP`)).toEqual([{ word: 'stop' }]);
  });
});

describe('hostile text', () => {
  /** Reading takes a fraction of it even on a busy machine; what looks back and forth would take minutes. */
  const limitMs = 3000;
  test.each([
    ['one line of a million letters', 'x'.repeat(1_000_000)],
    ['a million blanks', ' '.repeat(1_000_000)],
    ['a million line ends', '\n'.repeat(1_000_000)],
    ['dashes and blanks', `--${' '.repeat(1_000_000)}x`],
    ['a country without end', `COUNTRY ${'x '.repeat(500_000)}`],
    ['attributions that never end', 'wrote '.repeat(200_000)],
    ['half a million lines of STOP', 'STOP\n'.repeat(500_000)],
  ])('is read in no time: %s', (_, text) => {
    const begun = performance.now();
    const { words, rest } = findRequesterWords(text, 'asked');
    expect(performance.now() - begun).toBeLessThan(limitMs);
    expect(words.length).toBeLessThanOrEqual(12);
    expect(rest.length).toBeGreaterThanOrEqual(text.length - 12 * 'STOP\n'.length);
  });

  test('nothing is lost: each line is either a word or stays, in order', () => {
    const line = fc.oneof(
      fc.constantFrom('STOP', 'No', 'YES', 'HELP', 'COUNTRY Peru', '> STOP', '--', 'On Monday, I wrote:', ''),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.constantFrom('asked' as const, 'not-asked' as const), (lines, asked) => {
        const text = lines.join('\n');
        const whole = text.split('\n');
        const { words, rest } = findRequesterWords(text, asked);
        const left = words.length === whole.length ? [] : rest.split('\n');
        expect(left.length + words.length).toBe(whole.length);
        let at = 0;
        for (const kept of left) {
          at = whole.indexOf(kept, at) + 1;
          expect(at).toBeGreaterThan(0);
        }
      }),
    );
  });
});
