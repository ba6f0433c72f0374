// Seals, opens, hashes and forgets. Composed of node:crypto's parts and nothing of our own. Keys never leave this folder.
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { Under, Vault } from '#relay/vault-port.ts';
import { openPrivateFile } from '#store/private-file.ts';
import type { PrivateFile } from '#store/private-file.ts';
import { VaultFault } from '#vault/fault.ts';
import { derive, growKeys } from '#vault/key-tree.ts';
import type { KeyTree, MasterKeys } from '#vault/key-tree.ts';
import { keyFileMigrations, ownerKeyring } from '#vault/owner-keys.ts';
import type { OwnerKeyring } from '#vault/owner-keys.ts';
import { rowKeys } from '#vault/row-keys.ts';
import { openBytes, sealBytes } from '#vault/sealed-form.ts';
import type { Place } from '#vault/sealed-form.ts';

export const keyFileName = 'keys.sqlite';

/** Of all three keys. It stands in every sealed form and in every row, so that keys can be changed one day. */
const epoch = 1;

/** A kill or a conflict between a key and its commit leaves one. More than this and nothing else: it is the database that is missing. */
const fewOrphans = 16;

/** Throws VaultFault for keys that are not these files', StoreFault for a file that cannot be had. */
export const openVault = async (options: { readonly keys: MasterKeys; readonly folder: string }): Promise<Vault> => {
  const tree = growKeys(options.keys);
  const file = openPrivateFile({ path: join(options.folder, keyFileName), migrations: keyFileMigrations });
  try {
    proveKeys(file, tree);
    return vaultOn(file, tree);
  } catch (fault) {
    file[Symbol.dispose]();
    throw fault;
  }
};

/** Each key has sealed a proof in the file: another one is refused at once, not at the first thing that will not open. */
const proveKeys = (file: PrivateFile, tree: KeyTree): void => {
  for (const [name, key] of Object.entries({ storage: tree.seal, index: tree.hash, delivery: tree.delivery })) {
    const place: Place = { under: 'storage', epoch, aad: `proof|${name}` };
    const proofKey = derive(key, 'proof');
    const kept = file.all('SELECT sealed FROM proofs WHERE name = ?', [name])[0]?.['sealed'];
    if (kept instanceof Uint8Array) opens(proofKey, { place, kept });
    else file.run('INSERT INTO proofs (name, sealed) VALUES (?, ?)', [name, sealBytes(proofKey, place, new Uint8Array(0))]);
  }
};

const opens = (key: Uint8Array, of: { readonly place: Place; readonly kept: Uint8Array }): void => {
  try {
    openBytes(key, of.place, of.kept);
  } catch {
    throw new VaultFault('wrong-key');
  }
};

const keyUnder = (under: Under, of: { readonly tree: KeyTree; readonly ring: OwnerKeyring }): Uint8Array => {
  switch (under.under) {
    case 'storage':
      return of.tree.seal;
    case 'owner':
      return of.ring.of(under.owner).seal;
    case 'way-back':
      return of.ring.of(under.owner).wayBack;
  }
};

const vaultOn = (file: PrivateFile, tree: KeyTree): Vault => {
  const ring = ownerKeyring(file, { tree, epoch });
  const rows = rowKeys({ tree, epoch, ring });
  let state: 'open' | 'closed' = 'open';

  const checkOpen = (): void => {
    if (state === 'closed') throw new VaultFault('vault-closed');
  };

  return {
    epoch,
    async newOwner(owner) {
      checkOpen();
      ring.draw(owner, Date.now());
    },
    async forgetOwner(owner) {
      checkOpen();
      ring.forget([owner]);
    },
    async sweepOrphans(known, olderThanMs) {
      checkOpen();
      const orphans: string[] = [];
      // A key's age is told by the machine's clock: a trial that lives ahead must not take a key just drawn for an old one.
      const old = ring.drawnBefore(Date.now() - olderThanMs);
      for (const owner of old) if (!(await known(owner))) orphans.push(owner);
      if (orphans.length > fewOrphans && orphans.length === old.length) throw new VaultFault('not-this-database');
      checkOpen();
      if (orphans.length > 0) ring.forget(orphans);
      return orphans.length;
    },
    async seal(under, aad, bytes) {
      checkOpen();
      return sealBytes(keyUnder(under, { tree, ring }), { under: under.under, epoch, aad }, bytes);
    },
    async open(under, aad, sealed) {
      checkOpen();
      return openBytes(keyUnder(under, { tree, ring }), { under: under.under, epoch, aad }, sealed);
    },
    async sealRow(aad, bytes) {
      checkOpen();
      return rows.seal(aad, bytes);
    },
    async openRow(aad, row) {
      checkOpen();
      return rows.open(aad, row);
    },
    async rewrapRow(aad, row, owner) {
      checkOpen();
      return rows.rewrap(aad, row, owner);
    },
    hash(kind, canonical) {
      checkOpen();
      return { hash: Uint8Array.from(createHmac('sha256', tree.hash).update(`${kind}\0`).update(canonical).digest()), epoch };
    },
    async [Symbol.asyncDispose]() {
      if (state === 'closed') return;
      state = 'closed';
      ring.clear();
      for (const key of Object.values(tree)) key.fill(0);
      file[Symbol.dispose]();
    },
  };
};
