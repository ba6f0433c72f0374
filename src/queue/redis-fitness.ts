// Is this a Redis that wakes can be left to? Asked each time a connection is made, since another one may answer after a restart.
import type { QueueFaultCode } from '#queue/fault.ts';

/** 6.2; Valkey says 7.2 or later here, whatever its own version is. */
const oldest = [6, 2] as const;

const fieldOf = (info: string, name: string): string | null => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? null;

const isOld = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
};

/** What is wrong with it, from the answer to INFO; null: nothing. */
export const faultOfRedis = (info: string): QueueFaultCode | null => {
  const version = fieldOf(info, 'redis_version');
  if (version === null || isOld(version)) return 'redis-old';
  return fieldOf(info, 'maxmemory_policy') === 'noeviction' ? null : 'redis-evicts';
};
