// The machine that a run was made on, without its name.
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly linux: string;
  readonly node: string;
  /** Of the last minute, before the run: what else was going on. */
  readonly load: number;
}

export const thisMachine = (): Machine => ({
  cores: availableParallelism(),
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
  linux: release(),
  node: process.version,
  load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
});
