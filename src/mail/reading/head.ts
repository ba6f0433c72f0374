// Takes the head of a mail apart into its fields, in order and without interpreting them. Whatever the bytes are, it answers.

export interface HeaderField {
  /** In lower case. */
  readonly name: string;
  /** Unfolded (RFC 5322 2.2.3), not decoded otherwise; UTF-8 where it is that, else Latin-1. */
  readonly value: string;
}

export interface Head {
  readonly fields: readonly HeaderField[];
  /** Where the body begins; the length of the mail if there is none. */
  readonly bodyAt: number;
}

/** Ordinary heads have 5 kB; those of long ways through filters 60. What is beyond is not looked at. */
const longestHead = 262_144;
const mostFields = 2_000;
/** RFC 5322 3.6.8: printable ASCII but the colon. Space in front of the colon is obsolete, and read by mail programs all the same. */
const fieldForm = /^([!-9;-~]{1,100})[ \t]*:([^]*)$/;

export function readHead(bytes: Uint8Array): Head {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = headEnd(raw);
  const fields: HeaderField[] = [];
  for (const line of unfold(raw.toString('latin1', 0, Math.min(end.head, longestHead)))) {
    if (fields.length >= mostFields) break;
    const match = fieldForm.exec(line);
    if (match !== null) fields.push({ name: (match[1] ?? '').toLowerCase(), value: decode(match[2] ?? '').trim() });
  }
  return { fields, bodyAt: end.body };
}

export function valuesOf(head: Head, ...names: readonly string[]): readonly string[] {
  return head.fields.filter((field) => names.includes(field.name)).map((field) => field.value);
}

export function firstOf(head: Head, name: string): string {
  return valuesOf(head, name)[0] ?? '';
}

/** The first empty line. A bare CR ends no line: it is a control character, and where it matters the field is refused for it. */
function headEnd(raw: Buffer): { readonly head: number; readonly body: number } {
  if (raw[0] === 0x0a) return { head: 0, body: 1 };
  if (raw[0] === 0x0d && raw[1] === 0x0a) return { head: 0, body: 2 };
  for (let at = raw.indexOf(0x0a); at >= 0; at = raw.indexOf(0x0a, at + 1)) {
    if (raw[at + 1] === 0x0a) return { head: at + 1, body: at + 2 };
    if (raw[at + 1] === 0x0d && raw[at + 2] === 0x0a) return { head: at + 1, body: at + 3 };
  }
  return { head: raw.length, body: raw.length };
}

function unfold(head: string): readonly string[] {
  return head.replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/);
}

function decode(latin1: string): string {
  if (/^[\0-\x7f]*$/.test(latin1)) return latin1;
  const bytes = Buffer.from(latin1, 'latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return latin1;
  }
}
