import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { TEST_SECRET } from '../support/app.ts';
import { type Balancer, startBalancer } from '../support/balancer.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createPeople, type SignedIn } from '../support/people.ts';
import {
  createDataFolder,
  type DataFolder,
  freePort,
  type ServerProcess,
  startServer,
} from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { bySocket, type Follower, followThrough } from './follower.ts';

const CREATE =
  'mutation ($input: CreateTodoInput!) { createTodo(input: $input) { todo { title } userErrors { code } } }';
const PEOPLE = 8;
const IDLE_SOCKETS = 40;
const SPREAD_MS = 2_000;

interface Created {
  data?: { createTodo: { todo: { title: string } | null } | null } | null;
}

/** What somebody wrote, or did not. */
interface Written {
  readonly titles: string[];
  readonly failures: string[];
}

/** One mutation after the other over HTTP, none of them tried twice. */
async function writeByHttp(url: string, { accessToken }: SignedIn, written: Written, isOver: () => boolean) {
  for (let n = 0; !isOver(); n += 1) {
    const title = `by HTTP, ${n}`;
    try {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
        body: JSON.stringify({ query: CREATE, variables: { input: { title } } }),
      });
      const text = await response.text();
      if ((JSON.parse(text) as Created).data?.createTodo?.todo) written.titles.push(title);
      else written.failures.push(`${response.status}: ${text}`);
    } catch (error) {
      written.failures.push(String(error instanceof Error ? (error.cause ?? error) : error));
    }
  }
}

/** The same over a WebSocket: where it closes, the mutation is sent again with its key, on another one. */
async function writeBySocket(url: string, { accessToken }: SignedIn, written: Written, isOver: () => boolean) {
  const connect = () =>
    createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazyCloseTimeout: 60_000,
      connectionParams: { authorization: `Bearer ${accessToken}` },
    });
  let client = connect();
  for (let n = 0; !isOver(); n += 1) {
    const title = `by socket, ${n}`;
    const idempotencyKey = randomUUID();
    for (let done = false; !done; ) {
      try {
        const results = client.iterate({
          query: CREATE,
          variables: { input: { title } },
          extensions: { idempotencyKey },
        });
        const { value } = (await results.next()) as { value?: Created };
        if (value?.data?.createTodo?.todo) written.titles.push(title);
        else written.failures.push(JSON.stringify(value));
        done = true;
      } catch (reason) {
        const { code } = reason as { code?: number };
        if (code !== 1012) written.failures.push(`closed with ${code}: ${String(reason)}`);
        client = connect();
      }
    }
  }
  await client.dispose();
}

/** Sockets that only wait, and come back when they are closed. Answers with when each of them did. */
function waitOnSockets(url: string, { accessToken }: SignedIn, count: number) {
  const comebacks: number[] = [];
  const codes: number[] = [];
  let connected = 0;
  const clients = Array.from({ length: count }, () =>
    createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      lazy: false,
      retryAttempts: 1_000,
      retryWait: async () => {},
      shouldRetry: () => true,
      connectionParams: { authorization: `Bearer ${accessToken}` },
      on: {
        connected: (_socket, _payload, wasRetry) => {
          connected += 1;
          if (wasRetry) comebacks.push(performance.now());
        },
        closed: event => {
          connected -= 1;
          codes.push((event as { code: number }).code);
        },
      },
    }),
  );
  return {
    comebacks,
    codes,
    connected: () => connected,
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map(client => client.dispose()));
    },
  };
}

async function restart(
  { folder, settings, old }: { folder: DataFolder; settings: Record<string, string>; old: ServerProcess },
  balancer: Balancer,
): Promise<ServerProcess> {
  old.kill('SIGTERM');
  await until('it is given no more connections', () => !balancer.ready().includes(old.url));
  const health = await fetch(`${old.url}/health`, { headers: { connection: 'close' } });
  // Whoever was slower to see it is served all the same.
  expect(health.status).toBe(200);
  const exit = await old.exited;
  expect([exit, old.stderr()]).toEqual([{ code: 0, signal: null }, '']);
  const next = await startServer(folder, settings);
  await until('the new one is given connections', () => balancer.ready().includes(next.url));
  return next;
}

const countChanges = async (database: TestDatabase): Promise<number> => {
  const [row] = await database.query<{ count: number }>('select count(*)::int as count from changes');
  return row?.count ?? 0;
};

test('two servers that are replaced one after the other under load fail no mutation, lose no change, and their sockets come back spread out', {
  timeout: 180_000,
}, async () => {
  await using database = await createTestDatabase();
  await using folder = await createDataFolder();
  const settings = {
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    JWT_SECRETS: TEST_SECRET,
    SHUTDOWN_DELAY_MS: '1000',
    SOCKET_CLOSE_SPREAD_MS: String(SPREAD_MS),
    LOG_LEVEL: 'warn',
    WORKER: 'off',
  };
  const [one, two] = [
    { ...settings, PORT: await freePort() },
    { ...settings, PORT: await freePort() },
  ];
  const servers = [await startServer(folder, one), await startServer(folder, two)] as [ServerProcess, ServerProcess];
  await using balancer = await startBalancer(servers.map(({ url }) => url));
  await until('both are given connections', () => balancer.ready().length === 2);
  const [waiting, ...people] = (await createPeople(database, PEOPLE + 1)) as [SignedIn, ...SignedIn[]];
  let isOver = false;
  let isSettled = false;
  const written = people.map((): Written => ({ titles: [], failures: [] }));
  const writing = people.map((person, index) =>
    (index % 2 === 0 ? writeByHttp : writeBySocket)(balancer.url, person, written[index] as Written, () => isOver),
  );
  const isDone = ({ seqs }: Follower, index: number) =>
    isSettled && seqs.length >= (written[index]?.titles.length ?? 0);
  const following = people.map((person, index) =>
    followThrough({
      urls: () => [balancer.url],
      person,
      way: bySocket,
      stayMax: 1_000_000,
      isDone: follower => isDone(follower, index),
    }),
  );
  const sockets = waitOnSockets(balancer.url, waiting, IDLE_SOCKETS);
  const enough = (count: number) => written.every(({ titles }) => titles.length >= count);
  await until('all wait and write', () => sockets.connected() === IDLE_SOCKETS && enough(5), 30_000);

  const before = written.map(({ titles }) => titles.length);
  servers[0] = await restart({ folder, settings: one, old: servers[0] }, balancer);
  const comebacks = sockets.comebacks.slice();
  servers[1] = await restart({ folder, settings: two, old: servers[1] }, balancer);
  await until('all went on', () => written.every(({ titles }, index) => titles.length > (before[index] ?? 0) + 5));
  isOver = true;
  await Promise.all(writing);
  isSettled = true;
  const followers = await Promise.all(following);
  const codes = new Set(sockets.codes);
  await sockets[Symbol.asyncDispose]();
  for (const server of servers) await server[Symbol.asyncDispose]();

  expect(written.flatMap(({ failures }) => failures)).toEqual([]);
  const rows = await database.query<{ owner_id: string; title: string }>('select owner_id, title from todos');
  const stored = Map.groupBy(rows, row => row.owner_id);
  for (const [index, { uuid }] of people.entries()) {
    expect(
      stored
        .get(uuid)
        ?.map(({ title }) => title)
        .toSorted(),
    ).toEqual(written[index]?.titles.toSorted());
    expect(followers[index]?.seqs).toEqual(written[index]?.titles.map((_title, change) => change + 1));
  }
  expect(await countChanges(database)).toBe(rows.length);
  // Those of the first server, about half of them, over the two seconds that they were given.
  expect(comebacks.length).toBeGreaterThan(IDLE_SOCKETS / 5);
  const inOneMoment = comebacks.map(at => comebacks.filter(other => other >= at && other < at + SPREAD_MS / 10).length);
  expect(Math.max(...inOneMoment)).toBeLessThan(comebacks.length * 0.7);
  expect(codes).toEqual(new Set([1012]));
});
