import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '../../src/app.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/platform/config.ts';
import { TEST_SECRET } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { PRODUCTION_SETTINGS } from './production.ts';

/**
 * The findings of graphql-cop (https://github.com/dolevf/graphql-cop), by requests as it makes them: with the Accept header of
 * Python's requests and no other. Each test has the name of a finding, and passes where graphql-cop would have none.
 */
describe('graphql-cop does not find', () => {
  let database: TestDatabase;
  let app: App;
  let url = '';

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = readConfig({
      ...PRODUCTION_SETTINGS,
      JWT_SECRETS: TEST_SECRET,
      DATABASE_URL: database.url,
      PORT: '0',
      LOG_LEVEL: 'silent',
    });
    app = createApp({ config, databaseUrl: database.url });
    url = (await app.listen()).url;
  });

  afterAll(async () => {
    await app.close();
    await database[Symbol.asyncDispose]();
  });

  const get = (path: string) => asPython(`${url}${path}`, { method: 'GET' });
  const post = (body: unknown) =>
    asPython(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const ask = async (query: string) => JSON.parse((await post({ query })).text);
  const times = (count: number, text: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => text(n)).join(' ');
  const inAddress = (query: string) => `/graphql?query=${encodeURIComponent(query)}`;

  test('a server that is none: it takes this one for GraphQL', async () => {
    const answer = await ask('query { __typename }');

    expect(answer).toEqual({ data: { __typename: 'Query' } });
  });

  test('Introspection', async () => {
    const answer = await ask('query { __schema { types { name fields { name } } } }');

    expect(answer.data?.__schema).toBeUndefined();
  });

  test('Introspection-based Circular Query', async () => {
    const answer = await ask(
      `query { __schema { types { ${times(6, () => 'fields { type {')} name ${'} }'.repeat(6)} } } }`,
    );

    expect(answer.data?.__schema).toBeUndefined();
  });

  test('Circular Fragment', async () => {
    const answer = await ask(
      'query { __schema { ...A } } fragment A on __Schema { __typename ...B } fragment B on __Schema { ...A }',
    );

    expect(answer.errors).not.toEqual([]);
    expect(answer.data ?? null).toBeNull();
  });

  test('Alias Overloading', async () => {
    const answer = await ask(`query { ${times(101, n => `alias${n}:__typename \n`)} }`);

    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'TOO_COMPLEX' } }] });
    expect(answer.data?.alias100).toBeUndefined();
  });

  test('Array-based Query Batching', async () => {
    const answer = JSON.parse((await post(Array.from({ length: 11 }, () => ({ query: 'query { __typename }' })))).text);

    expect(Array.isArray(answer)).toBe(false);
    expect(Object.keys(answer)).toEqual(['errors']);
  });

  test('Directive Overloading', async () => {
    const answer = await ask(`query { __typename ${'@aa'.repeat(10)} }`);

    // Ten errors would say that each directive was looked at.
    expect(answer.errors.length).toBeGreaterThan(0);
    expect(answer.errors.length).toBeLessThan(10);
  });

  test('Field Duplication', async () => {
    const answer = await ask(`query { ${times(500, () => '__typename \n')} }`);

    expect(answer).toMatchObject({
      errors: [
        { message: 'The operation has 499 repeated fields; the limit is 50.', extensions: { code: 'TOO_COMPLEX' } },
      ],
    });
    expect(answer.data?.__typename).toBeUndefined();
  });

  test('Field Suggestions', async () => {
    const { errors } = await ask('query { __schema { directive } }');

    expect(errors[0].message).toMatch(/directive|introspection/);
    expect(JSON.stringify(errors)).not.toContain('Did you mean');
  });

  test('GET Method Query Support', async () => {
    const { status, text } = await get(inAddress('{__typename}'));

    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ title: 'Bad Request', detail: expect.stringContaining('Accept') });
  });

  test('Mutation is allowed over GET', async () => {
    const answers = [
      await get(inAddress('mutation {__typename}')),
      await asPython(`${url}${inAddress('mutation {__typename}')}`, {
        method: 'GET',
        headers: { accept: 'application/json' },
      }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([400, 405]);
    expect(answers.map(({ text }) => JSON.parse(text).data?.__typename)).toEqual([undefined, undefined]);
  });

  test('POST based url-encoded query', async () => {
    const inQuery = await asPython(`${url}${inAddress('query {__typename}')}`, { method: 'POST' });
    const inBody = await asPython(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `query=${encodeURIComponent('query {__typename}')}`,
    });

    expect([inQuery, inBody].map(({ status }) => status)).toEqual([415, 415]);
  });

  test('GraphQL IDE', async () => {
    const pages = await Promise.all(
      ['/graphiql', '/playground', '/console', '/graphql'].map(path =>
        asPython(`${url}${path}`, { method: 'GET', headers: { accept: 'text/html' } }),
      ),
    );

    expect(pages.map(({ status }) => status)).toEqual([404, 404, 404, 400]);
    for (const { text } of pages)
      expect(text).not.toMatch(/GraphiQL|GraphQL Playground|graphql-playground|graphiql\.min/);
  });

  test('Trace Mode', async () => {
    const answers = [await ask('query { __typename }'), await ask('query { todos { totalCount } }'), await ask('{')];

    for (const answer of answers)
      expect(JSON.stringify(answer).toLowerCase()).not.toMatch(/tracing|stacktrace|"exception"|\.ts:\d+/);
  });

  test('Unhandled Errors', async () => {
    const answer = await ask('qwerty cop { abc }');

    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    expect(Object.keys(answer.errors[0].extensions)).toEqual(['code']);
  });
});

/** By node:http, which adds nothing to the headers. fetch says `Sec-Fetch-Mode: cors`, which no image and no link does. */
function asPython(
  address: string,
  { method, headers = {}, body }: { method: string; headers?: Record<string, string>; body?: string },
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const agent = { accept: '*/*', 'user-agent': 'graphql-cop/1.15' };
    const asked = request(address, { method, headers: { ...agent, ...headers } }, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', chunk => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
