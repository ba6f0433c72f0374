// `npm run check`: types, lint, format, dead code, architecture. Runs all, says which is not clean, and ends with 1 then.
import { spawnSync } from 'node:child_process';

/** Named, since a linter that looks everywhere looks into node_modules as well. */
const FOLDERS = ['src', 'workers', 'trial', 'tests', 'scripts', 'vitest.config.ts'];

const STEPS = [
  { name: 'types', command: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'types of the domain, which knows no Node', command: 'tsc', args: ['-p', 'src/domain/tsconfig.json'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', ...FOLDERS] },
  { name: 'format', command: 'oxfmt', args: ['--check', ...FOLDERS] },
  { name: 'dead code', command: 'knip', args: ['--no-progress'] },
  { name: 'architecture', command: process.execPath, args: ['scripts/architecture.ts'] },
];

let unclean = 0;
for (const { name, command, args } of STEPS) {
  const began = Date.now();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const time = `${((Date.now() - began) / 1000).toFixed(1)} s`;
  console.log(`${status === 0 ? 'clean' : 'NOT CLEAN'}: ${name} (${time})`);
  if (status === 0) continue;
  unclean += 1;
  console.log(`${stdout ?? ''}${stderr ?? ''}`);
}
process.exitCode = unclean === 0 ? 0 : 1;
