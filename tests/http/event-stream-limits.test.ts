import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { until } from '../support/wait.ts';
import { closed, openWire, signedIn } from '../support/wire.ts';

const FOLLOW = 'subscription { todoChanged { cursor } }';

/** Opens a stream of events; `close` leaves it. */
async function open(app: TestApp, { accessToken }: Person, leave = new AbortController()) {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${accessToken}`,
    },
    body: JSON.stringify({ query: FOLLOW }),
    signal: leave.signal,
  });
  return { response, close: () => leave.abort() };
}

test('streams of events and sockets of one person are counted together; one that ends makes place for another', async () => {
  await using app = await startApp({ settings: { SOCKETS_PER_VIEWER: '2' } });
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  await using _socket = await signedIn(app, ada);
  const first = await open(app, ada);
  const others = await open(app, eve);

  const refused = await open(app, ada);
  const query = await app.execute('{ me { username } }', {}, ada);
  first.close();
  await until('it is over', () => app.app.services.feed.followerCount === 1);
  const next = await open(app, ada);

  expect([first, others, next].map(({ response }) => response.status)).toEqual([200, 200, 200]);
  expect(refused.response.status).toBe(429);
  expect(refused.response.headers.get('retry-after')).toBe('30');
  expect(await refused.response.json()).toMatchObject({
    status: 429,
    detail: expect.stringContaining('2 connections'),
  });
  expect(query.data.me).toEqual({ username: ada.username });
  for (const stream of [others, next]) stream.close();
  await until('all are over', () => app.app.services.feed.followerCount === 0);
});

test('streams of events and sockets of one address are counted together', async () => {
  await using app = await startApp({ settings: { SOCKETS_PER_ADDRESS: '1' } });
  const ada = await app.createUser();
  const stream = await open(app, ada);

  const refused = await open(app, ada);
  await using socket = await openWire(app.url);
  await closed(socket);

  expect(stream.response.status).toBe(200);
  expect(refused.response.status).toBe(429);
  expect(socket.closedWith()?.code).toBe(1013);
  stream.close();
  await until('it is over', () => app.app.services.feed.followerCount === 0);
});

test('a client that goes away while it is looked up leaves its place', async () => {
  await using app = await startApp({ settings: { SOCKETS_PER_VIEWER: '1' } });
  const ada = await app.createUser();
  const { viewers } = app.app.services;
  const lookUp = viewers.byToken.bind(viewers);
  const [gone, lookedUp] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let looking = false;
  using held = vi.spyOn(viewers, 'byToken').mockImplementation(async (...given) => {
    looking = true;
    await gone.promise;
    const viewer = await lookUp(...given);
    setImmediate(lookedUp.resolve);
    return viewer;
  });
  const leave = new AbortController();
  const left = open(app, ada, leave).catch(() => 'left');
  await until('it is looked up', () => looking);
  leave.abort();
  await left;
  // The end of the connection reaches the server's end of it, which nothing tells of.
  await sleep(200);
  gone.resolve();
  await lookedUp.promise;
  held.mockRestore();
  const next = await open(app, ada);

  expect(next.response.status).toBe(200);
  next.close();
  await until('it is over', () => app.app.services.feed.followerCount === 0);
});
