import { CompiledQuery } from 'kysely';
import { type IRateLimiterStoreOptions, RateLimiterPostgres } from 'rate-limiter-flexible';
import { type Database, sqlOf } from '../database.ts';
import type { Logger } from '../logger.ts';

/** Counts in the database, outside of any transaction, so that what is rolled back was counted all the same. */
export const postgresLimiter = (
  { database, logger }: { database: Database; logger: Logger },
  options: Omit<IRateLimiterStoreOptions, 'storeClient'>,
): RateLimiterPostgres =>
  new RateLimiterPostgres({
    ...options,
    storeClient: queryable(database, logger),
    storeType: 'client',
    tableName: 'rate_limits',
    tableCreated: true,
    // A job does, for all processes.
    clearExpiredByTimeout: false,
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
