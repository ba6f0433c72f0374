// Records: values in, values out; older forms upgraded; whose key was forgotten is not there.
import { expect, onTestFinished, test } from 'vitest';
import { brandId, instant } from '#domain/ids.ts';
import type { CaseId, ContactId, RoomRef, VolunteerId } from '#domain/ids.ts';
import type { Contact, Draft, Records } from '#relay/record-types.ts';
import type { Store } from '#relay/store-port.ts';
import type { Vault } from '#relay/vault-port.ts';
import { countedChance } from '#tests/support/counted-chance.ts';
import { memoryStore } from '#tests/support/memory-store.ts';
import { temporaryFolder } from '#tests/support/temporary-folder.ts';
import { testKeys } from '#tests/support/vault-keys.ts';
import { recordForms } from '#vault/record-forms.ts';
import { openRecords } from '#vault/records.ts';
import { openVault } from '#vault/vault.ts';

interface Ground {
  readonly store: Store;
  readonly vault: Vault;
  readonly records: Records;
}

const ground = async (): Promise<Ground> => {
  const vault = await openVault({ keys: testKeys, folder: temporaryFolder() });
  onTestFinished(() => vault[Symbol.asyncDispose]());
  const store = memoryStore({ chance: countedChance() });
  return { store, vault, records: openRecords({ store, vault }) };
};

const one = brandId<CaseId>('case-one');
const contact: Contact = {
  kind: 'matrix',
  id: brandId<ContactId>('c1'),
  case: one,
  userId: '@somebody:example.org',
  known: ['Somebody'],
  room: brandId<RoomRef>('r1'),
  hears: null,
};
const draft: Draft<'contact'> = {
  id: 'c1',
  state: 'kept',
  parent: one,
  under: { under: 'way-back', owner: one },
  dueAt: instant(5),
  value: contact,
};

test('a record comes back with its value, its version and its kind of key', async () => {
  const { store, vault, records } = await ground();
  await vault.newOwner(one);
  await store.commit({ writes: [await records.put('contact', { draft, expect: 'new' })] });
  expect(await records.load('contact', 'c1')).toEqual({ ...draft, kind: 'contact', version: 1 });
  expect(await records.find({ kind: 'contact', parent: one })).toEqual([{ ...draft, kind: 'contact', version: 1 }]);
  expect(await records.load('contact', 'c2')).toBeNull();
  const row = await store.get('contact', 'c1');
  expect(row).toMatchObject({ owner: one, form: 1, epoch: vault.epoch, state: 'kept', dueAt: 5 });
  expect(Buffer.from(row?.sealed ?? []).toString('latin1')).not.toContain('somebody');
});

test('what is under the storage key has no owner', async () => {
  const { store, records } = await ground();
  const committee: Draft<'committee'> = {
    id: 'all',
    state: 'open',
    parent: null,
    under: { under: 'storage' },
    dueAt: null,
    value: { coordinators: ['@c:example.org'] },
  };
  await store.commit({ writes: [await records.put('committee', { draft: committee, expect: 'new' })] });
  expect(await store.get('committee', 'all')).toMatchObject({ owner: null });
  expect(await records.load('committee', 'all')).toEqual({ ...committee, kind: 'committee', version: 1 });
});

test('a sealed value cannot be put in another record’s place', async () => {
  const { store, vault, records } = await ground();
  await vault.newOwner(one);
  const { row } = putOf(await records.put('contact', { draft, expect: 'new' }));
  for (const swapped of [
    { ...row, id: 'c2' },
    { ...row, kind: 'room' as const },
    { ...row, owner: brandId<VolunteerId>('two') },
    { ...row, owner: null },
  ]) {
    await vault.newOwner(brandId<CaseId>('two'));
    await store.commit({ writes: [{ write: 'put', row: swapped, expect: 'new' }] });
    await expect(records.load(swapped.kind, swapped.id)).rejects.toMatchObject({ code: 'not-authentic' });
    await store.commit({ writes: [{ write: 'drop', kind: swapped.kind, id: swapped.id }] });
  }
});

test('a record whose key was forgotten is as good as not there', async () => {
  const { store, vault, records } = await ground();
  await vault.newOwner(one);
  await store.commit({ writes: [await records.put('contact', { draft, expect: 'new' })] });
  await vault.forgetOwner(one);
  expect(await records.load('contact', 'c1')).toBeNull();
  expect(await records.find({ kind: 'contact' })).toEqual([]);
  await expect(records.put('contact', { draft, expect: 1 })).rejects.toMatchObject({ code: 'key-gone' });
});

test('an older form is upgraded step by step, and written back in the present one; a later form is refused', async () => {
  const { store, vault, records } = await ground();
  await vault.newOwner(one);
  await store.commit({ writes: [await records.put('contact', { draft, expect: 'new' })] });
  const add = (name: string) => (old: unknown) => ({ ...(old as Contact), known: [...(old as Contact).known, name] });
  const forms = { ...recordForms, contact: { form: 3, upgraders: { 1: add('first'), 2: add('second') } } };
  const later = openRecords({ store, vault, forms });
  expect((await later.load('contact', 'c1'))?.value.known).toEqual(['Somebody', 'first', 'second']);
  await store.commit({ writes: [await later.put('contact', { draft, expect: 1 })] });
  expect(await store.get('contact', 'c1')).toMatchObject({ form: 3, version: 2 });
  expect((await later.load('contact', 'c1'))?.value.known).toEqual(['Somebody']);
  await expect(records.load('contact', 'c1')).rejects.toMatchObject({ code: 'unknown-form' });
});

test('each kind has an upgrader for each form but the present one', () => {
  for (const { form, upgraders } of Object.values(recordForms)) {
    expect(Object.keys(upgraders).map(Number)).toEqual(Array.from({ length: form - 1 }, (_, n) => n + 1));
  }
});

const putOf = (write: Awaited<ReturnType<Records['put']>>) => {
  if (write.write !== 'put') throw new Error('not a put');
  return write;
};
