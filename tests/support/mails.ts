// Mails of our own making under mails/, as the reader gets them, and ways to make more. Every name in them is invented and improbable.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RawMail } from '#relay/mail-port.ts';

const folder = new URL('./mails/', import.meta.url).pathname;

/** The support address that all of these mails were sent to. */
export const support = { local: 'support', domain: 'peers.example.org' } as const;
/** The tags that the answered and returned mails carry. */
export const replyTag = 'k7f2m9q4x1c8v5b3n6w0z2r4t7';
export const bounceTag = 'p3d8s1h6j9l2a5g7u4y0e1i8o2';
export const ownMessageId = 'm4x8k2p6r9t1w3z5b7d0f2h4j6@peers.example.org';

export const ourMail = (): string => readFileSync(join(folder, 'our-mail.txt'), 'utf8');

/** Names of the mails in one folder, without their ending. */
export const mailsIn = (kind: string): readonly string[] =>
  readdirSync(join(folder, kind))
    .filter((name) => name.endsWith('.eml'))
    .map((name) => name.slice(0, -'.eml'.length))
    .toSorted();

export const mailBytes = (kind: string, name: string): Buffer => readFileSync(join(folder, kind, `${name}.eml`));
/** What is to remain of it when it has been cleaned. */
export const whatRemains = (kind: string, name: string): string => readFileSync(join(folder, kind, `${name}.txt`), 'utf8').trim();

export const rawMail = (bytes: Uint8Array): RawMail => ({ extent: 'whole', bytes, size: bytes.length });

/** From lines to a mail as it goes over the wire. Letters above U+00FF come out as UTF-8. */
export const mailOf = (...lines: readonly string[]): Buffer => Buffer.from(lines.join('\r\n'), 'utf8');
