import { expect, test } from 'vitest';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { startApp } from '../support/app.ts';
import { openStream } from '../support/event-stream.ts';
import { until } from '../support/wait.ts';
import { signedIn } from '../support/wire.ts';
import { type Line, lineOf, linesOf } from './lines.ts';

const named = (name: string) => (line: Line) => line.operation === name;
const number = expect.any(Number);

test('an operation over HTTP is one line: who, what, how long, and no word of what was in it', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.createTodo(ada, { title: 'A title of nobody else’s' });

  await app.execute(
    'query Mine($first: Int) { todos(first: $first) { nodes { title } } me { id } }',
    { first: 7 },
    ada,
    {
      headers: { 'X-Request-Id': 'ask-1' },
    },
  );
  const line = await lineOf(app, 'operation', named('Mine'));

  expect(line).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    service: 'duely',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    pid: process.pid,
    msg: 'operation',
    requestId: 'ask-1',
    operation: 'Mine',
    kind: 'query',
    fields: ['todos', 'me'],
    transport: 'http',
    viewerId: fromGlobalId('user', ada.id),
    status: 200,
    ms: number,
    dbMs: number,
    statements: number,
    rows: number,
  });
  expect(line.statements).toBeGreaterThanOrEqual(2);
  expect(line.rows).toBeGreaterThanOrEqual(2);
  expect(Number(line.dbMs)).toBeGreaterThan(0);
  expect(Number(line.dbMs)).toBeLessThanOrEqual(Number(line.ms));
  expect(linesOf(app, 'request').filter(({ requestId }) => requestId === 'ask-1')).toEqual([]);
  expect(app.log.filter(text => text.includes('nobody else'))).toEqual([]);
});

test('an operation that is refused or fails has the codes of its errors, and those of userErrors apart', async () => {
  await using app = await startApp();

  await app.execute('query Refused { todos { totalCount } again: todos { totalCount } }');
  await app.execute(
    'mutation Taken { signUp(input: { email: "x", username: "y", password: "z" }) { userErrors { code } } }',
  );
  const refused = await lineOf(app, 'operation', named('Refused'));
  const taken = await lineOf(app, 'operation', named('Taken'));

  expect(refused).toMatchObject({ status: 401, viewerId: null, codes: ['UNAUTHENTICATED'], fields: ['todos'] });
  expect(taken).toMatchObject({ status: 200, kind: 'mutation', userErrors: expect.arrayContaining(['INVALID']) });
  expect(taken).not.toHaveProperty('codes');
});

test('operations at the same time count their own statements and rows alone', async () => {
  await using app = await startApp();
  const people = [await app.createUser(), await app.createUser()];
  const [ada, eve] = people;
  if (!ada || !eve) throw new Error('Nobody is there.');
  for (let count = 0; count < 30; count += 1) await app.createTodo(ada);
  const read = (name: string, as: typeof ada) =>
    app.execute(`query ${name} { todos(first: 50) { nodes { id } } }`, {}, as);
  await Promise.all([read('Warm', ada), read('Warm', eve)]);

  await Promise.all([1, 2, 3, 4].flatMap(() => [read('Many', ada), read('None', eve)]));
  await until('all are logged', () => linesOf(app, 'operation').filter(named('None')).length === 4);
  await until('all are logged', () => linesOf(app, 'operation').filter(named('Many')).length === 4);

  const rowsOf = (name: string) =>
    linesOf(app, 'operation')
      .filter(named(name))
      .map(({ rows }) => rows);
  expect(rowsOf('Many')).toEqual([30, 30, 30, 30]);
  expect(rowsOf('None')).toEqual([0, 0, 0, 0]);
});

test('a batch is a line for each of its operations, with the status of the answer', async () => {
  await using app = await startApp();

  await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'batch-1' },
    body: JSON.stringify([{ query: 'query One { apiInfo { name } }' }, { query: 'query Two { me { id } }' }]),
  });
  await lineOf(app, 'operation', named('Two'));

  expect(linesOf(app, 'operation').map(({ operation, requestId, status }) => [operation, requestId, status])).toEqual([
    ['One', 'batch-1', 200],
    ['Two', 'batch-1', 200],
  ]);
});

test('a subscription is a line at its end, over a socket and over a stream of events; its events are told at debug', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const SUBSCRIPTION = 'subscription Live { changes { cursor ... on TodoChange { todo { id title } } } }';
  const socket = await signedIn(app, ada);
  socket.send({ type: 'subscribe', id: '1', payload: { query: SUBSCRIPTION } });
  const stream = await openStream(app, ada, SUBSCRIPTION);
  await until('both follow', () => app.app.services.feed.followerCount === 2);

  await app.createTodo(ada);
  await until('the socket has its event', () => socket.messages.some(({ type }) => type === 'next'));
  await until('the stream has its event', () => stream.events.length === 1);
  const before = linesOf(app, 'operation').filter(named('Live'));
  socket.send({ type: 'complete', id: '1' });
  stream.abort();
  await until('both are logged', () => linesOf(app, 'operation').filter(named('Live')).length === 2);

  expect(before).toEqual([]);
  const lines = linesOf(app, 'operation').filter(named('Live'));
  const common = { kind: 'subscription', fields: ['changes'], events: 1, viewerId: expect.any(String) };
  expect(lines.toSorted((a, b) => String(a.transport).localeCompare(String(b.transport)))).toEqual([
    expect.objectContaining({ ...common, transport: 'sse' }),
    expect.objectContaining({ ...common, transport: 'ws' }),
  ]);
  // What its events read is the subscription's too.
  const events = linesOf(app, 'event');
  expect(events.map(({ level }) => level)).toEqual(['debug', 'debug']);
  for (const event of events) {
    const line = lines.find(({ requestId }) => requestId === event.requestId);
    expect(Number(event.statements)).toBeGreaterThan(0);
    expect(Number(line?.statements)).toBeGreaterThan(Number(event.statements));
  }
  await socket[Symbol.asyncDispose]();
});

test('an operation on a socket that the schema does not have is a line with its code', async () => {
  await using app = await startApp();
  await using wire = await signedIn(app, await app.createUser());
  wire.send({ type: 'subscribe', id: '1', payload: { query: '{ nothing }' } });

  const line = await lineOf(app, 'operation', ({ transport }) => transport === 'ws');

  expect(line).toMatchObject({ codes: ['BAD_REQUEST'], viewerId: null });
});

test('a name of any length is shortened', async () => {
  await using app = await startApp();

  await app.execute(`query ${'N'.repeat(5_000)} { apiInfo { name } }`);
  const line = await lineOf(app, 'operation');

  expect(line.operation).toBe(`${'N'.repeat(100)}…`);
});

test('other requests are a line each, without what stands behind the question mark; probes are told at debug', async () => {
  await using app = await startApp();

  await fetch(`${app.url}/nothing/here?secret=1`);
  await fetch(`${app.url}/health`);
  await fetch(`${app.url}/sandbox/checkout/of-one-payer?return=1`);
  await fetch(`${app.url}/graphql`, { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } });
  await until('all are logged', () => linesOf(app, 'request').length === 4);

  const lines = linesOf(app, 'request').map(({ level, method, path, status }) => [level, method, path, status]);
  expect(lines).toEqual([
    ['info', 'GET', '/nothing/here', 404],
    ['debug', 'GET', '/health', 200],
    ['info', 'GET', '/sandbox/checkout/', expect.any(Number)],
    ['info', 'POST', '/graphql', 400],
  ]);
  expect(linesOf(app, 'operation')).toEqual([]);
});

test('Server-Timing tells the parts of X-Process-Time in development, and nothing in production', async () => {
  await using app = await startApp();
  await using production = await startApp({
    settings: {
      NODE_ENV: 'production',
      DATABASE_URL: app.database.url,
      PUBLIC_URL: 'https://api.example.com',
      SMTP_URL: 'off',
    },
    database: app.database,
  });
  const ada = await app.createUser();

  const { headers } = await app.execute('{ me { id } todos { totalCount } }', {}, ada);
  const strange = await production.execute('{ apiInfo { name } }');

  const [, total, db, statements] =
    /^total;dur=([\d.]+), db;dur=([\d.]+);desc="(\d+) statements"$/.exec(headers.get('server-timing') ?? '') ?? [];
  expect(Number(statements)).toBeGreaterThan(0);
  expect(Number(db)).toBeGreaterThan(0);
  expect(Number(db)).toBeLessThanOrEqual(Number(total));
  expect(Number(headers.get('x-process-time'))).toBeCloseTo(Number(total) / 1_000, 4);
  expect(strange.headers.get('x-process-time')).toMatch(/^\d+\.\d{6}$/);
  expect(strange.headers.has('server-timing')).toBe(false);
});
