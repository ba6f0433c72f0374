// The relay, ended by a fault that nobody caught, in the way in which libraries throw: with a person's words in the message.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '#tests/support/until.ts';

const program = join(import.meta.dirname, '..', '..', '..', 'workers', 'all.ts');

/** Loaded before the relay; waits for a signal. */
const breaker = (of: { readonly words: string; readonly writes: string }): string => `
const words = ${JSON.stringify(of.words)};
process.stderr.write(${JSON.stringify(`${of.writes}\n`)});
process.once('SIGUSR2', () => {
  process.emitWarning(words);
  console.error(words);
  setImmediate(() => {
    throw Object.assign(new Error(words, { cause: new Error(words) }), { code: 'EENVELOPE', response: words });
  });
});
`;

/**
 * Starts a relay on these settings, which nobody else may be using, and breaks it. `writes` goes to standard error past everything.
 * Resolves to all that it wrote on both channels.
 */
export const breakRelay = async (of: {
  readonly config: string;
  readonly folder: string;
  readonly temporary: string;
  readonly words: string;
  readonly writes: string;
}): Promise<string> => {
  const preload = join(of.folder, 'breaker.mjs');
  writeFileSync(preload, breaker(of));
  const child = spawn(process.execPath, ['--import', preload, program, '--config', of.config], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: of.temporary },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const closed = once(child, 'close');
  try {
    await until('a relay to be broken', () => said.includes('"relay.started"'), { deadlineMs: 60_000 });
    child.kill('SIGUSR2');
    await closed;
  } finally {
    child.kill('SIGKILL');
  }
  return said;
};
