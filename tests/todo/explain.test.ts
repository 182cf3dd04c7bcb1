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
import { createSchema } from '../../src/app.ts';
import { fromGlobalId, toGlobalId } from '../../src/platform/ids.ts';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/app.ts';
import { recordStatements, type Statement } from '../support/statements.ts';
import { until } from '../support/wait.ts';

const GUARDED = ['users', 'sessions', 'todos', 'changes'];
const ROWS = 100_000;

/** A node of what EXPLAIN (format json) answers. */
interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: Plan[];
}
interface Explained extends Statement {
  readonly plan: Plan;
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** The guarded tables that a plan reads from end to end. */
const scannedBy = ({ plan }: Explained) =>
  nodesOf(plan)
    .filter(node => node['Node Type'].endsWith('Seq Scan') && GUARDED.includes(node['Relation Name'] ?? ''))
    .map(node => node['Relation Name']);

const indexesOf = (plan: Plan) => nodesOf(plan).flatMap(node => node['Index Name'] ?? []);

const nthId = (n: string) => `('00000000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

/** 100,000 rows in each table, of 5,000 owners with about 20 each and of one with 5,000. Prime, so that nothing else follows from it. */
async function fill({ database }: TestApp, busyOwner: string): Promise<void> {
  const owner = `case when n % 19 = 0 then '${busyOwner}'::uuid else ${nthId('n % 5000 + 1')} end`;
  const instant = (days: string) => `timestamptz '2026-01-01' + ${days} * interval '1 day'`;
  for (const statement of [
    `insert into users (id, email, username, created_at)
     select ${nthId('n')}, 'many' || n || '@example.com', 'many' || n, ${instant('n % 365')} from generate_series(1, ${ROWS}) as n`,
    `insert into sessions (id, user_id, refresh_hash, last_used_at, expires_at, ended_at, end_reason)
     select ${nthId('n')}, ${owner}, '', now(), now() + interval '7 days',
       case when n % 3 = 0 then now() end, case when n % 3 = 0 then 'LOGGED_OUT' end
     from generate_series(1, ${ROWS}) as n`,
    `insert into todos (id, owner_id, title, position, priority, due_at, completed_at, deleted_at, tags, created_at, updated_at)
     select ${nthId('n')}, ${owner}, 'todo ' || n % 977, 'a' || n % 1013,
       (array['NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT'])[n % 5 + 1]::todo_priority,
       case when n % 4 > 0 then ${instant('n % 700')} end,
       case when n % 7 = 0 then ${instant('n % 300')} end,
       case when n % 11 = 0 then ${instant('n % 200')} end,
       case when n % 6 = 0 then array['home'] else '{}' end,
       ${instant('n % 365')}, ${instant('n % 366')}
     from generate_series(1, ${ROWS}) as n`,
    'delete from feeds',
    'delete from changes',
    `insert into changes (owner_id, seq, entity, entity_id, kind, at)
     select owner_id, row_number() over (partition by owner_id order by id), 'todo', id, 'CREATED', now() from todos`,
    `insert into feeds (owner_id, last_seq) select owner_id, max(seq) from changes group by owner_id`,
    'analyze',
  ])
    await database.query(statement);
}

/** As the server sent them, each text once; what is no query has no plan. */
async function explain({ database }: TestApp, statements: readonly Statement[]): Promise<Explained[]> {
  const distinct = new Map(statements.map(statement => [statement.text, statement]));
  const explained: Explained[] = [];
  for (const { text, values } of distinct.values()) {
    if (!/^\s*(select|with|insert|update|delete)\b/i.test(text)) continue;
    const [row] = await database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (format json) ${text}`, [
      ...values,
    ]);
    if (row) explained.push({ text, values, plan: row['QUERY PLAN'][0].Plan });
  }
  return explained;
}

const PAGE = 'edges { cursor node { title owner { username } } } pageInfo { hasNextPage hasPreviousPage endCursor }';
const ARGUMENTS = 'first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, filter: $filter';
const VARIABLES = '$first: Int, $after: String, $last: Int, $before: String, $orderBy: TodoOrder, $filter: TodoFilter';
/** Every operation whose statements are explained. */
const OPERATIONS = {
  todos: `query (${VARIABLES}) { todos(${ARGUMENTS}) { ${PAGE} nodes { tags } totalCount } }`,
  todosAlone: `query (${VARIABLES}) { todos(${ARGUMENTS}) { nodes { title } } }`,
  todosOfUsers: `query ($ids: [ID!]!, ${VARIABLES}) {
    nodes(ids: $ids) { ... on User { todos(${ARGUMENTS}) { ${PAGE} nodes { tags } totalCount } } }
  }`,
  sessionsOfUsers: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on User { sessions { userAgent } } } }',
  nodes: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
  todo: 'query ($id: ID!) { todo(id: $id) { title owner { username } } }',
  me: '{ me { username sessions { id } } }',
  changes: 'query ($after: String) { changes(after: $after, first: 50) { changes { kind } cursor } }',
  todoChanged: 'subscription ($after: String) { todoChanged(after: $after) { kind todo { title } } }',
  signUp: `mutation { signUp(input: { email: "new@example.com", username: "new", password: "${PASSWORD}" }) { userErrors { code } } }`,
  logInByEmail: `mutation ($login: String!) { logIn(input: { login: $login, password: "${PASSWORD}" }) { userErrors { code } } }`,
  refresh: 'mutation ($token: String!) { refreshSession(input: { refreshToken: $token }) { userErrors { code } } }',
  revokeOthers: 'mutation { revokeOtherSessions { revokedCount } }',
  revoke: 'mutation ($id: ID!) { revokeSession(id: $id) { userErrors { code } } }',
  create: 'mutation { createTodo(input: { title: "one" }) { todo { id } userErrors { code } } }',
  update: 'mutation ($id: ID!) { updateTodo(id: $id, input: { title: "two" }) { userErrors { code } } }',
  updateMany:
    'mutation ($ids: [ID!]!) { updateTodos(ids: $ids, input: { priority: LOW }) { todos { id } userErrors { code } } }',
  remove: 'mutation ($id: ID!) { deleteTodo(id: $id) { userErrors { code } } }',
  restore: 'mutation ($id: ID!) { restoreTodo(id: $id) { userErrors { code } } }',
  deleteCompleted: 'mutation { deleteCompletedTodos { todoIds } }',
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

  const explained = new Set(Object.values(OPERATIONS).flatMap(operation => fieldsOf(schema, operation)));

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

const FILTERS = {
  none: {},
  completed: { completed: true },
  open: { completed: false },
  priorities: { priorities: ['HIGH', 'URGENT'] },
  tags: { tags: ['home'] },
  due: { dueAfter: '2026-03-01T00:00:00.000Z', dueBefore: '2026-04-01T00:00:00.000Z' },
  overdue: { overdue: true },
  trash: { deleted: true },
  several: { completed: false, priorities: ['LOW'], tags: ['home'], overdue: false },
};

test('no statement that the server sends reads a table of 100,000 users, sessions, todos or changes from end to end', async () => {
  await using app = await startApp();
  const { ada, admin, ids } = await createPeople(app);
  using statements = await recordStatements(app);
  const asked = (name: string) => ({ name, statements: statements.take() });
  const run = async (name: keyof typeof OPERATIONS, variables: object, as: Person | null) => {
    const { data, errors } = await app.execute(OPERATIONS[name], variables, as);
    expect(errors, name).toEqual([]);
    return data;
  };
  const sent: { name: string; statements: Statement[] }[] = [];

  const orders = enumValues('TodoOrderField').flatMap(field =>
    enumValues('SortDirection').map(direction => ({ field, direction })),
  );
  for (const orderBy of orders) {
    for (const [name, filter] of Object.entries(FILTERS)) {
      const { todos } = await run('todos', { first: 20, orderBy, filter }, ada);
      const { endCursor } = todos.pageInfo;
      expect(endCursor, name).not.toBeNull();
      await run('todos', { first: 20, after: endCursor, orderBy, filter }, ada);
      await run('todos', { last: 20, before: endCursor, orderBy, filter }, ada);
      await run('todos', { first: 1, after: endCursor, before: endCursor, orderBy, filter }, ada);
      await run('todosAlone', { first: 20, after: endCursor, orderBy, filter }, ada);
      await run('todosOfUsers', { ids, first: 5, orderBy, filter }, admin);
      await run('todosOfUsers', { ids, last: 5, before: endCursor, after: endCursor, orderBy, filter }, admin);
      sent.push(asked(`todos by ${orderBy.field} ${orderBy.direction} of ${name}`));
    }
  }
  expect(sent).toHaveLength(orders.length * Object.keys(FILTERS).length);

  const { todos } = await run('todosAlone', { first: 20 }, ada);
  expect(todos.nodes).toHaveLength(20);
  const own = await app.execute(
    '{ todos(first: 100) { nodes { id } } me { sessions { id } } changes { cursor } }',
    {},
    ada,
  );
  const todoIds: string[] = own.data.todos.nodes.map(({ id }: { id: string }) => id);
  sent.push(asked('what the rest begins with'));
  for (const [name, variables, as] of [
    ['nodes', { ids: [...todoIds.slice(0, 40), ...ids, ada.id, own.data.me.sessions[0].id] }, ada],
    ['sessionsOfUsers', { ids }, admin],
    ['todo', { id: todoIds[0] }, ada],
    ['me', {}, ada],
    ['changes', {}, ada],
    ['changes', { after: own.data.changes.cursor }, ada],
    ['create', {}, ada],
    ['update', { id: todoIds[1] }, ada],
    ['updateMany', { ids: todoIds }, ada],
    ['remove', { id: todoIds[2] }, ada],
    ['restore', { id: todoIds[2] }, ada],
    ['signUp', {}, null],
    ['logInByEmail', { login: ada.email }, null],
    ['logInByEmail', { login: ada.username }, null],
    ['refresh', { token: ada.refreshToken }, null],
    ['revoke', { id: own.data.me.sessions[0].id }, ada],
    ['revokeOthers', {}, admin],
    ['deleteCompleted', {}, ada],
  ] as const) {
    await run(name, variables, as);
    sent.push(asked(name));
  }

  const subscription = app.subscribe(admin, OPERATIONS.todoChanged);
  await until('the subscription is open', () => app.app.services.feed.followerCount === 1);
  await app.createTodo(admin);
  await until('the event came', () => subscription.events.length === 1);
  await app.app.services.feed.sweep();
  sent.push(asked('todoChanged'));
  subscription.stop();
  await subscription.ended;

  const found: string[] = [];
  let explained = 0;
  const indexes = new Set<string>();
  for (const { name, statements: some } of sent) {
    for (const one of await explain(app, some)) {
      explained += 1;
      for (const index of indexesOf(one.plan)) indexes.add(index);
      for (const table of scannedBy(one)) found.push(`${name} scans ${table}: ${one.text.trim()}`);
    }
  }
  expect(found).toEqual([]);
  expect(explained).toBeGreaterThan(500);
  process.stdout.write(JSON.stringify([explained, [...indexes].sort()], null, 1));
});

function enumValues(name: string): string[] {
  const type = createSchema().getType(name);
  return type && 'getValues' in type ? type.getValues().map(value => value.name) : [];
}
