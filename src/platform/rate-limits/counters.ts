import { createHash } from 'node:crypto';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../database.ts';
import type { Logger } from '../logger.ts';
import type { Redis } from '../redis.ts';
import { postgresLimiter } from './postgres-limiter.ts';
import { redisLimiter } from './redis-limiter.ts';

export interface Count {
  readonly count: number;
  /** Until it starts anew. */
  readonly remainingMs: number;
}

/** What processes count together, each key in a window of its own that begins with its first count. */
export interface Counters {
  /** Counts one more, at once for all processes, and answers with how many there are now. */
  add(key: string, windowSeconds: number): Promise<Count>;
  /** One less: what was counted did not come to be. */
  takeBack(key: string, windowSeconds: number): Promise<void>;
  /** Null where nothing is counted. */
  read(key: string): Promise<Count | null>;
  /** This many, for so long from now, whatever was counted before. */
  set(key: string, count: number, seconds: number): Promise<void>;
  clear(key: string): Promise<void>;
}

/** Of any texts, however long, and told by none of them: what is counted is not kept. */
export const countKey = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

/**
 * Counts in Redis where there is one, in the database otherwise. While that is away each process counts by itself, at once:
 * the limits hold, but for each process apart.
 */
export function createCounters(options: { database: Database; redis: Redis | null; logger: Logger }): Counters {
  const counting = { ...COUNTING, insuranceLimiter: new RateLimiterMemory(COUNTING) };
  const limiter = options.redis ? redisLimiter(options.redis, counting) : postgresLimiter(options, counting);
  return {
    add: async (key, windowSeconds) => countOf(await limiter.penalty(key, 1, { customDuration: windowSeconds })),
    takeBack: async (key, windowSeconds) => {
      await limiter.reward(key, 1, { customDuration: windowSeconds });
    },
    read: async key => {
      const found = await limiter.get(key);
      return found && countOf(found);
    },
    set: async (key, count, seconds) => {
      await limiter.set(key, count, seconds);
    },
    clear: async key => {
      await limiter.delete(key);
    },
  };
}

/** Each call says its own window, and whoever counts compares. */
const COUNTING = { points: Number.MAX_SAFE_INTEGER, duration: 1, keyPrefix: '' } as const;

const countOf = ({ consumedPoints, msBeforeNext }: RateLimiterRes): Count => ({
  count: consumedPoints,
  remainingMs: msBeforeNext,
});
