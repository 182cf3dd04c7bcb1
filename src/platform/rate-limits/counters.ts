import { createHash } from 'node:crypto';
import { CompiledQuery } from 'kysely';
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible';
import { type Database, sqlOf } from '../database.ts';
import type { Logger } from '../logger.ts';

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
 * Counts in the database, outside of any transaction, so that what is rolled back was counted all the same. While the
 * database is away each process counts by itself: the limits hold, but for each process apart. To count elsewhere, take
 * another of rate-limiter-flexible's stores.
 */
export function createCounters({ database, logger }: { database: Database; logger: Logger }): Counters {
  const limiter = new RateLimiterPostgres({
    ...COUNTING,
    ...STORE,
    storeClient: queryable(database, logger),
    insuranceLimiter: new RateLimiterMemory(COUNTING),
  });
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
const STORE = {
  storeType: 'client',
  tableName: 'rate_limits',
  tableCreated: true,
  // A job does, for all processes.
  clearExpiredByTimeout: false,
} as const;

const countOf = ({ consumedPoints, msBeforeNext }: RateLimiterRes): Count => ({
  count: consumedPoints,
  remainingMs: msBeforeNext,
});

/** What the library uses of a client of `pg`. Its own names of statements would need a connection for itself. */
function queryable(database: Database, logger: Logger) {
  return {
    async query({ text, values }: { text: string; values: unknown[] }) {
      try {
        const { rows } = await sqlOf(database.em.fork()).executeQuery(CompiledQuery.raw(text, values));
        return { rows, rowCount: rows.length };
      } catch (error) {
        logger.warn({ err: error }, 'rate limits are counted by this process alone: the database did not answer');
        throw error;
      }
    },
  };
}
