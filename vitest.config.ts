// How the tests run: the domain without any server, everything else on real ones that the run starts itself.
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { CountsReporter } from './tests/support/counts-reporter.ts';

/** Two cores are what there is, and the servers need some of them. */
const WORKERS = 2;

/** `alone`: after all others, since its own servers and everybody's time are killed for it. */
function project(name: string, needs: 'servers' | 'nothing', runs: 'with-others' | 'alone' = 'with-others'): TestProjectConfiguration {
  return {
    test: {
      name,
      include: [`tests/${name}/**/*.test.ts`],
      pool: 'forks',
      sequence: { groupOrder: runs === 'alone' ? 1 : 0 },
      testTimeout: needs === 'servers' ? 60_000 : 10_000,
      hookTimeout: 90_000,
      ...(needs === 'servers' ? { globalSetup: ['tests/support/stack-setup.ts'] } : {}),
    },
  };
}

export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    // A test that was left as the only one, or that is not there, must not look like a good run.
    allowOnly: false,
    passWithNoTests: false,
    reporters: ['default', new CountsReporter()],
    projects: [
      project('domain', 'nothing'),
      project('contract', 'servers'),
      project('stories', 'servers'),
      project('promises', 'servers'),
      project('tooling', 'servers'),
      project('faults', 'nothing', 'alone'),
    ],
  },
});
