import type { TestDatabase } from './database.ts';
import { REDIS_MISSING, startRedis } from './redis.ts';

/** What wake-ups between processes go by, and what a test does to it. */
export interface Wire {
  /** Of servers whose wake-ups go by it. */
  readonly settings: Record<string, string>;
  /** Breaks all connections for wake-ups that servers of this database have. */
  cut(database: TestDatabase): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export const WIRES: readonly { name: string; open: (skip: (note: string) => never) => Promise<Wire> }[] = [
  {
    name: 'NOTIFY',
    open: async () => ({ settings: {}, cut: cutListeners, mend: async () => {}, close: async () => {} }),
  },
  { name: 'Redis', open: openRedisWire },
];

/** As a database that fails over would. */
export const cutListeners = async (database: TestDatabase): Promise<void> => {
  await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'duely signals'`,
  );
};

async function openRedisWire(skip: (note: string) => never): Promise<Wire> {
  const redis = (await startRedis()) ?? skip(REDIS_MISSING);
  return {
    settings: { REDIS_URL: redis.url },
    async cut(database) {
      await redis.kill();
      await cutListeners(database);
    },
    mend: () => redis.start(),
    async close() {
      await redis[Symbol.asyncDispose]();
    },
  };
}
