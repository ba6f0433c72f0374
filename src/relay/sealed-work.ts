// Seals a work into its outbox row and opens it again: under its owner's key, or a key of the row's own that goes with the row.
import type { CaseId, VolunteerId } from '#domain/ids.ts';
import type { OutboxRow } from '#relay/store-port.ts';
import type { Vault } from '#relay/vault-port.ts';
import type { Work } from '#relay/work.ts';

const aadOf = (id: string): string => `outbox|${id}`;

const ownKeyed = (wrappedKey: Uint8Array, sealed: Uint8Array): Uint8Array => {
  const packed = new Uint8Array(2 + wrappedKey.length + sealed.length);
  new DataView(packed.buffer).setUint16(0, wrappedKey.length);
  packed.set(wrappedKey, 2);
  packed.set(sealed, 2 + wrappedKey.length);
  return packed;
};

export const sealWork = async (
  vault: Vault,
  row: { readonly id: string; readonly owner: CaseId | VolunteerId | null; readonly work: Work },
): Promise<Uint8Array> => {
  const bytes = new TextEncoder().encode(JSON.stringify(row.work));
  if (row.owner !== null) return vault.seal({ under: 'owner', owner: row.owner }, aadOf(row.id), bytes);
  const { wrappedKey, sealed } = await vault.sealRow(aadOf(row.id), bytes);
  return ownKeyed(wrappedKey, sealed);
};

/** Throws the vault's `KeyGone` when the owner was forgotten meanwhile. */
export const openWork = async (vault: Vault, row: Pick<OutboxRow, 'id' | 'owner' | 'sealed'>): Promise<Work> => {
  const { sealed } = row;
  const open = async (): Promise<Uint8Array> => {
    if (row.owner !== null) return vault.open({ under: 'owner', owner: row.owner as CaseId | VolunteerId }, aadOf(row.id), sealed);
    const length = new DataView(sealed.buffer, sealed.byteOffset).getUint16(0);
    return vault.openRow(aadOf(row.id), { wrappedKey: sealed.subarray(2, 2 + length), sealed: sealed.subarray(2 + length) });
  };
  return JSON.parse(new TextDecoder().decode(await open())) as Work;
};
