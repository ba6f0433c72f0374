// The connection that wakes go out by, and whether it can be relied on now. It reconnects for as long as it is open.
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { faultOfRedis } from '#queue/redis-fitness.ts';
import type { QueueFaultCode } from '#queue/fault.ts';
import { redisAddress } from '#queue/redis-address.ts';
import type { Log } from '#relay/log.ts';

export interface RedisLogin {
  /** redis:// on this machine, rediss://, or unix:///path. */
  readonly url: string;
  readonly user: string | null;
  readonly password: string | null;
}

export type Standing =
  | { readonly standing: 'ready' }
  | { readonly standing: 'away' }
  | { readonly standing: 'refused'; readonly code: QueueFaultCode };

const connectMs = 5_000;
/** An answer that takes longer is as good as none: the sweeper has seen to the lane by then. */
const commandMs = 5_000;
const longestRetryMs = 1_000;

const retryIn = (tries: number): number => Math.min(50 * 2 ** Math.min(tries, 10), longestRetryMs);

/** Redis's own errors that mean that we are not let in (https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/). */
const isRefusal = (fault: Error): boolean => /^(?:WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR AUTH)/.test(fault.message);

export const openConnection = (login: RedisLogin, options: RedisOptions): Redis => {
  const redis = new Redis({
    ...redisAddress(login.url),
    ...(login.user === null ? {} : { username: login.user }),
    ...(login.password === null ? {} : { password: login.password }),
    connectTimeout: connectMs,
    retryStrategy: retryIn,
    ...options,
    // Flat arrays, whatever the protocol: what BullMQ's scripts are read by.
    replyMapping: 'legacy',
  });
  // Its messages carry addresses and commands. What matters of them is seen in the standing.
  redis.on('error', () => undefined);
  return redis;
};

export interface Watched extends Disposable {
  readonly redis: Redis;
  now(): Standing;
  /** Resolves with the first standing that is not `away`, or after this time. */
  settled(ms: number): Promise<Standing>;
  /** A wake did or did not get through, whatever the connection looks like. */
  got(outcome: 'through' | 'lost'): void;
}

export interface WatchOptions {
  readonly log: Log;
  /** `never`: an answer is wanted, not a connection. */
  readonly retry: 'always' | 'never';
}

/** Logs once per change between ready and not. */
export const watchedConnection = (login: RedisLogin, { log, retry }: WatchOptions): Watched => {
  // A wake must fail rather than wait: the sweeper makes up for it.
  const wakes: RedisOptions = { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: commandMs };
  const redis = openConnection(login, retry === 'always' ? wakes : { ...wakes, retryStrategy: () => null });
  let standing: Standing = { standing: 'away' };
  let told: Standing['standing'] | null = null;
  const waiting = new Set<() => void>();

  const settle = (): void => {
    for (const wake of waiting) wake();
    waiting.clear();
  };

  const become = (next: Standing): void => {
    standing = next;
    if (next.standing !== 'away') settle();
    if (next.standing === told) return;
    if (next.standing === 'ready' && told !== null) log({ event: 'queue.back' });
    if (next.standing === 'away') log({ event: 'queue.away' });
    if (next.standing === 'refused') log({ event: 'fault', where: 'queue', code: next.code });
    told = next.standing;
  };

  const check = async (): Promise<void> => {
    try {
      const code = faultOfRedis(await redis.info());
      become(code === null ? { standing: 'ready' } : { standing: 'refused', code });
    } catch (fault) {
      become(fault instanceof Error && isRefusal(fault) ? { standing: 'refused', code: 'redis-refused' } : { standing: 'away' });
    }
  };

  redis.on('ready', () => void check());
  redis.on('close', () => become(standing.standing === 'refused' ? standing : { standing: 'away' }));
  redis.on('end', settle);
  redis.on('error', (fault: Error) => {
    if (isRefusal(fault)) become({ standing: 'refused', code: 'redis-refused' });
  });

  return {
    redis,
    now: () => standing,
    async settled(ms) {
      if (standing.standing !== 'away') return standing;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        waiting.add(() => {
          clearTimeout(timer);
          resolve();
        });
      });
      if (told === null) become(standing);
      return standing;
    },
    got(outcome) {
      if (standing.standing === 'refused') return;
      if (outcome === 'lost') become({ standing: 'away' });
      else if (redis.status === 'ready') become({ standing: 'ready' });
    },
    [Symbol.dispose]() {
      redis.removeAllListeners('ready').removeAllListeners('close').removeAllListeners('end').disconnect();
    },
  };
};
