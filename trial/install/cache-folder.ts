// Says where the trial keeps what it installed: `.cache/` of the project, or the folder that HEARKEN_CACHE names.
import { dirname, join, resolve } from 'node:path';

const project = dirname(dirname(import.meta.dirname));

export function cacheFolder(): string {
  const named = process.env['HEARKEN_CACHE'];
  return named === undefined || named === '' ? join(project, '.cache') : resolve(named);
}
