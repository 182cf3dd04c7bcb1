import { expect, test } from 'vitest';
import { newId, toGlobalId } from '../../src/platform/ids.ts';
import { startApp } from '../support/app.ts';
import { exportCalendar, exportJson, fileOf, importFile, requestExport, todoChangesOf } from '../support/transfer.ts';

/** What an import keeps: everything but whose it is and when it was written. */
const kept = (todos: readonly Record<string, unknown>[]) =>
  todos.map(({ id: _id, position: _position, version: _version, updatedAt: _updatedAt, ...rest }) => rest);

const STRANGE = [
  'commas, semicolons; and \\ backslashes \\n and C:\\',
  'two\nlines',
  `${'a'.repeat(56)}😀${'b'.repeat(60)}👩‍👩‍👧‍👦`,
  'شکریہ، کل ملتے ہیں; ٹھیک ہے',
];

test('what one account exports as JSON another imports, and exports the same', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  for (const title of STRANGE)
    await app.createTodo(ada, { title, description: `${title}\r\n\tmore`, tags: [title.slice(0, 9), 'b\\'] });
  const first = await app.createTodo(ada, {
    title: 'Weekly',
    dueAt: '2027-03-04T05:06:07.089Z',
    priority: 'URGENT',
    remindMinutesBefore: 30,
  });
  const done = await app.createTodo(ada, { title: 'Done', remindAt: '2027-01-01T00:00:00Z' });
  const gone = await app.createTodo(ada, { title: 'Gone' });
  await app.execute('mutation ($id: ID!) { toggleTodo(id: $id) { todo { id } } }', { id: done.id }, ada);
  await app.execute('mutation ($id: ID!) { deleteTodo(id: $id) { todoId } }', { id: gone.id }, ada);
  await app.execute('mutation ($id: ID!) { moveTodo(id: $id, input: {}) { todo { id } } }', { id: first.id }, ada);
  await app.database.query(`update todos set recurrence = 'FREQ=WEEKLY;COUNT=5;BYDAY=TH' where title = 'Weekly'`);
  const file = await exportJson(app, ada);
  await app.createTodo(eve, { title: 'Hers' });

  const { status, body } = await importFile(app, eve, file);
  const again = await importFile(app, eve, file);

  expect([status, body]).toEqual([200, { imported: 7, alreadyThere: 0, refused: [] }]);
  expect([again.status, again.body]).toEqual([200, { imported: 0, alreadyThere: 7, refused: [] }]);
  const [own, ...imported] = (await exportJson(app, eve)).todos;
  expect(own?.title).toBe('Hers');
  expect(kept(imported)).toEqual(kept(file.todos));
  expect(imported.map(({ id }) => id)).not.toContain(first.id);
  expect((await exportJson(app, ada)).todos).toEqual(file.todos);
  const changes = (await todoChangesOf(app)).filter(({ id }) =>
    imported.some(one => one.id === toGlobalId('todo', id)),
  );
  expect(changes.map(({ kind }) => kind)).toEqual(Array(7).fill('CREATED'));
});

test('what one account exports as a calendar another imports, and exports the same', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  for (const person of [ada, eve])
    await app.execute(
      'mutation ($input: UpdateMeInput!) { updateMe(input: $input) { userErrors { message } } }',
      { input: { timeZone: 'America/New_York' } },
      person,
    );
  for (const title of STRANGE)
    await app.createTodo(ada, {
      title,
      description: `${title}\n\tmore`,
      tags: ['b\\', title.slice(0, 9), 'c'],
      priority: 'LOW',
    });
  await app.createTodo(ada, { title: 'Weekly', dueAt: '2027-03-04T05:06:07Z', remindMinutesBefore: 30 });
  await app.createTodo(ada, { title: 'Told', remindAt: '2027-03-04T05:06:07Z' });
  const done = await app.createTodo(ada, { title: 'Done', priority: 'URGENT' });
  await app.execute('mutation ($id: ID!) { toggleTodo(id: $id) { todo { id } } }', { id: done.id }, ada);
  await app.database.query(`update todos set recurrence = 'FREQ=WEEKLY;COUNT=5;BYDAY=TH' where title = 'Weekly'`);
  const file = await exportCalendar(app, ada);

  const { status, body } = await importFile(app, eve, `\uFEFF${file.replaceAll('\r\n', '\n')}`);
  const again = await importFile(app, eve, file);

  const lines = (text: string) => text.split('\r\n').filter(line => !/^(UID|DTSTAMP|LAST-MODIFIED):/.test(line));
  expect([status, body]).toEqual([200, { imported: 7, alreadyThere: 0, refused: [] }]);
  expect(again.body).toEqual({ imported: 0, alreadyThere: 7, refused: [] });
  expect(lines(await exportCalendar(app, eve))).toEqual(lines(file));
});

test('an import into the account that it is from finds everything there, in the trash too, and leaves it as it is', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const [kept, thrown] = [await app.createTodo(ada), await app.createTodo(ada)];
  const json = await exportJson(app, ada);
  const calendar = await exportCalendar(app, ada);
  await app.execute(
    'mutation ($id: ID!) { updateTodo(id: $id, input: { title: "Newer" }) { todo { id } } }',
    { id: kept.id },
    ada,
  );
  await app.execute('mutation ($id: ID!) { deleteTodo(id: $id) { todoId } }', { id: thrown.id }, ada);
  const before = await app.database.query('select * from todos order by id');

  const answers = [await importFile(app, ada, json), await importFile(app, ada, calendar)];

  expect(answers.map(({ body }) => body)).toEqual(Array(2).fill({ imported: 0, alreadyThere: 2, refused: [] }));
  expect(await app.database.query('select * from todos order by id')).toEqual(before);
});

test('an id that is free is kept, and a deleted account’s file gives its todos the ids that they had', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const id = toGlobalId('todo', newId());

  await importFile(app, ada, fileOf([{ id, title: 'Known', createdAt: '2020-01-02T03:04:05.678Z' }]));

  expect((await exportJson(app, ada)).todos).toMatchObject([
    { id, title: 'Known', createdAt: '2020-01-02T03:04:05.678Z', version: 1, priority: 'NONE', tags: [] },
  ]);
});

test('two imports of one file at once add its todos once', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const titles = Array.from({ length: 600 }, (_, n) => `todo ${n}`);
  const file = fileOf(titles.map(title => ({ id: toGlobalId('todo', newId()), title })));

  const answers = await Promise.all([
    importFile(app, ada, file),
    importFile(app, ada, file),
    importFile(app, eve, file),
  ]);

  const counts = answers.map(({ body }) => [body.imported, body.alreadyThere]);
  expect([counts[0]?.[0], counts[1]?.[0]].sort()).toEqual([0, 600]);
  expect(counts[2]).toEqual([600, 0]);
  for (const person of [ada, eve])
    expect((await exportJson(app, person)).todos.map(({ title }) => title)).toEqual(titles);
  expect(await todoChangesOf(app)).toHaveLength(1_200);
});

const BAD: readonly object[] = [
  { title: 'Fine' },
  { title: '' },
  { title: 'x'.repeat(201), tags: Array.from({ length: 21 }, (_, n) => `${n}`) },
  ['no object'],
  { title: 'When?', dueAt: '2027-02-31T00:00:00Z', priority: 'SOON' },
  { title: 'Later', createdAt: '2999-01-01T00:00:00Z' },
  { title: 'Often', dueAt: '2027-01-01T00:00:00Z', recurrence: 'FREQ=SECONDLY' },
  { title: 'Never due', recurrence: 'FREQ=DAILY' },
  { title: 'NUL \0' },
  { title: 'Fine too' },
];

test('where records are refused each is named with its place and reason, and nothing is imported', async () => {
  await using app = await startApp();
  const ada = await app.createUser();

  const { status, headers, body } = await importFile(app, ada, fileOf(BAD));

  expect(status).toBe(422);
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(body.refused?.map(({ place, path, code }) => `${place} ${path.join('.')} ${code}`)).toEqual([
    'todos[1] title INVALID',
    'todos[2] title INVALID',
    'todos[2] tags INVALID',
    'todos[3]  INVALID',
    'todos[4] dueAt INVALID',
    'todos[4] priority INVALID',
    'todos[5] createdAt INVALID',
    'todos[6] recurrence INVALID',
    'todos[7] recurrence INVALID',
    'todos[8] title INVALID',
  ]);
  expect(body.detail).toContain('skipInvalid=true');
  expect((await exportJson(app, ada)).todos).toEqual([]);
});

test('with skipInvalid the others are imported, and what was refused is told', async () => {
  await using app = await startApp();
  const ada = await app.createUser();

  const { status, body } = await importFile(app, ada, fileOf(BAD), { query: '?skipInvalid=true' });

  expect([status, body.imported, new Set(body.refused?.map(({ place }) => place)).size]).toEqual([200, 2, 8]);
  expect((await exportJson(app, ada)).todos.map(({ title }) => title)).toEqual(['Fine', 'Fine too']);
});

test('a plan without room refuses the open todos that do not fit, and takes what is done', async () => {
  await using app = await startApp({ settings: { FREE_OPEN_TODOS: '3' } });
  const ada = await app.createUser();
  await app.createTodo(ada);
  const done = { title: 'Done', completedAt: '2020-01-01T00:00:00Z' };
  const file = fileOf([{ title: 'One' }, done, { title: 'Two' }, { title: 'Three' }]);

  const refused = await importFile(app, ada, file);
  const skipped = await importFile(app, ada, file, { query: '?skipInvalid=true' });

  expect([refused.status, refused.body.refused]).toMatchObject([422, [{ place: 'todos[3]', code: 'LIMIT_REACHED' }]]);
  expect([skipped.body.imported, skipped.body.refused]).toMatchObject([3, [{ place: 'todos[3]' }]]);
  expect(await app.database.query('select open_count from todo_lists')).toEqual([{ open_count: 3 }]);
});

test('a todo that stands in the file twice is refused the second time', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const id = toGlobalId('todo', newId());

  const { status, body } = await importFile(
    app,
    ada,
    fileOf([
      { id, title: 'One' },
      { id, title: 'Other' },
    ]),
  );

  expect(status).toBe(422);
  expect(body.refused).toMatchObject([
    { place: 'todos[1]', path: ['id'], message: 'It is the same todo as todos[0].' },
  ]);
});

test.each<[string, object | string | Uint8Array<ArrayBuffer>, string | undefined, number, RegExp]>([
  ['no JSON', '{"format":"duely",', 'application/json', 400, /^This is no JSON/],
  ['other JSON', { todos: [] }, undefined, 400, /^This is no export of Duely/],
  [
    'a later version',
    { format: 'duely', version: 2, todos: [] },
    undefined,
    400,
    /has version 2, and this server reads version 1/,
  ],
  ['no todos', { format: 'duely', version: 1 }, undefined, 400, /no list of todos/],
  ['an empty file', '', 'text/calendar', 400, /^This is no calendar: it is empty/],
  ['no calendar', 'Dear Ada,\nhow are you?', 'text/calendar', 400, /^This is no calendar/],
  [
    'a calendar that breaks off',
    'BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nSUMMARY:Half',
    'text/calendar',
    400,
    /breaks off: VTODO, which begins in line 2/,
  ],
  [
    'ends that do not match',
    'BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VCALENDAR',
    'text/calendar',
    400,
    /Line 3 ends VCALENDAR, but what began in line 2 is VTODO/,
  ],
  [
    'a line of 10 MB',
    `BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:${'x'.repeat(10_000_000)}\nEND:VTODO\nEND:VCALENDAR`,
    'text/calendar',
    400,
    /^Line 3 is longer than 1,000,000/,
  ],
  [
    'a line that is folded for ever',
    `BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:x\n${' y\n'.repeat(600_000)}END:VTODO\nEND:VCALENDAR`,
    'text/calendar',
    400,
    /^Line 3 is longer than 1,000,000/,
  ],
  [
    'a to-do of 10,001 lines',
    `BEGIN:VCALENDAR\nBEGIN:VTODO\n${'X:\n'.repeat(10_001)}END:VTODO\nEND:VCALENDAR`,
    'text/calendar',
    400,
    /^VTODO, which begins in line 2, has more than 10,000 lines/,
  ],
  [
    'a million empty lines',
    `BEGIN:VCALENDAR\n${'\n'.repeat(1_000_000)}END:VCALENDAR`,
    'text/calendar',
    400,
    /more than 1,000,000 lines/,
  ],
  [
    'JSON of millions of empty lists',
    `{"format":"duely","version":1,"todos":[],"more":[${'[],'.repeat(1_500_000)}[]]}`,
    'application/json',
    400,
    /more than 3,000,000 values/,
  ],
  [
    'events alone',
    'BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR',
    'text/calendar',
    400,
    /no to-dos \(VTODO\), only 1/,
  ],
  ['another encoding', new Uint8Array([0x42, 0xe9, 0x20]), 'text/calendar', 400, /not in UTF-8/],
  ['more than 20 MB', new Uint8Array(20 * 1_024 * 1_024 + 1), 'text/calendar', 413, /at most 20 MB/],
  ['another type', 'title\nOne', 'text/csv', 415, /application\/json or text\/calendar/],
  ['another charset', 'BEGIN:VCALENDAR', 'text/calendar; charset=iso-8859-1', 415, /UTF-8/],
  [
    '20,001 todos',
    fileOf(Array.from({ length: 20_001 }, (_, n) => ({ title: `${n}` }))),
    undefined,
    400,
    /more than 20,000 todos/,
  ],
])('%s is refused with what is wrong, and nothing is imported', async (_name, file, type, status, message) => {
  await using app = await startApp();
  const ada = await app.createUser();

  const answer = await importFile(app, ada, file, type ? { type } : {});

  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.body.detail).toMatch(message);
  expect(await app.database.query('select id from todos')).toEqual([]);
});

test('POST /import needs somebody who is signed in, and no other method will do', async () => {
  await using app = await startApp();
  const ada = await app.createUser();

  const anonymous = await importFile(app, null, fileOf([]));
  const got = await fetch(`${app.url}/import`);
  const query = await importFile(app, ada, fileOf([]), { query: '?skipInvalid=maybe' });

  expect([anonymous.status, anonymous.body.code]).toEqual([401, 'UNAUTHENTICATED']);
  expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  expect([query.status, query.body.detail]).toEqual([400, 'skipInvalid has to be true or false.']);
});

test('a file whose connection breaks in the middle is not imported', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const text = JSON.stringify(fileOf([{ title: 'Half' }]));
  const half = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(text));
      setTimeout(() => controller.error(new Error('broken')), 50);
    },
  });

  const sent = fetch(`${app.url}/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.accessToken}` },
    body: half,
    duplex: 'half',
  } as RequestInit);

  await expect(sent).rejects.toThrow();
  expect(await app.database.query('select id from todos')).toEqual([]);
});

test('10,000 todos are imported in one go, and exported in the order of the file', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const titles = Array.from({ length: 10_000 }, (_, n) => `todo ${n}`);

  const { body } = await importFile(app, ada, fileOf(titles.map(title => ({ title }))));

  expect(body.imported).toBe(10_000);
  expect((await exportJson(app, ada)).todos.map(({ title }) => title)).toEqual(titles);
  expect(await todoChangesOf(app)).toHaveLength(10_000);
  expect((await requestExport(app, ada)).status).toBe(200);
});
