import { expect, test } from 'vitest';
import { entities } from '../../src/entities.ts';
import { createReadiness } from '../../src/http/readiness.ts';
import { closeDatabase, openDatabase } from '../../src/platform/database.ts';
import { DatabaseProbe } from '../../src/platform/database-probe.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startProxy } from '../support/proxy.ts';

interface Ready {
  readonly status: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

async function readyOf({ url }: { url: string }): Promise<{ status: number; body: Ready }> {
  const response = await fetch(`${url}/ready`);
  return { status: response.status, body: (await response.json()) as Ready };
}

const probes = ({ query }: TestDatabase) =>
  query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and application_name = 'duely probe'`,
  );

/** The newest one, as if it had come with a release that is yet to be migrated to. */
const forgetOne = ({ query }: TestDatabase) =>
  query('delete from migrations where id = (select max(id) from migrations) returning name, run_on');

test('/ready answers 503 while migrations are pending, and 200 as soon as they are applied', async () => {
  await using database = await createTestDatabase();
  const [forgotten] = await forgetOne(database);
  await using app = await startApp({ database });

  const before = await readyOf(app);
  await database.query('insert into migrations (name, run_on) values ($1, $2)', [forgotten?.name, forgotten?.run_on]);
  const after = await readyOf(app);

  expect(before).toMatchObject({ status: 503, body: { status: 'unready', dependencies: { migrations: 'pending' } } });
  expect(after).toMatchObject({ status: 200, body: { status: 'ready', dependencies: { migrations: 'applied' } } });
});

test('/ready answers 200 where a later release has migrated already, which this one can serve with', async () => {
  await using database = await createTestDatabase();
  await database.query(`insert into migrations (name, run_on) values ('20990101000000_later', now())`);
  await using app = await startApp({ database });

  const ready = await readyOf(app);

  expect(ready).toMatchObject({ status: 200, body: { dependencies: { migrations: 'ahead' } } });
});

test('/ready asked a hundred times at once opens one connection, and keeps it', async () => {
  await using database = await createTestDatabase();
  await using app = await startApp({ database });

  const answers = await Promise.all(Array.from({ length: 100 }, () => readyOf(app)));
  const opened = await probes(database);
  await readyOf(app);

  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect(opened).toHaveLength(1);
  expect(await probes(database)).toEqual(opened);
});

test('/ready answers 200 where only the connection was cut by which it looks', async () => {
  await using database = await createTestDatabase();
  await using app = await startApp({ database });
  await readyOf(app);
  const [cut] = await probes(database);

  await database.query('select pg_terminate_backend($1)', [cut?.pid]);
  const ready = await readyOf(app);

  expect(ready).toMatchObject({ status: 200, body: { dependencies: { database: 'up' } } });
});

test('/ready leaves no connection behind when the server has stopped', async () => {
  await using database = await createTestDatabase();
  const app = await startApp({ database });
  await readyOf(app);
  const before = await probes(database);

  await app[Symbol.asyncDispose]();
  await expect.poll(() => probes(database)).toEqual([]);

  expect(before).toHaveLength(1);
});

test('a database without room for one more connection is busy, not down, for whoever holds some', async () => {
  await using database = await createTestDatabase();
  const name = `limited_${new URL(database.url).pathname.slice(1)}`;
  await database.query(`create role ${name} login password 'of-this-test-alone' connection limit 1`);
  const url = new URL(database.url);
  [url.username, url.password] = [name, 'of-this-test-alone'];
  const logger = createLogger('silent');
  const options = { url: url.href, entities, subscribers: [], clock: () => new Date(), logger, poolMax: 1 };
  const limited = openDatabase({ ...options, preparedStatements: false, statementTimeoutMs: 30_000 });
  await limited.em.fork().execute('select 1');
  const probe = new DatabaseProbe({ url: url.href });
  const readiness = createReadiness({
    database: limited,
    probe,
    signals: { connected: true },
    jobs: { state: 'off' },
    redis: null,
    isStopping: () => false,
    logger,
  });

  const ready = await readiness();
  await closeDatabase(limited, 1_000);
  const without = await readiness();
  probe.close();

  expect(ready).toMatchObject({ status: 'ready', dependencies: { database: 'busy' } });
  expect(without).toMatchObject({ status: 'ready', dependencies: { database: 'up' } });
  await database.query(`drop role ${name}`);
});

test('a network that swallows what is said makes the database down within the time of a look, and the next look finds it', async () => {
  await using database = await createTestDatabase();
  await using proxy = await startProxy(database.url);
  const url = new URL(database.url);
  ({ hostname: url.hostname, port: url.port } = new URL(proxy.url));
  const probe = new DatabaseProbe({ url: url.href, timeoutMs: 500 });
  const ask = () =>
    probe
      .ask(client => client.query('select 1'))
      .then(
        () => 'up',
        (error: Error) => error.name,
      );

  const before = await ask();
  proxy.freeze();
  const [frozen, again] = [await ask(), await ask()];
  probe.close();

  expect([before, frozen, again]).toEqual(['up', 'DeadlineError', 'up']);
});
