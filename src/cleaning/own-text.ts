// Takes our own earlier words out of a reply, in whatever language and however the mail program wrapped and quoted them.
// Works on letters alone: a window of them that stands in one of our mails stands in no person's by chance.
import { fold, squeeze } from './folded.ts';

/** Letters and digits in a row that must be ours. Five to six words: nobody writes them anew by chance. */
const windowLength = 24;
/** A line goes when so much of it is ours; the rest is an edge that the quoting broke. */
const enough = 0.9;
/** Letters of ours that are looked at: some thirty mails. */
const mostOwn = 200_000;

export interface OwnTextCut {
  readonly lines: readonly string[];
  readonly cut: 'yes' | 'no';
}

export const unquoted = (line: string): string => line.replace(/^(?:[ \t]{0,4}>)+[ \t]?/, '');
export const isQuoted = (line: string): boolean => /^[ \t]{0,4}>/.test(line);

const lettersOf = (line: string): string => squeeze(fold(line)).text;

export function cutOwnText(lines: readonly string[], ownTexts: readonly string[]): OwnTextCut {
  const own = ownWindows(ownTexts);
  if (own.lines.size === 0) return { lines, cut: 'no' };
  const letters = lines.map((line) => lettersOf(unquoted(line)));
  const covered = coveredLetters(letters.join(''), own.windows);
  let start = 0;
  let cut: OwnTextCut['cut'] = 'no';
  const kept = lines.flatMap((line, at) => {
    const length = letters[at]?.length ?? 0;
    const from = start;
    start += length;
    const marked = isQuoted(line);
    const ours = length > 0 && ((marked && own.lines.has(letters[at] ?? '')) || covered(from, start) >= length * enough);
    if (!ours) return [line];
    cut = 'yes';
    // The empty mark stays: it tells the line that introduces the quote from one that introduces a person's words.
    return marked ? ['>'] : [];
  });
  return { lines: kept, cut };
}

interface OwnWindows {
  readonly windows: ReadonlySet<string>;
  /** Whole lines, for those that are shorter than a window. */
  readonly lines: ReadonlySet<string>;
}

function ownWindows(ownTexts: readonly string[]): OwnWindows {
  const windows = new Set<string>();
  const lines = new Set<string>();
  let left = mostOwn;
  for (const text of ownTexts.toReversed()) {
    const letters = lettersOf(text).slice(0, left);
    left -= letters.length;
    for (let at = 0; at + windowLength <= letters.length; at += 1) windows.add(letters.slice(at, at + windowLength));
    for (const line of text.split('\n')) {
      const own = lettersOf(line);
      if (own !== '') lines.add(own);
    }
    if (left === 0) break;
  }
  return { windows, lines };
}

/** How many letters from one index to another stand in a window of ours. */
function coveredLetters(letters: string, windows: ReadonlySet<string>): (from: number, to: number) => number {
  const sums = new Uint32Array(letters.length + 1);
  let coveredTo = 0;
  for (let at = 0; at < letters.length; at += 1) {
    if (windows.has(letters.slice(at, at + windowLength))) coveredTo = at + windowLength;
    sums[at + 1] = (sums[at] ?? 0) + (at < coveredTo ? 1 : 0);
  }
  return (from, to) => (sums[to] ?? 0) - (sums[from] ?? 0);
}
