import {
  Client,
  type CombinedError,
  cacheExchange,
  type ExecutionResult,
  fetchExchange,
  gql,
  subscriptionExchange,
  type TypedDocumentNode,
} from '@urql/core';
import type { Client as SocketClient } from 'graphql-ws';
import { type Feed, follow } from './feed.ts';
import type { Session, UserError } from './session.ts';
import { Watcher } from './urql-watcher.ts';

export interface Todo {
  readonly id: string;
  readonly title: string;
  readonly completed: boolean;
}

interface Change {
  readonly cursor: string;
  readonly kind: 'CREATED' | 'UPDATED' | 'DELETED';
}

export const TODOS: TypedDocumentNode<{ todos: { nodes: readonly Todo[] } }, { filter?: { completed: boolean } }> = gql`
  query Todos($filter: TodoFilter) {
    todos(filter: $filter, first: 100) {
      nodes {
        id
        title
        completed
      }
    }
  }
`;

export const CREATE_TODO: TypedDocumentNode<
  { createTodo: { todo: Todo | null; userErrors: readonly UserError[] } },
  { title: string }
> = gql`
  mutation CreateTodo($title: String!) {
    createTodo(input: { title: $title }) {
      todo {
        id
        title
        completed
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`;

const CURSOR: TypedDocumentNode<{ changes: { cursor: string } }, Record<string, never>> = gql`
  query Cursor {
    changes {
      cursor
    }
  }
`;

const CHANGES: TypedDocumentNode<{ changes: Change }, { after: string }> = gql`
  subscription Changes($after: String) {
    changes(after: $after) {
      cursor
      kind
    }
  }
`;

/** What a list shows, whether it has rows or not: an empty one names no Todo. */
const SHOWN = { additionalTypenames: ['Todo', 'TodoConnection'] };

export interface Urql {
  readonly client: Client;
  readonly watcher: Watcher;
}

/** `url` is that of the GraphQL endpoint. */
export function createUrql({
  url,
  session,
  socket,
}: {
  url: string;
  session: Pick<Session, 'fetch'>;
  socket: SocketClient;
}): Urql {
  const watcher = new Watcher();
  const client = new Client({
    url,
    fetch: session.fetch,
    // A query that is sent by GET may be answered by a cache on the way.
    preferGetMethod: false,
    // What was not shown while it changed is asked for when it is shown again.
    requestPolicy: 'cache-and-network',
    exchanges: [
      watcher.exchange,
      cacheExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables, operationName, extensions }) => ({
          subscribe: sink => ({
            unsubscribe: socket.subscribe(
              { query, variables, operationName, extensions },
              { ...sink, next: result => sink.next(result as ExecutionResult) },
            ),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
  return { client, watcher };
}

/**
 * Keeps all that is shown up to date by the feed until it is stopped: urql's document cache knows answers, not todos, so
 * that what is shown is asked for again. Throws SignedOutError when the person has to log in.
 */
export async function followChanges(
  { client, watcher }: Urql,
  signal: AbortSignal,
  onChange?: (change: Change) => void,
): Promise<void> {
  const feed: Feed<Change> = {
    async begin() {
      const { data, error } = await client.query(CURSOR, {}, { requestPolicy: 'network-only' });
      if (error) throw causeOf(error);
      if (!data) throw new Error('The server gave no cursor.');
      watcher.invalidate();
      return data.changes.cursor;
    },
    subscribe(after, sink) {
      watcher.retry();
      const { unsubscribe } = client.subscription(CHANGES, { after }, SHOWN).subscribe(({ data, error }) => {
        // urql repeats the last data beside an error.
        if (error) sink.end(causeOf(error));
        else if (data) sink.next(data.changes);
      });
      return unsubscribe;
    },
  };
  const apply = (change: Change) => {
    watcher.invalidate();
    onChange?.(change);
  };
  await follow(feed, apply, signal);
}

/** As the feed wants it: what broke the connection, or the errors of the answer. */
const causeOf = (error: CombinedError): unknown => error.networkError ?? error.graphQLErrors;
