// Answers: is this one usable mail address, and what hangs behind our support address's plus sign?
// Our own grammar, because the libraries' address parsers have sent mail to a part of the string that nobody meant.
import { domainToASCII, domainToUnicode } from 'node:url';
import type { MailAddress } from '#relay/mail-port.ts';

/** RFC 5321 4.5.3.1: 64 octets of local part; 254 is what is left of a 256-octet path without its brackets. */
const maxLocal = 64;
const maxAddress = 254;
const maxDomain = 253;

/** RFC 5322 3.2.3 dot-atom, ASCII only. Quoted local parts and SMTPUTF8 are refused: no reply to them can be relied on. */
const dotAtom = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
/** RFC 1123 2.1 labels, at least two of them (RFC 5321 2.3.5), the last one not a number: no address literals. */
const hostName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Parses exactly one bare addr-spec: no display name, brackets, comments or surrounding space.
 * A domain in letters (RFC 5890 U-labels) comes out in its `xn--` form. Null: not usable.
 */
export function parseAddress(raw: string): MailAddress | null {
  if (raw.length > maxAddress) return null;
  const at = raw.lastIndexOf('@');
  if (at < 1) return null;
  const local = raw.slice(0, at);
  if (local.length > maxLocal || !dotAtom.test(local)) return null;
  const domain = asciiDomain(raw.slice(at + 1));
  if (domain === null || local.length + 1 + domain.length > maxAddress) return null;
  return { local, domain };
}

export function formatAddress(address: MailAddress): string {
  return `${address.local}@${address.domain}`;
}

/** Checks a value that says it is an address; for the last step before the wire. */
export function isAddress(address: MailAddress): boolean {
  const parsed = parseAddress(formatAddress(address));
  return parsed !== null && parsed.local === address.local && parsed.domain === address.domain;
}

/** Only a domain that is its own normal form: mapped look-alikes (full-width letters, other dots, hex numbers) are refused. */
function asciiDomain(raw: string): string | null {
  const lower = raw.toLowerCase();
  const ascii = domainToASCII(lower);
  if (ascii.length > maxDomain || !hostName.test(ascii)) return null;
  if (isAscii(lower) !== isAscii(raw)) return null; // U+212A, the Kelvin sign, would become a k
  return lower === (isAscii(raw) ? ascii : domainToUnicode(ascii)) ? ascii : null;
}

function isAscii(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text);
}

export interface SupportTag {
  /** A random id of ours: 16 to 48 lower-case letters and digits. */
  readonly token: string;
  readonly use: 'reply' | 'bounce';
}

/** `b-` in front tells the envelope's tag (VERP) from a reply's; a token itself holds no hyphen. */
const bouncePrefix = 'b-';
const tokenForm = /^[a-z0-9]{16,48}$/;

export class UnusableTag extends Error {
  readonly code = 'unusable-tag';
  constructor() {
    super('unusable-tag');
    this.name = 'UnusableTag';
  }
}

/** `support+<token>@d` for Reply-To, or `support+b-<token>@d` for the envelope. Throws UnusableTag. */
export function supportAddressWithTag(support: MailAddress, tag: SupportTag): MailAddress {
  if (!tokenForm.test(tag.token)) throw new UnusableTag();
  const local = `${support.local}+${tag.use === 'bounce' ? bouncePrefix : ''}${tag.token}`;
  if (local.length > maxLocal) throw new UnusableTag();
  return { local, domain: support.domain };
}

/**
 * What stands behind the plus sign of an address of ours: null for somebody else's address, for the bare one,
 * and for a tag that cannot be one of ours. Letter case is forgiven: mail programs change it on the way.
 */
export function tagOfSupportAddress(support: MailAddress, address: MailAddress): SupportTag | null {
  if (address.domain !== support.domain) return null;
  const local = address.local.toLowerCase();
  const base = `${support.local.toLowerCase()}+`;
  if (!local.startsWith(base)) return null;
  const tag = local.slice(base.length);
  const use = tag.startsWith(bouncePrefix) ? 'bounce' : 'reply';
  const token = use === 'bounce' ? tag.slice(bouncePrefix.length) : tag;
  return tokenForm.test(token) ? { token, use } : null;
}
