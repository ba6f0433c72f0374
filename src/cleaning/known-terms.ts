// Turns what is known of somebody (names, addresses, handles) into what to look for in their text. Holds identity: never logged, never kept.
import type { Placeholder } from '#relay/cleaning-port.ts';
import { fold, squeeze } from './folded.ts';
import { mailProviders, stopWords } from './stop-words.ts';

export interface KnownTerms {
  /** Whole words, folded. */
  readonly words: ReadonlyMap<string, Placeholder>;
  /** Letters and digits of a whole handle or name run together, folded: found however they are spaced or dotted. */
  readonly joined: ReadonlyMap<string, Placeholder>;
  /** Folded strings that are looked for as they are. */
  readonly literal: ReadonlyMap<string, Placeholder>;
}

/** Three letters: below that a name cannot be told from a word, and only stands as part of a whole name. */
const shortestWord = 3;
const shortestJoined = 4;
/** A single word that is spaced out letter by letter; shorter ones come about by chance. */
const shortestSpaced = 5;
const longest = 254;
/** Enough for every address somebody writes from; a bound for a header that lists thousands. */
const mostKnown = 120;
const mostWordsOfOne = 8;

/** Scripts without spaces between words: a name is looked for inside the line. */
const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

export const isSpaceless = (term: string): boolean => spaceless.test(term);

interface Building {
  readonly words: Map<string, Placeholder>;
  readonly joined: Map<string, Placeholder>;
  readonly literal: Map<string, Placeholder>;
}

export function knownTerms(known: readonly string[]): KnownTerms {
  const building: Building = { words: new Map(), joined: new Map(), literal: new Map() };
  for (const raw of new Set(known.slice(0, mostKnown))) {
    const one = raw.trim().slice(0, longest);
    if (one !== '') addOne(building, one);
  }
  return building;
}

function addOne(to: Building, raw: string): void {
  const matrix = /^[@#]([^:\s@]+):(\S+)$/.exec(raw);
  if (matrix !== null) {
    addLiteral(to, raw, 'handle');
    addName(to, matrix[1] ?? '', 'handle');
    addDomain(to, matrix[2] ?? '');
    return;
  }
  const at = raw.lastIndexOf('@');
  if (at > 0 && !/\s/.test(raw)) {
    addLiteral(to, raw, 'address');
    addName(to, raw.slice(0, at), 'handle');
    addDomain(to, raw.slice(at + 1));
    return;
  }
  // A display name may hold an address as well.
  for (const word of raw.split(/[\s<>"(),;]+/)) if (word !== raw && word.includes('@')) addOne(to, word);
  addName(to, raw, 'name');
}

function addLiteral(to: Building, raw: string, kind: Placeholder): void {
  to.literal.set(fold(raw), kind);
}

function addDomain(to: Building, raw: string): void {
  const domain = fold(raw).replace(/:\d+$/, '');
  if (/^[^.\s]+(?:\.[^.\s]+)+$/.test(domain) && !mailProviders.has(domain)) to.literal.set(domain, 'link');
}

function addName(to: Building, raw: string, kind: Placeholder): void {
  for (const spelling of spellings(raw)) {
    const words = wordsOf(spelling).slice(0, mostWordsOfOne);
    for (const word of words) addWord(to, word, kind);
    for (const run of runsOf(words, squeeze(spelling).text)) addJoined(to, run, kind);
  }
}

function addWord(to: Building, word: string, kind: Placeholder): void {
  if (isSpaceless(word)) {
    if (word.length >= 2) to.literal.set(word, kind);
    return;
  }
  if (word.length < shortestWord || stopWords.has(word)) return;
  if (to.words.get(word) !== 'name') to.words.set(word, kind);
  if (word.length >= shortestSpaced) addJoined(to, word, kind); // `Q u i l l`
}

function addJoined(to: Building, run: string, kind: Placeholder): void {
  if (run.length < shortestJoined || stopWords.has(run)) return;
  if (!/\p{L}/u.test(run) && run.length < 6) return; // `1987` alone is a year
  if (isSpaceless(run)) {
    to.literal.set(run, kind);
    return;
  }
  if (to.joined.get(run) !== 'name') to.joined.set(run, kind);
}

/** Letters only; digits, dots and underscores part words, and so does a capital inside one (`JaneDoe`). */
function wordsOf(folded: string): readonly string[] {
  return folded.match(/\p{L}+/gu) ?? [];
}

/** `Jürgen` is also `Juergen`, and the other way round; `JaneDoe` is also `Jane Doe`. */
function spellings(raw: string): ReadonlySet<string> {
  const parted = raw.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2');
  const spelt = (text: string): string =>
    text.toLowerCase().replace(/ä/g, 'ae').replace(/[öø]/g, 'oe').replace(/ü/g, 'ue').replace(/å/g, 'aa');
  const folded = fold(parted);
  const short = folded.replace(/(\p{L}*)([aou])e(\p{L}*)/gu, (all, before: string, vowel: string, after: string) =>
    all.length >= 5 ? `${before}${vowel}${after}` : all,
  );
  return new Set([folded, fold(raw), fold(spelt(parted.normalize('NFC'))), short]);
}

/** The whole, and how a name is run together in handles: `janedoe`, `doejane`, `jdoe`, `janed`. */
function runsOf(words: readonly string[], whole: string): ReadonlySet<string> {
  const runs = new Set<string>([whole]);
  const named = words.filter((word) => !stopWords.has(word));
  const [first] = named;
  const last = named.at(-1);
  if (first === undefined || last === undefined || named.length < 2) return runs;
  runs.add(named.join(''));
  for (const [a, b] of [
    [first, last],
    [last, first],
  ] as const) {
    runs.add(a + b);
    if (b.length >= shortestJoined) runs.add(a.slice(0, 1) + b);
    if (a.length >= shortestJoined) runs.add(a + b.slice(0, 1));
  }
  return runs;
}
