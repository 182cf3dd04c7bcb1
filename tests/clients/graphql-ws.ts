import type { Client } from 'graphql-ws';
import { type Feed, follow } from './feed.ts';
import type { Session } from './session.ts';

export interface Todo {
  readonly id: string;
  readonly title: string;
  readonly completed: boolean;
  readonly position: string;
}

/** Of the feed. What is no change of a todo has neither todoId nor todo. */
export interface Change {
  readonly cursor: string;
  readonly kind: 'CREATED' | 'UPDATED' | 'DELETED';
  readonly todoId?: string;
  readonly todo?: Todo | null;
}

const TODO = 'id title completed position';
const CURSOR = '{ changes { cursor } }';
const TODOS = `query ($after: String) {
  todos(first: 100, after: $after) { nodes { ${TODO} } pageInfo { hasNextPage endCursor } }
}`;
const CHANGES = `subscription ($after: String) {
  changes(after: $after) { cursor kind ... on TodoChange { todoId todo { ${TODO} } } }
}`;

interface TodosData {
  readonly todos: {
    readonly nodes: readonly Todo[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** A query or a mutation over HTTP. Throws the errors of the answer, as an array. */
export async function request<Data>(
  { url, session }: { url: string; session: Session },
  query: string,
  variables: object = {},
): Promise<Data> {
  const answer = await session.fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await answer.json()) as { data?: Data | null; errors?: unknown[] };
  if (errors) throw errors;
  if (!data) throw new Error(`The server gave no data (HTTP ${answer.status}).`);
  return data;
}

export interface LiveTodosOptions {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  readonly session: Session;
  readonly socket: Client;
  /** Kept as the server has them, by their ids. */
  readonly todos: Map<string, Todo>;
  readonly signal: AbortSignal;
  readonly onChange?: (change: Change) => void;
}

/** Reads all todos and keeps them up to date until it is stopped. Throws SignedOutError when the person has to log in. */
export async function followTodos({ socket, todos, signal, onChange, ...server }: LiveTodosOptions): Promise<void> {
  const feed: Feed<Change> = {
    async begin() {
      const { changes } = await request<{ changes: { cursor: string } }>(server, CURSOR);
      const read = await readAll(server);
      todos.clear();
      for (const todo of read) todos.set(todo.id, todo);
      return changes.cursor;
    },
    subscribe: (after, sink) =>
      socket.subscribe<{ changes: Change }>(
        { query: CHANGES, variables: { after } },
        {
          next: ({ data, errors }) => (data ? sink.next(data.changes) : sink.end(errors)),
          error: reason => sink.end(reason),
          complete: () => sink.end(),
        },
      ),
  };
  const apply = (change: Change) => {
    // A todo in the trash is gone from the lists, as one that is gone for good.
    if (change.todo) todos.set(change.todo.id, change.todo);
    else if (change.todoId) todos.delete(change.todoId);
    onChange?.(change);
  };
  await follow(feed, apply, signal);
}

async function readAll(server: { url: string; session: Session }): Promise<Todo[]> {
  const read: Todo[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const { todos }: TodosData = await request<TodosData>(server, TODOS, { after });
    read.push(...todos.nodes);
    after = todos.pageInfo.endCursor;
    more = todos.pageInfo.hasNextPage;
  }
  return read;
}
