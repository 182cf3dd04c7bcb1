import { describe, expect, test } from 'vitest';
import { purgeAccounts } from '../../src/identity/account-purge.ts';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/app.ts';
import { recordStatements } from '../support/statements.ts';

const LOG_IN = 'mutation ($input: LogInInput!) { logIn(input: $input) { accessToken userErrors { code } } }';
const REFRESH = `mutation ($input: RefreshSessionInput) {
  refreshSession(input: $input) { accessToken refreshToken userErrors { code } }
}`;
const LOG_OUT = 'mutation { logOut { userErrors { code } } }';
const REVOKE = 'mutation ($id: ID!) { revokeSession(id: $id) { userErrors { code } } }';
const REVOKE_OTHERS = 'mutation { revokeOtherSessions { revokedCount } }';
const PAGE = `query ($first: Int, $after: String, $last: Int, $before: String) {
  me {
    securityEvents(first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { kind at } }
      nodes { kind }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      totalCount
    }
  }
}`;
/** After it a refresh token that was used is good no more. */
const SECOND_ANSWER_MS = 30_000;

const uuidOf = (person: Person) => fromGlobalId('user', person.id) ?? '';

interface Told {
  kind: string;
  userId: string | null;
}

/** What the table and the log have, each in its order; the same, or one of them told too little. */
async function eventsOf({ database, log }: TestApp): Promise<Told[]> {
  const rows = await database.query<Told>('select kind, user_id as "userId" from security_events order by at, id');
  const lines = log
    .map(line => JSON.parse(line) as { securityEvent?: string; userId: string | null })
    .flatMap(({ securityEvent, userId }) => (securityEvent ? [{ kind: securityEvent, userId }] : []));
  expect(lines).toEqual(rows);
  return rows;
}

const kindsOf = async (app: TestApp) => (await eventsOf(app)).map(({ kind }) => kind);

const logIn = (app: TestApp, login: string, password: string) =>
  app.execute(LOG_IN, { input: { login, password } }, null, { headers: { 'User-Agent': 'a device' } });

/** Events of an account at one moment after the other, two of each moment. */
const addEvents = ({ database }: TestApp, person: Person, count: number) =>
  database.query(
    `insert into security_events (id, user_id, kind, at)
     select gen_random_uuid(), $1, 'LOGGED_IN', timestamptz '2026-01-01' + n / 2 * interval '1 minute'
     from generate_series(1, $2) as n`,
    [uuidOf(person), count],
  );

describe('a row and a line of the log', () => {
  test('tell of signing up, logging in, and logging in that failed', async () => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    await app.database.query('update users set is_active = false where username = $1', [eve.username]);

    const right = await logIn(app, ada.username, PASSWORD);
    const wrong = await logIn(app, ada.username, 'Wrong horse 8');
    const unknown = await logIn(app, 'nobody', 'Wrong horse 8');
    const locked = await logIn(app, eve.email, PASSWORD);

    expect(right.data.logIn.userErrors).toEqual([]);
    expect(wrong.data.logIn).toEqual({ accessToken: null, userErrors: [{ code: 'WRONG_CREDENTIALS' }] });
    expect(unknown.data.logIn).toEqual(wrong.data.logIn);
    expect(locked.data.logIn.userErrors).toEqual([{ code: 'NOT_ALLOWED' }]);
    expect(await eventsOf(app)).toEqual([
      { kind: 'SIGNED_UP', userId: uuidOf(ada) },
      { kind: 'SIGNED_UP', userId: uuidOf(eve) },
      { kind: 'LOGGED_IN', userId: uuidOf(ada) },
      { kind: 'LOG_IN_FAILED', userId: uuidOf(ada) },
      { kind: 'LOG_IN_FAILED', userId: null },
      { kind: 'LOG_IN_FAILED', userId: uuidOf(eve) },
    ]);
  });

  test('tell of sessions that end, each once', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const [phone, tablet] = [await app.logInAgain(ada), await app.logInAgain(ada)];
    const { data } = await app.execute('{ me { sessions { id isCurrent } } }', {}, phone);
    const { id } = data.me.sessions.find((session: { isCurrent: boolean }) => session.isCurrent);

    await app.execute(REVOKE, { id }, ada);
    await app.execute(REVOKE, { id }, ada);
    await app.execute(LOG_OUT, {}, tablet);
    await app.execute(REVOKE_OTHERS, {}, ada);
    await app.logInAgain(ada);
    await app.execute(REVOKE_OTHERS, {}, ada);

    expect((await kindsOf(app)).slice(3)).toEqual(['SESSION_REVOKED', 'LOGGED_OUT', 'LOGGED_IN', 'SESSION_REVOKED']);
  });

  test('tell of a refresh token that was used again, though the mutation answers EXPIRED, and once', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const use = async () => (await app.execute(REFRESH, { input: { refreshToken: ada.refreshToken } })).data;
    await use();
    await use();
    app.advance(SECOND_ANSWER_MS + 1_000);

    const reused = await use();
    const again = await use();

    expect([reused, again].map(data => data.refreshSession.userErrors)).toEqual(Array(2).fill([{ code: 'EXPIRED' }]));
    expect(await kindsOf(app)).toEqual(['SIGNED_UP', 'REFRESH_TOKEN_REUSED']);
  });

  test('are both missing where the transaction was rolled back', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { transact, security } = app.app.services;

    const failure = transact(null, async em => {
      await security.record(em, { kind: 'PASSWORD_CHANGED', userId: uuidOf(ada), device: null });
      throw new Error('on purpose');
    });
    await expect(failure).rejects.toThrow('on purpose');
    // A name that is taken is found out after the first statements.
    const input = { email: 'other@example.com', username: ada.username, password: PASSWORD };
    await app.execute('mutation ($input: SignUpInput!) { signUp(input: $input) { accessToken } }', { input });

    expect(await kindsOf(app)).toEqual(['SIGNED_UP']);
  });
});

describe('the table', () => {
  test('refuses changes, removals and emptying, also of an account alone', async () => {
    await using app = await startApp();
    await app.createUser();
    const attempts = [
      `update security_events set kind = 'LOGGED_OUT'`,
      'update security_events set user_id = null',
      'delete from security_events',
      'truncate security_events',
    ];

    for (const attempt of attempts)
      await expect(app.database.query(attempt), attempt).rejects.toThrow('never changed or removed');

    expect(await kindsOf(app)).toEqual(['SIGNED_UP']);
  });

  test('keeps the events of a purged account without its name, and that an admin did them', async () => {
    await using app = await startApp();
    const [ada, admin] = [await app.createUser(), await app.createUser({ admin: true })];
    await app.execute('mutation ($id: ID!) { deleteUser(id: $id) { userId } }', { id: ada.id }, admin);
    const before = await app.database.query('select id, kind, at, by_admin from security_events order by id');
    await app.database.query(`update users set deleted_at = now() - interval '31 days'`);
    const { database, clock } = app.app.services;

    await purgeAccounts({ database, clock, owned: [] });

    expect(await app.database.query('select id, kind, at, by_admin from security_events order by id')).toEqual(before);
    expect(
      await app.database.query('select distinct user_id, by_user_id, by_admin from security_events order by by_admin'),
    ).toEqual([
      { user_id: null, by_user_id: null, by_admin: false },
      { user_id: null, by_user_id: null, by_admin: true },
    ]);
  });
});

describe('User.securityEvents', () => {
  const readPage = async (app: TestApp, as: Person, args: object) =>
    (await app.execute(PAGE, args, as)).data.me.securityEvents;

  test('are 20 of the newest first, and walked from either end each once', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await addEvents(app, ada, 44);
    const rows = await app.database.query<{ kind: string }>(
      'select kind from security_events order by at desc, id desc',
    );

    const first = await readPage(app, ada, {});
    const second = await readPage(app, ada, { first: 20, after: first.pageInfo.endCursor });
    const third = await readPage(app, ada, { first: 20, after: second.pageInfo.endCursor });
    const back = await readPage(app, ada, { last: 20, before: third.pageInfo.startCursor });

    const walked = [first, second, third].flatMap(page => page.edges);
    expect(walked.map(({ node }) => node.kind)).toEqual(rows.map(({ kind }) => kind));
    expect(new Set(walked.map(({ cursor }) => cursor)).size).toBe(45);
    expect(first).toMatchObject({ totalCount: 45, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    expect(first.edges[0].node.kind).toBe('SIGNED_UP');
    expect(third.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(back.edges).toEqual(second.edges);
  });

  test('with first and last, a size out of range or a cursor of another list is BAD_REQUEST', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const wrong = [{ first: 1, last: 1 }, { first: 0 }, { last: 101 }, { after: 'made up' }];

    const answers = await Promise.all(wrong.map(args => app.execute(PAGE, args, ada)));

    expect(answers.map(({ errors }) => errors[0]?.extensions.code)).toEqual(wrong.map(() => 'BAD_REQUEST'));
  });

  test('tell where they came from, and the person not where an admin did', async () => {
    await using app = await startApp();
    const [ada, admin] = [await app.createUser(), await app.createUser({ admin: true })];
    await logIn(app, ada.username, PASSWORD);
    const lock = 'mutation ($id: ID!) { updateUser(id: $id, input: { role: ADMIN }) { user { id } } }';
    await app.execute(lock, { id: ada.id }, admin);
    await app.execute(
      'mutation ($id: ID!) { updateUser(id: $id, input: { role: USER }) { user { id } } }',
      { id: ada.id },
      admin,
    );
    const events = 'securityEvents(first: 3) { nodes { kind ipAddress userAgent byAdmin } }';

    const own = await app.execute(`{ me { ${events} } }`, {}, ada);
    const asAdmin = await app.execute(`query ($id: ID!) { user(id: $id) { ${events} } }`, { id: ada.id }, admin);

    const hidden = { kind: 'ROLE_CHANGED', ipAddress: null, userAgent: null, byAdmin: true };
    const loggedIn = { kind: 'LOGGED_IN', ipAddress: '127.0.0.1', userAgent: 'a device', byAdmin: false };
    expect(own).toMatchObject({ errors: [], data: { me: { securityEvents: { nodes: [hidden, hidden, loggedIn] } } } });
    const shown = { ...hidden, ipAddress: '127.0.0.1', userAgent: 'node' };
    expect(asAdmin.data.user.securityEvents.nodes).toEqual([shown, shown, loggedIn]);
  });

  test('of several accounts are read in one query, and counted in one where that is selected', async () => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const admin = await app.createUser({ admin: true });
    await addEvents(app, ada, 3);
    await addEvents(app, eve, 1);
    using statements = await recordStatements(app);
    const ask = async (fields: string) => {
      const { data, errors } = await app.execute(
        `{ users(first: 3) { nodes { username securityEvents(first: 2) { ${fields} } } } }`,
        {},
        admin,
      );
      expect(errors).toEqual([]);
      const asked = statements.take().filter(({ text }) => text.includes('"security_events"'));
      return { nodes: data.users.nodes, queries: asked.length };
    };

    const plain = await ask('nodes { kind }');
    const counted = await ask('nodes { kind } totalCount pageInfo { hasNextPage }');

    expect(plain.nodes).toEqual([
      { username: admin.username, securityEvents: { nodes: [{ kind: 'LOGGED_IN' }, { kind: 'SIGNED_UP' }] } },
      { username: eve.username, securityEvents: { nodes: [{ kind: 'SIGNED_UP' }, { kind: 'LOGGED_IN' }] } },
      { username: ada.username, securityEvents: { nodes: [{ kind: 'SIGNED_UP' }, { kind: 'LOGGED_IN' }] } },
    ]);
    expect([plain.queries, counted.queries]).toEqual([1, 2]);
    expect(
      counted.nodes.map((user: { securityEvents: { totalCount: number } }) => user.securityEvents.totalCount),
    ).toEqual([2, 2, 4]);
  });
});
