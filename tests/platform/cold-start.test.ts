import pg from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { entities } from '../../src/entities.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { withConnection } from '../../src/platform/connection.ts';
import { steady } from '../../src/platform/connection-pool.ts';
import { type DatabaseOptions, openDatabase } from '../../src/platform/database.ts';
import { databaseFault, isColdStart } from '../../src/platform/database-errors.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';
import { until } from '../support/wait.ts';

/** The same database, by a way that can be broken. */
function throughProxy({ url }: Pick<TestDatabase, 'url'>, proxy: TcpProxy): string {
  const changed = new URL(url);
  changed.host = new URL(proxy.url).host;
  return changed.href;
}

function open(url: string, options: Partial<DatabaseOptions> = {}) {
  const database = openDatabase({
    url,
    entities,
    subscribers: [],
    clock: systemClock,
    logger: createLogger('silent'),
    poolMax: 2,
    preparedStatements: true,
    statementTimeoutMs: 30_000,
    ...options,
  });
  onTestFinished(() => database.close(true));
  return { database, ask: (text = 'select 1 as one') => database.em.fork().execute(text) };
}

describe('opening a connection', () => {
  test('that is ended at once, as by a database that wakes up, is tried a second time', async () => {
    await using testDatabase = await createTestDatabase();
    await using proxy = await startProxy(testDatabase.url);
    const { ask } = open(throughProxy(testDatabase, proxy));
    proxy.cutNext(1);

    const rows = await ask();

    expect(rows).toEqual([{ one: 1 }]);
    expect(proxy.connectionCount()).toBe(2);
  });

  test('that is not answered in time is tried a second time', async () => {
    await using testDatabase = await createTestDatabase();
    await using proxy = await startProxy(testDatabase.url);
    const { ask } = open(throughProxy(testDatabase, proxy), { connectTimeoutMs: 300 });
    proxy.ignoreNext(1);

    const rows = await ask();

    expect(rows).toEqual([{ one: 1 }]);
    expect(proxy.connectionCount()).toBe(2);
  });

  test('fails as UNAVAILABLE after the second time, and works when the database is there', async () => {
    await using testDatabase = await createTestDatabase();
    await using proxy = await startProxy(testDatabase.url);
    const { ask } = open(throughProxy(testDatabase, proxy));
    proxy.cutNext(2);

    const failure = await ask().catch((error: unknown) => error);
    const rows = await ask();

    expect(databaseFault(failure)).toEqual({ kind: 'UNAVAILABLE' });
    expect(proxy.connectionCount()).toBe(3);
    expect(rows).toEqual([{ one: 1 }]);
  });

  test.for(['is cut', 'is not answered'])('by a command is tried a second time too, where the first %s', async how => {
    await using testDatabase = await createTestDatabase();
    await using proxy = await startProxy(testDatabase.url);
    if (how === 'is cut') proxy.cutNext(1);
    else proxy.ignoreNext(1);

    const { rows } = await withConnection(throughProxy(testDatabase, proxy), client => client.query('select 1 as one'));

    expect(rows).toEqual([{ one: 1 }]);
  });

  test('with a wrong password or a name that nothing has is not', () => {
    const refused = Object.assign(new Error('password authentication failed'), { code: '28P01', severity: 'FATAL' });
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const starting = Object.assign(new Error('the database system is starting up'), {
      code: '57P03',
      severity: 'FATAL',
    });

    expect([refused, unknown, starting].map(isColdStart)).toEqual([false, false, true]);
  });
});

test('a statement whose connection breaks is not sent again: it may have been done', async () => {
  await using testDatabase = await createTestDatabase();
  await testDatabase.query('create table sent (at timestamptz default clock_timestamp())');
  await using proxy = await startProxy(testDatabase.url);
  const { ask } = open(throughProxy(testDatabase, proxy));
  const asked = ask('with one as (insert into sent default values returning 1) select pg_sleep(60) from one');
  const failed = asked.catch((error: unknown) => error);
  await until('it runs', async () => {
    const [row] = await testDatabase.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where query like 'with one%' and state = 'active'`,
    );
    return row?.n === 1;
  });

  proxy.cut();
  proxy.mend();

  expect(databaseFault(await failed)).toEqual({ kind: 'UNAVAILABLE' });
  expect(proxy.connectionCount()).toBe(1);
});

describe('a connection that was idle', () => {
  /** One that is asked after any pause. */
  async function openPool(url: string) {
    const pool = new pg.Pool({ connectionString: url, max: 3, connectionTimeoutMillis: 5_000 });
    pool.on('error', () => {});
    steady(pool, { pingAfterIdleMs: -1 });
    onTestFinished(() => pool.end());
    const clients = await Promise.all([1, 2, 3].map(() => pool.connect()));
    for (const client of clients) client.release();
    return { pool, clients };
  }

  test('and was cut without anybody being told is not used, nor are those that were idle as long', async () => {
    await using testDatabase = await createTestDatabase();
    await using proxy = await startProxy(testDatabase.url);
    const { pool, clients } = await openPool(throughProxy(testDatabase, proxy));
    const queries = clients.map(client => vi.spyOn(client, 'query'));

    proxy.freeze();
    const { rows } = await pool.query('select 1 as one');

    expect(rows).toEqual([{ one: 1 }]);
    // Each that is asked costs whoever waits two seconds.
    expect(queries.flatMap(({ mock }) => mock.calls)).toHaveLength(1);
    expect(proxy.connectionCount()).toBe(4);
    expect(pool.totalCount).toBe(1);
  });

  test('and is well is used again', async () => {
    await using testDatabase = await createTestDatabase();
    await using proxy = await startProxy(testDatabase.url);
    const { pool } = await openPool(throughProxy(testDatabase, proxy));

    const results = await Promise.all([1, 2, 3, 4, 5, 6].map(() => pool.query('select 1 as one')));

    expect(results.map(({ rows }) => rows[0])).toEqual(results.map(() => ({ one: 1 })));
    expect(proxy.connectionCount()).toBe(3);
  });

  test('and whose database was restarted is replaced while others ask at the same time', async () => {
    await using testDatabase = await createTestDatabase();
    const { pool } = await openPool(testDatabase.url);
    await testDatabase.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );

    const results = await Promise.all([1, 2, 3, 4, 5, 6].map(() => pool.query('select 1 as one')));

    expect(results.map(({ rows }) => rows[0])).toEqual(results.map(() => ({ one: 1 })));
  });
});

test('connections are closed after the time that the settings give them, used or not', async () => {
  await using testDatabase = await createTestDatabase();
  const { ask } = open(testDatabase.url, { idleTimeoutMs: 50, recycleSeconds: 1 });
  const count = async () => {
    const [row] = await testDatabase.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'duely'`,
    );
    return row?.n ?? 0;
  };
  await ask();

  await until('the idle connection is closed', async () => (await count()) === 0);

  const pids = new Set<unknown>();
  await until('a connection that is always in use is another one', async () => {
    const [row] = await ask('select pg_backend_pid() as pid');
    return pids.add((row as { pid: unknown }).pid).size > 1;
  });
});

test('a server whose database wakes up answers the first request', async () => {
  await using testDatabase = await createTestDatabase();
  await using proxy = await startProxy(testDatabase.url);
  const url = throughProxy(testDatabase, proxy);
  await using app = await startApp({
    database: { ...testDatabase, url },
    settings: { DATABASE_CONNECT_TIMEOUT_MS: '1000' },
  });
  await until('the connection for wake-ups is open', () => proxy.connectionCount() > 0);
  proxy.cutNext(1);

  const { errors, data } = await app.execute('{ products { sku } }');

  expect(errors).toEqual([]);
  expect(data.products.length).toBeGreaterThan(0);
});
