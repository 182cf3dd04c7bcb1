import { expect, test } from 'vitest';
import { newId, toGlobalId } from '../../src/platform/ids.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';

const TODO = 'id title completed position version deletedAt owner { username }';
const ERRORS = 'userErrors { code path message }';
const CREATE = `mutation ($input: CreateTodoInput!) { createTodo(input: $input) { todo { ${TODO} } ${ERRORS} } }`;
const UPDATE = `mutation ($id: ID!, $input: UpdateTodoInput!) { updateTodo(id: $id, input: $input) { todo { ${TODO} } ${ERRORS} } }`;
const TOGGLE = `mutation ($id: ID!, $version: Int) { toggleTodo(id: $id, expectedVersion: $version) { todo { ${TODO} } ${ERRORS} } }`;
const MOVE = `mutation ($id: ID!, $input: MoveTodoInput!) { moveTodo(id: $id, input: $input) { todo { ${TODO} } ${ERRORS} } }`;
const DELETE = `mutation ($id: ID!, $version: Int) { deleteTodo(id: $id, expectedVersion: $version) { todoId todo { ${TODO} } ${ERRORS} } }`;
const RESTORE = `mutation ($id: ID!, $version: Int) { restoreTodo(id: $id, expectedVersion: $version) { todo { ${TODO} } ${ERRORS} } }`;
const UPDATE_MANY = `mutation ($ids: [ID!]!, $input: UpdateTodoInput!) { updateTodos(ids: $ids, input: $input) { todos { ${TODO} } ${ERRORS} } }`;

async function mutate(app: TestApp, as: Person, mutation: string, variables: object, options = {}) {
  const { data, errors } = await app.execute(mutation, variables, as, options);
  expect(errors).toEqual([]);
  return Object.values(data)[0] as ReturnType<typeof JSON.parse>;
}

async function read(app: TestApp, as: Person, id: string) {
  return (await app.execute(`query ($id: ID!) { todo(id: $id) { ${TODO} } }`, { id }, as)).data.todo;
}

const rows = ({ database }: TestApp) => database.query('select * from todos order by id');
const changes = ({ database }: TestApp) => database.query('select seq from changes order by owner_id, seq');

/** Each mutation that may say which version it was made for, with where its error stands. */
const MUTATIONS: Record<
  string,
  { mutation: string; inTrash?: true; path: string[]; variables: (v: number) => object }
> = {
  updateTodo: {
    mutation: UPDATE,
    path: ['input', 'expectedVersion'],
    variables: expectedVersion => ({ input: { title: 'mine', expectedVersion } }),
  },
  toggleTodo: { mutation: TOGGLE, path: ['expectedVersion'], variables: version => ({ version }) },
  moveTodo: {
    mutation: MOVE,
    path: ['input', 'expectedVersion'],
    variables: expectedVersion => ({ input: { expectedVersion } }),
  },
  deleteTodo: { mutation: DELETE, path: ['expectedVersion'], variables: version => ({ version }) },
  restoreTodo: { mutation: RESTORE, inTrash: true, path: ['expectedVersion'], variables: version => ({ version }) },
};

test.each(Object.keys(MUTATIONS))(
  '%s that expects another version is CONFLICT, shows the todo as it is now, and changes nothing',
  async name => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { mutation, inTrash, path, variables } = MUTATIONS[name] ?? expect.fail();
    const { id } = await app.createTodo(ada);
    await app.createTodo(ada, { title: 'behind it' });
    await mutate(app, ada, UPDATE, { id, input: { title: 'theirs' } });
    if (inTrash) await mutate(app, ada, DELETE, { id });
    const before = { todo: await read(app, ada, id), rows: await rows(app), changes: await changes(app) };

    const refused = await mutate(app, ada, mutation, { id, ...variables(1) });
    const after = { rows: await rows(app), changes: await changes(app) };
    const done = await mutate(app, ada, mutation, { id, ...variables(before.todo.version) });

    expect(refused).toEqual({
      todo: before.todo,
      userErrors: [{ code: 'CONFLICT', path, message: expect.stringContaining(`version ${before.todo.version} `) }],
      ...(name === 'deleteTodo' ? { todoId: null } : {}),
    });
    expect(after).toEqual({ rows: before.rows, changes: before.changes });
    expect(done).toMatchObject({ userErrors: [], todo: { id, version: before.todo.version + 1 } });
  },
);

test.each(Object.keys(MUTATIONS))("%s of somebody else's todo shows nothing of it, whatever version", async name => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const { mutation, inTrash, variables } = MUTATIONS[name] ?? expect.fail();
  const { id } = await app.createTodo(ada);
  if (inTrash) await mutate(app, ada, DELETE, { id });

  const told = [await mutate(app, eve, mutation, { id, ...variables(1) })];
  told.push(await mutate(app, eve, mutation, { id, ...variables(7) }));

  for (const payload of told) {
    expect(payload).toMatchObject({ todo: null, userErrors: [{ code: 'NOT_FOUND', path: ['id'] }] });
  }
});

test('a CONFLICT uses up no idempotency key, and a repeat of what was done then shows it as done', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada);
  const remove = (version: number) =>
    mutate(app, ada, DELETE, { id, version }, { headers: { 'Idempotency-Key': 'one' } });

  const refused = await remove(7);
  const done = await remove(1);
  await mutate(app, ada, RESTORE, { id });
  const again = await remove(1);

  expect(refused).toMatchObject({ todoId: null, todo: { version: 1 }, userErrors: [{ code: 'CONFLICT' }] });
  expect(done).toMatchObject({ todoId: id, todo: { version: 2, deletedAt: expect.any(String) }, userErrors: [] });
  expect(again).toMatchObject({ todoId: id, todo: { version: 3, deletedAt: null }, userErrors: [] });
});

test('moveTodo between two that stand the other way round shows the todo as it is now', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const [a, b, c] = [await app.createTodo(ada), await app.createTodo(ada), await app.createTodo(ada)];

  const payload = await mutate(app, ada, MOVE, { id: a.id, input: { afterId: c.id, beforeId: b.id } });

  expect(payload).toMatchObject({ userErrors: [{ code: 'CONFLICT' }], todo: await read(app, ada, a.id) });
});

test('updateTodos names each that has another version and the version that it has, and changes none', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids = [await app.createTodo(ada), await app.createTodo(ada), await app.createTodo(ada)].map(({ id }) => id);
  await mutate(app, ada, UPDATE_MANY, { ids: [ids[0], ids[2]], input: { title: 'theirs' } });
  await mutate(app, ada, UPDATE, { id: ids[2], input: { title: 'theirs again' } });
  const before = await rows(app);

  const payload = await mutate(app, ada, UPDATE_MANY, { ids, input: { title: 'mine', expectedVersion: 1 } });

  expect(payload).toEqual({
    todos: null,
    userErrors: [
      { code: 'CONFLICT', path: ['ids', '0'], message: expect.stringContaining('version 2 ') },
      { code: 'CONFLICT', path: ['ids', '2'], message: expect.stringContaining('version 3 ') },
    ],
  });
  expect(await rows(app)).toEqual(before);
});

test('createTodo repeated with its id where the list is full since is TAKEN with the todo, and not LIMIT_REACHED', async () => {
  await using app = await startApp({ settings: { FREE_OPEN_TODOS: '1' } });
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const id = toGlobalId('todo', newId());
  const create = (as: Person, input: object) => mutate(app, as, CREATE, { input: { title: 'x', ...input } });
  const made = await create(ada, { id });
  await create(eve, {});

  const [repeat, another, foreign] = [await create(ada, { id }), await create(ada, {}), await create(eve, { id })];

  expect(repeat).toEqual({ todo: made.todo, userErrors: [expect.objectContaining({ code: 'TAKEN' })] });
  expect([another, foreign]).toMatchObject([
    { todo: null, userErrors: [{ code: 'LIMIT_REACHED' }] },
    { todo: null, userErrors: [{ code: 'LIMIT_REACHED' }] },
  ]);
});
