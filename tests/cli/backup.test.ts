import { expect, test } from 'vitest';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { startBackup } from '../support/backup.ts';
import type { TestDatabase } from '../support/database.ts';
import { POSTGRES_MISSING } from '../support/postgres-server.ts';
import { until } from '../support/wait.ts';

async function readFeed(app: TestApp, person: Person, after: string | null) {
  const { data, errors } = await app.execute(
    `query ($after: String) {
      changes(after: $after) { cursor changes { ... on TodoChange { todo { title } } } }
    }`,
    { after },
    person,
  );
  return errors[0] ? { code: errors[0].extensions.code } : data.changes;
}

const EDIT =
  'mutation ($id: ID!, $title: String) { updateTodo(id: $id, input: { title: $title }) { todo { version } } }';

const expired = { code: 'CURSOR_EXPIRED' };

test('a dump that is restored by another role serves what there was, and whoever saw more is told CURSOR_EXPIRED and CONFLICT', async ({
  skip,
}) => {
  await using backup = await startBackup();
  if (!backup) return skip(POSTGRES_MISSING);
  await using before = await startApp({ database: backup.database });
  const [ada, eve] = [await before.createUser(), await before.createUser()];
  const todo = await before.createTodo(ada, { title: 'Kept' });
  const { cursor: atDump } = await readFeed(before, ada, null);
  const { cursor: ofEve } = await readFeed(before, eve, null);
  await backup.dump();
  await before.createTodo(ada, { title: 'Lost' });
  const edited = await before.execute(EDIT, { id: todo.id, title: 'Lost too' }, ada);
  const { cursor: ahead } = await readFeed(before, ada, null);

  await using restored = await backup.restore();
  await using after = await startApp({ database: restored });
  const { data } = await after.execute('{ todos(first: 9) { nodes { id title } } }', {}, ada);
  // A second version, as the lost one was: by its number alone it could be taken for it.
  await after.execute(EDIT, { id: todo.id, title: 'Newer' }, ada);
  const conflict = await after.execute(
    `mutation ($id: ID!, $version: Int) { updateTodo(id: $id, input: { title: "Mine", expectedVersion: $version }) {
      todo { title } userErrors { code }
    } }`,
    { id: todo.id, version: edited.data.updateTodo.todo.version },
    ada,
  );
  const atOnce = [
    await readFeed(after, ada, atDump),
    await readFeed(after, ada, ahead),
    await readFeed(after, eve, ofEve),
  ];
  const { cursor: anew } = await readFeed(after, ada, null);
  for (const title of ['New 1', 'New 2', 'New 3']) await after.createTodo(ada, { title });
  const overtaken = [await readFeed(after, ada, atDump), await readFeed(after, ada, ahead)];
  const next = await readFeed(after, ada, anew);

  expect(data.todos.nodes).toEqual([{ id: todo.id, title: 'Kept' }]);
  expect(conflict.data.updateTodo).toEqual({ todo: { title: 'Newer' }, userErrors: [{ code: 'CONFLICT' }] });
  expect([...atOnce, ...overtaken]).toEqual(Array(5).fill(expired));
  expect(next.changes).toEqual(['New 1', 'New 2', 'New 3'].map(title => ({ todo: { title } })));
  expect(await backup.run('count')).toMatch(/^users,todos,orders,newest_change\n2,4,0,2\d{3}-/);
});

test('a restored database has every job, index, trigger and extension, and no counter of rate limits', async ({
  skip,
}) => {
  await using backup = await startBackup();
  if (!backup) return skip(POSTGRES_MISSING);
  const { database } = backup;
  await using before = await startApp({ database, settings: { RATE_LIMITS: 'on' } });
  await before.createUser();
  const waiting = ({ query }: TestDatabase) =>
    query('select id, name, data from pgboss.job order by id').catch(() => []);
  await until('the mail of the new account waits', async () => (await waiting(database)).length > 0);
  await backup.dump();

  await using restored = await backup.restore();
  const [jobs, schema] = [await waiting(restored), await describeSchema(restored)];
  const counters = [await countersOf(database), await countersOf(restored)];
  await using after = await startApp({ database: restored, settings: { WORKER: 'on' } });

  expect(jobs).toEqual(await waiting(database));
  expect(schema).toEqual(await describeSchema(database));
  expect(counters).toEqual([expect.any(Number), 0]);
  expect(counters[0]).toBeGreaterThan(0);
  await until('the mail has come', async () => {
    const mails = (await (await fetch(`${after.url}/dev/mail.json`)).json()) as { to: string }[];
    return mails.some(({ to }) => to === 'person1@example.com');
  });
});

const countersOf = async ({ query }: TestDatabase) => (await query('select * from rate_limits')).length;

const describeSchema = ({ query }: TestDatabase) =>
  query(`
    select indexdef as what from pg_indexes where schemaname in ('public', 'pgboss')
    union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all select pg_get_constraintdef(oid) from pg_constraint where connamespace in ('public'::regnamespace, 'pgboss'::regnamespace)
    union all select format('%s %s %s', relname, relkind, relpersistence) from pg_class
      where relnamespace in ('public'::regnamespace, 'pgboss'::regnamespace)
    union all select proname from pg_proc where pronamespace in ('public'::regnamespace, 'pgboss'::regnamespace)
    union all select extname from pg_extension
    order by what`);

test('after a restore sessions that were renewed sign in again and others go on, and a lost request is done when it is repeated', async ({
  skip,
}) => {
  await using backup = await startBackup();
  if (!backup) return skip(POSTGRES_MISSING);
  const key = { headers: { 'idempotency-key': 'a key of a request after the dump' } };
  await using before = await startApp({ database: backup.database });
  const [ada, joe, zoe] = [await before.createUser(), await before.createUser(), await before.createUser()];
  await backup.dump();
  const renewed = await refresh(before, ada.refreshToken);
  const lost = await before.execute(CREATE, {}, ada, key);
  const late = await before.logInAgain(zoe);

  await using restored = await backup.restore();
  await using after = await startApp({ database: restored });
  const repeated = await after.execute(CREATE, {}, ada, key);
  const renewals = [
    await refresh(after, renewed ?? ''),
    await refresh(after, joe.refreshToken),
    await refresh(after, late.refreshToken),
  ];
  const alarms = await restored.query(`select user_id from security_events where kind = 'REFRESH_TOKEN_REUSED'`);
  const anew = await after.logInAgain(ada);
  await backup.run('endSessions');
  const ended = [await refresh(after, renewals[1] ?? ''), await refresh(after, anew.refreshToken)];

  expect(lost.data.createTodo).toEqual({ todo: { title: 'By key' }, userErrors: [] });
  expect(repeated.data.createTodo).toEqual(lost.data.createTodo);
  expect(repeated.extensions.idempotentReplay).toBeUndefined();
  expect(renewals).toEqual([null, expect.stringMatching(/^drt\./), null]);
  expect(alarms).toHaveLength(1);
  expect(ended).toEqual([null, null]);
});

const CREATE = 'mutation { createTodo(input: { title: "By key" }) { todo { title } userErrors { code } } }';

/** The next refresh token; null where this one is good for nothing. */
async function refresh(app: TestApp, refreshToken: string): Promise<string | null> {
  const { data } = await app.execute(
    'mutation ($refreshToken: String) { refreshSession(input: { refreshToken: $refreshToken }) { refreshToken } }',
    { refreshToken },
  );
  return data.refreshSession.refreshToken;
}
