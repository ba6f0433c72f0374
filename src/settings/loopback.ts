// Answers: does this host name stand for this machine, so that nothing goes over a network?
import { isIPv4 } from 'node:net';

/** `[::1]`: as a URL has it. Names that only look like an address of this machine would be looked up. */
export const isLoopback = (host: string): boolean => {
  const name = host.toLowerCase();
  return name === 'localhost' || name === '::1' || name === '[::1]' || (isIPv4(name) && name.startsWith('127.'));
};
