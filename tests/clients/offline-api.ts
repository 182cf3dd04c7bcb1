import type { MutationName, Todo } from './offline-merge.ts';
import type { UserError } from './session.ts';

/** The errors of an answer: nothing was done. */
export class RefusedError extends Error {
  readonly codes: readonly string[];

  constructor(errors: readonly { message: string; extensions?: { code?: string } }[]) {
    super(errors.map(({ message }) => message).join(' '));
    this.name = 'RefusedError';
    this.codes = errors.map(({ extensions }) => extensions?.code ?? 'INTERNAL');
  }
}

/** As the API has it. */
type Written = Omit<Todo, 'reminder'> & {
  readonly remindAt: string | null;
  readonly remindMinutesBefore: number | null;
};

function toTodo({ remindAt, remindMinutesBefore: minutesBefore, ...todo }: Written): Todo {
  const byInstant = remindAt === null ? null : { at: remindAt };
  return { ...todo, reminder: minutesBefore === null ? byInstant : { minutesBefore } };
}

export interface Payload {
  readonly todo: Todo | null;
  readonly userErrors: readonly UserError[];
}

/** Of the feed. What is no change of a todo has neither todoId nor todo. */
interface FeedPage<Each> {
  readonly changes: readonly { readonly todoId?: string; readonly todo?: Each | null }[];
  readonly cursor: string;
  readonly hasMore: boolean;
}

interface TodoPage {
  readonly nodes: readonly Written[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const TODO = `id title description completed dueAt priority tags recurrence remindAt remindMinutesBefore
  position version deletedAt`;
const PAYLOAD = `{ todo { ${TODO} } userErrors { code message path } }`;
const MUTATIONS: Record<MutationName, string> = {
  createTodo: `mutation ($input: CreateTodoInput!) { payload: createTodo(input: $input) ${PAYLOAD} }`,
  updateTodo: `mutation ($id: ID!, $input: UpdateTodoInput!) { payload: updateTodo(id: $id, input: $input) ${PAYLOAD} }`,
  moveTodo: `mutation ($id: ID!, $input: MoveTodoInput!) { payload: moveTodo(id: $id, input: $input) ${PAYLOAD} }`,
  deleteTodo: `mutation ($id: ID!, $expectedVersion: Int) {
    payload: deleteTodo(id: $id, expectedVersion: $expectedVersion) ${PAYLOAD}
  }`,
  restoreTodo: `mutation ($id: ID!, $expectedVersion: Int) {
    payload: restoreTodo(id: $id, expectedVersion: $expectedVersion) ${PAYLOAD}
  }`,
};
const CURSOR = '{ changes { cursor } }';
const CHANGES = `query ($after: String) {
  changes(after: $after, first: 500) { changes { ... on TodoChange { todoId todo { ${TODO} } } } cursor hasMore }
}`;
const BY_ID = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Todo { ${TODO} } } }`;
const BY_ID_MAX = 100;
// In an order that moves do not change while the pages are read.
const ALL = `query ($after: String, $deleted: Boolean!) {
  todos(filter: { deleted: $deleted }, orderBy: { field: CREATED_AT }, first: 100, after: $after) {
    nodes { ${TODO} } pageInfo { hasNextPage endCursor }
  }
}`;

export interface ApiOptions {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  /** Signed in: that of a Session. */
  readonly fetch: typeof fetch;
  /** What takes longer counts as lost. */
  readonly timeoutMs: number;
}

/** What an offline client asks of the server. Each throws where there was no answer, and RefusedError where it had errors. */
export class Api {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /** Sent again with its key and its variables as they were, it is done once. */
  async mutate(mutation: MutationName, variables: object, key: string): Promise<Payload> {
    const { payload } = await this.#ask<{ payload: Omit<Payload, 'todo'> & { todo: Written | null } }>(
      MUTATIONS[mutation],
      variables,
      { idempotencyKey: key },
    );
    return { ...payload, todo: payload.todo && toTodo(payload.todo) };
  }

  async cursor(): Promise<string> {
    return (await this.#ask<{ changes: { cursor: string } }>(CURSOR, {})).changes.cursor;
  }

  async changes(after: string): Promise<FeedPage<Todo>> {
    const { changes: page } = await this.#ask<{ changes: FeedPage<Written> }>(CHANGES, { after });
    return {
      ...page,
      changes: page.changes.map(({ todo, ...change }) => ({ ...change, todo: todo ? toTodo(todo) : null })),
    };
  }

  /** Those that there are, the trash included. */
  async byId(ids: readonly string[]): Promise<Todo[]> {
    const found: Todo[] = [];
    for (let from = 0; from < ids.length; from += BY_ID_MAX) {
      const asked = { ids: ids.slice(from, from + BY_ID_MAX) };
      const { nodes } = await this.#ask<{ nodes: readonly (Written | null)[] }>(BY_ID, asked);
      found.push(...nodes.filter(node => node !== null).map(toTodo));
    }
    return found;
  }

  /** The trash included. */
  async all(): Promise<Todo[]> {
    const found: Todo[] = [];
    for (const deleted of [false, true]) {
      for (let after: string | null = null, more = true; more; ) {
        const { todos }: { todos: TodoPage } = await this.#ask<{ todos: TodoPage }>(ALL, { after, deleted });
        found.push(...todos.nodes.map(toTodo));
        after = todos.pageInfo.endCursor;
        more = todos.pageInfo.hasNextPage;
      }
    }
    return found;
  }

  async #ask<Data>(query: string, variables: object, extensions: object = {}): Promise<Data> {
    const { url, fetch, timeoutMs } = this.#options;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables, extensions }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { data, errors } = (await answer.json()) as { data?: Data | null; errors?: { message: string }[] };
    if (errors) throw new RefusedError(errors);
    if (!data) throw new Error(`The server gave no data (HTTP ${answer.status}).`);
    return data;
  }
}
