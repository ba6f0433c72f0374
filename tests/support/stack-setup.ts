// Starts one stack of real servers for the whole run, and hands its addresses to the tests. What cannot start fails the run.
import type { TestProject } from 'vitest/node';
import { startStack, type Stack } from '#trial/stack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A StackAddresses as JSON. */
    readonly stack: string;
  }
}

interface Shared {
  readonly stack: Promise<Stack>;
  users: number;
}

/** Each project loads this file anew, and all are to have the same stack: so it hangs on the process. */
const held = globalThis as { hearkenStack?: Shared };

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const shared = (held.hearkenStack ??= { stack: startStack({ progress: (line) => console.error(line) }), users: 0 });
  shared.users += 1;
  const stack = await shared.stack;
  project.provide('stack', JSON.stringify(stack.addresses));
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete held.hearkenStack;
    await stack[Symbol.asyncDispose]();
  };
}
