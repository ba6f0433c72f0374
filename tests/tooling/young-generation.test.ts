// However the relay is started, V8's young generation stays small: left alone it grows to 128 MB where there is much memory.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

test.each(['package.json', 'Dockerfile', 'docs/operators.md', 'trial/relay-process.ts'])('in %s', (file) => {
  const starts = readFileSync(join(root, file), 'utf8')
    .split('\n')
    .filter((line) => /^(?: *"start"|CMD|ExecStart=|const youngGeneration)/u.test(line));
  expect(starts).toEqual([expect.stringContaining('--max-semi-space-size=8')]);
});
