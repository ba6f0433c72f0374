// Breaks in the way that its first argument says, with its second in every message that somebody else would write down.
import { looksLikeCommand } from '#relay/read-command.ts';
import { quietProcess } from '#workers/quiet-process.ts';

const [, , how = '', words = '', quiet = 'quiet'] = process.argv;

if (quiet === 'quiet') quietProcess((event) => void process.stdout.write(`${JSON.stringify(event)}\n`));

/** As libraries throw: the server's answer in the message, and once more beside it. */
const fault = Object.assign(new Error(`451 4.2.0 <${words}> is busy`, { cause: new Error(words) }), { code: 'EENVELOPE', response: words });

/** Keeps the process for a moment, so that what is asked for can happen. */
const wait = (): void => void setTimeout(() => process.stdout.write('went on\n'), 50);

switch (how) {
  case 'throws':
    throw fault;
  case 'throws later':
    setImmediate(() => {
      throw fault;
    });
    wait();
    break;
  case 'throws no error':
    setImmediate(() => {
      // oxlint-disable-next-line no-throw-literal -- libraries do
      throw words as unknown as Error;
    });
    wait();
    break;
  case 'rejects':
    void Promise.reject(fault);
    wait();
    break;
  case 'rejects with no error':
    // oxlint-disable-next-line prefer-promise-reject-errors -- libraries do
    void Promise.reject(words);
    wait();
    break;
  case 'emits an error that nobody listens for': {
    const { EventEmitter } = await import('node:events');
    setImmediate(() => new EventEmitter().emit('error', fault));
    wait();
    break;
  }
  case 'parses':
    setImmediate(() => JSON.parse(`{"words": ${words}}`) as unknown);
    wait();
    break;
  case 'breaks in our own code':
    setImmediate(() => {
      looksLikeCommand(words, null as unknown as readonly string[]);
    });
    wait();
    break;
  case 'warns':
    process.emitWarning(words, 'OddWarning');
    wait();
    break;
  default:
    for (const print of [console.log, console.error, console.warn, console.info, console.debug, console.trace, console.dir]) print(words);
    console.assert(false, words);
    wait();
}
