import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { exportJson, fileOf, todoChangesOf } from '../support/transfer.ts';

/** Runs `npm run export -- …` or `npm run import -- …` on the app's database. */
async function run({ database }: TestApp, command: 'export' | 'import', ...args: string[]) {
  const child = spawn(process.execPath, [`src/cli/${command}.ts`, ...args], {
    // Empty, so that a developer's .env is not used.
    env: {
      ...process.env,
      NODE_ENV: 'development',
      DATABASE_URL: database.url,
      DATABASE_DIRECT_URL: '',
      FREE_OPEN_TODOS: '3',
    },
  });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise(resolve => child.once('close', resolve)),
  ]);
  return { code, out, err };
}

async function createFolder() {
  const path = await mkdtemp(join(tmpdir(), 'duely-transfer-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

test('export writes what the person would get, to the standard output or a file of one’s own, and leaves an event', async () => {
  await using app = await startApp();
  await using folder = await createFolder();
  const ada = await app.createUser({ username: 'ada' });
  await app.createTodo(ada, { title: 'Mine' });
  const path = join(folder.path, 'ada.ics');

  const printed = await run(app, 'export', 'ADA@example.com');
  const filed = await run(app, 'export', ada.email, '--format', 'ics', '--out', path);
  const again = await run(app, 'export', ada.email, '--format', 'ics', '--out', path);

  expect(printed).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(printed.out)).toMatchObject({
    format: 'duely',
    profile: { id: ada.id },
    todos: [{ title: 'Mine' }],
  });
  expect(filed).toEqual({ code: 0, out: '', err: `${ada.email} is in ${path} now.\n` });
  expect(await readFile(path, 'utf8')).toContain('\r\nSUMMARY:Mine\r\n');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(again).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/^\S+ada\.ics cannot be written: EEXIST/),
  });
  expect(
    await app.database.query(`select by_admin, by_user_id from security_events where kind = 'DATA_EXPORTED'`),
  ).toEqual(Array(3).fill({ by_admin: true, by_user_id: null }));
});

test('import adds a file’s todos, which a running server tells of; a second one finds them there', async () => {
  await using app = await startApp();
  await using folder = await createFolder();
  const ada = await app.createUser({ username: 'ada' });
  const path = join(folder.path, 'ada.json');
  await writeFile(path, JSON.stringify(fileOf([{ title: 'One' }, { title: 'Two' }])));

  const runs = [await run(app, 'import', ada.email, path), await run(app, 'import', ada.email, path)];

  expect(runs).toEqual([
    { code: 0, out: '2 imported, 0 there already, 0 refused.\n', err: '' },
    { code: 0, out: '0 imported, 2 there already, 0 refused.\n', err: '' },
  ]);
  const { todos, securityEvents } = await exportJson(app, ada);
  expect(todos.map(({ title }) => title)).toEqual(['One', 'Two']);
  expect(securityEvents.filter(({ kind }) => kind === 'DATA_IMPORTED')).toMatchObject([{ byAdmin: true }]);
  expect(await todoChangesOf(app)).toHaveLength(2);
});

test('import tells what it refuses, and takes the others where it is told to', async () => {
  await using app = await startApp();
  await using folder = await createFolder();
  const ada = await app.createUser({ username: 'ada' });
  const path = join(folder.path, 'ada.json');
  await writeFile(path, JSON.stringify(fileOf([1, 2, 3, 4].map(n => ({ title: `${n}` })))));

  const refused = await run(app, 'import', ada.email, path);
  const skipping = await run(app, 'import', ada.email, path, '--skip-invalid');

  const err = 'todos[3]: The plan FREE has room for 3 open todos: complete or throw away some of them first.\n';
  expect(refused).toEqual({ code: 1, out: '0 imported, 0 there already, 1 refused.\n', err });
  expect(skipping).toEqual({ code: 1, out: '3 imported, 0 there already, 1 refused.\n', err });
});

test('what cannot be done is told, and nothing is', async () => {
  await using app = await startApp();
  await using folder = await createFolder();
  const ada = await app.createUser({ username: 'ada' });
  const broken = join(folder.path, 'broken.ics');
  await writeFile(broken, 'Dear Ada');

  const runs = [
    await run(app, 'export'),
    await run(app, 'export', 'nobody@example.com'),
    await run(app, 'export', ada.email, '--format', 'pdf'),
    await run(app, 'import', ada.email),
    await run(app, 'import', ada.email, 'todos.csv'),
    await run(app, 'import', ada.email, 'nowhere.json'),
    await run(app, 'import', ada.email, broken),
  ];
  const helps = [await run(app, 'export', '--help'), await run(app, 'import', '--help')];

  expect(runs.map(({ code, out }) => [code, out])).toEqual(runs.map(() => [1, '']));
  expect(runs.map(({ err }) => err)).toEqual([
    'Say whose: npm run export -- EMAIL [--format json|ics] [--out FILE]\n',
    'There is no account with the email nobody@example.com.\n',
    'There is no format "pdf": npm run export -- EMAIL [--format json|ics] [--out FILE]\n',
    'Something is missing: npm run import -- EMAIL FILE [--skip-invalid]\n',
    'todos.csv is neither a .json nor an .ics file.\n',
    expect.stringContaining('nowhere.json cannot be read'),
    `${broken}: This is no calendar: it has to begin with BEGIN:VCALENDAR.\n`,
  ]);
  for (const help of helps)
    expect(help).toMatchObject({ code: 0, err: '', out: expect.stringContaining('DATABASE_URL') });
  expect(await app.database.query('select id from todos')).toEqual([]);
});
