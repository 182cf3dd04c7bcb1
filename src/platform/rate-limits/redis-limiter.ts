import { type IRateLimiterStoreOptions, RateLimiterRedis } from 'rate-limiter-flexible';
import type { Redis } from '../redis.ts';

/** Counts in Redis, whose keys end with their windows. */
export const redisLimiter = (redis: Redis, options: Omit<IRateLimiterStoreOptions, 'storeClient'>): RateLimiterRedis =>
  new RateLimiterRedis({
    ...options,
    keyPrefix: redis.key('rate-limits'),
    storeClient: commandsOf(redis),
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
  });

interface Transaction {
  get(key: string): Transaction;
  set(key: string, points: number, expiry: { EX: number }): Transaction;
  pTTL(key: string): Transaction;
  exec(): Promise<unknown[]>;
}

/**
 * What the library uses of a client of `redis`. The library sends several commands as a mere pipeline, between which other
 * processes' commands run; here they are a transaction, as PostgreSQL's statements are.
 */
function commandsOf(redis: Redis) {
  return {
    get isReady() {
      return redis.isReady;
    },
    eval: (script: string, options: { keys: string[]; arguments: string[] }) =>
      redis.run(client => client.eval(script, options)),
    del: (key: string) => redis.run(client => client.del(key)),
    multi(): Transaction {
      const queued: string[][] = [];
      const queue = (...command: string[]) => {
        queued.push(command);
        return transaction;
      };
      const transaction: Transaction = {
        get: key => queue('GET', key),
        set: (key, points, { EX }) => queue('SET', key, String(points), 'EX', String(EX)),
        pTTL: key => queue('PTTL', key),
        exec: () =>
          redis.run(client =>
            queued.reduce((multi, command) => multi.addCommand(command), client.multi()).exec<'generic'>(),
          ),
      };
      return transaction;
    },
  };
}
