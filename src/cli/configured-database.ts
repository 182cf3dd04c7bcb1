import type { Config } from '../platform/config.ts';
import { startEmbeddedPostgres } from '../platform/embedded/postgres.ts';
import { findRunningPostgres } from '../platform/embedded/running.ts';
import { SetupError } from '../platform/errors.ts';
import { migrate, readMigrations } from '../platform/migrations/migrate.ts';

export interface ConfiguredDatabase {
  readonly url: string;
  /** Stops the server where this process started it. */
  stop(): Promise<void>;
}

/**
 * The database that the settings name: the embedded one, started and migrated, or the one at DATABASE_URL, which has to
 * be migrated already: throws a SetupError where it is not. One that cannot be reached yet may still come.
 * `onExit` is called where the embedded one ends by itself.
 */
export async function openConfiguredDatabase(
  config: Config,
  onExit: (reason: string) => void,
): Promise<ConfiguredDatabase> {
  const { url } = config.database;
  if (!url) {
    const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, onExit });
    await migrate(embedded.url, 'up');
    return embedded;
  }
  const pending = await readMigrations(url).then(
    migrations => migrations.filter(({ applied }) => !applied).map(({ name }) => name),
    () => [],
  );
  if (pending.length > 0) {
    throw new SetupError(`The database lacks ${pending.join(', ')}. Migrate it with: npm run db -- up`);
  }
  return { url, stop: async () => {} };
}

/** The same for a command: where a server holds the embedded database, that server's. */
export async function openSharedDatabase(config: Config): Promise<ConfiguredDatabase> {
  try {
    return await openConfiguredDatabase(config, () => {});
  } catch (error) {
    const url = config.database.url ? null : await findRunningPostgres(config.dataDir);
    if (!url) throw error;
    return { url, stop: async () => {} };
  }
}
