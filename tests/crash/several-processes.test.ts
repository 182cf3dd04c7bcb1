import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  createDataFolder,
  type DataFolder,
  isRunning,
  runServer,
  type ServerRun,
  startServer,
} from '../support/server-process.ts';
import { until } from '../support/wait.ts';

const WORKERS = 3;
const SETTINGS = { WORKERS: String(WORKERS), LOG_LEVEL: 'warn' };

/** With a cluster in it: making one takes longest. */
let folder: DataFolder;

beforeAll(async () => {
  folder = await createDataFolder();
});

afterAll(() => folder[Symbol.asyncDispose]());

/** The processes that it started for itself to serve; PostgreSQL is none of them. */
const processesOf = ({ pid }: Pick<ServerRun, 'pid'>): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter(child => child !== '' && /main\.ts/.test(readFileSync(`/proc/${child}/cmdline`, 'utf8')))
    .map(Number);

const onLinux = process.platform === 'linux';
const NOT_LINUX = 'The processes of a server are looked up in /proc, which only Linux has.';

// biome-ignore lint/suspicious/noExplicitAny: a test reads the answer that it asked for, and fails where it is another one
type Data = any;

async function execute(url: string, query: string, { token = '', variables = {} } = {}): Promise<Data> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    // Each request on a connection of its own, which may come to any of the processes.
    headers: {
      connection: 'close',
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as Data;
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

const signUp = async (url: string, name: string): Promise<string> => {
  const input = { email: `${name}@example.com`, username: name, password: 'Correct horse 7' };
  const query = 'mutation ($input: SignUpInput!) { signUp(input: $input) { accessToken } }';
  return (await execute(url, query, { variables: { input } })).signUp.accessToken;
};

const createTodo = (url: string, token: string, title: string): Promise<Data> =>
  execute(url, 'mutation ($title: String!) { createTodo(input: { title: $title }) { todo { id } } }', {
    token,
    variables: { title },
  });

test('WORKERS=3 serves with three processes behind one port, and what one of them does reaches subscribers of the others', async ({
  skip,
}) => {
  skip(!onLinux, NOT_LINUX);
  await using server = await startServer(folder, SETTINGS);
  const token = await signUp(server.url, 'ada');
  const followers = Array.from({ length: 6 }, () => {
    const titles: string[] = [];
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    const query = 'subscription { changes { ... on TodoChange { todo { title } } } }';
    const ended = (async () => {
      for await (const { data } of client.iterate<Data>({ query })) titles.push(data.changes.todo.title);
    })().catch(() => {});
    return { titles, stop: () => client.dispose(), ended };
  });
  const marks = Array.from({ length: 9 }, (_, n) => `todo ${n}`);

  // A subscription begins with what is changed once it stands.
  await until('all follow', async () => {
    await createTodo(server.url, token, 'are you there?');
    return followers.every(({ titles }) => titles.length > 0);
  });
  for (const title of marks) await createTodo(server.url, token, title);
  const heard = () => followers.map(({ titles }) => titles.filter(title => title.startsWith('todo')));
  await until('all have heard', () => heard().every(titles => titles.length >= marks.length));
  const processes = processesOf(server);
  for (const { stop } of followers) await stop();

  expect(processes).toHaveLength(WORKERS);
  expect(heard()).toEqual(followers.map(() => marks));
  expect(server.stdout()).toContain('with 3 processes');
});

test('with several processes every one of them shows all mails of the mailbox', async () => {
  await using server = await startServer(folder, SETTINGS);
  await signUp(server.url, 'grace');

  const read = async () => {
    const response = await fetch(`${server.url}/dev/mail.json`, { headers: { connection: 'close' } });
    return ((await response.json()) as { to: string }[]).map(({ to }) => to);
  };
  await until('the mail was sent', async () => (await read()).length > 0);
  const seen = [];
  for (let n = 0; n < 2 * WORKERS; n += 1) seen.push(await read());

  expect(seen).toEqual(seen.map(() => ['grace@example.com']));
});

test('a process that is killed is replaced while the others serve on', async ({ skip }) => {
  skip(!onLinux, NOT_LINUX);
  await using server = await startServer(folder, { ...SETTINGS, LOG_LEVEL: 'error' });
  const [killed, ...others] = processesOf(server);

  process.kill(killed ?? 0, 'SIGKILL');
  const answers: number[] = [];
  // One that was just being handed to the killed one is never answered.
  const ask = () =>
    fetch(`${server.url}/health`, { signal: AbortSignal.timeout(1_000), headers: { connection: 'close' } });
  await until('the others serve on', async () => {
    answers.push(
      ...(await ask().then(
        ({ status }) => [status],
        () => [],
      )),
    );
    return answers.length >= 6;
  });
  await until('there are three again', () => processesOf(server).length === WORKERS, 20_000);

  expect(answers).toEqual(answers.map(() => 200));
  expect(processesOf(server)).toEqual(expect.arrayContaining(others));
  expect(processesOf(server)).not.toContain(killed);
  expect(server.stdout()).toContain('a process ended; another one is started');
});

test.for(['SIGINT', 'SIGTERM'] as const)(
  '%s to several processes, sent to all of them as a terminal does, ends them with 0, and PostgreSQL too',
  async (signal, { skip }) => {
    skip(!onLinux, NOT_LINUX);
    await using server = await startServer(folder, SETTINGS);
    const [postgres, processes] = [folder.postgresPid(), processesOf(server)];

    for (const pid of processes) process.kill(pid, signal);
    server.kill(signal);
    const exit = await server.exited;

    expect([exit, server.stderr()]).toEqual([{ code: 0, signal: null }, '']);
    expect([...processes, postgres].filter(isRunning)).toEqual([]);
  },
);

test('several processes whose supervisor is killed end by themselves', async ({ skip }) => {
  skip(!onLinux, NOT_LINUX);
  await using server = await startServer(folder, SETTINGS);
  const processes = processesOf(server);

  server.kill('SIGKILL');
  await server.exited;

  expect(processes).toHaveLength(WORKERS);
  await until('all of them ended', () => !processes.some(isRunning), 20_000);
});

test('a second signal ends several processes at once, in the midst of an operation', async ({ skip }) => {
  skip(!onLinux, NOT_LINUX);
  await using server = await startServer(folder, { ...SETTINGS, SHUTDOWN_DELAY_MS: '60000' });
  const processes = processesOf(server);

  server.kill('SIGTERM');
  await until('it is on its way out', async () => {
    const response = await fetch(`${server.url}/ready`, { headers: { connection: 'close' } });
    return ((await response.json()) as { status: string }).status === 'stopping';
  });
  server.kill('SIGTERM');
  const exit = await server.exited;

  expect(exit).toEqual({ code: 1, signal: null });
  await until('all of them ended', () => !processes.some(isRunning));
});

test('several processes that cannot serve say why once, and end with 1', async () => {
  await using first = await startServer(folder);
  await using other = await createDataFolder();
  const run = runServer(other, { ...SETTINGS, PORT: new URL(first.url).port });
  const exit = await run.exited;

  expect([exit, run.stdout()]).toEqual([{ code: 1, signal: null }, '']);
  expect(run.stderr().match(/Cannot listen on/g)).toHaveLength(1);
  expect(run.stderr()).not.toMatch(/^ +at /m);
});

test('/metrics of several processes has the operations of all of them, and what is the same for all only once', async () => {
  await using server = await startServer(folder, SETTINGS);
  const operations = 3 * WORKERS;
  const numberOf = async (name: string) => {
    const response = await fetch(`${server.url}/metrics`, { headers: { connection: 'close' } });
    const line = (await response.text()).split('\n').find(text => text.startsWith(name));
    return Number(line?.split(' ').at(-1));
  };

  for (let n = 0; n < operations; n += 1) await execute(server.url, 'query Counted { __typename }');
  const counted = [];
  for (let n = 0; n < WORKERS; n += 1) counted.push(await numberOf('duely_operations_total{operation="Counted"'));

  expect(counted).toEqual(counted.map(() => operations));
  expect(await numberOf('duely_build_info')).toBe(1);
  expect(await numberOf('duely_database_connections_max')).toBe(10 * WORKERS);
});
