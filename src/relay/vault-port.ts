// Keys and sealing as the relay sees them. Which datum goes under which key: docs/decisions/0001-keys.md.
import type { CaseId, VolunteerId } from '#domain/ids.ts';
import type { IndexKind } from '#relay/store-port.ts';

/** Whose key a thing is sealed under. `way-back` needs the case's key and the delivery key together. */
export type Under =
  | { readonly under: 'storage' }
  | { readonly under: 'owner'; readonly owner: CaseId | VolunteerId }
  | { readonly under: 'way-back'; readonly owner: CaseId };

export interface RowSeal {
  readonly wrappedKey: Uint8Array;
  readonly sealed: Uint8Array;
}

export interface Vault extends AsyncDisposable {
  /** Draws a key for a case or volunteer, wraps it, and syncs it to the key file. Resolves before the owner's first commit. */
  newOwner(owner: CaseId | VolunteerId): Promise<void>;
  /** Destroys it: what was sealed under it can never be read again. */
  forgetOwner(owner: CaseId | VolunteerId): Promise<void>;
  /** Destroys keys whose owner the store does not know (a kill between key and commit) and that were drawn that long ago; how many. */
  sweepOrphans(known: (owner: string) => Promise<boolean>, olderThanMs: number): Promise<number>;
  /** AES-256-GCM; `aad` binds the bytes to their row (`kind|id|…`). Throws KeyGone when the owner was forgotten. */
  seal(under: Under, aad: string, bytes: Uint8Array): Promise<Uint8Array>;
  open(under: Under, aad: string, sealed: Uint8Array): Promise<Uint8Array>;
  /** A key of the row's own, wrapped by the storage key. */
  sealRow(aad: string, bytes: Uint8Array): Promise<RowSeal>;
  openRow(aad: string, row: RowSeal): Promise<Uint8Array>;
  /** Wraps the row's key by the case's key from now on: forgetting the case forgets the row. */
  rewrapRow(aad: string, row: RowSeal, owner: CaseId): Promise<RowSeal>;
  /** Keyed hash (HMAC-SHA-256 under the index key) of a canonical form, and its epoch. */
  hash(kind: IndexKind | 'source' | 'lane', canonical: string): { readonly hash: Uint8Array; readonly epoch: number };
  readonly epoch: number;
}
