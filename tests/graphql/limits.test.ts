import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../src/graphql/limits.ts';
import { ERROR_CODES } from '../../src/platform/errors.ts';
import { type Answer, type Person, startApp, type TestApp } from '../support/app.ts';
import { holdLock } from '../support/lock.ts';
import { until } from '../support/wait.ts';

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ');

describe('a body', () => {
  test('over a million bytes is refused with 413, the limit, and the end of the connection', async () => {
    await using app = await startApp();
    const query = '{ __typename }';

    const over = await post(app, JSON.stringify({ query, variables: { text: 'x'.repeat(LIMITS.bodyBytes) } }));
    const within = await post(app, JSON.stringify({ query, variables: { text: 'x'.repeat(LIMITS.bodyBytes - 100) } }));

    expect(over).toMatchObject({ status: 413, errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(over.errors[0]?.message).toContain('1,000,000 bytes');
    expect(over.headers.get('connection')).toBe('close');
    expect(within).toMatchObject({ status: 200, errors: [] });
  });

  test('that does not say how long it is is refused as soon as it is too long', async () => {
    await using app = await startApp();
    const piece = new TextEncoder().encode(' '.repeat(100_000));
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += piece.byteLength;
        controller.enqueue(piece);
      },
    });

    const answer = await post(app, endless);

    expect(answer).toMatchObject({ status: 413, errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(answer.errors[0]?.message).toContain('1,000,000 bytes');
    expect(sent).toBeGreaterThan(LIMITS.bodyBytes);
  });

  test('that is no request is BAD_REQUEST', async () => {
    await using app = await startApp();
    const bodies = [
      '{',
      '',
      'null',
      '"{ __typename }"',
      '{"query":1}',
      '{"query":"{ __typename }","variables":1}',
      '{"query":"{ __typename }","more":1}',
    ];

    const answers = await Promise.all(bodies.map(body => post(app, body)));

    expect(answers.map(answer => [answer.status, ...codesOf(answer)])).toEqual(bodies.map(() => [400, 'BAD_REQUEST']));
  });

  test('whose variables are nested a hundred thousand times is answered', async () => {
    await using app = await startApp();
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

    const ignored = await post(app, `{"query":"{ __typename }","variables":{"a":${nested}}}`);
    const used = await post(app, `{"query":"query ($i: LogInInput!) { __typename }","variables":{"i":${nested}}}`);

    expect(ignored).toMatchObject({ status: 200, errors: [] });
    expect(codesOf(used)).toEqual(['BAD_REQUEST']);
  });
});

describe('an operation', () => {
  test(`of more than ${LIMITS.tokens} tokens is TOO_COMPLEX`, async () => {
    await using app = await startApp();

    const over = await app.execute(`{ ${times(LIMITS.tokens, () => '__typename')} }`);
    const within = await app.execute(`{ __typename ${times(LIMITS.tokens / 20, () => '__typename @skip(if: true)')} }`);

    expect(over).toMatchObject({ data: null, errors: [{ extensions: { code: 'TOO_COMPLEX' } }] });
    expect(over.errors[0]?.message).toContain(String(LIMITS.tokens));
    expect(within.errors[0]?.message).not.toContain('tokens');
  });

  test('with a name that says token is not taken for one that is too long', async () => {
    await using app = await startApp();

    const { errors } = await app.execute('{ apiInfo { name } } token');

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  });

  const todosDeep = (levels: number) =>
    `${'todos(first: 1) { nodes { owner { '.repeat((levels - 1) / 3)}id${' } } }'.repeat((levels - 1) / 3)}`;

  test(`of more than ${LIMITS.depth} levels is TOO_COMPLEX, as many are not`, async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const over = await app.execute(`{ me { ${todosDeep(16)} } }`, {}, ada);
    const within = await app.execute(`{ me { ${todosDeep(13)} } }`, {}, ada);

    expect(codesOf(over)).toEqual(['TOO_COMPLEX']);
    expect(over.errors[0]?.message).toBe(`The operation has 17 levels; the limit is ${LIMITS.depth}.`);
    expect(within).toMatchObject({ status: 200, errors: [] });
  });

  test('that hides its levels in fragments is TOO_COMPLEX too', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const fragments = (count: number) =>
      `{ me { ...F0 } } ${times(count, n => `fragment F${n} on User { todos(first: 1) { nodes { owner { ...F${n + 1} } } } }`)}
       fragment F${count} on User { ... on User { ... { id } } }`;

    const over = await app.execute(fragments(5), {}, ada);
    const within = await app.execute(fragments(4), {}, ada);

    expect(codesOf(over)).toEqual(['TOO_COMPLEX']);
    expect(over.errors[0]?.message).toBe(`The operation has 17 levels; the limit is ${LIMITS.depth}.`);
    expect(within).toMatchObject({ status: 200, errors: [] });
  });

  test('that asks the schema about itself without end is refused', async () => {
    await using app = await startApp();

    const answer = await app.execute(
      `{ __schema { types { ${'fields { type { '.repeat(9)}name${' } }'.repeat(9)} } } }`,
    );

    expect(answer.data).toBeNull();
    expect(codesOf(answer)).toEqual(['BAD_REQUEST']);
  });

  test(`of more than ${LIMITS.aliases} aliases is TOO_COMPLEX, as many are not`, async () => {
    await using app = await startApp();

    const over = await app.execute(`{ ${times(LIMITS.aliases + 1, n => `a${n}: __typename`)} }`);
    const within = await app.execute(`{ ${times(LIMITS.aliases, n => `a${n}: __typename`)} }`);

    expect(codesOf(over)).toEqual(['TOO_COMPLEX']);
    expect(over.errors[0]?.message).toBe(`The operation has 101 aliases; the limit is ${LIMITS.aliases}.`);
    expect(within).toMatchObject({ status: 200, errors: [] });
  });

  test('that spreads a fragment of aliases again and again is counted with all of them', async () => {
    await using app = await startApp();
    const fragment = `fragment F on ApiInfo { ${times(30, n => `a${n}: name`)} }`;
    const spread = (count: number) => `{ apiInfo { ${times(count, () => '...F')} } } ${fragment}`;

    const over = await app.execute(spread(4));
    const within = await app.execute(spread(3));

    expect(codesOf(over)).toEqual(['TOO_COMPLEX']);
    expect(over.errors[0]?.message).toBe(`The operation has 120 aliases; the limit is ${LIMITS.aliases}.`);
    expect(within).toMatchObject({ status: 200, errors: [] });
  });

  test(`of more than ${LIMITS.directives} directives is TOO_COMPLEX, as many are not`, async () => {
    await using app = await startApp();
    const fields = (count: number) => times(count, n => `a${n}: __typename @include(if: true)`);

    const over = await app.execute(`{ ${fields(LIMITS.directives + 1)} }`);
    const within = await app.execute(`{ ${fields(LIMITS.directives)} }`);

    expect(codesOf(over)).toEqual(['TOO_COMPLEX']);
    expect(over.errors[0]?.message).toBe(`The operation has 51 directives; the limit is ${LIMITS.directives}.`);
    expect(within).toMatchObject({ status: 200, errors: [] });
  });

  test('whose fragments double a hundred times over is refused without being written out', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const page = (n: number) => `todos(first: 1) { nodes { owner { ...F${n} } } }`;
    const query = `{ me { ...F0 } } ${times(100, n => `fragment F${n} on User { a: ${page(n + 1)} b: ${page(n + 1)} }`)}
      fragment F100 on User { id }`;

    const answer = await app.execute(query, {}, ada);

    expect(answer.data).toBeNull();
    expect(new Set(codesOf(answer))).toEqual(new Set(['TOO_COMPLEX']));
  });

  test('whose fragments double without a field in between is answered: each counts once', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const query = `{ me { ...F0 } } ${times(300, n => `fragment F${n} on User { ...F${n + 1} ...F${n + 1} }`)}
      fragment F300 on User { id }`;

    const answer = await app.execute(query, {}, ada);

    expect(answer).toMatchObject({ status: 200, data: { me: { id: ada.id } }, errors: [] });
  });

  test('whose fragments spread each other in a ring is BAD_REQUEST', async () => {
    await using app = await startApp();

    const answer = await app.execute(
      '{ apiInfo { ...A } } fragment A on ApiInfo { ...B } fragment B on ApiInfo { name ...A }',
    );

    expect(codesOf(answer)).toEqual(['BAD_REQUEST']);
  });

  test('that selects one field over a thousand times is TOO_COMPLEX', async () => {
    await using app = await startApp();

    const answer = await app.execute(`{ ${times(1_200, () => 'apiInfo { name }')} }`);

    expect(codesOf(answer)).toEqual(['TOO_COMPLEX']);
  });

  test('whose values lie two thousand deep in each other is refused in few words', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const nested = `${'['.repeat(2_400)}${']'.repeat(2_400)}`;

    const { data, errors } = await app.execute(`{ todos(filter: { tags: ${nested} }) { totalCount } }`, {}, ada);

    expect(data).toBeNull();
    // Which of the two depends on how much of the stack there is.
    expect(['BAD_REQUEST', 'TOO_COMPLEX']).toContain(errors[0]?.extensions.code);
    expect(errors[0]?.message.length).toBeLessThan(1_100);
  });

  const page = (inner: string, first = '(first: 100)') => `todos${first} { nodes { ${inner} } }`;
  const owned = (inner: string) => `owner { ${inner} }`;

  test.each([
    ['that asks for lists in lists in lists', `{ ${page(owned(page(owned(page(owned(page('id')))))))} }`],
    ['that does so with the default size', `{ ${page(owned(page(owned(page(owned(page('id', '')), '')), '')), '')} }`],
    ['whose page size is a variable', `query ($n: Int) { ${page(owned(page(owned(page('id')))), '(first: $n)')} }`],
    [
      'that hides its lists in fragments',
      `{ ...A } fragment A on Query { todos(first: 100) { ...B } } fragment B on TodoConnection { edges { node { ${owned(page(owned(page('id'))))} } } }`,
    ],
  ])('%s is TOO_COMPLEX, and the limit is named', async (_name, query) => {
    await using app = await startApp();
    const ada = await app.createUser();

    const answer = await app.execute(query, {}, ada);

    expect(codesOf(answer)).toEqual(['TOO_COMPLEX']);
    expect(answer.errors[0]?.message).toMatch(/^The operation may cost [\d,]+ points; the limit is 10,000\. /);
  });

  test('that asks for a page of todos of each of twenty users is not', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const ids = JSON.stringify(Array.from({ length: 20 }, () => ada.id));

    const answer = await app.execute(`{ nodes(ids: ${ids}) { ... on User { ${page(owned('id'))} } } }`, {}, ada);

    expect(answer.errors).toEqual([]);
  });
});

describe('a batch', () => {
  const batch = (count: number) => JSON.stringify(Array.from({ length: count }, () => ({ query: '{ __typename }' })));

  test(`of ${LIMITS.batch} operations is answered in their order`, async () => {
    await using app = await startApp();
    const operations = Array.from({ length: LIMITS.batch }, (_, n) => ({ query: `{ a${n}: __typename }` }));

    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(operations),
    });

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(operations.map((_, n) => ({ data: { [`a${n}`]: 'Query' } })));
  });

  test(`of ${LIMITS.batch + 1} operations is refused with the limit`, async () => {
    await using app = await startApp();

    const { status, errors } = await post(app, batch(LIMITS.batch + 1));

    expect(status).toBe(413);
    expect(errors).toMatchObject([{ message: expect.stringContaining('10'), extensions: { code: 'BAD_REQUEST' } }]);
  });
});

describe('an operation that takes too long', () => {
  // A server of its own: what prepares the test may take its time.
  const settings = { OPERATION_TIMEOUT_MS: '300' };
  const UPDATE = `mutation ($id: ID!) {
    updateTodo(id: $id, input: { title: "Changed" }) { todo { title } userErrors { code } }
  }`;

  test('is given up as TOO_COMPLEX, and what it had not finished is undone', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const todo = await app.createTodo(ada, { title: 'As it was' });
    await using hasty = await startApp({ database: app.database, settings });
    await using lock = await holdLock(app.database, 'select * from todos for update');

    const answer = await hasty.execute(UPDATE, { id: todo.id }, ada);

    expect(answer).toMatchObject({ data: null, errors: [{ extensions: { code: 'TOO_COMPLEX' } }] });
    expect(answer.errors[0]?.message).toContain('0.3 seconds');
    await lock.release();
    await until('the transaction is over', async () => {
      const [row] = await app.database.query<{ count: string }>(
        `select count(*) from pg_stat_activity
         where datname = current_database() and application_name = 'duely' and state <> 'idle'`,
      );
      return row?.count === '0';
    });
    expect(await app.database.query('select title from todos')).toEqual([{ title: 'As it was' }]);
  });

  test('is given up where it only reads', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using hasty = await startApp({ database: app.database, settings });
    await using lock = await holdLock(app.database, 'lock table todos in access exclusive mode');

    const answer = await hasty.execute('{ todos { nodes { id } } }', {}, ada);
    await lock.release();

    expect(codesOf(answer)).toEqual(['TOO_COMPLEX']);
  });
});

describe('text that PostgreSQL cannot keep', () => {
  const CREATE =
    'mutation ($title: String!) { createTodo(input: { title: $title }) { todo { id } userErrors { code } } }';
  const bad = { 'U+0000': 'a\0b', 'half a character': 'a\ud800b' };

  test.each(Object.entries(bad))('%s is BAD_REQUEST in a variable, and nothing is written', async (_name, title) => {
    await using app = await startApp();
    const ada = await app.createUser();

    const answers = [
      await app.execute(CREATE, { title }, ada),
      await app.execute('query ($id: ID!) { todo(id: $id) { id } }', { id: title }, ada),
      await app.execute(
        'query ($filter: TodoFilter) { todos(filter: $filter) { totalCount } }',
        { filter: { tags: [title] } },
        ada,
      ),
      await app.execute('query ($after: String) { todos(after: $after) { totalCount } }', { after: title }, ada),
      await app.execute('query ($after: String) { changes(after: $after) { cursor } }', { after: title }, ada),
      await app.execute('mutation ($input: LogInInput!) { logIn(input: $input) { accessToken } }', {
        input: { login: title, password: title },
      }),
    ];

    expect(answers.map(codesOf)).toEqual(answers.map(() => ['BAD_REQUEST']));
    expect(await app.database.query('select * from todos')).toEqual([]);
  });

  test('is BAD_REQUEST in a literal, however it is written', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const raw = String.raw;
    const literals = [raw`"a\u0000b"`, '"a\0b"', '"""a\0b"""', raw`"a\u{0}b"`, raw`"a\ud800b"`];

    const answers = await Promise.all(
      literals.map(title =>
        app.execute(`mutation { createTodo(input: { title: ${title} }) { todo { id } } }`, {}, ada),
      ),
    );

    expect(answers.map(codesOf)).toEqual(literals.map(() => ['BAD_REQUEST']));
    expect(await app.database.query('select * from todos')).toEqual([]);
  });

  test('in a list of variables or a default value is BAD_REQUEST', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const answers = [
      await app.execute('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ['todo_1', 'a\0b'] }, ada),
      await app.execute(String.raw`query ($id: ID! = "a\u0000b") { todo(id: $id) { id } }`, {}, ada),
    ];

    expect(answers.map(codesOf)).toEqual([['BAD_REQUEST'], ['BAD_REQUEST']]);
  });

  test('in a cursor made by hand is BAD_REQUEST in every order, and never INTERNAL', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const fields = ['POSITION', 'CREATED_AT', 'UPDATED_AT', 'DUE_AT', 'PRIORITY', 'TITLE'];
    const id = '019a8f00-0000-7000-8000-000000000000';
    const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const query =
      'query ($after: String, $orderBy: TodoOrder) { todos(after: $after, orderBy: $orderBy) { totalCount } }';

    const answers = await Promise.all(
      fields.flatMap(field =>
        [
          cursor(`${field} ASC`, 'a\0b', id),
          cursor(`${field} ASC`, 'infinity\0', id),
          cursor(`${field} ASC`, 'x', 'a\0b'),
          cursor(`${field} ASC`, 'x', `${id}\0`),
          cursor(`${field} ASC\0`, 'x', id),
          cursor(`${field} ASC`, ['x'], id),
          cursor(`${field} ASC`, 'x'),
          cursor(null),
        ].map(after => app.execute(query, { after, orderBy: { field } }, ada)),
      ),
    );

    expect(answers.map(codesOf)).toEqual(answers.map(() => ['BAD_REQUEST']));
  });

  test('in a cursor of the feed made by hand is BAD_REQUEST', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const cursors = [
      'feed 1 1 \0\0\0\0\0\0\0\0',
      'feed 1\0 1 00000000',
      'feed 999999999999999999 1 00000000',
      'feed -1 1 00000000',
    ];

    const answers = await Promise.all(
      cursors.map(text =>
        app.execute(
          'query ($after: String) { changes(after: $after) { cursor } }',
          { after: Buffer.from(text).toString('base64url') },
          ada,
        ),
      ),
    );

    expect(answers.map(codesOf)).toEqual(cursors.map(() => ['BAD_REQUEST']));
  });

  test.each(Object.entries(bad))('%s is BAD_REQUEST in an idempotency key', async (_name, idempotencyKey) => {
    await using app = await startApp();
    const ada = await app.createUser();

    const answer = await app.execute(CREATE, { title: 'Mine' }, ada, { extensions: { idempotencyKey } });

    expect(codesOf(answer)).toEqual(['BAD_REQUEST']);
    expect(await app.database.query('select * from todos')).toEqual([]);
  });

  test('is not confused with characters of other planes, which are kept as they are', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const title = '🏃 runs\u{10ffff}';

    await app.createTodo(ada, { title });

    expect(await app.database.query('select title from todos')).toEqual([{ title }]);
  });
});

describe('INTROSPECTION=off', () => {
  const settings = { INTROSPECTION: 'off' };

  test('refuses __schema and __type, inside of fragments too', async () => {
    await using app = await startApp({ settings });
    const queries = [
      '{ __schema { types { name } } }',
      '{ __type(name: "Query") { name } }',
      '{ ...F } fragment F on Query { ... { a: __schema { types { name } } } }',
    ];

    const answers = await Promise.all(queries.map(query => app.execute(query)));

    expect(answers.map(({ data }) => data)).toEqual([null, null, null]);
    expect(new Set(answers.flatMap(codesOf))).toEqual(new Set(['BAD_REQUEST']));
  });

  test('leaves __typename, which clients need', async () => {
    await using app = await startApp({ settings });

    const answer = await app.execute('{ __typename }');

    expect(answer).toMatchObject({ data: { __typename: 'Query' }, errors: [] });
  });

  const guesses: Record<string, [query: string, variables?: object]> = {
    'a field': ['{ apiInf { name } }'],
    'a field of a type': ['{ apiInfo { nam } }'],
    'an argument': ['{ todo(i: 1) { id } }'],
    'a type': ['{ ... on Quer { __typename } }'],
    'an input field': ['mutation { logIn(input: { logi: "a", password: "b" }) { accessToken } }'],
    'an enum value': ['{ todos(orderBy: { field: POSITIO }) { totalCount } }'],
    'an input field in a variable': [
      'query ($o: TodoOrder) { todos(orderBy: $o) { totalCount } }',
      { o: { fiel: 'TITLE' } },
    ],
    'an enum value in a variable': [
      'query ($o: TodoOrder) { todos(orderBy: $o) { totalCount } }',
      { o: { field: 'TITL' } },
    ],
    'a variable’s type': ['query ($o: TodoOrde) { todos(orderBy: $o) { totalCount } }', { o: null }],
  };

  test('tells nothing to who guesses names; with introspection the same guesses are helped', async () => {
    await using app = await startApp({ settings });
    await using open = await startApp();
    const ask = async (to: TestApp) =>
      Promise.all(
        Object.entries(guesses).map(async ([name, [query, variables]]) => {
          const { errors } = await to.execute(query, variables);
          return [name, errors.some(({ message }) => message.includes('Did you mean'))];
        }),
      );

    expect(await ask(app)).toEqual(Object.keys(guesses).map(name => [name, false]));
    expect(await ask(open)).toEqual(Object.keys(guesses).map(name => [name, true]));
  });
});

test('whatever is wrong with an operation, its code is one of the closed list', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const wrong: [query: string, variables?: object, as?: Person][] = [
    ['{'],
    [''],
    ['{ nothing }'],
    ['{ apiInfo }'],
    ['{ todos { totalCount } }'],
    ['{ todos(first: 0) { totalCount } }', {}, ada],
    ['{ todos(first: 1, last: 1) { totalCount } }', {}, ada],
    ['{ todos(first: 99999999999) { totalCount } }', {}, ada],
    ['{ todos(first: "one") { totalCount } }', {}, ada],
    ['query ($n: Int!) { todos(first: $n) { totalCount } }', {}, ada],
    ['query ($n: Int!) { todos(first: $n) { totalCount } }', { n: 1.5 }, ada],
    ['query ($d: DateTime) { todos(filter: { dueAfter: $d }) { totalCount } }', { d: 'yesterday' }, ada],
    ['query ($d: DateTime) { todos(filter: { dueAfter: $d }) { totalCount } }', { d: '2026-02-30T00:00:00Z' }, ada],
    ['mutation { signUp(input: { email: 1, username: "a", password: "b" }) { accessToken } }'],
    ['query A { __typename } query B { __typename }'],
    ['fragment F on Query { __typename }'],
    ['{ __typename } { __typename }'],
    ['query ($unused: Int) { __typename }'],
    ['subscription { changes { cursor } todoChanged { cursor } }', {}, ada],
    ['type Query { a: Int }'],
  ];

  const answers = await Promise.all(wrong.map(([query, variables, as]) => app.execute(query, variables, as)));

  const codes = answers.map(codesOf);
  for (const [n, found] of codes.entries()) expect([wrong[n], found.length]).not.toEqual([wrong[n], 0]);
  expect(Object.keys(ERROR_CODES)).toEqual(expect.arrayContaining([...new Set(codes.flat())]));
  expect(codes.flat()).not.toContain('INTERNAL');
});

const codesOf = ({ errors }: Pick<Answer, 'errors'>) => errors.map(({ extensions }) => extensions.code);

/** A body as it stands. */
async function post(app: TestApp, body: string | ReadableStream<Uint8Array>) {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    ...(typeof body === 'string' ? {} : { duplex: 'half' }),
  } as RequestInit);
  const { data, errors = [] } = (await response.json()) as Partial<Answer>;
  return { status: response.status, headers: response.headers, data, errors };
}
