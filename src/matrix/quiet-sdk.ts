// The Matrix SDK, silenced: its log lines name rooms and people, and its errors can carry a message. Import it from here first.
import { createRequire } from 'node:module';
import type { Logger } from 'matrix-js-sdk/lib/logger.js';
import * as sdk from 'matrix-js-sdk';

const nothing = (): void => undefined;

/** For `createClient`; its methods are called unbound. */
export const silent: Logger = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing, getChild: () => silent };

interface LoglevelLogger {
  methodFactory: () => () => void;
  setLevel(level: 'silent', persist: boolean): void;
}

/** The SDK sets its global loggers up while it is imported, so this must come after the import; and again later, for loggers made since. */
export function silenceSdk(): void {
  // loglevel is the SDK's own dependency: ask for the very copy that it uses.
  const loglevel: LoglevelLogger & { getLoggers(): Record<string, LoglevelLogger> } = createRequire(import.meta.resolve('matrix-js-sdk'))(
    'loglevel',
  );
  for (const logger of [loglevel, ...Object.values(loglevel.getLoggers())]) {
    logger.methodFactory = () => nothing;
    logger.setLevel('silent', false);
  }
}

silenceSdk();

export { sdk };
