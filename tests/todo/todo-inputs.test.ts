import { expect, test } from 'vitest';
import { newId } from '../../src/platform/ids.ts';
import { lengthOf } from '../../src/platform/text.ts';
import { createTodo } from '../../src/todo/todo.service.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';

const ERRORS = 'userErrors { code message path }';
const CREATE = `mutation ($input: CreateTodoInput!) { createTodo(input: $input) { todo { id title description tags } ${ERRORS} } }`;
const UPDATE = `mutation ($id: ID!, $input: UpdateTodoInput!) { updateTodo(id: $id, input: $input) { todo { id title description tags } ${ERRORS} } }`;
const UPDATE_MANY = `mutation ($id: ID!, $input: UpdateTodoInput!) {
  updateTodos(ids: [$id], input: $input) { todos { id title description tags } ${ERRORS} }
}`;

/** Each by the code points that it has: PostgreSQL and the API count those, and nothing that a screen makes of them. */
const CHARACTERS: Readonly<Record<string, { text: string; codePoints: number }>> = {
  letters: { text: 'x', codePoints: 1 },
  'letters of two bytes': { text: 'ё', codePoints: 1 },
  'letters of three bytes': { text: '好', codePoints: 1 },
  'emoji of two UTF-16 units': { text: '🦊', codePoints: 1 },
  'letters with a combining mark': { text: 'e\u0301', codePoints: 2 },
  'letters with ten combining marks': { text: `z${'\u0335\u0301'.repeat(5)}`, codePoints: 11 },
  'flags of two code points': { text: '🇵🇰', codePoints: 2 },
  'emoji with a skin tone': { text: '👍🏽', codePoints: 2 },
  'a family of emoji joined to one': { text: '👨‍👩‍👧‍👦', codePoints: 7 },
  'right-to-left words': { text: 'یہ دودھ', codePoints: 7 },
  'right-to-left words with direction marks': { text: '\u202bمرحبا\u202c', codePoints: 7 },
  'Hindi clusters': { text: 'क्षि', codePoints: 4 },
};

/** Such characters, so many code points of them in all. */
function fill({ text, codePoints }: { text: string; codePoints: number }, length: number): string {
  const whole = text.repeat(Math.floor(length / codePoints));
  return whole + 'a'.repeat(length % codePoints);
}

const LIMITS: Readonly<Record<string, { max: number; as: (text: string) => object }>> = {
  title: { max: 200, as: title => ({ title }) },
  description: { max: 10_000, as: description => ({ description }) },
  tags: { max: 50, as: tag => ({ tags: [tag] }) },
};

async function mutate(app: TestApp, as: Person, mutation: string, variables: object) {
  const { data, errors } = await app.execute(mutation, variables, as);
  expect(errors).toEqual([]);
  const [payload] = Object.values<ReturnType<typeof JSON.parse>>(data);
  return { todo: payload.todo ?? payload.todos?.[0] ?? null, userErrors: payload.userErrors };
}

test('what the database counts as characters is what the checks count', async () => {
  await using app = await startApp();
  const texts = Object.values(CHARACTERS).map(one => fill(one, 200));

  const rows = await app.database.query<{ length: number }>('select length(text) from unnest($1::text[]) as text', [
    texts,
  ]);

  expect(rows.map(({ length }) => length)).toEqual(texts.map(lengthOf));
  expect(new Set(texts.map(lengthOf))).toEqual(new Set([200]));
});

test.each(Object.entries(LIMITS))(
  '%s at its limit and one below, in any script, is kept as it is by every mutation; one above is INVALID and changes nothing',
  async (field, { max, as }) => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { id } = await app.createTodo(ada);
    const forms = (input: object): [mutation: string, variables: object][] => [
      [CREATE, { input: { title: 'x', ...input } }],
      [UPDATE, { id, input }],
      [UPDATE_MANY, { id, input }],
    ];
    const fault = {
      code: 'INVALID',
      path: ['input', field],
      message: expect.stringContaining(`${max.toLocaleString('en')} characters`),
    };
    const rows = () => app.database.query('select id, title, description, tags, version from todos order by id');

    for (const [name, characters] of Object.entries(CHARACTERS)) {
      for (const length of [max - 1, max]) {
        const input = as(fill(characters, length));
        for (const [mutation, variables] of forms(input)) {
          const payload = await mutate(app, ada, mutation, variables);
          expect(payload, `${length} of ${name}`).toMatchObject({ todo: input, userErrors: [] });
        }
      }
      const before = await rows();
      for (const [mutation, variables] of forms(as(fill(characters, max + 1)))) {
        const payload = await mutate(app, ada, mutation, variables);
        expect(payload, `${max + 1} of ${name}`).toEqual({ todo: null, userErrors: [fault] });
      }
      expect(await rows()).toEqual(before);
    }
  },
);

const NOT_TEXT: Readonly<Record<string, string>> = {
  'U+0000': 'before\0after',
  'the first half of a pair': 'before\ud83e',
  'the second half of a pair': '\udd8aafter',
};

/** Every place of the todo's inputs that takes text. */
const PLACES: Readonly<Record<string, (text: string) => [query: string, variables: object]>> = {
  'createTodo title': title => [CREATE, { input: { title } }],
  'createTodo description': description => [CREATE, { input: { title: 'x', description } }],
  'createTodo tags': tag => [CREATE, { input: { title: 'x', tags: ['home', tag] } }],
  'createTodo id': id => [CREATE, { input: { title: 'x', id } }],
  'updateTodo title': title => [UPDATE, { id: 'todo_01kabc0000e0080000000000zz', input: { title } }],
  'updateTodo id': id => [UPDATE, { id, input: {} }],
  'updateTodos title': title => [UPDATE_MANY, { id: 'todo_01kabc0000e0080000000000zz', input: { title } }],
  'moveTodo afterId': id => [
    `mutation ($id: ID!) { moveTodo(id: "x", input: { afterId: $id }) { ${ERRORS} } }`,
    { id },
  ],
  'todos search': search => ['query ($s: String) { todos(filter: { search: $s }) { totalCount } }', { s: search }],
  'todos tags': tag => ['query ($tags: [String!]) { todos(filter: { tags: $tags }) { totalCount } }', { tags: [tag] }],
  'todos after': after => ['query ($after: String) { todos(after: $after) { totalCount } }', { after }],
  'todo id': id => ['query ($id: ID!) { todo(id: $id) { id } }', { id }],
};

test('what is no text is BAD_REQUEST wherever it stands, says which character it is, and changes nothing', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.createTodo(ada);
  const before = await app.database.query('select * from todos');

  for (const [place, operation] of Object.entries(PLACES)) {
    for (const [what, text] of Object.entries(NOT_TEXT)) {
      const [query, variables] = operation(text);
      const { errors, data } = await app.execute(query, variables, ada);

      expect(data, `${what} in ${place}`).toBeNull();
      expect(errors, `${what} in ${place}`).toMatchObject([
        { message: expect.stringMatching(/U\+0000.*lone surrogate/), extensions: { code: 'BAD_REQUEST' } },
      ]);
    }
  }
  expect(await app.database.query('select * from todos')).toEqual(before);
});

test.each(Object.keys(NOT_TEXT))(
  'a todo made past the API with %s is INVALID in each field that has it',
  async name => {
    await using app = await startApp();
    const ada = await app.createUser();
    const text = NOT_TEXT[name] ?? expect.fail();
    const { viewers, transact, todoLimits: limits } = app.app.services;
    const viewer = await viewers.byToken(ada.accessToken, { userAgent: null, ipAddress: null });
    if (typeof viewer === 'string') throw new Error(viewer);

    const made = transact(viewer.userId, em =>
      createTodo(
        em,
        viewer,
        { title: text, description: text, tags: [text], priority: 'NONE' },
        { limits, now: new Date() },
      ),
    );

    await expect(made).rejects.toMatchObject({
      details: ['title', 'description', 'tags'].map(field => ({
        code: 'INVALID',
        path: ['input', field],
        message: expect.stringMatching(/U\+0000.*lone surrogate/),
      })),
    });
    expect(await app.database.query('select title from todos')).toEqual([]);
  },
);

const FILTERS: readonly [circumstance: string, filter: object, found: readonly string[]][] = [
  ['nothing', {}, ['plain', 'tagged', 'due']],
  [
    'null for everything',
    { search: null, tags: null, priorities: null, dueAfter: null, completed: null },
    ['plain', 'tagged', 'due'],
  ],
  ['no tags', { tags: [] }, ['plain', 'tagged', 'due']],
  ['one tag twice', { tags: ['a', 'a'] }, ['tagged']],
  ['twenty tags that it has', { tags: Array.from({ length: 20 }, (_, n) => (n === 0 ? 'a' : `tag ${n}`)) }, ['tagged']],
  ['a tag that none can have', { tags: ['x'.repeat(51)] }, []],
  ['a thousand tags', { tags: Array.from({ length: 1_000 }, (_, n) => `${n}`) }, []],
  ['no priority', { priorities: [] }, []],
  [
    'every priority, one of them twice',
    { priorities: ['NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT', 'NONE'] },
    ['plain', 'tagged', 'due'],
  ],
  ['due at its very instant', { dueAfter: '2030-01-01T00:00:00.000Z' }, ['due']],
  ['due before its very instant', { dueBefore: '2030-01-01T00:00:00.000Z' }, []],
  ['due before the next millisecond', { dueBefore: '2030-01-01T00:00:00.001Z' }, ['due']],
  [
    'bounds that exclude each other',
    { dueAfter: '2031-01-01T00:00:00.000Z', dueBefore: '2029-01-01T00:00:00.000Z' },
    [],
  ],
  ['a search of 10,000 letters', { search: 'x'.repeat(10_000) }, []],
  ['a search of 2,000 words', { search: 'plain '.repeat(2_000) }, ['plain']],
  ['a search of marks alone', { search: '\u0301\u0301' }, []],
  ['a search of joiners alone', { search: '\u200d\u200b' }, []],
];

test('todos with filters at and beyond what todos can have are answered, and find what they say', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.createTodo(ada, { title: 'plain' });
  await app.createTodo(ada, { title: 'tagged', tags: ['a', ...Array.from({ length: 19 }, (_, n) => `tag ${n + 1}`)] });
  await app.createTodo(ada, { title: 'due', dueAt: '2030-01-01T00:00:00.000Z' });

  const told = [];
  for (const [circumstance, filter] of FILTERS) {
    const { data, errors } = await app.execute(
      'query ($filter: TodoFilter) { todos(filter: $filter, orderBy: { field: CREATED_AT }) { nodes { title } totalCount } }',
      { filter },
      ada,
    );
    expect([circumstance, errors]).toEqual([circumstance, []]);
    const titles = data.todos.nodes.map(({ title }: { title: string }) => title);
    expect(data.todos.totalCount).toBe(titles.length);
    told.push([circumstance, titles]);
  }

  expect(told).toEqual(FILTERS.map(([circumstance, , found]) => [circumstance, found]));
});

test('updateTodos of an id that is no id, however long, is NOT_FOUND in its place and never INTERNAL', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids = ['', 'x'.repeat(10_000), newId(), '🦊', "'; drop table todos; --"];

  const { data, errors } = await app.execute(
    `mutation ($ids: [ID!]!) { updateTodos(ids: $ids, input: { title: "x" }) { todos { id } ${ERRORS} } }`,
    { ids },
    ada,
  );

  expect(errors).toEqual([]);
  expect(data.updateTodos.todos).toBeNull();
  expect(data.updateTodos.userErrors).toMatchObject(
    ids.map((_id, index) => ({ code: 'NOT_FOUND', path: ['ids', String(index)] })),
  );
});
