// Chooses what a mail says: its plain text where it has one, else its HTML as plain text; and says when there was something nobody can read.
import type { ReadMail } from '#relay/mail-port.ts';
import { htmlToPlain } from './html-to-plain.ts';
import type { Mime, Part } from './mime.ts';

export interface BodyText {
  readonly text: string;
  readonly files: number;
  readonly encrypted: ReadMail['encrypted'];
  readonly unreadable: 'no' | 'empty-though-content';
}

/** In UTF-16 units; one more than cleaning looks at, so that it knows that there was more. */
const longestText = 500_001;
/** A picture within the text below this is a logo or a counting pixel; a photo has more. */
const smallPicture = 30_000;

/** Nothing that a person attached: signatures, keys that programs attach by themselves, the parts of encrypted mail and of reports. */
const noFiles: ReadonlySet<string> = new Set([
  'application/pgp-signature',
  'application/pkcs7-signature',
  'application/x-pkcs7-signature',
  'application/pgp-keys',
  'application/pgp-encrypted',
  'message/delivery-status',
  'message/disposition-notification',
  'text/rfc822-headers',
]);

/** `body`: its bytes, as they came. */
export function bodyTextOf(mime: Mime, { contentType, body }: { readonly contentType: string; readonly body: Uint8Array }): BodyText {
  const chosen = choose(mime);
  const text = plainText(chosen.text);
  const encrypted = encryptionOf(mime, { contentType: contentType.toLowerCase(), text });
  const files = encrypted === 'no' ? mime.parts.filter(isFile).length : 0;
  // Outlook's own wrapping may hold the words as well.
  const wrapped = mime.parts.some((part) => part.type === 'application/ms-tnef');
  const some = chosen.content === 'some' || wrapped || (mime.parts.length === 0 && hasTextBeforeParts(contentType, body));
  const lost = text === '' && encrypted === 'no' && some;
  return { text, files, encrypted, unreadable: lost ? 'empty-though-content' : 'no' };
}

function choose(mime: Mime): { readonly text: string; readonly content: 'some' | 'none' } {
  const plain = { text: mime.text, content: mime.text.trim() === '' ? ('none' as const) : ('some' as const) };
  if (mime.htmlIs === 'none' || mime.htmlIs === 'alternative') return plain;
  const html = htmlToPlain(mime.html);
  // HTML that cannot be converted beside a plain part: better the part than nothing.
  return html.text === '' && plain.text.trim() !== '' ? plain : html;
}

const longestStart = 4_096;

/** Where no part begins, what stands before the first one is all there is (RFC 2046 5.1.1: readers pass over it). */
function hasTextBeforeParts(contentType: string, body: Uint8Array): boolean {
  if (!/^multipart\//i.test(contentType)) return false;
  const start = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, longestStart)).toString('latin1').trimStart();
  return start !== '' && !start.startsWith('--');
}

/** Line ends are \n, and no control characters are left. */
export function plainText(text: string): string {
  return text
    .slice(0, longestText)
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '')
    .replace(/^[\n\ufeff]+|\s+$/g, '');
}

function isFile(part: Part): boolean {
  if (noFiles.has(part.type)) return false;
  return !(part.related && part.type.startsWith('image/') && part.size < smallPicture);
}

function encryptionOf(mime: Mime, of: { readonly contentType: string; readonly text: string }): ReadMail['encrypted'] {
  if (mime.parts.some((part) => part.type === 'application/pgp-encrypted') || /^multipart\/encrypted\b/.test(of.contentType)) return 'pgp';
  if (/^-----BEGIN PGP MESSAGE-----/m.test(of.text)) return 'pgp';
  // Signed-only S/MIME in one piece (`signed-data`) is as closed to us as encrypted mail.
  return mime.parts.some((part) => /^application\/(?:x-)?pkcs7-mime$/.test(part.type)) ? 'smime' : 'no';
}
