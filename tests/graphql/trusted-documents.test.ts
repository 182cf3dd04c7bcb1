import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, type Exchange, fetchExchange, makeOperation, type Operation } from '@urql/core';
import { getIntrospectionQuery, parse } from 'graphql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { map } from 'wonka';
import { readTrustedDocuments } from '../../src/graphql/trusted-documents.ts';
import { type Answer, type Person, startApp, type TestApp } from '../support/app.ts';
import { openStream } from '../support/event-stream.ts';
import { type BuiltDocument, buildFrontEnd } from '../support/front-end-build.ts';
import { until } from '../support/wait.ts';

const TODOS = 'query Todos($first: Int) { todos(first: $first) { nodes { title } } }';
const OTHER = '{ me { id } }';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** Has urql send the id of what graphql-codegen built, and not its text. */
const byId: Exchange =
  ({ forward }) =>
  operations =>
    forward(
      map((operation: Operation) => {
        const { hash } = (operation.query as unknown as BuiltDocument).__meta__;
        return makeOperation(operation.kind, {
          ...operation,
          query: { ...operation.query, definitions: [], documentId: hash } as unknown as Operation['query'],
        });
      })(operations),
    );

/** A file of documents by their ids, gone after the test. */
async function manifestOf(content: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'duely-manifest-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'documents.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const start = async ({ only = false, documents = [TODOS] } = {}) =>
  startApp({
    settings: {
      TRUSTED_DOCUMENTS: await manifestOf(Object.fromEntries(documents.map(text => [hashOf(text), text]))),
      TRUSTED_DOCUMENTS_ONLY: only ? 'on' : 'off',
    },
  });

async function post(app: TestApp, body: object, as: Person | null = null, accept = 'application/json') {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      accept,
      'content-type': 'application/json',
      ...(as ? { authorization: `Bearer ${as.accessToken}` } : {}),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as Partial<Answer>) };
}

const persisted = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
const titlesOf = ({ data }: { data?: unknown }) =>
  (data as { todos?: { nodes: { title: string }[] } } | undefined)?.todos?.nodes.map(({ title }) => title);
const codesOf = (answer: object) =>
  ((answer as Partial<Answer>).errors ?? []).map(({ extensions }) => String(extensions.code));

describe('a document of the manifest runs by its id', () => {
  test('however the request says it: over POST, GET, in a batch, on a socket, as a stream of events', async () => {
    await using app = await start();
    const ada = await app.createUser();
    await app.createTodo(ada, { title: 'one' });
    const hash = hashOf(TODOS);
    const variables = { first: 5 };
    const address = new URL(`${app.url}/graphql`);
    address.searchParams.set('documentId', `sha256:${hash}`);
    address.searchParams.set('variables', JSON.stringify(variables));
    const authorization = `Bearer ${ada.accessToken}`;

    const posted = await post(app, { documentId: `sha256:${hash}`, variables }, ada);
    const bare = await post(app, { documentId: hash, variables }, ada);
    const apollos = await post(app, { variables, ...persisted(hash) }, ada);
    const got = (await (await fetch(address, { headers: { authorization } })).json()) as Partial<Answer>;
    const batch = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify([{ documentId: hash, variables }, { query: OTHER }, { documentId: 'unknown' }]),
    });
    const bySocket = [];
    const payload = { query: '', documentId: `sha256:${hash}`, variables };
    for await (const answer of app.socket(ada).iterate(payload)) bySocket.push(answer);
    const streamed = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization },
      body: JSON.stringify({ documentId: hash, variables }),
    });

    expect([posted, bare, apollos, got, ...bySocket].map(titlesOf)).toEqual(Array(5).fill(['one']));
    const answers = (await batch.json()) as Partial<Answer>[];
    expect(answers.map(titlesOf)).toEqual([['one'], undefined, undefined]);
    expect(answers.map(codesOf)).toEqual([[], [], ['BAD_REQUEST']]);
    expect(await streamed.text()).toContain('"title":"one"');
  });

  test('that of a subscription too, and a mutation over GET does not', async () => {
    const changes = 'subscription Changes { changes { kind } }';
    const logOut = 'mutation LogOut { logOut { userErrors { code } } }';
    await using app = await start({ documents: [TODOS, changes, logOut] });
    const ada = await app.createUser();
    const kinds: unknown[] = [];

    const stop = app
      .socket(ada)
      .subscribe<{ changes: { kind: string } }>(
        { query: '', ...{ documentId: hashOf(changes) } },
        { next: ({ data }) => void kinds.push(data?.changes.kind), error: () => {}, complete: () => {} },
      );
    await until('it follows', () => app.app.services.feed.followerCount === 1);
    await app.createTodo(ada);
    await until('it came', () => kinds.length === 1);
    stop();
    const got = await fetch(`${app.url}/graphql?documentId=${hashOf(logOut)}`);

    expect(kinds).toEqual(['CREATED']);
    expect(got.status).toBe(405);
  });

  test('as graphql-codegen built it, for Apollo Client and for urql', async () => {
    const { manifest, documents } = await buildFrontEnd(`${TODOS} query Me { me { id } }`);
    await using setUp = await startApp();
    const ada = await setUp.createUser();
    await setUp.createTodo(ada, { title: 'one' });
    await using app = await startApp({
      database: setUp.database,
      settings: { TRUSTED_DOCUMENTS: manifest, TRUSTED_DOCUMENTS_ONLY: 'on' },
    });
    const url = `${app.url}/graphql`;
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const query = documents.TodosDocument;
    if (!query) throw new Error('graphql-codegen made no document of it.');
    const sent: string[] = [];
    const recording: typeof fetch = (input, init) => {
      sent.push(String(init?.body));
      return fetch(input, init);
    };

    const apollo = new ApolloClient({
      // __typename would make another document of it.
      cache: new InMemoryCache(),
      link: new PersistedQueryLink({ generateHash: () => Promise.resolve(query.__meta__.hash) }).concat(
        new HttpLink({ uri: url, headers, fetch: recording }),
      ),
    });
    const byApollo = await apollo.query({ query, variables: { first: 5 } });
    apollo.stop();
    const urql = new Client({
      url,
      preferGetMethod: false,
      exchanges: [byId, fetchExchange],
      fetch: recording,
      fetchOptions: { headers },
    });
    const byUrql = await urql.query(query, { first: 5 });

    expect(Object.keys(JSON.parse(await readFile(manifest, 'utf8')) as object)).toHaveLength(2);
    expect(query.__meta__.hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect([titlesOf(byApollo), titlesOf(byUrql)]).toEqual([['one'], ['one']]);
    expect(byUrql.error).toBeUndefined();
    expect(sent).toHaveLength(2);
    expect(sent.filter(body => body.includes('"query"'))).toEqual([]);
    expect(sent[1]).toContain(`"documentId":"${query.__meta__.hash}"`);
  });
});

describe('a document that is not in the manifest', () => {
  test('is BAD_REQUEST by its id, with what to do, in each media type', async () => {
    await using app = await start();
    await using without = await startApp();
    const documentId = `sha256:${hashOf(OTHER)}`;

    const answers = [
      await post(app, { documentId }),
      await post(app, { documentId }, null, 'application/graphql-response+json'),
      await post(without, { documentId }),
      await post(app, { documentId: 1 }),
      await post(app, { documentId: hashOf(TODOS), query: TODOS }),
      await post(app, { documentId: '__proto__' }),
    ];

    expect(answers.map(codesOf)).toEqual(Array(6).fill(['BAD_REQUEST']));
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 200, 200, 200, 200]);
    expect(answers.map(({ errors }) => errors?.[0]?.message)).toEqual([
      `There is no trusted document ${documentId}: deploy the manifest ahead of the front end, or send the query itself.`,
      `There is no trusted document ${documentId}: deploy the manifest ahead of the front end, or send the query itself.`,
      'This server has no trusted documents: send the query itself, or set TRUSTED_DOCUMENTS.',
      'documentId has to be text.',
      'Send documentId or query, not both.',
      'There is no trusted document __proto__: deploy the manifest ahead of the front end, or send the query itself.',
    ]);
  });

  test('is sent as text by an Apollo Client with hashes: each time, or from then on where there is no manifest', async () => {
    await using app = await start();
    await using without = await startApp();
    const askTwice = async ({ url }: TestApp) => {
      let requests = 0;
      const client = new ApolloClient({
        cache: new InMemoryCache(),
        link: new PersistedQueryLink({ sha256: hashOf }).concat(
          new HttpLink({
            uri: `${url}/graphql`,
            fetch: (input, init) => {
              requests += 1;
              return fetch(input, init);
            },
          }),
        ),
      });
      const query = parse(OTHER);
      const answers = [
        await client.query({ query, fetchPolicy: 'network-only' }),
        await client.query({ query, fetchPolicy: 'network-only' }),
      ];
      client.stop();
      return { answers: answers.map(({ data }) => data), requests };
    };

    expect(await askTwice(app)).toEqual({ answers: [{ me: null }, { me: null }], requests: 4 });
    expect(await askTwice(without)).toEqual({ answers: [{ me: null }, { me: null }], requests: 3 });
  });

  test('runs as text all the same, unless trusted documents are all that runs', async () => {
    await using app = await start();

    expect((await post(app, { query: OTHER })).data).toEqual({ me: null });
  });
});

describe('where trusted documents are all that runs,', () => {
  test('nothing else does, however it is sent: GraphiQL’s introspection neither', async () => {
    await using setUp = await startApp();
    const ada = await setUp.createUser();
    await using app = await startApp({
      database: setUp.database,
      settings: { TRUSTED_DOCUMENTS: await manifestOf({ a: TODOS }), TRUSTED_DOCUMENTS_ONLY: 'on' },
    });
    const bySocket = app
      .socket(ada)
      .iterate({ query: OTHER })
      .next()
      .catch((errors: unknown) => ({ errors }));
    await using stream = await openStream(app, ada, 'subscription { changes { kind } }');
    await until('the stream is over', () => stream.isOver());

    const answers = [
      await post(app, { query: OTHER }),
      await post(app, { query: getIntrospectionQuery() }),
      await post(app, { query: `${TODOS} ` }),
      await post(app, { query: OTHER, ...persisted(hashOf(TODOS)) }),
      await post(app, { query: '{' }),
      (await (await fetch(`${app.url}/graphql?query=${encodeURIComponent(OTHER)}`)).json()) as object,
      await bySocket,
      stream.events[0]?.data ?? {},
    ];

    expect(answers.map(codesOf)).toEqual(answers.map(() => ['BAD_REQUEST']));
    for (const answer of answers)
      expect((answer as Answer).errors[0]?.message).toMatch(
        /^This server runs trusted documents alone: send the documentId/,
      );
  });

  test('the text of one is as good as its id', async () => {
    await using app = await start({ only: true, documents: [OTHER] });

    expect((await post(app, { query: OTHER })).data).toEqual({ me: null });
  });
});

describe('a manifest', () => {
  const read = async (...contents: unknown[]) =>
    readTrustedDocuments({ files: await Promise.all(contents.map(manifestOf)), only: false });

  test('may be several files, of Relay’s compiler, of graphql-codegen or of Apollo', async () => {
    const apollo = { format: 'apollo-persisted-query-manifest', version: 1, operations: [{ id: 'b', body: OTHER }] };

    const documents = await read({ a: TODOS }, apollo, { 'sha256:c': OTHER, a: TODOS });

    expect(['a', 'b', 'c', 'sha256:c', 'd'].map(documents.find)).toEqual([TODOS, OTHER, OTHER, OTHER, undefined]);
    expect(documents.size).toBe(3);
  });

  test.each([
    ['no JSON', ['{'], /cannot be read as JSON/],
    ['a list', [[TODOS]], /has to be a JSON object of documents by their ids/],
    ['what is no text', [{ a: 1 }], /has to be a JSON object/],
    ['what is no GraphQL', [{ a: 'query {' }], /has no GraphQL as a/],
    ['two documents of one id', [{ a: TODOS }, { a: OTHER }], /has another document as a/],
  ])('with %s keeps the server from starting', async (_what, contents, reason) => {
    await expect(read(...contents)).rejects.toThrow(reason);
  });

  test('that is not there keeps the server from starting', () => {
    expect(() => readTrustedDocuments({ files: ['/nowhere/documents.json'], only: true })).toThrow(
      /TRUSTED_DOCUMENTS: \/nowhere\/documents.json cannot be read/,
    );
  });
});
