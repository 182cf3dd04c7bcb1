import { describe, expect, test } from 'vitest';
import { withEventId } from '../../src/platform/event-id.ts';
import { createSchema } from '../../src/schema.ts';
import { startApp } from '../support/app.ts';
import {
  COMPLETE,
  came,
  FOLLOW,
  follow,
  nobodyFollows,
  openStream,
  over,
  resultsOf,
  titlesOf,
} from '../support/event-stream.ts';
import { until } from '../support/wait.ts';

const WITH_CURSOR = 'subscription { changes { cursor kind } }';

describe('a stream of events', () => {
  test('begins at once, and asks proxies to leave it alone', async () => {
    await using app = await startApp();
    // Before the first comment that would keep it alive.
    const signal = AbortSignal.timeout(8_000);
    await using stream = await follow(app, await app.createUser(), FOLLOW, { signal });

    await until('its first bytes came', () => stream.comments() > 0);

    expect(stream.status).toBe(200);
    expect(Object.fromEntries(stream.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': expect.any(String),
    });
    expect(stream.events).toEqual([]);
  });

  test('gives each change the id that is its cursor, selected or not', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using selected = await follow(app, ada, WITH_CURSOR);
    await using bare = await follow(app, ada);

    for (const title of ['one', 'two']) await app.createTodo(ada, { title });
    await Promise.all([came(selected, 2), came(bare, 2)]);

    const cursors = resultsOf(selected).map(({ data }) => data.changes.cursor);
    expect(selected.events.map(({ id }) => id)).toEqual(cursors);
    expect(bare.events).toEqual(
      ['one', 'two'].map((title, index) => ({
        event: 'next',
        id: cursors[index],
        data: { data: { todoChanged: { todo: { title } } } },
      })),
    );
  });

  test('by GET is one too', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using stream = await follow(app, ada, FOLLOW, { method: 'GET', headers: { accept: 'text/event-stream' } });

    await app.createTodo(ada, { title: 'one' });
    await came(stream, 1);

    expect(titlesOf(stream)).toEqual(['one']);
  });

  test('does not hinder another one: each gives all, and one that ends leaves the other', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using left = await follow(app, ada);
    await using stays = await follow(app, ada);
    await app.createTodo(ada, { title: 'for both' });
    await Promise.all([came(left, 1), came(stays, 1)]);

    left.abort();
    await until('one follows', () => app.app.services.feed.followerCount === 1);
    await app.createTodo(ada, { title: 'for one' });
    await came(stays, 2);

    expect(titlesOf(left)).toEqual(['for both']);
    expect(titlesOf(stays)).toEqual(['for both', 'for one']);
  });
});

describe('Last-Event-ID', () => {
  test('goes on behind that event over several breaks, each change once and in order', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const seen: string[] = [];
    let lastEventId: string | null = null;
    let count = 0;
    const create = async (times: number) => {
      for (let n = 0; n < times; n += 1) {
        count += 1;
        await app.createTodo(ada, { title: `todo ${count}` });
      }
    };

    for (let connection = 0; connection < 5; connection += 1) {
      await using stream = await follow(app, ada, FOLLOW, { lastEventId });
      await create(3);
      await came(stream, count - seen.length);
      seen.push(...titlesOf(stream));
      lastEventId = stream.lastEventId();
      stream.abort();
      await nobodyFollows(app);
      await create(2);
    }

    // The last two came after the last connection.
    expect(seen).toEqual(Array.from({ length: count - 2 }, (_, index) => `todo ${index + 1}`));
  });

  test('wins over the argument after, which a client that connects again repeats', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using all = await follow(app, ada);
    for (const title of ['one', 'two', 'three']) await app.createTodo(ada, { title });
    await came(all, 3);
    const [first, second] = all.events.map(({ id }) => id);

    await using stream = await follow(app, ada, FOLLOW, { variables: { after: first }, lastEventId: second ?? null });
    await came(stream, 1);

    expect(titlesOf(stream)).toEqual(['three']);
  });

  test('that is empty is none', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await app.createTodo(ada, { title: 'before' });
    await using stream = await follow(app, ada, FOLLOW, { lastEventId: '' });

    await app.createTodo(ada, { title: 'live' });
    await came(stream, 1);

    expect(titlesOf(stream)).toEqual(['live']);
  });

  test('that is malformed, or of another account, is BAD_REQUEST, told in the stream as its last event', async () => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const { data } = await app.execute('{ changes { cursor } }', {}, eve);

    for (const lastEventId of ['nonsense', '0', data.changes.cursor, `${data.changes.cursor}, x`]) {
      await using stream = await openStream(app, ada, FOLLOW, { lastEventId });
      await over(stream);

      expect(stream.status).toBe(200);
      expect(stream.events).toMatchObject([
        { event: 'next', id: null, data: { errors: [{ extensions: { code: 'BAD_REQUEST' } }] } },
        COMPLETE,
      ]);
      expect(resultsOf(stream)[0]?.errors?.[0]?.message).toContain('Last-Event-ID');
    }
  });

  test('whose changes are no longer kept is CURSOR_EXPIRED, told in the stream as its last event', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await app.createTodo(ada);
    const { data } = await app.execute('{ changes { cursor } }', {}, ada);
    await app.createTodo(ada);
    await app.database.query('delete from changes where seq <= 2');

    await using stream = await openStream(app, ada, FOLLOW, { lastEventId: data.changes.cursor });
    await over(stream);

    expect(stream.status).toBe(200);
    expect(stream.events).toMatchObject([
      { event: 'next', id: null, data: { errors: [{ extensions: { code: 'CURSOR_EXPIRED' } }] } },
      COMPLETE,
    ]);
    await nobodyFollows(app);
  });

  test('is never the id of an event that told nothing', async () => {
    await using app = await startApp({ schema: clumsy() });
    await using stream = await openStream(app, null, 'subscription { clumsy }');
    await over(stream);

    expect(stream.events).toMatchObject([
      { id: '1', data: { data: { clumsy: 1 } } },
      { id: null, data: { data: null, errors: [{ extensions: { code: 'INTERNAL' } }] } },
      { id: '3', data: { data: { clumsy: 3 } } },
      COMPLETE,
    ]);
    expect(app.loggedErrors.splice(0)).toHaveLength(1);
  });
});

/** A subscription that gives three events, the second of which fails. */
const clumsy = () =>
  createSchema({
    typeDefs: ['extend type Subscription { clumsy: Int! @public }'],
    resolvers: [
      {
        Subscription: {
          clumsy: {
            async *subscribe() {
              for (const n of [1, 2, 3]) yield withEventId({ n }, String(n));
            },
            resolve: ({ n }: { n: number }) => {
              if (n === 2) throw new Error('secret');
              return n;
            },
          },
        },
      },
    ],
  });
