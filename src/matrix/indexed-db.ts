// IndexedDB for the crypto library, in memory, that tells a keeper every change before the library hears that it is done.
// The library takes IndexedDB from the global object, once for all accounts; the prefix of a database's name tells them apart.
import { serialize } from 'node:v8';
import * as fake from 'fake-indexeddb';
import { MatrixFault } from '#matrix/fault.ts';

export interface IndexShape {
  readonly name: string;
  readonly keyPath: string | readonly string[];
  readonly unique: boolean;
  readonly multiEntry: boolean;
}
export interface StoreShape {
  readonly name: string;
  readonly keyPath: string | readonly string[] | null;
  readonly autoIncrement: boolean;
  readonly indexes: readonly IndexShape[];
}
export interface DatabaseShape {
  readonly version: number;
  readonly stores: readonly StoreShape[];
}

/** `value` is the row as `v8.serialize` writes it. */
export type Change =
  | { readonly change: 'put'; readonly store: string; readonly key: IDBValidKey; readonly value: Uint8Array }
  | { readonly change: 'delete'; readonly store: string; readonly key: IDBValidKey }
  | { readonly change: 'clear'; readonly store: string };

/** Called synchronously, after a transaction has succeeded in memory and before the library is told. `name` is without the prefix. */
export interface DatabaseKeeper {
  shaped(name: string, shape: DatabaseShape): void;
  changed(name: string, changes: readonly Change[]): void;
  dropped(name: string): void;
}

export interface StoredRow {
  readonly store: string;
  readonly key: IDBValidKey;
  readonly value: unknown;
}
export interface StoredDatabase {
  readonly name: string;
  readonly shape: DatabaseShape;
  readonly rows: readonly StoredRow[];
}

interface Route {
  readonly keeper: DatabaseKeeper;
  readonly shapes: Map<string, DatabaseShape>;
  readonly connections: Set<IDBDatabase>;
}
interface Recording {
  readonly route: Route;
  readonly name: string;
  readonly changes: Change[];
  /** In an upgrade: the shape as it grows. */
  stores: StoreShape[] | null;
}

const routes = new Map<string, Route>();
const recordings = new WeakMap<IDBTransaction, Recording>();
const upgrades = new WeakMap<IDBDatabase, Recording>();
let installed: 'no' | 'yes' = 'no';

/** Puts the shim on the global object and wraps its public methods; once for the process. */
export function installIndexedDb(): void {
  if (installed === 'yes') return;
  installed = 'yes';
  for (const [name, value] of Object.entries(fake)) {
    if (name === 'indexedDB' || name.startsWith('IDB')) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
    }
  }
  wrapTransactions();
  wrapWrites();
  wrapShapes();
}

/** Brings back what was kept and from then on tells `keeper` of every change in databases named `prefix…`. */
export async function routeDatabases(
  prefix: string,
  { keeper, stored }: { keeper: DatabaseKeeper; stored: readonly StoredDatabase[] },
): Promise<AsyncDisposable> {
  installIndexedDb();
  const route: Route = { keeper, shapes: new Map(), connections: new Set() };
  for (const database of stored) {
    route.shapes.set(database.name, database.shape);
    await restore(prefix + database.name, database);
  }
  routes.set(prefix, route);
  return {
    async [Symbol.asyncDispose]() {
      routes.delete(prefix);
      // A database is deleted only once nobody has it open, and waiting for that would spin; the library is done with them.
      for (const connection of route.connections) connection.close();
      for (const name of route.shapes.keys()) await settled(fake.indexedDB.deleteDatabase(prefix + name));
    },
  };
}

async function restore(fullName: string, { shape, rows }: StoredDatabase): Promise<void> {
  const request = fake.indexedDB.open(fullName, shape.version);
  request.addEventListener('upgradeneeded', () => {
    const stores = new Map<string, { readonly to: IDBObjectStore; readonly inline: boolean }>();
    for (const store of shape.stores) {
      const to = request.result.createObjectStore(store.name, { keyPath: mutable(store.keyPath), autoIncrement: store.autoIncrement });
      for (const index of store.indexes) {
        to.createIndex(index.name, typeof index.keyPath === 'string' ? index.keyPath : [...index.keyPath], {
          unique: index.unique,
          multiEntry: index.multiEntry,
        });
      }
      stores.set(store.name, { to, inline: store.keyPath !== null });
    }
    for (const row of rows) {
      const store = stores.get(row.store);
      if (store === undefined) throw new MatrixFault('file-broken');
      if (store.inline) store.to.put(row.value);
      else store.to.put(row.value, row.key);
    }
  });
  (await settled(request)).close();
}

const mutable = (keyPath: string | readonly string[] | null): string | string[] | null =>
  keyPath === null || typeof keyPath === 'string' ? keyPath : [...keyPath];

function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(new MatrixFault('store-failed')));
  });
}

function routeOf(fullName: string): { readonly route: Route; readonly name: string } | null {
  for (const [prefix, route] of routes) {
    if (fullName.startsWith(prefix)) return { route, name: fullName.slice(prefix.length) };
  }
  return null;
}

function wrapTransactions(): void {
  const database = fake.IDBDatabase.prototype;
  const transaction = database.transaction;
  // Upgrades come through here as well, so this is where every transaction is first seen.
  database.transaction = function (this: IDBDatabase, ...args: Parameters<typeof transaction>): IDBTransaction {
    const made = transaction.apply(this, args);
    const found = made.mode === 'readonly' ? null : routeOf(this.name);
    if (found === null) return made;
    const { route, name } = found;
    const recording: Recording = {
      route,
      name,
      changes: [],
      stores: made.mode === 'versionchange' ? [...(route.shapes.get(name)?.stores ?? [])] : null,
    };
    recordings.set(made, recording);
    if (recording.stores !== null) upgrades.set(this, recording);
    // Registered before the library can register its own, so it runs before the library is told.
    made.addEventListener('complete', () => {
      if (recording.stores !== null) {
        const shape = { version: this.version, stores: recording.stores };
        route.shapes.set(name, shape);
        route.keeper.shaped(name, shape);
      }
      if (recording.changes.length > 0) route.keeper.changed(name, recording.changes);
    });
    return made;
  };

  const factory = fake.IDBFactory.prototype;
  const open = factory.open;
  factory.open = function (this: IDBFactory, ...args: Parameters<typeof open>): IDBOpenDBRequest {
    const request = open.apply(this, args);
    const found = routeOf(args[0]);
    if (found !== null) request.addEventListener('success', () => found.route.connections.add(request.result));
    return request;
  };
  const deleteDatabase = factory.deleteDatabase;
  factory.deleteDatabase = function (this: IDBFactory, fullName: string): IDBOpenDBRequest {
    const request = deleteDatabase.call(this, fullName);
    const found = routeOf(fullName);
    if (found !== null) {
      request.addEventListener('success', () => {
        found.route.shapes.delete(found.name);
        found.route.keeper.dropped(found.name);
      });
    }
    return request;
  };
}

function wrapWrites(): void {
  const store = fake.IDBObjectStore.prototype;
  const { put, add, clear, getAllKeys } = store;
  const deleteRows = store.delete;

  const record = (target: IDBObjectStore, value: unknown, request: IDBRequest<IDBValidKey>): IDBRequest<IDBValidKey> => {
    const recording = recordings.get(target.transaction);
    if (recording === undefined) return request;
    // Taken now: the caller may change the value as soon as it has its request.
    const bytes = serialize(value);
    const name = target.name;
    request.addEventListener('success', () => recording.changes.push({ change: 'put', store: name, key: request.result, value: bytes }));
    return request;
  };
  // An absent key and an undefined one differ in IndexedDB, hence the spread.
  store.put = function (this: IDBObjectStore, ...args: [value: unknown, key?: IDBValidKey]): IDBRequest<IDBValidKey> {
    return record(this, args[0], put.apply(this, args));
  };
  store.add = function (this: IDBObjectStore, ...args: [value: unknown, key?: IDBValidKey]): IDBRequest<IDBValidKey> {
    return record(this, args[0], add.apply(this, args));
  };
  store.delete = function (this: IDBObjectStore, query: IDBValidKey | IDBKeyRange): IDBRequest<undefined> {
    const recording = recordings.get(this.transaction);
    if (recording === undefined) return deleteRows.call(this, query);
    // Keys are hashed on disk, so a range cannot be deleted there: ask for its keys first. Requests run in order.
    const name = this.name;
    const keys = getAllKeys.call(this, query);
    keys.addEventListener('success', () => {
      for (const key of keys.result) recording.changes.push({ change: 'delete', store: name, key });
    });
    return deleteRows.call(this, query);
  };
  store.clear = function (this: IDBObjectStore): IDBRequest<undefined> {
    const request = clear.call(this);
    const recording = recordings.get(this.transaction);
    const name = this.name;
    if (recording !== undefined) request.addEventListener('success', () => recording.changes.push({ change: 'clear', store: name }));
    return request;
  };

  const cursor = fake.IDBCursor.prototype;
  const { update } = cursor;
  const deleteHere = cursor.delete;
  const storeOf = (source: IDBObjectStore | IDBIndex): IDBObjectStore => ('objectStore' in source ? source.objectStore : source);
  cursor.update = function (this: IDBCursor, value: unknown): IDBRequest<IDBValidKey> {
    return record(storeOf(this.source), value, update.call(this, value));
  };
  cursor.delete = function (this: IDBCursor): IDBRequest<undefined> {
    const target = storeOf(this.source);
    const key = this.primaryKey;
    const request = deleteHere.call(this);
    const recording = recordings.get(target.transaction);
    if (recording !== undefined)
      request.addEventListener('success', () => recording.changes.push({ change: 'delete', store: target.name, key }));
    return request;
  };
}

function wrapShapes(): void {
  const database = fake.IDBDatabase.prototype;
  const { createObjectStore, deleteObjectStore } = database;
  database.createObjectStore = function (this: IDBDatabase, name: string, options?: IDBObjectStoreParameters): IDBObjectStore {
    const made = createObjectStore.call(this, name, options);
    const keyPath = options?.keyPath ?? null;
    const autoIncrement = options?.autoIncrement ?? false;
    // The generated key is written into a copy of the value that we never see. The crypto library does not do this.
    if (autoIncrement && keyPath !== null && upgrades.has(this)) throw new MatrixFault('sdk-changed');
    upgrades.get(this)?.stores?.push({ name, keyPath, autoIncrement, indexes: [] });
    return made;
  };
  database.deleteObjectStore = function (this: IDBDatabase, name: string): void {
    deleteObjectStore.call(this, name);
    const recording = upgrades.get(this);
    if (recording === undefined || recording.stores === null) return;
    recording.stores = recording.stores.filter((store) => store.name !== name);
    recording.changes.push({ change: 'clear', store: name });
  };

  const objectStore = fake.IDBObjectStore.prototype;
  const { createIndex, deleteIndex } = objectStore;
  const reshape = (store: IDBObjectStore, change: (indexes: readonly IndexShape[]) => readonly IndexShape[]): void => {
    const recording = recordings.get(store.transaction);
    if (recording === undefined || recording.stores === null) return;
    recording.stores = recording.stores.map((shape) => (shape.name === store.name ? { ...shape, indexes: change(shape.indexes) } : shape));
  };
  objectStore.createIndex = function (
    this: IDBObjectStore,
    name: string,
    keyPath: string | Iterable<string>,
    options?: IDBIndexParameters,
  ): IDBIndex {
    const paths = typeof keyPath === 'string' ? keyPath : [...keyPath];
    const made = createIndex.call(this, name, paths, options);
    reshape(this, (indexes) => [
      ...indexes,
      { name, keyPath: paths, unique: options?.unique ?? false, multiEntry: options?.multiEntry ?? false },
    ]);
    return made;
  };
  objectStore.deleteIndex = function (this: IDBObjectStore, name: string): void {
    deleteIndex.call(this, name);
    reshape(this, (indexes) => indexes.filter((index) => index.name !== name));
  };
}
