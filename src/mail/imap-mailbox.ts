// What the intake needs of a mailbox, and how IMAP gives it: numbers, one mail, and moving it out of the way.
import type { ImapFlow } from 'imapflow';
import type { RawMail } from '#relay/mail-port.ts';
import { ask, ImapFault } from '#mail/imap-client.ts';
import type { ImapServerWaits } from '#mail/imap-client.ts';

export type Folder = 'processed' | 'quarantine';

export interface IntakeMailbox {
  /** UIDVALIDITY (RFC 9051 2.3.1.1): when it changes, every number means another mail. */
  numbering(): string;
  /** The numbers of all mails in the inbox, ascending. */
  numbers(): Promise<readonly number[]>;
  /** `gone`: it is no longer there, somebody else moved or deleted it. */
  fetch(uid: number): Promise<RawMail | 'gone'>;
  move(uid: number, to: Folder): Promise<'moved' | 'stayed'>;
  /** After a fault: did the connection survive it? */
  alive(): 'yes' | 'no';
}

export type FolderPaths = Readonly<Record<Folder, string>>;

/** A head larger than this is cut: no honest mail has one, and the reader refuses it anyway. */
const mostHeadBytes = 256 * 1024;

export interface MailboxSettings {
  readonly folders: FolderPaths;
  /** Larger mails are taken by their head alone. */
  readonly maxMailBytes: number;
  readonly waits: ImapServerWaits;
}

/** The most octets that one fetch asks for. */
export const largestFetch = (maxMailBytes: number): number => Math.max(maxMailBytes + 1, mostHeadBytes);

/** Makes our folders where they are missing and opens the inbox. Rejects with an error for `imapCode`. */
export async function openMailbox(client: ImapFlow, settings: MailboxSettings): Promise<IntakeMailbox> {
  const { waits, maxMailBytes } = settings;
  const command = <Value>(run: () => Promise<Value>) => ask(client, { ms: waits.commandMs }, run);
  const paths = await ensureFolders(client, settings);
  const inbox = await command(() => client.mailboxOpen('INBOX'));
  if (inbox.readOnly === true) throw new ImapFault('read-only');

  async function isThere(uid: number): Promise<boolean> {
    return found(await command(() => client.search({ uid: String(uid) }, { uid: true }))).includes(uid);
  }

  async function moveOnce(uid: number, path: string): Promise<'moved' | 'stayed'> {
    const moved = await command(() => client.messageMove(String(uid), path, { uid: true }));
    if (moved !== false && moved?.uidMap?.has(uid) === true) return 'moved';
    // A server without UIDPLUS says nothing about it; and some say that they moved what they left where it was.
    return (await isThere(uid)) ? 'stayed' : 'moved';
  }

  return {
    numbering: () => (client.mailbox === false ? '' : String(client.mailbox.uidValidity)),
    async numbers() {
      const uids = found(await command(() => client.search({ all: true }, { uid: true })));
      return uids.toSorted((a, b) => a - b);
    },
    async fetch(uid) {
      const sized = await command(() => client.fetchOne(String(uid), { uid: true, size: true }, { uid: true }));
      if (sized === false || sized.uid !== uid) return 'gone';
      const size = sized.size ?? 0;
      // The size is asked for first and the fetch is bounded as well: one literal beyond the limit would end the connection
      // again at each try, and servers are known to misstate sizes.
      const whole = size <= maxMailBytes;
      const maxLength = whole ? maxMailBytes + 1 : mostHeadBytes;
      const fetched = await ask(client, { ms: waits.fetchMs }, () =>
        client.fetchOne(String(uid), { uid: true, source: { start: 0, maxLength } }, { uid: true }),
      );
      const source = fetched === false ? undefined : fetched.source;
      if (source === undefined || (source.length === 0 && size > 0)) return 'gone';
      if (whole && source.length <= maxMailBytes) return { extent: 'whole', bytes: source, size: Math.max(size, source.length) };
      return { extent: 'headers-only', bytes: headOf(source.subarray(0, mostHeadBytes)), size: Math.max(size, source.length) };
    },
    async move(uid, to) {
      if ((await moveOnce(uid, paths[to])) === 'moved') return 'moved';
      // Perhaps somebody removed the folder.
      await ensureFolders(client, settings);
      return moveOnce(uid, paths[to]);
    },
    alive: () => (client.usable ? 'yes' : 'no'),
  };
}

/** Three outcomes, and an empty answer must not be made of a refused one. */
function found(answer: readonly number[] | false | undefined): readonly number[] {
  if (answer === false || answer === undefined) throw new ImapFault('search-refused');
  return answer;
}

/** Everything up to the empty line that ends the head (RFC 5322 2.1). */
function headOf(bytes: Buffer): Buffer {
  const crlf = bytes.indexOf('\r\n\r\n');
  const lf = bytes.indexOf('\n\n');
  if (crlf === -1 && lf === -1) return bytes;
  return lf === -1 || (crlf !== -1 && crlf < lf) ? bytes.subarray(0, crlf + 4) : bytes.subarray(0, lf + 2);
}

/** Creates what is missing; answers with the paths as this server writes them (namespace and delimiter are its own). */
export async function ensureFolders(
  client: ImapFlow,
  { folders, waits }: Pick<MailboxSettings, 'folders' | 'waits'>,
): Promise<FolderPaths> {
  return {
    processed: await ensureFolder(client, { name: folders.processed, waits }),
    quarantine: await ensureFolder(client, { name: folders.quarantine, waits }),
  };
}

async function ensureFolder(
  client: ImapFlow,
  { name, waits }: { readonly name: string; readonly waits: ImapServerWaits },
): Promise<string> {
  const path = folderPath(client, name);
  const command = <Value>(run: () => Promise<Value>) => ask(client, { ms: waits.commandMs }, run);
  const listed = async () => (await command(() => client.list())).some((box) => box.path === path);
  if (await listed()) return path;
  try {
    await command(() => client.mailboxCreate(path));
    return path;
  } catch (error) {
    if (!client.usable) throw error;
    if (await listed()) return path;
    throw new ImapFault('no-folder');
  }
}

/** `/` in the settings stands for whatever the server has between levels. */
export function folderPath(client: ImapFlow, name: string): string {
  const delimiter = client.namespace?.delimiter ?? '/';
  const prefix = client.namespace?.prefix ?? '';
  const path = name.split('/').join(delimiter);
  return path.startsWith(prefix) ? path : prefix + path;
}
