// Takes identity out of a text, step by step, and says no rather than let something known through.
// Pure: the same text and the same knowledge give the same answer; nothing is kept.
import type { Cleaned, CleanRequest } from '#relay/cleaning-port.ts';
import { cutQuotes } from './cut-quotes.ts';
import { cutSignature } from './cut-signature.ts';
import { findHandles } from './find-handles.ts';
import { findKnown } from './find-known.ts';
import { findLinks } from './find-links.ts';
import { findNumbers } from './find-numbers.ts';
import { foldText } from './folded.ts';
import type { Folded } from './folded.ts';
import { knownTerms } from './known-terms.ts';
import type { KnownTerms } from './known-terms.ts';
import { cutOwnText } from './own-text.ts';
import { anyMark, kindOfMark, placeholderTokens } from './placeholder-tokens.ts';
import type { PlaceholderTokens } from './placeholder-tokens.ts';
import type { Span } from './spans.ts';
import { takeOut } from './spans.ts';
import type { TakenOut } from './spans.ts';
import { onlyVisible, tidyBlanks } from './visible.ts';

/** What goes on to a volunteer, in UTF-16 units: some forty pages. */
const longestText = 100_000;
/** What is looked at: a quote of a whole thread may stand above the person's own words. */
const longestLookedAt = 500_000;
/** Of their own words. Everything else waits while a text is cleaned: for the worst of a million letters it was eight seconds. */
const longestScrubbed = 2 * longestText;

export function clean(request: CleanRequest): Cleaned {
  const looked = shorten(request.text, longestLookedAt);
  const seen = onlyVisible(looked.text);
  const own = request.form === 'mail' ? ownWords(seen, request.ownTexts) : { text: seen, quote: 'none' as const };
  const terms = knownTerms(request.known);
  const words = shorten(own.text, longestScrubbed);
  const taken = scrub(words.text, terms);
  const short = shorten(tidyBlanks(taken.text), longestText);
  if (short.text === '' && request.text.trim() !== '') return { clean: 'no', why: 'nothing-left' };
  if (somethingLeft(short.text, terms)) return { clean: 'no', why: 'identity-left' };
  const told = shorten(withTokens(short.text, request.placeholders ?? placeholderTokens), longestText);
  const length = looked.cut || words.cut || short.cut || told.cut ? 'cut' : 'whole';
  return { clean: 'yes', text: told.text, removed: taken.removed, quote: own.quote, length };
}

interface OwnWords {
  readonly text: string;
  readonly quote: 'none' | 'cut';
}

function ownWords(text: string, ownTexts: readonly string[]): OwnWords {
  const ours = cutOwnText(text.split('\n'), ownTexts);
  const quotes = cutQuotes(ours.lines, ownTexts.length > 0 ? 'ours' : 'first');
  const lines = cutSignature(quotes.lines).lines;
  return { text: tidyBlanks(lines.join('\n')), quote: ours.cut === 'yes' || quotes.cut === 'yes' ? 'cut' : 'none' };
}

/** Everything that is found goes at once, the longer before what lies within it. */
function scrub(text: string, terms: KnownTerms): TakenOut {
  const folded = foldText(text);
  const shapes = [...findLinks(folded.text), ...findHandles(folded.text), ...findNumbers(folded.text)];
  return takeOut(text, [...shapes.map((span) => inOriginal(folded, span)), ...findKnown(folded, terms)]);
}

function inOriginal(folded: Folded, span: Span): Span {
  return { from: folded.at[span.from] ?? 0, to: folded.at[span.to] ?? folded.at.at(-1) ?? 0, kind: span.kind };
}

/** The last look, at exactly what would go out. */
function somethingLeft(text: string, terms: KnownTerms): boolean {
  const folded = foldText(text);
  return (
    findKnown(folded, terms).length > 0 ||
    findHandles(folded.text).length > 0 ||
    findLinks(folded.text).some((span) => span.kind === 'address')
  );
}

function withTokens(text: string, tokens: PlaceholderTokens): string {
  return text.replace(anyMark, (mark) => {
    const kind = kindOfMark(mark);
    return kind === null ? '' : tokens[kind];
  });
}

/** Cut where a word ends, so that no half of a name is left that nobody would recognise. */
function shorten(text: string, longest: number): { readonly text: string; readonly cut: boolean } {
  if (text.length <= longest) return { text, cut: false };
  const head = text.slice(0, longest);
  const end = Math.max(head.lastIndexOf('\n'), head.lastIndexOf(' '));
  return { text: (end > longest - 1000 ? head.slice(0, end) : head.replace(/[\ud800-\udbff]$/, '')).trimEnd(), cut: true };
}
