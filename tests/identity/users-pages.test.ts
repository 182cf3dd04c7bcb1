import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toGlobalId } from '../../src/platform/ids.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  betweens,
  CONNECTION,
  type Connection,
  expectBetween,
  expectWalks,
  forgeCursor,
  RUNS,
  sizes,
} from '../support/pages.ts';

const USERS = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: UserFilter) {
  users(first: $first, after: $after, last: $last, before: $before, filter: $filter) { ${CONNECTION} }
}`;

interface Filter {
  search?: string | null | undefined;
  role?: 'USER' | 'ADMIN' | null | undefined;
  isActive?: boolean | null | undefined;
  deleted?: boolean | null | undefined;
}

// Small sets, so that many accounts are of one moment; far ahead, so that the admin who reads is the oldest.
const INSTANTS = ['2101-01-01T00:00:00.000Z', '2101-01-01T00:00:00.001Z', '2102-02-28T23:59:59.999Z'];
const NAMES = ['Ada Lovelace', 'ADA', 'grace_hopper', 'grace hopper', '100%', 'Ёлка', 'straße', 'back\\slash', '🦊'];
const SEARCHES = [
  'ada',
  'ADA',
  'lace',
  'e_h',
  'e h',
  '%',
  '_',
  '0%',
  'ёЛ',
  'SSE',
  'ß',
  '\\',
  '\\s',
  '🦊',
  'x1',
  ' ',
  '',
];

const optional = <Value>(values: fc.Arbitrary<Value>) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: values },
  );
const filters: fc.Arbitrary<Filter> = fc.oneof(
  fc.constant({}),
  fc.record({
    search: optional(fc.constantFrom(...SEARCHES)),
    role: optional(fc.constantFrom('USER' as const, 'ADMIN' as const)),
    isActive: optional(fc.boolean()),
    deleted: optional(fc.boolean()),
  }),
);
const rows = fc.record({
  id: fc.uuid({ version: 7 }),
  full_name: fc.option(fc.constantFrom(...NAMES)),
  role: fc.constantFrom('USER', 'USER', 'ADMIN'),
  is_active: fc.constantFrom(true, true, false),
  created_at: fc.constantFrom(...INSTANTS),
  deleted_at: fc.option(fc.constantFrom(...INSTANTS), { freq: 3 }),
});
type Row = typeof rows extends fc.Arbitrary<infer Value> ? Value : never;
const list = (minLength: number, maxLength: number) =>
  fc.uniqueArray(rows, { selector: row => row.id, minLength, maxLength, size: 'max' });
const lists = fc.oneof({ weight: 1, arbitrary: list(0, 5) }, { weight: 3, arbitrary: list(25, 60) });

async function replaceUsers(database: TestDatabase, admin: Person, users: readonly Row[]): Promise<void> {
  await database.query('delete from users where username <> $1', [admin.username]);
  await database.query(
    `insert into users (id, email, username, full_name, role, is_active, created_at, deleted_at)
     select id, 'x1.' || n || '@example.com', 'x1.' || n, full_name, role, is_active, created_at, deleted_at
     from (select *, row_number() over () as n from jsonb_populate_recordset(null::users, $1::jsonb)) as one`,
    [JSON.stringify(users)],
  );
}

/** What a list should be, in SQL and JavaScript that owe nothing to the server's. */
async function readPlainly(database: TestDatabase, { search, role, isActive, deleted }: Filter): Promise<string[]> {
  const all = await database.query<{ id: string; names: (string | null)[] }>(
    `select id, array[email, username, full_name] as names from users
     where ($1::text is null or role = $1) and ($2::boolean is null or is_active = $2)
       and coalesce($3::boolean, false) = (deleted_at is not null)
     order by created_at desc, id desc`,
    [role, isActive, deleted],
  );
  const sought = (search ?? '').trim().toLowerCase();
  return all
    .filter(({ names }) => names.some(name => name?.toLowerCase().includes(sought)))
    .map(({ id }) => toGlobalId('user', id));
}

async function readPage(app: TestApp, as: Person, args: object): Promise<Connection> {
  const { data, errors } = await app.execute(USERS, args, as);
  expect(errors).toEqual([]);
  return data.users;
}

test('users of any list, filter and page size, walked forwards and backwards, are each account once in order', async () => {
  await using app = await startApp();
  const admin = await app.createUser({ admin: true });

  await fc.assert(
    fc.asyncProperty(lists, filters, sizes, async (users, filter, pageSizes) => {
      await replaceUsers(app.database, admin, users);
      const expected = await readPlainly(app.database, filter);

      await expectWalks(expected, pageSizes, args => readPage(app, admin, { ...args, filter }));
    }),
    { ...RUNS, numRuns: 150 },
  );
});

test('users between any two cursors, from either end, are the accounts between them', async () => {
  await using app = await startApp();
  const admin = await app.createUser({ admin: true });

  await fc.assert(
    fc.asyncProperty(lists, filters, betweens, async (users, filter, between) => {
      await replaceUsers(app.database, admin, users);
      const expected = await readPlainly(app.database, filter);

      await expectBetween(expected, between, args => readPage(app, admin, { ...args, filter }));
    }),
    { ...RUNS, numRuns: 100 },
  );
});

test('users without a page size are 20; a size out of range, both sizes, and a cursor that is none are BAD_REQUEST', async () => {
  await using app = await startApp();
  const admin = await app.createUser({ admin: true });
  await replaceUsers(app.database, admin, fc.sample(list(30, 30), { numRuns: 1, seed: 1 }).flat());
  const id = '01890a5d-ac96-774b-bcce-b302099a8057';
  const wrong = [
    { first: 0 },
    { last: 101 },
    { first: 1, last: 1 },
    { after: '' },
    { before: forgeCursor(['CREATED_AT ASC', '2026-01-01 00:00:00+00', id]) },
    { after: forgeCursor(['CREATED_AT DESC', 'now', id]) },
    { after: forgeCursor(['CREATED_AT DESC', '2026-01-01 00:00:00+00', 'nobody']) },
    { after: forgeCursor(['POSITION ASC', 'a0', id]) },
  ];

  const { data } = await app.execute(
    '{ all: users(filter: { deleted: null }) { nodes { id } totalCount } }',
    {},
    admin,
  );
  const answers = await Promise.all(wrong.map(args => app.execute(USERS, args, admin)));

  expect(data.all.nodes.length).toBe(Math.min(data.all.totalCount, 20));
  expect(answers.map(({ errors }) => errors[0]?.extensions.code)).toEqual(wrong.map(() => 'BAD_REQUEST'));
});
