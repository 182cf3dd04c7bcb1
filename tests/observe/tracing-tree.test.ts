import { expect, test } from 'vitest';
import { openStream } from '../support/event-stream.ts';
import { until } from '../support/wait.ts';
import { signedIn } from '../support/wire.ts';
import { lineOf } from './lines.ts';
import { CALLER, callerOf, partsOf, startTraced, sticking, TRACE, treeOf } from './traced-app.ts';

test('a query is one tree, from the request to its statements, below the caller’s span and within its times', async () => {
  await using app = await startTraced();
  const { collector } = app;
  const ada = await app.createUser();
  await app.createTodo(ada, { title: 'A title of nobody else’s' });

  await app.execute('query Mine { todos(filter: { search: "nobody" }) { nodes { title } } }', {}, ada, callerOf());
  const root = await collector.find('of the request', ({ traceId, kind }) => traceId === TRACE && kind === 'SERVER');
  const line = await lineOf(app, 'operation', ({ operation }) => operation === 'Mine');

  const spans = collector.trace(TRACE);
  const [operation] = partsOf(root, spans);
  expect(root).toMatchObject({ name: 'POST /graphql', parentSpanId: CALLER, failed: false });
  expect(root.attributes).toMatchObject({
    'http.request.method': 'POST',
    'http.route': '/graphql',
    'url.path': '/graphql',
    'url.scheme': 'http',
    'http.response.status_code': 200,
  });
  expect(operation).toMatchObject({ name: 'query todos', kind: 'INTERNAL', failed: false });
  expect(operation?.attributes).toMatchObject({
    'graphql.operation.name': 'Mine',
    'graphql.operation.type': 'query',
    'duely.fields': ['todos'],
  });
  const statements = operation ? partsOf(operation, spans) : [];
  expect(statements.length).toBe(Number(line.statements));
  expect(statements.find(({ name }) => name === 'SELECT todos')).toMatchObject({
    kind: 'CLIENT',
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': 'SELECT',
      'db.query.text': expect.stringMatching(/^select .* from "?todos"?/),
      'db.response.returned_rows': 1,
      'server.address': '127.0.0.1',
    },
  });
  expect(spans.length).toBe(2 + statements.length);
  expect(sticking(spans)).toEqual([]);
  expect(line.traceId).toBe(TRACE);
  expect(root.resource).toMatchObject({ 'service.name': 'duely', 'service.version': line.version });
});

test('two requests at the same time are two trees, each with its own statements', async () => {
  await using app = await startTraced();
  const { collector } = app;
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  for (const _ of [1, 2, 3]) await app.createTodo(ada);
  const traces = Array.from({ length: 8 }, (_, index) => `${index + 1}`.repeat(32));

  await Promise.all(
    traces.map((trace, index) =>
      app.execute('{ todos { nodes { id } } }', {}, index % 2 === 0 ? ada : eve, callerOf(trace)),
    ),
  );
  for (const trace of traces)
    await collector.find('of the request', ({ traceId, kind }) => traceId === trace && kind === 'SERVER');

  for (const [index, trace] of traces.entries()) {
    const spans = collector.trace(trace);
    const rows = spans.find(({ name }) => name === 'SELECT todos')?.attributes['db.response.returned_rows'];
    expect(rows).toBe(index % 2 === 0 ? 3 : 0);
    expect(spans.filter(({ parentSpanId }) => parentSpanId === CALLER).length).toBe(1);
    expect(spans.filter(({ name }) => name === 'query todos').length).toBe(1);
    expect(sticking(spans)).toEqual([]);
  }
});

test('a mutation shows its transaction with what is done in it; the job that it enqueues is a trace of its own, linked to it', async () => {
  await using app = await startTraced({ settings: { WORKER: 'on' } });
  const { collector } = app;

  await app.execute(
    `mutation { signUp(input: { email: "ada@example.com", username: "ada", password: "Correct horse 7" }) {
      user { id } userErrors { code } } }`,
    {},
    null,
    callerOf(),
  );
  const job = await collector.find('of the job', ({ kind }) => kind === 'CONSUMER');
  const root = await collector.find('of the request', ({ traceId, kind }) => traceId === TRACE && kind === 'SERVER');

  const tree = treeOf(root, collector.trace(TRACE)).map(line => line.trimStart());
  const transaction = collector.trace(TRACE).find(({ name }) => name === 'transaction');
  expect(tree.slice(0, 2)).toEqual(['POST /graphql', 'mutation signUp']);
  expect(tree.length).toBe(collector.trace(TRACE).length);
  const inside = transaction ? partsOf(transaction, collector.trace(TRACE)).map(({ name }) => name) : [];
  expect(inside).toEqual(expect.arrayContaining(['BEGIN', 'INSERT users', 'INSERT sessions', 'COMMIT']));
  expect([inside.at(0), inside.at(-1)]).toEqual(['BEGIN', 'COMMIT']);
  expect(sticking(collector.trace(TRACE))).toEqual([]);
  expect(job).toMatchObject({
    name: 'job account-mail',
    parentSpanId: null,
    links: [{ traceId: TRACE, spanId: transaction?.spanId }],
  });
  expect(job.traceId).not.toBe(TRACE);
  expect(treeOf(job, collector.trace(job.traceId)).length).toBeGreaterThan(1);
});

test('each event of a subscription is a trace of its own, linked to the subscription’s, over a socket and over a stream', async () => {
  await using app = await startTraced();
  const { collector } = app;
  const ada = await app.createUser();
  const SUBSCRIPTION = 'subscription Live { changes { cursor ... on TodoChange { todo { id title } } } }';
  await using socket = await signedIn(app, ada);
  socket.send({ type: 'subscribe', id: '1', payload: { query: SUBSCRIPTION } });
  await using stream = await openStream(app, ada, SUBSCRIPTION, callerOf());
  await until('both follow', () => app.app.services.feed.followerCount === 2);

  await app.createTodo(ada);
  await app.createTodo(ada);
  await until('the socket has them', () => socket.messages.filter(({ type }) => type === 'next').length === 2);
  await until('the stream has them', () => stream.events.length === 2);
  socket.send({ type: 'complete', id: '1' });
  stream.abort();
  const isLive = ({ name }: { name: string }) => name === 'subscription changes';
  await until('both have ended', () => collector.spans.filter(isLive).length === 2);
  const events = collector.spans.filter(({ name }) => name === 'event');

  const subscriptions = collector.spans.filter(isLive);
  expect(subscriptions.map(({ attributes }) => [attributes['duely.transport'], attributes['duely.events']])).toEqual(
    expect.arrayContaining([
      ['ws', 2],
      ['sse', 2],
    ]),
  );
  expect(subscriptions.filter(({ traceId }) => traceId === TRACE).length).toBe(1);
  expect(events.length).toBe(4);
  expect(new Set([...events, ...subscriptions].map(({ traceId }) => traceId)).size).toBe(6);
  for (const subscription of subscriptions) {
    const linked = events.filter(({ links }) => links[0]?.spanId === subscription.spanId);
    expect(linked.map(({ links, parentSpanId }) => [links[0]?.traceId, parentSpanId])).toEqual([
      [subscription.traceId, null],
      [subscription.traceId, null],
    ]);
    expect(linked.flatMap(event => partsOf(event, collector.spans)).length).toBeGreaterThan(0);
  }
});

test('an operation that fails by the server’s fault, and its statement, have failed; one that is refused has not', async () => {
  await using app = await startTraced();
  const { collector } = app;
  const ada = await app.createUser();
  await app.database.query('alter table todos rename to elsewhere');

  await app.execute('query Broken { todos { nodes { title } } }', {}, ada, callerOf());
  await app.execute('query Refused { todos { totalCount } }');
  const named = (name: string) => collector.find(name, span => span.attributes['graphql.operation.name'] === name);
  const [broken, refused] = [await named('Broken'), await named('Refused')];
  const statement = partsOf(broken, collector.spans).find(({ failed }) => failed);

  expect(broken).toMatchObject({ failed: true, attributes: { 'error.type': 'INTERNAL' } });
  expect(statement?.attributes).toMatchObject({ 'error.type': '42P01', 'db.response.status_code': '42P01' });
  expect(refused).toMatchObject({ failed: false, attributes: { 'error.type': 'UNAUTHENTICATED' } });
  app.loggedErrors.length = 0;
});

test('probes and the server’s own numbers are no traces', async () => {
  await using app = await startTraced();

  for (const path of ['/health', '/ready', '/metrics', '/graphql/icon.svg']) await fetch(app.url + path);
  await fetch(`${app.url}/nothing/here?secret=1`);
  await app.collector.find('of the other request', ({ kind }) => kind === 'SERVER');

  const shown = app.collector.spans.map(({ name, attributes }) => [name, attributes['url.path']]);
  expect(shown).toEqual([['GET', '/nothing/here']]);
});
