// Who does a mail say it is from? One From field with one plain address, by our own grammar, or nobody.
// Libraries disagree on anything else, and a reply to what one of them made of it has reached strangers.
import { formatAddress, parseAddress } from '#mail/addresses.ts';
import type { MailAddress, ReadMail, SenderFault } from '#relay/mail-port.ts';
import { valuesOf } from './head.ts';
import type { Head } from './head.ts';

export type Sender = ReadMail['sender'];

const refused = (why: SenderFault): Sender => ({ ok: false, why });

export function readSender(head: Head): Sender {
  const fields = valuesOf(head, 'from');
  if (fields.length > 1) return refused('several-senders');
  const [value] = fields;
  return value === undefined || value === '' ? refused('no-sender') : readFrom(value);
}

/** `Name <local@domain>` or `local@domain` (RFC 5322 3.4), without comments, groups, routes, or a second address anywhere. */
export function readFrom(value: string): Sender {
  if (value.length > 2_000 || /[\0-\x08\x0a-\x1f\x7f]/.test(value)) return refused('unusable-sender');
  const unquoted = withoutQuoted(value);
  if (unquoted === null) return refused('unusable-sender');
  const bare = withoutNameComments(unquoted);
  if (/[()\\[\]:;]/.test(bare)) return refused('unusable-sender');
  const angles = bare.match(/[<>]/g) ?? [];
  if (angles.length === 0) return readBare(value, bare);
  const match = /^([^<>]*)<[ \t]*([^<>]*?)[ \t]*>[ \t]*$/.exec(bare);
  if (match === null) return refused(isSeveral(bare) ? 'several-senders' : 'unusable-sender');
  const address = parseAddress(match[2] ?? '');
  const shown = (match[1] ?? '').trim();
  // Some programs write the address as the name as well, without quotes.
  if (shown.includes('@') && (address === null || shown.toLowerCase() !== formatAddress(address).toLowerCase()))
    return refused(isSeveral(bare) ? 'several-senders' : 'unusable-sender');
  return accepted(address);
}

function readBare(value: string, bare: string): Sender {
  if (isSeveral(bare)) return refused('several-senders');
  return value === bare ? accepted(parseAddress(value.trim())) : refused('unusable-sender');
}

function accepted(address: MailAddress | null): Sender {
  return address === null ? refused('unusable-sender') : { ok: true, address };
}

function isSeveral(bare: string): boolean {
  return bare.split(',').filter((part) => part.includes('@')).length > 1;
}

/**
 * Comments (RFC 5322 3.2.2) in the display name go: “Jane (she/her) <jane@example.org>”, written without quotes, is a person, and what stands
 * in the angle brackets is not in doubt. Only before the one bracket, only where nothing in them looks like an address.
 */
function withoutNameComments(value: string): string {
  const at = value.indexOf('<');
  return at === -1 ? value : value.slice(0, at).replace(/\([^()<>@\\]{0,100}\)/g, ' ') + value.slice(at);
}

/** Puts a space where each quoted string (RFC 5322 3.2.4) stood: in a display name it says nothing, in an address it spoils it. */
function withoutQuoted(value: string): string | null {
  const bare = value.replace(/"(?:[^"\\]|\\[^])*"/g, ' ');
  return bare.includes('"') ? null : bare;
}
