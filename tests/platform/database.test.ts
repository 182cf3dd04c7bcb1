import { describe, expect, test } from 'vitest';
import { entities } from '../../src/entities.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { closeDatabase, openDatabase } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const open = ({ url }: TestDatabase) =>
  openDatabase({
    url,
    entities,
    subscribers: [],
    clock: systemClock,
    logger: createLogger('silent'),
    poolMax: 2,
    preparedStatements: true,
    statementTimeoutMs: 30_000,
  });

describe('closing the database', () => {
  test('while a connection is being handed out waits for it, and does not wait for ever', async () => {
    await using testDatabase = await createTestDatabase();
    const database = open(testDatabase);
    const asked = database.em.fork().execute('select 1 as one');

    await closeDatabase(database, 10_000);

    expect(await asked).toEqual([{ one: 1 }]);
  });

  test('lets the statements under way and those that wait for a connection finish', async () => {
    await using testDatabase = await createTestDatabase();
    const database = open(testDatabase);
    const asked = [1, 2, 3, 4].map(n => database.em.fork().execute(`select ${n} as n, pg_sleep(0.1)::text`));

    await closeDatabase(database, 10_000);

    expect((await Promise.all(asked)).map(([row]) => row?.n)).toEqual([1, 2, 3, 4]);
  });

  test('gives up on a statement that takes longer than it may', async () => {
    await using testDatabase = await createTestDatabase();
    const database = open(testDatabase);
    const asked = database.em.fork().execute('select pg_sleep(60)');
    const failed = expect(asked).rejects.toThrow();

    await closeDatabase(database, 100);
    await testDatabase.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%pg_sleep(60)%' and pid <> pg_backend_pid()`,
    );

    await failed;
  });
});
