// Finds what linkify-it does not: Matrix ids, fediverse ids, @mentions, addresses that were spelt out, and odd addresses.
import type { Span } from './spans.ts';

const local = /[\p{L}\p{N}._%+'=~-]/u;
/** Not the scripts that put no space behind a name: the sentence would go with it. */
const host = /(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}])[\p{L}\p{N}.-]/u;
const longestPart = 255;

/** Takes a folded text. Walks from each `@` to both sides, so that the whole takes two steps per letter at most. */
export function findHandles(text: string): readonly Span[] {
  const found: Span[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const span = aroundAt(text, at);
    if (span !== null) found.push(span);
  }
  for (const match of text.matchAll(roomOrAlias)) found.push({ from: match.index, to: match.index + match[0].length, kind: 'handle' });
  for (const match of text.matchAll(spelt)) addSpelt(found, text, match);
  return found;
}

function aroundAt(text: string, at: number): Span | null {
  const from = walk(text, { from: at - 1, step: -1, of: local }) + 1;
  const to = walk(text, { from: at + 1, step: 1, of: host });
  const after = trimmedEnd(text, at + 1, to);
  if (from < at) return after - at > 2 ? { from, to: after, kind: 'address' } : null;
  if (text[to] === ':' && host.test(text.charAt(to + 1))) {
    // @user:server, with a port perhaps. `/` and `=` may stand in a Matrix localpart, `@user` ends there for us: the rest is taken by `to`.
    let end = walk(text, { from: to + 1, step: 1, of: host });
    if (/^:\d{1,5}/.test(text.slice(end, end + 6))) end += /^:\d{1,5}/.exec(text.slice(end, end + 6))?.[0].length ?? 0;
    return { from: at, to: trimmedEnd(text, at + 1, end), kind: 'handle' };
  }
  if (text[to] === '@') return { from: at, to: trimmedEnd(text, at + 1, walk(text, { from: to + 1, step: 1, of: host })), kind: 'handle' };
  const end = walk(text, { from: at + 1, step: 1, of: mention });
  return end - at > 2 ? { from: at, to: trimmedEnd(text, at + 1, end), kind: 'handle' } : null;
}

const mention = /(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}])[\p{L}\p{N}._/=-]/u;

function walk(text: string, way: { readonly from: number; readonly step: 1 | -1; readonly of: RegExp }): number {
  let at = way.from;
  while (at >= 0 && at < text.length && Math.abs(at - way.from) < longestPart && way.of.test(text.charAt(at))) at += way.step;
  return at;
}

/** The full stop of the sentence is not part of it. */
function trimmedEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && /[.\-/=]/.test(text.charAt(end - 1))) end -= 1;
  return end;
}

/** Room aliases, room ids, event ids. */
const roomOrAlias = /[#!$][\p{L}\p{N}._=/+-]{1,100}:[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}(?::\d{1,5})?/gu;

/** `jane (at) example (dot) org`, `jane[at]example.org`, `jane at example dot org`. Anchored on the at. */
const spelt =
  /(?:[([{<] ?(?:at|ät|@|arroba|chez) ?[)\]}>]| at (?=[\p{L}\p{N}-]{1,63} dot )) ?([\p{L}\p{N}-]{1,63}(?:(?:\.| ?[([{<] ?(?:dot|punkt|point|punto|ponto|kropka) ?[)\]}>] ?| dot )[\p{L}\p{N}-]{2,63}){1,4})/gu;

function addSpelt(found: Span[], text: string, match: RegExpExecArray): void {
  let before = match.index;
  if (text[before - 1] === ' ') before -= 1;
  const from = walk(text, { from: before - 1, step: -1, of: local }) + 1;
  if (from < before) found.push({ from, to: match.index + match[0].length, kind: 'address' });
}
