// Deletes mails that have lain in one of our own folders long enough. The provider's copy is the largest heap of identities there is.
import type { ImapFlow } from 'imapflow';
import type { Instant } from '#domain/ids.ts';
import { ask, ImapFault } from '#mail/imap-client.ts';
import type { ImapServerWaits } from '#mail/imap-client.ts';
import { folderPath } from '#mail/imap-mailbox.ts';

/** How many numbers go into one command: a line that every server takes (RFC 2683 3.2.1.5). */
const chunkSize = 500;
const dayMs = 24 * 60 * 60 * 1000;

/** How many were deleted. Rejects with an error for `imapCode`. */
export async function sweepFolder(
  client: ImapFlow,
  { name, olderThan, waits }: { readonly name: string; readonly olderThan: Instant; readonly waits: ImapServerWaits },
): Promise<number> {
  const command = <Value>(run: () => Promise<Value>) => ask(client, { ms: waits.commandMs }, run);
  const path = folderPath(client, name);
  if (!(await command(() => client.list())).some((box) => box.path === path)) return 0;
  await command(() => client.mailboxOpen(path));
  // BEFORE knows whole days only, in the server's own zone (RFC 9051 6.4.4): ask generously, then look at the hour.
  const before = new Date(olderThan + 2 * dayMs);
  const candidates = await command(() => client.search({ before }, { uid: true }));
  if (candidates === false || candidates === undefined) throw new ImapFault('search-refused');
  let removed = 0;
  for (let at = 0; at < candidates.length; at += chunkSize) {
    const range = candidates.slice(at, at + chunkSize).join(',');
    const dated = await command(() => client.fetchAll(range, { uid: true, internalDate: true }, { uid: true }));
    const old = dated
      .filter((mail) => mail.internalDate !== undefined && new Date(mail.internalDate).getTime() < olderThan)
      .map((mail) => mail.uid);
    if (old.length === 0) continue;
    if (!(await command(() => client.messageDelete(old.join(','), { uid: true })))) throw new ImapFault('delete-refused');
    removed += old.length;
  }
  return removed;
}
