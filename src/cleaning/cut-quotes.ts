// Cuts what a mail program quoted from what the person wrote, layer by layer. What somebody forwards or pastes is their point, and stays.
import { attributionEndingAt } from './attribution.ts';
import { fold } from './folded.ts';
import { isQuoted } from './own-text.ts';
import { forwardWords, headerLabel, originalWords } from './quote-words.ts';
import type { HeaderLabel } from './quote-words.ts';

export interface QuoteCut {
  readonly lines: readonly string[];
  readonly cut: 'yes' | 'no';
}

/**
 * `ours`: a mail in a thread with us, so what is quoted are our words or theirs, which have been carried before.
 * `first`: nothing of ours can be quoted; a block that no mail program introduced was put there by hand.
 */
export type Thread = 'ours' | 'first';

interface Marks {
  /** Lines that introduce a quote, by index: the last line of it, and whether it is surely one. */
  readonly attributions: ReadonlyMap<number, { readonly to: number; readonly certainty: 'sure' | 'maybe' }>;
}

export function cutQuotes(lines: readonly string[], thread: Thread): QuoteCut {
  const { attributions } = markLines(lines);
  const kept: string[] = [];
  let introduced = thread === 'ours';
  let cut: QuoteCut['cut'] = 'no';
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    if (isForward(line)) {
      kept.push(line, ...lines.slice(headersEnd(lines, at + 1)));
      break;
    }
    if (isOriginal(line) || startsHeaderBlock(lines, at)) {
      if (thread === 'ours') return { lines: withoutRule(kept), cut: 'yes' };
      cut = 'yes';
      introduced = true;
      at = headersEnd(lines, isOriginal(line) ? at + 1 : at);
      continue;
    }
    const attribution = attributions.get(at);
    if (attribution !== undefined) {
      const quoteFollows = isQuoted(nextWritten(lines, attribution.to + 1));
      if (quoteFollows && (attribution.certainty === 'sure' || thread === 'ours')) {
        cut = 'yes';
        introduced = true;
        at = attribution.to + 1;
        continue;
      }
      if (attribution.certainty === 'sure' && !isQuoted(line)) return { lines: withoutRule(kept), cut: 'yes' };
    }
    if (isQuoted(line) && introduced) cut = 'yes';
    else kept.push(line);
    at += 1;
  }
  return { lines: withoutRule(kept), cut };
}

function markLines(lines: readonly string[]): Marks {
  const attributions = new Map<number, { to: number; certainty: 'sure' | 'maybe' }>();
  lines.forEach((_line, at) => {
    const found = attributionEndingAt(lines, at);
    if (found !== null) attributions.set(found.from, { to: found.to, certainty: found.certainty });
  });
  return { attributions };
}

/** How far one looks for the line behind an attribution; programs put one empty line there, some two. */
const gap = 4;

function nextWritten(lines: readonly string[], from: number): string {
  return lines.slice(from, from + gap).find((line) => line.trim() !== '') ?? '';
}

const dashes = /^[\s>]{0,4}[-_=*~]{2,20} ?|[-_=*~ ]{2,20}:?$/g;

function isOriginal(line: string): boolean {
  if (line.length > 100 || !/[-_=*~]{2}/.test(line)) return false;
  return originalWords.includes(fold(line.trim().replace(dashes, '')).trim());
}

function isForward(line: string): boolean {
  if (line.length > 100 || isQuoted(line)) return false;
  const plain = line.trim();
  if (!/^[-_=*~]{2}/.test(plain) && !plain.endsWith(':')) return false;
  return forwardWords.includes(fold(plain.replace(dashes, '').replace(/:$/, '')).trim());
}

/** A block of From, Date, To, Subject as Outlook and others write it: three different labels within eight lines, From among them. */
const blockLines = 8;

function startsHeaderBlock(lines: readonly string[], at: number): boolean {
  const first = labelAt(lines, at);
  if (first !== 'from' && first !== 'date') return false;
  const seen = new Set<HeaderLabel>();
  for (let look = at; look < at + blockLines && look < lines.length; look += 1) {
    const label = labelAt(lines, look);
    if (label !== null) seen.add(label);
  }
  return seen.size >= 3 && seen.has('from');
}

function labelAt(lines: readonly string[], at: number): HeaderLabel | null {
  const line = lines[at] ?? '';
  return line.length > 1000 ? null : headerLabel(fold(line.slice(0, 60)));
}

/** The first line behind a header block: behind its last label, and what that label's line wrapped into. */
function headersEnd(lines: readonly string[], from: number): number {
  let end = from;
  for (let look = from; look < lines.length && look < end + 4; look += 1) {
    const line = lines[look] ?? '';
    if (labelAt(lines, look) !== null || (look > from && look === end && /^\s+\S|@/.test(line) && end > from)) end = look + 1;
  }
  return end;
}

/** A rule and empty lines above the quote belong to it, and so does what a program writes between dashes. */
const rule = /^[\s_=*-]*$|^-{3,40} ?[^-\s].{0,60}[^-\s] ?-{3,40}$/;

function withoutRule(lines: readonly string[]): readonly string[] {
  let end = lines.length;
  while (end > 0 && rule.test(lines[end - 1] ?? '')) end -= 1;
  return lines.slice(0, end);
}
