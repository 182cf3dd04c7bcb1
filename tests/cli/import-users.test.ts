import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from 'bcrypt';
import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';

interface Run {
  readonly code: unknown;
  readonly out: string;
  readonly err: string;
}

/** Runs `npm run import-users -- …` on the app's database. */
async function run({ database }: TestApp, ...args: string[]): Promise<Run> {
  const child = spawn(process.execPath, ['src/cli/import-users.ts', ...args], {
    // Empty, so that a developer's .env is not used.
    env: { ...process.env, NODE_ENV: 'development', DATABASE_URL: database.url, DATABASE_DIRECT_URL: '' },
  });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise(resolve => child.once('close', resolve)),
  ]);
  return { code, out, err };
}

/** A file of the test's own. */
async function createFile(name: string, content: string | Uint8Array) {
  const folder = await mkdtemp(join(tmpdir(), 'duely-import-'));
  const path = join(folder, name);
  await writeFile(path, content);
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

const usersOf = ({ database }: TestApp) =>
  database.query(
    `select email, username, full_name as "fullName", role, is_active as "isActive", created_at as "createdAt",
       email_verified_at as "verifiedAt" from users order by email`,
  );
const LOG_IN = 'mutation ($input: LogInInput!) { logIn(input: $input) { accessToken userErrors { code } } }';

const HEADER = 'id,email,username,full_name,hashed_password,role,is_active,created_at';

test('people of a CSV file and of a JSON Lines file can log in, and have a feed that begins with them', async () => {
  await using app = await startApp();
  const [older, newer] = [await bcrypt('Old horse 9', 4), await argon2('New horse 9')];
  await using csv = await createFile(
    'users.csv',
    `\uFEFF${HEADER}\r\n` +
      `1,Ada@Example.com,ada,"Lovelace, ""Ada""\nCountess",${older.replace('$2b', '$2y')},ADMIN,true,2024-05-31T11:30:00+02:00\r\n` +
      `2,eve@example.com,eve,,,USER,False,2024-05-31 09:30:00.123456+00\r\n`,
  );
  const grace = {
    email: 'grace@example.com',
    username: 'grace',
    hashed_password: newer,
    is_active: true,
    full_name: null,
  };
  await using jsonl = await createFile('users.jsonl', `${JSON.stringify(grace)}\n`);

  const runs = [await run(app, csv.path), await run(app, jsonl.path)];

  expect(runs).toEqual([
    { code: 0, out: '2 taken, 0 there already, 0 refused.\n', err: '' },
    { code: 0, out: '1 taken, 0 there already, 0 refused.\n', err: '' },
  ]);
  const user = { fullName: null, role: 'USER', isActive: true, verifiedAt: null };
  expect(await usersOf(app)).toEqual([
    {
      ...user,
      email: 'ada@example.com',
      username: 'ada',
      fullName: 'Lovelace, "Ada"\nCountess',
      role: 'ADMIN',
      createdAt: new Date('2024-05-31T09:30:00.000Z'),
    },
    {
      ...user,
      email: 'eve@example.com',
      username: 'eve',
      isActive: false,
      createdAt: new Date('2024-05-31T09:30:00.123Z'),
    },
    { ...user, email: 'grace@example.com', username: 'grace', createdAt: expect.any(Date) },
  ]);
  for (const [login, password] of [
    ['ada', 'Old horse 9'],
    ['grace@example.com', 'New horse 9'],
  ]) {
    const { data } = await app.execute(LOG_IN, { input: { login, password } });
    expect(data.logIn).toEqual({ accessToken: expect.any(String), userErrors: [] });
  }
  expect(await app.database.query('select kind from changes')).toEqual(Array(3).fill({ kind: 'CREATED' }));
});

test('lines that are wrong are told with their numbers and reasons, and the others are taken', async () => {
  await using app = await startApp();
  const taken = await app.createUser({ username: 'taken' });
  const rows = [
    'fine@example.com,fine,,,,,',
    'no address,ab,,,,,',
    'plain@example.com,plain,,secret-plain-text,,,',
    'root@example.com,root,,,root,maybe,2024-02-30T00:00:00Z',
    'zone@example.com,zone,,,,,2024-02-03T00:00:00',
    'future@example.com,future,,,,,2999-01-01T00:00:00Z',
    'FINE@example.com,other,,,,,',
    'another@example.com,FINE,,,,,',
    'somebody@example.com,TAKEN,,,,,',
    `${taken.email.toUpperCase()},new_name,New Name,,ADMIN,,`,
    'few,fields',
    'quo"te@example.com,quote,,,,,',
    'last@example.com,last,,,,,',
  ];
  await using file = await createFile(
    'users.csv',
    Buffer.concat([
      Buffer.from(`${HEADER.replace('id,', '')}\n${rows.join('\n')}\n`),
      Buffer.from([0x6c, 0x31, 0x40, 0xff, 0x2e, 0x64, 0x65]),
      Buffer.from(',latin,,,,,\n'),
    ]),
  );

  const trial = await run(app, '--dry-run', file.path);
  const afterTrial = await usersOf(app);
  const real = await run(app, file.path);
  const again = await run(app, file.path);

  expect(real.err.split('\n').toSorted()).toEqual(
    [
      '',
      'line 3: This is not an email address. A username has 3 to 50 letters, digits, dots, dashes or underscores.',
      'line 4: hashed_password is of no known kind, malformed, or too slow to verify.',
      'line 5: role is not USER or ADMIN. is_active is not true or false. created_at is no time of the past with its zone: 2024-05-31T09:30:00Z.',
      'line 6: created_at is no time of the past with its zone: 2024-05-31T09:30:00Z.',
      'line 7: created_at is no time of the past with its zone: 2024-05-31T09:30:00Z.',
      'line 8: This email stands in line 2 already.',
      'line 9: This username stands in line 2 already.',
      'line 10: Somebody else has the username TAKEN already.',
      'line 12: It has 2 fields in place of 7.',
      'line 13: A quote stands inside of a field that is not quoted.',
      'line 15: email is not a text.',
    ].toSorted(),
  );
  const there = `line 11: ${taken.email} is there already\n`;
  expect(trial).toEqual({ code: 1, out: `${there}2 would be taken, 1 there already, 11 refused.\n`, err: real.err });
  expect(afterTrial).toMatchObject([{ username: 'taken' }]);
  expect(real).toMatchObject({ code: 1, out: `${there}2 taken, 1 there already, 11 refused.\n` });
  expect(again.out).toContain('0 taken, 3 there already, 11 refused.\n');
  expect(await usersOf(app)).toMatchObject([
    { username: 'fine' },
    { username: 'last' },
    { username: 'taken', fullName: null, role: 'USER' },
  ]);
});

test('a second run changes nothing and exits with 0; closed accounts are there too', async () => {
  await using app = await startApp();
  await using file = await createFile(
    'users.ndjson',
    '{"email":"ada@example.com","username":"ada","full_name":"Ada"}\n',
  );
  await run(app, file.path);
  await app.database.query('update users set full_name = null, deleted_at = now()');
  const before = await app.database.query('select * from users');

  const again = await run(app, file.path);

  expect(again).toEqual({
    code: 0,
    out: 'line 1: ada@example.com is there already\n0 taken, 1 there already, 0 refused.\n',
    err: '',
  });
  expect(await app.database.query('select * from users')).toEqual(before);
});

test('many lines go in batches, and one that the unique indexes alone find is refused by itself', async () => {
  await using app = await startApp();
  const lines = Array.from({ length: 1_203 }, (_, n) => `person${n}@example.com,person${n}`);
  await using file = await createFile('users.csv', `email,username\n${lines.join('\n')}\n`);
  // Of everybody's names one is changed on its way in, as by somebody who signs up with it at that moment.
  await app.database.query(
    `create function take() returns trigger language plpgsql as $$ begin new.username := 'PERSON1'; return new; end $$;
     create trigger take before insert on users for each row when (new.username = 'person700') execute function take();`,
  );

  const { code, out, err } = await run(app, file.path);

  expect({ code, out, err }).toEqual({
    code: 1,
    out: '1,202 taken, 0 there already, 1 refused.\n',
    err: 'line 702: Somebody else has this email or username already.\n',
  });
  const [row] = await app.database.query(
    'select count(*)::int as users, count(feeds)::int as feeds from users left join feeds on owner_id = users.id',
  );
  expect(row).toEqual({ users: 1_202, feeds: 1_202 });
});

test('what cannot be done is told, and nothing is', async () => {
  await using app = await startApp();
  await using noUsername = await createFile('a.csv', 'email,name\nada@example.com,ada\n');
  await using twice = await createFile('b.csv', 'email,username,email\n');

  const runs = [
    await run(app),
    await run(app, 'one.csv', 'two.csv'),
    await run(app, 'nowhere.csv'),
    await run(app, noUsername.path),
    await run(app, twice.path),
  ];
  const help = await run(app, '--help');

  expect(runs.map(({ code, out }) => [code, out])).toEqual(runs.map(() => [1, '']));
  expect(runs.map(({ err }) => err)).toEqual([
    'Say which file: npm run import-users -- [--dry-run] FILE\n',
    '"two.csv" is too much: npm run import-users -- [--dry-run] FILE\n',
    expect.stringContaining('nowhere.csv cannot be read'),
    'The first line names no column username.\n',
    'The first line names the column email twice.\n',
  ]);
  expect(help).toMatchObject({ code: 0, out: expect.stringContaining('Exits with 0 only where'), err: '' });
  expect(await usersOf(app)).toEqual([]);
});
