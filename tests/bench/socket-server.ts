import { buildSchema, type DocumentNode, parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { serve } from './http.ts';

/**
 * graphql-ws with the least that a subscription needs behind it. As its guide sets it up
 * (https://the-guild.dev/graphql/ws/get-started), it parses the operation for every socket and keeps it as long, which
 * takes more than all else; here, as in any server that expects many of one kind, each document is parsed once.
 */
const schema = buildSchema(`
  type Query { hello: String }
  type Change { cursor: String! kind: String! }
  type Subscription { changes(after: String): Change! }
`);

/** One change, so that a client knows that it has subscribed, and then none for ever. */
function changes(): AsyncIterableIterator<object> {
  const never = new Promise<never>(() => {});
  let begun = false;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (begun) return never;
      begun = true;
      return { done: false, value: { changes: { cursor: 'the first', kind: 'CREATED' } } };
    },
    return: async () => ({ done: true, value: undefined }),
  };
}

const documents = new Map<string, DocumentNode>();

function documentOf(query: string): DocumentNode {
  const document = documents.get(query) ?? parse(query);
  documents.set(query, document);
  return document;
}

const server = await serve((_request, response) => response.writeHead(404).end());
useServer(
  {
    onSubscribe: (_context, _id, { query, variables }) => ({
      schema,
      document: documentOf(query),
      variableValues: variables,
      rootValue: { changes },
    }),
  },
  new WebSocketServer({ server, path: '/graphql' }),
);
