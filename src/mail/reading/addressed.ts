// To whom did a mail go: which tags of ours it carries, how many other people it names, and what it says its sender is called.
import { parseAddressHeader } from 'mailparser';
import { domainToUnicode } from 'node:url';
import { formatAddress, parseAddress, tagOfSupportAddress } from '#mail/addresses.ts';
import type { MailAddress } from '#relay/mail-port.ts';
import { valuesOf } from './head.ts';
import type { Head } from './head.ts';

export interface Tags {
  readonly reply: readonly string[];
  /** VERP: the tag of the envelope's recipient. A person's mail program never writes there. */
  readonly bounce: readonly string[];
}

const mostTags = 10;
const mostAddresses = 1_000;
/** Where a tag may have survived delivery; the envelope's recipient is lost over IMAP, and each server notes it in its own field. */
const deliveredTo = ['delivered-to', 'x-original-to', 'x-delivered-to', 'envelope-to', 'x-envelope-to', 'x-rcpt-to', 'to', 'cc'];

export function tagsOf(head: Head, support: MailAddress): Tags {
  const reply = new Set<string>();
  const bounce = new Set<string>();
  for (const address of addressesIn(valuesOf(head, ...deliveredTo))) {
    const tag = tagOfSupportAddress(support, address);
    if (tag !== null) (tag.use === 'bounce' ? bounce : reply).add(tag.token);
  }
  return { reply: [...reply].slice(0, mostTags), bounce: [...bounce].slice(0, mostTags) };
}

export function isOurs(support: MailAddress, address: MailAddress): boolean {
  const local = address.local.toLowerCase();
  const base = support.local.toLowerCase();
  return address.domain === support.domain && (local === base || local.startsWith(`${base}+`));
}

export function othersIn(head: Head, support: MailAddress): number {
  const others = addressesIn(valuesOf(head, 'to', 'cc')).filter((address) => !isOurs(support, address));
  return new Set(others.map((address) => formatAddress(address).toLowerCase())).size;
}

/** Every usable address in these fields; quoted display names are passed over. */
function addressesIn(values: readonly string[]): readonly MailAddress[] {
  const found: MailAddress[] = [];
  for (const value of values) {
    for (const match of value.replace(/"(?:[^"\\]|\\[^])*"/g, ' ').matchAll(/[^\s<>",;:()[\]\\]+/g)) {
      if (found.length >= mostAddresses) return found;
      const address = match[0].includes('@') ? parseAddress(match[0]) : null;
      if (address !== null) found.push(address);
    }
  }
  return found;
}

export interface Called {
  readonly displayName: string;
  /** Names and addresses; domains in both their forms. */
  readonly identity: readonly string[];
}

const mostIdentity = 50;
const longestIdentity = 320;
const longestField = 20_000;

/** Read with the lenient parser, since it only says what to take out of a text: rather one string too many. */
export function calledIn(head: Head): Called {
  const identity = new Set<string>();
  let displayName = '';
  for (const name of ['from', 'sender', 'reply-to', 'return-path']) {
    for (const value of valuesOf(head, name)) {
      for (const entry of parseLenient(value)) {
        if (name === 'from' && displayName === '') displayName = oneLine(entry.name);
        for (const each of [oneLine(entry.name), ...bothForms(entry.address)])
          if (each !== '' && identity.size < mostIdentity) identity.add(each);
      }
    }
  }
  return { displayName, identity: [...identity] };
}

function parseLenient(value: string): readonly { readonly name: string; readonly address: string }[] {
  try {
    const parsed = parseAddressHeader(value.slice(0, longestField), { flatten: true, decodePunycode: false });
    return parsed.value.slice(0, mostIdentity).map((entry) => ({ name: entry.name, address: entry.address ?? '' }));
  } catch {
    return [];
  }
}

function bothForms(address: string): readonly string[] {
  const plain = oneLine(address);
  const at = plain.lastIndexOf('@');
  if (at < 0 || !plain.includes('xn--')) return [plain];
  return [plain, `${plain.slice(0, at)}@${domainToUnicode(plain.slice(at + 1))}`];
}

/** A header's text on one line: no control characters, no line ends of Unicode's. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, longestIdentity);
}
