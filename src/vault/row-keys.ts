// Keys of rows of their own: what came in is sealed under one before anybody knows whose it is, and the key is wrapped anew once it is
// placed. A wrapped key names its case, by its random id, when it is wrapped under one.
import { randomBytes } from 'node:crypto';
import type { RowSeal } from '#relay/vault-port.ts';
import { VaultFault } from '#vault/fault.ts';
import { keyBytes } from '#vault/key-tree.ts';
import type { KeyTree } from '#vault/key-tree.ts';
import type { OwnerKeyring } from '#vault/owner-keys.ts';
import { openBytes, readHead, sealBytes } from '#vault/sealed-form.ts';
import type { Place } from '#vault/sealed-form.ts';

export interface RowKeys {
  seal(aad: string, bytes: Uint8Array): RowSeal;
  open(aad: string, row: RowSeal): Uint8Array;
  rewrap(aad: string, row: RowSeal, owner: string): RowSeal;
}

const longestOwner = 255;

/** One octet of length, the owner's id, the key sealed under the owner's. Length 0: under the storage key. */
const withOwner = (owner: string, sealed: Uint8Array): Uint8Array => {
  const name = Buffer.from(owner);
  if (name.byteLength > longestOwner) throw new VaultFault('unknown-form');
  return Uint8Array.from([name.byteLength, ...name, ...sealed]);
};

const apart = (wrapped: Uint8Array): { readonly owner: string; readonly sealed: Uint8Array } => {
  const length = wrapped[0] ?? 0;
  return { owner: Buffer.from(wrapped.subarray(1, 1 + length)).toString(), sealed: wrapped.subarray(1 + length) };
};

export const rowKeys = (of: { readonly tree: KeyTree; readonly epoch: number; readonly ring: OwnerKeyring }): RowKeys => {
  const { tree, epoch, ring } = of;
  const place = (under: Place['under'], aad: string): Place => ({ under, epoch, aad });
  const underStorage = (aad: string): Place => place('row-of-storage', `key|${aad}`);
  const underOwner = (aad: string, owner: string): Place => place('row-of-owner', `key|${owner}|${aad}`);

  const unwrap = (aad: string, row: RowSeal): Uint8Array => {
    const { owner, sealed } = apart(row.wrappedKey);
    // Which key opens it follows from what it says of itself; both are checked when it is opened.
    if (readHead(sealed).under === 'row-of-owner') return openBytes(ring.of(owner).wrapRow, underOwner(aad, owner), sealed);
    return openBytes(tree.wrapRow, underStorage(aad), sealed);
  };

  return {
    seal(aad, bytes) {
      const key = randomBytes(keyBytes);
      const sealed = sealBytes(key, place('row', aad), bytes);
      const wrappedKey = withOwner('', sealBytes(tree.wrapRow, underStorage(aad), key));
      key.fill(0);
      return { wrappedKey, sealed };
    },
    open(aad, row) {
      const key = unwrap(aad, row);
      try {
        return openBytes(key, place('row', aad), row.sealed);
      } finally {
        key.fill(0);
      }
    },
    rewrap(aad, row, owner) {
      const key = unwrap(aad, row);
      const wrappedKey = withOwner(owner, sealBytes(ring.of(owner).wrapRow, underOwner(aad, owner), key));
      key.fill(0);
      return { wrappedKey, sealed: row.sealed };
    },
  };
};
