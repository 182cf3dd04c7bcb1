import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import ical from 'node-ical';
import { expect, test } from 'vitest';
import { createExportFormats } from '../../src/exports.ts';
import { createExportRoute } from '../../src/http/export-route.ts';
import { AccessTokens } from '../../src/platform/access-tokens.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { readConfig } from '../../src/platform/config.ts';
import { newId, toGlobalId } from '../../src/platform/ids.ts';
import { type Person, startApp, TEST_SECRET, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { holdLock } from '../support/lock.ts';
import { createPeople } from '../support/people.ts';
import { createDataFolder, startServer } from '../support/server-process.ts';
import { type ExportedFile, exportCalendar, exportJson, requestExport } from '../support/transfer.ts';
import { until } from '../support/wait.ts';

const uuidsOf = ({ database }: { database: TestDatabase }) =>
  database.query<{ id: string }>('select id from users order by created_at');

test('GET /export has all that is kept of the viewer and of nobody else, without hashes and tokens', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const { id } = await app.createTodo(ada, {
    title: 'Water the plants',
    description: 'All of them',
    tags: ['home'],
    priority: 'HIGH',
    dueAt: '2027-03-04T05:06:07.089Z',
  });
  const thrown = await app.createTodo(ada, { title: 'Thrown away' });
  await app.execute('mutation ($id: ID!) { deleteTodo(id: $id) { todoId } }', { id: thrown.id }, ada);
  await app.createTodo(eve, { title: 'A secret of hers' });

  const response = await requestExport(app, ada);
  const text = await response.text();

  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="duely-\d{4}-\d\d-\d\d\.json"$/);
  expect(JSON.parse(text)).toMatchObject({
    format: 'duely',
    version: 1,
    exportedAt: expect.any(String),
    profile: { id: ada.id, email: ada.email, username: ada.username, timeZone: 'UTC', plan: 'FREE', deletedAt: null },
    sessions: [{ id: expect.stringMatching(/^session_/), endedAt: null }],
    securityEvents: [{ kind: 'SIGNED_UP', byAdmin: false }, { kind: 'DATA_EXPORTED' }],
    todos: [
      {
        id,
        title: 'Water the plants',
        description: 'All of them',
        tags: ['home'],
        priority: 'HIGH',
        dueAt: '2027-03-04T05:06:07.089Z',
        completedAt: null,
        deletedAt: null,
      },
      { id: thrown.id, deletedAt: expect.stringMatching(/Z$/) },
    ],
  });
  for (const secret of ['A secret of hers', eve.email, 'argon2', 'hash', 'search', 'seed', ada.accessToken])
    expect(text).not.toContain(secret);
});

test('GET /export of somebody who has nothing is a document with empty lists', async () => {
  await using app = await startApp();
  const ada = await app.createUser();

  const file = await exportJson(app, ada);
  const calendar = await exportCalendar(app, ada);

  expect(file.todos).toEqual([]);
  expect(calendar).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2\.0\r\nPRODID:\S[^\r]+\r\nEND:VCALENDAR\r\n$/);
});

test('GET /export gives a calendar where the address or Accept asks for it', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const asked: [string, Record<string, string>, number, string][] = [
    ['', {}, 200, 'application/json'],
    ['?format=json', { accept: 'text/calendar' }, 200, 'application/json'],
    ['?format=ics', {}, 200, 'text/calendar'],
    ['', { accept: 'text/calendar' }, 200, 'text/calendar'],
    ['', { accept: 'application/json;q=0.5, text/*' }, 200, 'text/calendar'],
    ['', { accept: 'text/calendar;q=0, */*' }, 200, 'application/json'],
    ['', { accept: 'text/html' }, 406, 'application/problem+json'],
    ['?format=pdf', {}, 400, 'application/problem+json'],
  ];

  for (const [query, headers, status, type] of asked) {
    const response = await requestExport(app, ada, query, headers);

    expect([response.status, response.headers.get('content-type')?.split(';')[0]]).toEqual([status, type]);
    await response.text();
  }
});

test('GET /export needs the token of somebody who is signed in, and no other method will do', async () => {
  await using app = await startApp();

  const missing = await requestExport(app, null);
  const bad = await requestExport(app, { accessToken: 'nonsense' });
  const inAddress = await requestExport(app, null, '?access_token=nonsense');
  const posted = await fetch(`${app.url}/export`, { method: 'POST' });

  expect([missing.status, bad.status, inAddress.status, posted.status]).toEqual([401, 401, 401, 405]);
  expect(missing.headers.get('www-authenticate')).toBe('Bearer');
  expect(await missing.json()).toMatchObject({ status: 401, code: 'UNAUTHENTICATED', reason: 'MISSING' });
  expect(await bad.json()).toMatchObject({ reason: 'INVALID' });
  expect(posted.headers.get('allow')).toBe('GET, OPTIONS');
});

test('GET /export answers 429 with Retry-After after ten in an hour, to that person alone', async () => {
  await using app = await startApp({ settings: { RATE_LIMITS: 'on' } });
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const statuses: number[] = [];

  for (let n = 0; n < 10; n += 1) {
    const response = await requestExport(app, ada);
    await response.text();
    statuses.push(response.status);
  }
  const refused = await requestExport(app, ada);
  const other = await requestExport(app, eve);

  expect(statuses).toEqual(Array(10).fill(200));
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500);
  expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED' });
  expect(other.status).toBe(200);
});

test('GET /export answers 503 with Retry-After while the database is away', async () => {
  await using app = await startApp({ database: goneDatabase });
  const tokens = new AccessTokens({ secrets: [TEST_SECRET], ttlSeconds: 60, clock: systemClock });
  const claims = { sub: toGlobalId('user', newId()), sid: toGlobalId('session', newId()), role: 'USER' } as const;

  const response = await requestExport(app, { accessToken: tokens.sign(claims).token });

  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await response.json()).toMatchObject({ code: 'UNAVAILABLE' });
});

const goneDatabase: TestDatabase = {
  url: 'postgres://nobody@127.0.0.1:1/nowhere',
  query: () => Promise.reject(new Error('There is no database.')),
  [Symbol.asyncDispose]: async () => {},
};

test('GET /export is broken off, so that nobody takes it for whole, where something goes wrong in the middle', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.database.query('alter table todos rename to elsewhere');

  const response = await requestExport(app, ada);

  await expect(response.text()).rejects.toThrow();
  await until('the server has told', () => app.loggedErrors.length > 0);
  expect(app.loggedErrors.splice(0)).toMatchObject([{ requestId: expect.any(String) }]);
  await app.database.query('alter table elsewhere rename to todos');
  expect((await exportJson(app, ada)).todos).toEqual([]);
});

const STRANGE = [
  'x'.repeat(200),
  'commas, semicolons; and \\ backslashes: C:\\dir\\',
  'two\nlines',
  `${'a'.repeat(56)}😀${'b'.repeat(60)}👩‍👩‍👧‍👦${'ß'.repeat(40)}`,
  'شکریہ، کل ملتے ہیں; ٹھیک ہے',
  'é combining é',
];

test('GET /export as a calendar is read by another parser as it was written, in lines of 75 octets', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  for (const title of STRANGE)
    await app.createTodo(ada, { title, description: `${title}\r\nmore\rlast`, tags: [title.slice(0, 9)] });
  const { id } = await app.createTodo(ada, {
    title: 'Done',
    priority: 'URGENT',
    dueAt: '2027-01-02T03:04:05Z',
    tags: ['a,b', 'c'],
  });
  await app.execute('mutation ($id: ID!) { toggleTodo(id: $id) { todo { id } } }', { id }, ada);

  const text = await exportCalendar(app, ada);
  const todos = Object.values(ical.sync.parseICS(text)).filter(entry => entry?.type === 'VTODO') as unknown as VTodo[];

  expect(todos.map(({ summary }) => summary)).toEqual([...STRANGE, 'Done']);
  expect(todos.slice(0, -1).map(({ description }) => description)).toEqual(
    STRANGE.map(title => `${title}\nmore\nlast`),
  );
  expect(todos.at(-1)).toMatchObject({
    uid: `${id}@localhost`,
    status: 'COMPLETED',
    completed: expect.any(Date),
    due: new Date('2027-01-02T03:04:05Z'),
    priority: '1',
    categories: ['a,b', 'c'],
  });
  expect(Math.max(...text.split('\r\n').map(line => Buffer.byteLength(line)))).toBe(75);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
});

interface VTodo {
  readonly summary: string;
  readonly description: string;
}

test('GET /export writes what recurs by the wall clock of the owner, with the zone that it names', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.execute(
    'mutation ($input: UpdateMeInput!) { updateMe(input: $input) { userErrors { message } } }',
    { input: { timeZone: 'Europe/Berlin' } },
    ada,
  );
  await app.createTodo(ada, { title: 'Weekly' });
  const done = await app.createTodo(ada, { title: 'Done' });
  await app.execute('mutation ($id: ID!) { toggleTodo(id: $id) { todo { id } } }', { id: done.id }, ada);
  await app.database.query(
    `update todos set due_at = '2027-03-22T08:00:00Z', recurrence = 'FREQ=WEEKLY;UNTIL=20270430;BYDAY=MO'`,
  );

  const text = await exportCalendar(app, ada);
  const entries = Object.values(ical.sync.parseICS(text)) as { type?: string; start?: Date; due?: Date }[];
  const todo = entries.find(({ type }) => type === 'VTODO');

  expect(text).toContain('DTSTART;TZID=Europe/Berlin:20270322T090000\r\n');
  expect(text).toContain('RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270430T215959Z\r\n');
  expect(text.match(/RRULE/g), 'what is done does not recur').toHaveLength(1);
  expect(text).toContain('BEGIN:DAYLIGHT\r\nDTSTART:20270328T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n');
  expect(todo?.due).toEqual(new Date('2027-03-22T08:00:00Z'));
});

test('GET /export is of one moment, also what it comes to only when the client has read the rest', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.createTodo(ada, { title: 'before' });
  // More than what is read ahead of the client and what the sockets hold.
  await app.database.query(
    `insert into security_events (id, user_id, kind, user_agent, at)
     select gen_random_uuid(), id, 'LOGGED_IN', repeat('x', 512), now() from users, generate_series(1, 60000)`,
  );

  const response = await requestExport(app, ada);
  await app.createTodo(ada, { title: 'after' });
  await app.database.query(`update todos set title = 'changed' where title = 'before'`);
  const file = (await response.json()) as ExportedFile;

  expect(file.securityEvents.length).toBeGreaterThan(60_000);
  expect(file.todos.map(({ title }) => title)).toEqual(['before']);
});

/** Writes so many large todos: 20 MB and more, of which neither the sockets nor what is read ahead can hold all. */
async function fillList(app: { database: TestDatabase }, count: number) {
  const [owner] = await uuidsOf(app);
  await app.database.query(
    `insert into todos (id, owner_id, title, description, position)
     select gen_random_uuid(), $1, 'todo ' || n, repeat(md5(n::text), 280), 'a' || n from generate_series(1, $2) as n`,
    [owner?.id, count],
  );
}

const isReading = async ({ database }: TestApp) =>
  (
    await database.query(
      `select 1 from pg_stat_activity where datname = current_database() and application_name = 'duely' and xact_start is not null`,
    )
  ).length > 0;

test('GET /export ends reading when its client leaves, and waits for one that does not read', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await fillList(app, 8_000);
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET /export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ada.accessToken}\r\n\r\n`);
  await new Promise(resolve => socket.once('readable', resolve));

  const second = await requestExport(app, ada);
  const waiting = await isReading(app);
  socket.destroy();
  await until('nothing reads', async () => !(await isReading(app)));
  const after = await requestExport(app, ada);

  expect(second.status).toBe(429);
  expect(second.headers.get('retry-after')).toBe('10');
  expect(waiting).toBe(true);
  expect(after.status).toBe(200);
  await after.body?.cancel();
});

test('GET /export of a client that leaves before the first byte ends without an error in the log', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await using route = await serveExports(app);
  await using held = await holdLock(app.database, 'lock table security_events');
  const socket = route.ask(ada);
  await until('it is to be noted', async () => (await waitingForLocks(app)) > 0);

  socket.destroy();
  await until('the client has left', () => route.responses[0]?.destroyed === true);
  await held.commit();
  await route.answered();

  expect(app.loggedErrors).toEqual([]);
});

const waitingForLocks = async ({ database }: TestApp) =>
  (
    await database.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
  ).length;

/** The route on a server of its own, which tells when it is done. */
async function serveExports({ app: { services } }: TestApp, options: { stalledMs?: number } = {}) {
  const config = readConfig({ NODE_ENV: 'test' });
  const formats = createExportFormats(config, services.clock);
  const route = createExportRoute({ services, formats, config, ...options });
  const done: Promise<void>[] = [];
  const responses: ServerResponse[] = [];
  const server = createServer((request, response) => {
    responses.push(response);
    done.push(route(request, response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    responses,
    answered: () => Promise.all(done),
    ask({ accessToken }: Person): Socket {
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET /export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${accessToken}\r\n\r\n`);
      return socket;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

test('GET /export is broken off where its client takes nothing for long, and what it held is free again', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await fillList(app, 8_000);
  await using route = await serveExports(app, { stalledMs: 200 });
  const socket = route.ask(ada);
  await new Promise(resolve => socket.once('readable', resolve));

  await route.answered();
  const rest = await textOf(socket);

  // An answer in chunks ends with one of no length.
  expect(rest).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(rest.endsWith('\r\n0\r\n\r\n')).toBe(false);
  await until('nothing reads', async () => !(await isReading(app)));
});

/** All that is still to come, to the end of the connection, in whatever way it ends. */
async function textOf(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', chunk => chunks.push(Buffer.from(chunk))).on('error', () => {});
  if (!socket.closed) await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

test('GET /export is broken off when the session ends while it streams', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await fillList(app, 8_000);
  const response = await requestExport(app, ada);

  await app.execute('mutation { logOut { userErrors { code } } }', {}, ada);

  await expect(response.text()).rejects.toThrow();
  await until('nothing reads', async () => !(await isReading(app)));
});

test('GET /export streams 20,000 large todos out of a server that has no room for them in its memory', {
  timeout: 240_000,
}, async () => {
  await using database = await createTestDatabase();
  await using folder = await createDataFolder();
  const [ada] = await createPeople(database, 1);
  await fillList({ database }, 20_000);
  await using server = await startServer(folder, {
    DATABASE_URL: database.url,
    JWT_SECRETS: TEST_SECRET,
    // Two thirds of it are taken before anybody asks; the todos are 180 MB.
    NODE_OPTIONS: '--max-old-space-size=100',
  });

  let bytes = 0;
  const response = await requestExport(server, ada ?? null);
  for await (const chunk of response.body ?? []) bytes += chunk.length;

  expect(bytes).toBeGreaterThan(180_000_000);
  expect(server.stderr()).toBe('');
});
