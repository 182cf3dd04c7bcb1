import { spawnSync } from 'node:child_process';
import { type IncomingMessage, request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { createClient } from 'graphql-ws';
import { beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startApp, type TestApp } from '../support/app.ts';
import { follow } from '../support/event-stream.ts';
import { until } from '../support/wait.ts';
import { CADDY_MISSING, CADDYFILE, hasCaddy, startCaddy } from './caddy.ts';

const CHANGES = 'subscription { todoChanged { todo { title } } }';

beforeEach(({ skip }) => skip(!hasCaddy, CADDY_MISSING));

test('the Caddyfile is valid as it stands, for localhost and for a domain, and formatted', () => {
  const runs = [{}, { SITE_ADDRESS: 'api.example.com', UPSTREAM: 'api:4000' }].map(environment =>
    spawnSync('caddy', ['validate', '--config', CADDYFILE, '--adapter', 'caddyfile'], {
      env: { PATH: process.env.PATH, HOME: '/nonexistent', ...environment },
      encoding: 'utf8',
    }),
  );
  const formatted = spawnSync('caddy', ['fmt', CADDYFILE], { encoding: 'utf8' });

  for (const { status, stderr } of runs) expect([status, stderr]).toEqual([0, expect.stringContaining('')]);
  expect(formatted.status).toBe(0);
});

test('Caddy compresses answers, and hands over the rest as it is', async () => {
  await using app = await startApp({ settings: { TRUST_PROXY: '1' } });
  const ada = await app.createUser();
  for (let count = 0; count < 20; count += 1) await app.createTodo(ada, { title: `Todo ${count} ${'x'.repeat(50)}` });
  const caddy = await startCaddy(app.url);
  const query = { query: '{ todos(first: 20) { nodes { id title } } }' };

  const [plain, packed] = [
    await post(`${caddy.url}/graphql`, query, { authorization: `Bearer ${ada.accessToken}` }),
    await post(`${caddy.url}/graphql`, query, {
      authorization: `Bearer ${ada.accessToken}`,
      'accept-encoding': 'gzip',
    }),
  ];

  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(packed.body.length).toBeLessThan(plain.body.length / 2);
  expect(gunzipSync(packed.body)).toEqual(plain.body);
  expect(packed.headers).toMatchObject({ 'x-request-id': expect.any(String), 'x-content-type-options': 'nosniff' });
  // Of caches on the way.
  expect(packed.headers.vary).toContain('Accept-Encoding');
});

test('Caddy passes a stream of events on event by event, without compressing it', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const caddy = await startCaddy(app.url);
  await using stream = await follow({ ...app, url: caddy.url } as TestApp, ada, CHANGES, {
    headers: { 'accept-encoding': 'gzip' },
  });

  await app.createTodo(ada, { title: 'one' });
  await until('the event came', () => stream.events.length === 1);

  expect(stream.headers.get('content-encoding')).toBeNull();
  expect(stream.isOver()).toBe(false);
});

test('Caddy passes a WebSocket on, both ways, and tells the server who calls', async () => {
  await using app = await startApp({ settings: { TRUST_PROXY: '1' } });
  const ada = await app.createUser();
  const caddy = await startCaddy(app.url);
  const client = createClient({
    url: `${caddy.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${ada.accessToken}` },
    lazy: false,
  });
  const titles: unknown[] = [];
  client.subscribe<{ todoChanged: { todo: { title: string } } }>(
    { query: CHANGES },
    { next: ({ data }) => titles.push(data?.todoChanged.todo.title), error: () => {}, complete: () => {} },
  );
  await until('it listens', async () => {
    if (titles.length === 0) await app.createTodo(ada, { title: 'one' });
    return titles.length > 0;
  });

  const spoofed = await post(
    `${caddy.url}/graphql`,
    {
      query: `mutation { logIn(input: { login: "${ada.email}", password: "Wrong horse 7" }) { userErrors { code } } }`,
    },
    { 'x-forwarded-for': '203.0.113.9' },
  );
  await client.dispose();
  const addresses = await app.database.query(
    `select distinct host(ip_address::inet) as address from security_events where kind = 'LOG_IN_FAILED'`,
  );

  expect(titles[0]).toBe('one');
  expect(spoofed.status).toBe(200);
  expect(addresses).toEqual([{ address: '127.0.0.1' }]);
});

test('Caddy logs requests without tokens, cookies and what links in mails hold', async () => {
  await using app = await startApp();
  const caddy = await startCaddy(app.url);

  await post(
    `${caddy.url}/graphql?token=of-a-link`,
    { query: '{ __typename }' },
    { authorization: 'Bearer of-a-person', cookie: 'duely-refresh=of-a-session' },
  );
  await until(
    'the request is logged',
    () => caddy.output().includes('"method":"POST"') || caddy.output().includes('POST'),
  );

  expect(caddy.output()).not.toMatch(/of-a-link|of-a-person|of-a-session/);
});

/** As it comes over the wire: fetch would unpack it. */
async function post(url: string, body: object, headers: Record<string, string>) {
  const outgoing = request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } });
  outgoing.end(JSON.stringify(body));
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    outgoing.on('response', resolve).on('error', reject),
  );
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}
