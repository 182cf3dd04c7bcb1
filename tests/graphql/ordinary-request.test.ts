import { expect, test } from 'vitest';
import { OperationContext } from '../../src/graphql/context.ts';
import { answerOrdinary } from '../../src/graphql/ordinary-request.ts';
import { createGraphqlHandler, type TransportContext } from '../../src/graphql/yoga.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createSchema } from '../../src/schema.ts';
import { startApp, type TestApp } from '../support/app.ts';

function handlerOf({ app: { services } }: TestApp) {
  const graphql = createGraphqlHandler({ schema: createSchema(), logger: createLogger('silent'), introspection: true });
  const transport = (): TransportContext => ({
    requestId: 'the-request',
    contextFor: async () =>
      new OperationContext({
        services,
        viewer: 'MISSING',
        caller: {
          device: { userAgent: null, ipAddress: null },
          requestId: 'the-request',
          idempotencyKey: null,
          refreshCookie: null,
        },
      }),
  });
  return { graphql, transport };
}

/** The length is for whoever sends the body to tell. */
const headersOf = (headers: Iterable<[string, string]>) =>
  Object.fromEntries(
    [...headers].map(([name, value]) => [name.toLowerCase(), value]).filter(([name]) => name !== 'content-length'),
  );

const ACCEPTED = [
  undefined,
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'application/graphql-response+json,application/json;q=0.9',
  'application/json, application/graphql-response+json',
  'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
  'multipart/mixed;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9',
  'text/event-stream, */*',
];
const BODIES = {
  'an answer': { query: '{ apiInfo { name } }' },
  'an answer by name, with variables and extensions': {
    query: 'query A { __typename } query B($skip: Boolean!) { __typename @skip(if: $skip) }',
    operationName: 'B',
    variables: { skip: false },
    extensions: {},
  },
  'a refusal of a field': { query: '{ todos { nodes { id } } }' },
  'a refusal beside an answer': { query: '{ __typename todo(id: "todo_00000000000000000000000000") { id } }' },
  'a missing variable': { query: 'query ($id: ID!) { todo(id: $id) { id } }' },
  'a variable with U+0000': { query: 'query ($id: ID!) { todo(id: $id) { id } }', variables: { id: '\0' } },
};

test('the ordinary request is answered as Yoga answers it: status, headers and body', async () => {
  await using app = await startApp();
  const { graphql, transport } = handlerOf(app);

  for (const [what, body] of Object.entries(BODIES)) {
    for (const accept of ACCEPTED) {
      const answer = await answerOrdinary(graphql, { accept, body }, transport());
      const response = await graphql.fetch(
        'http://localhost/graphql',
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...(accept ? { accept } : {}) },
          body: JSON.stringify(body),
        },
        transport(),
      );

      expect(
        answer && { ...answer, headers: headersOf(Object.entries(answer.headers)) },
        `${what} as ${accept}`,
      ).toEqual({
        status: response.status,
        headers: headersOf(response.headers),
        body: await response.text(),
      });
    }
  }
});

test.each([
  ['a batch', [{ query: '{ __typename }' }]],
  ['text', 'query'],
  ['no query', { variables: {} }],
  ['a query that is no text', { query: 1 }],
  ['an unknown parameter', { query: '{ __typename }', sha: '1' }],
  ['variables that are a list', { query: '{ __typename }', variables: [] }],
  ['what cannot be parsed', { query: '{' }],
  ['an unknown field', { query: '{ unknown }' }],
  ['an unknown operation', { query: '{ __typename }', operationName: 'B' }],
  ['a subscription', { query: 'subscription { changes { cursor } }' }],
])('%s is left to Yoga', async (_what, body) => {
  await using app = await startApp();
  const { graphql, transport } = handlerOf(app);

  const answer = await answerOrdinary(graphql, { accept: undefined, body }, transport());

  expect(answer).toBeNull();
});

test.each(['text/event-stream', 'text/html', 'application/json;charset=latin1'])(
  'an answer as %s is left to Yoga',
  async accept => {
    await using app = await startApp();
    const { graphql, transport } = handlerOf(app);

    const answer = await answerOrdinary(graphql, { accept, body: { query: '{ __typename }' } }, transport());

    expect(answer).toBeNull();
  },
);
