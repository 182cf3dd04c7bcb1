import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { PASSWORD, startApp, TEST_SECRET, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/wait.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const APP_ORIGIN = 'https://app.example.com';
const EVIL_ORIGIN = 'https://evil.example.com';
const TYPENAME = JSON.stringify({ query: '{ __typename }' });
const JSON_TYPE = { 'content-type': 'application/json' };

describe('GET /', () => {
  test('says what this is, its version and where everything is', async () => {
    await using app = await startApp();

    const response = await fetch(app.url);

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      name: 'duely',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      links: { GraphQL: '/graphql', health: '/health' },
    });
  });

  test('in a browser is a page with the same links', async () => {
    await using app = await startApp();

    const response = await fetch(app.url, { headers: { accept: 'text/html,application/xhtml+xml' } });

    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain('<a href="/graphql">');
  });
});

describe('GET /health', () => {
  test('is 200 while the process lives, with name and version, and is not kept by caches', async () => {
    await using app = await startApp();

    const response = await fetch(`${app.url}/health`);

    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      status: 'healthy',
      service: 'duely',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });

  test('is 200 also where the database is gone', async () => {
    await using app = await startApp({ database: goneDatabase });

    const response = await fetch(`${app.url}/health`);

    expect(response.status).toBe(200);
  });
});

describe('GET /ready', () => {
  test('is 200 with each dependency up', async () => {
    await using app = await startApp();

    await until('the listener is up', async () => {
      const { dependencies } = (await (await fetch(`${app.url}/ready`)).json()) as {
        dependencies: { listener: string };
      };
      return dependencies.listener === 'up';
    });
    const response = await fetch(`${app.url}/ready`);

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'ready', dependencies: { database: 'up', listener: 'up' } });
  });

  test('is 503 where the database is gone', async () => {
    await using app = await startApp({ database: goneDatabase });

    const response = await fetch(`${app.url}/ready`);

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: 'unready',
      dependencies: { database: 'down', listener: 'down' },
    });
  });
});

describe('every answer', () => {
  const paths = ['/', '/health', '/ready', '/nowhere', '/graphql?query={__typename}', '/graphql?query={', '/graphql'];

  test('has the request id of a caller who gave a well-formed one', async () => {
    await using app = await startApp();
    const id = 'trace-1.2:3_ABC';

    const responses = await Promise.all(paths.map(path => fetch(app.url + path, { headers: { 'x-request-id': id } })));

    expect(responses.map(({ headers }) => headers.get('x-request-id'))).toEqual(paths.map(() => id));
  });

  test('has a request id of its own where the caller gave none or a malformed one', async () => {
    await using app = await startApp();
    const malformed = ['with a blank', 'a'.repeat(129), '<script>', 'a,b', 'ä'];

    const without = await Promise.all(paths.map(path => fetch(app.url + path)));
    const replaced = await Promise.all(
      malformed.map(id => fetch(`${app.url}/health`, { headers: { 'x-request-id': id } })),
    );

    const ids = [...without, ...replaced].map(({ headers }) => headers.get('x-request-id'));
    for (const id of ids) expect(id).toMatch(UUID);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('says in seconds how long it took', async () => {
    await using app = await startApp();

    const responses = await Promise.all(paths.map(path => fetch(app.url + path)));

    for (const { headers } of responses) {
      expect(headers.get('x-process-time')).toMatch(/^\d+\.\d+$/);
      expect(Number(headers.get('x-process-time'))).toBeLessThan(60);
    }
  });

  test('has the security headers', async () => {
    await using app = await startApp();

    const responses = await Promise.all(paths.map(path => fetch(app.url + path)));

    for (const { headers } of responses) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'x-xss-protection': '0',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("default-src 'self'"),
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(headers.has('x-powered-by')).toBe(false);
    }
  });

  test('asks for HTTPS by HSTS in production, and nowhere else', async () => {
    await using database = await createTestDatabase();
    await using app = await startApp(production(database));
    await using development = await startApp({ database });

    const [strict, lax] = [await fetch(`${app.url}/health`), await fetch(`${development.url}/health`)];

    expect(strict.headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains; preload');
    expect(lax.headers.has('strict-transport-security')).toBe(false);
  });
});

describe('CORS', () => {
  const settings = { ALLOWED_ORIGINS: `${APP_ORIGIN},https://admin.example.com` };

  test('lets a listed origin read answers, with credentials', async () => {
    await using app = await startApp({ settings });

    const { status, headers } = await fetch(`${app.url}/graphql?query={__typename}`, {
      headers: { origin: APP_ORIGIN },
    });

    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBe(APP_ORIGIN);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('access-control-expose-headers')).toContain('X-Request-Id');
    expect(headers.get('vary')).toContain('Origin');
  });

  test('lets no other origin read anything, however alike it looks', async () => {
    await using app = await startApp({ settings });
    const origins = [EVIL_ORIGIN, 'null', `${APP_ORIGIN}.evil.com`, 'http://app.example.com', `${APP_ORIGIN}:8443`];

    const answers = await Promise.all(
      origins.map(origin => fetch(`${app.url}/graphql?query={__typename}`, { headers: { origin } })),
    );

    for (const { headers } of answers) {
      expect([...headers.keys()].filter(name => name.startsWith('access-control-'))).toEqual([]);
      expect(headers.get('vary')).toContain('Origin');
    }
  });

  test('answers the preflight of a listed origin with what it may send', async () => {
    await using app = await startApp({ settings });

    const { status, headers } = await preflight(app, APP_ORIGIN);

    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(APP_ORIGIN);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('access-control-allow-methods')).toContain('POST');
    for (const header of ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Request-Id'])
      expect(headers.get('access-control-allow-headers')).toContain(header);
  });

  test('answers the preflight of any other origin with nothing', async () => {
    await using app = await startApp({ settings });

    const { headers } = await preflight(app, EVIL_ORIGIN);

    expect([...headers.keys()].filter(name => name.startsWith('access-control-'))).toEqual([]);
  });

  test('in development lets the usual development servers in, in production nobody who is not listed', async () => {
    await using database = await createTestDatabase();
    await using development = await startApp({ database });
    await using app = await startApp(production(database));
    const origin = 'http://localhost:5173';

    const allowed = await Promise.all(
      [development, app].map(({ url }) => fetch(`${url}/health`, { headers: { origin } })),
    );

    expect(allowed.map(({ headers }) => headers.get('access-control-allow-origin'))).toEqual([origin, null]);
  });
});

describe('a request that a foreign page could make a browser send', () => {
  test('as a form, as text or without a type is refused with 415', async () => {
    await using app = await startApp();
    const types = [
      'application/x-www-form-urlencoded',
      'text/plain',
      'text/plain; application/json',
      'multipart/form-data; boundary=x',
      'application/graphql',
      'application/jsonp',
      undefined,
    ];

    const responses = await Promise.all(
      types.map(type =>
        fetch(`${app.url}/graphql`, {
          method: 'POST',
          headers: type ? { 'content-type': type } : {},
          body: new TextEncoder().encode(TYPENAME),
        }),
      ),
    );

    expect(responses.map(({ status }) => status)).toEqual(types.map(() => 415));
    for (const response of responses)
      expect(await problemOf(response)).toMatchObject({ status: 415, title: 'Unsupported Media Type' });
  });

  test('as JSON from an origin that is not listed is refused with 403, and nothing is done', async () => {
    await using app = await startApp();
    const mutation = `mutation { signUp(input: { email: "a@example.com", username: "ada", password: "${PASSWORD}" }) { accessToken } }`;

    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...JSON_TYPE, origin: EVIL_ORIGIN },
      body: JSON.stringify({ query: mutation }),
    });

    expect(response.status).toBe(403);
    expect(await problemOf(response)).toMatchObject({
      status: 403,
      detail: expect.stringContaining('ALLOWED_ORIGINS'),
    });
    expect(await app.database.query('select * from users')).toEqual([]);
  });

  test('as JSON from a listed origin or from this server’s own pages is answered', async () => {
    await using app = await startApp({ settings: { ALLOWED_ORIGINS: APP_ORIGIN } });

    const responses = await Promise.all(
      [APP_ORIGIN, app.url].map(origin =>
        fetch(`${app.url}/graphql`, { method: 'POST', headers: { ...JSON_TYPE, origin }, body: TYPENAME }),
      ),
    );

    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
  });

  test('as a mutation in a GET is refused with 405, and nothing is done', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const query = 'mutation { createTodo(input: { title: "Mine" }) { todo { id } } }';

    const response = await fetch(`${app.url}/graphql?${new URLSearchParams({ query })}`, {
      headers: { authorization: `Bearer ${ada.accessToken}` },
    });

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(await app.database.query('select * from todos')).toEqual([]);
  });

  test('by another method than GET and POST is refused with 405', async () => {
    await using app = await startApp();
    const methods = ['PUT', 'DELETE', 'PATCH'];

    const responses = await Promise.all(
      methods.map(method => fetch(`${app.url}/graphql`, { method, headers: JSON_TYPE, body: TYPENAME })),
    );

    expect(responses.map(({ status }) => status)).toEqual([405, 405, 405]);
  });

  test('as an upgrade to a socket from an origin that is not listed is refused with 403', async () => {
    await using app = await startApp({ settings: { ALLOWED_ORIGINS: APP_ORIGIN } });

    expect(await upgrade(app, { origin: EVIL_ORIGIN })).toBe(403);
    expect(await upgrade(app, { origin: 'null' })).toBe(403);
    expect(await upgrade(app, { origin: APP_ORIGIN })).toBe(101);
    expect(await upgrade(app, {})).toBe(101);
  });

  test('as an upgrade anywhere but at /graphql is refused with 404', async () => {
    await using app = await startApp();

    expect(await upgrade(app, {}, '/elsewhere')).toBe(404);
  });
});

describe('an error outside of GraphQL', () => {
  test('where there is nothing is 404 as problem details', async () => {
    await using app = await startApp();
    const paths = ['/nowhere', '/graphql/nowhere', '/graphqlx', '//', '/health/', '/%E0%A4%A', '/..%2f', '//graphql'];

    const responses = await Promise.all(paths.map(path => fetch(app.url + path)));

    expect(await Promise.all(responses.map(problemOf))).toEqual(
      paths.map(path => ({
        type: 'about:blank',
        title: 'Not Found',
        status: 404,
        detail: expect.stringContaining(path),
      })),
    );
    expect(responses.map(({ status }) => status)).toEqual(paths.map(() => 404));
  });

  test('that nobody foresaw is 500 with the request’s id, tells nothing, and is logged once with its cause', async () => {
    await using app = await startApp();
    const cause = new Error('the secret of the house');
    using _broken = vi.spyOn(app.app.services.jobs, 'state', 'get').mockImplementation(() => {
      throw cause;
    });

    const response = await fetch(`${app.url}/ready`, { headers: { 'x-request-id': 'case-1' } });
    const body = await problemOf(response);

    expect(response.status).toBe(500);
    expect(body).toMatchObject({
      title: 'Internal Server Error',
      status: 500,
      detail: expect.stringContaining('case-1'),
    });
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(app.loggedErrors.splice(0)).toEqual([{ err: cause, requestId: 'case-1' }]);
  });

  test('in what is no HTTP at all ends the connection, and the server goes on', async () => {
    await using app = await startApp();

    const answer = await sendRaw(app, 'nonsense\r\n\r\n');

    expect(answer).toContain('400 Bad Request');
    expect((await fetch(`${app.url}/health`)).status).toBe(200);
  });
});

describe('a session in a cookie', () => {
  const SIGN_UP = `mutation ($input: SignUpInput!) {
    signUp(input: $input) { accessToken refreshToken userErrors { code } }
  }`;
  const REFRESH = 'mutation { refreshSession { accessToken refreshToken userErrors { code path } } }';
  const input = { email: 'ada@example.com', username: 'ada', password: PASSWORD, refreshTokenIn: 'COOKIE' };

  test('is set by signUp as HttpOnly and SameSite=Strict, and the token stands nowhere else', async () => {
    await using app = await startApp();

    const { data, headers } = await app.execute(SIGN_UP, { input });

    const cookie = cookieOf(headers);
    expect(data.signUp).toEqual({ accessToken: expect.any(String), refreshToken: null, userErrors: [] });
    expect(cookie).toMatchObject({ name: 'duely-refresh', value: expect.stringMatching(/^drt\./) });
    expect(cookie.attributes).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'SameSite=Strict']));
    expect(cookie.attributes).not.toContain('Secure');
    // As long as the session: a week unless set otherwise.
    const days = (cookie.expires - Date.now()) / 86_400_000;
    expect([days > 6.9, days < 7.1]).toEqual([true, true]);
  });

  test('is not set where the token was asked for in the body', async () => {
    await using app = await startApp();

    const { data, headers } = await app.execute(SIGN_UP, { input: { ...input, refreshTokenIn: 'BODY' } });

    expect(data.signUp.refreshToken).toMatch(/^drt\./);
    expect(headers.has('set-cookie')).toBe(false);
  });

  test('is exchanged by refreshSession for its successor', async () => {
    await using app = await startApp();
    const first = cookieOf((await app.execute(SIGN_UP, { input })).headers);

    const refreshed = await app.execute(REFRESH, {}, null, {
      headers: { cookie: `other=1; ${first.name}=${first.value}` },
    });

    const second = cookieOf(refreshed.headers);
    expect(refreshed.data.refreshSession).toEqual({
      accessToken: expect.any(String),
      refreshToken: null,
      userErrors: [],
    });
    expect(second).toMatchObject({ name: first.name, value: expect.stringMatching(/^drt\./) });
    expect(second.value).not.toBe(first.value);
    const again = await app.execute(REFRESH, {}, null, { headers: { cookie: `${second.name}=${second.value}` } });
    expect(again.data.refreshSession.userErrors).toEqual([]);
  });

  test('that is over is taken away by refreshSession', async () => {
    await using app = await startApp();
    const { name, value } = cookieOf((await app.execute(SIGN_UP, { input })).headers);
    app.advance(8 * 86_400_000);

    const { data, headers } = await app.execute(REFRESH, {}, null, { headers: { cookie: `${name}=${value}` } });

    expect(data.refreshSession).toMatchObject({ accessToken: null, userErrors: [{ code: 'EXPIRED' }] });
    expect(cookieOf(headers)).toMatchObject({ name, value: '' });
    expect(cookieOf(headers).attributes).toContain('Max-Age=0');
  });

  test('is taken away by logOut', async () => {
    await using app = await startApp();
    const signedUp = await app.execute(SIGN_UP, { input });
    const { name, value } = cookieOf(signedUp.headers);

    const { headers } = await app.execute('mutation { logOut { userErrors { code } } }', {}, signedUp.data.signUp, {
      headers: { cookie: `${name}=${value}` },
    });

    expect(cookieOf(headers)).toMatchObject({ name, value: '' });
    expect(cookieOf(headers).attributes).toEqual(expect.arrayContaining(['Max-Age=0', 'HttpOnly', 'SameSite=Strict']));
    const refreshed = await app.execute(REFRESH, {}, null, { headers: { cookie: `${name}=${value}` } });
    expect(refreshed.data.refreshSession.userErrors).toMatchObject([{ code: 'EXPIRED' }]);
  });

  test('is no sign-in by itself: without an access token its holder is nobody', async () => {
    await using app = await startApp();
    const { name, value } = cookieOf((await app.execute(SIGN_UP, { input })).headers);

    const answer = await app.execute('{ todos { totalCount } }', {}, null, { headers: { cookie: `${name}=${value}` } });

    expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { reason: 'MISSING' } }] });
  });

  test('in production is bound to the host and to HTTPS', async () => {
    await using database = await createTestDatabase();
    await using app = await startApp(production(database));

    const { name, attributes } = cookieOf((await app.execute(SIGN_UP, { input })).headers);

    expect(name).toBe('__Host-duely-refresh');
    expect(attributes).toEqual(expect.arrayContaining(['Path=/', 'Secure', 'HttpOnly', 'SameSite=Strict']));
    expect(attributes.some(attribute => attribute.startsWith('Domain'))).toBe(false);
  });
});

/** Nothing listens on port 1. */
const goneDatabase: TestDatabase = {
  url: 'postgres://nobody@127.0.0.1:1/nothing',
  query: () => Promise.reject(new Error('There is no database.')),
  [Symbol.asyncDispose]: async () => {},
};

const production = (database: TestDatabase) => ({
  database,
  settings: {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    DATABASE_URL: database.url,
    JWT_SECRETS: TEST_SECRET,
    PUBLIC_URL: 'https://api.example.com',
    SMTP_URL: 'off',
    ALLOWED_ORIGINS: APP_ORIGIN,
  },
});

const preflight = (app: TestApp, origin: string) =>
  fetch(`${app.url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });

async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  return (await response.json()) as Record<string, unknown>;
}

/** The status with which the server answers. */
async function upgrade(app: TestApp, headers: Record<string, string>, path = '/graphql'): Promise<number> {
  const socket = new WebSocket(app.url.replace('http', 'ws') + path, 'graphql-transport-ws', { headers });
  try {
    return await new Promise((resolve, reject) => {
      socket.on('open', () => resolve(101));
      socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0));
      socket.on('error', reject);
    });
  } finally {
    socket.on('error', () => {});
    socket.terminate();
  }
}

/** All that the server says before it ends the connection. */
function sendRaw(app: TestApp, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', data => {
      answer += data.toString();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    socket.end(text);
  });
}

function cookieOf(headers: Headers): { name: string; value: string; attributes: string[]; expires: number } {
  const [cookie, ...more] = headers.getSetCookie();
  expect(more).toEqual([]);
  const [pair = '', ...attributes] = (cookie ?? '').split('; ');
  const expires = attributes.find(attribute => attribute.startsWith('Expires='))?.slice('Expires='.length);
  return {
    name: pair.slice(0, pair.indexOf('=')),
    value: pair.slice(pair.indexOf('=') + 1),
    attributes,
    expires: expires ? Date.parse(expires) : 0,
  };
}
