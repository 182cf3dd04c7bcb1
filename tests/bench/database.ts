import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.ts';
import { migrate } from '../../src/platform/migrations/migrate.ts';

/** A PostgreSQL with Duely's tables, in a folder that goes with it. */
export interface BenchDatabase extends AsyncDisposable {
  readonly url: string;
  readonly client: pg.Client;
}

/** The disk is not what is compared: no commit waits for it, and no maintenance gets in between. */
const POSTGRES_SETTINGS = {
  synchronous_commit: 'off',
  autovacuum: 'off',
  checkpoint_timeout: '1h',
  max_wal_size: '8GB',
};

export async function startDatabase(): Promise<BenchDatabase> {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'duely-bench-'));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dataDir: folder, settings: POSTGRES_SETTINGS });
  undo.defer(() => postgres.stop());
  await migrate(postgres.url, 'up');
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  undo.defer(() => client.end());
  const done = undo.move();
  return { url: postgres.url, client, [Symbol.asyncDispose]: () => done.disposeAsync() };
}
