// `npm run stack`: the servers alone. Prints addresses and accounts as JSON on one line and stays until Ctrl-C.
import { CannotInstall } from './install/cannot-install.ts';
import { ServerDidNotStart } from './servers/server.ts';
import { startStack } from './stack.ts';
import { untilStopped } from './until-stopped.ts';

const stop = untilStopped();

try {
  await using stack = await startStack({ progress: (line) => console.error(line) });
  console.log(JSON.stringify(stack.addresses));
  console.error('The servers are up. Ctrl-C ends them and removes their files.');
  await stop;
} catch (error) {
  if (!(error instanceof CannotInstall) && !(error instanceof ServerDidNotStart)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
