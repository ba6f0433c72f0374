// Which processes belong to a folder of the trial: by what they were told and where they stand. Reads /proc.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export function processesOf(folder: string): readonly number[] {
  return readdirSync('/proc').flatMap((entry) => {
    const id = Number(entry);
    if (!Number.isInteger(id) || id === process.pid) return [];
    const traces = [attempt(() => readFileSync(`/proc/${id}/cmdline`, 'utf8')), attempt(() => readlinkSync(`/proc/${id}/cwd`))];
    return traces.some((trace) => trace.includes(folder)) ? [id] : [];
  });
}

/** It may be gone before it is read. */
function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
