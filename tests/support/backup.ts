import { symlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { migrate } from '../../src/platform/migrations/migrate.ts';
import { type BackupCommand, runBackupCommand } from './backup-document.ts';
import type { TestDatabase } from './database.ts';
import { startPostgres } from './postgres-server.ts';

/** Somebody who goes by deploy/backups.md, on a server of pg_dump's own version. */
export interface Backup extends AsyncDisposable {
  /** Migrated and empty. */
  readonly database: TestDatabase;
  /** Dumps it. */
  dump(): Promise<void>;
  /** Restores the dump, by a role that owns nothing else and is no superuser. Disposing of it drops the database. */
  restore(): Promise<TestDatabase>;
  run(command: BackupCommand): Promise<string>;
}

/** Null where there is no PostgreSQL with its programs: skip the test with POSTGRES_MISSING. */
export async function startBackup(): Promise<Backup | null> {
  const server = await startPostgres();
  if (!server) return null;
  const urlOf = (database: string, role = 'duely') => {
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    url.username = role;
    return url.href;
  };
  const folder = await mkdtemp(join(tmpdir(), 'duely-backup-'));
  symlinkSync(resolve('deploy'), join(folder, 'deploy'));
  await administer(server.url, 'create database duely', 'create role keeper login createdb');
  await migrate(urlOf('duely'), 'up');
  const env = {
    PATH: `${server.bin}:/usr/bin:/bin`,
    DATABASE_URL: urlOf('duely'),
    SERVER_URL: urlOf('postgres', 'keeper'),
    RESTORED_URL: urlOf('duely_restored', 'keeper'),
  };
  const run = (command: BackupCommand) => runBackupCommand(command, { cwd: folder, env });
  const database = open(env.DATABASE_URL, async () => {});
  return {
    database,
    run,
    dump: async () => void (await run('dump')),
    async restore() {
      await run('restore');
      return open(env.RESTORED_URL, async () => void (await run('drop')));
    },
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function administer(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

function open(url: string, drop: () => Promise<void>): TestDatabase {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => {});
  return {
    url,
    query: async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
      (await pool.query<Row>(text, values)).rows,
    async [Symbol.asyncDispose]() {
      await pool.end();
      await drop();
    },
  };
}
