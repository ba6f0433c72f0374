// Takes one mail apart, from bytes to what the relay knows of it. Runs in the worker; whatever the bytes are, it answers.
import type { MailAddress, MailEvidence, ReadMail } from '#relay/mail-port.ts';
import { calledIn, oneLine, othersIn, tagsOf } from './addressed.ts';
import type { TrustedResults } from './authentication-results.ts';
import { bodyTextOf } from './body-text.ts';
import type { BodyText } from './body-text.ts';
import { askDns } from './dns.ts';
import type { DnsServers } from './dns.ts';
import { prove } from './evidence.ts';
import { firstOf, readHead, valuesOf } from './head.ts';
import type { Head } from './head.ts';
import { parseMime } from './mime.ts';
import type { Mime } from './mime.ts';
import { recogniseRobot } from './robots.ts';
import { readSender } from './sender.ts';
import type { Sender } from './sender.ts';
import { messageIdOf, referencesOf } from './thread.ts';
import { labelledUtf8, readsBetter } from './wrong-label.ts';

export interface ReadingSettings {
  readonly support: MailAddress;
  readonly trusted: TrustedResults;
  readonly dns: DnsServers;
  /** How long the DNS may take for one mail, in ms; then the evidence is `away`. */
  readonly dnsMs: number;
}

export interface MailBytes {
  readonly bytes: Uint8Array;
  /** `head`: there is no body, since it is too large; `head-only`: there is one that could not be read before. */
  readonly look: 'whole' | 'head' | 'head-only';
}

const nothingProved: MailEvidence = { verdict: 'nothing', policy: 'none' };

export async function readMail(mail: MailBytes, settings: ReadingSettings): Promise<ReadMail> {
  const head = readHead(mail.bytes);
  const mime = mail.look === 'whole' ? await parseWhole(mail.bytes) : await parseOrNull(mail.bytes.subarray(0, head.bodyAt));
  const whole = mail.look === 'whole' ? mime : null;
  const sender = agreedSender(head, mime);
  const body: BodyText =
    whole === null
      ? { text: '', files: 0, encrypted: 'no', unreadable: 'no' }
      : bodyTextOf(whole, { contentType: firstOf(head, 'content-type'), body: mail.bytes.subarray(head.bodyAt) });
  const tags = tagsOf(head, settings.support);
  return {
    sender,
    ...calledIn(head),
    messageId: messageIdOf(head),
    references: referencesOf(head),
    tags: tags.reply,
    othersAddressed: othersIn(head, settings.support),
    subject: oneLine(mime?.subject ?? firstOf(head, 'subject')),
    text: body.text,
    files: body.files,
    encrypted: body.encrypted,
    unreadable: unreadable(mail, whole, body),
    automatic: recogniseRobot({ head, mime: whole, text: body.text, sender, tags }, { support: settings.support }),
    evidence: await proveOrNothing({ head, sender, bytes: mail.look === 'whole' ? mail.bytes : null }, settings),
  };
}

/** What is known of a mail that even its head could not be read of. */
export const unreadMail: ReadMail = {
  sender: { ok: false, why: 'unusable-sender' },
  displayName: '',
  identity: [],
  messageId: null,
  references: [],
  tags: [],
  othersAddressed: 0,
  subject: '',
  text: '',
  files: 0,
  encrypted: 'no',
  unreadable: 'parse-fault',
  automatic: { robot: 'no' },
  evidence: nothingProved,
};

async function parseOrNull(bytes: Uint8Array): Promise<Mime | null> {
  try {
    return await parseMime(bytes);
  } catch {
    return null;
  }
}

async function parseWhole(bytes: Uint8Array): Promise<Mime | null> {
  const mime = await parseOrNull(bytes);
  const relabelled = mime === null ? null : labelledUtf8(bytes);
  const again = relabelled === null ? null : await parseOrNull(relabelled);
  return mime !== null && again !== null && readsBetter(again, mime) ? again : mime;
}

/** If the library counts other From fields than we do, the two read different mails, and which one a reader would see nobody knows. */
function agreedSender(head: Head, mime: Mime | null): Sender {
  const sender = readSender(head);
  if (!sender.ok || mime === null) return sender;
  const theirs = mime.fieldNames.filter((name) => name === 'from').length;
  return theirs === valuesOf(head, 'from').length ? sender : { ok: false, why: 'unusable-sender' };
}

function unreadable(mail: MailBytes, mime: Mime | null, body: BodyText): ReadMail['unreadable'] {
  if (mail.look === 'head') return 'too-large';
  return mime === null ? 'parse-fault' : body.unreadable;
}

async function proveOrNothing(
  mail: { readonly head: Head; readonly sender: Sender; readonly bytes: Uint8Array | null },
  settings: ReadingSettings,
): Promise<MailEvidence> {
  if (!mail.sender.ok) return nothingProved;
  using asking = askDns({ from: settings.dns, ms: settings.dnsMs });
  try {
    return await prove(
      { head: mail.head, sender: mail.sender.address, bytes: mail.bytes },
      { resolve: asking.resolve, trusted: settings.trusted },
    );
  } catch {
    return nothingProved;
  }
}
