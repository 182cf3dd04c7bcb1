import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createFetchHandler, type FetchHandler } from '../../src/fetch.ts';
import { MemoryConnection } from '../../src/http/memory-connection.ts';
import { readConfig } from '../../src/platform/config.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { type Person, startApp, TEST_SECRET, type TestApp } from '../support/app.ts';
import { FOLLOW, openStream, over, titlesOf } from '../support/event-stream.ts';
import { startStripeShop, untilStatus } from '../support/shop.ts';
import { until } from '../support/wait.ts';

/** Where nobody listens. */
const url = 'http://functions.test';

afterEach(() => void vi.unstubAllGlobals());

/** On the database of a server, as a function of a host beside it. What it logs fails the test. */
function functionBeside(
  { database }: Pick<TestApp, 'database'>,
  settings: Record<string, string> = {},
): FetchHandler & AsyncDisposable {
  const log: string[] = [];
  const handler = createFetchHandler({
    config: readConfig({
      NODE_ENV: 'test',
      JWT_SECRETS: TEST_SECRET,
      RATE_LIMITS: 'off',
      DATABASE_URL: database.url,
      DATABASE_POOL_MAX: '4',
      SLOW_QUERY_MS: '0',
      ...settings,
    }),
    logger: createLogger('warn', { write: line => void log.push(line) }),
  });
  return {
    ...handler,
    async [Symbol.asyncDispose]() {
      await handler.dispose();
      expect(log, 'what the function logged').toEqual([]);
    },
  };
}

const ask = (query: string, as: Person | null, more: RequestInit = {}) =>
  new Request(`${url}/graphql`, {
    method: 'POST',
    body: JSON.stringify({ query }),
    ...more,
    headers: {
      'content-type': 'application/json',
      ...(as ? { authorization: `Bearer ${as.accessToken}` } : {}),
      ...(more.headers as Record<string, string> | undefined),
    },
  });

const ADD = (title: string) =>
  `mutation { createTodo(input: { title: "${title}" }) { todo { title } userErrors { code } } }`;

describe('a function answers as the server does', () => {
  test.for([
    ['a query', '{ me { username } }', {}],
    ['a query by GET', null, { method: 'GET', path: '/graphql?query=%7B__typename%7D' }],
    ['a query that is none', '{ nothing }', {}],
    ['no viewer', '{ me { username } }', { anonymous: true }],
    ['a batch that is none', null, { method: 'POST', body: '[', path: '/graphql' }],
    ['a page that is not there', null, { method: 'GET', path: '/nothing' }],
    ['the start page', null, { method: 'GET', path: '/' }],
    ['health', null, { method: 'GET', path: '/health' }],
    ['the head of health', null, { method: 'HEAD', path: '/health' }],
    ['a method that is not allowed', null, { method: 'DELETE', path: '/graphql' }],
    ['a preflight', null, { method: 'OPTIONS', path: '/graphql', origin: true }],
    ['a page of another origin', '{ __typename }', { origin: 'https://evil.example.com' }],
  ] as const)(
    'to %s',
    async ([, query, { path, anonymous, origin, ...init }]: readonly [string, string | null, Asked]) => {
      await using app = await startApp();
      const ada = await app.createUser();
      await using handler = functionBeside(app);
      const headers = {
        'content-type': 'application/json',
        'x-request-id': 'asked-twice',
        ...(anonymous ? {} : { authorization: `Bearer ${ada.accessToken}` }),
        ...(origin
          ? { origin: origin === true ? 'http://localhost:3000' : origin, 'access-control-request-method': 'POST' }
          : {}),
      };
      const request = () => ({
        method: 'POST',
        ...(query ? { body: JSON.stringify({ query }) } : {}),
        ...init,
        headers,
      });

      const own = await handler.fetch(new Request(`${url}${path ?? '/graphql'}`, request()));
      const served = await fetch(`${app.url}${path ?? '/graphql'}`, request());

      expect(own.status).toBe(served.status);
      expect(comparable(own.headers)).toEqual(comparable(served.headers));
      expect(await own.text()).toBe(await served.text());
    },
  );

  test('to a body that is too large, without reading it to its end', async () => {
    await using app = await startApp();
    await using handler = functionBeside(app);
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(65_536).fill(32));
        if (pulled > 1_000) controller.close();
      },
    });
    const headers = { 'content-type': 'application/json' };
    // Its type does not know that a stream has to be half-duplex.
    const streamed: RequestInit & { duplex: string } = { method: 'POST', body, duplex: 'half', headers };

    const answer = await handler.fetch(new Request(`${url}/graphql`, streamed));

    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(pulled).toBeLessThan(1_000);
  });

  test('to two hundred at once, each with its own answer', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using handler = functionBeside(app);

    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const response = await handler.fetch(
          ask(n % 2 ? `{ me { username } n${n}: __typename }` : ADD(`todo ${n}`), ada),
        );
        return [response.status, await response.json()] as const;
      }),
    );

    expect(answers).toEqual(
      answers.map((_, n) => [
        200,
        {
          data:
            n % 2
              ? { me: { username: ada.username }, [`n${n}`]: 'Query' }
              : { createTodo: { todo: { title: `todo ${n}` }, userErrors: [] } },
        },
      ]),
    );
  });

  test('to an export and to a readiness probe', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await app.createTodo(ada, { title: 'to be taken away' });
    await using handler = functionBeside(app);
    const headers = { authorization: `Bearer ${ada.accessToken}` };

    const exported = await handler.fetch(new Request(`${url}/export`, { headers }));
    const ready = await handler.fetch(new Request(`${url}/ready`));

    expect(exported.headers.get('content-disposition')).toContain('attachment');
    expect(await exported.json()).toMatchObject({ todos: [{ title: 'to be taken away' }] });
    expect(await ready.json()).toMatchObject({ status: 'ready', dependencies: { database: 'up', jobs: 'off' } });
  });
});

interface Asked extends RequestInit {
  readonly path?: string;
  readonly anonymous?: boolean;
  readonly origin?: string | true;
}

/** Without what is of a connection, and what differs from answer to answer. */
const comparable = (headers: Headers) =>
  [...headers].filter(
    ([name]) => !/^(connection|keep-alive|transfer-encoding|date|x-process-time|server-timing)$/.test(name),
  );

describe('a subscription by a function', () => {
  /** What is asked of the host goes to the function. */
  function routeFetch(handler: FetchHandler): void {
    const real = globalThis.fetch;
    vi.stubGlobal('fetch', (input: string | URL, init: RequestInit) =>
      String(input).startsWith(url) ? handler.fetch(new Request(input, init)) : real(input, init),
    );
  }
  /** Titles of todos until so many have come. */
  const came = (stream: Awaited<ReturnType<typeof openStream>>, count: number) =>
    until(`${count} came`, () => stream.events.length >= count);

  test('tells changes of another process as they come, and goes on behind the last one after a break', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using handler = functionBeside(app);
    routeFetch(handler);
    const first = await openStream({ url }, ada, FOLLOW);
    await until('it has begun', () => first.comments() > 0);

    await app.createTodo(ada, { title: 'one' });
    await came(first, 1);
    first.abort();
    await over(first);
    await app.createTodo(ada, { title: 'two' });
    await using second = await openStream({ url }, ada, FOLLOW, { lastEventId: first.lastEventId() });
    await app.createTodo(ada, { title: 'three' });
    await came(second, 2);

    expect(first.headers.get('content-type')).toContain('text/event-stream');
    expect(titlesOf(first)).toEqual(['one']);
    expect(titlesOf(second)).toEqual(['two', 'three']);
  });

  test('ends with the request’s signal, and with an answer that nobody reads on', async () => {
    await using app = await startApp({ settings: { SOCKETS_PER_VIEWER: '1' } });
    const ada = await app.createUser();
    await using handler = functionBeside(app, { SOCKETS_PER_VIEWER: '1' });
    const subscribe = (signal?: AbortSignal) =>
      handler.fetch(
        ask('subscription { changes { cursor } }', ada, {
          headers: { accept: 'text/event-stream' },
          ...(signal ? { signal } : {}),
        }),
      );
    const stop = new AbortController();
    const untilFree = async () => {
      let response = await subscribe();
      await until('there is room for one', async () => {
        if (response.status === 200) return true;
        response = await subscribe();
        return response.status === 200;
      });
      return response;
    };

    const first = await subscribe(stop.signal);
    const refused = await subscribe();
    stop.abort();
    const second = await untilFree();
    await second.body?.cancel();
    const third = await untilFree();
    await third.body?.cancel();

    expect([first.status, refused.status]).toEqual([200, 429]);
  });

  test('is ended by dispose, after which requests are told to ask again', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using handler = functionBeside(app);
    routeFetch(handler);
    await using stream = await openStream({ url }, ada, FOLLOW);
    await until('it has begun', () => stream.comments() > 0);

    await handler.dispose();
    await over(stream);
    const late = await handler.fetch(ask('{ __typename }', null));

    expect(late.status).toBe(503);
    expect(late.headers.get('retry-after')).toBe('1');
  });
});

test('dispose lets a mutation that is under way finish', async () => {
  await using app = await startApp();
  await using handler = functionBeside(app);
  await handler.fetch(ask('{ __typename }', null));

  // Its password is hashed while nothing is asked of the database.
  const asked = handler.fetch(
    ask(
      `mutation { signUp(input: { email: "last@example.com", username: "last", password: "Correct horse 7" }) {
        user { username } userErrors { code }
      } }`,
      null,
    ),
  );
  await handler.dispose();

  expect(await (await asked).json()).toEqual({ data: { signUp: { user: { username: 'last' }, userErrors: [] } } });
});

test('a request that was aborted before it was sent is not answered', async () => {
  await using app = await startApp();
  await using handler = functionBeside(app);
  const asked = handler.fetch(ask('{ __typename }', null, { signal: AbortSignal.abort(new Error('too late')) }));

  await expect(asked).rejects.toThrow('too late');
});

test('a caller is known by the address that the host gives, or that its proxies wrote', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const logIn = (headers: Record<string, string> = {}) =>
    ask(`mutation { logIn(input: { login: "${ada.username}", password: "Correct horse 7" }) { accessToken } }`, null, {
      headers,
    });
  const addresses = async () => {
    const { data } = await app.execute('{ me { sessions { ipAddress } } }', {}, ada);
    return data.me.sessions.map(({ ipAddress }: { ipAddress: string | null }) => ipAddress);
  };

  await using open = functionBeside(app);
  await using behindProxy = functionBeside(app, { TRUST_PROXY: '1' });

  await open.fetch(logIn({ 'x-forwarded-for': '198.51.100.1' }), { address: '203.0.113.7' });
  await behindProxy.fetch(logIn({ 'x-forwarded-for': '198.51.100.9, 203.0.113.8' }));

  expect(await addresses()).toEqual(expect.arrayContaining(['203.0.113.7', '203.0.113.8']));
  expect(await addresses()).not.toContain('198.51.100.1');
});

test('a message of a payment provider is proven by the bytes in which it came, and paid once', async () => {
  await using shop = await startStripeShop();
  await using handler = functionBeside(shop, {
    STRIPE_SECRET_KEY: shop.stripe.secretKey,
    STRIPE_WEBHOOK_SECRETS: shop.stripe.webhookSecret,
    STRIPE_API_BASE: shop.stripe.url,
  });
  const statuses: number[] = [];
  const host = createServer(async (request, response) => {
    const answer = await handler.fetch(
      new Request(`${url}${request.url}`, {
        method: 'POST',
        body: new Uint8Array(await buffer(request)),
        headers: request.headers as Record<string, string>,
      }),
    );
    statuses.push(answer.status);
    response.writeHead(answer.status).end(await answer.text());
  }).listen(0, '127.0.0.1');
  await once(host, 'listening');
  onTestFinished(() => void host.close());
  const { port } = host.address() as AddressInfo;
  await shop.stripe.control({ do: 'webhooks', url: `http://127.0.0.1:${port}/webhooks/stripe`, copies: 2 });
  const order = await shop.order();
  const { payment } = await shop.start(order.id);

  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  await untilStatus(shop, payment.id, 'SUCCEEDED');

  expect((await shop.orderNow(order.id)).status).toBe('PAID');
  expect(statuses.length).toBeGreaterThan(0);
  expect(new Set(statuses)).toEqual(new Set([200]));
});

test('a connection in memory says so where nothing is taken from it for its time-out, and ends at both ends', async () => {
  const [client, server] = MemoryConnection.pair('203.0.113.7');
  const stalled = once(server.setTimeout(20), 'timeout');

  server.write('nobody reads this');
  await stalled;
  client.setEncoding('utf8');
  const [text] = await once(client, 'data');
  client.destroy();
  await once(server, 'close');

  expect(text).toBe('nobody reads this');
  expect(server.remoteAddress).toBe('203.0.113.7');
});

test('a function without a database says what it lacks', () => {
  const create = () => createFetchHandler({ config: readConfig({ NODE_ENV: 'test', JWT_SECRETS: TEST_SECRET }) });

  expect(create).toThrow('DATABASE_URL is missing');
});
