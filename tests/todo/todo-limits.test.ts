import { expect, test } from 'vitest';
import { type Person, startApp, type TestApp } from '../support/app.ts';

const CREATE =
  'mutation ($title: String!) { createTodo(input: { title: $title }) { todo { id } userErrors { code message path } } }';
const COMPLETED =
  'mutation ($ids: [ID!]!, $completed: Boolean!) { updateTodos(ids: $ids, input: { completed: $completed }) { userErrors { code } } }';

const create = async (app: TestApp, as: Person) =>
  (await app.execute(CREATE, { title: 'one more' }, as)).data.createTodo;
const countOpen = async (app: TestApp, as: Person): Promise<number> =>
  (await app.execute('{ todoStats { open } }', {}, as)).data.todoStats.open;

async function createMany(app: TestApp, as: Person, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push((await app.createTodo(as)).id);
  return ids;
}

test('createTodo beyond what the plan has room for is LIMIT_REACHED, names plan and limit, and makes nothing', async () => {
  await using app = await startApp({ settings: { FREE_OPEN_TODOS: '3' } });
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  await createMany(app, ada, 3);

  const refused = await create(app, ada);
  const other = await create(app, eve);

  expect(refused).toEqual({
    todo: null,
    userErrors: [{ code: 'LIMIT_REACHED', path: [], message: expect.stringMatching(/FREE.* 3 /) }],
  });
  expect(other.userErrors).toEqual([]);
  expect(await countOpen(app, ada)).toBe(3);
});

test('what is completed or in the trash makes room, and can come back only where there is room', async () => {
  await using app = await startApp({ settings: { FREE_OPEN_TODOS: '3' } });
  const ada = await app.createUser();
  const [first, second, third] = await createMany(app, ada, 3);
  await app.execute(COMPLETED, { ids: [first], completed: true }, ada);
  await app.execute('mutation ($id: ID!) { deleteTodo(id: $id) { todoId } }', { id: second }, ada);
  const added = [await create(app, ada), await create(app, ada)];

  const refusals = [
    await app.execute(COMPLETED, { ids: [first], completed: false }, ada),
    await app.execute('mutation ($id: ID!) { toggleTodo(id: $id) { userErrors { code } } }', { id: first }, ada),
    await app.execute('mutation ($id: ID!) { restoreTodo(id: $id) { userErrors { code } } }', { id: second }, ada),
  ];
  await app.execute(COMPLETED, { ids: [third], completed: true }, ada);
  const restored = await app.execute(
    'mutation ($id: ID!) { restoreTodo(id: $id) { userErrors { code } } }',
    { id: second },
    ada,
  );

  expect(added.flatMap(({ userErrors }) => userErrors)).toEqual([]);
  expect(refusals.map(({ data }) => Object.values<{ userErrors: unknown }>(data)[0]?.userErrors)).toEqual(
    Array(3).fill([{ code: 'LIMIT_REACHED' }]),
  );
  expect(restored.data.restoreTodo.userErrors).toEqual([]);
  expect(await countOpen(app, ada)).toBe(3);
});

test('updateTodos that would open more than there is room for opens none', async () => {
  await using app = await startApp({ settings: { FREE_OPEN_TODOS: '3' } });
  const ada = await app.createUser();
  const ids = await createMany(app, ada, 3);
  await app.execute(COMPLETED, { ids, completed: true }, ada);
  await createMany(app, ada, 1);

  const refused = await app.execute(COMPLETED, { ids, completed: false }, ada);
  const done = await app.execute(COMPLETED, { ids: ids.slice(0, 2), completed: false }, ada);

  expect(refused.data.updateTodos.userErrors).toEqual([{ code: 'LIMIT_REACHED' }]);
  expect(done.data.updateTodos.userErrors).toEqual([]);
  expect(await countOpen(app, ada)).toBe(3);
});

test('a paid plan has more room, until it ends', async () => {
  await using app = await startApp({ settings: { FREE_OPEN_TODOS: '1', PRO_OPEN_TODOS: '2' } });
  const ada = await app.createUser();
  await app.database.query(`update users set plan = 'PRO', plan_expires_at = now() + interval '1 hour'`);

  const [first, second, third] = [await create(app, ada), await create(app, ada), await create(app, ada)];
  await app.execute(COMPLETED, { ids: [first.todo.id], completed: true }, ada);
  app.advance(2 * 3_600_000);
  const later = await create(app, { ...ada, ...(await app.logInAgain(ada)) });

  expect([first, second].flatMap(({ userErrors }) => userErrors)).toEqual([]);
  expect(third.userErrors).toMatchObject([{ code: 'LIMIT_REACHED', message: expect.stringContaining('PRO') }]);
  expect(later.userErrors).toMatchObject([{ code: 'LIMIT_REACHED', message: expect.stringContaining('FREE') }]);
});

test.each([0, 99])('200 creates at once from %i todos end at the limit of 100', { timeout: 120_000 }, async begun => {
  await using app = await startApp({ settings: { FREE_OPEN_TODOS: '100' } });
  const ada = await app.createUser();
  await app.database.query(
    `insert into todos (id, owner_id, title, position) select gen_random_uuid(), id, 'x', 'a' || (n % 10) from users, generate_series(1, $1) as n`,
    [begun],
  );

  const answers = await Promise.all(Array.from({ length: 200 }, () => create(app, ada)));

  const refused = answers.filter(({ userErrors }) => userErrors.length > 0);
  expect(refused.length).toBe(100 + begun);
  expect(new Set(refused.map(({ userErrors }) => userErrors[0].code))).toEqual(new Set(['LIMIT_REACHED']));
  expect(await countOpen(app, ada)).toBe(100);
});

test('todoStats counts what a plain look at the rows counts, also while others write', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const tags = [['home'], ['home', 'urgent'], ['work'], []];
  const past = new Date(Date.now() - 3_600_000).toISOString();
  const write = async (n: number) => {
    const { id } = await app.createTodo(ada, { tags: tags[n % 4], ...(n % 3 === 0 ? { dueAt: past } : {}) });
    if (n % 5 === 0) await app.execute(COMPLETED, { ids: [id], completed: true }, ada);
    if (n % 7 === 0) await app.execute('mutation ($id: ID!) { deleteTodo(id: $id) { todoId } }', { id }, ada);
  };
  await app.createTodo(eve, { tags: ['hers'] });

  const reads = async () =>
    (await app.execute('{ todoStats { total open completed overdue tags { tag count } } }', {}, ada)).data.todoStats;
  const [during] = await Promise.all([reads(), ...Array.from({ length: 40 }, (_, n) => write(n))]);
  const stats = await reads();
  const rows = await app.database.query<{ completed: boolean; overdue: boolean; tags: string[] }>(
    `select completed_at is not null as completed, completed_at is null and due_at < now() as overdue, tags from todos join users on users.id = owner_id
     where username = $1 and todos.deleted_at is null`,
    [ada.username],
  );

  const open = rows.filter(row => !row.completed);
  const counts = Map.groupBy(
    open.flatMap(row => row.tags),
    tag => tag,
  );
  expect(during.open + during.completed).toBe(during.total);
  expect(stats).toEqual({
    total: rows.length,
    open: open.length,
    completed: rows.length - open.length,
    overdue: rows.filter(row => row.overdue).length,
    tags: [...counts]
      .map(([tag, all]) => ({ tag, count: all.length }))
      .toSorted((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1)),
  });
});
