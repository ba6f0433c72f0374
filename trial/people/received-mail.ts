// A mail as its receiver's program shows it.
import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser';

export interface ReceivedMail {
  /** The mail as it lies in the mailbox, each octet a character of the same number. */
  readonly raw: string;
  /** The shown name of From, or its address where there is none. */
  readonly fromName: string;
  readonly from: string;
  /** Where an answer goes: Reply-To, else From. */
  readonly replyTo: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Without angle brackets. */
  readonly messageId: string;
  readonly inReplyTo: string | null;
  /** Oldest first, without angle brackets. */
  readonly references: readonly string[];
  /** Of its Date field, ms since 1970. */
  readonly at: number;
  /** The values of a header field, unfolded, top first; `name` in any case. */
  header(name: string): readonly string[];
}

export async function received(source: Buffer): Promise<ReceivedMail> {
  const parsed = await simpleParser(source);
  const from = first(parsed.from);
  const end = source.indexOf('\r\n\r\n');
  const head = source.subarray(0, end === -1 ? source.length : end).toString('latin1');
  const fields = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return {
    raw: source.toString('latin1'),
    fromName: from.name === '' ? from.address : from.name,
    from: from.address,
    replyTo: parsed.replyTo === undefined ? from.address : first(parsed.replyTo).address,
    to: first(Array.isArray(parsed.to) ? parsed.to[0] : parsed.to).address,
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    messageId: bare(parsed.messageId ?? ''),
    inReplyTo: parsed.inReplyTo === undefined ? null : bare(parsed.inReplyTo),
    references: referencesOf(parsed).map(bare),
    at: parsed.date?.getTime() ?? 0,
    header(name) {
      const start = `${name.toLowerCase()}:`;
      return fields.filter((field) => field.toLowerCase().startsWith(start)).map((field) => field.slice(start.length).trim());
    },
  };
}

function referencesOf(parsed: ParsedMail): readonly string[] {
  if (parsed.references === undefined) return [];
  return typeof parsed.references === 'string' ? [parsed.references] : parsed.references;
}

function first(addresses: AddressObject | undefined): { readonly name: string; readonly address: string } {
  const one = addresses?.value[0];
  return { name: one?.name ?? '', address: one?.address ?? '' };
}

function bare(id: string): string {
  return id.trim().replace(/^<|>$/g, '');
}
