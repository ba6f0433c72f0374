// The run's stack of real servers, for a test file: ask it for fresh accounts, so that files do not disturb each other.
// A test that kills servers or fills them with faults for everybody starts a stack of its own with startStack.
import { inject } from 'vitest';
import { connectStack, type StackHandle } from '#trial/stack-handle.ts';
import type { StackAddresses } from '#trial/servers/addresses.ts';

export function theStack(): StackHandle {
  return connectStack(JSON.parse(inject('stack')) as StackAddresses);
}
