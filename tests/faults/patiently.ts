// People and their programs try again while a server is away; what they wanted is done once it is back.
import { setTimeout as pause } from 'node:timers/promises';

const tryForMs = 120_000;
const tryAgainMs = 200;

/** For what does no harm when it is done twice. Throws what the last try threw. */
export const patiently = async <Value>(act: () => Promise<Value>): Promise<Value> => {
  const deadline = Date.now() + tryForMs;
  for (;;) {
    try {
      return await act();
    } catch (fault) {
      if (Date.now() > deadline) throw fault;
    }
    await pause(tryAgainMs);
  }
};
