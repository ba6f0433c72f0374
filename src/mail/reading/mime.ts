// Takes a mail's body apart with mailparser: text, HTML, and what else hangs on it. Text only is ever kept; of attachments, their kinds.
import { MailParser } from 'mailparser';
import type { AttachmentStream, HeaderLines, MailParserOptions, MessageText } from 'mailparser';

export interface Part {
  /** In lower case. */
  readonly type: string;
  readonly related: boolean;
  readonly size: number;
  /** The first 64 kB of a delivery report or a returned mail, Latin-1; empty for everything else. */
  readonly report: string;
}

export interface Mime {
  /** Fields of the head as this parser counts them, in lower case: to see whether it and ours read the same mail. */
  readonly fieldNames: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** `alternative`: the HTML says the same as the text; `apart`: some of it stands in no text. */
  readonly htmlIs: 'none' | 'alternative' | 'apart';
  readonly parts: readonly Part[];
}

const longestReport = 65_536;
const reports: ReadonlySet<string> = new Set([
  'message/delivery-status',
  'message/global-delivery-status',
  'message/rfc822',
  'message/global',
  'text/rfc822-headers',
  'message/global-headers',
]);

/**
 * `maxHtmlLengthToParse: 0` keeps mailparser's own conversion out (it lets hidden text and link targets through), and makes it say,
 * by `textConversionError`, that there is HTML of which no plain text is the alternative.
 */
const options: MailParserOptions = {
  maxHtmlLengthToParse: 0,
  skipTextToHtml: false,
  skipTextLinks: true,
  skipImageLinks: true,
  checksumAlgo: false,
  ignoreEmbedded: true,
  keepDeliveryStatus: true,
  maxHeadSize: 262_144,
  maxChildNodes: 100,
};

/** Rejects when the parser gives up on the bytes. */
export function parseMime(bytes: Uint8Array): Promise<Mime> {
  return new Promise((resolve, reject) => {
    const parser = new MailParser(options);
    const parts: Part[] = [];
    let fieldNames: readonly string[] = [];
    let body: MessageText | null = null;
    parser.on('headerLines', (lines: HeaderLines) => {
      fieldNames = lines.map((line) => line.key);
    });
    parser.on('data', (data: AttachmentStream | MessageText) => {
      if (data.type === 'text') body = data;
      else drain(data, (part) => parts.push(part));
    });
    parser.on('error', reject);
    parser.on('end', () =>
      resolve({ fieldNames, subject: typeof parser.subject === 'string' ? parser.subject : '', ...textsOf(body), parts }),
    );
    parser.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  });
}

function textsOf(body: MessageText | null): Pick<Mime, 'text' | 'html' | 'htmlIs'> {
  const text = body?.text ?? '';
  const html = typeof body?.html === 'string' ? body.html : '';
  if (html === '') return { text, html, htmlIs: 'none' };
  return { text, html, htmlIs: body?.textConversionError === undefined && text.trim() !== '' ? 'alternative' : 'apart' };
}

function drain(attachment: AttachmentStream, done: (part: Part) => void): void {
  const type = attachment.contentType.toLowerCase();
  const kept: Buffer[] = [];
  let size = 0;
  attachment.content.on('data', (chunk: Buffer) => {
    if (reports.has(type) && size < longestReport) kept.push(chunk.subarray(0, longestReport - size));
    size += chunk.length;
  });
  attachment.content.on('error', () => attachment.release?.());
  attachment.content.on('end', () => {
    done({ type, related: attachment.related === true, size, report: Buffer.concat(kept).toString('latin1') });
    attachment.release?.();
  });
}
