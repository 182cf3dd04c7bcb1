import { createClient } from 'redis';
import type { TestApp } from './app.ts';
import { startRedis } from './redis.ts';

/** What counts for all processes, and what a test does to it from outside. */
export interface CounterStore {
  /** With which servers count in it. */
  readonly settings: Record<string, string>;
  /** As if so much time had gone by for all that is counted. */
  passTime(app: TestApp, seconds: number): Promise<unknown>;
  /** How much is counted, for each that is. */
  counts(app: TestApp): Promise<number[]>;
  close(): Promise<unknown>;
}

/** By name; Redis opens to null where there is no redis-server. */
export const COUNTER_STORES: readonly { name: string; open: () => Promise<CounterStore | null> }[] = [
  { name: 'PostgreSQL', open: openPostgresStore },
  { name: 'Redis', open: openRedisStore },
];

export async function openPostgresStore(): Promise<CounterStore> {
  return {
    settings: {},
    passTime: ({ database }, seconds) =>
      database.query('update rate_limits set expire = expire - $1::bigint', [seconds * 1000]),
    async counts({ database }) {
      const rows = await database.query<{ points: number }>('select points from rate_limits');
      return rows.map(({ points }) => points);
    },
    close: async () => {},
  };
}

async function openRedisStore(): Promise<CounterStore | null> {
  const server = await startRedis();
  if (!server) return null;
  const client = await createClient({ url: server.url }).connect();
  return {
    settings: { REDIS_URL: server.url },
    async passTime(_app, seconds) {
      for (const key of await client.keys('*')) await client.pExpire(key, (await client.pTTL(key)) - seconds * 1000);
    },
    async counts() {
      const keys = await client.keys('*');
      return keys.length === 0 ? [] : (await client.mGet(keys)).map(Number);
    },
    async close() {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
