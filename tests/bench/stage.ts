import { startDatabase } from './database.ts';
import { POOL_MAX, startDuely } from './duely.ts';
import { addTodos, PEER_SQL, SECRET, signUp, type Viewer } from './seed.ts';
import { type ServerProcess, startServer } from './server-process.ts';

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

export async function setStage({ many, flags = [] }: { many: number; flags?: readonly string[] }): Promise<Stage> {
  await using undo = new AsyncDisposableStack();
  const { url, client: database } = undo.use(await startDatabase());
  const start = async (options: Parameters<typeof startServer>[0]) => {
    const server = await startServer(options);
    undo.defer(() => server.stop());
    return server;
  };
  const env = { NODE_ENV: 'production', DATABASE_URL: url, POOL_MAX };
  const duely = await startDuely(url, { flags });
  undo.defer(() => duely.stop());

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
