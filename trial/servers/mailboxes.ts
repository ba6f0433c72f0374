// The mailboxes of the trial: one line each in Dovecot's passwd-file, which it reads again whenever it changed.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';

export interface Mailbox {
  /** Also the user name. */
  readonly address: string;
  readonly password: string;
}

export interface MailboxFolder {
  readonly usersFile: string;
  /** Under it, a folder per address. */
  readonly homes: string;
  readonly uid: number;
  readonly gid: number;
}

/** The same address again gives it a new password; Dovecot takes the first line, so it must not happen: refused. */
export function addMailbox(folder: MailboxFolder, address: string): Mailbox {
  if (!/^[a-z0-9._-]+@[a-z0-9.-]+$/.test(address)) throw new Error('a mailbox of the trial is lower-case, without a tag');
  if (findMailbox(folder.usersFile, address) !== null) throw new Error('this mailbox of the trial is there already');
  const mailbox = { address, password: randomBytes(9).toString('base64url') };
  const fields = [address, `{PLAIN}${mailbox.password}`, folder.uid, folder.gid, '', join(folder.homes, address), '', ''];
  appendFileSync(folder.usersFile, `${fields.join(':')}\n`);
  return mailbox;
}

/** Also for an address with a tag, as the delivery does it. */
export function findMailbox(usersFile: string, address: string): Mailbox | null {
  const wanted = withoutTag(address);
  for (const line of readFileSync(usersFile, 'utf8').split('\n')) {
    const [found, password] = line.split(':');
    if (found === wanted && password !== undefined) return { address: found, password: password.slice('{PLAIN}'.length) };
  }
  return null;
}

export function withoutTag(address: string): string {
  return address.toLowerCase().replace(/\+[^@]*@/, '@');
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
