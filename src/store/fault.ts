// What can go wrong with a file of ours, by code. Never holds SQLite's own words, which may carry values or paths.

export type StoreFaultCode =
  /** Another process has the file. */
  | 'store-in-use'
  /** Written by a later version of the relay. */
  | 'store-newer'
  | 'store-broken'
  | 'disk-full'
  /** The file or its folder cannot be read or written. */
  | 'store-unreachable'
  /** A row for a lane that is not there: lanes come from `lane()`. */
  | 'unknown-lane'
  /** A plan against the schema: the same id twice, say. */
  | 'store-refused'
  | 'store-closed'
  | 'store-failed';

export class StoreFault extends Error {
  override readonly name = 'StoreFault';
  readonly code: StoreFaultCode;
  /** SQLite's extended result code (https://sqlite.org/rescode.html), null: not from SQLite. */
  readonly sqlite: number | null;

  constructor(code: StoreFaultCode, sqlite: number | null = null) {
    super(sqlite === null ? code : `${code} (${sqlite})`);
    this.code = code;
    this.sqlite = sqlite;
  }
}

const codeOf = (errcode: number): StoreFaultCode => {
  switch (errcode & 0xff) {
    case 5: // BUSY
    case 6: // LOCKED
      return 'store-in-use';
    case 8: // READONLY
    case 14: // CANTOPEN
    case 23: // AUTH
      return 'store-unreachable';
    case 11: // CORRUPT
    case 26: // NOTADB
      return 'store-broken';
    case 13: // FULL
      return 'disk-full';
    case 19: // CONSTRAINT
    case 20: // MISMATCH
      return 'store-refused';
    default:
      return 'store-failed';
  }
};

/** The fault that stands for what node:sqlite threw. */
export const asStoreFault = (thrown: unknown): StoreFault => {
  if (thrown instanceof StoreFault) return thrown;
  if (!(thrown instanceof Error)) return new StoreFault('store-failed');
  if ('errcode' in thrown && typeof thrown.errcode === 'number') return new StoreFault(codeOf(thrown.errcode), thrown.errcode);
  if ('code' in thrown && thrown.code === 'ERR_INVALID_STATE') return new StoreFault('store-closed');
  return new StoreFault('store-failed');
};
