// Which key is derived from which: HKDF-SHA-256 (RFC 5869) with a purpose of its own for each use, so that no key serves two.
import { hkdfSync } from 'node:crypto';
import { VaultFault } from '#vault/fault.ts';

export const keyBytes = 32;

/** 32 bytes each, from three files. */
export interface MasterKeys {
  /** Wraps owners' keys and rows' keys, seals what is nobody's. */
  readonly storage: Uint8Array;
  /** Keys the hashes. */
  readonly index: Uint8Array;
  /** Together with a case's key: the way back. */
  readonly delivery: Uint8Array;
}

export interface KeyTree {
  readonly seal: Uint8Array;
  readonly wrapOwner: Uint8Array;
  readonly wrapRow: Uint8Array;
  readonly hash: Uint8Array;
  readonly delivery: Uint8Array;
}

/** What an owner's key comes down to. */
export interface OwnerKeys {
  readonly seal: Uint8Array;
  readonly wrapRow: Uint8Array;
  readonly wayBack: Uint8Array;
}

export const derive = (from: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', from, new Uint8Array(0), `hearken vault 1: ${purpose}`, keyBytes));

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

export const growKeys = (keys: MasterKeys): KeyTree => {
  const { storage, index, delivery } = keys;
  if ([storage, index, delivery].some((key) => key.byteLength !== keyBytes)) throw new VaultFault('key-size');
  if (same(storage, index) || same(storage, delivery) || same(index, delivery)) throw new VaultFault('same-key');
  return {
    seal: derive(storage, 'sealing'),
    wrapOwner: derive(storage, 'wrapping owners'),
    wrapRow: derive(storage, 'wrapping rows'),
    hash: derive(index, 'hashing'),
    delivery: derive(delivery, 'the way back'),
  };
};

export const ownerKeys = (owner: Uint8Array, delivery: Uint8Array): OwnerKeys => ({
  seal: derive(owner, 'owner sealing'),
  wrapRow: derive(owner, 'owner wrapping rows'),
  wayBack: derive(Buffer.concat([owner, delivery]), 'owner and delivery together'),
});
