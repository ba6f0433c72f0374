// Turns a mail of ours into the bytes and the envelope that go over the wire: text/plain, one recipient, nothing but what is named here.
// The same mail gives the same bytes, so that a second try after an unsure one is the same mail to every server.
import MailComposer from 'nodemailer/lib/mail-composer';
import type { MailAddress, OutgoingMail } from '#relay/mail-port.ts';
import { formatAddress, isAddress, supportAddressWithTag } from '#mail/addresses.ts';

export interface SenderIdentity {
  readonly support: MailAddress;
  /** Neutral: it is on the lock screen of somebody's phone. */
  readonly displayName: string;
  /** `plain`: for a provider that lets nobody but the bare account be the envelope's sender; bounces then carry no token. */
  readonly envelope: 'tagged' | 'plain';
}

export interface OutgoingBytes {
  readonly bytes: Buffer;
  /** RFC 5321 reverse path; '' is the null sender. */
  readonly from: string;
  readonly to: string;
}

export class UnusableMail extends Error {
  readonly code: 'unusable-recipient' | 'unusable-mail';
  constructor(code: 'unusable-recipient' | 'unusable-mail') {
    super(code);
    this.name = 'UnusableMail';
    this.code = code;
  }
}

/** RFC 5322 3.6.4, without brackets; ours and those we were written with. 900 keeps a header line below 998. */
const messageIdForm = /^[\x21-\x3b\x3d\x3f-\x7e]{1,900}$/;
const mostReferences = 100;

/** Throws UnusableMail, UnusableTag. */
export async function composeOutgoing(mail: OutgoingMail, identity: SenderIdentity): Promise<OutgoingBytes> {
  if (!isAddress(mail.to)) throw new UnusableMail('unusable-recipient');
  if (!messageIdForm.test(mail.messageId) || !Number.isFinite(mail.date)) throw new UnusableMail('unusable-mail');
  const references = mail.references.flatMap(usableId).slice(-mostReferences);
  const [inReplyTo] = mail.inReplyTo === null ? [] : usableId(mail.inReplyTo);
  const composer = new MailComposer({
    from: { name: oneLine(identity.displayName), address: formatAddress(identity.support) },
    to: { name: '', address: formatAddress(mail.to) },
    replyTo: { name: '', address: formatAddress(supportAddressWithTag(identity.support, { token: mail.replyToken, use: 'reply' })) },
    subject: oneLine(mail.subject),
    messageId: `<${mail.messageId}>`,
    date: new Date(mail.date),
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    ...(references.length === 0 ? {} : { references }),
    headers: mail.autoSubmitted === null ? {} : { 'Auto-Submitted': mail.autoSubmitted, 'X-Auto-Response-Suppress': 'All' },
    text: plainLines(mail.text),
    // Quoted-printable keeps every line as it was written, however long, through servers without 8BITMIME;
    // no format=flowed, which lets the reader's program join lines that a person kept apart.
    textEncoding: 'quoted-printable',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { bytes: await composer.compile().build(), from: envelopeSender(mail, identity), to: formatAddress(mail.to) };
}

/** Somebody else's id, with brackets or without; what is none is left out. */
function usableId(id: string): readonly string[] {
  const bare = id.replace(/^<(.*)>$/, '$1');
  return messageIdForm.test(bare) ? [`<${bare}>`] : [];
}

function envelopeSender(mail: OutgoingMail, identity: SenderIdentity): string {
  if (identity.envelope === 'plain') return formatAddress(identity.support);
  return mail.verpToken === null ? '' : formatAddress(supportAddressWithTag(identity.support, { token: mail.verpToken, use: 'bounce' }));
}

/** A header's value: control characters and line ends (Unicode's too) become a space. */
function oneLine(value: string): string {
  return value.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

/** RFC 2046 4.1.1: lines end in CRLF (the composer writes them); a lone CR or a NUL has no place in text. */
function plainLines(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/\0/g, '');
}
