import { describe, expect, test } from 'vitest';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { recordStatements } from '../support/statements.ts';

const FIELDS = 'id title description priority tags position version completed dueAt recurrence deletedAt';
const CREATE = `mutation ($input: CreateTodoInput!) {
  createTodo(input: $input) { todo { ${FIELDS} } userErrors { code path message } }
}`;
const UPDATE = `mutation ($id: ID!, $input: UpdateTodoInput!) {
  updateTodo(id: $id, input: $input) { todo { ${FIELDS} } userErrors { code path message } }
}`;
const TOGGLE = 'mutation ($id: ID!) { toggleTodo(id: $id) { userErrors { code } } }';
const UPDATE_MANY = `mutation ($ids: [ID!]!, $input: UpdateTodoInput!) {
  updateTodos(ids: $ids, input: $input) { todos { id } userErrors { code path message } }
}`;
const CHANGES =
  'query ($after: String) { changes(after: $after, first: 1000) { cursor changes { kind ... on TodoChange { todoId } } } }';

interface Shown {
  id: string;
  title: string;
  position: string;
  version: number;
  completed: boolean;
  dueAt: string | null;
  recurrence: string | null;
}

const DAY = 86_400_000;
const fromNow = (days: number) => new Date(Date.now() + days * DAY).toISOString();

const create = async (app: TestApp, as: Person, input: object) =>
  (await app.execute(CREATE, { input: { title: 'Water the plants', ...input } }, as)).data.createTodo;
const update = async (app: TestApp, as: Person, id: string, input: object, headers = {}) =>
  (await app.execute(UPDATE, { id, input }, as, { headers })).data.updateTodo;
const complete = (app: TestApp, as: Person, id: string) => update(app, as, id, { completed: true });
const reopen = (app: TestApp, as: Person, id: string) => update(app, as, id, { completed: false });
const list = async (app: TestApp, as: Person): Promise<Shown[]> =>
  (await app.execute(`{ todos(first: 100) { nodes { ${FIELDS} } } }`, {}, as)).data.todos.nodes;
const open = async (app: TestApp, as: Person) => (await list(app, as)).filter(({ completed }) => !completed);
const dueDates = async (app: TestApp, as: Person) => (await open(app, as)).map(({ dueAt }) => dueAt);
const setZone = (app: TestApp, as: Person, timeZone: string) =>
  app.execute(
    'mutation ($z: String) { updateMe(input: { timeZone: $z }) { userErrors { code } } }',
    { z: timeZone },
    as,
  );
const cursorOf = async (app: TestApp, as: Person): Promise<string> =>
  (await app.execute('{ changes { cursor } }', {}, as)).data.changes.cursor;
const changesSince = async (app: TestApp, as: Person, after: string): Promise<[string, string][]> =>
  (await app.execute(CHANGES, { after }, as)).data.changes.changes.map(
    ({ kind, todoId }: { kind: string; todoId: string }) => [kind, todoId],
  );

/** Completes the one that is open, so many times; the due dates of those that came of it, null where none did. */
async function dueDatesOf(app: TestApp, as: Person, count: number): Promise<(string | null)[]> {
  const dates: (string | null)[] = [];
  for (let n = 0; n < count; n += 1) {
    const [current] = await open(app, as);
    if (current) await complete(app, as, current.id);
    const [next] = await open(app, as);
    dates.push(next?.dueAt?.replace(':00.000Z', 'Z') ?? null);
  }
  return dates;
}

describe('completing what repeats', () => {
  test('makes the next one behind it, with all that it says, for two changes of the feed', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const dueAt = '2027-01-04T09:00:00.000Z';
    const input = { description: 'All of them', priority: 'HIGH', tags: ['home', 'green'], dueAt };
    await app.createTodo(ada, { title: 'ahead' });
    const { todo } = await create(app, ada, { ...input, recurrence: 'RRULE:freq=weekly;byday=th,mo;interval=1' });
    await app.createTodo(ada, { title: 'behind' });
    const cursor = await cursorOf(app, ada);

    await complete(app, ada, todo.id);

    const todos = await list(app, ada);
    const next = todos[2];
    expect(todo.recurrence).toBe('FREQ=WEEKLY;BYDAY=MO,TH');
    expect(todos.map(({ title }) => title)).toEqual(['ahead', todo.title, todo.title, 'behind']);
    expect(next).toEqual({
      ...todo,
      id: expect.not.stringMatching(todo.id),
      dueAt: '2027-01-07T09:00:00.000Z',
      version: 1,
    });
    expect(todos[1]).toMatchObject({ id: todo.id, completed: true, version: 2 });
    expect((await changesSince(app, ada, cursor)).sort()).toEqual([
      ['CREATED', next?.id],
      ['UPDATED', todo.id],
    ]);
    const found = await app.execute('{ todos(filter: { search: "plants all" }) { nodes { id } } }', {}, ada);
    expect(found.data.todos.nodes).toHaveLength(2);
  });

  test.each([
    ['updateTodo', UPDATE],
    ['toggleTodo', TOGGLE],
    ['updateTodos', UPDATE_MANY],
  ])('by %s makes the next one', async (_name, mutation) => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { todo } = await create(app, ada, { dueAt: '2027-01-04T09:00:00Z', recurrence: 'FREQ=DAILY' });

    await app.execute(mutation, { id: todo.id, ids: [todo.id], input: { completed: true } }, ada);

    expect(await dueDates(app, ada)).toEqual(['2027-01-05T09:00:00.000Z']);
  });

  test('many at once makes one for each', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const dates = ['2027-01-04T09:00:00.000Z', '2027-02-04T09:00:00.000Z', '2027-03-04T09:00:00.000Z'];
    const ids: string[] = [];
    for (const dueAt of dates) ids.push((await create(app, ada, { dueAt, recurrence: 'FREQ=YEARLY' })).todo.id);
    ids.push((await app.createTodo(ada)).id);

    const { data } = await app.execute(UPDATE_MANY, { ids, input: { completed: true } }, ada);

    expect(data.updateTodos).toEqual({ todos: ids.map(id => ({ id })), userErrors: [] });
    expect(await dueDates(app, ada)).toEqual(dates.map(date => date.replace('2027', '2028')));
  });

  test('a week late makes one that is still to come, not seven', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { todo } = await create(app, ada, { dueAt: fromNow(-7.5), recurrence: 'FREQ=DAILY' });

    await complete(app, ada, todo.id);

    const [next, ...others] = await open(app, ada);
    const due = Date.parse(next?.dueAt ?? '');
    expect(others).toEqual([]);
    expect((due - Date.parse(todo.dueAt)) % DAY).toBe(0);
    expect(due - Date.now()).toBeGreaterThan(0);
    expect(due - Date.now()).toBeLessThan(DAY);
  });

  test('with COUNT or UNTIL ends after the last one; what was missed counts', async () => {
    await using app = await startApp();
    const [ada, bob, cyd] = [await app.createUser(), await app.createUser(), await app.createUser()];
    const start = '2027-01-04T09:00:00Z';
    await create(app, ada, { dueAt: start, recurrence: 'FREQ=DAILY;COUNT=3' });
    await create(app, bob, { dueAt: start, recurrence: 'FREQ=DAILY;UNTIL=20270105' });
    const late = await create(app, cyd, { dueAt: fromNow(-2.5), recurrence: 'FREQ=DAILY;COUNT=5' });

    const counted = await dueDatesOf(app, ada, 3);
    const ended = await dueDatesOf(app, bob, 2);
    await complete(app, cyd, late.todo.id);

    expect(counted).toEqual(['2027-01-05T09:00Z', '2027-01-06T09:00Z', null]);
    expect((await list(app, ada)).map(({ recurrence }) => recurrence)).toEqual([
      'FREQ=DAILY;COUNT=3',
      'FREQ=DAILY;COUNT=2',
      'FREQ=DAILY;COUNT=1',
    ]);
    expect(ended).toEqual(['2027-01-05T09:00Z', null]);
    expect((await open(app, cyd)).map(({ recurrence }) => recurrence)).toEqual(['FREQ=DAILY;COUNT=2']);
  });

  test('without a recurrence makes nothing, and asks for no more than a change of the title does', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { id } = await app.createTodo(ada, { dueAt: '2027-01-04T09:00:00Z' });
    await update(app, ada, id, { title: 'warm' });
    using statements = await recordStatements(app);

    await update(app, ada, id, { title: 'other' });
    const titled = statements.take().map(({ text }) => text.split(' ', 2).join(' '));
    await complete(app, ada, id);
    const completed = statements.take().map(({ text }) => text.split(' ', 2).join(' '));

    expect(completed).toEqual(titled);
    expect(await list(app, ada)).toHaveLength(1);
  });

  test('has room at the limit of the plan; opening it again has too, and needs room where the next one was touched', async () => {
    await using app = await startApp({ settings: { FREE_OPEN_TODOS: '2' } });
    const ada = await app.createUser();
    await app.createTodo(ada, { title: 'other' });
    const { todo } = await create(app, ada, { dueAt: '2027-01-04T09:00:00Z', recurrence: 'FREQ=DAILY' });

    const answers = [await complete(app, ada, todo.id), await reopen(app, ada, todo.id)];
    await complete(app, ada, todo.id);
    const next = (await open(app, ada)).find(({ title }) => title === todo.title);
    await update(app, ada, next?.id ?? '', { title: 'Touched' });
    const refused = await reopen(app, ada, todo.id);

    expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect(refused.userErrors).toMatchObject([{ code: 'LIMIT_REACHED' }]);
    expect((await open(app, ada)).map(({ title }) => title).sort()).toEqual(['Touched', 'other']);
  });
});

describe('the next one', () => {
  test('is made once, however often and by however many completing is repeated', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { todo } = await create(app, ada, { dueAt: '2027-01-04T09:00:00Z', recurrence: 'FREQ=DAILY' });

    const answers = await Promise.all(Array.from({ length: 12 }, () => complete(app, ada, todo.id)));
    await complete(app, ada, todo.id);

    expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect(await list(app, ada)).toHaveLength(2);
  });

  test('is made once by a toggle that is retried with its key', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { todo } = await create(app, ada, { dueAt: '2027-01-04T09:00:00Z', recurrence: 'FREQ=DAILY' });
    const toggle = () => app.execute(TOGGLE, { id: todo.id }, ada, { headers: { 'idempotency-key': 'one' } });

    await toggle();
    const again = await toggle();

    expect(again.extensions.idempotentReplay).toBe(true);
    expect(await list(app, ada)).toHaveLength(2);
  });

  test('is taken back by opening the completed one again, told in the feed, and made anew by completing it', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { todo } = await create(app, ada, { dueAt: '2027-01-04T09:00:00Z', recurrence: 'FREQ=DAILY' });
    await complete(app, ada, todo.id);
    const [next] = await open(app, ada);
    const cursor = await cursorOf(app, ada);

    await app.execute(TOGGLE, { id: todo.id }, ada);

    expect((await list(app, ada)).map(({ id, completed }) => [id, completed])).toEqual([[todo.id, false]]);
    expect((await changesSince(app, ada, cursor)).sort()).toEqual([
      ['DELETED', next?.id],
      ['UPDATED', todo.id],
    ]);
    const trash = await app.execute('{ todos(filter: { deleted: true }) { nodes { id } } }', {}, ada);
    expect(trash.data.todos.nodes).toEqual([]);
    await complete(app, ada, todo.id);
    expect(await dueDates(app, ada)).toEqual(['2027-01-05T09:00:00.000Z']);
  });

  test.each([
    ['edited', 'mutation ($id: ID!) { updateTodo(id: $id, input: { title: "Other" }) { userErrors { code } } }'],
    ['completed', TOGGLE],
    [
      'moved',
      'mutation ($id: ID!, $other: ID) { moveTodo(id: $id, input: { afterId: $other }) { userErrors { code } } }',
    ],
    ['thrown away', 'mutation ($id: ID!) { deleteTodo(id: $id) { userErrors { code } } }'],
    [
      'thrown away and restored',
      'mutation ($id: ID!) { deleteTodo(id: $id) { userErrors { code } } restoreTodo(id: $id) { userErrors { code } } }',
    ],
  ])('that was %s stays, and completing again makes no second one', async (_what, touch) => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { todo } = await create(app, ada, { dueAt: '2027-01-04T09:00:00Z', recurrence: 'FREQ=DAILY' });
    const other = await app.createTodo(ada);
    await complete(app, ada, todo.id);
    const next = (await open(app, ada)).find(({ recurrence }) => recurrence);
    await app.execute(touch, { id: next?.id, other: other.id }, ada);
    const countAll = async () => (await app.database.query('select id from todos')).length;
    const before = await countAll();

    await reopen(app, ada, todo.id);
    const opened = await countAll();
    await complete(app, ada, todo.id);

    expect([opened, await countAll()]).toEqual([before, before]);
  });

  test('that is opened in one change with the completed one stays', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { todo } = await create(app, ada, { dueAt: '2027-01-04T09:00:00Z', recurrence: 'FREQ=DAILY' });
    await complete(app, ada, todo.id);
    const [next] = await open(app, ada);
    const ids = [todo.id, next?.id];

    const { data } = await app.execute(UPDATE_MANY, { ids, input: { completed: false } }, ada);

    expect(data.updateTodos).toEqual({ todos: ids.map(id => ({ id })), userErrors: [] });
    expect(await open(app, ada)).toHaveLength(2);
  });

  test('that another one holds while the completed one is opened again is taken back or stays, and no more than one is left', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { todo } = await create(app, ada, { dueAt: '2027-01-04T09:00:00Z', recurrence: 'FREQ=DAILY' });

    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, n) => (n % 2 === 0 ? complete(app, ada, todo.id) : reopen(app, ada, todo.id))),
    );
    await complete(app, ada, todo.id);

    expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect(await dueDates(app, ada)).toEqual(['2027-01-05T09:00:00.000Z']);
    expect(await list(app, ada)).toHaveLength(2);
  });
});

const WALL_CLOCK = [
  [
    'nine o’clock over the spring day of New York',
    'America/New_York',
    '2027-03-13T14:00Z',
    'FREQ=DAILY',
    ['2027-03-14T13:00Z', '2027-03-15T13:00Z'],
  ],
  [
    'nine o’clock over the autumn day of New York',
    'America/New_York',
    '2027-11-06T13:00Z',
    'FREQ=DAILY',
    ['2027-11-07T14:00Z', '2027-11-08T14:00Z'],
  ],
  [
    'half past two, which the spring day does not have',
    'America/New_York',
    '2027-03-13T07:30Z',
    'FREQ=DAILY',
    ['2027-03-15T06:30Z', '2027-03-16T06:30Z'],
  ],
  [
    'half past one, which the autumn day has twice',
    'America/New_York',
    '2027-11-06T05:30Z',
    'FREQ=DAILY',
    ['2027-11-07T05:30Z', '2027-11-08T06:30Z'],
  ],
  [
    'where there is no daylight saving',
    'Asia/Karachi',
    '2027-03-27T19:30Z',
    'FREQ=WEEKLY;BYDAY=SU',
    ['2027-04-03T19:30Z'],
  ],
  [
    'where the clock goes by half an hour',
    'Australia/Lord_Howe',
    '2027-04-02T22:00Z',
    'FREQ=DAILY',
    ['2027-04-03T22:30Z'],
  ],
  [
    'Mondays of the zone that are Sundays in UTC',
    'Pacific/Auckland',
    '2027-01-03T20:00Z',
    'FREQ=WEEKLY;BYDAY=MO',
    ['2027-01-10T20:00Z'],
  ],
  [
    'the 31st, left out where there is none',
    'UTC',
    '2027-01-31T09:00Z',
    'FREQ=MONTHLY',
    ['2027-03-31T09:00Z', '2027-05-31T09:00Z', '2027-07-31T09:00Z'],
  ],
  [
    'the last day of each month',
    'UTC',
    '2027-01-31T09:00Z',
    'FREQ=MONTHLY;BYMONTHDAY=-1',
    ['2027-02-28T09:00Z', '2027-03-31T09:00Z'],
  ],
  [
    '29 February, in leap years alone',
    'UTC',
    '2028-02-29T09:00Z',
    'FREQ=YEARLY',
    ['2032-02-29T09:00Z', '2036-02-29T09:00Z'],
  ],
  [
    'the fifth Monday, in months that have one',
    'UTC',
    '2027-03-29T09:00Z',
    'FREQ=MONTHLY;BYDAY=5MO',
    ['2027-05-31T09:00Z', '2027-08-30T09:00Z'],
  ],
  [
    'every other week',
    'UTC',
    '2027-01-05T09:00Z',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH',
    ['2027-01-07T09:00Z', '2027-01-19T09:00Z', '2027-01-21T09:00Z'],
  ],
  [
    'the last working day of a month',
    'UTC',
    '2027-01-29T09:00Z',
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    ['2027-02-26T09:00Z', '2027-03-31T09:00Z'],
  ],
  [
    'a due date that is none of the series',
    'UTC',
    '2027-01-05T09:00Z',
    'FREQ=WEEKLY;BYDAY=FR;COUNT=2',
    ['2027-01-08T09:00Z', null],
  ],
  [
    'an UNTIL that is a day of the zone',
    'America/New_York',
    '2027-01-05T01:00Z',
    'FREQ=DAILY;UNTIL=20270105',
    ['2027-01-06T01:00Z', null],
  ],
] as const;

describe('a series goes by the wall clock', () => {
  test('over daylight saving, short months and leap years, and in every zone', { timeout: 60_000 }, async () => {
    await using app = await startApp();
    const found: Record<string, (string | null)[]> = {};

    for (const [name, zone, dueAt, recurrence, expected] of WALL_CLOCK) {
      const person = await app.createUser();
      await setZone(app, person, zone);
      await create(app, person, { dueAt: dueAt.replace('Z', ':00.000Z'), recurrence });
      found[name] = await dueDatesOf(app, person, expected.length);
    }

    expect(found).toEqual(Object.fromEntries(WALL_CLOCK.map(([name, , , , expected]) => [name, expected])));
  });

  test('of the zone that the owner has when it is completed', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await setZone(app, ada, 'America/New_York');
    await create(app, ada, { dueAt: '2027-03-13T14:00:00Z', recurrence: 'FREQ=DAILY' });

    const there = await dueDatesOf(app, ada, 1);
    await setZone(app, ada, 'Europe/Berlin');
    const here = await dueDatesOf(app, ada, 16);

    expect(there).toEqual(['2027-03-14T13:00Z']);
    // 14 o'clock in Berlin, where clocks go forward on the 28th.
    expect([here[0], here.at(-1)]).toEqual(['2027-03-15T13:00Z', '2027-03-30T12:00Z']);
  });
});

describe('editing what repeats', () => {
  test('changes the rest of the series, and no one before', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { todo } = await create(app, ada, { dueAt: '2027-01-04T09:00:00Z', recurrence: 'FREQ=DAILY' });
    await complete(app, ada, todo.id);
    const [second] = await open(app, ada);

    await update(app, ada, second?.id ?? '', { dueAt: '2027-01-06T18:00:00Z', recurrence: 'FREQ=WEEKLY' });
    const weekly = await dueDatesOf(app, ada, 1);
    const [third] = await open(app, ada);
    await update(app, ada, third?.id ?? '', { recurrence: null });
    const ended = await dueDatesOf(app, ada, 1);

    expect(weekly).toEqual(['2027-01-13T18:00Z']);
    expect(ended).toEqual([null]);
    expect((await list(app, ada)).map(({ recurrence }) => recurrence)).toEqual(['FREQ=DAILY', 'FREQ=WEEKLY', null]);
  });

  test('keeps its due date until the recurrence is cleared, in the same edit too; without one there can be none', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { todo } = await create(app, ada, { dueAt: '2027-01-04T09:00:00Z', recurrence: 'FREQ=DAILY' });
    const { id: plain } = await app.createTodo(ada);

    const refused = [
      await update(app, ada, todo.id, { dueAt: null }),
      await update(app, ada, plain, { recurrence: 'FREQ=DAILY' }),
      await create(app, ada, { recurrence: 'FREQ=DAILY' }),
      await update(app, ada, todo.id, { dueAt: '2027-02-01T09:00:00Z', recurrence: 'FREQ=DAILY;UNTIL=20270131' }),
    ];
    const many = await app.execute(UPDATE_MANY, { ids: [todo.id, plain], input: { recurrence: 'FREQ=WEEKLY' } }, ada);
    const cleared = await update(app, ada, todo.id, { dueAt: null, recurrence: null });

    expect(refused.map(({ userErrors }) => [userErrors.length, userErrors[0].code, ...userErrors[0].path])).toEqual([
      [1, 'INVALID', 'input', 'dueAt'],
      [1, 'INVALID', 'input', 'recurrence'],
      [1, 'INVALID', 'input', 'recurrence'],
      [1, 'INVALID', 'input', 'recurrence'],
    ]);
    expect(many.data.updateTodos).toMatchObject({ todos: null, userErrors: [{ code: 'INVALID', path: ['ids', '1'] }] });
    expect(many.data.updateTodos.userErrors[0].message).toContain(plain);
    expect(cleared).toMatchObject({ todo: { dueAt: null, recurrence: null }, userErrors: [] });
  });

  test('past its UNTIL is INVALID at dueAt', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { todo } = await create(app, ada, { dueAt: '2027-01-04T09:00:00Z', recurrence: 'FREQ=DAILY;UNTIL=20270131' });

    const { userErrors } = await update(app, ada, todo.id, { dueAt: '2027-02-01T00:00:00Z' });

    expect(userErrors).toEqual([
      { code: 'INVALID', path: ['input', 'dueAt'], message: expect.stringContaining('UNTIL is before dueAt') },
    ]);
  });
});
