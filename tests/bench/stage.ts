import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.ts';
import { migrate } from '../../src/platform/migrations/migrate.ts';
import { addTodos, PEER_SQL, SECRET, signUp, type Viewer } from './seed.ts';
import { freePort, type ServerProcess, startServer } from './server-process.ts';

/** Everything that takes part: one database with its data, and a server for each contender. */
export interface Stage extends AsyncDisposable {
  readonly servers: Readonly<Record<'duely' | 'limit' | 'postgraphile' | 'yoga', ServerProcess>>;
  readonly viewers: {
    /** Has two thousand todos. */
    readonly few: Viewer;
    readonly many: Viewer;
    /** Who create todos: several, because one person's changes wait for each other. */
    readonly writers: readonly Viewer[];
  };
}

const FEW = 2_000;
/** As many as a pool has connections. */
const WRITERS = 10;
const POOL_MAX = '10';

/** The disk is not what is compared: no commit waits for it, and no maintenance gets in between. */
const POSTGRES_SETTINGS = {
  synchronous_commit: 'off',
  autovacuum: 'off',
  checkpoint_timeout: '1h',
  max_wal_size: '8GB',
};

export async function setStage({ many, flags = [] }: { many: number; flags?: readonly string[] }): Promise<Stage> {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'duely-bench-'));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dataDir: folder, settings: POSTGRES_SETTINGS });
  undo.defer(() => postgres.stop());
  await migrate(postgres.url, 'up');
  const database = new pg.Client({ connectionString: postgres.url });
  await database.connect();
  undo.defer(() => database.end());

  const start = async (options: Parameters<typeof startServer>[0]) => {
    const server = await startServer(options);
    undo.defer(() => server.stop());
    return server;
  };
  const env = { NODE_ENV: 'production', DATABASE_URL: postgres.url, POOL_MAX };
  const port = String(await freePort());
  const duely = await start({
    script: '../../src/main.ts',
    flags,
    env: {
      NODE_ENV: 'production',
      DATABASE_URL: postgres.url,
      DATABASE_POOL_MAX: POOL_MAX,
      HOST: '127.0.0.1',
      PORT: port,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      JWT_SECRETS: SECRET,
      ACCESS_TOKEN_TTL_SECONDS: '86400',
      LOG_LEVEL: 'error',
    },
  });

  const few = await signUp(duely.url, database, 'few');
  const owner = await signUp(duely.url, database, 'many');
  const writers: Viewer[] = [];
  for (let n = 1; n <= WRITERS; n += 1) writers.push(await signUp(duely.url, database, `writer${n}`));
  await addTodos(database, few, FEW);
  await addTodos(database, owner, many);
  await database.query('vacuum (analyze)');
  await database.query(PEER_SQL);

  const servers = {
    duely,
    limit: await start({ script: 'limit-server.ts', env }),
    yoga: await start({ script: 'yoga-server.ts', env }),
    postgraphile: await start({
      script: 'peers/postgraphile-server.ts',
      env: { ...env, GRAPHILE_ENV: 'production', JWT_SECRET: SECRET },
    }),
  };
  const done = undo.move();
  return { servers, viewers: { few, many: owner, writers }, [Symbol.asyncDispose]: () => done.disposeAsync() };
}
