import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromGlobalId, toGlobalId } from '../../src/platform/ids.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  betweens,
  CONNECTION,
  type Connection,
  cycle,
  expectBetween,
  expectPage,
  expectWalks,
  forgeCursor,
  RUNS,
  sizes,
} from '../support/pages.ts';
import { insertTodos, insertUsers, type TodoRow } from '../support/rows.ts';

const TODOS = `query ($first: Int, $after: String, $last: Int, $before: String, $orderBy: TodoOrder, $filter: TodoFilter) {
  todos(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, filter: $filter) { ${CONNECTION} }
}`;

const FIELDS = ['POSITION', 'CREATED_AT', 'UPDATED_AT', 'DUE_AT', 'PRIORITY', 'TITLE'] as const;
const DIRECTIONS = ['ASC', 'DESC'] as const;
interface Order {
  field: (typeof FIELDS)[number];
  direction: (typeof DIRECTIONS)[number];
}
interface Filter {
  completed?: boolean | null | undefined;
  priorities?: string[] | null | undefined;
  tags?: string[] | null | undefined;
  dueAfter?: string | null | undefined;
  dueBefore?: string | null | undefined;
  overdue?: boolean | null | undefined;
  deleted?: boolean | null | undefined;
}

// Small sets, so that every sort key has many rows; the instants are far from the present, or there would be a race.
const INSTANTS = [
  '0001-01-01T00:00:00.000Z',
  '2001-02-03T04:05:06.007Z',
  '2001-02-03T04:05:06.008Z',
  '2101-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
];
const PRIORITIES = ['NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT'];
const TITLES = [
  'a',
  'A',
  'á',
  'a\u0301',
  'b',
  'Zebra',
  'zebra',
  'Äpfel',
  'Apfel',
  'apfel ',
  ' apfel',
  'straße',
  'strasse',
  '10',
  '9',
  'Ёлка',
  'елка',
  'яблоко',
  'שלום',
  'سلام',
  '猫',
  'ねこ',
  'ネコ',
  '고양이',
  '🦊',
  '👩‍🚀 launch',
  '!',
  '"quoted"',
  'a\\b',
  "it's",
  '%',
];
const TAGS = ['home', 'work', 'Work', 'a b', 'a,b', '{x}', '"', '\\', 'NULL', 'ё'];
const POSITIONS = ['Zz', 'a', 'a0', 'a0V', 'a1', 'aZ', 'b00'];

const instants = fc.constantFrom(...INSTANTS);
// Mostly absent, or seven of them together would leave nothing to page through.
const optional = <Value>(values: fc.Arbitrary<Value>) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: values },
  );
const orders: fc.Arbitrary<Order> = fc.record({
  field: fc.constantFrom(...FIELDS),
  direction: fc.constantFrom(...DIRECTIONS),
});
const filters: fc.Arbitrary<Filter> = fc.oneof(
  fc.constant({}),
  fc.record({
    completed: optional(fc.boolean()),
    priorities: optional(fc.subarray(PRIORITIES)),
    tags: optional(fc.subarray(TAGS, { maxLength: 2 })),
    dueAfter: optional(instants),
    dueBefore: optional(instants),
    overdue: optional(fc.boolean()),
    deleted: optional(fc.boolean()),
  }),
);
const rows = fc.record({
  id: fc.uuid({ version: 7 }),
  title: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...TITLES) }, { weight: 1, arbitrary: anyTitles() }),
  description: fc.constant(null),
  completed_at: fc.option(instants),
  due_at: fc.option(instants, { freq: 3 }),
  priority: fc.constantFrom(...PRIORITIES),
  tags: fc.subarray(TAGS, { maxLength: 4 }),
  position: fc.constantFrom(...POSITIONS),
  created_at: instants,
  updated_at: instants,
  deleted_at: fc.option(instants, { freq: 3 }),
});

function anyTitles() {
  return fc
    .string({ unit: 'binary', minLength: 1, maxLength: 20 })
    .filter(title => !title.includes('\0'))
    .map(title => title.toWellFormed());
}

/** Rows with something beside each: mostly many, for few are paged through at once. */
const listsOf = <Beside>(beside: fc.Arbitrary<Beside>) => {
  const list = (minLength: number, maxLength: number) =>
    fc.uniqueArray(fc.tuple(rows, beside), { selector: ([row]) => row.id, minLength, maxLength, size: 'max' });
  return fc.oneof({ weight: 1, arbitrary: list(0, 10) }, { weight: 3, arbitrary: list(25, 60) });
};
/** Of one person, with somebody else's between them. */
const lists = listsOf(fc.integer({ min: 0, max: 5 }));

async function replaceTodos(database: TestDatabase, todos: readonly (Partial<TodoRow> & { owner_id: string })[]) {
  await database.query('delete from todos');
  await insertTodos(database, todos);
}

const uuidOf = (person: Person) => fromGlobalId('user', person.id) ?? '';
const idsOf = (list: readonly { id: string }[]) => list.map(({ id }) => toGlobalId('todo', id));

/** What a list should be, in SQL that owes nothing to the server's. */
async function readPlainly(database: TestDatabase, ownerId: string, filter: Filter, { field, direction }: Order) {
  const keys = {
    POSITION: `position collate "C" ${direction}`,
    CREATED_AT: `created_at ${direction}`,
    UPDATED_AT: `updated_at ${direction}`,
    DUE_AT: `due_at ${direction} nulls last`,
    PRIORITY: `array_position(array['NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT'], priority::text) ${direction}`,
    TITLE: `title collate "und-x-icu" ${direction}`,
  };
  const found = await database.query<{ id: string }>(
    `select id from todos
     where owner_id = $1
       and ($2::boolean is null or $2 = (completed_at is not null))
       and ($3::text[] is null or priority::text in (select unnest($3)))
       and ($4::text[] is null or not exists (select from unnest($4) as wanted where wanted not in (select unnest(tags))))
       and ($5::timestamptz is null or due_at >= $5)
       and ($6::timestamptz is null or due_at < $6)
       and ($7::boolean is null or $7 = case when completed_at is not null or due_at is null then false else due_at < now() end)
       and coalesce($8::boolean, false) = (deleted_at is not null)
     order by ${keys[field]}, id ${direction}`,
    [
      ownerId,
      filter.completed,
      filter.priorities,
      filter.tags,
      filter.dueAfter,
      filter.dueBefore,
      filter.overdue,
      filter.deleted,
    ],
  );
  return idsOf(found);
}

async function readPage(app: TestApp, as: Person, args: object): Promise<Connection> {
  const { data, errors } = await app.execute(TODOS, args, as);
  expect(errors).toEqual([]);
  return data.todos;
}

test('todos of any list, filter, order and page size, walked forwards and backwards, are each row once in order', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const owner = (n: number) => uuidOf(n === 0 ? eve : ada);

  await fc.assert(
    fc.asyncProperty(lists, filters, orders, sizes, async (list, filter, orderBy, pageSizes) => {
      await replaceTodos(
        app.database,
        list.map(([row, n]) => ({ ...row, owner_id: owner(n) })),
      );
      const expected = await readPlainly(app.database, uuidOf(ada), filter, orderBy);

      await expectWalks(expected, pageSizes, args => readPage(app, ada, { ...args, orderBy, filter }));
    }),
    { ...RUNS, numRuns: 300 },
  );
});

test('todos between any two cursors, from either end, are the rows between them', async () => {
  await using app = await startApp();
  const ada = await app.createUser();

  await fc.assert(
    fc.asyncProperty(lists, filters, orders, betweens, async (list, filter, orderBy, between) => {
      await replaceTodos(
        app.database,
        list.map(([row]) => ({ ...row, owner_id: uuidOf(ada) })),
      );
      const expected = await readPlainly(app.database, uuidOf(ada), filter, orderBy);

      await expectBetween(expected, between, args => readPage(app, ada, { ...args, orderBy, filter }));
    }),
    { ...RUNS, numRuns: 200 },
  );
});

test('todos that are there during a whole walk are found exactly once while others come and go', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const lives = fc.record({
    life: fc.constantFrom('stays', 'comes', 'goes', 'is thrown away'),
    atPage: fc.integer({ min: 0, max: 5 }),
  });
  const changing = listsOf(lives);

  await fc.assert(
    fc.asyncProperty(
      changing,
      filters,
      orders,
      sizes,
      fc.boolean(),
      async (list, filter, orderBy, pageSizes, backward) => {
        const todos = list.map(([row, life]) => ({ ...row, owner_id: uuidOf(ada), ...life }));
        const rowsOf = (some: typeof todos) => some.map(({ life: _life, atPage: _atPage, ...row }) => row);
        await replaceTodos(app.database, rowsOf(todos));
        // The order of all that will ever be there, in the trash or not, and what of it stays and is in the list.
        const live = await readPlainly(app.database, uuidOf(ada), { ...filter, deleted: false }, orderBy);
        const trash = await readPlainly(app.database, uuidOf(ada), { ...filter, deleted: true }, orderBy);
        const inOrder = filter.deleted ? trash : live;
        const staying = new Set(idsOf(todos.filter(({ life }) => life === 'stays')));
        await replaceTodos(app.database, rowsOf(todos.filter(({ life }) => life !== 'comes')));

        const seen: string[] = [];
        for (let page = 0, cursor: string | null = null; page < 100; page += 1) {
          const size = cycle(pageSizes, page);
          const read: Connection = await readPage(
            app,
            ada,
            backward
              ? { last: size, before: cursor, orderBy, filter }
              : { first: size, after: cursor, orderBy, filter },
          );
          const ids = read.nodes.map(({ id }) => id);
          seen.push(...(backward ? ids.reverse() : ids));
          if (!(backward ? read.pageInfo.hasPreviousPage : read.pageInfo.hasNextPage)) break;
          cursor = backward ? read.pageInfo.startCursor : read.pageInfo.endCursor;
          const now = (what: string) => todos.filter(({ life, atPage }) => life === what && atPage === page);
          await insertTodos(app.database, rowsOf(now('comes')));
          await app.database.query('delete from todos where id = any($1)', [now('goes').map(({ id }) => id)]);
          await app.database.query('update todos set deleted_at = coalesce(deleted_at, now()) where id = any($1)', [
            now('is thrown away').map(({ id }) => id),
          ]);
        }

        if (backward) seen.reverse();
        const thrownAway = new Set(idsOf(todos.filter(({ life }) => life === 'is thrown away')));
        const listed = seen.filter(id => !thrownAway.has(id));
        expect(new Set(seen).size).toBe(seen.length);
        expect(listed).toEqual(inOrder.filter(id => listed.includes(id)));
        expect(seen.filter(id => staying.has(id))).toEqual(inOrder.filter(id => staying.has(id)));
      },
    ),
    { ...RUNS, numRuns: 200 },
  );
});

/** Five todos, one for each order, the way it is by every order. */
async function createFive(app: TestApp, owner: Person) {
  return insertTodos(
    app.database,
    [1, 2, 3, 4, 5].map(n => ({
      owner_id: uuidOf(owner),
      title: `todo ${n}`,
      position: `a${n}`,
      due_at: `2030-01-0${n}T00:00:00.000Z`,
      created_at: `2025-01-0${n}T00:00:00.000Z`,
      updated_at: `2025-02-0${n}T00:00:00.000Z`,
      priority: PRIORITIES[n - 1] ?? 'NONE',
    })),
  );
}

const codesOf = ({ errors }: { errors: readonly { extensions: Record<string, unknown> }[] }) =>
  errors.map(({ extensions }) => extensions.code);

test('todos without a page size are 20', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await insertTodos(
    app.database,
    Array.from({ length: 23 }, () => ({ owner_id: uuidOf(ada) })),
  );

  const [page, nulls, all] = await Promise.all([
    readPage(app, ada, {}),
    readPage(app, ada, { first: null, last: null, after: null, before: null, orderBy: null, filter: null }),
    readPage(app, ada, { first: 100 }),
  ]);

  expect(page.nodes).toHaveLength(20);
  expect(page).toMatchObject({ totalCount: 23, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
  expect(nulls).toEqual(page);
  expect(all.nodes).toHaveLength(23);
});

test('todos of somebody who has none are an empty page without cursors', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  await createFive(app, eve);

  const pages = await Promise.all([{}, { first: 1 }, { last: 1 }].map(args => readPage(app, ada, args)));

  const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
  expect(pages).toEqual(Array(3).fill({ edges: [], nodes: [], totalCount: 0, pageInfo }));
});

test('todos without a viewer are UNAUTHENTICATED', async () => {
  await using app = await startApp();

  const answer = await app.execute(TODOS, { first: 5 });

  expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
  expect(answer.data?.todos ?? null).toBeNull();
});

test.each([
  ['first and last', { first: 5, last: 5 }, /first or last, not both/],
  ['first: 0', { first: 0 }, /first has to be from 1 to 100, not 0/],
  ['first: 101', { first: 101 }, /first has to be from 1 to 100, not 101/],
  ['first: -1', { first: -1 }, /first has to be from 1 to 100, not -1/],
  ['last: 0', { last: 0 }, /last has to be from 1 to 100, not 0/],
  ['last: 101', { last: 101 }, /last has to be from 1 to 100, not 101/],
  ['last: -1', { last: -1 }, /last has to be from 1 to 100, not -1/],
])('todos with %s are BAD_REQUEST, and the message says what is possible', async (_circumstance, args, message) => {
  await using app = await startApp();
  const ada = await app.createUser();

  const answer = await app.execute(TODOS, args, ada);

  expect(codesOf(answer)).toEqual(['BAD_REQUEST']);
  expect(answer.errors[0]?.message).toMatch(message);
});

test('todos of 1 and of 100 at a time are read', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await createFive(app, ada);

  const pages = await Promise.all(
    [{ first: 1 }, { first: 100 }, { last: 1 }, { last: 100 }].map(args => readPage(app, ada, args)),
  );

  expect(pages.map(({ nodes }) => nodes.length)).toEqual([1, 5, 1, 5]);
});

const ALL_ORDERS = FIELDS.flatMap(field => DIRECTIONS.map(direction => ({ field, direction })));

test('todos after a cursor of another order are BAD_REQUEST, whichever two orders they are', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await createFive(app, ada);
  const cursors = await Promise.all(
    ALL_ORDERS.map(async orderBy => (await readPage(app, ada, { first: 2, orderBy })).pageInfo.endCursor),
  );
  const pairs = ALL_ORDERS.flatMap((orderBy, i) => cursors.map((cursor, j) => ({ orderBy, cursor, same: i === j })));

  const codes = await Promise.all(
    pairs.map(async ({ orderBy, cursor, same }, n) => ({
      same,
      codes: codesOf(await app.execute(TODOS, { orderBy, [n % 2 ? 'after' : 'before']: cursor }, ada)),
    })),
  );

  expect(codes.filter(({ same }) => same).map(one => one.codes)).toEqual(Array(12).fill([]));
  expect(codes.filter(({ same }) => !same).map(one => one.codes)).toEqual(Array(132).fill(['BAD_REQUEST']));
});

const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';

const FORGED: [circumstance: string, cursor: string, order?: Partial<Order>][] = [
  ['nothing', ''],
  ['no base64', '☃ is no base64'],
  ['random bytes', Buffer.from([0xff, 0xfe, 0x00, 0x80]).toString('base64url')],
  ['base64 of a text', Buffer.from('POSITION ASC a0').toString('base64url')],
  ['a feed cursor', Buffer.from('feed 1 1767225600000 12345678').toString('base64url')],
  ['null', forgeCursor(null)],
  ['an object', forgeCursor({ key: 'a0', id: UUID })],
  ['no parts', forgeCursor([])],
  ['a part too few', forgeCursor(['POSITION ASC', 'a0'])],
  ['a part too many', forgeCursor(['POSITION ASC', 'a0', UUID, 1])],
  ['a key that is a number', forgeCursor(['POSITION ASC', 1, UUID])],
  ['a key that is null', forgeCursor(['POSITION ASC', null, UUID])],
  ['a key that is a list', forgeCursor(['POSITION ASC', ['a0'], UUID])],
  ['a key with NUL', forgeCursor(['POSITION ASC', 'a\0', UUID])],
  ['a title with NUL', forgeCursor(['TITLE ASC', '\0', UUID]), { field: 'TITLE' }],
  ['an order that is nothing', forgeCursor(['COLOR ASC', 'a0', UUID])],
  ['an order without its direction', forgeCursor(['POSITION', 'a0', UUID])],
  ['an id that is no UUID', forgeCursor(['POSITION ASC', 'a0', 'todo_01h455vb4pex5vsknk084sn02q'])],
  ['an id in upper case', forgeCursor(['POSITION ASC', 'a0', UUID.toUpperCase()])],
  ['an id with more behind it', forgeCursor(['POSITION ASC', 'a0', `${UUID}'; drop table todos; --`])],
  ['an id that is empty', forgeCursor(['POSITION ASC', 'a0', ''])],
  ['an id that is a megabyte', forgeCursor(['POSITION ASC', 'a0', 'a'.repeat(500_000)])],
  ['a priority that is none', forgeCursor(['PRIORITY ASC', 'EXTREME', UUID]), { field: 'PRIORITY' }],
  ['a priority in lower case', forgeCursor(['PRIORITY ASC', 'low', UUID]), { field: 'PRIORITY' }],
  ['a time that is a text', forgeCursor(['CREATED_AT ASC', 'soon', UUID]), { field: 'CREATED_AT' }],
  ['a time that PostgreSQL would work out', forgeCursor(['CREATED_AT ASC', 'now', UUID]), { field: 'CREATED_AT' }],
  ['a time that never comes', forgeCursor(['CREATED_AT ASC', 'infinity', UUID]), { field: 'CREATED_AT' }],
  ['a day that is not', forgeCursor(['CREATED_AT ASC', '2026-02-30 00:00:00+00', UUID]), { field: 'CREATED_AT' }],
  [
    'a leap day of no leap year',
    forgeCursor(['UPDATED_AT ASC', '2026-02-29 00:00:00+00', UUID]),
    { field: 'UPDATED_AT' },
  ],
  ['a month that is not', forgeCursor(['CREATED_AT ASC', '2026-13-01 00:00:00+00', UUID]), { field: 'CREATED_AT' }],
  ['an hour that is not', forgeCursor(['CREATED_AT ASC', '2026-01-01 25:00:00+00', UUID]), { field: 'CREATED_AT' }],
  ['a second that is not', forgeCursor(['CREATED_AT ASC', '2026-01-01 00:00:61+00', UUID]), { field: 'CREATED_AT' }],
  ['the year 0', forgeCursor(['DUE_AT ASC', '0000-01-01 00:00:00+00', UUID]), { field: 'DUE_AT' }],
  ['a year beyond PostgreSQL', forgeCursor(['DUE_AT ASC', '300000-01-01 00:00:00+00', UUID]), { field: 'DUE_AT' }],
  ['infinity and more', forgeCursor(['DUE_AT ASC', 'infinity!', UUID]), { field: 'DUE_AT' }],
];

test('todos after or before a forged cursor of whatever kind are BAD_REQUEST', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await createFive(app, ada);

  const told = await Promise.all(
    FORGED.map(async ([circumstance, cursor, order]) => {
      const orderBy = { field: 'POSITION', direction: 'ASC', ...order };
      const after = await app.execute(TODOS, { after: cursor, orderBy }, ada);
      const before = await app.execute(TODOS, { before: cursor, orderBy }, ada);
      const message = /^(after|before) is (not a cursor of this server|a cursor of another order)/;
      return [
        circumstance,
        codesOf(after),
        codesOf(before),
        [after, before].every(({ errors }) => message.test(errors[0]?.message ?? '')),
      ];
    }),
  );

  expect(told).toEqual(FORGED.map(([circumstance]) => [circumstance, ['BAD_REQUEST'], ['BAD_REQUEST'], true]));
});

test('todos after a cursor with any key at all are a page or BAD_REQUEST, and never INTERNAL', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await createFive(app, ada);
  const digits = (min: number, max: number, length: number) =>
    fc.integer({ min, max }).map(number => String(number).padStart(length, '0'));
  const times = fc
    .tuple(
      fc.oneof(digits(0, 9999, 4), digits(0, 999_999, 4)),
      digits(0, 13, 2),
      digits(0, 32, 2),
      digits(0, 25, 2),
      digits(0, 61, 2),
      digits(0, 61, 2),
      fc.constantFrom('', '.1', '.999999', '.1234567', '.'),
      fc.constantFrom('+00', '+00', '+00', '+01', '-99', ' BC', '+00 BC', ''),
    )
    .map(([year, month, day, hour, minute, second, fraction, zone]) => {
      return `${year}-${month}-${day} ${hour}:${minute}:${second}${fraction}${zone}`;
    });
  const keys = fc.oneof(
    { weight: 6, arbitrary: times },
    {
      weight: 2,
      arbitrary: fc.constantFrom('infinity', '-infinity', 'epoch', 'NONE', 'URGENT', '\ud800', 'x'.repeat(300_000)),
    },
    { weight: 2, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );

  const codes = new Set<unknown>();
  await fc.assert(
    fc.asyncProperty(orders, keys, fc.constantFrom('after', 'before'), async (orderBy, key, side) => {
      const cursor = forgeCursor([`${orderBy.field} ${orderBy.direction}`, key, UUID]);
      const answer = await app.execute(TODOS, { first: 5, [side]: cursor, orderBy }, ada);
      codes.add(codesOf(answer)[0]);
      expect(answer.errors.map(({ message }) => message.replace(/^after|^before/, '')).join()).toMatch(
        /^( is not a cursor of this server: .*)?$/,
      );
    }),
    { ...RUNS, numRuns: 600 },
  );
  expect([...codes].sort()).toEqual(['BAD_REQUEST', undefined]);
});

test('todos after the last page are an empty page, whose previous page is there', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await createFive(app, ada);
  const { pageInfo } = await readPage(app, ada, { first: 100 });

  const [behind, ahead] = await Promise.all([
    readPage(app, ada, { first: 2, after: pageInfo.endCursor }),
    readPage(app, ada, { last: 2, before: pageInfo.startCursor }),
  ]);

  const nothing = { edges: [], nodes: [], totalCount: 5 };
  const cursors = { startCursor: null, endCursor: null };
  expect(behind).toEqual({ ...nothing, pageInfo: { hasNextPage: false, hasPreviousPage: true, ...cursors } });
  expect(ahead).toEqual({ ...nothing, pageInfo: { hasNextPage: true, hasPreviousPage: false, ...cursors } });
});

test('todos after a cursor whose todo is gone or thrown away go on behind its place', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const [one, two, three, four] = await createFive(app, ada);
  const { edges } = await readPage(app, ada, { first: 3 });
  await app.database.query('delete from todos where id = $1', [two]);
  await app.database.query('update todos set deleted_at = now() where id = $1', [three]);

  const pages = await Promise.all([
    readPage(app, ada, { first: 1, after: edges[1]?.cursor }),
    readPage(app, ada, { first: 1, after: edges[2]?.cursor }),
    readPage(app, ada, { last: 1, before: edges[2]?.cursor }),
  ]);

  const id = (uuid = '') => toGlobalId('todo', uuid);
  expect(pages.map(({ nodes }) => nodes)).toEqual([[{ id: id(four) }], [{ id: id(four) }], [{ id: id(one) }]]);
  expect(pages.map(({ pageInfo }) => [pageInfo.hasPreviousPage, pageInfo.hasNextPage])).toEqual([
    [true, true],
    [true, true],
    [false, true],
  ]);
});

test('todos after a cursor behind which alone the first todo stood have no previous page once it is gone', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const [one] = await createFive(app, ada);
  const { pageInfo } = await readPage(app, ada, { first: 1 });
  await app.database.query('delete from todos where id = $1', [one]);

  const page = await readPage(app, ada, { first: 2, after: pageInfo.endCursor });

  expect(page.pageInfo).toMatchObject({ hasPreviousPage: false, hasNextPage: true });
});

test('todos of the trash are those that were thrown away, and no other list has them', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids = await createFive(app, ada);
  await app.database.query('update todos set deleted_at = now() where id = any($1)', [ids.slice(1, 3)]);
  const read = async (filter: object | null) =>
    (await readPage(app, ada, { filter })).nodes.map(node => ids.indexOf(fromGlobalId('todo', node.id) ?? '') + 1);

  const lists = [
    await read({ deleted: true }),
    await read({ deleted: false }),
    await read({ deleted: null }),
    await read({}),
  ];

  expect(lists).toEqual([
    [2, 3],
    [1, 4, 5],
    [1, 4, 5],
    [1, 4, 5],
  ]);
});

test("todos that are overdue are so by the server's clock", async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const hour = 3_600_000;
  const { id } = await app.createTodo(ada, { dueAt: new Date(Date.now() + hour).toISOString() });
  const overdue = async () => (await readPage(app, ada, { filter: { overdue: true } })).nodes;
  const before = await overdue();

  app.advance(hour / 6);
  const soon = await overdue();
  app.advance(hour);
  // By then the access token has run out.
  const late = (await readPage(app, await logInAgain(app, ada), { filter: { overdue: true } })).nodes;

  expect([before, soon, late]).toEqual([[], [], [{ id }]]);
});

async function logInAgain(app: TestApp, person: Person): Promise<Person> {
  const { data } = await app.execute(
    'mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { accessToken } }',
    { input: { refreshToken: person.refreshToken } },
  );
  return { ...person, accessToken: data.refreshSession.accessToken };
}

test('todos page by time also on a database that writes times in another zone', async () => {
  await using database = await createTestDatabase();
  const name = new URL(database.url).pathname.slice(1);
  await database.query(`alter database ${name} set timezone to 'America/Caracas'`);
  await database.query(`alter database ${name} set datestyle to 'German'`);
  await using app = await startApp({ database });
  const ada = await app.createUser();
  const ids = await createFive(app, ada);
  const orderBy = { field: 'CREATED_AT', direction: 'DESC' };

  const first = await readPage(app, ada, { first: 2, orderBy });
  const second = await readPage(app, ada, { first: 2, orderBy, after: first.pageInfo.endCursor });
  const { data } = await app.execute('{ todos(first: 1) { nodes { createdAt dueAt } } }', {}, ada);

  const id = (n: number) => ({ id: toGlobalId('todo', ids[n - 1] ?? '') });
  expect([first.nodes, second.nodes]).toEqual([
    [id(5), id(4)],
    [id(3), id(2)],
  ]);
  expect(data.todos.nodes).toEqual([{ createdAt: '2025-01-01T00:00:00.000Z', dueAt: '2030-01-01T00:00:00.000Z' }]);
});

const OF_USERS = `query ($ids: [ID!]!, $first: Int, $after: String, $last: Int, $before: String, $orderBy: TodoOrder, $filter: TodoFilter) {
  nodes(ids: $ids) { ... on User {
    id
    todos(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, filter: $filter) { ${CONNECTION} }
  } }
}`;

test('me { todos } is the page that todos is', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  await createFive(app, ada);
  await createFive(app, eve);
  const args = { first: 2, after: (await readPage(app, ada, { first: 2 })).pageInfo.endCursor };

  const own = await readPage(app, ada, args);
  const { data } = await app.execute(
    `query ($first: Int, $after: String) { me { todos(first: $first, after: $after) { ${CONNECTION} } } }`,
    args,
    ada,
  );

  expect(own.nodes).toHaveLength(2);
  expect(data.me.todos).toEqual(own);
});

test("todos of 20 users, read by an admin page by page behind one cursor, are each user's own", async () => {
  await using app = await startApp();
  const admin = await app.createUser({ admin: true });
  const users = await insertUsers(
    app.database,
    Array.from({ length: 20 }, (_, n) => `user${n}`),
  );
  const ids = users.map(user => toGlobalId('user', user));
  const owned = fc.array(fc.tuple(rows, fc.nat({ max: 19 })), { minLength: 30, maxLength: 120, size: 'max' });

  await fc.assert(
    fc.asyncProperty(
      owned,
      filters,
      orders,
      sizes,
      fc.boolean(),
      async (list, filter, orderBy, [size = 1], backward) => {
        // Ids in the order of the sort keys would hide a cursor that forgets one of the two.
        const unique = new Map(list.map(([row, n]) => [row.id, { ...row, owner_id: users[n] ?? '' }]));
        await replaceTodos(app.database, [...unique.values()]);
        const all = await Promise.all(users.map(user => readPlainly(app.database, user, filter, orderBy)));
        const readAll = async (args: object): Promise<Connection[]> => {
          const { data, errors } = await app.execute(OF_USERS, { ids, orderBy, filter, ...args }, admin);
          expect(errors).toEqual([]);
          expect(data.nodes.map((user: { id: string }) => user.id)).toEqual(ids);
          return data.nodes.map((user: { todos: Connection }) => user.todos);
        };

        const first = await readAll(backward ? { last: size } : { first: size });
        first.forEach((page, n) => {
          const expected = all[n] ?? [];
          const length = Math.min(size, expected.length);
          if (backward) expectPage(page, expected, expected.length - length, expected.length);
          else expectPage(page, expected, 0, length);
        });
        // The place in the list that one user's cursor names is a place in every other user's list too.
        const place = first.find(({ nodes }) => nodes.length > 0);
        if (!place) return;
        const cursor = backward ? place.pageInfo.startCursor : place.pageInfo.endCursor;
        const merged = await readMerged(
          app.database,
          users,
          filter,
          orderBy,
          place.nodes.at(backward ? 0 : -1)?.id ?? '',
        );
        const second = await readAll(backward ? { last: size, before: cursor } : { first: size, after: cursor });
        second.forEach((page, n) => {
          const expected = all[n] ?? [];
          const ahead = expected.filter(id => merged.ahead.has(id)).length;
          const upTo = expected.filter(id => merged.ahead.has(id) || id === merged.id).length;
          if (backward) expectPage(page, expected, Math.max(ahead - size, 0), ahead);
          else expectPage(page, expected, upTo, Math.min(upTo + size, expected.length));
        });
      },
    ),
    { ...RUNS, numRuns: 60 },
  );
});

/** Which of all these users' todos stand ahead of one of them. */
async function readMerged(
  database: TestDatabase,
  users: readonly string[],
  filter: Filter,
  orderBy: Order,
  id: string,
) {
  // As one person's list, for that is what the plain query reads.
  const owners = await database.query<{ id: string; owner_id: string }>('select id, owner_id from todos');
  await database.query('update todos set owner_id = $1', [users[0]]);
  const all = await readPlainly(database, users[0] ?? '', filter, orderBy);
  await database.query(
    'update todos set owner_id = was.owner_id from unnest($1::uuid[], $2::uuid[]) as was (id, owner_id) where todos.id = was.id',
    [owners.map(row => row.id), owners.map(row => row.owner_id)],
  );
  return { id, ahead: new Set(all.slice(0, all.indexOf(id))) };
}

test('todos of somebody else are not to be had through nodes by one who is no admin', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  await createFive(app, ada);

  const { data, errors } = await app.execute(OF_USERS, { ids: [ada.id, eve.id], first: 5 }, eve);

  expect(errors).toEqual([]);
  expect(data.nodes).toMatchObject([null, { id: eve.id, todos: { nodes: [], totalCount: 0 } }]);
});
