// Keeps the crypto library's IndexedDB in the account's file: rows sealed, keys hashed (in clear they would name people).
import { deserialize, serialize } from 'node:v8';
import type { AccountFile } from '#matrix/account-file.ts';
import type { Failpoint } from '#matrix/failpoint.ts';
import { MatrixFault } from '#matrix/fault.ts';
import type { DatabaseKeeper, DatabaseShape, IndexShape, StoredDatabase, StoredRow, StoreShape } from '#matrix/indexed-db.ts';
import { jsonBytes, jsonOf } from '#matrix/sealing.ts';

const databasePlace = 'crypto-database';
const rowPlace = (store: Uint8Array, key: Uint8Array): string =>
  `crypto-row|${Buffer.from(store).toString('hex')}|${Buffer.from(key).toString('hex')}`;

export function cryptoRowKeeper(file: AccountFile, failpoint: Failpoint): DatabaseKeeper {
  const storeHash = (database: string, store: string): Uint8Array => file.seal.hash('crypto-store', JSON.stringify([database, store]));
  const keyHash = (key: IDBValidKey): Uint8Array => file.seal.hash('crypto-key', canonicalKey(key));
  return {
    shaped(name, shape) {
      const sealed = file.seal.seal(databasePlace, jsonBytes({ name, shape }));
      file.write(
        'INSERT INTO crypto_database (name, sealed) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed',
        file.seal.hash('crypto-database', name),
        sealed,
      );
    },
    changed(name, changes) {
      for (const change of changes) {
        const store = storeHash(name, change.store);
        if (change.change === 'clear') {
          file.write('DELETE FROM crypto_row WHERE store = ?', store);
          continue;
        }
        const key = keyHash(change.key);
        if (change.change === 'delete') {
          file.write('DELETE FROM crypto_row WHERE store = ? AND key = ?', store, key);
          continue;
        }
        const sealed = file.seal.seal(rowPlace(store, key), serialize([name, change.store, change.key, change.value]));
        file.write(
          'INSERT INTO crypto_row (store, key, sealed) VALUES (?, ?, ?) ON CONFLICT (store, key) DO UPDATE SET sealed = excluded.sealed',
          store,
          key,
          sealed,
        );
      }
      failpoint(`crypto:${[...new Set(changes.map((change) => change.store))].toSorted().join('+')}`);
    },
    dropped(name) {
      const shape = storedShape(file, name);
      for (const store of shape?.stores ?? []) file.write('DELETE FROM crypto_row WHERE store = ?', storeHash(name, store.name));
      file.write('DELETE FROM crypto_database WHERE name = ?', file.seal.hash('crypto-database', name));
    },
  };
}

/** Everything that was kept, to be put back into memory. */
export function storedCryptoDatabases(file: AccountFile): readonly StoredDatabase[] {
  const rows = new Map<string, StoredRow[]>();
  for (const { store, key, sealed } of file.read('SELECT store, key, sealed FROM crypto_row')) {
    if (!(store instanceof Uint8Array) || !(key instanceof Uint8Array) || !(sealed instanceof Uint8Array))
      throw new MatrixFault('file-broken');
    const kept: unknown = deserialize(file.seal.open(rowPlace(store, key), sealed));
    if (!Array.isArray(kept) || typeof kept[0] !== 'string' || typeof kept[1] !== 'string' || !(kept[3] instanceof Uint8Array))
      throw new MatrixFault('file-broken');
    const of = rows.get(kept[0]) ?? [];
    of.push({ store: kept[1], key: kept[2] as IDBValidKey, value: deserialize(kept[3]) });
    rows.set(kept[0], of);
  }
  return file.read('SELECT sealed FROM crypto_database').map(({ sealed }) => {
    const { name, shape } = openShape(file, sealed);
    return { name, shape, rows: rows.get(name) ?? [] };
  });
}

function storedShape(file: AccountFile, name: string): DatabaseShape | null {
  const row = file.read('SELECT sealed FROM crypto_database WHERE name = ?', file.seal.hash('crypto-database', name))[0];
  return row === undefined ? null : openShape(file, row['sealed']).shape;
}

/** The bytes are our own and authenticated, so their form is known once they open. */
function openShape(file: AccountFile, sealed: unknown): { readonly name: string; readonly shape: DatabaseShape } {
  if (!(sealed instanceof Uint8Array)) throw new MatrixFault('file-broken');
  return jsonOf(file.seal.open(databasePlace, sealed)) as {
    name: string;
    shape: { version: number; stores: (Omit<StoreShape, 'indexes'> & { indexes: IndexShape[] })[] };
  };
}

/** One text for each key: `v8.serialize` may write the same string in two ways, and a row must be found again. */
function canonicalKey(key: IDBValidKey): string {
  if (typeof key === 'string') return `s${JSON.stringify(key)}`;
  if (typeof key === 'number') return `n${key}`;
  if (key instanceof Date) return `d${key.getTime()}`;
  if (Array.isArray(key)) return `[${key.map(canonicalKey).join(',')}]`;
  const bytes = ArrayBuffer.isView(key) ? Buffer.from(key.buffer, key.byteOffset, key.byteLength) : Buffer.from(key);
  return `b${bytes.toString('hex')}`;
}
