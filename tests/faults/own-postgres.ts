import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { findBinaries } from '../../src/platform/embedded/binaries.ts';
import { openFolder } from '../../src/platform/embedded/folder.ts';
import { type Guarded, spawnGuarded } from '../../src/platform/embedded/guardian.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.ts';
import { chooseRunner } from '../../src/platform/embedded/runner.ts';
import { openLog } from '../../src/platform/embedded/server-log.ts';
import { migrate } from '../../src/platform/migrations/migrate.ts';
import type { TestDatabase } from '../support/database.ts';
import { freePort } from '../support/server-process.ts';
import { until } from '../support/wait.ts';

/** A PostgreSQL that a test may maltreat: its commits are on the disk, and it comes back at the same address. */
export interface OwnPostgres extends TestDatabase {
  /** Waits until it takes connections. */
  start(): Promise<void>;
  /** Fast: connections are ended, and memory is written. Immediate: as a crash. Waits for its end. */
  stop(how: 'fast' | 'immediate'): Promise<void>;
  /** All of its processes stand still: connections stay open, and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** It has ended, on its own too. */
  hasEnded(): boolean;
}

export interface OwnPostgresOptions {
  /** An empty folder; unless told, one that is removed in the end. */
  readonly folder?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Left out: migrated. */
  readonly migrated?: boolean;
}

const START_MS = 60_000;
const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

export async function startOwnPostgres(options: OwnPostgresOptions = {}): Promise<OwnPostgres> {
  const root = options.folder ?? (await realpath(await mkdtemp(join(tmpdir(), 'duely-fault-'))));
  const embedded = await startEmbeddedPostgres({ dataDir: root });
  const url = new URL(embedded.url);
  if (options.migrated ?? true) await migrate(embedded.url, 'up');
  await embedded.stop();
  const folder = await openFolder(root);
  const binaries = findBinaries();
  const runner = await chooseRunner(folder, binaries);
  url.port = await freePort();
  const settings = Object.entries({
    listen_addresses: '127.0.0.1',
    port: url.port,
    unix_socket_directories: '',
    ...options.settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let running: Guarded | null = null;

  const withClient = async <Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> => {
    const client = new pg.Client({ connectionString: url.href, application_name: 'test' });
    client.on('error', () => {});
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  const takesConnections = () =>
    withClient(client => client.query('select 1')).then(
      () => true,
      () => false,
    );
  const postmaster = () => Number.parseInt(readFileSync(join(folder.cluster, 'postmaster.pid'), 'utf8'), 10);
  const signalAll = (signal: NodeJS.Signals) => {
    const pid = postmaster();
    for (const one of [pid, ...childrenOf(pid)]) {
      try {
        process.kill(one, signal);
      } catch {
        // It has ended in the meantime.
      }
    }
  };

  const own: OwnPostgres = {
    url: url.href,
    async query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]) {
      return withClient(async client => (await client.query<Row>(text, values)).rows);
    },
    async start() {
      const log = openLog(folder.log);
      const started = spawnGuarded(runner, [binaries.postgres, '-D', folder.cluster, ...settings], log.descriptor);
      log.close();
      running = started;
      void started.exited.then(() => {
        if (running === started) running = null;
      });
      await until('PostgreSQL takes connections', takesConnections, START_MS);
    },
    async stop(how) {
      const stopped = running;
      process.kill(postmaster(), SIGNALS[how]);
      await stopped?.exited;
    },
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    hasEnded: () => running === null,
    async [Symbol.asyncDispose]() {
      if (running && existsSync(join(folder.cluster, 'postmaster.pid'))) signalAll('SIGCONT');
      await running?.stop();
      if (!options.folder) await rm(root, { recursive: true, force: true });
    },
  };
  await own.start();
  return own;
}

function childrenOf(parent: number): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
    .filter(([, ppid]) => ppid === parent)
    .map(([pid]) => pid ?? 0);
}
