import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.ts';
import { openQueue, openQueuePool } from '../../src/platform/jobs/queue.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { migrate } from '../../src/platform/migrations/migrate.ts';
import { tellSkipped } from './skipped.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A PostgreSQL server whose database `template` is migrated: tests clone it. */
    postgresUrl: string;
  }
}

/**
 * One PostgreSQL for the whole run: the server at TEST_DATABASE_URL, or an embedded one that trades durability for speed.
 * Commit times are kept, so that tests can compare orders with the order of commits.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const server = given ? { url: given, stop: async () => {} } : await startTestServer();
  await runSql(server.url, 'drop database if exists template', 'create database template');
  const template = withDatabase(server.url, 'template');
  await migrate(template, 'up');
  await makeJobTables(template);
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    tellSkipped(project);
  };
}

async function startTestServer() {
  const dataDir = await mkdtemp(join(tmpdir(), 'duely-test-'));
  const server = await startEmbeddedPostgres({
    dataDir,
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '400',
      track_commit_timestamp: 'on',
    },
  });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** As the first server that starts does: for each test to do it would take half a second. */
async function makeJobTables(url: string): Promise<void> {
  const logger = createLogger('warn');
  const pool = openQueuePool({ url, statementTimeoutMs: 30_000, logger });
  const { boss } = await openQueue({ pool, jobs: [], working: false, logger });
  await boss.stop({ graceful: false });
  await pool.end();
}

async function runSql(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
