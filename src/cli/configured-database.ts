import type { Config } from '../platform/config.ts';
import { startEmbeddedPostgres } from '../platform/embedded/postgres.ts';
import { migrate } from '../platform/migrations.ts';

export interface ConfiguredDatabase {
  readonly url: string;
  /** Stops the server where this process started it. */
  stop(): Promise<void>;
}

/** The database that the settings name: DATABASE_URL as it is, or the embedded one, started and migrated. */
export async function openConfiguredDatabase(config: Config): Promise<ConfiguredDatabase> {
  if (config.database.url) return { url: config.database.url, stop: async () => {} };
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir });
  await migrate(embedded.url, 'up');
  return embedded;
}
