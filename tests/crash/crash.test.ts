import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { newId, toGlobalId } from '../../src/platform/ids.ts';
import { createDataFolder, isRunning, type ServerProcess, startServer } from '../support/server-process.ts';
import { until } from '../support/wait.ts';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 20);
const WRITERS = 8;
const SETTINGS = { ACCESS_TOKEN_TTL_SECONDS: '86400' };

test(`a server that is killed ${ROUNDS} times under load loses nothing that it acknowledged, does nothing twice, and its feed goes on`, {
  timeout: 60_000 + ROUNDS * 15_000,
}, async () => {
  await using folder = await createDataFolder();
  const requests: CreateRequest[] = [];
  const acknowledged = () => requests.filter(request => request.todoId).length;
  let accessToken = '';
  let followed: Progress = { cursor: '', changes: [] };
  let beginning = '';

  for (let round = 0; round < ROUNDS; round += 1) {
    await using server = await startServer(folder, SETTINGS);
    accessToken ||= await signUp(server);
    const person: Person = { server, accessToken };
    beginning ||= await readEnd(person);
    // What a crash left unanswered is asked for again, as it was.
    await Promise.all(requests.filter(request => !request.todoId).map(request => create(person, request)));
    const postgres = folder.postgresPid();
    const enough = acknowledged() + 10 + Math.random() * 20;
    await using subscription = subscribe(person, followed.cursor || beginning);
    const writing = Array.from({ length: WRITERS }, () => writeUntilKilled(person, requests));
    await until('some were acknowledged', () => acknowledged() >= enough);

    server.kill('SIGKILL');
    await Promise.all([server.exited, subscription.ended, ...writing]);
    followed = { cursor: subscription.cursor(), changes: [...followed.changes, ...subscription.changes] };
    // In the other rounds the next start finds it still there, and has to take over.
    if (round % 5 === 4) await until('PostgreSQL ended', () => !isRunning(postgres), 3_000);
  }

  await using server = await startServer(folder, SETTINGS);
  const person: Person = { server, accessToken };
  await Promise.all(requests.filter(request => !request.todoId).map(request => create(person, request)));
  const feed = await readChanges(person, beginning);
  await using subscription = subscribe(person, followed.cursor);
  await until('what was missed came', () => followed.changes.length + subscription.changes.length >= feed.length);
  const titles = await readTitles(person);

  expect(requests.length).toBeGreaterThan(ROUNDS * 10);
  // Each request is one todo, whether it was answered at once or after a crash: none is lost, none is there twice.
  expect([...titles.values()].toSorted()).toEqual(requests.map(request => request.title).toSorted());
  expect(requests.filter(({ todoId, title }) => titles.get(todoId ?? '') !== title)).toEqual([]);
  // The feed has one change of each, and who followed it through all crashes was given just that.
  expect(feed.filter(change => change.kind !== 'CREATED')).toEqual([]);
  expect(feed.map(change => change.todoId).toSorted()).toEqual([...titles.keys()].toSorted());
  expect([...followed.changes, ...subscription.changes]).toEqual(feed);
});

interface Person {
  readonly server: ServerProcess;
  readonly accessToken: string;
}

interface CreateRequest {
  readonly key: string;
  readonly title: string;
  /** Half of them choose their id: then it is the id, too, that a repeat must not use again. */
  readonly id: string | null;
  /** Once it was acknowledged. */
  todoId?: string;
}

interface Change {
  readonly kind: string;
  readonly todoId: string;
}

/** How far a client followed the feed. */
interface Progress {
  readonly cursor: string;
  readonly changes: readonly Change[];
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads the answer that it asked for, and fails where it is another one
type Data = any;

async function execute({ server, accessToken }: Person, query: string, variables: object, key?: string): Promise<Data> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(accessToken ? { authorization: `Bearer ${accessToken}` } : {}),
      ...(key ? { 'idempotency-key': key } : {}),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as Data;
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function signUp(server: ServerProcess): Promise<string> {
  const data = await execute(
    { server, accessToken: '' },
    'mutation ($input: SignUpInput!) { signUp(input: $input) { accessToken } }',
    { input: { email: 'ada@example.com', username: 'ada', password: 'Correct horse 7' } },
  );
  return data.signUp.accessToken;
}

/** Throws where the server was killed before it answered. */
async function create(person: Person, request: CreateRequest): Promise<void> {
  const { createTodo } = await execute(
    person,
    'mutation ($input: CreateTodoInput!) { createTodo(input: $input) { todo { id } userErrors { code message } } }',
    { input: { title: request.title, ...(request.id ? { id: request.id } : {}) } },
    request.key,
  );
  expect(createTodo.userErrors).toEqual([]);
  request.todoId = createTodo.todo.id;
}

async function writeUntilKilled(person: Person, requests: CreateRequest[]): Promise<void> {
  for (;;) {
    const number = requests.length;
    const id = number % 2 === 0 ? toGlobalId('todo', newId()) : null;
    const request: CreateRequest = { key: randomUUID(), title: `todo ${number}`, id };
    requests.push(request);
    try {
      await create(person, request);
    } catch (error) {
      // The connection broke, or the database was gone before the server was.
      if (error instanceof TypeError || String(error).includes('UNAVAILABLE')) return;
      throw error;
    }
  }
}

const SUBSCRIPTION =
  'subscription ($after: String) { changes(after: $after) { cursor kind ... on TodoChange { todoId } } }';

/** Follows the feed behind a cursor until the connection breaks. */
function subscribe({ server, accessToken }: Person, after: string) {
  const changes: Change[] = [];
  let cursor = after;
  const client = createClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${accessToken}` },
  });
  const ended = new Promise<void>(resolve => {
    client.subscribe<Data>(
      { query: SUBSCRIPTION, variables: { after } },
      {
        next({ data }) {
          const { kind, todoId } = data.changes;
          changes.push({ kind, todoId });
          cursor = data.changes.cursor;
        },
        error: () => resolve(),
        complete: () => resolve(),
      },
    );
  });
  return { changes, ended, cursor: () => cursor, [Symbol.asyncDispose]: async () => client.dispose() };
}

async function readEnd(person: Person): Promise<string> {
  const { changes } = await execute(person, '{ changes { cursor } }', {});
  return changes.cursor;
}

async function readChanges(person: Person, after: string): Promise<Change[]> {
  const query = `query ($after: String) {
    changes(after: $after) { changes { kind ... on TodoChange { todoId } } cursor hasMore }
  }`;
  const { changes: page } = await execute(person, query, { after });
  return page.hasMore ? [...page.changes, ...(await readChanges(person, page.cursor))] : page.changes;
}

/** Of all todos, by their ids. */
async function readTitles(person: Person, after: string | null = null): Promise<Map<string, string>> {
  const query = `query ($after: String) {
    todos(first: 100, after: $after) { nodes { id title } pageInfo { endCursor hasNextPage } }
  }`;
  const { nodes, pageInfo } = (await execute(person, query, { after })).todos;
  const rest = pageInfo.hasNextPage ? await readTitles(person, pageInfo.endCursor) : [];
  return new Map([...nodes.map((todo: Data) => [todo.id, todo.title] as const), ...rest]);
}
