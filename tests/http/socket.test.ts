import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { Client } from 'graphql-ws';
import { describe, expect, test, vi } from 'vitest';
import { startApp } from '../support/app.ts';
import { until } from '../support/wait.ts';
import { closed, hears, initFor, openWire, signedIn, type Wire } from '../support/wire.ts';

const CREATE =
  'mutation ($title: String!) { createTodo(input: { title: $title }) { todo { title } userErrors { code } } }';
const FOLLOW = 'subscription { todoChanged { kind todo { title } } }';

describe('over a socket', () => {
  test('a query and a mutation answer as over HTTP', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const client = app.socket(ada);

    const created = await ask(client, CREATE, { title: 'Mine' });
    const listed = await ask(client, '{ me { id } todos { nodes { title } totalCount } }');

    expect(created).toEqual([{ data: { createTodo: { todo: { title: 'Mine' }, userErrors: [] } } }]);
    expect(listed).toEqual([{ data: { me: { id: ada.id }, todos: { nodes: [{ title: 'Mine' }], totalCount: 1 } } }]);
  });

  test('a subscription brings what is changed elsewhere, until it is stopped', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const subscribed = app.subscribe(ada, FOLLOW);
    await until('it is open', () => app.app.services.feed.followerCount === 1);

    await app.createTodo(ada, { title: 'one' });
    await until('the event came', () => subscribed.events.length === 1);
    subscribed.stop();
    await subscribed.ended;

    expect(subscribed.events).toEqual([{ data: { todoChanged: { kind: 'CREATED', todo: { title: 'one' } } } }]);
    await until('nobody follows any more', () => app.app.services.feed.followerCount === 0);
  });

  test('several operations run side by side, and one that ends leaves the others', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using wire = await signedIn(app, ada);
    wire.send({ type: 'subscribe', id: 'first', payload: { query: FOLLOW } });
    wire.send({ type: 'subscribe', id: 'second', payload: { query: FOLLOW } });
    await until('both are open', () => app.app.services.feed.followerCount === 2);

    wire.send({ type: 'complete', id: 'first' });
    await until('one is left', () => app.app.services.feed.followerCount === 1);
    await app.createTodo(ada);
    await until('the event came', () => wire.messages.some(({ type }) => type === 'next'));

    expect(wire.messages.filter(({ type }) => type === 'next').map(({ id }) => id)).toEqual(['second']);
  });

  test('what is wrong with an operation is said to that operation, with a code of the list, and the socket stays', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using wire = await signedIn(app, ada);
    const wrong = {
      syntax: { query: '{' },
      field: { query: '{ nothing }' },
      depth: { query: `{ me { ${'todos(first: 1) { nodes { owner { '.repeat(6)}id${' } } }'.repeat(6)} } }` },
      operation: { query: 'query A { __typename } query B { __typename }' },
      variable: { query: 'query ($id: ID!) { todo(id: $id) { id } }' },
      character: { query: 'query ($id: ID!) { todo(id: $id) { id } }', variables: { id: 'a\0b' } },
    };

    for (const [id, payload] of Object.entries(wrong)) wire.send({ type: 'subscribe', id, payload });
    wire.send({ type: 'subscribe', id: 'right', payload: { query: '{ __typename }' } });
    await until('all were answered', () =>
      Object.keys({ ...wrong, right: 1 }).every(id => answersTo(wire, id).length > 0),
    );

    expect(Object.keys(wrong).map(id => [id, ...codesTo(wire, id)])).toEqual([
      ['syntax', 'BAD_REQUEST'],
      ['field', 'BAD_REQUEST'],
      ['depth', 'TOO_COMPLEX'],
      ['operation', 'BAD_REQUEST'],
      ['variable', 'BAD_REQUEST'],
      ['character', 'BAD_REQUEST'],
    ]);
    expect(answersTo(wire, 'right')).toEqual([{ data: { __typename: 'Query' } }]);
    expect(wire.closedWith()).toBeNull();
  });

  test('a mutation with the idempotency key of an earlier one is done once', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const client = app.socket(ada);

    const first = await ask(client, CREATE, { title: 'Mine' }, { idempotencyKey: 'once' });
    const again = await ask(client, CREATE, { title: 'Mine' }, { idempotencyKey: 'once' });
    const other = await ask(client, CREATE, { title: 'Another' }, { idempotencyKey: 'once' });

    expect(first).toEqual([{ data: { createTodo: { todo: { title: 'Mine' }, userErrors: [] } } }]);
    expect(again).toEqual([{ ...first[0], extensions: { idempotentReplay: true } }]);
    expect(other).toMatchObject([{ errors: [{ extensions: { code: 'IDEMPOTENCY_MISMATCH' } }] }]);
    expect(await app.database.query('select title from todos')).toEqual([{ title: 'Mine' }]);
  });

  test('a refresh token cannot be asked for in a cookie', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const login = `mutation { logIn(input: { login: "${ada.username}", password: "Correct horse 7", refreshTokenIn: COOKIE }) { accessToken } }`;

    const [answer] = await ask(app.socket(ada), login);

    expect(answer).toMatchObject({ data: null, errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });
});

describe('the socket closes with 4403', () => {
  test('where connection_init has no token or a bad one', async () => {
    await using app = await startApp();
    const payloads = [
      undefined,
      { authorization: 1 },
      { authorization: 'garbage' },
      { authorization: 'Bearer garbage' },
    ];

    const closings = await Promise.all(
      payloads.map(async payload => {
        await using wire = await openWire(app.url);
        wire.send({ type: 'connection_init', ...(payload ? { payload } : {}) });
        await closed(wire);
        return { ...wire.closedWith(), messages: wire.messages };
      }),
    );

    const [missing, bad] = ['Sign in first', 'not valid'].map(text => expect.stringContaining(text));
    expect(closings).toEqual([missing, missing, bad, bad].map(reason => ({ code: 4403, reason, messages: [] })));
  });

  test('where the token has expired or its session has ended before', async () => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    await app.execute(LOG_OUT, {}, eve);
    await using ended = await openWire(app.url);
    await using expired = await openWire(app.url);

    ended.send(initFor(eve));
    await closed(ended);
    app.advance(3_600_000);
    expired.send(initFor(ada));
    await closed(expired);

    expect(ended.closedWith()).toEqual({ code: 4403, reason: expect.stringContaining('session has ended') });
    expect(expired.closedWith()).toEqual({ code: 4403, reason: expect.stringContaining('expired') });
  });

  test('when the token expires, in the midst of a subscription', async () => {
    await using app = await startApp({ settings: { ACCESS_TOKEN_TTL_SECONDS: '2' } });
    const ada = await app.createUser();
    await using wire = await signedIn(app, ada);
    wire.send({ type: 'subscribe', id: '1', payload: { query: FOLLOW } });

    await closed(wire, 5_000);

    expect(wire.closedWith()).toEqual({ code: 4403, reason: expect.stringContaining('expired') });
    await until('nobody follows any more', () => app.app.services.feed.followerCount === 0);
  });

  test('within a second after its session was ended from another device, and no other one', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const phone = await app.logInAgain(ada);
    await using wire = await signedIn(app, ada);
    await using other = await signedIn(app, phone);
    wire.send({ type: 'subscribe', id: '1', payload: { query: FOLLOW } });
    await until('it is open', () => app.app.services.feed.followerCount === 1);

    const { data } = await app.execute('mutation { revokeOtherSessions { revokedCount } }', {}, phone);
    await closed(wire, 1_000);

    expect(data.revokeOtherSessions).toEqual({ revokedCount: 1 });
    expect(wire.closedWith()).toEqual({ code: 4403, reason: expect.stringContaining('session has ended') });
    expect(other.closedWith()).toBeNull();
    await until('nobody follows any more', () => app.app.services.feed.followerCount === 0);
  });

  test('within a second after logOut', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using wire = await signedIn(app, ada);

    await app.execute(LOG_OUT, {}, ada);
    await closed(wire, 1_000);

    expect(wire.closedWith()).toEqual({ code: 4403, reason: expect.stringContaining('session has ended') });
  });

  test('within a second after another process revoked its session', async () => {
    await using app = await startApp();
    await using elsewhere = await startApp({ database: app.database });
    const ada = await app.createUser();
    const phone = await elsewhere.logInAgain(ada);
    await using wire = await signedIn(app, ada);
    await Promise.all([app, elsewhere].map(hears));
    const { data } = await app.execute('{ me { sessions { id isCurrent } } }', {}, ada);
    const { id } = data.me.sessions.find(({ isCurrent }: { isCurrent: boolean }) => isCurrent);

    const revoked = await elsewhere.execute(REVOKE, { id }, phone);
    await closed(wire, 1_000);

    expect(revoked.data.revokeSession).toEqual({ sessionId: id, userErrors: [] });
    expect(wire.closedWith()).toEqual({ code: 4403, reason: expect.stringContaining('session has ended') });
  });
});

describe('the socket closes with', () => {
  test('4400 after a message that is malformed', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const malformed = [
      '{',
      '1',
      { type: 'hello' },
      { type: 'subscribe', payload: { query: '{ __typename }' } },
      { type: 'subscribe', id: '1', payload: {} },
      { type: 'subscribe', id: '1', payload: { query: '{ __typename }', variables: 1 } },
    ];

    const codes = await Promise.all(
      malformed.map(async message => {
        await using wire = await signedIn(app, ada);
        wire.send(message);
        await closed(wire);
        return wire.closedWith()?.code;
      }),
    );

    expect(codes).toEqual(malformed.map(() => 4400));
  });

  test('4401 after a subscribe before the acknowledgement, and nothing is done', async () => {
    await using app = await startApp();
    await using wire = await openWire(app.url);

    wire.send({ type: 'subscribe', id: '1', payload: { query: CREATE, variables: { title: 'Mine' } } });
    await closed(wire);

    expect(wire.closedWith()?.code).toBe(4401);
    expect(await app.database.query('select * from todos')).toEqual([]);
  });

  test('4406 where the protocol is not asked for', async () => {
    await using app = await startApp();
    await using wire = await openWire(app.url, { protocols: [] });

    await closed(wire);

    expect(wire.closedWith()?.code).toBe(4406);
  });

  test('4409 after a second operation of one id', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using wire = await signedIn(app, ada);

    wire.send({ type: 'subscribe', id: '1', payload: { query: FOLLOW } });
    wire.send({ type: 'subscribe', id: '1', payload: { query: FOLLOW } });
    await closed(wire);

    expect(wire.closedWith()?.code).toBe(4409);
    await until('nobody follows any more', () => app.app.services.feed.followerCount === 0);
  });

  test('4429 after a second connection_init', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using wire = await signedIn(app, ada);

    wire.send(initFor(ada));
    await closed(wire);

    expect(wire.closedWith()?.code).toBe(4429);
  });

  test('4408 where connection_init does not come', async () => {
    await using app = await startApp();
    await using wire = await openWire(app.url);

    await closed(wire, 15_000);

    expect(wire.closedWith()?.code).toBe(4408);
  });

  test('1009 after a message that is too long, and nothing is printed', async () => {
    await using app = await startApp();
    using printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    const ada = await app.createUser();
    await using wire = await signedIn(app, ada);

    wire.send({ type: 'ping', payload: { text: 'x'.repeat(1_000_001) } });
    await closed(wire);

    expect(wire.closedWith()?.code).toBe(1009);
    expect(printed).not.toHaveBeenCalled();
  });

  test('1012 when the server stops', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using wire = await signedIn(app, ada);
    wire.send({ type: 'subscribe', id: '1', payload: { query: FOLLOW } });
    await until('it is open', () => app.app.services.feed.followerCount === 1);

    await app.app.close();
    await closed(wire);

    expect(wire.closedWith()).toEqual({ code: 1012, reason: expect.stringContaining('restarting') });
  });

  test('1013 where the database is away when it opens', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using wire = await openWire(app.url);
    await app.database.query('alter table sessions rename to gone');

    wire.send(initFor(ada));
    await closed(wire);

    expect(wire.closedWith()).toEqual({ code: 1013, reason: expect.stringContaining('try again') });
  });
});

const LOG_OUT = 'mutation { logOut { userErrors { code } } }';
const REVOKE = 'mutation ($id: ID!) { revokeSession(id: $id) { sessionId userErrors { code } } }';

const answersTo = (wire: Wire, id: string) =>
  wire.messages.filter(message => message.id === id && message.type !== 'complete').map(({ payload }) => payload);

/** Of errors ahead of the execution, and of those in its result. */
function codesTo(wire: Wire, id: string): unknown[] {
  return answersTo(wire, id)
    .flatMap(payload =>
      Array.isArray(payload) ? (payload as GraphQLFormattedError[]) : (payload as FormattedExecutionResult).errors,
    )
    .map(error => error?.extensions?.code);
}

/** All results of an operation, over a client that the front end would use. */
async function ask(client: Client, query: string, variables = {}, extensions?: Record<string, unknown>) {
  const results: object[] = [];
  for await (const result of client.iterate({ query, variables, ...(extensions ? { extensions } : {}) }))
    results.push(result);
  return results;
}
