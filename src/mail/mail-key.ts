// Answers: is this the very same mail again? One canonical string for a mail's bytes, the same wherever it lies.
// Never the Message-ID alone: whoever knows one could keep somebody else's call for help from being seen as new.
import { createHash } from 'node:crypto';

/** What servers add or change on the way and in the mailbox (RFC 5321 4.4, RFC 8601, RFC 8617), folded lines included. */
const transportField =
  /^(?:received|return-path|delivered-to|envelope-to|delivery-date|received-spf|authentication-results|arc-[!-9;-~]*|x-[!-9;-~]*)[ \t]*:/i;

/**
 * SHA-256, in hex, of the raw mail without its transport fields. The Message-ID is in what is hashed, as is a DKIM signature.
 * Two mails with the same key say the same, from the same person, with the same id and date.
 */
export function mailKey(bytes: Uint8Array): string {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hash = createHash('sha256');
  let at = 0;
  let skipping = false;
  while (at < raw.length) {
    const lineEnd = raw.indexOf(10, at);
    const next = lineEnd === -1 ? raw.length : lineEnd + 1;
    const line = raw.subarray(at, next);
    if (isBlank(line)) break;
    const folded = line[0] === 32 || line[0] === 9;
    if (!folded) skipping = transportField.test(line.subarray(0, 128).toString('latin1'));
    if (!skipping) hash.update(line);
    at = next;
  }
  return hash.update(raw.subarray(at)).digest('hex');
}

function isBlank(line: Uint8Array): boolean {
  return line[0] === 10 || (line[0] === 13 && line[1] === 10);
}
