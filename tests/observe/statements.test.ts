import { expect, test } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { SlowStatements } from '../../src/platform/slow-statements.ts';
import { hasPlan, planOf } from '../../src/platform/statement-plan.ts';
import { startApp } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/wait.ts';
import { lineOf, linesOf } from './lines.ts';

const statement = (text: string, ms: number) => ({ text, ms, rows: 3, begun: 0, error: null });

/** Told of statements by hand, with what it logged. */
function watch(databaseUrl: string, options: { thresholdMs: number; toldEveryMs?: number }) {
  const log: string[] = [];
  const slow = new SlowStatements({
    databaseUrl,
    logger: createLogger('warn', { write: line => void log.push(line) }),
    ...options,
  });
  return { log, slow };
}

test('a slow statement is logged with its plan and the request that asked for it, and without its values', async () => {
  await using app = await startApp({ settings: { SLOW_QUERY_MS: '50' } });
  const ada = await app.createUser();
  await app.database.query(`create function slowly() returns trigger language plpgsql as $$
    begin perform pg_sleep(0.1); return new; end $$`);
  await app.database.query('create trigger slow before insert on todos for each row execute function slowly()');

  await app.execute(
    'mutation { createTodo(input: { title: "A title of nobody else’s" }) { userErrors { code } } }',
    {},
    ada,
    { headers: { 'X-Request-Id': 'slow-1' } },
  );
  const line = await lineOf(app, 'a statement was slow', ({ sql }) => String(sql).startsWith('insert into "todos"'));

  expect(line).toMatchObject({
    level: 'warn',
    requestId: 'slow-1',
    rows: 1,
    plan: expect.stringMatching(/^Insert on todos/),
  });
  expect(Number(line.ms)).toBeGreaterThanOrEqual(50);
  expect(JSON.stringify(line)).not.toContain('nobody else');
  const shown = await (await fetch(`${app.url}/metrics`)).text();
  expect(shown).toMatch(/^duely_database_slow_statements_total [1-9]/m);
});

test('with SLOW_QUERY_MS=0 no statement is slow', async () => {
  await using app = await startApp({ settings: { SLOW_QUERY_MS: '0' } });

  await app.app.services.database.em.fork().execute('select pg_sleep(0.6)');

  expect(linesOf(app, 'a statement was slow')).toEqual([]);
});

test('the same statement is told of once in a while, then with how many were left out; others at once', async () => {
  await using database = await createTestDatabase();
  const { log, slow } = watch(database.url, { thresholdMs: 50, toldEveryMs: 500 });

  for (let count = 0; count < 3; count += 1) slow.statementEnded(statement('select 1', 60), null);
  slow.statementEnded(statement('commit', 70), null);
  slow.statementEnded(statement('select 2', 49), null);
  await until('both are told', () => log.length === 2);
  await until('the time is over', () => {
    slow.statementEnded(statement('select 1', 60), null);
    return log.length === 3;
  });

  const lines = log.map(line => JSON.parse(line) as Record<string, unknown>);
  expect(
    lines
      .slice(0, 2)
      .map(({ sql }) => sql)
      .toSorted(),
  ).toEqual(['commit', 'select 1']);
  expect(lines.find(({ sql }) => sql === 'commit')).not.toHaveProperty('plan');
  expect(lines[2]).toMatchObject({ sql: 'select 1', plan: expect.stringContaining('Result') });
  expect(Number(lines[2]?.leftOut)).toBeGreaterThanOrEqual(2);
  await slow.close();
});

test('plans are looked up one at a time, and a slow statement is told of also where there is none', async () => {
  await using database = await createTestDatabase();
  const { log, slow } = watch(database.url, { thresholdMs: 50 });

  slow.statementEnded(statement('select 1', 60), null);
  slow.statementEnded(statement('select 2', 60), null);
  await until('both are told', () => log.length === 2);
  slow.statementEnded(statement('select nothing from nowhere', 60), null);
  await until('it is told', () => log.length === 3);

  const lines = log.map(line => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ sql, noPlan }) => [sql, noPlan])).toEqual([
    ['select 2', 'Another plan was being looked up.'],
    ['select 1', undefined],
    ['select nothing from nowhere', 'relation "nowhere" does not exist'],
  ]);
});

test('a plan shows placeholders, changes nothing, and is of one statement alone', async () => {
  await using database = await createTestDatabase();
  await database.query('create table things (id int primary key, name text)');
  await database.query('insert into things values (1, $1)', ['one']);

  const read = await planOf(database.url, 'select name from things where id = $1 and name <> $2');
  const written = await planOf(database.url, 'delete from things where name = $1');
  const locked = await planOf(database.url, 'with one as (select 1) select * from things for update');

  expect(read).toContain('id = $1');
  expect(written).toContain('name = $1');
  expect(locked).toContain('LockRows');
  await expect(planOf(database.url, 'select 1; delete from things')).rejects.toThrow('no plan');
  expect(['begin', 'select 1; commit; drop table things', 'copy things to stdout'].map(hasPlan)).toEqual([
    false,
    false,
    false,
  ]);
  expect(hasPlan(' SELECT 1; ')).toBe(true);
  expect(await database.query('select id from things')).toHaveLength(1);
});

test('at debug every statement is logged, under the request’s id and without a value', async () => {
  await using app = await startApp();
  const ada = await app.createUser();

  await app.execute('mutation { createTodo(input: { title: "Of nobody else" }) { todo { id } } }', {}, ada, {
    headers: { 'X-Request-Id': 'echo-1' },
  });
  const operation = await lineOf(app, 'operation', ({ requestId }) => requestId === 'echo-1');

  const statements = linesOf(app, 'statement').filter(({ requestId }) => requestId === 'echo-1');
  expect(statements).toHaveLength(Number(operation.statements));
  expect(statements.map(({ level }) => level)).toEqual(statements.map(() => 'debug'));
  expect(statements.map(({ sql }) => sql)).toEqual(
    expect.arrayContaining(['begin', expect.stringMatching(/^insert into "todos"/), 'commit']),
  );
  expect(app.log.filter(line => line.includes('Of nobody else'))).toEqual([]);
});
