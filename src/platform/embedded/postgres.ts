import { SetupError } from '../errors.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { ensureCluster, readPassword, USER } from './cluster.ts';
import { type DataFolder, folderFault, openFolder } from './folder.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { stopLeftover } from './leftover.ts';
import { chooseRunner } from './runner.ts';
import { type Server, startServer } from './server.ts';

export interface EmbeddedPostgres {
  /** Of the database `duely`, with the password in it: not for logs. */
  readonly url: string;
  /** Ends all connections, waits for the server's end and gives the folder free. A repeat waits for the same end. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Folder that holds the cluster and its lock; made where it is missing. */
  dataDir: string;
  /** Extra `-c name=value` settings of the server, such as fsync=off for tests. */
  settings?: Record<string, string>;
  /** Called once, with how it ended, when the server ends without `stop()`; the folder stays held until `stop()`. */
  onExit?: (reason: string) => void;
}

const DATABASE = 'duely';

export const addressOf = (password: string, port: number): string =>
  `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`;

/**
 * Runs a PostgreSQL of our own on the folder, for a machine that has none: on 127.0.0.1, with a random password, and
 * for this process only. It does not keep Node from ending, and ends within about a second of it, `kill -9` included;
 * one that outlived an earlier process is stopped first. Ready means that the database `duely` (UTF-8) accepts connections.
 *
 * @throws an error whose message says what to do, PostgreSQL's last words being its cause
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const binaries = findBinaries();
  try {
    const folder = await openFolder(options.dataDir);
    const lock = await lockFolder(folder);
    try {
      return await serve(folder, lock, binaries, options);
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    throw folderFault(options.dataDir, error);
  }
}

async function serve(
  folder: DataFolder,
  lock: FolderLock,
  binaries: Binaries,
  options: EmbeddedOptions,
): Promise<EmbeddedPostgres> {
  await stopLeftover(folder.cluster);
  const runner = await chooseRunner(folder, binaries);
  await ensureCluster(folder, binaries, runner);
  const password = await readPassword(folder);
  const server = await startServer(folder, binaries, runner, options.settings ?? {});
  const url = addressOf(password, server.port);
  try {
    await ensureDatabase(server, password);
  } catch (cause) {
    await server.process.stop();
    throw new SetupError(
      `PostgreSQL runs, but its database cannot be opened. If ${folder.password} was changed, restore it; if the data in ${folder.home} are damaged, restore them or move them away to begin with an empty database.`,
      { cause },
    );
  }

  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await server.process.stop();
    // The guardian may have been killed and the server not.
    await stopLeftover(folder.cluster);
    lock.release();
  };
  server.process.unref();
  server.process.exited.then(({ how }) => {
    if (!stopping) options.onExit?.(`PostgreSQL ${how}. More in ${folder.log}.`);
  });
  return { url, stop: () => (stopping ??= stop()) };
}

async function ensureDatabase({ port }: Server, password: string): Promise<void> {
  const { Client } = await import('pg');
  const client = new Client({ host: '127.0.0.1', port, user: USER, password, database: 'postgres', ssl: false });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}
