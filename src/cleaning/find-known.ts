// Finds what is known of somebody in a text. The same finder looks once more at the end: what it still finds stops the message.
import type { Folded } from './folded.ts';
import { squeeze } from './folded.ts';
import { isSpaceless } from './known-terms.ts';
import type { KnownTerms } from './known-terms.ts';
import type { Span } from './spans.ts';

const letterOrDigit = /[\p{L}\p{N}]/u;

export function findKnown(folded: Folded, terms: KnownTerms): readonly Span[] {
  return [...findWords(folded, terms), ...findJoined(folded, terms), ...findLiteral(folded, terms)];
}

function back(folded: Folded, place: { readonly from: number; readonly to: number }): { readonly from: number; readonly to: number } {
  const last = folded.at[place.to - 1] ?? 0;
  // One letter of the original may fold to several (ß): then all of it goes.
  let next = place.to;
  while (next < folded.text.length && folded.at[next] === last) next += 1;
  return { from: folded.at[place.from] ?? 0, to: folded.at[next] ?? last };
}

function findWords(folded: Folded, terms: KnownTerms): readonly Span[] {
  const found: Span[] = [];
  if (terms.words.size === 0) return found;
  for (const run of folded.text.matchAll(/\p{L}+/gu)) {
    const word = run[0];
    // `Janes` in German, Dutch or Swedish is Jane's.
    const kind = terms.words.get(word) ?? (word.length > 4 && word.endsWith('s') ? terms.words.get(word.slice(0, -1)) : undefined);
    if (kind === undefined) continue;
    let to = run.index + word.length;
    // `jane42`: the number is part of the handle.
    while (to < folded.text.length && to - run.index < 80 && /\p{N}/u.test(folded.text.charAt(to))) to += 1;
    found.push({ ...back(folded, { from: run.index, to }), kind });
  }
  return found;
}

/** Finds a run of letters however it is spaced and dotted, but only where it begins and ends as a word does. */
function findJoined(folded: Folded, terms: KnownTerms): readonly Span[] {
  const found: Span[] = [];
  if (terms.joined.size === 0) return found;
  const squeezed = squeeze(folded.text);
  for (const [term, kind] of terms.joined) {
    for (let at = squeezed.text.indexOf(term); at >= 0; at = squeezed.text.indexOf(term, at + 1)) {
      const from = squeezed.at[at] ?? 0;
      const to = (squeezed.at[at + term.length - 1] ?? 0) + 1;
      if (isWithin(folded.text, from, to) || to - from > term.length * 4) continue;
      found.push({ ...back(folded, { from, to }), kind });
    }
  }
  return found;
}

function isWithin(text: string, from: number, to: number): boolean {
  return (from > 0 && letterOrDigit.test(text.charAt(from - 1))) || (to < text.length && letterOrDigit.test(text.charAt(to)));
}

function findLiteral(folded: Folded, terms: KnownTerms): readonly Span[] {
  const found: Span[] = [];
  for (const [term, kind] of terms.literal) {
    for (let at = folded.text.indexOf(term); at >= 0; at = folded.text.indexOf(term, at + term.length)) {
      const to = at + term.length;
      if (!isSpaceless(term) && isWithin(folded.text, at, to)) continue;
      found.push({ ...back(folded, { from: at, to }), kind });
    }
  }
  return found;
}
