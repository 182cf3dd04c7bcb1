import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { writeFeedCursor } from '../../src/change/cursor.ts';
import { TEST_SECRET } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addTodo } from '../support/feed-workload.ts';
import { createPeople, type SignedIn } from '../support/people.ts';
import { createDataFolder, freePort, startServer } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { openWriter } from '../support/writer.ts';

const CLIENTS = 2_000;
const POOL_MAX = 10;
const QUERY =
  'subscription ($after: String) { changes(after: $after) { cursor ... on TodoChange { todo { title } } } }';

interface Follower {
  readonly titles: string[];
  /** What went wrong, but for connections that broke. */
  readonly faults: string[];
  isConnected(): boolean;
  stop(): void;
}

interface Result {
  data?: { changes: { cursor: string; todo: { title: string } } } | null;
  errors?: readonly { message: string }[];
}

/** A front end: wherever it breaks it subscribes again at once, behind the last change that it was given. */
function follow(url: string, { uuid, accessToken }: SignedIn): Follower {
  const titles: string[] = [];
  const faults: string[] = [];
  let cursor = writeFeedCursor(uuid, { seq: 0, at: 0 });
  let stopped = false;
  let connected = false;
  let client: Client | undefined;
  const run = async () => {
    while (!stopped) {
      client = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: { authorization: `Bearer ${accessToken}` },
        on: {
          connected: () => {
            connected = true;
          },
          closed: event => {
            connected = false;
            const { code } = event as { code: number };
            if (!stopped && code !== 1006) faults.push(`closed with ${code}`);
          },
        },
      });
      try {
        const results = client.iterate({ query: QUERY, variables: { after: cursor } });
        for await (const { data, errors } of results as AsyncIterable<Result>) {
          faults.push(...(errors ?? []).map(({ message }) => message));
          if (!data) continue;
          cursor = data.changes.cursor;
          titles.push(data.changes.todo.title);
        }
      } catch {
        await sleep(100);
      }
    }
  };
  void run();
  return {
    titles,
    faults,
    isConnected: () => connected,
    stop() {
      stopped = true;
      void client?.dispose();
    },
  };
}

test(`${CLIENTS.toLocaleString('en')} clients that come back at once after a restart are all live again, with what they missed, by the pool's connections alone`, {
  timeout: 240_000,
}, async () => {
  await using database = await createTestDatabase();
  await using folder = await createDataFolder();
  const settings = {
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    DATABASE_POOL_MAX: String(POOL_MAX),
    SOCKETS_PER_ADDRESS: String(CLIENTS * 2),
    JWT_SECRETS: TEST_SECRET,
    PORT: await freePort(),
  };
  const people = await createPeople(database, CLIENTS);
  await using writer = openWriter(database);
  const write = (title: string) =>
    writer.transact(null, async em => {
      for (const { uuid } of people) addTodo(em, uuid, title);
    });
  const first = await startServer(folder, settings);
  const followers = people.map(person => follow(first.url, person));
  const haveAll = (count: number) => () => followers.every(({ titles }) => titles.length >= count);
  await until('all are connected', () => followers.every(follower => follower.isConnected()), 60_000);
  await write('first');
  await until('all have the first one', haveAll(1), 60_000);

  await first[Symbol.asyncDispose]();
  await write('missed');
  await using second = await startServer(folder, settings);
  const [connections, watching] = watchConnections(database);
  await until('all have what they missed', haveAll(2), 120_000);
  await write('live');
  await until('all are live', haveAll(3), 60_000);
  watching.stop();
  for (const follower of followers) follower.stop();

  expect(followers.filter(({ titles }) => titles.join() !== 'first,missed,live')).toEqual([]);
  expect(followers.flatMap(({ faults }) => faults)).toEqual([]);
  // One is the writer's.
  expect(Math.max(...(await connections))).toBeLessThanOrEqual(POOL_MAX + 1);
  expect(second.stderr()).toBe('');
});

/** How many connections there are of servers and writers, seen again and again. */
function watchConnections(database: TestDatabase): [Promise<number[]>, { stop(): void }] {
  let stopped = false;
  const watch = async () => {
    const counts: number[] = [];
    while (!stopped) {
      const [row] = await database.query<{ count: number }>(
        `select count(*)::int as count from pg_stat_activity
         where datname = current_database() and application_name = 'duely'`,
      );
      counts.push(row?.count ?? 0);
      await sleep(20);
    }
    return counts;
  };
  return [
    watch(),
    {
      stop() {
        stopped = true;
      },
    },
  ];
}
