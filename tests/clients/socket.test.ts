import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { expect, test } from 'vitest';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/app.ts';
import { startProxy } from '../support/proxy.ts';
import { until } from '../support/wait.ts';
import { followTodos, request, type Todo } from './graphql-ws.ts';
import { Session, type TokenStore, type Tokens } from './session.ts';
import { openSocket } from './socket.ts';

const CREATE = 'mutation ($title: String!) { createTodo(input: { title: $title }) { userErrors { code } } }';
const CHANGES = 'subscription ($after: String) { changes(after: $after) { cursor } }';
const EXPIRIES = 10;

test('over ten expiries of a token, while changes are written, nothing is missed', { timeout: 120_000 }, async () => {
  await using app = await startApp({ settings: { ACCESS_TOKEN_TTL_SECONDS: '2' } });
  const ada = await app.createUser();
  const writer = await logIn(app, ada);
  const start = await readCursor(writer);

  const byDocumentation = await followByDocumentation(app, ada, start);
  const byTheseFiles = await followByTheseFiles(app, ada);
  const written: string[] = [];
  const enough = () => byDocumentation.expiries() >= EXPIRIES && byTheseFiles.expiries() >= EXPIRIES;
  await until(
    'the tokens have expired so often',
    async () => {
      written.push(`todo ${written.length}`);
      await request(writer, CREATE, { title: written.at(-1) });
      // Whoever repeats its first cursor is given all of them at each connection: ever fewer are written, so that on a
      // busy machine too it has read them before its token ends.
      await sleep(50 + 5 * written.length);
      return enough();
    },
    100_000,
  );
  const cursors = await readCursors(writer, start);
  await until('both have caught up', () =>
    [byDocumentation, byTheseFiles].every(({ seen }) => seen.includes(cursors.at(-1) ?? '')),
  );
  await Promise.all([byDocumentation.stop(), byTheseFiles.stop()]);

  expect(cursors).toHaveLength(written.length);
  // It repeats its subscription with the first cursor, and so is given again what it has seen.
  expect([...new Set(byDocumentation.seen)]).toEqual(cursors);
  expect(byTheseFiles.seen).toEqual(cursors);
  expect(byTheseFiles.titles()).toEqual(written);
});

test('a token is renewed on the open socket, which outlives it', async () => {
  await using app = await startApp({ settings: { ACCESS_TOKEN_TTL_SECONDS: '4' } });
  const ada = await app.createUser();
  const { url, session } = await logIn(app, ada);
  const socket = openSocket({ url: url.replace('http', 'ws'), session });
  const ends: number[] = [];
  let closed: unknown = null;
  socket.on('pong', (_received, payload) => ends.push(Date.parse(String(payload?.expiresAt))));
  socket.on('closed', event => {
    closed = event;
  });
  const todos = new Map<string, Todo>();
  const stop = new AbortController();
  const followed = followTodos({ url, session, socket, todos, signal: stop.signal });

  await until('it was renewed three times', () => ends.length === 3);
  const afterRenewals = closed;
  await request({ url, session }, CREATE, { title: 'one' });
  await until('the change came', () => todos.size === 1);
  stop.abort();
  await followed;
  await until('the socket is closed', () => closed !== null);

  expect(afterRenewals).toBeNull();
  expect(ends).toEqual(ends.toSorted((a, b) => a - b));
  expect(new Set(ends).size).toBe(3);
});

test('a server that has fallen silent is given up, and what was missed comes over another connection', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await using network = await startProxy(app.url);
  const { url, session } = await logIn(app, ada, network.url);
  const socket = openSocket({ url: url.replace('http', 'ws'), session, keepAliveMs: 100 });
  const todos = new Map<string, Todo>();
  const stop = new AbortController();
  const followed = followTodos({ url, session, socket, todos, signal: stop.signal });
  await until('it follows', () => app.app.services.feed.followerCount === 1);

  network.freeze();
  await app.createTodo(ada, { title: 'missed' });
  await until('the change came', () => todos.size === 1);
  stop.abort();
  await followed;

  expect([...todos.values()]).toMatchObject([{ title: 'missed' }]);
});

interface Signed {
  readonly url: string;
  readonly session: Session;
}

async function logIn(app: TestApp, person: Person, server = app.url, store?: TokenStore): Promise<Signed> {
  const url = `${server}/graphql`;
  const session = new Session({ url, ...(store ? { store } : {}) });
  expect(await session.logIn(person.username, PASSWORD)).toEqual([]);
  return { url, session };
}

/** The client that the documentation of graphql-ws shows for tokens that expire. */
async function followByDocumentation(app: TestApp, person: Person, after: string) {
  const { url, session } = await logIn(app, person, app.url, neverEarly());
  let token = await session.accessToken();
  let shouldRefresh = false;
  let expiries = 0;
  const client = createClient({
    url: url.replace('http', 'ws'),
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: () => new Promise(resolve => setTimeout(resolve, Math.random() * 300)),
    connectionParams: async () => {
      if (shouldRefresh) {
        session.expire(token);
        token = await session.accessToken();
        shouldRefresh = false;
      }
      return { authorization: `Bearer ${token}` };
    },
    on: {
      closed: event => {
        if ((event as CloseEvent).code !== 4403) return;
        expiries += 1;
        shouldRefresh = true;
      },
    },
  });
  const seen: string[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    client.subscribe<{ changes: { cursor: string } }>(
      { query: CHANGES, variables: { after } },
      { next: ({ data }) => data && seen.push(data.changes.cursor), error: reject, complete: resolve },
    );
  });
  return {
    seen,
    expiries: () => expiries,
    stop: async () => {
      await client.dispose();
      await ended;
    },
  };
}

async function followByTheseFiles(app: TestApp, person: Person) {
  const { url, session } = await logIn(app, person, app.url, neverEarly());
  const socket = openSocket({ url: url.replace('http', 'ws'), session });
  let expiries = 0;
  socket.on('closed', event => {
    if ((event as CloseEvent).code === 4403) expiries += 1;
  });
  const seen: string[] = [];
  const todos = new Map<string, Todo>();
  const stop = new AbortController();
  const onChange = ({ cursor }: { cursor: string }) => seen.push(cursor);
  const followed = followTodos({ url, session, socket, todos, signal: stop.signal, onChange });
  await until('it follows', () => app.app.services.feed.followerCount === 2);
  return {
    seen,
    titles: () => [...todos.values()].map(({ title }) => title),
    expiries: () => expiries,
    stop: async () => {
      stop.abort();
      await followed;
    },
  };
}

/** As of a device that sleeps whenever a token should be renewed: the server always ends the connection. */
function neverEarly(): TokenStore {
  let kept: Tokens | null = null;
  return {
    read: () => kept,
    write: tokens => {
      kept = tokens && { ...tokens, renewAt: tokens.renewAt && Number.MAX_SAFE_INTEGER };
    },
  };
}

async function readCursor(signed: Signed): Promise<string> {
  const { changes } = await request<{ changes: { cursor: string } }>(signed, '{ changes { cursor } }');
  return changes.cursor;
}

async function readCursors(signed: Signed, after: string): Promise<string[]> {
  const cursors: string[] = [];
  for (let more = true; more; ) {
    const { changes } = await request<{ changes: { changes: { cursor: string }[]; hasMore: boolean } }>(
      signed,
      'query ($after: String) { changes(after: $after, first: 1000) { changes { cursor } hasMore } }',
      { after: cursors.at(-1) ?? after },
    );
    cursors.push(...changes.changes.map(({ cursor }) => cursor));
    more = changes.hasMore;
  }
  return cursors;
}
