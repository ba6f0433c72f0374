// Makes a key file: 32 random bytes, readable by its owner alone, on disk when it is there. An old one is never written over.
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VaultFault } from '#vault/fault.ts';
import { keyBytes } from '#vault/key-tree.ts';

const sync = async (path: string): Promise<void> => {
  await using folder = await open(path, 'r');
  await folder.sync();
};

/** Throws `key-file-exists`; the folder must be there. */
export const makeKeyFile = async (path: string): Promise<void> => {
  const file = await open(path, 'wx', 0o600).catch((fault: unknown) => {
    if (fault instanceof Error && 'code' in fault && fault.code === 'EEXIST') throw new VaultFault('key-file-exists');
    throw fault;
  });
  try {
    await file.chmod(0o600);
    await file.writeFile(randomBytes(keyBytes));
    await file.sync();
  } finally {
    await file.close();
  }
  await sync(dirname(path));
};
