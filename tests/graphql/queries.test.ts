import { expect, test } from 'vitest';
import { fromGlobalId, toGlobalId } from '../../src/platform/ids.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { insertTodos, insertUsers } from '../support/rows.ts';
import { recordStatements, type Statement } from '../support/statements.ts';
import { until } from '../support/wait.ts';

/** Twenty users with five todos and a session each. */
async function createUsers(app: TestApp) {
  const users = await insertUsers(
    app.database,
    Array.from({ length: 20 }, (_, n) => `user${n}`),
  );
  const places = ['a0', 'a1', 'a2', 'a3', 'a4'];
  await insertTodos(
    app.database,
    users.flatMap(owner_id => places.map(position => ({ owner_id, position, title: `at ${position}` }))),
  );
  await app.database.query(
    `insert into sessions (id, user_id, refresh_seed, refresh_hash, expires_at, user_agent)
     select gen_random_uuid(), id, '', '', now() + interval '1 day', 'device of ' || username from users where id = any($1)`,
    [users],
  );
  return users.map(id => toGlobalId('user', id));
}

/** What the server asks the database for an operation. The viewer is known before: that is looked up every few seconds. */
async function statementsOf(app: TestApp, as: Person, query: string, variables: object = {}) {
  await app.execute('{ me { id } }', {}, as);
  using statements = await recordStatements(app);
  const { data, errors } = await app.execute(query, variables, as);
  expect(errors).toEqual([]);
  return { data, statements: statements.take() };
}

/** The columns that a statement reads of a table, each once, in the order of their names. */
const columnsOf = ({ text }: Statement, table: string) =>
  [...new Set([...text.matchAll(new RegExp(`"${table}"\\."(\\w+)" as`, 'g'))].map(([, column]) => column))].sort();

const textOf = (statements: readonly Statement[]) => statements.map(({ text }) => text).join('\n');

test('users of whom 20 have five todos each, and the owner of each todo, are three queries at the most', async () => {
  await using app = await startApp();
  const users = await createUsers(app);
  const admin = await app.createUser({ admin: true });
  const query = `{
    users(filter: { search: "user" }, first: 20) {
      nodes { id username todos(first: 5) { nodes { title owner { username } } pageInfo { hasNextPage } } }
      pageInfo { hasNextPage }
    }
  }`;

  const { data, statements } = await statementsOf(app, admin, query);

  expect(statements.length, textOf(statements)).toBeLessThanOrEqual(3);
  const todosOf = (username: string) => ({
    nodes: ['a0', 'a1', 'a2', 'a3', 'a4'].map(place => ({ title: `at ${place}`, owner: { username } })),
    pageInfo: { hasNextPage: false },
  });
  const expected = users.map((id, n) => ({ id, username: `user${n}`, todos: todosOf(`user${n}`) }));
  // All of one moment, so by their ids.
  expected.sort((one, other) => (one.id < other.id ? 1 : -1));
  expect(data.users).toEqual({ nodes: expected, pageInfo: { hasNextPage: false } });
});

test('nodes of 20 users with pages from the middle of their lists, counts and both flags are five queries', async () => {
  await using app = await startApp();
  const users = await createUsers(app);
  const admin = await app.createUser({ admin: true });
  const placeAhead = (position: string) =>
    Buffer.from(JSON.stringify(['POSITION ASC', position, '00000000-0000-0000-0000-000000000000'])).toString(
      'base64url',
    );
  const [after, before] = [placeAhead('a1'), placeAhead('a4')];
  const query = `query ($ids: [ID!]!, $after: String, $before: String) {
    nodes(ids: $ids) { ... on User {
      todos(first: 5, after: $after, before: $before) {
        totalCount nodes { id } edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage startCursor }
      }
    } }
  }`;

  const { data, statements } = await statementsOf(app, admin, query, { ids: users, after, before });

  // The users, their pages, their counts, and what lies outside of each cursor.
  expect(statements.length, textOf(statements)).toBe(5);
  for (const { todos: page } of data.nodes) {
    expect(page.nodes).toHaveLength(3);
    expect(page).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: true, hasPreviousPage: true } });
  }
});

test('todos with the owner of each are two queries at the most', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await insertTodos(
    app.database,
    Array.from({ length: 50 }, () => ({ owner_id: fromGlobalId('user', ada.id) ?? '' })),
  );

  const { data, statements } = await statementsOf(
    app,
    ada,
    '{ todos(first: 50) { nodes { title owner { username email } } pageInfo { hasNextPage endCursor } } }',
  );

  expect(statements.length, textOf(statements)).toBeLessThanOrEqual(2);
  expect(data.todos.nodes).toEqual(
    Array(50).fill({ title: 'Something to do', owner: { username: ada.username, email: ada.email } }),
  );
});

test('todos are counted where totalCount is selected, and nowhere else', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.createTodo(ada);
  const query =
    'query ($count: Boolean!) { todos { nodes { id } pageInfo { hasNextPage } totalCount @include(if: $count) } }';

  const without = await statementsOf(app, ada, query, { count: false });
  const counted = await statementsOf(app, ada, query, { count: true });
  const onlyCounted = await statementsOf(app, ada, '{ todos { totalCount } }');

  expect(without.statements).toHaveLength(1);
  expect(textOf(without.statements)).not.toMatch(/count\(/);
  expect(counted.statements).toHaveLength(2);
  expect(textOf(counted.statements)).toMatch(/count\(\*\)/);
  expect([counted.data.todos.totalCount, onlyCounted.data.todos.totalCount]).toEqual([1, 1]);
});

test('todos look at what is outside of a page where its flag is selected, and nowhere else', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.createTodo(ada);
  await app.createTodo(ada);
  const { data } = await app.execute('{ todos(first: 1) { pageInfo { endCursor } } }', {}, ada);
  const after = data.todos.pageInfo.endCursor;
  const query = (selection: string) =>
    `query ($after: String) { todos(first: 5, after: $after) { nodes { id } ${selection} } }`;

  const without = await statementsOf(app, ada, query('pageInfo { hasNextPage endCursor }'), { after });
  const asked = await statementsOf(app, ada, query('pageInfo { hasPreviousPage }'), { after });

  expect(without.statements).toHaveLength(1);
  expect(asked.statements).toHaveLength(2);
  expect(asked.data.todos.pageInfo.hasPreviousPage).toBe(true);
});

test.each([
  ['nodes { title }', ['id', 'owner_id', 'title']],
  ['edges { node { tags } }', ['id', 'owner_id', 'tags']],
  ['nodes { t: title } edges { cursor node { ...F } }', ['completed_at', 'id', 'owner_id', 'title']],
  ['nodes { owner { id } dueAt }', ['due_at', 'id', 'owner_id']],
  ['nodes { __typename }', ['id', 'owner_id']],
  ['pageInfo { endCursor }', ['id', 'owner_id']],
])('todos of which %s is selected read the columns of that alone', async (selection, columns) => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.createTodo(ada);
  const fragment = selection.includes('...F') ? 'fragment F on Todo { completed }' : '';

  const { statements } = await statementsOf(app, ada, `{ todos { ${selection} } } ${fragment}`);

  const [list] = statements;
  expect(list && columnsOf(list, 'todos')).toEqual(columns);
});

test('todo, owner and me read the columns that are selected, and never the hash of a password', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada);

  const { statements } = await statementsOf(
    app,
    ada,
    'query ($id: ID!) { me { plan } todo(id: $id) { version owner { username } } }',
    { id },
  );

  const columns = statements.map(statement => [columnsOf(statement, 'users'), columnsOf(statement, 'todos')]);
  expect(columns).toContainEqual([['id', 'plan'], []]);
  expect(columns).toContainEqual([[], ['id', 'owner_id', 'version']]);
  expect(columns).toContainEqual([['id', 'username'], []]);
  expect(statements).toHaveLength(3);
  expect(textOf(statements)).not.toMatch(/password|refresh_hash/);
});

test('todo under two aliases with different selections is one query with the columns of both', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada, { tags: ['home'] });

  const { data, statements } = await statementsOf(
    app,
    ada,
    'query ($id: ID!) { a: todo(id: $id) { title } b: todo(id: $id) { tags } c: todo(id: $id) { title } }',
    { id },
  );

  expect(data).toEqual({ a: { title: 'Something to do' }, b: { tags: ['home'] }, c: { title: 'Something to do' } });
  expect(statements.map(statement => columnsOf(statement, 'todos'))).toEqual([['id', 'owner_id', 'tags', 'title']]);
});

test('todos under two aliases each have what was selected of them', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada, { tags: ['home'], description: 'here' });

  const { data, statements } = await statementsOf(
    app,
    ada,
    `{
      a: todos { nodes { title } }
      b: todos { nodes { tags } nodes { id } }
      todos { nodes { title } }
      todos { nodes { description } edges { node { tags } } }
    }`,
  );

  const title = 'Something to do';
  expect(data).toEqual({
    a: { nodes: [{ title }] },
    b: { nodes: [{ tags: ['home'], id }] },
    todos: { nodes: [{ title, description: 'here' }], edges: [{ node: { tags: ['home'] } }] },
  });
  expect(statements).toHaveLength(3);
});

test('nodes of 100 todos are as many queries as nodes of one', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const uuids = await insertTodos(
    app.database,
    Array.from({ length: 100 }, (_, n) => ({ owner_id: fromGlobalId('user', ada.id) ?? '', title: `todo ${n}` })),
  );
  const ids = uuids.map(uuid => toGlobalId('todo', uuid));
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Todo { title owner { username } } } }';

  const one = await statementsOf(app, ada, query, { ids: ids.slice(0, 1) });
  const hundred = await statementsOf(app, ada, query, { ids });

  expect(one.statements).toHaveLength(2);
  expect(hundred.statements.length, textOf(hundred.statements)).toBe(2);
  expect(hundred.data.nodes).toEqual(
    ids.map((id, n) => ({ id, title: `todo ${n}`, owner: { username: ada.username } })),
  );
});

test('sessions of 20 users are one query', async () => {
  await using app = await startApp();
  const users = await createUsers(app);
  const admin = await app.createUser({ admin: true });
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { sessions { userAgent } } } }';

  const { data, statements } = await statementsOf(app, admin, query, { ids: users });

  expect(statements.filter(({ text }) => text.includes('"sessions"'))).toHaveLength(1);
  expect(statements).toHaveLength(2);
  expect(data.nodes).toEqual(users.map((_, n) => ({ sessions: [{ userAgent: `device of user${n}` }] })));
});

test('a mutation whose payload asks for the owner reads after its commit what it selects', async () => {
  await using app = await startApp();
  const ada = await app.createUser();

  const { data, statements } = await statementsOf(
    app,
    ada,
    'mutation { createTodo(input: { title: "one" }) { todo { title owner { username todos { totalCount } } } } }',
  );

  expect(data.createTodo.todo).toEqual({ title: 'one', owner: { username: ada.username, todos: { totalCount: 1 } } });
  const commit = statements.findIndex(({ text }) => text === 'commit');
  const reads = statements.slice(commit + 1);
  expect(commit).toBeGreaterThan(0);
  expect(columnsOf(reads[0] ?? { text: '', values: [] }, 'users')).toEqual(['id', 'username']);
  // The page beside the count is read too, though nothing of it is selected.
  expect(reads.length, textOf(reads)).toBeLessThanOrEqual(3);
});

test('an event of a subscription reads anew what an event before it read', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada, { title: 'before' });
  const subscription = app.subscribe(ada, 'subscription { todoChanged { todo { title owner { username } } } }');
  await until('the subscription is open', () => app.app.services.feed.followerCount === 1);
  using statements = await recordStatements(app);
  const rename = (title: string) =>
    app.execute(
      'mutation ($id: ID!, $title: String) { updateTodo(id: $id, input: { title: $title }) { userErrors { message } } }',
      { id, title },
      ada,
    );

  await rename('first');
  await until('the first event came', () => subscription.events.length === 1);
  await rename('second');
  await until('the second event came', () => subscription.events.length === 2);

  expect(subscription.events.map(({ data }) => data.todoChanged.todo.title)).toEqual(['first', 'second']);
  const reads = statements
    .take()
    .filter(({ text }) => columnsOf({ text, values: [] }, 'todos').length > 0 && !/for update/i.test(text));
  expect(reads.map(read => columnsOf(read, 'todos'))).toEqual(Array(2).fill(['deleted_at', 'id', 'owner_id', 'title']));
  subscription.stop();
  await subscription.ended;
});
