import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { tlsFindings, versionFindings } from '../../src/platform/doctor/database-connection-checks.ts';
import { LIMITS } from '../../src/platform/doctor/installation.ts';
import { poolerFindings } from '../../src/platform/doctor/pooler-checks.ts';
import { startApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/wait.ts';
import { ask, brief, SOUND, startChangingProxy } from './doctor-support.ts';

const on = ({ url }: { url: string }) => ({ ...SOUND, DATABASE_URL: url });

/** Of this test alone: roles belong to the whole server, and tests run side by side. */
const newRole = () => `server_${randomBytes(6).toString('hex')}`;

/** Makes the account of deploy/runtime-role.sql, and answers with the address by which it comes in. */
async function makeRuntimeRole(database: TestDatabase): Promise<string> {
  const role = newRole();
  const password = randomBytes(12).toString('hex');
  const text = await readFile('deploy/runtime-role.sql', 'utf8');
  await database.query(text.replaceAll('duely_server', role));
  await database.query(`alter role ${role} password '${password}'`);
  return asRole(database, role, password);
}

function asRole({ url }: TestDatabase, role: string, password: string): string {
  const changed = new URL(url);
  changed.username = role;
  changed.password = password;
  onTestFinished(async () => {
    // The database is gone by then, and all that the role had with it.
    const client = new pg.Client({ connectionString: inject('postgresUrl') });
    await client.connect();
    await client.query(`drop role ${role}`);
    await client.end();
  });
  return changed.href;
}

const DATABASE_CHECKS = [
  'database.reachable',
  'database.clock',
  'database.timeouts',
  'database.role',
  'database.rights',
  'database.migrations',
  'database.indexes',
  'database.tables',
  'database.connections',
  'database.encoding',
  'database.long-transactions',
  'database.replication-slots',
  'database.dead-rows',
  'database.wake-ups',
  'database.pooler',
  'accounts.examples',
];

test('under the account of deploy/runtime-role.sql nothing is found', async () => {
  await using database = await createTestDatabase();
  const settings = on({ url: await makeRuntimeRole(database) });

  const told = await Promise.all(DATABASE_CHECKS.map(async check => [check, ...brief(await ask(check, settings))]));

  expect(told).toEqual(DATABASE_CHECKS.map(check => [check, 'ok']));
});

test('the server does all its work under the account of deploy/runtime-role.sql, jobs of the first start included', async () => {
  await using database = await createTestDatabase();
  await database.query('drop schema pgboss cascade');
  const url = await makeRuntimeRole(database);
  await using app = await startApp({ database: { ...database, url }, settings: { WORKER: 'on' } });
  const ada = await app.createUser();
  const todo = await app.createTodo(ada);

  const changed = await app.execute(
    `mutation ($id: ID!) {
      updateTodo(id: $id, input: { completed: true }) { userErrors { message } }
      deleteTodo(id: $id) { userErrors { message } }
      placeOrder(input: { lines: [{ sku: "pro-30-days", quantity: 1 }], currency: "USD", idempotencyKey: "a" }) {
        order { id status } userErrors { message }
      }
    }`,
    { id: todo.id },
    ada,
  );
  await until('the jobs are up', async () => (await (await fetch(`${app.url}/ready`)).text()).includes('"jobs":"up"'));

  expect(changed).toMatchObject({
    errors: [],
    data: { updateTodo: { userErrors: [] }, deleteTodo: { userErrors: [] }, placeOrder: { order: { status: 'OPEN' } } },
  });
  expect(
    await database.query('select tableowner as owner from pg_tables where schemaname = $1 limit 1', ['pgboss']),
  ).toEqual([{ owner: new URL(url).username }]);
  const intruder = new pg.Client({ connectionString: url });
  await intruder.connect();
  await expect(intruder.query('drop table todos')).rejects.toThrow(/must be owner/);
  await expect(intruder.query('alter table payment_facts disable trigger all')).rejects.toThrow(/must be owner/);
  await expect(intruder.query('delete from migrations')).rejects.toThrow(/permission denied/);
  await intruder.end();
});

test('a database that is not there, or of which there is none yet, is told of', async () => {
  const gone = await ask('database.reachable', SOUND);
  const none = await ask('database.reachable', { ...SOUND, DATABASE_URL: '' });
  const version = await ask('database.version', SOUND);

  expect(gone).toMatchObject([
    { severity: 'stop', what: expect.stringMatching(/127\.0\.0\.1:1\/duely cannot be opened/) },
  ]);
  expect(none).toMatchObject([{ severity: 'stop', what: 'There is no database yet.' }]);
  expect(version).toEqual([]);
});

describe('of the account', () => {
  test('a superuser, a right too many and a right too few are told of', async () => {
    await using database = await createTestDatabase();
    const role = newRole();
    await database.query(`create role ${role} login password 'a-long-password-1'`);
    const url = asRole(database, role, 'a-long-password-1');

    const superuser = await ask('database.role', on(database));
    const rights = await ask('database.rights', on({ url }));
    await database.query(`alter role ${role} createdb`);
    await database.query(`alter table todos owner to ${role}`);
    const powers = await ask('database.role', on({ url }));

    expect(superuser).toMatchObject([{ severity: 'warn', what: expect.stringMatching(/is a superuser/) }]);
    expect(brief(rights)).toEqual(expect.arrayContaining(['stop todos', 'stop users', 'stop pgboss']));
    expect(powers).toMatchObject([
      { severity: 'warn', mend: `alter role ${role} nocreatedb;` },
      { severity: 'info', what: expect.stringMatching(/owns the tables/) },
    ]);
  });
});

describe('of the schema', () => {
  test('a migration that is pending, and one that nobody knows, are told of', async () => {
    await using database = await createTestDatabase();
    await database.query(`insert into migrations (name, run_on) values ('20991231000000_tomorrow', now())`);
    const foreign = await ask('database.migrations', on(database));
    await database.query('delete from migrations where id = (select max(id) - 1 from migrations)');
    const pending = await ask('database.migrations', on(database));

    expect(foreign).toMatchObject([{ severity: 'warn', what: expect.stringMatching(/20991231000000_tomorrow/) }]);
    expect(pending).toMatchObject([{ severity: 'stop', mend: 'npm run db -- up' }, { severity: 'warn' }]);
    // What a pending migration makes cannot be there.
    expect([await ask('database.indexes', on(database)), await ask('database.tables', on(database))]).toEqual([[], []]);
  });

  test('an index that is missing or not valid is told of, with the statement that mends it', async () => {
    await using database = await createTestDatabase();
    await database.query('drop index todos_due_at_idx');
    await database.query('drop index users_search_idx');
    await database.query('alter table product_prices drop constraint product_prices_pkey');
    await database.query(`update pg_index set indisvalid = false where indexrelid = 'todos_title_idx'::regclass`);

    const told = await ask('database.indexes', on(database));
    const [missing] = told;
    await database.query(missing?.mend ?? '');

    expect(brief(told).sort()).toEqual([
      'info users_search_idx',
      'stop product_prices_pkey',
      'stop todos_due_at_idx',
      'stop todos_title_idx',
    ]);
    expect(brief(await ask('database.indexes', on(database)))).not.toContain('stop todos_due_at_idx');
  });

  test('a table that was changed by hand is told of', async () => {
    await using database = await createTestDatabase();
    await database.query('alter table users drop column full_name cascade');

    const told = await ask('database.tables', on(database));

    expect(told).toMatchObject([{ severity: 'stop', what: expect.stringMatching(/full_name/) }]);
  });

  test('an index of somebody else that nobody uses is told of once the numbers are old enough', async () => {
    await using database = await createTestDatabase();
    await database.query('create table notes as select n, md5(n::text) as text from generate_series(1, 40000) as n');
    await database.query('create index notes_text_idx on notes (text)');

    const early = await ask('database.unused-indexes', on(database));
    const told = await ask('database.unused-indexes', on(database), {
      limits: { ...LIMITS, statisticsMinAgeDays: 0 },
    });

    expect(early).toEqual([]);
    expect(told).toMatchObject([
      { severity: 'warn', subject: 'notes_text_idx', mend: 'drop index concurrently notes_text_idx;' },
    ]);
  });

  test('a table that is not cleaned up is told of', async () => {
    await using database = await createTestDatabase();
    await database.query('create table notes with (autovacuum_enabled = off) as select generate_series(1, 20000) as n');
    await database.query('delete from notes where n > 10');

    await until('the numbers are there', async () =>
      brief(await ask('database.dead-rows', on(database))).includes('warn public.notes'),
    );
  });
});

describe('of the server', () => {
  test('what makes an acknowledged write unsafe is told of', async () => {
    await using database = await createTestDatabase();
    const name = new URL(database.url).pathname.slice(1);
    await database.query(`alter database ${name} set synchronous_commit = off`);
    const off = await ask('database.durability', on(database));
    await database.query(`alter database ${name} set synchronous_commit = on`);
    const kept = await ask('database.durability', on(database));

    expect(brief(off)).toContain('stop synchronous_commit');
    expect(brief(kept)).not.toContain('stop synchronous_commit');
    // Those of the test's own server, which trades durability for speed; another one may be given.
    const [{ fsync } = { fsync: '' }] = await database.query<{ fsync: string }>('show fsync');
    expect(brief(kept).includes('stop fsync')).toBe(fsync === 'off');
  });

  test('too few connections for a release, or for one server, are told of', async () => {
    await using database = await createTestDatabase();
    const name = new URL(database.url).pathname.slice(1);
    const one = { ...on(database), DATABASE_POOL_MAX: '1000' };
    await database.query(`alter database ${name} connection limit 20`);

    expect(await ask('database.connections', one)).toMatchObject([{ severity: 'stop' }]);
    expect(await ask('database.connections', on(database))).toMatchObject([
      { severity: 'warn', mend: expect.stringMatching(/^DATABASE_POOL_MAX=6,/) },
    ]);
    expect(await ask('database.connections', { ...on(database), WORKERS: '2' })).toMatchObject([{ severity: 'stop' }]);
  });

  test('a database that knows one script only is told of', async () => {
    await using database = await createTestDatabase();
    const name = `plain_${randomBytes(6).toString('hex')}`;
    await database.query(`create database ${name} encoding 'SQL_ASCII' locale 'C' template template0`);
    const url = new URL(database.url);
    url.pathname = name;

    const told = await ask('database.encoding', on({ url: url.href }));
    await database.query(`drop database ${name} with (force)`);

    expect(told).toMatchObject([{ severity: 'stop', what: 'The database keeps text as SQL_ASCII.' }]);
  });

  test('a transaction that stays open is told of', async () => {
    await using database = await createTestDatabase();
    const client = new pg.Client({ connectionString: database.url, application_name: 'forgetful' });
    await client.connect();
    await client.query('begin');
    await client.query('select 1');

    const told = await ask('database.long-transactions', on(database), {
      limits: { ...LIMITS, transactionMaxSeconds: 0 },
    });
    await client.end();

    expect(brief(told)).toContain('warn forgetful');
  });

  test('a replication slot that nobody reads is told of', async () => {
    await using database = await createTestDatabase();
    const slot = `doctor_${randomBytes(6).toString('hex')}`;
    await database.query('select pg_create_physical_replication_slot($1, true)', [slot]);

    const told = await ask('database.replication-slots', on(database), { limits: { ...LIMITS, slotMaxBytes: -1 } });
    await database.query('select pg_drop_replication_slot($1)', [slot]);

    expect(brief(told)).toContain(`stop ${slot}`);
  });

  test('clocks that are apart are told of', async () => {
    await using database = await createTestDatabase();
    const apart = (seconds: number) =>
      ask('database.clock', on(database), { now: () => Date.now() + seconds * 1_000 }).then(brief);

    expect([await apart(600), await apart(-600), await apart(-15)]).toEqual([['stop'], ['stop'], ['warn']]);
  });

  test.each([
    [130_010, '2026-01-01', ['stop']],
    [140_020, '2026-11-21', ['warn']],
    [150_015, '2027-08-01', ['info']],
    [180_001, '2026-11-21', []],
    [190_000, '2026-11-21', ['warn']],
  ])('version %i on %s comes to %j', (number, day, severities) => {
    const found = versionFindings({ number, text: String(number) }, Date.parse(day));

    expect(found.map(({ severity }) => severity)).toEqual(severities);
  });
});

describe('on the way to it', () => {
  test.each([
    ['postgres://db.acme-shop.pk/duely', ['warn']],
    ['postgres://db.acme-shop.pk/duely?sslmode=disable', ['warn']],
    ['postgres://db.acme-shop.pk/duely?sslmode=no-verify', ['warn']],
    ['postgres://db.acme-shop.pk/duely?uselibpqcompat=true&sslmode=require', ['warn']],
    ['postgres://db.acme-shop.pk/duely?sslmode=verify-full', []],
    ['postgres://db.acme-shop.pk/duely?ssl=true', []],
  ])('%s comes to %j', (url, severities) => {
    expect(tlsFindings('DATABASE_URL', url).map(({ severity }) => severity)).toEqual(severities);
  });

  test('another machine without TLS is told of, also where it cannot be reached', async () => {
    const remote = { ...SOUND, DATABASE_DIRECT_URL: 'postgres://db.acme-shop.pk/duely' };
    await using database = await createTestDatabase();

    expect(brief(await ask('database.tls', remote))).toEqual(['warn DATABASE_DIRECT_URL']);
    expect(brief(await ask('database.tls', on(database)))).toEqual(['ok']);
  });

  test('a pooler that loses notifications is told of', async () => {
    await using database = await createTestDatabase();
    const deaf = await startChangingProxy(database.url, {
      answer: (kind, message) => (kind === 'A' ? null : message),
    });

    const told = await ask('database.wake-ups', on({ url: deaf }));
    const direct = await ask('database.wake-ups', { ...on({ url: deaf }), DATABASE_DIRECT_URL: database.url });

    expect(told).toMatchObject([{ severity: 'stop', mend: expect.stringMatching(/^DATABASE_DIRECT_URL=/) }]);
    expect(brief(direct)).toEqual(['ok']);
  });

  test('a pooler that forgets the time-outs is told of', async () => {
    await using database = await createTestDatabase();
    const forgetful = await startChangingProxy(database.url, {
      // Of the same length, and a name that PostgreSQL takes and does not know.
      greeting: bytes =>
        Buffer.from(bytes.toString('latin1').replace('statement_timeout', 'nobody.knows_this'), 'latin1'),
    });

    const told = await ask('database.timeouts', on({ url: forgetful }));

    expect(told).toMatchObject([{ severity: 'warn', what: expect.stringMatching(/^statement_timeout of the server/) }]);
  });

  test('what was seen of a pooler is judged by the settings', () => {
    const judged = (sharesSessions: boolean, preparedFault: string | null, isDirect: boolean, prepares: boolean) =>
      poolerFindings({ sharesSessions, preparedFault }, { isDirect, prepares }).map(({ mend }) => mend.split('=')[0]);

    expect(judged(true, null, false, true)).toEqual(['DATABASE_DIRECT_URL']);
    expect(judged(true, null, true, true)).toEqual([]);
    expect(judged(true, 'does not exist', true, true)).toEqual(['DATABASE_PREPARED_STATEMENTS']);
    expect(judged(true, 'does not exist', true, false)).toEqual([]);
    expect(judged(false, null, false, true)).toEqual([]);
  });
});

test('nobody as admin, and people of npm run seed, are told of', async () => {
  await using app = await startApp();
  const settings = on(app.database);

  const none = await ask('accounts.admin', settings);
  await app.createUser({ admin: true });
  const one = await ask('accounts.admin', settings);
  await app.database.query(`update users set email = 'ada@duely.example'`);
  const seeded = await ask('accounts.examples', settings);

  expect([none, one, seeded].map(brief)).toEqual([['warn'], ['ok'], ['stop ada@duely.example']]);
});
