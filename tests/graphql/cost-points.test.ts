import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/platform/config.ts';
import { type Answer, type Person, type StartOptions, startApp, TEST_SECRET, type TestApp } from '../support/app.ts';
import { openStream } from '../support/event-stream.ts';
import { REDIS_MISSING, startRedis } from '../support/redis.ts';
import { until } from '../support/wait.ts';

/** A point comes back in a second, which a test takes a few of. */
const SETTINGS = { RATE_LIMITS: 'on', COST_POINTS: '300', COST_POINTS_PER_SECOND: '1', MAX_OPERATION_COST: '250' };
const start = ({ settings, ...options }: StartOptions = {}) =>
  startApp({ ...options, settings: { ...SETTINGS, ...settings } });

const PAGE = 'query ($first: Int) { todos(first: $first) { nodes { id } } }';
const LEFT = '{ rateLimit { limit perSecond cost remaining resetAt } }';
const left = async (app: TestApp, as: Person | null) => (await app.execute(LEFT, {}, as)).data.rateLimit;
const codesOf = (answer: object): string[] =>
  ((answer as Partial<Answer>).errors ?? []).map(({ extensions }) => String(extensions.code));

/** Mutations that answer nothing but their own cost, which nobody gives back. */
async function spend(app: TestApp, as: Person, points: number): Promise<void> {
  for (let n = 0; n < points; n += 11) await app.execute('mutation { revokeOtherSessions { revokedCount } }', {}, as);
}

describe('an operation that may cost more than the limit', () => {
  test('is TOO_COMPLEX with what it may cost, the limit and what to do, and does nothing', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const text = `mutation ($ids: [ID!]!) {
      deleteCompletedTodos { todoIds }
      updateTodos(ids: $ids, input: { title: "x" }) { todos { owner { todos(first: 100) { nodes { id } } } } }
    }`;
    const todo = await app.createTodo(ada, { title: 'as it was' });
    await app.execute('mutation ($id: ID!) { toggleTodo(id: $id) { todo { id } } }', { id: todo.id }, ada);

    const answer = await app.execute(text, { ids: Array(99).fill(todo.id) }, ada);

    expect(answer).toMatchObject({ status: 400, data: null });
    expect(answer.errors).toMatchObject([
      {
        message:
          'The operation may cost 10,349 points; the limit is 10,000. Ask for smaller pages, or for fewer lists in lists.',
        extensions: { code: 'TOO_COMPLEX' },
      },
    ]);
    expect(await app.database.query('select title, deleted_at from todos')).toEqual([
      { title: 'as it was', deleted_at: null },
    ]);
  });

  test('is refused by the size that a variable gives, on a socket and as a stream of events too', async () => {
    await using app = await start();
    const ada = await app.createUser();
    const client = app.socket(ada);

    const small = await app.execute(PAGE, { first: 50 }, ada);
    const large = await app.execute(PAGE, { first: 1_000 }, ada);
    const bySocket = [];
    for await (const answer of client.iterate({ query: PAGE, variables: { first: 1_000 } })) bySocket.push(answer);
    await using stream = await openStream(app, ada, PAGE, { variables: { first: 1_000 } });
    await until('the stream is over', () => stream.isOver());

    expect(codesOf(small)).toEqual([]);
    expect([large.status, ...codesOf(large)]).toEqual([400, 'TOO_COMPLEX']);
    expect(bySocket.map(codesOf)).toEqual([['TOO_COMPLEX']]);
    expect(codesOf(stream.events[0]?.data ?? {})).toEqual(['TOO_COMPLEX']);
  });
});

describe('rateLimit', () => {
  test('says what is left, what the operation may cost, and when the bucket is full again; and costs nothing', async () => {
    await using app = await start();
    const ada = await app.createUser();

    const full = await left(app, ada);
    const again = await left(app, ada);
    const beside = await app.execute(`{ rateLimit { cost remaining } todos(first: 99) { nodes { id } } }`, {}, ada);
    const after = await left(app, ada);

    expect(full).toMatchObject({ limit: 300, perSecond: 1, cost: 0, remaining: 300 });
    expect(again.remaining).toBe(300);
    expect(beside.data.rateLimit).toEqual({ cost: 100, remaining: 200 });
    // There are no todos: all but the connection itself was given back.
    expect(after.remaining).toBeGreaterThanOrEqual(299);
    expect(Date.parse(after.resetAt)).toBeGreaterThan(0);
  });

  test('is null where nothing is limited', async () => {
    await using app = await startApp();

    expect((await app.execute(LEFT)).data).toEqual({ rateLimit: null });
  });

  test('knows the viewers apart, and whoever is not signed in by their address', async () => {
    await using app = await start();
    const [ada, eve] = [await app.createUser(), await app.createUser()];

    await spend(app, ada, 110);

    expect((await left(app, ada)).remaining).toBeLessThan(210);
    expect((await left(app, eve)).remaining).toBe(300);
    // Two accounts were made from here.
    expect((await left(app, null)).remaining).toBeLessThan(250);
  });
});

describe('whoever has not enough points', () => {
  test('is RATE_LIMITED by HTTP 429 with when to come back, and may ask again then', async () => {
    await using app = await start();
    const ada = await app.createUser();
    await spend(app, ada, 200);

    const refused = await app.execute(PAGE, { first: 149 }, ada);
    const cheaper = await app.execute(PAGE, { first: 20 }, ada);
    app.advance(150_000);
    const later = await app.execute(PAGE, { first: 100 }, ada);

    expect(refused).toMatchObject({ status: 429, data: null });
    const [error] = refused.errors;
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(20);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(error?.message).toBe(
      `You have fewer than the 150 points that this operation may cost: there are 300, of which 1 come back in a second. Ask for less, or less often. Try again in ${seconds} seconds.`,
    );
    expect(error?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: seconds,
      limit: { name: 'cost', max: 300, windowSeconds: 300 },
    });
    expect(refused.headers.get('ratelimit-policy')).toBe('"cost";q=300;w=300');
    expect([cheaper.status, later.status]).toEqual([200, 200]);
  });

  test('is refused alike over HTTP, in a batch, on a socket and as a stream of events: it is one bucket', async () => {
    await using app = await start();
    const ada = await app.createUser();
    const client = app.socket(ada);
    for (let n = 0; n < 19; n += 1)
      for await (const _ of client.iterate({ query: 'mutation { revokeOtherSessions { revokedCount } }' }));

    const byHttp = await app.execute(PAGE, { first: 200 }, ada);
    const bySocket = [];
    for await (const answer of client.iterate({ query: PAGE, variables: { first: 200 } })) bySocket.push(answer);
    await using stream = await openStream(app, ada, PAGE, { variables: { first: 200 } });
    await until('the stream is over', () => stream.isOver());
    const batch = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.accessToken}` },
      body: JSON.stringify([
        { query: PAGE, variables: { first: 200 } },
        { query: PAGE, variables: { first: 5 } },
      ]),
    });

    expect(codesOf(byHttp)).toEqual(['RATE_LIMITED']);
    expect(bySocket.map(codesOf)).toEqual([['RATE_LIMITED']]);
    expect(bySocket[0]?.errors?.[0]?.extensions).toMatchObject({ retryAfterSeconds: expect.any(Number) });
    expect(codesOf(stream.events[0]?.data ?? {})).toEqual(['RATE_LIMITED']);
    const answers = (await batch.json()) as { errors?: { extensions: { code: string } }[] }[];
    expect(answers.map(codesOf)).toEqual([['RATE_LIMITED'], []]);
  });

  test('gets every event of a subscription all the same, as fast as the points for it come back', async () => {
    await using maker = await startApp();
    const ada = await maker.createUser();
    const { data } = await maker.execute('{ changes { cursor } }', {}, ada);
    for (let n = 0; n < 20; n += 1) await maker.createTodo(ada, { title: `todo ${n}` });
    const settings = { COST_POINTS: '30', MAX_OPERATION_COST: '30', COST_POINTS_PER_SECOND: '20' };
    await using app = await start({ database: maker.database, settings });
    const costs: { actual: number; remaining: number; untilFullMs: number }[] = [];

    const stop = app.socket(ada).subscribe<object, { cost: { actual: number; remaining: number; resetAt: string } }>(
      {
        query:
          'subscription ($after: String) { changes(after: $after) { ... on TodoChange { todo { owner { id } } } } }',
        variables: { after: data.changes.cursor },
        extensions: { cost: true },
      },
      {
        next({ extensions }) {
          if (!extensions) return;
          const { actual, remaining, resetAt } = extensions.cost;
          costs.push({ actual, remaining, untilFullMs: Date.parse(resetAt) - Date.now() });
        },
        error: () => {},
        complete: () => {},
      },
    );
    await until('every event came', () => costs.length === 20);
    stop();

    expect(costs.map(({ actual }) => actual)).toEqual(Array(20).fill(3));
    expect(Math.min(...costs.map(({ remaining }) => remaining))).toBeLessThan(6);
    // Each waited for the last tenth of the 30 points, so that no event takes more than there is.
    expect(Math.max(...costs.map(({ untilFullMs }) => untilFullMs))).toBeLessThanOrEqual(1_500);
  });
});

test('a bucket that holds less than one operation may cost is refused at the start', () => {
  const read = () => readConfig({ JWT_SECRETS: TEST_SECRET, COST_POINTS: '9999', TRUSTED_DOCUMENTS_ONLY: 'on' });

  expect(read).toThrow(/COST_POINTS has to be at least MAX_OPERATION_COST, which is 10000/);
  expect(read).toThrow(/TRUSTED_DOCUMENTS is missing/);
});

describe('extensions.cost', () => {
  const asked = { extensions: { cost: true } };

  test('says what was asked for and what it did cost, where the request asks for it by extension or header', async () => {
    await using app = await start();
    const ada = await app.createUser();
    await app.createTodo(ada);
    const client = app.socket(ada);

    const plain = await app.execute(PAGE, { first: 40 }, ada);
    const byExtension = await app.execute(PAGE, { first: 40 }, ada, asked);
    const byHeader = await app.execute(PAGE, { first: 40 }, ada, { headers: { 'x-cost': '1' } });
    const bySocket = [];
    for await (const answer of client.iterate({ query: PAGE, variables: { first: 40 }, ...asked }))
      bySocket.push(answer);

    const cost = { requested: 41, actual: 2, max: 250, limit: 300, perSecond: 1 };
    expect(plain.extensions).toEqual({});
    expect(byExtension.extensions).toMatchObject({ cost });
    expect(byHeader.extensions).toMatchObject({ cost });
    expect(bySocket[0]?.extensions).toMatchObject({ cost });
    expect(byExtension.extensions.cost).toMatchObject({
      remaining: expect.any(Number),
      resetAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  test('says it also where nothing is limited, and of each event of a subscription', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const client = app.socket(ada);
    const events: unknown[] = [];
    const stop = client.subscribe(
      { query: 'subscription { changes { ... on TodoChange { todo { id } } } }', ...asked },
      { next: event => void events.push(event.extensions), error: () => {}, complete: () => {} },
    );
    await until('it follows', () => app.app.services.feed.followerCount === 1);
    await app.createTodo(ada);
    await until('it came', () => events.length === 1);
    stop();

    const { extensions } = await app.execute('{ me { id } }', {}, ada, asked);

    expect(extensions).toEqual({ cost: { requested: 1, actual: 1, max: 10_000 } });
    expect(events).toEqual([{ cost: { requested: 2, actual: 2, max: 10_000 } }]);
  });

  test('keeps the charge of what broke off, and gives it back where nothing ran', async () => {
    await using app = await start();
    const ada = await app.createUser();

    const broken = await app.execute('{ todos(first: 100, after: "?") { nodes { id } } }', {}, ada, asked);
    const refused = await app.execute('{ todos(first: 100) { nodes { id } } }', {}, null, asked);

    expect(broken.extensions).toMatchObject({ cost: { requested: 101, actual: 101 } });
    expect(refused.extensions).toMatchObject({ cost: { requested: 101, actual: 1 } });
  });
});

test('servers that share a Redis learn of each other what a viewer has spent', async ({ skip }) => {
  const redis = (await startRedis()) ?? skip(REDIS_MISSING);
  onTestFinished(() => redis[Symbol.asyncDispose]());
  const settings = { REDIS_URL: redis.url };
  await using app = await start({ settings });
  await using other = await start({ settings, database: app.database });
  const ada = await app.createUser();

  await spend(app, ada, 200);
  let spentThere = 0;
  await until('the other one knows', async () => {
    await other.execute('{ me { id } }', {}, ada);
    spentThere += 1;
    return (await left(other, ada)).remaining < 200 - spentThere;
  });
  const refused = await other.execute(PAGE, { first: 200 }, ada);
  await redis.kill();
  const alone = await other.execute(PAGE, { first: 20 }, ada);

  expect(codesOf(refused)).toEqual(['RATE_LIMITED']);
  expect(alone.status).toBe(200);
});
