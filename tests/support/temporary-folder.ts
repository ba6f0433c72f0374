// A folder of the test's own that is gone when the test has ended.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** `end`: takes what is to be done in the end. Default: the end of the test. */
export const temporaryFolder = (end: (undo: () => void) => void = onTestFinished): string => {
  const folder = mkdtempSync(join(tmpdir(), 'hearken-test-'));
  end(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
