import {
  type ApolloCache,
  ApolloClient,
  ApolloLink,
  CombinedGraphQLErrors,
  gql,
  HttpLink,
  InMemoryCache,
  type Reference,
  type TypedDocumentNode,
} from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import type { Client } from 'graphql-ws';
import { type Feed, follow } from './feed.ts';
import type { Session, UserError } from './session.ts';

export interface Todo {
  readonly __typename: 'Todo';
  readonly id: string;
  readonly title: string;
  readonly completed: boolean;
  readonly position: string;
}

interface Change {
  readonly cursor: string;
  readonly kind: 'CREATED' | 'UPDATED' | 'DELETED';
  /** What is no change of a todo has neither. */
  readonly todoId?: string;
  readonly todo?: Todo | null;
}

/** A list as the cache has it. */
interface CachedTodos {
  readonly nodes: readonly Reference[];
  readonly pageInfo: { readonly hasNextPage: boolean };
}

const TODO_FIELDS: TypedDocumentNode<Todo> = gql`
  fragment TodoFields on Todo {
    id
    title
    completed
    position
  }
`;

export const TODOS: TypedDocumentNode<
  {
    todos: { nodes: readonly Todo[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
  },
  { filter?: { completed: boolean }; first?: number; after?: string | null }
> = gql`
  query Todos($filter: TodoFilter, $first: Int, $after: String) {
    todos(filter: $filter, first: $first, after: $after) {
      nodes {
        ...TodoFields
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
  ${TODO_FIELDS}
`;

export const CREATE_TODO: TypedDocumentNode<
  { createTodo: { todo: Todo | null; userErrors: readonly UserError[] } },
  { title: string }
> = gql`
  mutation CreateTodo($title: String!) {
    createTodo(input: { title: $title }) {
      todo {
        ...TodoFields
      }
      userErrors {
        code
        message
        path
      }
    }
  }
  ${TODO_FIELDS}
`;

const CURSOR: TypedDocumentNode<{ changes: { cursor: string } }> = gql`
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
      ... on TodoChange {
        todoId
        todo {
          ...TodoFields
        }
      }
    }
  }
  ${TODO_FIELDS}
`;

/** `url` is that of the GraphQL endpoint. */
export function createApollo({
  url,
  session,
  socket,
}: {
  url: string;
  session: Pick<Session, 'fetch'>;
  socket: Client;
}) {
  return new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      new HttpLink({ uri: url, fetch: session.fetch }),
    ),
    cache: new InMemoryCache({
      typePolicies: {
        Query: {
          fields: {
            todos: {
              keyArgs: ['filter', 'orderBy'],
              // fetchMore with the endCursor adds a page.
              merge: (existing: CachedTodos | undefined, incoming: CachedTodos, { args }) =>
                existing && args?.after ? { ...incoming, nodes: [...existing.nodes, ...incoming.nodes] } : incoming,
            },
          },
        },
      },
    }),
  });
}

/**
 * Keeps the cache up to date by the feed until it is stopped, lists that nobody has asked for yet included. Throws
 * SignedOutError when the person has to log in.
 */
export async function followChanges(
  client: ApolloClient,
  signal: AbortSignal,
  onChange?: (change: Change) => void,
): Promise<void> {
  const feed: Feed<Change> = {
    async begin() {
      const { data } = await client.query({ query: CURSOR, fetchPolicy: 'no-cache' });
      // What is on the page is read anew; what is not is forgotten, and read anew when it is shown.
      await client.refetchQueries({ updateCache: cache => void cache.evict({ id: 'ROOT_QUERY' }), include: 'active' });
      if (!data) throw new Error('The server gave no cursor.');
      return data.changes.cursor;
    },
    subscribe(after, sink) {
      const subscription = client
        .subscribe({ query: CHANGES, variables: { after }, fetchPolicy: 'no-cache' })
        .subscribe({
          next: ({ data, error }) => {
            if (data) sink.next(data.changes);
            else sink.end(CombinedGraphQLErrors.is(error) ? error.errors : error);
          },
          complete: () => sink.end(),
        });
      return () => subscription.unsubscribe();
    },
  };
  const apply = (change: Change) => {
    client.cache.batch({ update: cache => write(cache, change) });
    onChange?.(change);
  };
  await follow(feed, apply, signal);
}

function write(cache: ApolloCache, { todoId, todo }: Change): void {
  if (!todoId) return;
  // As the cache names it.
  const id = `Todo:${todoId}`;
  if (todo) cache.writeFragment({ id, fragment: TODO_FIELDS, data: todo });
  cache.modify<{ todos: CachedTodos }>({
    fields: {
      todos(cached, { storeFieldName, readField, toReference, DELETE }) {
        // Only the server knows what another filter or order makes of it: who shows such a list asks again.
        if (storeFieldName !== 'todos:{}') return DELETE;
        const list = cached as CachedTodos;
        const others = list.nodes.filter(node => readField('id', node) !== todoId);
        const reference = todo && toReference(id);
        if (!reference) return { ...list, nodes: others };
        const isBehind = (node: Reference) => {
          const position = String(readField('position', node));
          return position > todo.position || (position === todo.position && String(readField('id', node)) > todo.id);
        };
        const place = others.findIndex(isBehind);
        if (place >= 0) return { ...list, nodes: others.toSpliced(place, 0, reference) };
        // Behind all that is here, it belongs to the list's end, which may not have been read yet.
        return { ...list, nodes: list.pageInfo.hasNextPage ? others : [...others, reference] };
      },
    },
  });
  // After the lists, which still have to know it by its id.
  if (!todo) cache.evict({ id });
}
