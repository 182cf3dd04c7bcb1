import {
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { expect, test } from 'vitest';
import { fromGlobalId, toGlobalId } from '../../src/platform/ids.ts';
import { createSchema } from '../../src/schema.ts';
import { PAYMENT_OPERATIONS } from '../payment/explain-operations.ts';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/app.ts';
import { explain, indexesOf, nthId, ROWS, scannedBy, sortsOf } from '../support/explain.ts';
import { recordStatements, type Statement } from '../support/statements.ts';
import { until } from '../support/wait.ts';

const GUARDED = ['users', 'sessions', 'todos', 'changes', 'security_events'];

/** 100,000 rows in each table, of 5,000 owners with about 20 each and of one with 5,000. Prime, so that nothing else follows from it. */
async function fill({ database }: TestApp, busyOwner: string): Promise<void> {
  const owner = `case when n % 19 = 0 then '${busyOwner}'::uuid else ${nthId('n % 5000 + 1')} end`;
  const instant = (days: string) => `timestamptz '2026-01-01' + ${days} * interval '1 day'`;
  for (const statement of [
    `insert into users (id, email, username, created_at, full_name, role, is_active, deleted_at)
     select ${nthId('n')}, 'many' || n || '@example.com', 'many' || n, ${instant('n % 365')},
       case when n % 500 = 0 then 'Ada Lovelace' when n % 500 = 1 then 'Ёлка' end,
       case when n % 5000 = 0 then 'ADMIN' else 'USER' end, n % 300 <> 0, case when n % 400 = 0 then ${instant('n % 100')} end
     from generate_series(1, ${ROWS}) as n`,
    `insert into sessions (id, user_id, refresh_seed, refresh_hash, last_used_at, expires_at, ended_at, end_reason)
     select ${nthId('n')}, ${owner}, '', '', now(), now() + interval '7 days',
       case when n % 3 = 0 then now() end, case when n % 3 = 0 then 'LOGGED_OUT' end
     from generate_series(1, ${ROWS}) as n`,
    `insert into security_events (id, user_id, kind, at)
     select ${nthId('n')}, ${owner}, 'LOGGED_IN', ${instant('n % 365')} from generate_series(1, ${ROWS}) as n`,
    `insert into todos (id, owner_id, title, position, priority, due_at, completed_at, deleted_at, tags, created_at, updated_at, search)
     select ${nthId('n')}, ${owner}, 'todo ' || n % 977, 'a' || n % 1013,
       (array['NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT'])[n % 5 + 1]::todo_priority,
       case when n % 4 > 0 then ${instant('n % 700')} end,
       case when n % 7 = 0 then ${instant('n % 300')} end,
       case when n % 11 = 0 then ${instant('n % 200')} end,
       case when n % 6 = 0 then array['home'] else '{}' end,
       ${instant('n % 365')}, ${instant('n % 366')},
       ('''@' || ${owner} || ''' ''todo'':1A ''' || n % 977 || ''':2A')::tsvector
     from generate_series(1, ${ROWS}) as n`,
    'delete from feeds',
    'delete from changes',
    `insert into changes (owner_id, seq, entity, entity_id, kind, at)
     select owner_id, row_number() over (partition by owner_id order by id), 'todo', id, 'CREATED', now() from todos`,
    `insert into feeds (owner_id, last_seq) select owner_id, max(seq) from changes group by owner_id`,
    // Samples of all rows: with the usual ones the estimates, and now and then the plans, are other ones each time.
    'set default_statistics_target = 400; analyze; reset default_statistics_target',
  ])
    await database.query(statement);
}

const PAGE = 'edges { cursor node { title owner { username } } } pageInfo { hasNextPage hasPreviousPage endCursor }';
const ARGUMENTS = 'first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, filter: $filter';
const VARIABLES = '$first: Int, $after: String, $last: Int, $before: String, $orderBy: TodoOrder, $filter: TodoFilter';
/** Every operation whose statements are explained. */
const OPERATIONS = {
  todos: `query (${VARIABLES}) { todos(${ARGUMENTS}) { ${PAGE} nodes { tags } totalCount } }`,
  todosAlone: `query (${VARIABLES}) { todos(${ARGUMENTS}) { nodes { title } pageInfo { endCursor } } }`,
  todosOfUsers: `query ($ids: [ID!]!, ${VARIABLES}) {
    nodes(ids: $ids) { ... on User { todos(${ARGUMENTS}) { ${PAGE} nodes { tags } totalCount } } }
  }`,
  sessionsOfUsers: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on User { sessions { userAgent } } } }',
  eventsOfUsers: `query ($ids: [ID!]!, $first: Int, $after: String, $last: Int, $before: String) {
    nodes(ids: $ids) {
      ... on User {
        securityEvents(first: $first, after: $after, last: $last, before: $before) {
          edges { cursor node { kind } } nodes { at } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount
        }
      }
    }
  }`,
  nodes: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
  todoStats: '{ todoStats { open tags { tag count } } }',
  moveTodo:
    'mutation ($id: ID!, $afterId: ID) { moveTodo(id: $id, input: { afterId: $afterId }) { userErrors { code } } }',
  todo: 'query ($id: ID!) { todo(id: $id) { title owner { username } } }',
  me: '{ me { username sessions { id } } }',
  user: 'query ($id: ID!) { user(id: $id) { email } }',
  users: `query ($filter: UserFilter, $first: Int, $after: String, $last: Int, $before: String, $count: Boolean = false) {
    users(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { username } } nodes { email }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount @include(if: $count)
    }
  }`,
  updateUser: `mutation ($id: ID!, $email: EmailAddress) {
    updateUser(id: $id, input: { role: USER, isActive: false, email: $email, username: "other.name" }) { userErrors { code } }
  }`,
  deleteUser: 'mutation ($id: ID!) { deleteUser(id: $id) { userErrors { code } } }',
  restoreUser: 'mutation ($id: ID!) { restoreUser(id: $id) { userErrors { code } } }',
  changes: 'query ($after: String) { changes(after: $after, first: 50) { changes { kind } cursor } }',
  todoChanged: 'subscription ($after: String) { todoChanged(after: $after) { kind todo { title } } }',
  signUp: `mutation { signUp(input: { email: "new@example.com", username: "new", password: "${PASSWORD}" }) { userErrors { code } } }`,
  logIn: `mutation ($login: String!) { logIn(input: { login: $login, password: "${PASSWORD}" }) { userErrors { code } } }`,
  refreshSession:
    'mutation ($token: String!) { refreshSession(input: { refreshToken: $token }) { userErrors { code } } }',
  revokeOtherSessions: 'mutation { revokeOtherSessions { revokedCount } }',
  revokeSession: 'mutation ($id: ID!) { revokeSession(id: $id) { userErrors { code } } }',
  createTodo: 'mutation { createTodo(input: { title: "one" }) { todo { id } userErrors { code } } }',
  updateTodo: 'mutation ($id: ID!) { updateTodo(id: $id, input: { title: "two" }) { userErrors { code } } }',
  updateTodos:
    'mutation ($ids: [ID!]!) { updateTodos(ids: $ids, input: { priority: LOW }) { todos { id } userErrors { code } } }',
  deleteTodo: 'mutation ($id: ID!) { deleteTodo(id: $id) { userErrors { code } } }',
  restoreTodo: 'mutation ($id: ID!) { restoreTodo(id: $id) { userErrors { code } } }',
  deleteCompletedTodos: 'mutation { deleteCompletedTodos { todoIds } }',
} as const;

/** Lists of things that are rows; what a connection or a page of changes holds is read by the field that gives it. */
function listFieldsOf(schema: GraphQLSchema): string[] {
  const isList = (type: GraphQLOutputType): boolean =>
    isNonNullType(type) ? isList(type.ofType) : isListType(type) || /(Connection|Page)$/.test(getNamedType(type).name);
  return Object.values(schema.getTypeMap())
    .filter(type => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap(type =>
      Object.values(isObjectType(type) ? type.getFields() : {})
        .filter(field => isList(field.type) && isCompositeType(getNamedType(field.type)) && field.name !== 'userErrors')
        .map(field => `${type.name}.${field.name}`),
    );
}

function fieldsOf(schema: GraphQLSchema, operation: string): string[] {
  const typeInfo = new TypeInfo(schema);
  const fields: string[] = [];
  visit(
    parse(operation),
    visitWithTypeInfo(typeInfo, {
      Field: node => void fields.push(`${typeInfo.getParentType()?.name}.${node.name.value}`),
    }),
  );
  return fields;
}

test('every field that answers with a list is in an operation whose statements are explained', () => {
  const schema = createSchema();

  const operations = Object.values({ ...OPERATIONS, ...PAYMENT_OPERATIONS });
  const explained = new Set(operations.flatMap(operation => fieldsOf(schema, operation)));

  expect(listFieldsOf(schema)).toEqual(
    expect.arrayContaining(['Query.todos', 'Query.nodes', 'User.todos', 'User.sessions', 'Query.changes']),
  );
  expect(listFieldsOf(schema).filter(field => !explained.has(field))).toEqual([]);
});

/** Somebody who has much, and an admin with the ids of users who have some. */
async function createPeople(app: TestApp): Promise<{ ada: Person; admin: Person; ids: string[] }> {
  const [ada, admin] = [await app.createUser(), await app.createUser({ admin: true })];
  await fill(app, fromGlobalId('user', ada.id) ?? '');
  const users = await app.database.query<{ id: string }>(`select ${nthId('n')} as id from generate_series(2, 21) as n`);
  return { ada, admin, ids: users.map(({ id }) => toGlobalId('user', id)) };
}

const ORDERS = enumValues('TodoOrderField').flatMap(field =>
  enumValues('SortDirection').map(direction => ({ field, direction })),
);

function enumValues(name: string): string[] {
  const type = createSchema().getType(name);
  return type && 'getValues' in type ? type.getValues().map(value => value.name) : [];
}

const FILTERS = {
  none: {},
  open: { completed: false },
  overdue: { overdue: true },
  due: { completed: true, dueAfter: '2026-03-01T00:00:00.000Z', dueBefore: '2026-04-01T00:00:00.000Z' },
  several: { completed: false, priorities: ['LOW', 'HIGH'], tags: ['home'], overdue: false },
  search: { search: 'todo' },
  trash: { deleted: true },
};

/** Lists of users; whether their rows can be counted without a look at every account. */
const USER_FILTERS = {
  none: { filter: {} },
  admins: { filter: { role: 'ADMIN' }, count: true },
  users: { filter: { role: 'USER' } },
  locked: { filter: { isActive: false }, count: true },
  active: { filter: { isActive: true } },
  closed: { filter: { deleted: true }, count: true },
  few: { filter: { search: 'any1234' }, count: true },
  many: { filter: { search: 'example.com' } },
  'some in full names': { filter: { search: 'lovelace' }, count: true },
  'a few letters': { filter: { search: 'ma' } },
  'another script': { filter: { search: 'Ёл' } },
  several: { filter: { search: 'any12', role: 'USER', isActive: true } },
} as const;

test('no statement that the server sends reads a table of 100,000 users, sessions, events, todos or changes from end to end', async () => {
  await using app = await startApp();
  const { ada, admin, ids } = await createPeople(app);
  using statements = await recordStatements(app);
  const run = async (name: keyof typeof OPERATIONS, variables: object, as: Person | null) => {
    const { data, errors } = await app.execute(OPERATIONS[name], variables, as);
    expect(errors, name).toEqual([]);
    return data;
  };
  const sent: { name: string; statements: Statement[] }[] = [];
  const keep = (name: string) => void sent.push({ name, statements: statements.take() });

  for (const orderBy of ORDERS) {
    for (const [name, filter] of Object.entries(FILTERS)) {
      const { todos } = await run('todos', { first: 20, orderBy, filter }, ada);
      const cursor = todos.pageInfo.endCursor;
      expect(cursor, name).not.toBeNull();
      await Promise.all([
        run('todos', { first: 20, after: cursor, orderBy, filter }, ada),
        run('todos', { last: 20, before: cursor, orderBy, filter }, ada),
        run('todosAlone', { first: 1, after: cursor, before: cursor, orderBy, filter }, ada),
        run('todosOfUsers', { ids, first: 5, orderBy, filter }, admin),
        run('todosOfUsers', { ids, last: 5, after: cursor, before: cursor, orderBy, filter }, admin),
      ]);
      keep(`todos of the filter ${name} by ${orderBy.field} ${orderBy.direction}`);
    }
  }

  for (const [name, { filter, ...rest }] of Object.entries(USER_FILTERS)) {
    const { users } = await run('users', { first: 2, filter, ...rest }, admin);
    const { startCursor: start, endCursor: end } = users.pageInfo;
    expect(end, name).not.toBeNull();
    await Promise.all([
      run('users', { first: 20, after: end, filter }, admin),
      run('users', { last: 20, before: end, filter }, admin),
      run('users', { first: 5, after: start, before: end, filter }, admin),
    ]);
    keep(`users of the filter ${name}`);
  }

  const { nodes } = await run('eventsOfUsers', { ids: [ada.id], first: 20 }, ada);
  const event: string = nodes[0].securityEvents.pageInfo.endCursor;
  for (const args of [
    { first: 5 },
    { first: 20, after: event },
    { last: 5, before: event },
    { after: event, before: event },
  ])
    await run('eventsOfUsers', { ids: [...ids, ada.id], ...args }, admin);
  keep('security events');

  const own = await app.execute(
    '{ todos(first: 100) { nodes { id } } me { sessions { id } } changes { cursor } }',
    {},
    ada,
  );
  const todoIds: string[] = own.data.todos.nodes.map(({ id }: { id: string }) => id);
  const sessionId: string = own.data.me.sessions[0].id;
  expect(todoIds).toHaveLength(100);
  keep('what the others begin with');
  for (const [name, variables, as] of [
    ['nodes', { ids: [...todoIds.slice(0, 40), ...ids, ada.id, sessionId] }, ada],
    ['sessionsOfUsers', { ids }, admin],
    ['todo', { id: todoIds[0] }, ada],
    ['me', {}, ada],
    ['changes', {}, ada],
    ['changes', { after: own.data.changes.cursor }, ada],
    ['todoStats', {}, ada],
    ['moveTodo', { id: todoIds[3], afterId: todoIds[7] }, ada],
    ['createTodo', {}, ada],
    ['updateTodo', { id: todoIds[1] }, ada],
    ['updateTodos', { ids: todoIds }, ada],
    ['deleteTodo', { id: todoIds[2] }, ada],
    ['restoreTodo', { id: todoIds[2] }, ada],
    ['deleteCompletedTodos', {}, ada],
    ['signUp', {}, null],
    ['logIn', { login: ada.email }, null],
    ['logIn', { login: ada.username }, null],
    ['refreshSession', { token: ada.refreshToken }, null],
    ['revokeSession', { id: sessionId }, ada],
    ['revokeOtherSessions', {}, admin],
    ['user', { id: ids[0] }, admin],
    ['updateUser', { id: ids[0], email: 'other@example.com' }, admin],
    ['deleteUser', { id: ids[1] }, admin],
    ['restoreUser', { id: ids[1] }, admin],
  ] as const) {
    await run(name, variables, as);
    keep(name);
  }

  const subscription = app.subscribe(admin, OPERATIONS.todoChanged);
  await until('the subscription is open', () => app.app.services.feed.followerCount === 1);
  await app.createTodo(admin);
  await until('the event came', () => subscription.events.length === 1);
  await app.app.services.feed.sweep();
  subscription.stop();
  await subscription.ended;
  keep('todoChanged');

  const scans: string[] = [];
  const used = new Set<string>();
  for (const { name, statements: some } of sent) {
    for (const one of await explain(app, some)) {
      for (const index of indexesOf(one.plan)) used.add(index);
      for (const table of scannedBy(one, GUARDED)) scans.push(`${name} scans ${table}: ${one.text.trim()}`);
    }
  }
  expect(scans).toEqual([]);
  // Proves that the statements were explained, and that each of these indexes is good for something.
  expect([...used].sort()).toEqual(
    expect.arrayContaining([
      'changes_pkey',
      'feeds_pkey',
      'sessions_pkey',
      'sessions_user_id_idx',
      'todos_pkey',
      'todos_trash_idx',
      'users_admins_idx',
      'users_closed_idx',
      'users_email_key',
      'users_locked_idx',
      'users_open_idx',
      'users_pkey',
      'users_search_idx',
      'users_username_key',
    ]),
  );
  expect(sent.map(({ name, statements: some }) => [name, some.length > 0])).toEqual(
    sent.map(({ name }) => [name, true]),
  );
}, 180_000);

test('a page from the middle of a list of 5,000 todos is read from the index of its order, and is not sorted', async () => {
  await using app = await startApp();
  const { ada } = await createPeople(app);
  using statements = await recordStatements(app);

  const read: unknown[] = [];
  for (const orderBy of ORDERS) {
    const { data } = await app.execute(OPERATIONS.todosAlone, { first: 50, orderBy }, ada);
    const cursor = data.todos.pageInfo.endCursor;
    statements.take();
    for (const args of [
      { first: 20, after: cursor },
      { last: 20, before: cursor },
    ]) {
      await app.execute(OPERATIONS.todosAlone, { ...args, orderBy }, ada);
      const [page, ...others] = await explain(app, statements.take());
      read.push({ orderBy, others, indexes: page && indexesOf(page.plan), sorts: page && sortsOf(page.plan) });
    }
  }

  expect(read).toEqual(
    ORDERS.flatMap(orderBy => Array(2).fill({ orderBy, others: [], indexes: [indexOf(orderBy)], sorts: [] })),
  );
}, 180_000);

test("a page from the middle of one account's 5,000 security events is read from their index, and is not sorted", async () => {
  await using app = await startApp();
  const { ada } = await createPeople(app);
  using statements = await recordStatements(app);
  const operation = `query ($first: Int, $after: String, $last: Int, $before: String) {
    me { securityEvents(first: $first, after: $after, last: $last, before: $before) { nodes { kind } pageInfo { endCursor } } }
  }`;
  const { data } = await app.execute(operation, { first: 50 }, ada);
  const cursor = data.me.securityEvents.pageInfo.endCursor;
  statements.take();

  const read: unknown[] = [];
  for (const args of [
    { first: 20, after: cursor },
    { last: 20, before: cursor },
  ]) {
    await app.execute(operation, args, ada);
    const pages = (await explain(app, statements.take())).filter(({ text }) => text.includes('from "security_events"'));
    read.push(pages.map(({ plan }) => ({ indexes: indexesOf(plan), sorts: sortsOf(plan) })));
  }

  expect(read).toEqual(Array(2).fill([{ indexes: ['security_events_user_id_idx'], sorts: [] }]));
}, 180_000);

const indexOf = ({ field, direction }: { field: string; direction: string }) =>
  `todos_${field.toLowerCase()}${field === 'DUE_AT' && direction === 'DESC' ? '_desc' : ''}_idx`;
