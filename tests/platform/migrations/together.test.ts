import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { migrate, readMigrations } from '../../../src/platform/migrations/migrate.ts';
import { createDataFolder, runServer, startServer } from '../../support/server-process.ts';
import { until } from '../../support/wait.ts';

/** Of servers that start at once: each is a process, which takes a while on few cores. */
const SERVERS = Number(process.env.START_SERVERS ?? 10);
const START_MS = 20_000 + SERVERS * 10_000;

/** A database in which there is nothing, gone after the test. */
async function createEmptyDatabase(): Promise<{ url: string; query: (text: string) => Promise<unknown[]> }> {
  const server = inject('postgresUrl');
  const name = `empty_${randomBytes(6).toString('hex')}`;
  const administer = async (statement: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await administer(`create database ${name}`);
  onTestFinished(() => administer(`drop database ${name} with (force)`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: async text => {
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      const { rows } = await client.query(text);
      await client.end();
      return rows;
    },
  };
}

test('ten that migrate an empty database at once apply each migration once, and all of them end well', async () => {
  const { url } = await createEmptyDatabase();

  const done = await Promise.all(Array.from({ length: 10 }, () => migrate(url, 'up')));

  const migrations = await readMigrations(url);
  expect(migrations.length).toBeGreaterThan(10);
  expect(migrations.every(({ applied }) => applied)).toBe(true);
  expect(done.flat().toSorted()).toEqual(migrations.map(({ name }) => name));
});

test(
  'servers that start at once on an empty database with MIGRATE_ON_START all become ready, and migrate it once',
  async () => {
    await using folder = await createDataFolder();
    const { url, query } = await createEmptyDatabase();
    const settings = { DATABASE_URL: url, MIGRATE_ON_START: 'on', DATABASE_POOL_MAX: '2', LOG_LEVEL: 'warn' };

    const servers = await Promise.all(
      Array.from({ length: SERVERS }, () => startServer(folder, settings, undefined, START_MS)),
    );
    const states = async () =>
      Promise.all(
        servers.map(async server => {
          const response = await fetch(`${server.url}/ready`);
          const { status, dependencies } = (await response.json()) as {
            status: string;
            dependencies: Record<string, string>;
          };
          return { status, migrations: dependencies.migrations, jobs: dependencies.jobs };
        }),
      );
    const isReady = ({ status, jobs }: { status: string; jobs: string | undefined }) =>
      status === 'ready' && jobs === 'up';
    await until('all are ready and do jobs', async () => (await states()).every(isReady), START_MS);
    const ready = await states();
    const applied = await query(
      'select name, count(*)::int as times from migrations group by name having count(*) > 1',
    );
    const output = servers.map(server => server.stderr()).join('');
    for (const server of servers) await server[Symbol.asyncDispose]();

    expect(ready).toEqual(ready.map(() => ({ status: 'ready', migrations: 'applied', jobs: 'up' })));
    expect(applied).toEqual([]);
    expect(output).toBe('');
  },
  3 * START_MS,
);

test('a server whose database is not migrated says how to, and does not start', async () => {
  await using folder = await createDataFolder();
  const { url, query } = await createEmptyDatabase();

  const run = runServer(folder, { DATABASE_URL: url });
  const { code } = await run.exited;

  expect(code).toBe(1);
  expect(run.stderr()).toMatch(/^The database lacks \d+_accounts, .*npm run db -- up, .*MIGRATE_ON_START=on\n$/);
  expect(await query("select 1 from pg_tables where schemaname not in ('pg_catalog', 'information_schema')")).toEqual(
    [],
  );
});

test('a server that is to migrate a database that cannot be opened says so, and does not start', async () => {
  await using folder = await createDataFolder();

  const run = runServer(folder, { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/duely', MIGRATE_ON_START: 'on' });
  const { code } = await run.exited;

  expect(code).toBe(1);
  expect(run.stderr()).toContain('The database 127.0.0.1:1/duely cannot be opened: connect ECONNREFUSED');
});
