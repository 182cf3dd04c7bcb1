import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromGlobalId, newId, toGlobalId } from '../../src/platform/ids.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { insertTodos } from '../support/rows.ts';
import { until } from '../support/wait.ts';

const TODO = `id title description completed completedAt dueAt priority tags position version createdAt updatedAt deletedAt
  owner { id }`;
const ERRORS = 'userErrors { code path message }';
const CREATE = `mutation ($input: CreateTodoInput!) { createTodo(input: $input) { todo { ${TODO} } ${ERRORS} } }`;
const UPDATE = `mutation ($id: ID!, $input: UpdateTodoInput!) { updateTodo(id: $id, input: $input) { todo { ${TODO} } ${ERRORS} } }`;
const UPDATE_MANY = `mutation ($ids: [ID!]!, $input: UpdateTodoInput!) {
  updateTodos(ids: $ids, input: $input) { todos { ${TODO} } ${ERRORS} }
}`;
const TOGGLE = `mutation ($id: ID!) { toggleTodo(id: $id) { todo { ${TODO} } ${ERRORS} } }`;
const DELETE = `mutation ($id: ID!) { deleteTodo(id: $id) { todoId ${ERRORS} } }`;
const RESTORE = `mutation ($id: ID!) { restoreTodo(id: $id) { todo { ${TODO} } ${ERRORS} } }`;
const DELETE_COMPLETED = `mutation { deleteCompletedTodos { todoIds ${ERRORS} } }`;

/** What PostgreSQL's notation of arrays gives a meaning of its own. */
const HARD_TAGS = [
  'home',
  'NULL',
  'null',
  ' Home ',
  'a,b',
  '"',
  '\\',
  '{x}',
  'line\n"feed"',
  'tab\t,',
  "it's",
  'ё',
  '🦊',
];
const NOT_FOUND = { code: 'NOT_FOUND', path: ['id'], message: 'There is no such todo.' };
const MINUTE = 60_000;

/** The todo as its owner reads it; null where there is none. */
async function read(app: TestApp, owner: Person, id: string) {
  const { data, errors } = await app.execute(`query ($id: ID!) { todo(id: $id) { ${TODO} } }`, { id }, owner);
  expect(errors).toEqual([]);
  return data.todo;
}

/** The payload of a mutation, which has its one field. */
async function mutate(app: TestApp, as: Person, mutation: string, variables: object = {}) {
  const { data, errors } = await app.execute(mutation, variables, as);
  expect(errors).toEqual([]);
  return Object.values(data)[0] as ReturnType<typeof JSON.parse>;
}

const codesOf = ({ errors }: { errors: readonly { extensions: Record<string, unknown> }[] }) =>
  errors.map(({ extensions }) => extensions.code);
const uuidOf = (person: Person) => fromGlobalId('user', person.id) ?? '';
const newTodoId = () => toGlobalId('todo', newId());

async function ownOrder(app: TestApp, owner: Person): Promise<string[]> {
  const { data } = await app.execute('{ todos { nodes { title } } }', {}, owner);
  return data.todos.nodes.map(({ title }: { title: string }) => title);
}

test('createTodo with all that there is to say answers with it, and todo reads the same', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const input = {
    title: ' Bäckerei 🥐 ',
    description: 'zwei\nZeilen',
    dueAt: '2026-12-24T18:00:00.123+01:00',
    priority: 'HIGH',
    tags: [...HARD_TAGS, 'home'],
  };

  const { todo, userErrors } = await mutate(app, ada, CREATE, { input });

  expect(userErrors).toEqual([]);
  expect(todo).toMatchObject({
    ...input,
    id: expect.stringMatching(/^todo_[0-7][0-9a-hjkmnp-tv-z]{25}$/),
    dueAt: '2026-12-24T17:00:00.123Z',
    tags: HARD_TAGS,
    completed: false,
    completedAt: null,
    deletedAt: null,
    version: 1,
    owner: { id: ada.id },
  });
  expect(todo.createdAt).toBe(todo.updatedAt);
  expect(await read(app, ada, todo.id)).toEqual(todo);
});

test('createTodo with a title alone leaves the rest empty', async () => {
  await using app = await startApp();
  const ada = await app.createUser();

  const { todo } = await mutate(app, ada, CREATE, { input: { title: 'x' } });

  expect(todo).toMatchObject({ title: 'x', description: null, dueAt: null, priority: 'NONE', tags: [] });
});

test('createTodo puts each todo at the end of its own order, also where one was thrown away', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  await app.createTodo(ada, { title: 'one' });
  const two = await app.createTodo(ada, { title: 'two' });
  await app.createTodo(eve, { title: 'hers' });

  await app.createTodo(ada, { title: 'three' });
  await mutate(app, ada, DELETE, { id: two.id });
  await app.createTodo(ada, { title: 'four' });

  expect(await ownOrder(app, ada)).toEqual(['one', 'three', 'four']);
  expect(await ownOrder(app, eve)).toEqual(['hers']);
});

test('createTodo twenty times at once makes twenty todos', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const titles = Array.from({ length: 20 }, (_, n) => `todo ${n}`);

  await Promise.all(titles.map(title => app.createTodo(ada, { title })));
  await app.createTodo(ada, { title: 'last' });

  const order = await ownOrder(app, ada);
  const { data } = await app.execute('{ todos(last: 1) { nodes { title } totalCount } }', {}, ada);
  expect(data.todos).toEqual({ nodes: [{ title: 'last' }], totalCount: 21 });
  expect(new Set(order)).toEqual(new Set(titles));
});

const LIMITS: [circumstance: string, input: object, faults: string[]][] = [
  ['a title of 200 letters', { title: 'x'.repeat(200) }, []],
  ['a title of 201 letters', { title: 'x'.repeat(201) }, ['title']],
  ['a title of 200 emoji', { title: '🦊'.repeat(200) }, []],
  ['a title of 201 emoji', { title: '🦊'.repeat(201) }, ['title']],
  ['a title of 100 letters with combining marks', { title: 'a\u0301'.repeat(100) }, []],
  ['a title of 100 letters with combining marks and one more', { title: `${'a\u0301'.repeat(100)}b` }, ['title']],
  ['a title of one letter', { title: 'x' }, []],
  ['no title', { title: '' }, ['title']],
  ['a title of spaces', { title: '   ' }, ['title']],
  ['a title of other white space', { title: '\t\n\u00a0\u2003\u3000' }, ['title']],
  ['a description of 10,000 emoji', { description: '🦊'.repeat(10_000) }, []],
  ['a description of 10,001 letters', { description: 'x'.repeat(10_001) }, ['description']],
  ['a description of nothing', { description: '' }, []],
  ['20 tags', { tags: tags(20) }, []],
  ['21 tags', { tags: tags(21) }, ['tags']],
  ['20 tags and one of them again', { tags: [...tags(20), 'tag 1'] }, []],
  ['a tag of 50 emoji', { tags: ['🦊'.repeat(50)] }, []],
  ['a tag of 51 letters', { tags: ['x'.repeat(51)] }, ['tags']],
  ['a tag of nothing', { tags: ['home', ''] }, ['tags']],
  ['a tag of spaces', { tags: [' \t'] }, ['tags']],
  [
    'a fault in every field',
    { title: '', description: 'x'.repeat(10_001), tags: ['', ...tags(21)] },
    ['title', 'description', 'tags', 'tags'],
  ],
];

function tags(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `tag ${n}`);
}

test('createTodo at each limit is done, and beyond it is INVALID with the field and makes nothing', async () => {
  await using app = await startApp();
  const ada = await app.createUser();

  const told = [];
  for (const [circumstance, input] of LIMITS) {
    const { todo, userErrors } = await mutate(app, ada, CREATE, { input: { title: 'x', ...input } });
    const same = todo && { ...todo, ...input };
    told.push([circumstance, todo === null, userErrors.map(faultOf)]);
    if (!circumstance.includes('again')) expect(todo).toEqual(same);
  }

  expect(told).toEqual(
    LIMITS.map(([circumstance, , faults]) => [
      circumstance,
      faults.length > 0,
      faults.map(field => ['INVALID', 'input', field]),
    ]),
  );
  const { data } = await app.execute('{ todos { totalCount } }', {}, ada);
  expect(data.todos.totalCount).toBe(LIMITS.filter(([, , faults]) => faults.length === 0).length);
});

const faultOf = ({ code, path }: { code: string; path: string[] }) => [code, ...path];

test('updateTodo at each limit is done, and beyond it is INVALID with the field and changes nothing', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada, { title: 'before' });

  const told = [];
  for (const [circumstance, input] of LIMITS) {
    const before = await read(app, ada, id);
    const { todo, userErrors } = await mutate(app, ada, UPDATE, { id, input });
    told.push([circumstance, todo === null, userErrors.map(faultOf)]);
    if (!todo) expect(await read(app, ada, id)).toEqual(before);
  }

  expect(told).toEqual(
    LIMITS.map(([circumstance, , faults]) => [
      circumstance,
      faults.length > 0,
      faults.map(field => ['INVALID', 'input', field]),
    ]),
  );
});

test("createTodo with an id of the client's own makes the todo under it", async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const id = newTodoId();

  const { todo } = await mutate(app, ada, CREATE, { input: { id, title: 'mine' } });

  expect(todo.id).toBe(id);
  expect(await read(app, ada, id)).toEqual(todo);
});

test('createTodo with an id that is taken, whoever has it and wherever it is, is TAKEN and changes nothing', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const [mine, thrownAway, hers] = [
    await app.createTodo(ada, { title: 'mine' }),
    await app.createTodo(ada, { title: 'thrown away' }),
    await app.createTodo(eve, { title: 'hers' }),
  ];
  await mutate(app, ada, DELETE, { id: thrownAway.id });
  const before = await app.database.query('select * from todos order by id');

  const payloads = await Promise.all(
    [mine, thrownAway, hers].map(({ id }) => mutate(app, ada, CREATE, { input: { id, title: 'again' } })),
  );

  expect(payloads.map(({ userErrors }) => userErrors)).toEqual(
    Array(3).fill([{ code: 'TAKEN', path: ['input', 'id'], message: 'There is a todo with this id already.' }]),
  );
  // What is one's own is shown, so that the repeat of a create whose answer was lost has it after all.
  expect(payloads.map(({ todo }) => todo)).toEqual([
    await read(app, ada, mine.id),
    await read(app, ada, thrownAway.id),
    null,
  ]);
  expect(await app.database.query('select * from todos order by id')).toEqual(before);
});

test('createTodo with one id five times at once makes one todo', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const id = newTodoId();

  const payloads = await Promise.all(
    Array.from({ length: 5 }, () => mutate(app, ada, CREATE, { input: { id, title: 'once' } })),
  );

  expect(payloads.map(({ todo }) => todo.id)).toEqual(Array(5).fill(id));
  expect(payloads.flatMap(({ userErrors }) => userErrors.map(faultOf))).toEqual(
    Array(4).fill(['TAKEN', 'input', 'id']),
  );
  expect(await ownOrder(app, ada)).toEqual(['once']);
});

test("createTodo with an id of the client's own that is no TypeID of a UUIDv7 is INVALID and makes nothing", async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids = [
    'anything',
    '',
    newId(),
    toGlobalId('user', newId()),
    newTodoId().toUpperCase(),
    `todo_8${newTodoId().slice(6)}`,
    toGlobalId('todo', '9d1c4f0e-3f5b-4c5e-8d0a-2f7e1a6b3c4d'),
    toGlobalId('todo', '00000000-0000-0000-0000-000000000000'),
  ];

  const told = await Promise.all(ids.map(id => mutate(app, ada, CREATE, { input: { id, title: 'x' } })));

  expect(told.map(({ todo, userErrors }) => [todo, ...userErrors.map(faultOf)])).toEqual(
    ids.map(() => [null, ['INVALID', 'input', 'id']]),
  );
  expect(await ownOrder(app, ada)).toEqual([]);
});

test('createTodo with null for the id chooses one', async () => {
  await using app = await startApp();
  const ada = await app.createUser();

  const { todo } = await mutate(app, ada, CREATE, { input: { id: null, title: 'x', description: null, dueAt: null } });

  expect(todo).toMatchObject({ id: expect.stringMatching(/^todo_/), version: 1 });
});

const FULL = {
  title: 'full',
  description: 'text',
  dueAt: '2030-01-01T00:00:00.000Z',
  priority: 'HIGH',
  tags: ['home'],
};

test('createTodo, updateTodo and updateTodos keep any text letter by letter', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const [first, second] = [await app.createTodo(ada), await app.createTodo(ada)];
  const anyText = fc.oneof(
    fc.constantFrom(
      '?',
      '??',
      '\\?',
      ':name',
      '$1',
      '%s',
      "'",
      "''; drop table todos; --",
      '\\',
      "\\'",
      '"',
      'null',
      '{}',
      '\n',
    ),
    fc.string({ unit: 'binary', maxLength: 40 }).map(text => text.toWellFormed().replaceAll('\0', '')),
  );
  const texts = fc.record({
    title: anyText.map(text => `x${text}`),
    description: anyText,
    tags: fc.uniqueArray(
      anyText.map(text => `${text}x`),
      { maxLength: 5 },
    ),
  });

  await fc.assert(
    fc.asyncProperty(texts, async input => {
      const created = await mutate(app, ada, CREATE, { input });
      const updated = await mutate(app, ada, UPDATE, { id: first.id, input });
      const both = await mutate(app, ada, UPDATE_MANY, { ids: [second.id, created.todo.id], input });

      const ids = [created.todo.id, first.id, second.id];
      const again = await Promise.all(ids.map(id => read(app, ada, id)));
      expect([created.todo, updated.todo, ...both.todos, ...again]).toMatchObject(Array(7).fill(input));
    }),
    { numRuns: 60 },
  );
});

test('updateTodo changes the fields that are given, and leaves those that are left out', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada, FULL);
  const before = await read(app, ada, id);
  const steps = [
    { title: 'other' },
    { description: 'other' },
    { dueAt: '2031-01-01T00:00:00.000Z' },
    { priority: 'LOW' },
    { tags: [...HARD_TAGS, 'NULL'] },
    { completed: true },
  ];

  const todos = [];
  for (const input of steps) todos.push((await mutate(app, ada, UPDATE, { id, input })).todo);

  const expected = { ...before };
  for (const [n, step] of steps.entries()) {
    Object.assign(expected, step, { version: n + 2 });
    if ('tags' in step) expected.tags = HARD_TAGS;
    const completedAt = 'completed' in step ? expect.any(String) : null;
    expect(todos[n]).toEqual({ ...expected, completedAt, updatedAt: expect.any(String) });
  }
  expect(await read(app, ada, id)).toEqual(todos.at(-1));
});

test('updateTodo with null clears what may be empty, and priority becomes NONE', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada, FULL);

  const { todo } = await mutate(app, ada, UPDATE, {
    id,
    input: { description: null, dueAt: null, priority: null, tags: null, expectedVersion: null },
  });

  expect(todo).toMatchObject({ title: 'full', description: null, dueAt: null, priority: 'NONE', tags: [], version: 2 });
  expect(await read(app, ada, id)).toEqual(todo);
});

test.each([['title'], ['completed']])('updateTodo with null for %s is INVALID and changes nothing', async field => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada, FULL);
  const before = await read(app, ada, id);

  const { todo, userErrors } = await mutate(app, ada, UPDATE, { id, input: { [field]: null, description: 'other' } });

  expect(todo).toBeNull();
  expect(userErrors.map(faultOf)).toEqual([['INVALID', 'input', field]]);
  expect(await read(app, ada, id)).toEqual(before);
});

test('updateTodo to what it already is changes neither version nor time, and no change is told', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada, FULL);
  await mutate(app, ada, UPDATE, { id, input: { completed: true } });
  const before = await read(app, ada, id);
  const told = await app.database.query('select * from changes');
  app.advance(MINUTE);

  const repeated = [
    {},
    FULL,
    { completed: true },
    { tags: ['home', 'home'] },
    { dueAt: '2030-01-01T01:00:00+01:00' },
    { ...FULL, completed: true, expectedVersion: 2 },
  ];
  for (const input of repeated) await mutate(app, ada, UPDATE, { id, input });

  expect(await read(app, ada, id)).toEqual(before);
  expect(before.version).toBe(2);
  expect(await app.database.query('select * from changes')).toEqual(told);
});

test("updateTodo moves updatedAt by the server's clock, and leaves createdAt", async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada);
  const before = await read(app, ada, id);
  app.advance(10 * MINUTE);

  const { todo } = await mutate(app, ada, UPDATE, { id, input: { title: 'later', completed: true } });

  const moved = Date.parse(todo.updatedAt) - Date.parse(before.updatedAt);
  expect(moved).toBeGreaterThanOrEqual(10 * MINUTE);
  expect(moved).toBeLessThan(11 * MINUTE);
  expect(todo.createdAt).toBe(before.createdAt);
  expect(Date.parse(todo.completedAt) - Date.parse(before.updatedAt)).toBeGreaterThanOrEqual(10 * MINUTE);
  expect(await read(app, ada, id)).toEqual(todo);
});

test('updateTodo that completes twice keeps the first time, and one that opens forgets it', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada);
  const complete = async (completed: boolean) => (await mutate(app, ada, UPDATE, { id, input: { completed } })).todo;

  const first = await complete(true);
  app.advance(MINUTE);
  const second = await complete(true);
  const opened = await complete(false);
  app.advance(MINUTE);
  const again = await complete(true);

  expect(first).toMatchObject({ completed: true, completedAt: expect.any(String), version: 2 });
  expect(second).toEqual(first);
  expect(opened).toMatchObject({ completed: false, completedAt: null, version: 3 });
  expect(Date.parse(again.completedAt) - Date.parse(first.completedAt)).toBeGreaterThanOrEqual(2 * MINUTE);
});

test('updateTodo with the version that the todo has is done, and with any other is CONFLICT', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada);
  const update = (expectedVersion: number, title: string) =>
    mutate(app, ada, UPDATE, { id, input: { title, expectedVersion } });

  const done = await update(1, 'second');
  const refused = await Promise.all([update(1, 'behind'), update(3, 'ahead'), update(0, 'none'), update(-1, 'less')]);

  expect(done.todo).toMatchObject({ title: 'second', version: 2 });
  for (const { todo, userErrors } of refused) {
    expect(todo).toEqual(done.todo);
    expect(userErrors).toEqual([
      { code: 'CONFLICT', path: ['input', 'expectedVersion'], message: expect.stringContaining('version 2') },
    ]);
  }
  expect(await read(app, ada, id)).toEqual(done.todo);
});

test('updateTodo by ten writers at once who all expect the same version is done for one, and CONFLICT for the others', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada);

  const payloads = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      mutate(app, ada, UPDATE, { id, input: { title: `writer ${n}`, expectedVersion: 1 } }),
    ),
  );

  const winners = payloads.filter(({ userErrors }) => userErrors.length === 0);
  expect(winners).toHaveLength(1);
  expect(payloads.flatMap(({ userErrors }) => userErrors.map(faultOf))).toEqual(
    Array(9).fill(['CONFLICT', 'input', 'expectedVersion']),
  );
  expect(await read(app, ada, id)).toEqual(winners[0].todo);
});

test('updateTodo by ten writers at once who expect nothing is done for each, one after the other', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada);

  const payloads = await Promise.all(
    Array.from({ length: 10 }, (_, n) => mutate(app, ada, UPDATE, { id, input: { title: `writer ${n}` } })),
  );

  expect(payloads.map(({ todo }) => todo.version).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(await read(app, ada, id)).toEqual(payloads.find(({ todo }) => todo.version === 11).todo);
});

test('toggleTodo completes an open todo and opens a completed one', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada);

  const completed = await mutate(app, ada, TOGGLE, { id });
  const opened = await mutate(app, ada, TOGGLE, { id });

  expect(completed).toMatchObject({
    todo: { completed: true, completedAt: expect.any(String), version: 2 },
    userErrors: [],
  });
  expect(opened).toMatchObject({ todo: { completed: false, completedAt: null, version: 3 }, userErrors: [] });
  expect(await read(app, ada, id)).toEqual(opened.todo);
});

test('deleteTodo throws a todo away: todo still finds it, todos does not, and a repeat is NOT_FOUND', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada);

  const first = await mutate(app, ada, DELETE, { id });
  const thrownAway = await read(app, ada, id);
  app.advance(MINUTE);
  const second = await mutate(app, ada, DELETE, { id });

  expect(first).toEqual({ todoId: id, userErrors: [] });
  expect(thrownAway).toMatchObject({ id, deletedAt: expect.any(String), version: 2 });
  expect(second).toEqual({ todoId: null, userErrors: [NOT_FOUND] });
  expect(await read(app, ada, id)).toEqual(thrownAway);
  expect(await ownOrder(app, ada)).toEqual([]);
});

test('a todo in the trash cannot be changed, only restored', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada);
  await mutate(app, ada, DELETE, { id });
  const before = await read(app, ada, id);

  const updated = await mutate(app, ada, UPDATE, { id, input: { title: 'x' } });
  const toggled = await mutate(app, ada, TOGGLE, { id });
  const many = await mutate(app, ada, UPDATE_MANY, { ids: [id], input: { title: 'x' } });

  expect([updated.userErrors, toggled.userErrors]).toEqual([[NOT_FOUND], [NOT_FOUND]]);
  expect(many.userErrors.map(faultOf)).toEqual([['NOT_FOUND', 'ids', '0']]);
  expect(await read(app, ada, id)).toEqual(before);
});

test('restoreTodo brings a todo back as it was and where it was, and a repeat changes nothing', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada, { ...FULL, title: 'one' });
  await app.createTodo(ada, { title: 'two' });
  const before = await read(app, ada, id);
  await mutate(app, ada, DELETE, { id });

  const restored = await mutate(app, ada, RESTORE, { id });
  app.advance(MINUTE);
  const again = await mutate(app, ada, RESTORE, { id });

  expect(restored.todo).toEqual({ ...before, version: 3, updatedAt: expect.any(String) });
  expect(again).toEqual(restored);
  expect(await ownOrder(app, ada)).toEqual(['one', 'two']);
});

test('restoreTodo of a todo that was never thrown away changes nothing', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada);
  const before = await read(app, ada, id);

  const { todo, userErrors } = await mutate(app, ada, RESTORE, { id });

  expect([todo, userErrors]).toEqual([before, []]);
});

test.each([
  ['updateTodo', UPDATE, { input: { title: 'x' } }],
  ['toggleTodo', TOGGLE, {}],
  ['deleteTodo', DELETE, {}],
  ['restoreTodo', RESTORE, {}],
])(
  "%s of somebody else's todo, of none and of no id is NOT_FOUND and changes nothing",
  async (_name, mutation, variables) => {
    await using app = await startApp();
    const [ada, eve, admin] = [await app.createUser(), await app.createUser(), await app.createUser({ admin: true })];
    const { id } = await app.createTodo(ada);
    const before = await read(app, ada, id);

    const payloads = [
      await mutate(app, eve, mutation, { id, ...variables }),
      await mutate(app, admin, mutation, { id, ...variables }),
      await mutate(app, ada, mutation, { id: newTodoId(), ...variables }),
      await mutate(app, ada, mutation, { id: id.replace('todo_', 'user_'), ...variables }),
      await mutate(app, ada, mutation, { id: 'no id', ...variables }),
    ];

    expect(payloads.map(({ userErrors }) => userErrors)).toEqual(Array(5).fill([NOT_FOUND]));
    expect(payloads.map(({ todo, todoId }) => todo ?? todoId ?? null)).toEqual(Array(5).fill(null));
    expect(await read(app, ada, id)).toEqual(before);
  },
);

test.each([
  ['createTodo', CREATE, { input: { title: 'x' } }],
  ['updateTodo', UPDATE, { input: { title: 'x' } }],
  ['toggleTodo', TOGGLE, {}],
  ['deleteTodo', DELETE, {}],
  ['restoreTodo', RESTORE, {}],
  ['updateTodos', UPDATE_MANY, { input: { title: 'x' } }],
  ['deleteCompletedTodos', DELETE_COMPLETED, {}],
  ['todo', 'query ($id: ID!) { todo(id: $id) { id } }', {}],
])('%s without a viewer is UNAUTHENTICATED and changes nothing', async (_name, operation, variables) => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada);
  await mutate(app, ada, UPDATE, { id, input: { completed: true } });
  const before = await app.database.query('select * from todos');

  const answer = await app.execute(operation, { id, ids: [id], ...variables });

  expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
  expect(Object.values(answer.data ?? {}).filter(value => value !== null)).toEqual([]);
  expect(await app.database.query('select * from todos')).toEqual(before);
});

test("todo of somebody else's, of none and of no id is null", async () => {
  await using app = await startApp();
  const [ada, eve, admin] = [await app.createUser(), await app.createUser(), await app.createUser({ admin: true })];
  const { id } = await app.createTodo(ada);

  const found = [
    await read(app, eve, id),
    await read(app, admin, id),
    await read(app, ada, newTodoId()),
    await read(app, ada, id.replace('todo_', 'user_')),
    await read(app, ada, id.toUpperCase()),
    await read(app, ada, ''),
  ];

  expect(found).toEqual(Array(6).fill(null));
  expect(await read(app, ada, id)).toMatchObject({ id });
});

async function createTodos(app: TestApp, owner: Person, count: number, row: object = {}): Promise<string[]> {
  const uuids = await insertTodos(
    app.database,
    Array.from({ length: count }, (_, n) => ({ owner_id: uuidOf(owner), title: `todo ${n}`, ...row })),
  );
  return uuids.map(uuid => toGlobalId('todo', uuid));
}

test('updateTodos makes one change to all of them, and answers in the order of the ids', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids = await createTodos(app, ada, 4);
  const asked = [ids[2] ?? '', ids[0] ?? '', ids[3] ?? ''];

  const { todos, userErrors } = await mutate(app, ada, UPDATE_MANY, {
    ids: asked,
    input: { priority: 'URGENT', tags: ['now'], completed: true },
  });

  expect(userErrors).toEqual([]);
  expect(todos.map(({ id }: { id: string }) => id)).toEqual(asked);
  for (const todo of todos) {
    expect(todo).toMatchObject({ priority: 'URGENT', tags: ['now'], completed: true, version: 2 });
    expect(await read(app, ada, todo.id)).toEqual(todo);
  }
  expect(await read(app, ada, ids[1] ?? '')).toMatchObject({ priority: 'NONE', version: 1 });
});

test('updateTodos with an id twice changes that todo once, and gives it in both places', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const [one = '', two = ''] = await createTodos(app, ada, 2);

  const { todos } = await mutate(app, ada, UPDATE_MANY, { ids: [one, two, one], input: { title: 'x' } });

  expect(todos.map(({ id, version }: { id: string; version: number }) => [id, version])).toEqual([
    [one, 2],
    [two, 2],
    [one, 2],
  ]);
  expect(await app.database.query('select kind from changes where entity = $1', ['todo'])).toHaveLength(2);
});

test('updateTodos with ids that cannot be changed names each of them and changes none of the others', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const [good = ''] = await createTodos(app, ada, 1);
  const [thrownAway = ''] = await createTodos(app, ada, 1, { deleted_at: '2026-01-01T00:00:00.000Z' });
  const [hers = ''] = await createTodos(app, eve, 1);
  const before = await app.database.query('select * from todos order by id');

  const { todos, userErrors } = await mutate(app, ada, UPDATE_MANY, {
    ids: [good, hers, thrownAway, 'no id', newTodoId(), good],
    input: { title: 'x' },
  });

  expect(todos).toBeNull();
  expect(userErrors.map(faultOf)).toEqual(['1', '2', '3', '4'].map(place => ['NOT_FOUND', 'ids', place]));
  expect(userErrors[0].message).toContain(hers);
  expect(await app.database.query('select * from todos order by id')).toEqual(before);
});

test('updateTodos with a version that one of them has not is CONFLICT and changes none', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const [one = '', two = ''] = await createTodos(app, ada, 2);
  await mutate(app, ada, UPDATE, { id: two, input: { title: 'two' } });

  const { todos, userErrors } = await mutate(app, ada, UPDATE_MANY, {
    ids: [one, two],
    input: { title: 'x', expectedVersion: 1 },
  });

  expect(todos).toBeNull();
  expect(userErrors).toEqual([{ code: 'CONFLICT', path: ['ids', '1'], message: expect.stringContaining('version 2') }]);
  expect(await read(app, ada, one)).toMatchObject({ title: 'todo 0', version: 1 });
});

test('updateTodos with a fault in the input is INVALID and changes none', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids = await createTodos(app, ada, 2);

  const { todos, userErrors } = await mutate(app, ada, UPDATE_MANY, { ids, input: { title: ' ', completed: null } });

  expect(todos).toBeNull();
  expect(userErrors.map(faultOf)).toEqual([
    ['INVALID', 'input', 'title'],
    ['INVALID', 'input', 'completed'],
  ]);
});

test('updateTodos of 100 is done, and of none and of 101 is INVALID', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids = await createTodos(app, ada, 101);
  const input = { completed: true };

  const none = await mutate(app, ada, UPDATE_MANY, { ids: [], input });
  const tooMany = await mutate(app, ada, UPDATE_MANY, { ids, input });
  const done = await mutate(app, ada, UPDATE_MANY, { ids: ids.slice(0, 100), input });

  for (const [{ todos, userErrors }, count] of [
    [none, 0],
    [tooMany, 101],
  ] as const) {
    expect(todos).toBeNull();
    expect(userErrors).toEqual([{ code: 'INVALID', path: ['ids'], message: `Give 1 to 100 ids, not ${count}.` }]);
  }
  expect(done.todos).toHaveLength(100);
  const { data } = await app.execute('{ todos(filter: { completed: true }) { totalCount } }', {}, ada);
  expect(data.todos.totalCount).toBe(100);
});

test('updateTodos of the same todos in opposite orders at once are all done', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids = await createTodos(app, ada, 20);

  const payloads = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      mutate(app, ada, UPDATE_MANY, { ids: n % 2 ? ids : ids.toReversed(), input: { title: `writer ${n}` } }),
    ),
  );

  expect(payloads.flatMap(({ userErrors }) => userErrors)).toEqual([]);
  expect((await read(app, ada, ids[0] ?? '')).version).toBe(9);
  const titles = await app.database.query<{ title: string }>('select distinct title from todos');
  expect(titles).toHaveLength(1);
});

test('deleteCompletedTodos throws away the 1,000 that are completed, leaves all others, and a repeat finds none', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const completed = { completed_at: '2026-01-01T00:00:00.000Z' };
  const done = await createTodos(app, ada, 1_000, completed);
  await createTodos(app, ada, 3, { title: 'open' });
  const [before = ''] = await createTodos(app, ada, 1, { ...completed, deleted_at: '2026-02-02T00:00:00.000Z' });
  await createTodos(app, eve, 2, completed);

  const first = await mutate(app, ada, DELETE_COMPLETED);
  const second = await mutate(app, ada, DELETE_COMPLETED);

  expect(first.userErrors).toEqual([]);
  expect(first.todoIds.toSorted()).toEqual(done.toSorted());
  expect(second).toEqual({ todoIds: [], userErrors: [] });
  expect(await ownOrder(app, ada)).toEqual(['open', 'open', 'open']);
  expect(await ownOrder(app, eve)).toHaveLength(2);
  expect(await read(app, ada, before)).toMatchObject({ deletedAt: '2026-02-02T00:00:00.000Z', version: 1 });
  expect(await read(app, ada, done[500] ?? '')).toMatchObject({ deletedAt: expect.any(String), version: 2 });
  const told = await app.database.query('select kind, count(*)::int from changes where entity = $1 group by kind', [
    'todo',
  ]);
  expect(told).toEqual([{ kind: 'DELETED', count: 1_000 }]);
});

const INSTANTS = [
  ['Z', '2026-11-20T09:30:00Z', '2026-11-20T09:30:00.000Z'],
  ['lower case', '2026-11-20t09:30:00z', '2026-11-20T09:30:00.000Z'],
  ['an offset ahead', '2026-11-20T00:30:00+05:45', '2026-11-19T18:45:00.000Z'],
  ['an offset behind', '2026-11-20T23:30:00-09:30', '2026-11-21T09:00:00.000Z'],
  ['an offset of nothing', '2026-11-20T09:30:00-00:00', '2026-11-20T09:30:00.000Z'],
  ['one digit of a second', '2026-11-20T09:30:00.5Z', '2026-11-20T09:30:00.500Z'],
  ['nine digits of a second, cut', '2026-11-20T09:30:00.123999999Z', '2026-11-20T09:30:00.123Z'],
  ['a leap day', '2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['a leap day of a century', '2000-02-29T12:00:00Z', '2000-02-29T12:00:00.000Z'],
  ['the first instant', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['the last instant', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ['a year before calendars were agreed on', '1582-10-10T00:00:00Z', '1582-10-10T00:00:00.000Z'],
] as const;

test('a DateTime is the instant that it names, in a variable, in the text of an operation and in a filter', async () => {
  await using app = await startApp();
  const ada = await app.createUser();

  const told = [];
  for (const [circumstance, dueAt] of INSTANTS) {
    const { todo } = await mutate(app, ada, CREATE, { input: { title: 'x', dueAt } });
    const text = `mutation { createTodo(input: { title: "x", dueAt: "${dueAt}" }) { todo { dueAt } ${ERRORS} } }`;
    const literal = await mutate(app, ada, text);
    const { data } = await app.execute(
      'query ($at: DateTime) { todos(filter: { dueAfter: $at }) { nodes { id } } }',
      { at: dueAt },
      ada,
    );
    const isFound = data.todos.nodes.some(({ id }: { id: string }) => id === todo.id);
    const again = await read(app, ada, todo.id);
    told.push([circumstance, todo.dueAt, literal.todo.dueAt, again.dueAt, isFound]);
    await app.database.query('delete from todos');
  }

  expect(told).toEqual(INSTANTS.map(([circumstance, , instant]) => [circumstance, instant, instant, instant, true]));
});

const NO_INSTANTS = [
  ['no offset', '2026-11-20T09:30:00'],
  ['a day alone', '2026-11-20'],
  ['a space for the T', '2026-11-20 09:30:00Z'],
  ['no seconds', '2026-11-20T09:30Z'],
  ['an offset without minutes', '2026-11-20T09:30:00+01'],
  ['an offset that is none', '2026-11-20T09:30:00+25:00'],
  ['the 30th of February', '2026-02-30T00:00:00Z'],
  ['a leap day of no leap year', '2026-02-29T00:00:00Z'],
  ['a leap day of a century that had none', '1900-02-29T00:00:00Z'],
  ['the 31st of April', '2026-04-31T00:00:00Z'],
  ['the 0th of a month', '2026-01-00T00:00:00Z'],
  ['the 13th month', '2026-13-01T00:00:00Z'],
  ['the 24th hour', '2026-01-01T24:00:00Z'],
  ['the 25th hour', '2026-01-01T25:00:00Z'],
  ['a leap second', '2016-12-31T23:59:60Z'],
  ['the year 0', '0000-01-01T00:00:00Z'],
  ['an instant before the first one', '0001-01-01T00:00:00+00:01'],
  ['an instant behind the last one', '9999-12-31T23:59:59-00:01'],
  ['a year of five digits', '12026-01-01T00:00:00Z'],
  ['a sign before the year', '+002026-01-01T00:00:00Z'],
  ['white space', ' 2026-11-20T09:30:00Z'],
  ['a line feed', '2026-11-20T09:30:00Z\n'],
  ['words', 'tomorrow'],
  ['nothing', ''],
  ['infinity', 'infinity'],
  ['other digits', '２０２６-11-20T09:30:00Z'],
  ['a number', 1_795_000_000_000],
  ['true', true],
  ['an object', {}],
] as const;

test('a DateTime that is no instant by RFC 3339 is BAD_REQUEST, in a variable and in the text of an operation', async () => {
  await using app = await startApp();
  const ada = await app.createUser();

  const told = await Promise.all(
    NO_INSTANTS.map(async ([circumstance, dueAt]) => {
      const text = `mutation { createTodo(input: { title: "x", dueAt: ${JSON.stringify(dueAt)} }) { todo { id } } }`;
      const answers = [
        await app.execute(CREATE, { input: { title: 'x', dueAt } }, ada),
        await app.execute(text, {}, ada),
      ];
      const isExplained = answers.every(({ errors }) => errors[0]?.message.includes('RFC 3339'));
      return [circumstance, ...answers.map(codesOf), isExplained];
    }),
  );

  expect(told).toEqual(NO_INSTANTS.map(([circumstance]) => [circumstance, ['BAD_REQUEST'], ['BAD_REQUEST'], true]));
  expect(await ownOrder(app, ada)).toEqual([]);
});

test('a subscription delivers each change, and goes on where it was left', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const subscription =
    'subscription ($after: String) { changes(after: $after) { cursor kind ... on TodoChange { todoId todo { title } } } }';
  const first = app.subscribe(ada, subscription);
  await until('the subscription is open', () => app.app.services.feed.followerCount === 1);
  await app.createTodo(ada, { title: 'one' });
  await until('the event came', () => first.events.length === 1);
  first.stop();
  await first.ended;
  await until('the subscription is closed', () => app.app.services.feed.followerCount === 0);
  await app.createTodo(ada, { title: 'two' });

  const second = app.subscribe(ada, subscription, { after: first.events[0]?.data.changes.cursor });
  await until('what was missed came', () => second.events.length === 1);

  expect(second.events[0]?.data.changes).toMatchObject({ kind: 'CREATED', todo: { title: 'two' } });
  second.stop();
  await second.ended;
});
