// Keys: what is sealed opens only with its keys and at its place, and what is forgotten is gone from the disk.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { brandId } from '#domain/ids.ts';
import type { CaseId } from '#domain/ids.ts';
import type { Under, Vault } from '#relay/vault-port.ts';
import { bytes } from '#tests/support/store-rows.ts';
import { temporaryFolder } from '#tests/support/temporary-folder.ts';
import { testKeys } from '#tests/support/vault-keys.ts';
import { systemChance } from '#vault/system-chance.ts';
import { keyFileName, openVault } from '#vault/vault.ts';

const one = brandId<CaseId>('case-one');
const other = brandId<CaseId>('case-other');
const storage: Under = { under: 'storage' };
const ownerKey: Under = { under: 'owner', owner: one };
const wayBack: Under = { under: 'way-back', owner: one };
const text = bytes('a line that nobody else may read');

const openIn = async (folder: string, keys = testKeys): Promise<Vault> => {
  const vault = await openVault({ keys, folder });
  onTestFinished(() => vault[Symbol.asyncDispose]());
  return vault;
};

const withTwo = async (folder = temporaryFolder()): Promise<Vault> => {
  const vault = await openIn(folder);
  await vault.newOwner(one);
  await vault.newOwner(other);
  return vault;
};

const onDisk = (folder: string): Buffer => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));

describe('sealing', () => {
  test.each([storage, ownerKey, wayBack])('what is sealed under $under opens again, also after a restart', async (under) => {
    const folder = temporaryFolder();
    const vault = await withTwo(folder);
    const sealed = await vault.seal(under, 'case|1', text);
    expect(Buffer.from(sealed).includes(Buffer.from(text))).toBe(false);
    expect(await vault.open(under, 'case|1', sealed)).toEqual(text);
    expect(await vault.seal(under, 'case|1', text)).not.toEqual(sealed);
    await vault[Symbol.asyncDispose]();
    const again = await openIn(folder);
    expect(await again.open(under, 'case|1', sealed)).toEqual(text);
  });

  test('nothing opens at another place, under another kind of key or under another owner', async () => {
    const vault = await withTwo();
    const sealed = await vault.seal(ownerKey, 'case|1', text);
    const refused = { code: 'not-authentic' };
    await expect(vault.open(ownerKey, 'case|2', sealed)).rejects.toMatchObject(refused);
    await expect(vault.open({ under: 'owner', owner: other }, 'case|1', sealed)).rejects.toMatchObject(refused);
    await expect(vault.open(storage, 'case|1', sealed)).rejects.toMatchObject(refused);
    await expect(vault.open(wayBack, 'case|1', sealed)).rejects.toMatchObject(refused);
    const back = await vault.seal(wayBack, 'contact|1', text);
    await expect(vault.open(ownerKey, 'contact|1', back)).rejects.toMatchObject(refused);
    // Also when its header is made to say so.
    await expect(vault.open(ownerKey, 'contact|1', Uint8Array.from([...back.slice(0, 1), 2, ...back.slice(2)]))).rejects.toMatchObject(
      refused,
    );
  });

  test('no octet can be changed, and nothing cut off or added', async () => {
    const vault = await withTwo();
    const sealed = await vault.seal(ownerKey, 'case|1', text);
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Uint8Array.from(sealed);
      altered[at] = (altered[at] ?? 0) ^ 0x10;
      await expect(vault.open(ownerKey, 'case|1', altered)).rejects.toMatchObject({ name: 'VaultFault' });
    }
    for (const wrong of [sealed.slice(0, -1), sealed.slice(0, 20), new Uint8Array(0), Uint8Array.from([...sealed, 0])]) {
      await expect(vault.open(ownerKey, 'case|1', wrong)).rejects.toMatchObject({ name: 'VaultFault' });
    }
  });

  test('any bytes come back as they were', async () => {
    const vault = await withTwo();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.string(), async (any, aad) => {
        expect(await vault.open(wayBack, aad, await vault.seal(wayBack, aad, any))).toEqual(any);
      }),
    );
  });

  test('the way back needs the delivery key, and nothing else does', async () => {
    const folder = temporaryFolder();
    const vault = await withTwo(folder);
    const sealed = await vault.seal(ownerKey, 'x', text);
    const back = await vault.seal(wayBack, 'x', text);
    await vault[Symbol.asyncDispose]();
    const file = new DatabaseSync(join(folder, keyFileName));
    file.exec("DELETE FROM proofs WHERE name = 'delivery'");
    file.close();
    const without = await openIn(folder, { ...testKeys, delivery: new Uint8Array(32).fill(9) });
    expect(await without.open(ownerKey, 'x', sealed)).toEqual(text);
    await expect(without.open(wayBack, 'x', back)).rejects.toMatchObject({ code: 'not-authentic' });
  });

  test('keys that are not those of the file, not whole or twice the same are refused', async () => {
    const folder = temporaryFolder();
    await (await withTwo(folder))[Symbol.asyncDispose]();
    const wrong = { code: 'wrong-key' };
    for (const name of ['storage', 'index', 'delivery'] as const) {
      await expect(openVault({ keys: { ...testKeys, [name]: new Uint8Array(32).fill(9) }, folder })).rejects.toMatchObject(wrong);
    }
    await expect(openVault({ keys: { ...testKeys, index: new Uint8Array(31) }, folder })).rejects.toMatchObject({ code: 'key-size' });
    await expect(openVault({ keys: { ...testKeys, index: testKeys.storage }, folder })).rejects.toMatchObject({ code: 'same-key' });
    // A refusal leaves the file free for the right keys.
    expect(await (await openIn(folder)).seal(ownerKey, 'x', text)).toBeInstanceOf(Uint8Array);
  });

  test('a second one on the same file is refused', async () => {
    const folder = temporaryFolder();
    await openIn(folder);
    await expect(openVault({ keys: testKeys, folder })).rejects.toMatchObject({ code: 'store-in-use' });
  });
});

describe('owners', () => {
  test('drawing a key for an owner who has one changes nothing', async () => {
    const folder = temporaryFolder();
    const vault = await withTwo(folder);
    const sealed = await vault.seal(ownerKey, 'x', text);
    await vault.newOwner(one);
    await vault[Symbol.asyncDispose]();
    expect(await (await openIn(folder)).open(ownerKey, 'x', sealed)).toEqual(text);
  });

  test('what was sealed under a forgotten owner never opens again, also not under a new key of the same name', async () => {
    const folder = temporaryFolder();
    const vault = await withTwo(folder);
    const gone = { code: 'key-gone', name: 'KeyGone' };
    const sealed = await vault.seal(ownerKey, 'x', text);
    const back = await vault.seal(wayBack, 'x', text);
    const row = await vault.rewrapRow('r', await vault.sealRow('r', text), one);
    const othersOwn = await vault.seal({ under: 'owner', owner: other }, 'x', text);
    await vault.forgetOwner(one);
    await expect(vault.open(ownerKey, 'x', sealed)).rejects.toMatchObject(gone);
    await expect(vault.open(wayBack, 'x', back)).rejects.toMatchObject(gone);
    await expect(vault.openRow('r', row)).rejects.toMatchObject(gone);
    await expect(vault.seal(ownerKey, 'x', text)).rejects.toMatchObject(gone);
    expect(await vault.open({ under: 'owner', owner: other }, 'x', othersOwn)).toEqual(text);
    await vault.forgetOwner(one);
    await vault.newOwner(one);
    await expect(vault.open(ownerKey, 'x', sealed)).rejects.toMatchObject({ code: 'not-authentic' });
    await vault[Symbol.asyncDispose]();
    const again = await openIn(folder);
    await expect(again.open(ownerKey, 'x', sealed)).rejects.toMatchObject({ code: 'not-authentic' });
  });

  test('forgetting takes the wrapped key off the disk, out of the file and out of its log', async () => {
    const folder = temporaryFolder();
    const vault = await withTwo(folder);
    const name = Buffer.from(one);
    expect(onDisk(folder).includes(name)).toBe(true);
    await vault.forgetOwner(one);
    expect(onDisk(folder).includes(name)).toBe(false);
    expect(onDisk(folder).includes(Buffer.from(other))).toBe(true);
  });

  test('more owners than are kept in memory all open', async () => {
    const vault = await openIn(temporaryFolder());
    const owners = Array.from({ length: 600 }, (_, n) => brandId<CaseId>(`case-${n}`));
    const sealed = new Map<CaseId, Uint8Array>();
    for (const owner of owners) {
      await vault.newOwner(owner);
      sealed.set(owner, await vault.seal({ under: 'owner', owner }, owner, bytes(owner)));
    }
    for (const owner of owners)
      expect(await vault.open({ under: 'owner', owner }, owner, sealed.get(owner) ?? bytes(''))).toEqual(bytes(owner));
  });

  test('keys are nowhere on the disk in the clear, and the files are the owner’s alone', async () => {
    const folder = temporaryFolder();
    await withTwo(folder);
    for (const key of Object.values(testKeys)) expect(onDisk(folder).includes(Buffer.from(key))).toBe(false);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
  });
});

describe('orphans', () => {
  test('keys whose owner is not known go once they are old enough', async () => {
    const vault = await withTwo();
    const sealed = await vault.seal(ownerKey, 'x', text);
    const known = async (owner: string): Promise<boolean> => owner === one;
    expect(await vault.sweepOrphans(known, 3_600_000)).toBe(0);
    expect(await vault.sweepOrphans(known, -1000)).toBe(1);
    expect(await vault.open(ownerKey, 'x', sealed)).toEqual(text);
    await expect(vault.seal({ under: 'owner', owner: other }, 'x', text)).rejects.toMatchObject({ code: 'key-gone' });
  });

  test('where the database knows nobody, no key is destroyed', async () => {
    const vault = await openIn(temporaryFolder());
    const owners = Array.from({ length: 20 }, (_, n) => brandId<CaseId>(`case-${n}`));
    for (const owner of owners) await vault.newOwner(owner);
    await expect(vault.sweepOrphans(async () => false, -1000)).rejects.toMatchObject({ code: 'not-this-database' });
    for (const owner of owners) await vault.seal({ under: 'owner', owner }, 'x', text);
    expect(await vault.sweepOrphans(async (owner) => owner === 'case-0', -1000)).toBe(19);
  });
});

describe('rows with a key of their own', () => {
  test('open by themselves, and under their case once placed; the sealed bytes stay as they are', async () => {
    const vault = await withTwo();
    const row = await vault.sealRow('inbox|1', text);
    expect(await vault.openRow('inbox|1', row)).toEqual(text);
    const placed = await vault.rewrapRow('inbox|1', row, one);
    expect(placed.sealed).toEqual(row.sealed);
    expect(await vault.openRow('inbox|1', placed)).toEqual(text);
    const moved = await vault.rewrapRow('inbox|1', placed, other);
    await vault.forgetOwner(one);
    expect(await vault.openRow('inbox|1', moved)).toEqual(text);
  });

  test('neither key nor bytes can be exchanged between rows, nor a key said to be another case’s', async () => {
    const vault = await withTwo();
    const a = await vault.sealRow('inbox|a', text);
    const b = await vault.sealRow('inbox|b', text);
    const refused = { code: 'not-authentic' };
    await expect(vault.openRow('inbox|b', a)).rejects.toMatchObject(refused);
    await expect(vault.openRow('inbox|a', { ...a, sealed: b.sealed })).rejects.toMatchObject(refused);
    await expect(vault.openRow('inbox|a', { ...a, wrappedKey: b.wrappedKey })).rejects.toMatchObject(refused);
    await expect(vault.rewrapRow('inbox|b', a, one)).rejects.toMatchObject(refused);
    const placed = await vault.rewrapRow('inbox|a', a, one);
    const relabelled = Uint8Array.from([other.length, ...bytes(other), ...placed.wrappedKey.slice(1 + one.length)]);
    await expect(vault.openRow('inbox|a', { ...placed, wrappedKey: relabelled })).rejects.toMatchObject(refused);
  });
});

describe('hashes', () => {
  test('are the same for the same, after a restart too, and different for each kind and each index key', async () => {
    const folder = temporaryFolder();
    const vault = await openIn(folder);
    const hash = vault.hash('contact', 'mail|a@b.example');
    expect(hash.hash).toHaveLength(32);
    expect(hash.epoch).toBe(vault.epoch);
    expect(vault.hash('token', 'mail|a@b.example').hash).not.toEqual(hash.hash);
    expect(vault.hash('contact', 'mail|a@c.example').hash).not.toEqual(hash.hash);
    await vault[Symbol.asyncDispose]();
    expect((await openIn(folder)).hash('contact', 'mail|a@b.example')).toEqual(hash);
    const elsewhere = await openIn(temporaryFolder(), { ...testKeys, index: new Uint8Array(32).fill(8) });
    expect(elsewhere.hash('contact', 'mail|a@b.example').hash).not.toEqual(hash.hash);
  });

  test('nothing is done once it is closed', async () => {
    const vault = await withTwo();
    await vault[Symbol.asyncDispose]();
    await expect(vault.seal(storage, 'x', text)).rejects.toMatchObject({ code: 'vault-closed' });
    expect(() => vault.hash('contact', 'x')).toThrow('vault-closed');
  });
});

describe('chance', () => {
  test('ids are 26 letters and digits for 128 bits, and differ', () => {
    const chance = systemChance();
    const ids = new Set(Array.from({ length: 2000 }, () => chance.id()));
    expect(ids.size).toBe(2000);
    for (const id of ids) expect(id).toMatch(/^[a-z2-7]{26}$/);
    // Every letter comes up in every place that five whole bits stand behind.
    const firsts = new Set([...ids].map((id) => id[0]));
    expect(firsts.size).toBe(32);
    expect(chance.bytes(5)).toHaveLength(5);
    expect(new Set(Array.from({ length: 200 }, () => chance.below(3)))).toEqual(new Set([0, 1, 2]));
  });
});
