// Records as values: sealed on the way to the store, opened on the way back. What key a record is under stands in its sealed form.
import type { CaseId, VolunteerId } from '#domain/ids.ts';
import { brandId } from '#domain/ids.ts';
import type { Draft, Loaded, Records, RecordTypes } from '#relay/record-types.ts';
import type { RecordKind, RecordRow, Store } from '#relay/store-port.ts';
import type { Under, Vault } from '#relay/vault-port.ts';
import { KeyGone, VaultFault } from '#vault/fault.ts';
import { recordForms } from '#vault/record-forms.ts';
import type { RecordForms } from '#vault/record-forms.ts';
import { readHead } from '#vault/sealed-form.ts';

const aadOf = (row: { readonly kind: RecordKind; readonly id: string; readonly form: number }): string =>
  `${row.kind}|${row.id}|${row.form}`;

const underOf = (row: RecordRow): Under => {
  const { under } = readHead(row.sealed);
  if (under === 'storage' && row.owner === null) return { under };
  if (under === 'owner' && row.owner !== null) return { under, owner: brandId<CaseId | VolunteerId>(row.owner) };
  if (under === 'way-back' && row.owner !== null) return { under, owner: brandId<CaseId>(row.owner) };
  throw new VaultFault('not-authentic');
};

/** The value in its kind's present form. Throws `unknown-form` for one that a later version of the relay has written. */
const upgraded = (value: unknown, of: { readonly row: RecordRow; readonly forms: RecordForms }): unknown => {
  const { form, upgraders } = of.forms[of.row.kind];
  if (of.row.form > form) throw new VaultFault('unknown-form');
  let present = value;
  for (let old = of.row.form; old < form; old += 1) {
    const upgrade = upgraders[old];
    if (upgrade === undefined) throw new VaultFault('unknown-form');
    present = upgrade(present);
  }
  return present;
};

export const openRecords = (of: {
  readonly store: Pick<Store, 'get' | 'find'>;
  readonly vault: Vault;
  readonly forms?: RecordForms;
}): Records => {
  const { store, vault, forms = recordForms } = of;

  const opened = async <Kind extends RecordKind>(kind: Kind, row: RecordRow): Promise<Loaded<Kind> | null> => {
    const under = underOf(row);
    const bytes = await vault.open(under, aadOf(row), row.sealed).catch((fault: unknown) => {
      if (fault instanceof KeyGone) return null;
      throw fault;
    });
    if (bytes === null) return null;
    // Authentic, so written by us, and brought to the form that the types speak of.
    const value = upgraded(JSON.parse(Buffer.from(bytes).toString()), { row, forms }) as RecordTypes[Kind];
    const { id, version, state, parent, dueAt } = row;
    return { kind, id, version, state, parent, under, dueAt, value };
  };

  const sealed = async <Kind extends RecordKind>(kind: Kind, draft: Draft<Kind>): Promise<Omit<RecordRow, 'version'>> => {
    const { id, state, parent, under, dueAt, value } = draft;
    const { form } = forms[kind];
    const bytes = Buffer.from(JSON.stringify(value));
    return {
      kind,
      id,
      state,
      parent,
      owner: under.under === 'storage' ? null : under.owner,
      dueAt,
      form,
      epoch: vault.epoch,
      sealed: await vault.seal(under, aadOf({ kind, id, form }), bytes),
    };
  };

  return {
    async load(kind, id) {
      const row = await store.get(kind, id);
      return row === null ? null : opened(kind, row);
    },
    async find(query) {
      const found = await Promise.all((await store.find(query)).map((row) => opened(query.kind, row)));
      return found.filter((one) => one !== null);
    },
    async put(kind, { draft, expect }) {
      return { write: 'put', row: await sealed(kind, draft), expect };
    },
  };
};
