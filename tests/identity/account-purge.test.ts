import { expect, test } from 'vitest';
import { accountPurge, purgeAccounts } from '../../src/identity/account-purge.ts';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { workerFor } from '../../src/platform/jobs/job.ts';
import { todoPurge } from '../../src/todo/todo.purge.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { openJobsProcess } from '../support/jobs.ts';
import { holdLock } from '../support/lock.ts';
import { insertUsers } from '../support/rows.ts';
import { until } from '../support/wait.ts';

const DAY_MS = 86_400_000;
const purge = ({ app }: TestApp) =>
  purgeAccounts({ database: app.services.database, clock: app.services.clock, owned: todoPurge });
const close = ({ database }: TestApp, ...people: readonly Person[]) =>
  database.query('update users set deleted_at = now() where username = any ($1)', [
    people.map(({ username }) => username),
  ]);
const uuidOf = (person: Person) => fromGlobalId('user', person.id) ?? '';

/** How many rows each table has with this account's id in any column. */
async function rowsOf({ database }: TestApp, id: string): Promise<Record<string, number>> {
  const tables = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  );
  const counts = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await database.query<{ count: number }>(
        `select count(*)::int from ${name} as one where to_jsonb(one)::text like '%' || $1 || '%'`,
        [id],
      );
      return [name, row?.count ?? 0] as const;
    }),
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

test('an account that was closed 30 days ago is removed with all that is its own, and nobody else’s', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  for (const person of [ada, eve]) {
    await app.createTodo(person);
    await app.execute('mutation { createTodo(input: { title: "once" }) { todo { id } } }', {}, person, {
      headers: { 'idempotency-key': 'once' },
    });
  }
  await app.execute('mutation { deleteMe(input: { password: "Correct horse 7" }) { userId } }', {}, ada);
  const before = { ada: await rowsOf(app, uuidOf(ada)), eve: await rowsOf(app, uuidOf(eve)) };

  app.advance(30 * DAY_MS - 60_000);
  const early = await purge(app);
  app.advance(120_000);
  const purged = await purge(app);

  expect(Object.keys(before.ada)).toEqual(
    expect.arrayContaining(['changes', 'email_links', 'feeds', 'idempotency_keys', 'sessions', 'todos', 'users']),
  );
  expect([early, purged]).toEqual([0, 1]);
  expect(await rowsOf(app, uuidOf(ada))).toEqual({});
  expect(await rowsOf(app, uuidOf(eve))).toEqual(before.eve);
  // What happened stays known, without the person.
  expect(await app.database.query(`select user_id from security_events where kind = 'ACCOUNT_CLOSED'`)).toEqual([
    { user_id: null },
  ]);
});

test('its names are free again, and not before', async () => {
  await using app = await startApp();
  const ada = await app.createUser({ username: 'ada' });
  await close(app, ada);
  const signUp = () =>
    app.execute(
      `mutation { signUp(input: { email: "ada@example.com", username: "ada", password: "Correct horse 7" }) { userErrors { code } } }`,
    );

  const during = await signUp();
  app.advance(31 * DAY_MS);
  await purge(app);
  const after = await signUp();

  expect(during.data.signUp.userErrors).toEqual([{ code: 'TAKEN' }, { code: 'TAKEN' }]);
  expect(after.data.signUp.userErrors).toEqual([]);
});

test('an account with 12,000 todos goes, and many accounts go in one run', async () => {
  await using app = await startApp();
  const names = Array.from({ length: 60 }, (_, n) => `person${n}`);
  const [first = ''] = await insertUsers(app.database, names);
  await app.database.query(
    `insert into todos (id, owner_id, title, position) select gen_random_uuid(), $1, 'one of many', 'a0' from generate_series(1, 12000)`,
    [first],
  );
  await app.database.query(`update users set deleted_at = now() - interval '31 days' where username <> 'person59'`);

  const purged = await purge(app);

  expect(purged).toBe(59);
  expect(await app.database.query('select username from users')).toEqual([{ username: 'person59' }]);
  expect(await app.database.query('select id from todos')).toEqual([]);
});

test('one that an admin is just restoring is left alone', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  await close(app, ada, eve);
  app.advance(31 * DAY_MS);
  await using restoring = await holdLock(
    app.database,
    `select 1 from users where username = '${ada.username}' for update`,
  );

  const during = await purge(app);
  await restoring.release();
  const after = await purge(app);

  expect([during, after]).toEqual([1, 1]);
});

test('several at once remove each account once', async () => {
  await using app = await startApp();
  await insertUsers(
    app.database,
    Array.from({ length: 40 }, (_, n) => `person${n}`),
  );
  await app.database.query(`update users set deleted_at = now() - interval '31 days'`);

  const purged = await Promise.all([purge(app), purge(app), purge(app)]);

  expect(purged.reduce((sum, one) => sum + one)).toBe(40);
  expect(await app.database.query('select id from users')).toEqual([]);
});

test('every key that refers to accounts says what becomes of its rows', async () => {
  await using app = await startApp();

  const keys = await app.database.query<{ name: string; rule: string }>(
    `select conname as name, confdeltype as rule from pg_constraint where confrelid = 'users'::regclass and contype = 'f'`,
  );

  expect(keys.length).toBeGreaterThan(5);
  // c: cascade, n: set null. Anything else would keep accounts from being purged.
  expect(keys.filter(({ rule }) => rule !== 'c' && rule !== 'n')).toEqual([]);
});

test('links of mails go 30 days after they expired', async () => {
  await using app = await startApp();
  await app.createUser();

  app.advance(30 * DAY_MS);
  await purge(app);
  const before = await app.database.query('select id from email_links');
  app.advance(2 * DAY_MS);
  await purge(app);

  expect(before).toHaveLength(1);
  expect(await app.database.query('select id from email_links')).toEqual([]);
});

test('is a job that a worker does each day', async () => {
  await using app = await startApp({ settings: { WORKER: 'on' } });
  await insertUsers(app.database, ['ada']);
  await app.database.query(`update users set deleted_at = now() - interval '31 days'`);
  await using enqueuing = openJobsProcess(app.database, [workerFor(accountPurge, async () => {})], { working: false });

  await enqueuing.jobs.enqueue(enqueuing.fork(), accountPurge, {});
  await until('the account is gone', async () => (await app.database.query('select id from users')).length === 0);
  await until('the schedule stands', async () => {
    const rows = await app.database.query(`select cron from pgboss.schedule where name = 'account-purge'`);
    return rows.length === 1;
  });
});
