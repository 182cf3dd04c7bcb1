import type pg from 'pg';
import { expect, test } from 'vitest';
import { entities } from '../../src/entities.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { databaseFault } from '../../src/platform/database-errors.ts';
import { openQueuePool } from '../../src/platform/jobs/queue.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/wait.ts';

const logger = createLogger('silent');

test('a connection that is ended between two statements of a transaction fails the transaction, and nothing else', async () => {
  await using database = await createTestDatabase();
  const options = { url: database.url, entities, subscribers: [], clock: () => new Date(), logger, poolMax: 1 };
  const opened = openDatabase({ ...options, preparedStatements: true, statementTimeoutMs: 30_000 });
  const pool = (await opened.em.getConnection().getNativeClient()) as pg.Pool;
  const em = opened.em.fork();
  await em.begin();
  const [{ pid } = { pid: 0 }] = await em.execute<{ pid: number }[]>('select pg_backend_pid() as pid');

  await database.query('select pg_terminate_backend($1)', [pid]);
  await until('the connection has ended', () => pool.totalCount === 0);
  const failure = await em.execute('select 1').catch((error: unknown) => error);
  await em.rollback().catch(() => {});
  const [after] = await opened.em.fork().execute<{ one: number }[]>('select 1 as one');
  await opened.close(true);

  expect(databaseFault(failure)).toEqual({ kind: 'UNAVAILABLE' });
  expect(after).toEqual({ one: 1 });
});

test('a connection of the jobs that is ended while it is handed out fails its next statement, and nothing else', async () => {
  await using database = await createTestDatabase();
  const pool = openQueuePool({ url: database.url, statementTimeoutMs: 30_000, logger });
  const client = await pool.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  let hasEnded = false;
  client.once('end', () => {
    hasEnded = true;
  });

  await database.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
  await until('the connection has ended', () => hasEnded);
  const failure = await client.query('select 1').catch((error: unknown) => error);
  client.release(true);
  await pool.end();

  expect(failure).toBeInstanceOf(Error);
});
