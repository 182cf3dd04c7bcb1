import type { Config } from '../platform/config.ts';
import { isColdStart } from '../platform/database-errors.ts';
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
 * The database that the settings name: the embedded one, started and migrated, or the one at DATABASE_URL, which is
 * migrated here with MIGRATE_ON_START, and otherwise has to be already: throws a SetupError where it is not. One that
 * cannot be reached yet may still come, unless it was to be migrated; one that refuses the account or TLS will not.
 * `onExit` is called where the embedded one ends by itself.
 */
export async function openConfiguredDatabase(
  config: Config,
  onExit: (reason: string) => void,
): Promise<ConfiguredDatabase> {
  const { url, directUrl, migrateOnStart } = config.database;
  if (!url) {
    const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, onExit });
    await migrate(embedded.url, 'up');
    return embedded;
  }
  if (migrateOnStart) {
    await migrate(directUrl ?? url, 'up');
    return { url, stop: async () => {} };
  }
  const pending = await readMigrations(url).then(
    migrations => migrations.filter(({ applied }) => !applied).map(({ name }) => name),
    (error: unknown) => {
      if (!isColdStart(error)) throw error;
      return [];
    },
  );
  if (pending.length > 0) {
    throw new SetupError(
      `The database lacks ${pending.join(', ')}. Migrate it with: npm run db -- up, or have servers do it as they start: MIGRATE_ON_START=on`,
    );
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
