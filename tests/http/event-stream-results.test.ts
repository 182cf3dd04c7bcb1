import { describe, expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { COMPLETE, FOLLOW, nobodyFollows, openStream, over, resultsOf } from '../support/event-stream.ts';

describe('over a stream of events', () => {
  test('a query and a mutation are one result, and complete', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const create = 'mutation ($input: CreateTodoInput!) { createTodo(input: $input) { todo { title } } }';

    await using mutation = await openStream(app, ada, create, { variables: { input: { title: 'Größe\n\n🏃' } } });
    await over(mutation);
    await using query = await openStream(app, ada, '{ todos { nodes { title } } }', { method: 'GET' });
    await over(query);

    for (const { headers } of [mutation, query]) expect(headers.get('cache-control')).toBe('no-cache, no-transform');
    const todo = { title: 'Größe\n\n🏃' };
    expect(mutation.events).toEqual([{ event: 'next', id: null, data: { data: { createTodo: { todo } } } }, COMPLETE]);
    expect(query.events).toEqual([{ event: 'next', id: null, data: { data: { todos: { nodes: [todo] } } } }, COMPLETE]);
  });

  test('a mutation by GET is refused and not done', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    await using stream = await openStream(app, ada, 'mutation { logOut { userErrors { code } } }', { method: 'GET' });
    await over(stream);

    expect(resultsOf(stream)).toMatchObject([{ errors: [{ extensions: { code: 'BAD_REQUEST' } }] }]);
    expect(await app.execute('{ me { id } }', {}, ada)).toMatchObject({ errors: [] });
  });

  test.each([
    ['its syntax', 'subscription {', {}, 'BAD_REQUEST'],
    ['a field', 'subscription { nothing }', {}, 'BAD_REQUEST'],
    ['an argument', 'subscription { todoChanged(after: "x") { kind } }', {}, 'BAD_REQUEST'],
    ['a variable', FOLLOW, { after: 1 }, 'BAD_REQUEST'],
    ['its size', `{ ${'me { id } '.repeat(2_000)} }`, {}, 'TOO_COMPLEX'],
    ['its depth', `{ me { ${'todos { nodes { owner { '.repeat(6)}id${' } } }'.repeat(6)} } }`, {}, 'TOO_COMPLEX'],
  ])('what is wrong with %s is told in the stream with 200, and complete', async (_what, query, variables, code) => {
    await using app = await startApp();
    const ada = await app.createUser();

    await using stream = await openStream(app, ada, query, { variables });
    await over(stream);

    expect(stream.status).toBe(200);
    expect(stream.events).toEqual([{ event: 'next', id: null, data: { errors: expect.any(Array) } }, COMPLETE]);
    const extensions = resultsOf(stream).flatMap(({ errors }) => errors?.map(error => error.extensions) ?? []);
    expect(extensions).toEqual(extensions.map(() => ({ code })));
  });

  test('nobody in particular is UNAUTHENTICATED with 401', async () => {
    await using app = await startApp();

    await using stream = await openStream(app, null, FOLLOW);
    await over(stream);

    expect([stream.status, stream.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(stream.events).toMatchObject([
      { event: 'next', data: { errors: [{ extensions: { code: 'UNAUTHENTICATED', reason: 'MISSING' } }] } },
      COMPLETE,
    ]);
    expect(resultsOf(stream)[0]).not.toHaveProperty('extensions');
  });
});

describe('a subscription', () => {
  test('that is asked for in JSON is refused, and nothing follows the feed', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    await using stream = await openStream(app, ada, FOLLOW, { headers: { accept: 'application/json' } });
    await over(stream);

    expect(stream.status).toBe(406);
    await nobodyFollows(app);
  });

  test('in a batch is BAD_REQUEST, and nothing follows the feed', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.accessToken}` },
      body: JSON.stringify([{ query: '{ me { id } }' }, { query: FOLLOW }]),
    });

    expect(await response.json()).toMatchObject([
      { data: { me: { id: ada.id } } },
      { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    ]);
    await nobodyFollows(app);
  });
});
