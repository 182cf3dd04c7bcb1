import { readFileSync } from 'node:fs';
import { isEnumType } from 'graphql';
import pg from 'pg';
import { describe, expect, inject, test } from 'vitest';
import { ERROR_CODES, USER_ERROR_CODES } from '../../src/platform/errors.ts';
import { createSchema } from '../../src/schema.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { holdLock } from '../support/lock.ts';
import { until } from '../support/wait.ts';

const TODOS = '{ todos { nodes { id title } } }';

describe('an error that nobody foresaw', () => {
  test('of the database is INTERNAL with the request’s id, tells nothing, and is logged once with its cause', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await app.database.query('alter table todos rename to gone');

    const { status, data, errors } = await app.execute(TODOS, {}, ada, { headers: { 'x-request-id': 'case-1' } });

    expect({ status, data }).toEqual({ status: 200, data: null });
    expect(errors).toEqual([
      {
        message: 'Something went wrong here. Say case-1 when you report it.',
        locations: expect.anything(),
        path: ['todos'],
        extensions: { code: 'INTERNAL', requestId: 'case-1' },
      },
    ]);
    const logged = app.loggedErrors.splice(0);
    expect(logged).toMatchObject([{ requestId: 'case-1' }]);
    expect(String(logged[0]?.err)).toContain('todos');
  });

  test('in a mutation is INTERNAL too, and nothing is written', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const before = await app.database.query('select * from feeds');
    await app.database.query('alter table changes rename to gone');

    const { data, errors } = await app.execute(
      'mutation { createTodo(input: { title: "Mine" }) { todo { id } userErrors { code } } }',
      {},
      ada,
    );

    expect(data).toBeNull();
    expect(errors).toMatchObject([{ path: ['createTodo'], extensions: { code: 'INTERNAL' } }]);
    expect(app.loggedErrors.splice(0)).toHaveLength(1);
    expect(await app.database.query('select * from todos')).toEqual([]);
    expect(await app.database.query('select * from feeds')).toEqual(before);
  });

  const clumsy = () =>
    createSchema({
      typeDefs: [
        `type Clumsy { fine: String! broken: String alsoBroken: String }
         type ClumsyPayload implements Payload { done: String userErrors: [UserError!]! }
         extend type Query { clumsy: Clumsy @public text: String @public nothing: String @public badDate: DateTime @public }
         extend type Mutation { clumsy: ClumsyPayload! @public }
         extend type Subscription { clumsy: String @public }`,
      ],
      resolvers: [
        {
          Query: {
            clumsy: () => ({ fine: 'fine' }),
            text: () => {
              throw 'the secret text';
            },
            nothing: () => {
              throw undefined;
            },
            badDate: () => 'the secret date',
          },
          Clumsy: {
            broken: () => {
              throw new Error('the secret of broken', { cause: new Error('the secret cause') });
            },
            alsoBroken: async () => {
              throw Object.assign(new TypeError('the secret of alsoBroken'), {
                extensions: { code: 'SECRET', password: 'secret' },
              });
            },
          },
          Mutation: {
            clumsy: async () => {
              throw new Error('the secret of the mutation');
            },
          },
          Subscription: {
            clumsy: {
              subscribe: async function* () {
                yield { clumsy: 'fine' };
                throw new Error('the secret of the stream');
              },
            },
          },
        },
      ],
    });

  test('leaves what stands beside it as it is, and each one is logged once', async () => {
    await using app = await startApp({ schema: clumsy() });

    const { data, errors } = await app.execute('{ clumsy { fine broken alsoBroken } apiInfo { name } }');

    expect(data).toEqual({ clumsy: { fine: 'fine', broken: null, alsoBroken: null }, apiInfo: { name: 'duely' } });
    expect(errors.map(({ path, extensions }) => [path?.join('.'), extensions.code])).toEqual([
      ['clumsy.broken', 'INTERNAL'],
      ['clumsy.alsoBroken', 'INTERNAL'],
    ]);
    expect(JSON.stringify(errors).toLowerCase()).not.toContain('secret');
    expect(new Set(errors.map(({ extensions }) => extensions.requestId)).size).toBe(1);
    const logged = app.loggedErrors.splice(0);
    expect(logged.map(({ err }) => (err as Error).message)).toEqual([
      'the secret of broken',
      'the secret of alsoBroken',
    ]);
    expect(logged[0]?.err).toMatchObject({ cause: { message: 'the secret cause' } });
  });

  test('tells nothing either where what was thrown is no Error, or where a value cannot be written', async () => {
    await using app = await startApp({ schema: clumsy() });

    const { data, errors } = await app.execute('{ text nothing badDate }');

    expect(data).toEqual({ text: null, nothing: null, badDate: null });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['INTERNAL', 'INTERNAL', 'INTERNAL']);
    expect(JSON.stringify(errors)).not.toContain('secret');
    expect(app.loggedErrors.splice(0)).toHaveLength(3);
  });

  test('in a mutation of one’s own, or in a batch, is masked and logged once for each', async () => {
    await using app = await startApp({ schema: clumsy() });
    const operation = { query: 'mutation { clumsy { done } }' };

    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([operation, operation]),
    });
    const text = await response.text();

    expect(JSON.parse(text)).toMatchObject([1, 2].map(() => ({ errors: [{ extensions: { code: 'INTERNAL' } }] })));
    expect(text).not.toContain('secret');
    expect(app.loggedErrors.splice(0)).toHaveLength(2);
  });

  test('in the midst of a subscription is its last result, masked and logged once', async () => {
    await using app = await startApp({ schema: clumsy() });

    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { clumsy }' }),
    });
    const text = await response.text();

    const results = text
      .split('\n')
      .filter(line => line.startsWith('data: {'))
      .map(line => JSON.parse(line.slice('data: '.length)));
    expect(results).toMatchObject([{ data: { clumsy: 'fine' } }, { errors: [{ extensions: { code: 'INTERNAL' } }] }]);
    expect(text).not.toContain('secret');
    expect(app.loggedErrors.splice(0)).toHaveLength(1);
  });
});

describe('while the database is away', () => {
  test.each([
    ['who is known', true],
    ['who is not known yet', false],
  ])(
    'an operation of a viewer %s answers UNAVAILABLE with 503 and Retry-After; then all is well again',
    async (_which, isKnown) => {
      await using app = await startApp();
      const ada = await app.createUser();
      if (isKnown) expect(await app.execute(TODOS, {}, ada)).toMatchObject({ status: 200, errors: [] });

      const away = await takeDatabaseAway(app);
      const answer = await app.execute(TODOS, {}, ada);
      await away.bringBack();

      expect(answer).toMatchObject({ status: 503, data: null, errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      await until('the server answers again', async () => (await app.execute(TODOS, {}, ada)).status === 200);
    },
  );

  test('a mutation answers the same, and writes again afterwards', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const create = 'mutation { createTodo(input: { title: "Mine" }) { todo { id } userErrors { code } } }';
    await app.execute(TODOS, {}, ada);

    const away = await takeDatabaseAway(app);
    const answer = await app.execute(create, {}, ada);
    await away.bringBack();

    expect(answer).toMatchObject({ status: 503, data: null, errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
    await until('the server writes again', async () => (await app.execute(create, {}, ada)).status === 200);
    expect(await app.database.query('select title from todos')).toEqual([{ title: 'Mine' }]);
  });

  test('signing up answers the same, and fields that need no database answer', async () => {
    await using app = await startApp();
    const input = { email: 'ada@example.com', username: 'ada', password: 'Correct horse 7' };

    const away = await takeDatabaseAway(app);
    const refused = await app.execute(
      'mutation ($input: SignUpInput!) { signUp(input: $input) { accessToken userErrors { code } } }',
      { input },
    );
    const answered = await app.execute('{ apiInfo { name } }');
    await away.bringBack();

    expect(refused).toMatchObject({ status: 503, data: null, errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
    expect(answered).toMatchObject({ status: 200, data: { apiInfo: { name: 'duely' } } });
  });

  test('a connection that breaks in the midst of a mutation is UNAVAILABLE, and is not missing afterwards', async () => {
    await using app = await startApp({ settings: { DATABASE_POOL_MAX: '1' } });
    const ada = await app.createUser();
    const todo = await app.createTodo(ada);
    await using lock = await holdLock(app.database, 'select * from todos for update');
    const toggle = 'mutation ($id: ID!) { toggleTodo(id: $id) { todo { completed } userErrors { code } } }';

    const answering = app.execute(toggle, { id: todo.id }, ada);
    await until(
      'the mutation waits for the lock',
      async () => (await terminate(app, `wait_event_type = 'Lock'`)) === 1,
    );
    const answer = await answering;
    await lock.release();

    expect(answer).toMatchObject({ status: 503, data: null, errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
    const repeated = await app.execute(toggle, { id: todo.id }, ada);
    expect(repeated.data?.toggleTodo).toEqual({ todo: { completed: true }, userErrors: [] });
  });
});

test('a statement that PostgreSQL ends for taking too long is UNAVAILABLE', async () => {
  await using app = await startApp({ settings: { DATABASE_STATEMENT_TIMEOUT_MS: '500' } });
  const ada = await app.createUser();
  await using lock = await holdLock(app.database, 'lock table todos in access exclusive mode');

  const answer = await app.execute(TODOS, {}, ada);
  await lock.release();

  expect(answer).toMatchObject({ status: 503, errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
});

describe('the lists of codes', () => {
  test('of errors is the README’s table', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const section = /^#+ Error codes$([\s\S]*?)(?=^#|(?![\s\S]))/m.exec(readme)?.[1] ?? '';
    const codes = [...section.matchAll(/^\|\s*`([A-Z_]+)`\s*\|/gm)].map(([, code]) => code);

    expect(codes.toSorted()).toEqual(Object.keys(ERROR_CODES).toSorted());
  });

  test('of what a person can put right is the schema’s UserErrorCode', () => {
    const type = createSchema().getType('UserErrorCode');

    expect(isEnumType(type) && type.getValues().map(({ name }) => name)).toEqual([...USER_ERROR_CODES]);
  });
});

/** Ends the server's connections, all of them or some; answers how many. */
async function terminate(app: TestApp, where = 'true'): Promise<number> {
  const ended = await app.database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name like 'duely%' and ${where}`,
  );
  return ended.length;
}

/** Nobody can connect, and who was connected is no longer. */
async function takeDatabaseAway(app: TestApp): Promise<{ bringBack(): Promise<void> }> {
  const name = new URL(app.database.url).pathname.slice(1);
  await administer(`alter database ${name} with allow_connections false`);
  await administer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  return { bringBack: () => administer(`alter database ${name} with allow_connections true`) };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  await client.query(statement);
  await client.end();
}
