// How sealed bytes are laid out: form, kind of key, epoch, nonce, ciphertext, tag. AES-256-GCM with a random 96-bit nonce under keys
// that each seal few things, so that nonces do not meet (NIST SP 800-38D 8.3). The place is bound to the bytes as additional data.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { VaultFault } from '#vault/fault.ts';

/** What the bytes are sealed under. A row's own key is wrapped under the storage key or, once placed, under its case's key. */
export type SealedUnder = 'storage' | 'owner' | 'way-back' | 'row' | 'row-of-storage' | 'row-of-owner' | 'owner-key';

const codes = {
  storage: 1,
  owner: 2,
  'way-back': 3,
  row: 4,
  'row-of-storage': 5,
  'row-of-owner': 6,
  'owner-key': 7,
} as const satisfies Record<SealedUnder, number>;
const kinds = new Map<number, SealedUnder>(Object.entries(codes).map(([kind, code]) => [code, kind as SealedUnder]));

const form = 1;
const headBytes = 6;
const nonceBytes = 12;
const tagBytes = 16;

export interface SealedHead {
  readonly under: SealedUnder;
  readonly epoch: number;
}

export interface Place {
  readonly under: SealedUnder;
  readonly epoch: number;
  /** Says which row and column it is, so that sealed bytes cannot change places. */
  readonly aad: string;
}

const additional = (head: Uint8Array, aad: string): Buffer => Buffer.concat([head, Buffer.from(`v1|${aad}`)]);

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Bytes of their own: a view into a pool shared with other secrets would go wherever it is copied to. */
const own = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes);

export const sealBytes = (key: Uint8Array, place: Place, bytes: Uint8Array): Uint8Array => {
  const head = Buffer.alloc(headBytes);
  head.writeUInt8(form, 0);
  head.writeUInt8(codes[place.under], 1);
  head.writeUInt32BE(place.epoch, 2);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(additional(head, place.aad));
  return own(Buffer.concat([head, nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]));
};

/** Throws `unknown-form` for what is too short or of a form to come. */
export const readHead = (sealed: Uint8Array): SealedHead => {
  const whole = view(sealed);
  if (whole.byteLength < headBytes + nonceBytes + tagBytes || whole.readUInt8(0) !== form) throw new VaultFault('unknown-form');
  const under = kinds.get(whole.readUInt8(1));
  if (under === undefined) throw new VaultFault('unknown-form');
  return { under, epoch: whole.readUInt32BE(2) };
};

/** Throws `not-authentic` unless it was sealed under this key, at this place. */
export const openBytes = (key: Uint8Array, place: Place, sealed: Uint8Array): Uint8Array => {
  const head = readHead(sealed);
  if (head.under !== place.under || head.epoch !== place.epoch) throw new VaultFault('not-authentic');
  const whole = view(sealed);
  const end = whole.byteLength - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', key, whole.subarray(headBytes, headBytes + nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(additional(whole.subarray(0, headBytes), place.aad)).setAuthTag(whole.subarray(end));
  try {
    return own(Buffer.concat([decipher.update(whole.subarray(headBytes + nonceBytes, end)), decipher.final()]));
  } catch {
    throw new VaultFault('not-authentic');
  }
};
