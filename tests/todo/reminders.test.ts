import { expect, test } from 'vitest';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { takeDueReminders } from '../../src/todo/due-reminders.ts';
import { REMINDER_KEPT_MS } from '../../src/todo/reminder.job.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { readJobs } from '../support/jobs.ts';
import { holdLock } from '../support/lock.ts';
import { FRONT_END, hurryJobs, type MailApp, startMailApp } from '../support/smtp.ts';
import { recordStatements } from '../support/statements.ts';
import { until } from '../support/wait.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Clocks are set forward by hours. */
const SETTINGS = { ACCESS_TOKEN_TTL_SECONDS: '86400' };

const FIELDS = 'todo { id title dueAt remindAt remindMinutesBefore version } userErrors { code path message }';
const CREATE = `mutation ($input: CreateTodoInput!) { createTodo(input: $input) { ${FIELDS} } }`;
const UPDATE = `mutation ($id: ID!, $input: UpdateTodoInput!) { updateTodo(id: $id, input: $input) { ${FIELDS} } }`;

const create = async (app: TestApp, as: Person, input: object) =>
  (await app.execute(CREATE, { input: { title: 'Pay the rent', ...input } }, as)).data.createTodo;
const update = async (app: TestApp, as: Person, id: string, input: object) =>
  (await app.execute(UPDATE, { id, input }, as)).data.updateTodo;
const shown = ({ todo }: { todo: { remindAt: string | null; remindMinutesBefore: number | null } }) => [
  todo.remindAt,
  todo.remindMinutesBefore,
];

/** So long after the server's present. */
const inFuture = ({ app }: TestApp, milliseconds: number) =>
  new Date(app.services.clock().getTime() + milliseconds).toISOString();

/** What the server does by itself every few seconds. Answers with how many mails it ordered. */
const takeDue = ({ app }: TestApp) =>
  takeDueReminders({ transact: app.services.transact, jobs: app.services.jobs, clock: app.services.clock });

async function createVerified(app: TestApp, timeZone = 'UTC'): Promise<Person> {
  const person = await app.createUser();
  await app.database.query('update users set email_verified_at = now(), time_zone = $2 where username = $1', [
    person.username,
    timeZone,
  ]);
  return person;
}

const remindersIn = ({ server }: MailApp) => server.mails.filter(({ subject }) => subject.startsWith('Reminder:'));

/** No job of a reminder waits or runs. */
const settled = (app: TestApp) =>
  until('the reminders are done with', async () =>
    (await readJobs(app.database, 'reminder')).every(({ state }) => state === 'completed'),
  );

test('a reminder at an instant is mailed by the server itself, once, as text and HTML, and changes nothing of the todo', async () => {
  await using app = await startMailApp(SETTINGS);
  const ada = await createVerified(app);
  const title = 'Call <b>Grace</b> & "co"';
  const due = inFuture(app, 2 * HOUR);
  const { todo } = await create(app, ada, { title, dueAt: due, remindAt: inFuture(app, HOUR) });
  const told = await app.database.query('select * from changes');
  const before = await app.database.query('select version, updated_at from todos');

  app.advance(HOUR);
  const [mail] = await app.mailsTo(ada.email, `Reminder: ${title}`);
  await settled(app);
  app.advance(MINUTE);
  const again = await takeDue(app);

  const link = `${FRONT_END}/todos/${todo.id}`;
  expect(mail?.text).toContain(`\n\n${title}\n\nIt is due on `);
  expect(mail?.text).toContain(`\n\n${link}\n`);
  expect(mail?.html).toContain('<p>Call &#60;b&#62;Grace&#60;/b&#62; &#38; &#34;co&#34;</p>');
  expect(mail?.html).toContain(`<a href="${link}">`);
  const uuid = fromGlobalId('todo', todo.id);
  expect(mail?.messageId).toBe(`<reminder.${uuid}.${Date.parse(todo.remindAt)}@example.com>`);
  expect([again, remindersIn(app).length]).toEqual([0, 1]);
  expect(await app.database.query('select * from changes')).toEqual(told);
  expect(await app.database.query('select version, updated_at from todos')).toEqual(before);
});

test.for([
  ['Asia/Karachi', '2030-07-01T20:30:00Z', 'Tuesday, 2 July 2030 at 01:30 (Asia/Karachi, GMT+5)'],
  ['America/New_York', '2030-07-01T04:05:00Z', 'Monday, 1 July 2030 at 00:05 (America/New_York, GMT-4)'],
  ['America/New_York', '2030-12-31T04:05:00Z', 'Monday, 30 December 2030 at 23:05 (America/New_York, GMT-5)'],
  ['UTC', '2030-02-28T00:00:00Z', 'Thursday, 28 February 2030 at 00:00 (UTC)'],
] as const)('in %s a todo that is due at %s is written as due on %s', async ([timeZone, dueAt, written]) => {
  await using app = await startMailApp(SETTINGS);
  const ada = await createVerified(app, timeZone);
  const { todo } = await create(app, ada, { dueAt, remindAt: inFuture(app, -MINUTE) });

  await takeDue(app);
  const [mail] = await app.mailsTo(ada.email, 'Reminder: Pay the rent');

  expect(todo.dueAt).toBe(new Date(dueAt).toISOString());
  expect(mail?.text).toContain(`\n\nIt is due on ${written}.\n\n`);
});

test('of a todo without a due date the mail says none, and a title of several lines is one line of the subject', async () => {
  await using app = await startMailApp(SETTINGS);
  const ada = await createVerified(app);
  await create(app, ada, { title: '\tone\r\n\t\u0007 Bcc: eve@example.com\n', remindAt: inFuture(app, 0) });

  await takeDue(app);
  const [mail] = await app.mailsTo(ada.email, 'Reminder: one Bcc: eve@example.com');

  expect(mail?.to).toEqual([ada.email]);
  expect(mail?.headers.has('bcc')).toBe(false);
  expect(mail?.text).not.toMatch(/ due /);
});

test('remindMinutesBefore shows the instant that follows, and moves with dueAt and goes with it', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const made = await create(app, ada, { dueAt: '2030-05-01T10:00:00Z', remindMinutesBefore: 90 });
  const { id } = made.todo;

  const moved = await update(app, ada, id, { dueAt: '2030-05-02T10:00:00Z' });
  const other = await update(app, ada, id, { dueAt: '2030-05-03T10:00:00Z', remindMinutesBefore: 0 });
  const most = await update(app, ada, id, { remindMinutesBefore: 40_320 });
  const first = await update(app, ada, id, { dueAt: '0001-01-01T00:00:00Z' });
  const cleared = await update(app, ada, id, { dueAt: null });
  const back = await update(app, ada, id, { dueAt: '2030-05-02T10:00:00Z' });

  expect([made, moved, other, most, first, cleared, back].map(shown)).toEqual([
    ['2030-05-01T08:30:00.000Z', 90],
    ['2030-05-02T08:30:00.000Z', 90],
    ['2030-05-03T10:00:00.000Z', 0],
    ['2030-04-05T10:00:00.000Z', 40_320],
    ['0001-01-01T00:00:00.000Z', 40_320],
    [null, null],
    [null, null],
  ]);
  const { data } = await app.execute('{ todos { nodes { remindAt remindMinutesBefore } } }', {}, ada);
  expect(data.todos.nodes).toEqual([{ remindAt: null, remindMinutesBefore: null }]);
});

test('one kind of reminder takes the place of the other, and null clears', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const at = '2030-04-01T10:00:00.000Z';
  const { todo } = await create(app, ada, { dueAt: '2030-05-01T10:00:00Z', remindAt: at });
  const steps = [
    { input: { remindMinutesBefore: null }, expected: [at, null] },
    { input: { remindMinutesBefore: 60 }, expected: ['2030-05-01T09:00:00.000Z', 60] },
    { input: { remindAt: at, remindMinutesBefore: null }, expected: [at, null] },
    { input: { remindAt: null, remindMinutesBefore: 60 }, expected: ['2030-05-01T09:00:00.000Z', 60] },
    { input: { title: 'another' }, expected: ['2030-05-01T09:00:00.000Z', 60] },
    { input: { remindMinutesBefore: null }, expected: [null, null] },
    { input: { remindMinutesBefore: 60 }, expected: ['2030-05-01T09:00:00.000Z', 60] },
    { input: { remindAt: null }, expected: [null, null] },
    { input: { remindAt: at }, expected: [at, null] },
    { input: { dueAt: null }, expected: [at, null] },
    { input: { remindAt: null, remindMinutesBefore: null }, expected: [null, null] },
  ];

  const seen = [];
  for (const { input } of steps) seen.push(shown(await update(app, ada, todo.id, input)));

  expect(seen).toEqual(steps.map(({ expected }) => expected));
});

test('a reminder that cannot be is INVALID, names its field, and changes nothing', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const [dated, undated] = [
    (await create(app, ada, { dueAt: '2030-05-01T10:00:00Z' })).todo.id,
    (await create(app, ada, {})).todo.id,
  ];

  const answers = [
    await create(app, ada, { remindMinutesBefore: 10 }),
    await create(app, ada, { dueAt: '2030-05-01T10:00:00Z', remindMinutesBefore: -1 }),
    await create(app, ada, { dueAt: '2030-05-01T10:00:00Z', remindMinutesBefore: 40_321 }),
    await create(app, ada, { dueAt: '2030-05-01T10:00:00Z', remindMinutesBefore: 1, remindAt: '2030-04-01T10:00:00Z' }),
    await update(app, ada, undated, { remindMinutesBefore: 10 }),
    await update(app, ada, dated, { remindMinutesBefore: 10, dueAt: null }),
    await update(app, ada, dated, { remindMinutesBefore: 40_321 }),
  ];
  const many = await app.execute(
    'mutation ($ids: [ID!]!) { updateTodos(ids: $ids, input: { remindMinutesBefore: 5 }) { todos { id } userErrors { code path message } } }',
    { ids: [dated, undated] },
    ada,
  );

  expect(answers.map(({ todo }) => todo)).toEqual(answers.map(() => null));
  expect(answers.map(({ userErrors }) => userErrors)).toEqual(
    answers.map(() => [
      { code: 'INVALID', path: ['input', 'remindMinutesBefore'], message: expect.stringMatching(/\.$/) },
    ]),
  );
  expect(many.data.updateTodos).toEqual({
    todos: null,
    userErrors: [{ code: 'INVALID', path: ['ids', '1'], message: expect.stringContaining(undated) }],
  });
  const { data } = await app.execute('{ todos { nodes { version remindAt } } }', {}, ada);
  expect(data.todos.nodes).toEqual(Array(2).fill({ version: 1, remindAt: null }));
});

test('a reminder that was sent is sent again where its instant is changed, and not where it is given once more', async () => {
  await using app = await startMailApp(SETTINGS);
  const ada = await createVerified(app);
  const remindAt = inFuture(app, HOUR);
  const { todo } = await create(app, ada, { dueAt: inFuture(app, 3 * HOUR), remindAt });
  app.advance(HOUR);
  await takeDue(app);
  await app.mailsTo(ada.email, 'Reminder: Pay the rent');

  await update(app, ada, todo.id, { remindAt, title: 'Pay the rent' });
  await update(app, ada, todo.id, { dueAt: inFuture(app, 4 * HOUR) });
  const untouched = await takeDue(app);
  await update(app, ada, todo.id, { remindMinutesBefore: 60 });
  app.advance(3 * HOUR);
  const [first, second] = await app.mailsTo(ada.email, 'Reminder: Pay the rent', 2);
  await settled(app);

  expect([untouched, remindersIn(app).length]).toEqual([0, 2]);
  expect(first?.messageId).not.toBe(second?.messageId);
});

test('nobody is reminded of what is completed or in the trash, also where it comes back later', async () => {
  await using app = await startMailApp(SETTINGS);
  const ada = await createVerified(app);
  const input = { remindAt: inFuture(app, HOUR) };
  const [done, gone] = [
    (await create(app, ada, { ...input, title: 'done' })).todo.id,
    (await create(app, ada, { ...input, title: 'gone' })).todo.id,
  ];
  await create(app, ada, { ...input, title: 'open' });
  await update(app, ada, done, { completed: true });
  await app.execute('mutation ($id: ID!) { deleteTodo(id: $id) { todoId } }', { id: gone }, ada);

  app.advance(HOUR);
  await takeDue(app);
  await app.mailsTo(ada.email, 'Reminder: open');
  await update(app, ada, done, { completed: false });
  await app.execute('mutation ($id: ID!) { restoreTodo(id: $id) { todo { id } } }', { id: gone }, ada);
  await takeDue(app);
  await settled(app);

  expect(remindersIn(app).map(({ subject }) => subject)).toEqual(['Reminder: open']);
});

/** What may happen between the moment a reminder is due and the one at which its mail would be sent. */
const MEANWHILE: Record<string, (app: TestApp, owner: Person, id: string) => Promise<unknown>> = {
  completed: (app, owner, id) => update(app, owner, id, { completed: true }),
  thrownAway: (app, owner, id) => app.execute('mutation ($id: ID!) { deleteTodo(id: $id) { todoId } }', { id }, owner),
  removed: ({ database }, _owner, id) => database.query('delete from todos where id = $1', [fromGlobalId('todo', id)]),
  cleared: (app, owner, id) => update(app, owner, id, { remindAt: null }),
  moved: (app, owner, id) => update(app, owner, id, { remindAt: '2035-01-01T00:00:00Z' }),
  locked: ({ database }, { username }) =>
    database.query('update users set is_active = false where username = $1', [username]),
  closed: ({ database }, { username }) =>
    database.query('update users set deleted_at = now() where username = $1', [username]),
  unverified: ({ database }, { username }) =>
    database.query('update users set email_verified_at = null where username = $1', [username]),
  nothing: async () => {},
};

/** Reminders of these titles that are due, whose mails could not be sent yet. */
async function createWaiting(app: MailApp, titles: readonly string[]) {
  const waiting = [];
  for (const title of titles) {
    const owner = await createVerified(app);
    const { todo } = await create(app, owner, { title, remindAt: inFuture(app, HOUR) });
    waiting.push({ title, owner, id: String(todo.id) });
  }
  await until('no other mail is to come', async () =>
    (await readJobs(app.database, 'account-mail')).every(({ state }) => state === 'completed'),
  );
  await app.server.stop();
  app.advance(HOUR);
  await takeDue(app);
  await until('each was tried', async () => {
    const jobs = await readJobs(app.database, 'reminder');
    return jobs.length === titles.length && jobs.every(({ state }) => state === 'retry');
  });
  return waiting;
}

test('a reminder whose mail had to wait is not sent where its todo, its account or the reminder has changed meanwhile', async () => {
  await using app = await startMailApp(SETTINGS);
  const waiting = await createWaiting(app, Object.keys(MEANWHILE));

  for (const { title, owner, id } of waiting) await MEANWHILE[title]?.(app, owner, id);
  await app.server.start();
  await hurryJobs(app, 'reminder');
  await settled(app);

  expect(remindersIn(app).map(({ subject }) => subject)).toEqual(['Reminder: nothing']);
});

test('a reminder whose mail had to wait for more than a day is not sent', async () => {
  await using app = await startMailApp(SETTINGS);
  await createWaiting(app, ['old']);

  app.advance(REMINDER_KEPT_MS + MINUTE);
  await app.server.start();
  await hurryJobs(app, 'reminder');
  await settled(app);

  expect(remindersIn(app)).toEqual([]);
});

test('nothing is mailed to an address that is not verified', async () => {
  await using app = await startMailApp(SETTINGS);
  const [ada, eve] = [await createVerified(app), await app.createUser()];
  for (const person of [eve, ada]) await create(app, person, { remindAt: inFuture(app, 0) });

  await takeDue(app);
  await app.mailsTo(ada.email, 'Reminder: Pay the rent');
  await settled(app);

  expect(remindersIn(app).flatMap(({ to }) => to)).toEqual([ada.email]);
});

test('after an outage what was missed within a day is sent, and what is older is not', async () => {
  await using app = await startApp();
  const ada = await createVerified(app);
  for (const [title, remindAt] of [
    ['soon', inFuture(app, 4 * HOUR)],
    ['older', inFuture(app, HOUR)],
    ['missed', inFuture(app, 2 * HOUR)],
  ])
    await create(app, ada, { title, remindAt });

  app.advance(REMINDER_KEPT_MS + 90 * MINUTE);
  const sent = await takeDue(app);
  const again = await takeDue(app);

  const jobs = await readJobs(app.database, 'reminder');
  const titles = await app.database.query<{ title: string }>('select title from todos where id = any ($1)', [
    jobs.map(({ data }) => data?.todoId),
  ]);
  expect([sent, again]).toEqual([2, 0]);
  expect(titles.map(({ title }) => title).sort()).toEqual(['missed', 'soon']);
});

test('a process that dies between the mark and the job leaves neither, and another one sends the mail', async () => {
  await using app = await startApp();
  const ada = await createVerified(app);
  await create(app, ada, { remindAt: inFuture(app, 0) });
  const { transact, clock, jobs } = app.app.services;
  const dying = Object.create(jobs, { enqueue: { value: () => Promise.reject(new Error('killed')) } });

  const death = await takeDueReminders({ transact, clock, jobs: dying }).catch((error: Error) => error.message);
  const marked = await app.database.query('select id from todos where reminded_at is not null');
  const sent = await takeDue(app);

  expect([death, marked, sent]).toEqual(['killed', [], 1]);
  expect(await readJobs(app.database, 'reminder')).toHaveLength(1);
});

test('a process that dies after the mail and before its job is done sends it again under the same Message-ID', async () => {
  await using app = await startMailApp(SETTINGS);
  const ada = await createVerified(app);
  await create(app, ada, { remindAt: inFuture(app, 0) });
  await takeDue(app);
  const [mail] = await app.mailsTo(ada.email, 'Reminder: Pay the rent');
  await settled(app);

  await app.database.query(`update pgboss.job set state = 'created', start_after = now() where name = 'reminder'`);
  const mails = await app.mailsTo(ada.email, 'Reminder: Pay the rent', 2);

  expect(mails.map(({ messageId }) => messageId)).toEqual([mail?.messageId, mail?.messageId]);
});

test('a todo that somebody is just changing holds up no other, and its reminder comes after', async () => {
  await using app = await startApp();
  const ada = await createVerified(app);
  const { todo } = await create(app, ada, { remindAt: inFuture(app, 0) });
  await create(app, ada, { remindAt: inFuture(app, 0) });
  await using changing = await holdLock(
    app.database,
    `select 1 from todos where id = '${fromGlobalId('todo', todo.id)}' for update`,
  );

  const during = await takeDue(app);
  await changing.release();
  const after = await takeDue(app);

  expect([during, after]).toEqual([1, 1]);
});

test('1,000 reminders due at once, with two servers and more that look for them, are each sent once', async () => {
  await using app = await startMailApp(SETTINGS);
  const ada = await createVerified(app);
  const settings = {
    WORKER: 'on',
    SMTP_URL: app.server.url,
    MAIL_FROM: 'Duely <no-reply@example.com>',
    APP_URL: FRONT_END,
  };
  await using other = await startApp({ settings, database: app.database });
  await app.database.query(
    `insert into todos (id, owner_id, title, position, remind_at)
     select gen_random_uuid(), $1, 'todo ' || n, 'a0', now() from generate_series(1, 1000) as n`,
    [fromGlobalId('user', ada.id)],
  );

  const sent = await Promise.all([takeDue(app), takeDue(other), takeDue(app), takeDue(other)]);
  await until('all are sent', () => remindersIn(app).length >= 1_000, 60_000);
  await settled(app);

  // What the servers took up by themselves is not among them.
  expect(sent.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(1_000);
  expect(remindersIn(app)).toHaveLength(1_000);
  expect(new Set(remindersIn(app).map(({ messageId }) => messageId)).size).toBe(1_000);
  expect(await readJobs(app.database, 'reminder')).toHaveLength(1_000);
}, 120_000);

test('what is due is found by an index that has no reminder of the past', async () => {
  await using app = await startApp();
  const ada = await createVerified(app);
  await app.database.query(
    `insert into todos (id, owner_id, title, position, remind_at, reminded_at)
     select gen_random_uuid(), $1, 'todo', 'a0', now() - interval '2 days', now() from generate_series(1, 20000) as n`,
    [fromGlobalId('user', ada.id)],
  );
  await app.database.query('analyze todos');
  using statements = await recordStatements(app);
  await takeDue(app);

  const [sent] = statements.take().filter(({ text }) => text.includes('update todos'));
  const plan = await app.database.query<{ 'QUERY PLAN': string }>(`explain ${sent?.text}`, [...(sent?.values ?? [])]);

  const text = plan.map(row => row['QUERY PLAN']).join('\n');
  expect(text).toContain('Index Scan using todos_remind_at_idx');
  expect(text).not.toContain('Seq Scan');
});

test('the next one of a recurring todo is reminded of as long before it is due, and not at an instant', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const series = { dueAt: '2030-05-01T10:00:00Z', recurrence: 'FREQ=DAILY' };
  for (const input of [
    { ...series, title: 'by minutes', remindMinutesBefore: 30 },
    { ...series, title: 'at an instant', remindAt: '2030-05-01T08:00:00Z' },
  ]) {
    const { todo } = await create(app, ada, input);
    await update(app, ada, todo.id, { completed: true });
  }

  const { data } = await app.execute(
    '{ todos(filter: { completed: false }) { nodes { title dueAt remindAt remindMinutesBefore } } }',
    {},
    ada,
  );

  const dueAt = '2030-05-02T10:00:00.000Z';
  expect(data.todos.nodes).toEqual([
    { title: 'by minutes', dueAt, remindAt: '2030-05-02T09:30:00.000Z', remindMinutesBefore: 30 },
    { title: 'at an instant', dueAt, remindAt: null, remindMinutesBefore: null },
  ]);
});
