// Reads Authentication-Results (RFC 8601) of the one server that the settings name. Everything in it that the grammar does not know
// makes the whole field worthless: comments, quotes and local parts have been used to write a verdict into somebody else's.
import type { Head } from './head.ts';

export interface TrustedResults {
  /** The ids our provider's servers give themselves (authserv-id), in lower case. Empty: no field is believed. */
  readonly authservIds: readonly string[];
  /** How many Received fields stand above the provider's verdict. What is further down came with the mail. */
  readonly receivedAbove: number;
}

export interface MethodResult {
  /** In lower case. */
  readonly method: string;
  readonly result: string;
  /** `header.from`, `header.d`, …: values in lower case. */
  readonly properties: ReadonlyMap<string, string>;
}

const mostFields = 10;
const longestField = 8_000;

/**
 * The first statement of each kind counts, and nothing below the next Received once the provider has spoken: its fields stand together,
 * above whatever the mail brought along.
 */
export function trustedResults(head: Head, trusted: TrustedResults): readonly MethodResult[] {
  const found: MethodResult[] = [];
  let received = 0;
  let fields = 0;
  for (const field of head.fields) {
    if (field.name === 'received') {
      if (found.length > 0) break;
      received += 1;
    }
    if (received > trusted.receivedAbove || fields >= mostFields) break;
    if (field.name !== 'authentication-results') continue;
    fields += 1;
    const parsed = parseResults(field.value);
    if (parsed !== null && trusted.authservIds.includes(parsed.authservId)) found.push(...parsed.results);
  }
  return found;
}

export interface ParsedResults {
  readonly authservId: string;
  readonly results: readonly MethodResult[];
}

type Token = { readonly kind: 'word' | 'quoted' | 'sign'; readonly text: string };

/** Null: not of the grammar of RFC 8601 2.2. */
export function parseResults(value: string): ParsedResults | null {
  const tokens = value.length > longestField ? null : tokenise(value);
  if (tokens === null) return null;
  const [first = [], ...rest] = splitAt(tokens, ';');
  const [id, version] = first;
  if (id === undefined || id.kind === 'sign' || first.length > 2 || (version !== undefined && !/^\d+$/.test(version.text))) return null;
  const results: MethodResult[] = [];
  for (const [at, part] of rest.entries()) {
    if (part.length === 0) {
      if (at === rest.length - 1) continue; // a closing semicolon, which several servers write
      return null;
    }
    if (part.length === 1 && part[0]?.text.toLowerCase() === 'none') continue;
    const result = parseResult(part);
    if (result === null) return null;
    results.push(result);
  }
  return { authservId: id.text.toLowerCase(), results };
}

/** `method[/version]=result`, then `reason=…` and `ptype.property=value`; `action=none` and its like are passed over. */
function parseResult(tokens: readonly Token[]): MethodResult | null {
  const pairs = pairsOf(tokens);
  const [first, ...rest] = pairs ?? [];
  if (first === undefined) return null;
  const method = /^([a-z][a-z0-9-]*)(?:\/\d+)?$/.exec(first.name)?.[1];
  if (method === undefined || first.kind !== 'word' || !/^[a-z]+$/i.test(first.value)) return null;
  const properties = new Map<string, string>();
  for (const pair of rest) if (!properties.has(pair.name)) properties.set(pair.name, pair.value.toLowerCase());
  return { method, result: first.value.toLowerCase(), properties };
}

interface Pair {
  readonly name: string;
  readonly kind: 'word' | 'quoted';
  readonly value: string;
}

function pairsOf(tokens: readonly Token[]): readonly Pair[] | null {
  const pairs: Pair[] = [];
  for (let at = 0; at < tokens.length; at += 3) {
    const [name, sign, value] = [tokens[at], tokens[at + 1], tokens[at + 2]];
    if (name?.kind !== 'word' || sign?.text !== '=' || sign.kind !== 'sign' || value === undefined || value.kind === 'sign') return null;
    if (!/^[a-z][a-z0-9./_-]*$/i.test(name.text)) return null;
    pairs.push({ name: name.text.toLowerCase(), kind: value.kind, value: value.text });
  }
  return pairs;
}

function splitAt(tokens: readonly Token[], sign: string): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'sign' && token.text === sign) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** Words, quoted strings, `;` and `=`. Comments (they nest) are dropped. Null: something is open at the end, or no character of a field. */
function tokenise(value: string): readonly Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  while (at < value.length) {
    const char = value.charAt(at);
    if (char === ' ' || char === '\t') at += 1;
    else if (char === '(') {
      const end = commentEnd(value, at);
      if (end === null) return null;
      at = end;
    } else if (char === '"') {
      const match = /^"((?:[^"\\]|\\[^])*)"/.exec(value.slice(at));
      if (match === null) return null;
      // `"local part"@domain` is a value of RFC 8601 which says nothing that we need.
      if (/[^\s;(]/.test(value.charAt(at + match[0].length))) return null;
      tokens.push({ kind: 'quoted', text: (match[1] ?? '').replace(/\\([^])/g, '$1') });
      at += match[0].length;
    } else if (char === ';' || char === '=') {
      tokens.push({ kind: 'sign', text: char });
      at += 1;
    } else {
      const match = (tokens.at(-1)?.text === '=' && tokens.at(-1)?.kind === 'sign' ? /^[^\s;"()]+/ : /^[^\s;="()]+/).exec(value.slice(at));
      if (match === null || /[\0-\x1f\x7f]/.test(match[0])) return null;
      tokens.push({ kind: 'word', text: match[0] });
      at += match[0].length;
    }
  }
  return tokens;
}

function commentEnd(value: string, start: number): number | null {
  let depth = 0;
  for (let at = start; at < value.length; at += 1) {
    const char = value.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '(') depth += 1;
    else if (char === ')') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}
