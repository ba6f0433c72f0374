// Places in a text that must go, and the taking out.
import type { Placeholder } from '#relay/cleaning-port.ts';
import { markOf } from './placeholder-tokens.ts';

export interface Span {
  readonly from: number;
  /** The first unit that stays. */
  readonly to: number;
  readonly kind: Placeholder;
}

/** What may stand between two words of one name: `Jane Doe`, `Doe, Jane`, `jane.doe`, `O'Brien`. */
const withinName = /^[ .,_'’-]{0,2}$/;

/** Overlapping places become one, of the kind of the one that reaches furthest; so do the words of one name. */
export function mergeSpans(spans: readonly Span[], text: string): readonly Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    const last = merged.at(-1);
    if (last === undefined || !belongs(last, span, text)) {
      merged.push(span);
      continue;
    }
    const kind = span.to - span.from > last.to - last.from ? span.kind : last.kind;
    merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to), kind };
  }
  return merged;
}

function belongs(last: Span, next: Span, text: string): boolean {
  if (next.from < last.to) return true;
  const names = last.kind === 'name' && next.kind === 'name';
  return names && next.from - last.to <= 2 && withinName.test(text.slice(last.to, next.from));
}

export interface TakenOut {
  readonly text: string;
  readonly removed: Readonly<Partial<Record<Placeholder, number>>>;
}

/** Puts one mark (placeholder-tokens.ts) where each place was. */
export function takeOut(text: string, spans: readonly Span[]): TakenOut {
  const removed: Partial<Record<Placeholder, number>> = {};
  const parts: string[] = [];
  let done = 0;
  for (const span of mergeSpans(spans, text)) {
    parts.push(text.slice(done, span.from), markOf(span.kind));
    removed[span.kind] = (removed[span.kind] ?? 0) + 1;
    done = span.to;
  }
  parts.push(text.slice(done));
  return { text: parts.join(''), removed };
}
