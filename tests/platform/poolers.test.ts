import { CompiledQuery, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { up } from '../../src/cli/db-commands.ts';
import { entities } from '../../src/entities.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { readConfig } from '../../src/platform/config.ts';
import { type DatabaseOptions, type EntityManager, openDatabase, sqlOf } from '../../src/platform/database.ts';
import { databaseFault } from '../../src/platform/database-errors.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { controlOf } from '../payment/providers/sandbox-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createPooledDatabase, PGBOUNCER_MISSING, type PooledDatabase } from '../support/pgbouncer.ts';
import { startShop, untilStatus } from '../support/shop.ts';
import { until } from '../support/wait.ts';

const CHANGES = 'subscription { changes { __typename ... on TodoChange { todo { title } } } }';
const LOSSY = 'a pooler loses prepared statements';

const open = ({ url }: Pick<TestDatabase, 'url'>, options: Partial<DatabaseOptions> = {}) =>
  openDatabase({
    url,
    entities,
    subscribers: [],
    clock: systemClock,
    logger: createLogger('silent'),
    poolMax: 4,
    preparedStatements: true,
    statementTimeoutMs: 30_000,
    ...options,
  });

/** People, their todos, live updates and a payment, much of it at once. */
async function liveThrough(database: PooledDatabase, settings: Record<string, string> = {}) {
  await using shop = await startShop({ database, settings: { DATABASE_DIRECT_URL: database.directUrl, ...settings } });
  const { events } = shop.subscribe(shop.buyer, CHANGES);
  await until('wake-ups arrive', async () => {
    const response = await fetch(`${shop.url}/ready`);
    return ((await response.json()) as { dependencies: { listener: string } }).dependencies.listener === 'up';
  });
  const titles = Array.from({ length: 50 }, (_, n) => `Todo ${n}`);

  await Promise.all(titles.map(title => shop.createTodo(shop.buyer, { title })));
  const lists = await Promise.all(
    titles.map(() => shop.execute('{ todos(first: 100) { totalCount nodes { title owner { id } } } }', {}, shop.buyer)),
  );
  const order = await shop.order();
  const { payment } = await shop.start(order.id, { provider: 'SANDBOX' });
  await controlOf(shop.url).act(payment.providerReference, 'PAY');
  await untilStatus(shop, payment.id, 'SUCCEEDED');
  const told = () => events.flatMap(event => event.data?.changes.todo?.title ?? []);
  await until('all todos have been told of', () => told().length >= titles.length);

  expect(told().toSorted()).toEqual(titles.toSorted());
  expect(lists.map(({ data, errors }) => [data?.todos.totalCount, errors])).toEqual(titles.map(() => [50, []]));
  expect((await shop.me()).plan).toBe('PRO');
  return shop.log;
}

test('all of it works through a PgBouncer as it comes, and once it is told that prepared statements get lost', async ({
  skip,
}) => {
  await using database = await createPooledDatabase();
  if (!database) return skip(PGBOUNCER_MISSING);

  const log = await liveThrough(database);

  expect(log.filter(line => line.includes(LOSSY))).toHaveLength(1);
});

test('with DATABASE_PREPARED_STATEMENTS=off nothing is prepared, and nothing is told of', async ({ skip }) => {
  await using database = await createPooledDatabase();
  if (!database) return skip(PGBOUNCER_MISSING);

  const log = await liveThrough(database, { DATABASE_PREPARED_STATEMENTS: 'off' });

  expect(log.filter(line => line.includes(LOSSY))).toEqual([]);
});

describe('a prepared statement that the pooler lost', () => {
  const ask = async (em: EntityManager) => {
    const { rows } = await sql<{ n: number; pid: number }>`select ${7}::int as n, pg_backend_pid() as pid`.execute(
      sqlOf(em),
    );
    return rows[0];
  };

  /** One that has a name in one session, while whoever comes next gets another. */
  async function loseStatement(pooled: PooledDatabase) {
    const lines: string[] = [];
    const logger = createLogger('warn', { write: line => void lines.push(line) });
    const database = open(pooled, { isPooled: true, logger });
    const pids: unknown[] = [];
    for (let n = 0; n < 8; n += 1) pids.push((await ask(database.em.fork()))?.pid);
    const holder = open(pooled, { isPooled: true, preparedStatements: false });
    const held = holder.em.fork();
    await held.begin();
    const pid = (await ask(held))?.pid;
    expect(new Set([...pids, pid]).size).toBe(1);
    return {
      database,
      lines,
      pid,
      async [Symbol.asyncDispose]() {
        await held.rollback();
        await holder.close(true);
        await database.close(true);
      },
    };
  }

  test('is run without a name at once, and the log names the setting', async ({ skip }) => {
    await using pooled = await createPooledDatabase();
    if (!pooled) return skip(PGBOUNCER_MISSING);
    await using lost = await loseStatement(pooled);

    const row = await ask(lost.database.em.fork());

    expect(row?.n).toBe(7);
    expect(row?.pid).not.toBe(lost.pid);
    expect(lost.lines).toHaveLength(1);
    expect(lost.lines[0]).toContain('DATABASE_PREPARED_STATEMENTS=off');
  });

  test('in a transaction has that transaction done anew, in which it has no name', async ({ skip }) => {
    await using pooled = await createPooledDatabase();
    if (!pooled) return skip(PGBOUNCER_MISSING);
    await using lost = await loseStatement(pooled);
    const inTransaction = () => lost.database.em.fork().transactional(ask);

    const failure = await inTransaction().catch((error: unknown) => error);
    const row = await inTransaction();

    expect(databaseFault(failure)).toEqual({ kind: 'RETRY' });
    expect(row?.n).toBe(7);
  });
});

test('processes that name statements in different orders mean the same by a name', async () => {
  await using testDatabase = await createTestDatabase();
  const texts = ['select $1::int as one', 'select $1::text as two', 'select $1::bigint as three'];
  const namesBy = async (order: readonly string[]) => {
    const database = open(testDatabase, { poolMax: 1 });
    for (const text of order)
      for (let n = 0; n < 8; n += 1) await sqlOf(database.em.fork()).executeQuery(CompiledQuery.raw(text, ['1']));
    const rows = await database.em
      .fork()
      .execute<{ name: string; statement: string }[]>(
        'select name, statement from pg_prepared_statements order by name',
      );
    await database.close(true);
    return rows;
  };

  const [forwards, backwards] = [await namesBy(texts), await namesBy(texts.toReversed())];

  expect(forwards).toHaveLength(texts.length);
  expect(forwards).toEqual(backwards);
});

test('a transaction through a pooler has its time-outs, and leaves none behind for others', async ({ skip }) => {
  await using pooled = await createPooledDatabase({ default_pool_size: '1' });
  if (!pooled) return skip(PGBOUNCER_MISSING);
  const database = open(pooled, { isPooled: true, statementTimeoutMs: 200 });
  const settings = `select current_setting('statement_timeout') as statement,
    current_setting('idle_in_transaction_session_timeout') as idle, current_setting('timezone') as zone`;

  const inside = await database.em.fork().transactional(em => em.execute(settings));
  const slow = database.em.fork().transactional(em => em.execute('select pg_sleep(30)'));
  await expect(slow).rejects.toThrow('statement timeout');
  const after = await database.em.fork().execute(settings);

  await database.close(true);
  expect(inside).toEqual([{ statement: '200ms', idle: '1min', zone: 'UTC' }]);
  expect(after).toEqual([{ statement: '0', idle: '0', zone: 'UTC' }]);
});

test('migrations go past the pooler, whose sessions could not keep their lock', async ({ skip }) => {
  await using pooled = await createPooledDatabase();
  if (!pooled) return skip(PGBOUNCER_MISSING);
  await pooled.query('drop schema public cascade');
  await pooled.query('create schema public');
  const config = readConfig({
    NODE_ENV: 'test',
    JWT_SECRETS: 'a-secret-of-the-tests-that-protects-nothing-0123456789',
    // Nobody is there.
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
    DATABASE_DIRECT_URL: pooled.directUrl,
  });

  await up({ config, folder: 'migrations', argument: '' });

  expect(await pooled.query("select to_regclass('public.todos') is not null as made")).toEqual([{ made: true }]);
});
