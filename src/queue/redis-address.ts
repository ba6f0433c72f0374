// Where Redis is: redis:// on this machine, rediss:// anywhere, or unix:///path to a socket. Never with a password in it.
import { QueueFault } from '#queue/fault.ts';
import { isLoopback } from '#settings/loopback.ts';

export type RedisAddress =
  | { readonly path: string }
  | { readonly host: string; readonly port: number; readonly db: number; readonly tls?: { readonly servername: string } };

const usualPort = 6379;

const parsed = (url: string): URL => {
  try {
    return new URL(url);
  } catch {
    throw new QueueFault('redis-url');
  }
};

/** Throws QueueFault: `redis-url`, or `redis-plain` for a plain one that is not on this machine. */
export const redisAddress = (url: string): RedisAddress => {
  const { protocol, hostname, port, pathname, username, password } = parsed(url);
  if (username !== '' || password !== '') throw new QueueFault('redis-url');
  if (protocol === 'unix:' && hostname === '' && pathname.length > 1) return { path: decodeURIComponent(pathname) };
  if ((protocol !== 'redis:' && protocol !== 'rediss:') || hostname === '') throw new QueueFault('redis-url');
  if (protocol === 'redis:' && !isLoopback(hostname)) throw new QueueFault('redis-plain');
  const host = hostname.replace(/^\[|\]$/g, '');
  const at = { host, port: port === '' ? usualPort : Number(port), db: Number(pathname.slice(1)) };
  if (!Number.isSafeInteger(at.db)) throw new QueueFault('redis-url');
  return protocol === 'rediss:' ? { ...at, tls: { servername: host } } : at;
};
