import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createDataFolder, startServer } from '../support/server-process.ts';
import { SOUND } from './doctor-support.ts';

const SCRIPT = new URL('../../src/cli/seed.ts', import.meta.url).pathname;

async function seed(args: string[], settings: Record<string, string>) {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    // Where there is no .env.
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', DATA_DIR: '/nowhere', JWT_SECRETS: SOUND.JWT_SECRETS, ...settings },
  });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise(resolve => child.once('close', resolve)),
  ]);
  return { code, out, err };
}

const on = ({ url }: TestDatabase) => ({ DATABASE_URL: url });

/** Everything that a person could see of it, but times. */
const contents = (database: TestDatabase) =>
  database.query(`
    select 'user' as what, email as name, role || ' ' || plan as state from users
    union all select 'todo', title, concat_ws(' ', completed_at is not null, deleted_at is not null, recurrence, version) from todos
    union all select 'product', sku, is_active::text from products
    union all select 'order', number, status || ' ' || paid_amount from orders
    union all select 'payment', reference, status from payments
    union all select 'refund', id::text, status || ' ' || amount from refunds
    order by 1, 2, 3`);

const logIn = (app: TestApp, login: string, password: string) =>
  app.execute(
    `mutation ($login: String!, $password: String!) {
      logIn(input: { login: $login, password: $password }) { accessToken userErrors { code } }
    }`,
    { login, password },
    null,
  );

test('it puts in people who can log in, todos in all states, products, orders and payments', async () => {
  await using database = await createTestDatabase();
  await using app = await startApp({ database });

  const { code, out, err } = await seed([], on(database));

  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [, email = '', password = ''] = /^ {2}(ada@\S+) +(\S+) /m.exec(out) ?? [];
  const { data } = await logIn(app, email, password);
  const { accessToken } = data.logIn;
  const seen = await app.execute(
    `{ me { plan } todoStats { open overdue completed } orders { nodes { status } }
       todos(filter: { search: "dentist" }) { nodes { remindMinutesBefore } } }`,
    {},
    { accessToken },
  );
  expect(seen).toMatchObject({
    errors: [],
    data: {
      me: { plan: 'PRO' },
      todoStats: { overdue: 2, completed: 3 },
      todos: { nodes: [{ remindMinutesBefore: 60 }] },
    },
  });
  const rows = async (statement: string) => (await database.query<{ one: string }>(statement)).map(({ one }) => one);
  expect(await rows('select distinct status as one from payments order by 1')).toEqual([
    'FAILED',
    'PENDING',
    'SUCCEEDED',
  ]);
  expect(await rows('select status as one from refunds')).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  expect(await rows('select distinct status as one from orders order by 1')).toEqual([
    'CANCELED',
    'OPEN',
    'PAID',
    'PARTIALLY_REFUNDED',
    'REFUNDED',
  ]);
  expect(await rows('select distinct currency as one from orders order by 1')).toEqual(['PKR', 'USD']);
  expect(await rows(`select email as one from users where role = 'ADMIN'`)).toEqual(['admin@duely.example']);
  expect(await rows(`select count(*)::text as one from todos where deleted_at is not null`)).toEqual(['2']);
  // The next one of the series whose todo was completed.
  expect(await rows(`select (count(*) > 1)::text as one from todos where title = 'Back up the laptop'`)).toEqual([
    'true',
  ]);
});

test('a second run changes nothing and says so, and one that was cut off is taken up', async () => {
  await using database = await createTestDatabase();

  await seed([], on(database));
  const before = await contents(database);
  const again = await seed([], on(database));
  const after = await contents(database);
  await database.query(`delete from todos where title = 'Water the plants'`);
  await database.query(`update products set name = 'Renamed' where sku = 'desk-timer'`);
  const third = await seed([], on(database));

  expect(after).toEqual(before);
  expect(again.out.match(/ 0 put in, \d+ there already/g)).toHaveLength(4);
  expect(third.out).toMatch(/todos +1 put in/);
  expect(await database.query(`select name from products where sku = 'desk-timer'`)).toEqual([{ name: 'Renamed' }]);
});

test('two runs at once come to the same as one', async () => {
  await using database = await createTestDatabase();

  const runs = await Promise.all([seed([], on(database)), seed([], on(database))]);

  expect(runs.map(({ code, err }) => ({ code, err }))).toEqual(Array(2).fill({ code: 0, err: '' }));
  expect(runs.map(({ out }) => /orders +(\d+) put in/.exec(out)?.[1]).sort()).toEqual(['0', '9']);
  expect(
    await database.query(
      `select (select count(*)::int from users) as users, (select count(*)::int from orders) as orders`,
    ),
  ).toEqual([{ users: 4, orders: 9 }]);
  expect(await database.query(`select title from todos where next_id is null group by 1 having count(*) > 1`)).toEqual(
    [],
  );
});

test('in production, and on another machine, it refuses; by force its passwords are random and shown once', async () => {
  await using database = await createTestDatabase();
  await using app = await startApp({ database });
  const production = { ...SOUND, ...on(database) };

  const refused = await seed([], production);
  const remote = await seed([], { DATABASE_URL: 'postgres://ada@db.acme-shop.pk/duely' });
  const none = await contents(database);
  const forced = await seed(['--force'], production);
  const again = await seed(['--force'], production);

  expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/this is production/) });
  expect(remote).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/another machine/) });
  expect(none.filter(({ what }) => what !== 'product')).toEqual([]);
  expect(forced).toMatchObject({ code: 0, err: '' });
  const [, password = ''] = /^ {2}admin@\S+ +(\S+) /m.exec(forced.out) ?? [];
  expect(password.length).toBeGreaterThan(20);
  expect((await logIn(app, 'admin@duely.example', password)).data.logIn.userErrors).toEqual([]);
  expect(forced.out).toMatch(/sandbox is off/);
  expect(await database.query('select count(*)::int as payments from payments')).toEqual([{ payments: 0 }]);
  expect(again.out).toMatch(/admin@duely\.example +\(as it was\)/);
  expect(again.out).not.toContain(password);
});

test('what stands in its way is told', async () => {
  await using database = await createTestDatabase();
  await using app = await startApp({ database });
  await app.createUser({ username: 'bilal' });

  const { code, err } = await seed([], on(database));

  expect({ code, err }).toEqual({
    code: 1,
    err: 'This stands in the way: Somebody has this username already. Put it right, and run the command again.\n',
  });
});

test('on the embedded database it works while the server runs, whose page of a payment is open', async () => {
  await using folder = await createDataFolder();
  await using server = await startServer(folder);
  const settings = { DATA_DIR: folder.path, PORT: new URL(server.url).port, JWT_SECRETS: '' };

  const run = await seed([], settings);
  const again = await seed([], settings);
  const control = await (await fetch(`${server.url}/sandbox/control`)).text();
  const [link = ''] = /\/sandbox\/checkout\/[\w-]+/.exec(control) ?? [];

  expect([run.code, again.code, again.err]).toEqual([0, 0, '']);
  expect((await fetch(server.url + link)).status).toBe(200);
});

test('--help says what it does, and anything else is refused', async () => {
  expect(await seed(['--help'], {})).toMatchObject({ code: 0, out: expect.stringMatching(/^npm run seed/) });
  expect(await seed(['--more'], {})).toMatchObject({ code: 1, err: expect.stringMatching(/^Unknown option '--more'/) });
});
