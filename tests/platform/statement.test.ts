import fc from 'fast-check';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import { expect, test } from 'vitest';
import { forkFor } from '../../src/change/transact.ts';
import { readSessions, readUsers, USER_PROPERTIES } from '../../src/identity/identity.reads.ts';
import { type EntityManager, sqlOf } from '../../src/platform/database.ts';
import { countOwned, ownersWithOutside, readOwnedPages } from '../../src/platform/owned-list.ts';
import type { PageRequest } from '../../src/platform/page.ts';
import { runStatement, slot } from '../../src/platform/statement.ts';
import { PRIORITIES } from '../../src/todo/todo.entity.ts';
import type { TodoFilter } from '../../src/todo/todo.filter.ts';
import { TODO_ORDER_FIELDS, todoOrder } from '../../src/todo/todo.order.ts';
import { readTodosById, TODO_PROPERTIES, type TodoProperty } from '../../src/todo/todo.reads.ts';
import { todoList } from '../../src/todo/todo-list.reads.ts';
import { startApp } from '../support/app.ts';
import { recordStatements, type Statement } from '../support/statements.ts';

/** Shapes are kept for the whole process: each test has its own. */
let shapes = 0;
const newShape = () => `of the test ${++shapes}`;

test('runStatement fills the slots in their places, each as often as it stands there', async () => {
  await using app = await startApp();
  const db = sqlOf(app.app.services.database.em.fork());
  const query = sql<{
    text: string;
  }>`select ${slot('b')}::text || ${slot('a')}::text || ${'-'}::text || ${slot('b')}::text as text`;

  const rows = await runStatement(db, newShape(), () => ({ compile: () => query.compile(db) }), {
    a: 'A',
    b: 'B',
    c: 'C',
  });

  expect(rows).toEqual([{ text: 'BA-B' }]);
});

test('runStatement builds a shape once and runs it with new values each time', async () => {
  await using app = await startApp();
  const db = sqlOf(app.app.services.database.em.fork());
  const shape = newShape();
  let builds = 0;
  const read = (value: number | null) =>
    runStatement(
      db,
      shape,
      () => {
        builds += 1;
        return { compile: () => sql`select ${slot('value')}::int as value`.compile(db) };
      },
      { value },
    );

  const rows = [...(await read(1)), ...(await read(2)), ...(await read(null))];

  expect(rows).toEqual([{ value: 1 }, { value: 2 }, { value: null }]);
  expect(builds).toBe(1);
});

test.each([
  ['is not given', { other: 1 }],
  ['is undefined', { id: undefined }],
])(
  'runStatement where the value of a slot %s throws, names the slot and sends nothing',
  async (_circumstance, values) => {
    await using app = await startApp();
    const db = sqlOf(app.app.services.database.em.fork());
    using statements = await recordStatements(app);
    const build = () => ({ compile: () => sql`select ${slot('id')}::int as id`.compile(db) });

    await expect(runStatement(db, newShape(), build, values)).rejects.toThrow(/without a value for id\b/);

    expect(statements.take()).toEqual([]);
  },
);

test('runStatement in a transaction uses that transaction, also for a shape that was built outside of it', async () => {
  await using app = await startApp();
  const { em } = app.app.services.database;
  const shape = newShape();
  const read = (within: EntityManager) => {
    const db = sqlOf(within);
    const query = sql<{ value: string }>`select current_setting('duely.test', true) as value`;
    return runStatement(db, shape, () => ({ compile: () => query.compile(db) }), {});
  };
  await read(em.fork());

  const inside = await em.fork().transactional(async within => {
    await sqlOf(within).executeQuery(sql`select set_config('duely.test', 'inside', true)`.compile(sqlOf(within)));
    return read(within);
  });

  expect(inside).toEqual([{ value: 'inside' }]);
});

/** Every argument on which the reads of todos, users and sessions depend. */
interface Arguments {
  ownerIds: string[];
  field: (typeof TODO_ORDER_FIELDS)[number];
  direction: 'ASC' | 'DESC';
  size: number;
  backward: boolean;
  after: boolean;
  before: boolean;
  side: 'after' | 'before';
  by: 'id' | 'user_id';
  todoProperties: TodoProperty[];
  userProperties: Parameters<typeof readUsers>[2];
  withOwner: boolean;
  completed: TodoFilter['completed'];
  priorities: TodoFilter['priorities'];
  tags: TodoFilter['tags'];
  dueAfter: TodoFilter['dueAfter'];
  dueBefore: TodoFilter['dueBefore'];
  overdue: TodoFilter['overdue'];
  deleted: TodoFilter['deleted'];
}

const optional = <Value>(values: fc.Arbitrary<Value>) =>
  fc.option(fc.option(values, { nil: null }), { nil: undefined });
const dates = optional(fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }));
const anyArguments: fc.Arbitrary<Arguments> = fc.record({
  ownerIds: fc.array(fc.uuid({ version: 7 }), { minLength: 1, maxLength: 3 }),
  field: fc.constantFrom(...TODO_ORDER_FIELDS),
  direction: fc.constantFrom('ASC', 'DESC'),
  size: fc.integer({ min: 1, max: 100 }),
  backward: fc.boolean(),
  after: fc.boolean(),
  before: fc.boolean(),
  side: fc.constantFrom('after', 'before'),
  by: fc.constantFrom('id', 'user_id'),
  todoProperties: fc.shuffledSubarray([...TODO_PROPERTIES]),
  userProperties: fc.shuffledSubarray([...USER_PROPERTIES]).map(properties => new Set(['id' as const, ...properties])),
  withOwner: fc.boolean(),
  completed: optional(fc.boolean()),
  priorities: optional(fc.subarray([...PRIORITIES])),
  tags: optional(fc.subarray(['home', 'work', 'a "b", \\c', 'null', ''])),
  dueAfter: dates,
  dueBefore: dates,
  overdue: optional(fc.boolean()),
  deleted: optional(fc.boolean()),
});
const NAMES = [
  'ownerIds',
  'field',
  'direction',
  'size',
  'backward',
  'after',
  'before',
  'side',
  'by',
  'todoProperties',
  'userProperties',
  'withOwner',
  'completed',
  'priorities',
  'tags',
  'dueAfter',
  'dueBefore',
  'overdue',
  'deleted',
] as const satisfies readonly (keyof Arguments)[];

const KEYS = {
  POSITION: 'a0',
  CREATED_AT: '2026-01-01 00:00:00+00',
  UPDATED_AT: '2026-01-01 00:00:00+00',
  DUE_AT: 'infinity',
  PRIORITY: 'LOW',
  TITLE: 'x',
};
const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const NOW = new Date('2026-11-20T09:30:00.000Z');

/** Each read that shares statements, with these arguments. */
async function readAll(em: EntityManager, args: Arguments): Promise<void> {
  const { ownerIds, field, direction, size, backward, side, by, userProperties, withOwner, ...filter } = args;
  const position = { key: KEYS[field], id: ID };
  const page: PageRequest = {
    size,
    backward,
    after: args.after ? position : null,
    before: args.before ? position : null,
  };
  const properties = new Set<TodoProperty>(['id', 'ownerId', ...args.todoProperties]);
  const order = todoOrder({ field, direction }, filter);
  const list = todoList({ filter, order, properties, ownerProperties: withOwner ? userProperties : undefined }, NOW);
  await readOwnedPages(em, ownerIds, list, page);
  await countOwned(em, ownerIds, list);
  if (page[side]) await ownersWithOutside(em, ownerIds, list, page, side);
  await readTodosById(em, ownerIds[0] ?? '', ownerIds, properties);
  await readUsers(em, ownerIds, userProperties);
  await readSessions(em, by, ownerIds, NOW);
}

/** Runs as many other shapes as are kept, so that every shape after it is built anew. */
async function forgetShapes(): Promise<void> {
  const shape = newShape();
  for (let n = 0; n < 1_000; n += 1) await runStatement(idle, `${shape} ${n}`, () => ({ compile: () => NOTHING }), {});
}
const idle = new Kysely<Record<string, never>>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: db => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
const NOTHING = sql`select 1`.compile(idle);

/** In whichever order the first caller selected them: rows are read by name. */
const columnsInOrder = ({ text, values }: Statement) => ({
  text: text.replace(/"\w+"\."\w+" as "[\w.]+"(, "\w+"\."\w+" as "[\w.]+")*/g, list =>
    list.split(', ').sort().join(', '),
  ),
  values,
});

test('a read whose statement was built for other arguments sends what it sends when it is built anew', async () => {
  await using app = await startApp();
  using statements = await recordStatements(app);
  const em = forkFor(app.app.services.database, null);
  const read = async (args: Arguments) => {
    statements.take();
    await readAll(em, args);
    return statements.take().map(columnsInOrder);
  };

  await fc.assert(
    fc.asyncProperty(anyArguments, anyArguments, fc.constantFrom(...NAMES), async (first, other, name) => {
      // The nearest neighbour: whatever the shape forgot to say would be shared by these two.
      const second: Arguments = { ...first, [name]: other[name] };
      await forgetShapes();
      const firstBuilt = await read(first);
      const secondShared = await read(second);
      const firstAgain = await read(first);
      await forgetShapes();
      const secondBuilt = await read(second);

      expect(secondShared).toEqual(secondBuilt);
      expect(firstAgain).toEqual(firstBuilt);
    }),
    { numRuns: 150 },
  );
});
