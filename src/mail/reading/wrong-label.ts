// A mail whose parts say a one-byte charset while their bytes are UTF-8, as programs write that pass on what others typed: read by
// its label, "für" comes out as "fÃ¼r". Text in such a charset is as good as never valid UTF-8 by chance, so the bytes decide.
// What is not valid stays as its label says: which charset it would be instead, nobody can tell.
import type { Mime } from './mime.ts';

const field = /^content-type[ \t]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*/gim;
const oneByteCharset = /(charset[ \t]*=[ \t]*"?)(?:iso-?8859-?\d{1,2}|(?:windows|cp)-?125\d|latin-?\d|koi8-[ru])\b/gi;

/** The same mail with those labels changed. Null: it has none. */
export function labelledUtf8(bytes: Uint8Array): Uint8Array | null {
  const mail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const changed = mail.replace(field, (head) => head.replace(oneByteCharset, '$1utf-8'));
  return changed === mail ? null : Buffer.from(changed, 'latin1');
}

/** Was it UTF-8 after all? No byte that is none, and letters beyond ASCII that came out otherwise before. */
export function readsBetter(relabelled: Mime, before: Mime): boolean {
  const text = relabelled.text + relabelled.html;
  return !text.includes('\ufffd') && /[^\0-\x7f]/.test(text) && text !== before.text + before.html;
}
