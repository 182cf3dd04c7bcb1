import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, inject, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.ts';
import { PASSWORD, startApp, type TestApp } from '../support/app.ts';
import { createDataFolder, startServer } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { closed, hears, signedIn } from '../support/wire.ts';

/** Runs `npm run admin -- …` in the environment of the tests, with settings of its own. */
async function admin(args: string[], settings: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['src/cli/admin.ts', ...args], {
    env: {
      ...process.env,
      NODE_ENV: 'development',
      // Empty, so that those of a developer's .env are not used.
      DATABASE_URL: '',
      DATABASE_DIRECT_URL: '',
      ...settings,
    },
  });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise(resolve => child.once('close', resolve)),
  ]);
  return { code, out, err };
}

const on = ({ database }: TestApp) => ({ DATABASE_URL: database.url });
const USERS = '{ users { totalCount } }';

test('grant, list and revoke do what they say, and a running server knows it at once', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser({ username: 'ada' }), await app.createUser({ username: 'eve' })];
  await hears(app);
  await using wire = await signedIn(app, ada);
  const refused = await app.execute(USERS, {}, ada);

  const granted = await admin(['grant', 'ADA@example.com'], on(app));
  await closed(wire, 1_000);
  const allowed = await app.execute(USERS, {}, ada);
  await admin(['grant', eve.email], on(app));
  const listed = await admin(['list'], on(app));
  const revoked = await admin(['revoke', ada.email], on(app));
  await until('the server knows it', async () => (await app.execute(USERS, {}, ada)).errors.length > 0, 1_000);
  const left = await admin(['list'], on(app));

  expect(refused.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(granted).toEqual({ code: 0, out: 'ADA@example.com is an admin now.\n', err: '' });
  expect(wire.closedWith()?.code).toBe(4403);
  expect(allowed).toMatchObject({ errors: [], data: { users: { totalCount: 2 } } });
  expect(listed).toEqual({ code: 0, out: 'ada@example.com  ada\neve@example.com  eve\n', err: '' });
  expect(revoked).toEqual({ code: 0, out: 'ada@example.com is no admin now.\n', err: '' });
  expect(left.out).toBe('eve@example.com  eve\n');
});

test('grant and revoke leave an entry in the feed and a security event, and a repeat leaves neither', async () => {
  await using app = await startApp();
  const [ada] = [await app.createUser(), await app.createUser({ admin: true })];
  const { data } = await app.execute('{ changes { cursor } }', {}, ada);

  const runs = [
    await admin(['grant', ada.email], on(app)),
    await admin(['grant', ada.email], on(app)),
    await admin(['revoke', ada.email], on(app)),
    await admin(['revoke', ada.email], on(app)),
  ];

  expect(runs.map(({ code, out }) => [code, out])).toEqual([
    [0, `${ada.email} is an admin now.\n`],
    [0, `${ada.email} is an admin already; nothing was changed.\n`],
    [0, `${ada.email} is no admin now.\n`],
    [0, `${ada.email} is no admin already; nothing was changed.\n`],
  ]);
  const feed = await app.execute(
    'query ($after: String) { changes(after: $after) { changes { kind __typename } } }',
    { after: data.changes.cursor },
    ada,
  );
  expect(feed.data.changes.changes).toEqual(Array(2).fill({ kind: 'UPDATED', __typename: 'UserChange' }));
  expect(await app.database.query(`select by_user_id as by from security_events where kind = 'ROLE_CHANGED'`)).toEqual(
    Array(2).fill({ by: null }),
  );
});

test('list tells of those who are locked, and how to make one where there is none', async () => {
  await using app = await startApp();

  const none = await admin(['list'], on(app));
  await app.createUser({ admin: true, username: 'root' });
  await app.database.query('update users set is_active = false');
  const locked = await admin(['list'], on(app));

  expect(none).toEqual({ code: 0, out: 'There are no admins. Make one with: npm run admin -- grant EMAIL\n', err: '' });
  expect(locked).toEqual({ code: 0, out: 'root@example.com  root  locked\n', err: '' });
});

test('what cannot be done is told, and changes nothing', async () => {
  await using app = await startApp();
  await app.createUser({ admin: true, username: 'root' });
  await app.createUser({ username: 'gone' });
  await app.database.query(`update users set deleted_at = now() where username = 'gone'`);
  const before = await app.database.query('select * from users order by id');

  const runs = [
    await admin(['grant', 'nobody@example.com'], on(app)),
    await admin(['grant', 'gone@example.com'], on(app)),
    await admin(['revoke', 'root@example.com'], on(app)),
  ];

  expect(runs).toEqual([
    { code: 1, out: '', err: 'There is no account with the email nobody@example.com.\n' },
    { code: 1, out: '', err: 'This account is closed: restore it first.\n' },
    { code: 1, out: '', err: 'This is the last active admin: make somebody else one first.\n' },
  ]);
  expect(await app.database.query('select * from users order by id')).toEqual(before);
});

test('on the embedded database it works while the server runs, and when it does not', async () => {
  await using folder = await createDataFolder();
  const settings = { DATA_DIR: folder.path };
  const signUp = (url: string) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `mutation { signUp(input: { email: "ada@example.com", username: "ada", password: "${PASSWORD}" }) { accessToken } }`,
      }),
    });

  const server = await startServer(folder);
  await signUp(server.url);
  const running = await admin(['grant', 'ada@example.com'], settings);
  server.kill('SIGTERM');
  await server.exited;
  const alone = await admin(['list'], settings);
  const holder = await startEmbeddedPostgres({ dataDir: folder.path });
  await holder.stop();

  expect(running).toEqual({ code: 0, out: 'ada@example.com is an admin now.\n', err: '' });
  expect(alone).toEqual({ code: 0, out: 'ada@example.com  ada\n', err: '' });
});

test('every command has --help', async () => {
  const overview = await admin(['--help']);
  const commands = [...overview.out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => String(name));

  expect(commands).toEqual(['grant', 'revoke', 'list']);
  expect(overview).toMatchObject({ code: 0, err: '' });
  for (const name of commands) {
    const help = await admin([name, '--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toMatch(new RegExp(`^npm run admin -- ${name}[\\s\\S]+--help`));
  }
});

test.each([
  [[], /^Say which command\.\n\nnpm run admin -- COMMAND\n/],
  [['crown'], /^There is no command "crown"\./],
  [['grant'], /^Something is missing: npm run admin -- grant EMAIL\n$/],
  [['grant', 'a@example.com', 'b@example.com'], /^"b@example.com" is too much: npm run admin -- grant EMAIL\n$/],
  [['list', 'all'], /^"all" is too much: npm run admin -- list\n$/],
  [['list', '--json'], /^Unknown option '--json'/],
])('%j is refused with what is wrong', async (args, message) => {
  const { code, out, err } = await admin(args, { DATABASE_URL: inject('postgresUrl') });

  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(message);
});

test('a database that is not there is named', async () => {
  const { code, err } = await admin(['list'], { DATABASE_URL: 'postgres://ada:secret@127.0.0.1:1/duely' });

  expect(code).toBe(1);
  expect(err).toBe('The database 127.0.0.1:1/duely cannot be opened: connect ECONNREFUSED 127.0.0.1:1\n');
});
