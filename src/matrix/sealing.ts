// Seals what the account's file holds and hashes what it is found by. Keys are derived from one 32-byte account key.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { MatrixFault } from '#matrix/fault.ts';

const form = 1;
const nonceBytes = 12;
const tagBytes = 16;

export interface Seal {
  /** AES-256-GCM with a random nonce; `place` is bound to it as additional data, so that rows cannot change places. */
  seal(place: string, bytes: Uint8Array): Uint8Array;
  /** Throws `wrong-key` for bytes that were not sealed by this key at this place. */
  open(place: string, sealed: Uint8Array): Uint8Array<ArrayBuffer>;
  /** HMAC-SHA-256 of a name under this kind: finds a row without showing what it is about. */
  hash(kind: string, name: string): Uint8Array;
  /** The 32 bytes that the crypto library encrypts its own rows with, beneath our sealing. */
  readonly cryptoStoreKey: Uint8Array;
}

/** @param accountKey 32 bytes; anything else is refused with `key-size`. */
export function makeSeal(accountKey: Uint8Array): Seal {
  if (accountKey.byteLength !== 32) throw new MatrixFault('key-size');
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', accountKey, new Uint8Array(0), `hearken matrix account, ${purpose}, form 1`, 32));
  const sealKey = derive('sealing');
  const hashKey = derive('hashing');
  return {
    cryptoStoreKey: new Uint8Array(derive('crypto store')),
    seal(place, bytes) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce).setAAD(Buffer.from(place));
      return Buffer.concat([Buffer.of(form), nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
    },
    open(place, sealed) {
      const whole = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (whole.byteLength < 1 + nonceBytes + tagBytes || whole[0] !== form) throw new MatrixFault('wrong-key');
      const decipher = createDecipheriv('aes-256-gcm', sealKey, whole.subarray(1, 1 + nonceBytes)).setAAD(Buffer.from(place));
      decipher.setAuthTag(whole.subarray(whole.byteLength - tagBytes));
      try {
        const clear = Buffer.concat([decipher.update(whole.subarray(1 + nonceBytes, whole.byteLength - tagBytes)), decipher.final()]);
        // A buffer of its own: views into a shared pool would be cloned with the whole pool later on.
        const own = new Uint8Array(clear.byteLength);
        own.set(clear);
        return own;
      } catch {
        throw new MatrixFault('wrong-key');
      }
    },
    hash: (kind, name) => createHmac('sha256', hashKey).update(kind).update('\0').update(name).digest(),
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const jsonBytes = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));
export const jsonOf = (bytes: Uint8Array): unknown => JSON.parse(decoder.decode(bytes));
