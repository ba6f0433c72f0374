// What can go wrong with keys and sealed things, by code. Never holds what was sealed or whose it was.

/** The owner was forgotten, or never had a key: what was sealed under it can never be read again. */
export class KeyGone extends Error {
  override readonly name = 'KeyGone';
  readonly code = 'key-gone';
  constructor() {
    super('key-gone');
  }
}

export type VaultFaultCode =
  /** Altered, moved to another row, or sealed under another key. */
  | 'not-authentic'
  /** A form or an epoch of keys that this version does not know. */
  | 'unknown-form'
  /** A key of another length than 32 bytes. */
  | 'key-size'
  /** The same key for two purposes. */
  | 'same-key'
  /** The key file was made with other keys than these. */
  | 'wrong-key'
  /** The database knows none of the owners: it is not the one that the key file belongs to, and no key is destroyed. */
  | 'not-this-database'
  | 'vault-closed';

export class VaultFault extends Error {
  override readonly name = 'VaultFault';
  readonly code: VaultFaultCode;
  constructor(code: VaultFaultCode) {
    super(code);
    this.code = code;
  }
}
