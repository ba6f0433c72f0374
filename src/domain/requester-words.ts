// The words a requester can write on a line of their own (docs/requesters.md). Anything unclear is text and never taken for consent.
import { introducesQuote } from '#domain/quote-words.ts';

export type RequesterWord =
  | { readonly word: 'help' }
  | { readonly word: 'stop' }
  | { readonly word: 'no' }
  | { readonly word: 'new' }
  | { readonly word: 'yes'; readonly code: string | null }
  | { readonly word: 'country'; readonly name: string };

export interface WordsFound {
  readonly words: readonly RequesterWord[];
  /** The text without those lines; empty when there was nothing else above the quote. */
  readonly rest: string;
}

const firstLines = 12;
const longestCountry = 60;

/** No word and nothing before a quote is longer; what is longer is not even looked at. */
const longestLine = 200;

/** Is something asked of them? NO and YES answer a question; without one they are text, and are relayed as such. */
export type AskedOfThem = 'asked' | 'not-asked';

/** Our codes: eight of the letters and digits that do not look alike. */
const yesWithCode = /^YES(?:[ :,]|[-–—])+([2-9A-HJ-NP-Z]{4}-?[2-9A-HJ-NP-Z]{4})$/u;

const readAnswer = (upper: string): RequesterWord | null => {
  if (upper === 'NO') return { word: 'no' };
  if (upper === 'YES') return { word: 'yes', code: null };
  const code = yesWithCode.exec(upper)?.[1];
  return code === undefined ? null : { word: 'yes', code: code.replace('-', '') };
};

/** What people put around a word that they mean: `STOP!!`, `!stop`, and the stars of a mail program that shows bold type so. */
const emphasis = /^[!\uff01*_\s]+|[.!\uff01…*_\s]+$/gu;

const bareLine = (line: string): string => line.replace(emphasis, '');

/** HELP costs nobody anything, and whoever needs it may not write it tidily. */
const asksForHelp = (line: string): boolean => /^[\p{P}\p{S}\s]*HELP[\p{P}\p{S}\s]*$/iu.test(line);

/** COUNTRY, and what stands behind it; empty: nothing does. */
const countryNamed = (bare: string): string | null => /^COUNTRY(?:\s*[:：]\s*|\s+|$)(.*)$/iu.exec(bare)?.[1]?.trim() ?? null;

/** The text without lines that are nothing but YES and a code, in its first lines. */
export const withoutCodes = (text: string): string =>
  text
    .split('\n')
    .filter((line, at) => at >= firstLines || line.length > longestLine || !yesWithCode.test(bareLine(line).toUpperCase()))
    .join('\n');

const readLine = (line: string, asked: AskedOfThem): RequesterWord | null => {
  const bare = bareLine(line);
  const upper = bare.toUpperCase();
  if (asksForHelp(line)) return { word: 'help' };
  if (upper === 'STOP') return { word: 'stop' };
  if (upper === 'NEW') return { word: 'new' };
  const name = countryNamed(bare);
  if (name !== null) return name.length <= longestCountry ? { word: 'country', name } : null;
  return asked === 'asked' ? readAnswer(upper) : null;
};

const quoteMark = /^\s*(?:>|--\s*$|-{3,}|_{5,})/u;

/** Also where a program quotes without marks. */
const beginsQuote = (line: string): boolean => quoteMark.test(line) || (line.length <= longestLine && introducesQuote(line));

/** What an attribution names that runs over several lines: a year, an address. */
const namesDay = /(?:19|20)\d{2}|@/u;
const mostAttributionLines = 3;

/** What stands above the quote, without the first lines of a long attribution. */
export const ownTextAbove = (text: string): string => {
  const lines = text.split('\n');
  const found = lines.findIndex((line) => line.trim() !== '' && beginsQuote(line));
  if (found < 0) return text;
  let end = found;
  while (end > 0 && found - end < mostAttributionLines && !quoteMark.test(lines[found] ?? '') && namesDay.test(lines[end - 1] ?? ''))
    end -= 1;
  return lines.slice(0, end).join('\n');
};

interface LineRead {
  readonly line: string;
  readonly word: RequesterWord | null;
}

const marked = /^\s*>/u;

/**
 * Every line, and the word that it is; looked for in the first lines above the quote only. Of what is written below a quote with marks,
 * as some programs have it, HELP alone counts: there nothing else is certainly meant for us.
 */
const readLines = (text: string, asked: AskedOfThem): readonly LineRead[] => {
  let left = firstLines;
  let place: 'above' | 'quote' | 'below' = 'above';
  return text.split('\n').map((line) => {
    if (line.trim() === '') return { line, word: null };
    if (marked.test(line)) {
      if (place === 'above') left = firstLines;
      place = 'below';
      return { line, word: null };
    }
    if (beginsQuote(line)) place = 'quote';
    if (place === 'quote' || left === 0) return { line, word: null };
    left -= 1;
    const word = line.length > longestLine ? null : readLine(line, asked);
    return { line, word: place === 'above' || word?.word === 'help' ? word : null };
  });
};

/** `text` is a mail's text with its quote still below, or one chat message. */
export const findRequesterWords = (text: string, asked: AskedOfThem): WordsFound => {
  const read = readLines(text, asked);
  return {
    words: read.flatMap(({ word }) => (word === null ? [] : [word])),
    rest: read
      .filter(({ word }) => word === null)
      .map(({ line }) => line)
      .join('\n'),
  };
};

/** The same text without those lines, but for COUNTRY and something that is none: then it may be a sentence of theirs. */
export const restWithSentences = (
  text: string,
  how: { readonly asked: AskedOfThem; readonly isCountry: (name: string) => boolean },
): string =>
  readLines(text, how.asked)
    .filter(({ word }) => word === null || (word.word === 'country' && word.name !== '' && !how.isCountry(word.name)))
    .map(({ line }) => line)
    .join('\n');
