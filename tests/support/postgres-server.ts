import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolder } from '../../src/platform/embedded/folder.ts';
import { spawnGuarded } from '../../src/platform/embedded/guardian.ts';
import { chooseRunner } from '../../src/platform/embedded/runner.ts';
import { startServer } from '../../src/platform/embedded/server.ts';
import { openLog } from '../../src/platform/embedded/server-log.ts';

export const POSTGRES_MISSING =
  'There is no PostgreSQL with pg_dump here. Debian: apt-get install -y postgresql. macOS: brew install postgresql.';

const PROGRAMS = ['initdb', 'postgres', 'pg_dump', 'pg_restore', 'psql', 'createdb', 'dropdb'];
const FOLDERS = ['/usr/lib/postgresql/*/bin', '/opt/homebrew/opt/postgresql*/bin', '/usr/local/opt/postgresql*/bin'];

/** A server of the same version as the programs that dump and restore: those refuse a newer one. */
export interface PostgresServer extends AsyncDisposable {
  /** Of the database `postgres`, as its superuser. No password is asked for. */
  readonly url: string;
  /** Where its programs are. */
  readonly bin: string;
}

/** The newest one that is installed; null where there is none: skip the test with POSTGRES_MISSING. */
export async function startPostgres(): Promise<PostgresServer | null> {
  const bin = globSync(FOLDERS)
    .toSorted((a, b) => versionOf(b) - versionOf(a))
    .find(folder => PROGRAMS.every(program => existsSync(join(folder, program))));
  if (!bin) return null;
  const folder = await openFolder(await realpath(await mkdtemp(join(tmpdir(), 'duely-postgres-'))));
  const binaries = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  const runner = await chooseRunner(folder, binaries);
  await mkdir(folder.home);
  const log = openLog(folder.log);
  const options = ['--pgdata', folder.cluster, '--username=duely', '--auth=trust', '--encoding=UTF8', '--locale=C'];
  const { code } = await spawnGuarded(runner, [binaries.initdb, ...options, '--no-sync'], log.descriptor).exited;
  log.close();
  if (code !== 0) throw new Error(`initdb failed: ${log.lastLines()}`);
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  const server = await startServer(folder, binaries, runner, settings);
  return {
    url: `postgres://duely@127.0.0.1:${server.port}/postgres`,
    bin,
    async [Symbol.asyncDispose]() {
      await server.process.stop();
      await rm(folder.root, { recursive: true, force: true });
    },
  };
}

const versionOf = (folder: string) =>
  Number(
    /(\d+)(\.\d+)?\s*(\(|$)/.exec(spawnSync(join(folder, 'postgres'), ['--version']).stdout?.toString() ?? '')?.[1],
  );
