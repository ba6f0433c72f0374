// The owners' keys in a file of their own, wrapped by the storage key. Deleting a row here is what forgetting is.
// A few unwrapped ones are kept in memory, since each record of a case asks for its key.
import { randomBytes } from 'node:crypto';
import type { PrivateFile } from '#store/private-file.ts';
import { KeyGone } from '#vault/fault.ts';
import { keyBytes, ownerKeys } from '#vault/key-tree.ts';
import type { KeyTree, OwnerKeys } from '#vault/key-tree.ts';
import { openBytes, sealBytes } from '#vault/sealed-form.ts';
import type { Place } from '#vault/sealed-form.ts';

export const keyFileMigrations: readonly string[] = [
  `
CREATE TABLE owners (owner TEXT PRIMARY KEY, wrapped BLOB NOT NULL, drawnAt INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE proofs (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
`,
];

/** Unwrapped keys at a time: every open case of a busy committee, and little enough to lie in memory. */
const mostInMemory = 256;

export interface OwnerKeyring {
  /** Synced when it returns. An owner that has a key keeps it. */
  draw(owner: string, at: number): void;
  /** Throws KeyGone. */
  of(owner: string): OwnerKeys;
  /** Synced, and out of file and log, when it returns. */
  forget(owners: readonly string[]): void;
  drawnBefore(at: number): readonly string[];
  clear(): void;
}

const placeOf = (owner: string, epoch: number): Place => ({ under: 'owner-key', epoch, aad: `owner-key|${owner}` });

export const ownerKeyring = (file: PrivateFile, of: { readonly tree: KeyTree; readonly epoch: number }): OwnerKeyring => {
  const { tree, epoch } = of;
  const unwrapped = new Map<string, OwnerKeys>();

  const letGo = (owner: string): void => {
    const keys = unwrapped.get(owner);
    unwrapped.delete(owner);
    for (const key of keys === undefined ? [] : [keys.seal, keys.wrapRow, keys.wayBack]) key.fill(0);
  };

  const keep = (owner: string, keys: OwnerKeys): OwnerKeys => {
    const [oldest] = unwrapped.keys();
    if (unwrapped.size >= mostInMemory && oldest !== undefined) letGo(oldest);
    unwrapped.set(owner, keys);
    return keys;
  };

  const unwrap = (owner: string): OwnerKeys => {
    const wrapped = file.all('SELECT wrapped FROM owners WHERE owner = ?', [owner])[0]?.['wrapped'];
    if (!(wrapped instanceof Uint8Array)) throw new KeyGone();
    const key = openBytes(tree.wrapOwner, placeOf(owner, epoch), wrapped);
    const keys = ownerKeys(key, tree.delivery);
    key.fill(0);
    return keys;
  };

  return {
    draw(owner, at) {
      const key = randomBytes(keyBytes);
      const wrapped = sealBytes(tree.wrapOwner, placeOf(owner, epoch), key);
      key.fill(0);
      file.run('INSERT INTO owners (owner, wrapped, drawnAt) VALUES (?, ?, ?) ON CONFLICT (owner) DO NOTHING', [owner, wrapped, at]);
    },
    of(owner) {
      const known = unwrapped.get(owner);
      if (known === undefined) return keep(owner, unwrap(owner));
      // Back to the young end: the one asked for longest ago goes first.
      unwrapped.delete(owner);
      unwrapped.set(owner, known);
      return known;
    },
    forget(owners) {
      for (const owner of owners) letGo(owner);
      file.transaction(
        () => owners.forEach((owner) => file.run('DELETE FROM owners WHERE owner = ?', [owner])),
        () => 'keep',
      );
      file.checkpoint();
    },
    drawnBefore: (at) => file.all('SELECT owner FROM owners WHERE drawnAt < ?', [at]).map((row) => String(row['owner'])),
    clear() {
      for (const owner of unwrapped.keys()) letGo(owner);
    },
  };
};
