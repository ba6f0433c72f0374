// Nothing but the log writes for this process: not Node about a fault that nobody caught, not a library through the console. Their
// words can be a person's (an SMTP server's answer, a parsed line, an event), so none of them is written down: a code, and where in
// our own code it was.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { faultCode } from '#queue/fault-code.ts';
import type { Log } from '#relay/log.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const framesLookedAt = 50;

/** The innermost of our own files on the way to the fault, as `src.relay.on-mail.88`. A message that looks like a frame names a file at most. */
const placeOf = (fault: unknown): string => {
  const frames = (fault instanceof Error ? (fault.stack ?? '') : '').split('\n').slice(0, framesLookedAt);
  for (const frame of frames) {
    const [, file = '', line = ''] = /^\s+at .*\/((?:src|workers)\/[a-z/-]{1,50})\.ts:(\d{1,4}):\d+\)?$/u.exec(frame) ?? [];
    if (file !== '' && existsSync(`${root}${file}.ts`)) return `${file.replaceAll('/', '.')}.${line}`;
  }
  return 'elsewhere';
};

/** For the life of the process. A fault that nobody caught is logged and ends it with 1: its state cannot be trusted any more. */
export const quietProcess = (log: Log): void => {
  process.on('uncaughtException', (fault: unknown) => {
    log({ event: 'relay.crashed', code: faultCode(fault), at: placeOf(fault) });
    process.exit(1);
  });
  // Node's own listener writes the warning's words to standard error.
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log({ event: 'node.warning', code: warning.name }));
  for (const name of ['assert', 'debug', 'dir', 'dirxml', 'error', 'info', 'log', 'table', 'trace', 'warn'] as const)
    console[name] = () => undefined;
};
