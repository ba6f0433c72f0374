// Is this the line by which a mail program introduces what it quotes ("On … , … wrote:")? It may run over four lines.
import { fold } from './folded.ts';
import { isQuoted, unquoted } from './own-text.ts';
import { startWords, wroteWords } from './quote-words.ts';

export interface Attribution {
  readonly from: number;
  /** Its last line. */
  readonly to: number;
  /** `sure`: an address with a date or "wrote", or "wrote" with date and time. `maybe`: a sign less; it is one only if a quote follows. */
  readonly certainty: 'sure' | 'maybe';
}

const mostLines = 4;
const mostLetters = 500;

const ends = /[:：]\s*$/;
const address = /[^\s<>()[\]:;,]@[^\s<>()[\]:;,]{1,250}\.[^\s<>()[\]:;,]/;
const date = /(?:19|20)\d{2}|\b\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2}\b|\b\d{1,2}[./-] ?\d{1,2}[./-] ?\d{4}/;
const time = /\b\d{1,2}[:.h]\d{2}\b/;

const startsLikeOne = new RegExp(`^(?:[<"'(*]|\\d|(?:${startWords.map(escape).join('|')})(?:[ ,]|$)|\\p{L}{2,12}[.,] )`, 'u');

/** The attribution that ends on this line, or null. */
export function attributionEndingAt(lines: readonly string[], at: number): Attribution | null {
  const last = lines[at] ?? '';
  if (last.length > mostLetters || !ends.test(last)) return null;
  let joined = '';
  let alone: Attribution | null = null;
  for (let from = at; from >= 0 && from > at - mostLines; from -= 1) {
    const line = lines[from] ?? '';
    if (from < at && (line.trim() === '' || isQuoted(line) !== isQuoted(last) || ends.test(line))) break;
    const plain = fold(unquoted(line)).trim();
    joined = joined === '' ? plain : `${plain} ${joined}`;
    if (joined.length > mostLetters) break;
    const certainty = judge(joined);
    if (certainty === null) continue;
    const found: Attribution = { from, to: at, certainty };
    if (startsLikeOne.test(plain) && date.test(plain)) return found;
    // A paragraph of its own that names a day or an address in its first line is all of it one.
    const opens = isGap(lines[from - 1]) && names(plain);
    if (alone === null || opens) alone = found;
  }
  return alone;
}

const isGap = (line: string | undefined): boolean => line === undefined || line.trim() === '';

const names = (text: string): boolean => date.test(text) || address.test(text);
const hasDate = (text: string): boolean => date.test(text) || time.test(text);

function judge(joined: string): Attribution['certainty'] | null {
  const wrote = hasWrote(joined);
  const addressed = address.test(joined);
  if (addressed && (wrote || hasDate(joined))) return 'sure';
  if (wrote && date.test(joined) && time.test(joined)) return 'sure';
  return wrote || addressed || (date.test(joined) && time.test(joined)) ? 'maybe' : null;
}

/** As a word of its own where the script has spaces. */
const wrotePattern = new RegExp(
  `(?:${wroteWords.map((word) => (/^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek} ()]+$/u.test(word) ? `(?<!\\p{L})${escape(word)}(?!\\p{L})` : escape(word))).join('|')})`,
  'u',
);

function hasWrote(joined: string): boolean {
  return wrotePattern.test(joined);
}

function escape(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
