// The mailboxes of the trial: a passwd-file of Dovecot's for each. One for all would not do: Dovecot looks for changes of
// a file once a second at most, and a mailbox that was made just now would not be there yet.
import { chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';

export interface Mailbox {
  /** Also the user name. */
  readonly address: string;
  readonly password: string;
}

export interface MailboxFolder {
  /** A file per address. */
  readonly users: string;
  /** A folder per address. */
  readonly homes: string;
  readonly uid: number;
  readonly gid: number;
}

export function addMailbox(folder: MailboxFolder, address: string): Mailbox {
  if (!/^[a-z0-9._-]+@[a-z0-9.-]+$/.test(address)) throw new Error('a mailbox of the trial is lower-case, without a tag');
  const mailbox = { address, password: randomBytes(9).toString('base64url') };
  const fields = [address, `{PLAIN}${mailbox.password}`, folder.uid, folder.gid, '', join(folder.homes, address), '', ''];
  // Fails where the mailbox is there already.
  const file = join(folder.users, address);
  writeFileSync(file, `${fields.join(':')}\n`, { flag: 'wx', mode: 0o600 });
  giveTo(folder, file);
  return mailbox;
}

/** Dovecot refuses to run as root; so what it is to read must belong to whom it runs as. */
export function giveTo(owner: { readonly uid: number; readonly gid: number }, path: string): void {
  if (process.getuid?.() === 0) chownSync(path, owner.uid, owner.gid);
}

/** Also for an address with a tag, as the delivery does it. */
export function findMailbox(users: string, address: string): Mailbox | null {
  const wanted = withoutTag(address);
  const file = join(users, wanted);
  if (wanted.includes('/') || !existsSync(file)) return null;
  const [found = '', password = ''] = readFileSync(file, 'utf8').split(':');
  return { address: found, password: password.slice('{PLAIN}'.length) };
}

export function withoutTag(address: string): string {
  return address.toLowerCase().replace(/\+[^@]*@/, '@');
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
