// In whose turn is a mail? What one sender wrote is worked off in order; only a cheap look at the head, before anything is parsed.
import { formatAddress } from '#mail/addresses.ts';
import { readHead } from '#mail/reading/head.ts';
import { readSender } from '#mail/reading/sender.ts';

/** The sender's address, or one common turn for all mails whose sender cannot be made out. Proves nothing. */
export function turnName(bytes: Uint8Array): string {
  const sender = readSender(readHead(bytes));
  return sender.ok ? formatAddress(sender.address).toLowerCase() : 'nobody';
}
