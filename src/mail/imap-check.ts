// Answers, before anything relies on it: can we log in to this mailbox, change its inbox, and have our folders there?
import { connectImap, imapCode } from '#mail/imap-client.ts';
import type { ImapServer } from '#mail/imap-client.ts';
import { openMailbox } from '#mail/imap-mailbox.ts';
import type { MailboxSettings } from '#mail/imap-mailbox.ts';
import { refuseUnsafe } from '#mail/mail-server.ts';

/** Makes our folders where they are missing; touches no mail. Throws UnsafeMailServer. */
export async function checkMailbox(settings: ImapServer & MailboxSettings): Promise<'ok' | { readonly code: string }> {
  refuseUnsafe(settings);
  try {
    const client = await connectImap(settings, { largest: 0, closing: new AbortController().signal });
    try {
      await openMailbox(client, settings);
    } finally {
      client.close();
    }
    return 'ok';
  } catch (error) {
    return { code: imapCode(error) };
  }
}
