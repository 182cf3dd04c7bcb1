import { expect, test } from 'vitest';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { purgeTrash, trashPurge } from '../../src/todo/trash-purge.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { readJobs } from '../support/jobs.ts';
import { holdLock } from '../support/lock.ts';
import { recordStatements } from '../support/statements.ts';
import { until } from '../support/wait.ts';

const DAY_MS = 86_400_000;
/** Clocks are set forward by weeks. */
const SETTINGS = { ACCESS_TOKEN_TTL_SECONDS: '86400' };

const purge = ({ app }: TestApp, trashDays = 30) =>
  purgeTrash({ database: app.services.database, clock: app.services.clock, trashDays });
const throwAway = async (app: TestApp, as: Person, id: string) =>
  (await app.execute('mutation ($id: ID!) { deleteTodo(id: $id) { userErrors { code } } }', { id }, as)).data
    .deleteTodo;
const restore = async (app: TestApp, as: Pick<Person, 'accessToken'>, id: string) =>
  (
    await app.execute(
      'mutation ($id: ID!) { restoreTodo(id: $id) { todo { id } userErrors { code path } } }',
      { id },
      as,
    )
  ).data.restoreTodo;
const titlesOf = async (app: TestApp, as: Pick<Person, 'accessToken'>, deleted: boolean): Promise<string[]> => {
  const { data } = await app.execute(
    'query ($deleted: Boolean) { todos(filter: { deleted: $deleted }) { nodes { title } } }',
    { deleted },
    as,
  );
  return data.todos.nodes.map(({ title }: { title: string }) => title);
};

test('the trash is what was thrown away, until it is removed for good after 30 days', async () => {
  await using app = await startApp({ settings: SETTINGS });
  const ada = await app.createUser();
  const [old, young] = [await app.createTodo(ada, { title: 'old' }), await app.createTodo(ada, { title: 'young' })];
  await app.createTodo(ada, { title: 'open' });
  await throwAway(app, ada, old.id);
  app.advance(60_000);
  await throwAway(app, ada, young.id);

  const before = await titlesOf(app, ada, true);
  app.advance(30 * DAY_MS - 90_000);
  const early = await purge(app);
  app.advance(60_000);
  const purged = await purge(app);
  const again = await purge(app);

  const later = await app.logInAgain(ada);
  expect(before.sort()).toEqual(['old', 'young']);
  expect([early, purged, again]).toEqual([0, 1, 0]);
  expect([await titlesOf(app, later, true), await titlesOf(app, later, false)]).toEqual([['young'], ['open']]);
  expect(await restore(app, later, old.id)).toEqual({
    todo: null,
    userErrors: [{ code: 'NOT_FOUND', path: ['id'] }],
  });
  expect((await restore(app, later, young.id)).userErrors).toEqual([]);
  const { data } = await app.execute('query ($id: ID!) { todo(id: $id) { id } }', { id: old.id }, later);
  expect(data.todo).toBeNull();
});

test('what was restored and thrown away again is kept for 30 days anew', async () => {
  await using app = await startApp({ settings: SETTINGS });
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada);
  await throwAway(app, ada, id);
  app.advance(20 * DAY_MS);
  const later = await app.logInAgain(ada);
  await restore(app, later, id);
  await throwAway(app, later, id);

  app.advance(20 * DAY_MS);

  expect(await purge(app)).toBe(0);
});

test('the feed tells of a todo that it was DELETED when it was thrown away, and nothing more when it is removed', async () => {
  await using app = await startApp({ settings: SETTINGS });
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada);
  const { data } = await app.execute('{ changes { cursor } }', {}, ada);
  await throwAway(app, ada, id);
  const read = async (as: Pick<Person, 'accessToken'>) =>
    (
      await app.execute(
        'query ($after: String) { changes(after: $after) { changes { kind ... on TodoChange { todoId todo { id } } } } }',
        { after: data.changes.cursor },
        as,
      )
    ).data.changes.changes;
  const before = await read(ada);

  app.advance(31 * DAY_MS);
  await purge(app);

  expect(before).toEqual([{ kind: 'DELETED', todoId: id, todo: null }]);
  expect(await app.database.query('select kind from changes where entity_id = $1', [fromGlobalId('todo', id)])).toEqual(
    [{ kind: 'CREATED' }, { kind: 'DELETED' }],
  );
});

test('a todo that its owner is just restoring is left alone', async () => {
  await using app = await startApp({ settings: SETTINGS });
  const ada = await app.createUser();
  const [kept, gone] = [await app.createTodo(ada, { title: 'kept' }), await app.createTodo(ada, { title: 'gone' })];
  for (const { id } of [kept, gone]) await throwAway(app, ada, id);
  app.advance(31 * DAY_MS);
  const uuid = fromGlobalId('todo', kept.id);
  await using restoring = await holdLock(app.database, `update todos set deleted_at = null where id = '${uuid}'`);

  const during = await purge(app);
  await restoring.commit();
  const after = await purge(app);

  expect([during, after]).toEqual([1, 0]);
  expect(await app.database.query('select title, deleted_at from todos')).toEqual([
    { title: 'kept', deleted_at: null },
  ]);
});

test('12,000 todos of many people go in one run, each once though several run at once', async () => {
  await using app = await startApp();
  const people = [await app.createUser(), await app.createUser()];
  await app.database.query(
    `insert into todos (id, owner_id, title, position, deleted_at)
     select gen_random_uuid(), owner, 'one of many', 'a0', now() - n % 2 * interval '31 days'
     from generate_series(1, 12000) as n cross join unnest($1::uuid[]) as owner`,
    [people.map(({ id }) => fromGlobalId('user', id))],
  );

  const purged = await Promise.all([purge(app), purge(app), purge(app)]);

  expect(purged.reduce((sum, one) => sum + one)).toBe(12_000);
  expect(await app.database.query('select count(*)::int from todos')).toEqual([{ count: 12_000 }]);
  expect(await app.database.query('select distinct open_count from todo_lists')).toEqual([{ open_count: 0 }]);
});

test('what is old in the trash is found by its index', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.database.query(
    `insert into todos (id, owner_id, title, position, deleted_at)
     select gen_random_uuid(), $1, 'todo', 'a0', case when n % 10 = 0 then now() end from generate_series(1, 20000) as n`,
    [fromGlobalId('user', ada.id)],
  );
  await app.database.query('analyze todos');
  using statements = await recordStatements(app);
  await purge(app);

  const [sent] = statements.take().filter(({ text }) => text.includes('delete from "todos"'));
  const plan = await app.database.query<{ 'QUERY PLAN': string }>(`explain ${sent?.text}`, [...(sent?.values ?? [])]);

  const text = plan.map(row => row['QUERY PLAN']).join('\n');
  expect(text).toContain('Index Scan using todos_deleted_at_idx');
  expect(text).not.toContain('Seq Scan');
});

test('the server removes by itself what is older than TRASH_DAYS, and nothing else', async () => {
  await using app = await startApp({ settings: { WORKER: 'on', TRASH_DAYS: '3', SMTP_URL: 'off' } });
  const ada = await app.createUser();
  for (const days of [2, 4])
    await app.database.query(
      `insert into todos (id, owner_id, title, position, deleted_at)
       values (gen_random_uuid(), $1, $2, 'a0', now() - $3 * interval '1 day')`,
      [fromGlobalId('user', ada.id), `${days} days`, days],
    );
  await until('the jobs are there', async () => app.app.services.jobs.state === 'up');

  await app.app.services.jobs.enqueue(app.app.services.database.em.fork(), trashPurge, {});
  await until('it was done', async () => (await readJobs(app.database, 'trash-purge'))[0]?.state === 'completed');

  expect(await titlesOf(app, ada, true)).toEqual(['2 days']);
  expect(trashPurge.schedule).toMatch(/^\d+ \d+ \* \* \*$/);
});

test('restoreTodo beyond what the plan has room for is LIMIT_REACHED, and leaves the todo in the trash', async () => {
  await using app = await startApp({ settings: { FREE_OPEN_TODOS: '1' } });
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada, { title: 'thrown away' });
  await throwAway(app, ada, id);
  await app.createTodo(ada, { title: 'open' });

  const refused = await restore(app, ada, id);

  expect(refused).toEqual({ todo: null, userErrors: [{ code: 'LIMIT_REACHED', path: [] }] });
  expect([await titlesOf(app, ada, true), await titlesOf(app, ada, false)]).toEqual([['thrown away'], ['open']]);
});

test('deleteCompletedTodos throws away 10,000 long ones at once, tells of each, and reads none of their texts', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.database.query(
    `insert into todos (id, owner_id, title, description, position, completed_at)
     select gen_random_uuid(), $1, 'todo', repeat('long ', 2000), 'a0', now() from generate_series(1, 10000) as n`,
    [fromGlobalId('user', ada.id)],
  );
  using statements = await recordStatements(app);

  const { data, errors } = await app.execute(
    'mutation { deleteCompletedTodos { todoIds userErrors { code } } }',
    {},
    ada,
  );

  expect(errors).toEqual([]);
  expect(new Set(data.deleteCompletedTodos.todoIds).size).toBe(10_000);
  expect(await titlesOf(app, ada, false)).toEqual([]);
  expect(statements.take().filter(({ text }) => text.includes('"description"'))).toEqual([]);
  expect(await app.database.query(`select count(*)::int from changes where kind = 'DELETED'`)).toEqual([
    { count: 10_000 },
  ]);
}, 120_000);
