import { describe, expect, test } from 'vitest';
import { User } from '../../src/identity/user.entity.ts';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { type Answer, PASSWORD, startApp, type TestApp } from '../support/app.ts';
import { BETTER_AUTH_SECRET, startBetterAuth } from '../support/better-auth.ts';
import { makeKey, seconds, signBy, signBySecret, writeKeys } from '../support/external-issuer.ts';
import { holdLock } from '../support/lock.ts';
import { until } from '../support/wait.ts';
import { closed, hears, signedIn } from '../support/wire.ts';

const settings = { BETTER_AUTH_SECRET };
const ME = '{ me { id email username fullName role emailVerifiedAt sessions { id isCurrent userAgent } } }';
const LOG_OUT = 'mutation { logOut { userErrors { code } } }';

const me = (app: TestApp, accessToken: string) => app.execute(ME, {}, { accessToken });
const sign = (claims: Record<string, unknown> = {}) => signBySecret(BETTER_AUTH_SECRET, claims);
const reasonOf = ({ errors }: Answer) => errors[0]?.extensions.reason ?? null;
const kindsOf = async (app: TestApp) =>
  (await app.database.query<{ kind: string }>('select kind from security_events order by at, id')).map(
    ({ kind }) => kind,
  );

/** How many transactions wait for another one. */
const waiting = async (app: TestApp) =>
  (
    await app.database.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
  ).length;

describe('the first token of a subject', () => {
  test('makes one account with one session, though fifty requests bring it at once to two servers', async () => {
    await using app = await startApp({ settings });
    await using elsewhere = await startApp({ settings, database: app.database });
    const tokens = await Promise.all(Array.from({ length: 50 }, (_, n) => sign({ exp: seconds() + 600 + n })));

    const answers = await Promise.all(tokens.map((token, n) => me(n % 2 ? app : elsewhere, token)));

    expect(new Set(answers.map(({ data }) => data.me?.id)).size).toBe(1);
    expect(await app.database.query('select count(*)::int from users')).toEqual([{ count: 1 }]);
    expect(await app.database.query('select count(*)::int from sessions')).toEqual([{ count: 1 }]);
    expect(await kindsOf(app)).toEqual(['SIGNED_UP', 'LOGGED_IN']);
  });

  test('of fifty people who have one name and one address makes fifty accounts, and one has the address', async () => {
    await using app = await startApp({ settings });
    const tokens = await Promise.all(
      Array.from({ length: 50 }, (_, n) => sign({ sub: `${n}`, name: 'Ada', email: 'ada@example.com' })),
    );

    const answers = await Promise.all(tokens.map(token => me(app, token)));

    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(new Set(answers.map(({ data }) => data.me.username.toLowerCase())).size).toBe(50);
    expect(answers.filter(({ data }) => data.me.email === 'ada@example.com')).toHaveLength(1);
    expect(answers.filter(({ data }) => data.me.email.endsWith('@external.invalid'))).toHaveLength(49);
  });

  test.each([
    ['a name with marks', { name: 'Zoë Ångström' }, { fullName: 'Zoë Ångström', username: 'Zoe-Angstrom' }],
    ['a username', { preferred_username: 'ada_l', name: 'Ada' }, { username: 'ada_l' }],
    ['a name in another script', { name: '李雷' }, { fullName: '李雷', username: 'person' }],
    ['an empty name', { name: '  ' }, { fullName: null, username: 'person' }],
    ['a name that is too long', { name: 'a'.repeat(300) }, { fullName: null, username: 'a'.repeat(41) }],
    ['a name with a character that the database has not', { name: 'A\0da' }, { fullName: 'Ada' }],
    ['an address that is none', { email: 'not an address' }, { email: expect.stringMatching(/@external\.invalid$/) }],
    ['claims of other types', { name: 1, email: {}, email_verified: 'true' }, { fullName: null }],
    ['a role', { role: 'ADMIN', roles: ['ADMIN'] }, { role: 'USER' }],
    [
      'an address that it calls verified',
      { email: 'a@b.co', email_verified: true },
      { emailVerifiedAt: expect.any(String) },
    ],
    [
      'an address that it does not',
      { email: 'a@b.co', emailVerified: false },
      { email: 'a@b.co', emailVerifiedAt: null },
    ],
  ])('with %s makes what an account can have of it', async (_what, claims, expected) => {
    await using app = await startApp({ settings });

    const { data, errors } = await me(app, await sign(claims));

    expect(errors).toEqual([]);
    expect(data.me).toMatchObject(expected);
  });
});

describe("an address that is somebody's already", () => {
  const verify = (app: TestApp, ...who: string[]) =>
    app.database.query('update users set email_verified_at = now() where username = any($1)', [who]);

  test.each([
    ['neither side has verified', {}, false],
    ['the issuer alone has verified', { email_verified: true }, false],
    ['this server alone has verified', { email_verified: false }, true],
  ])('and %s makes another account, without the address', async (_what, claims, isVerifiedHere) => {
    await using app = await startApp({ settings });
    const ada = await app.createUser();
    if (isVerifiedHere) await verify(app, ada.username);

    const { data } = await me(app, await sign({ email: ada.email.toUpperCase(), ...claims }));

    expect(data.me.id).not.toBe(ada.id);
    expect(data.me.email).toMatch(/^[0-9a-f]{32}@external\.invalid$/);
  });

  test('and both sides have verified is the same person, who stays who they are', async () => {
    await using app = await startApp({ settings });
    const ada = await app.createUser();
    await verify(app, ada.username);

    const { data } = await me(app, await sign({ email: ada.email, email_verified: true, name: 'Somebody' }));

    expect(data.me).toMatchObject({ id: ada.id, username: ada.username, fullName: null });
    expect(data.me.sessions).toHaveLength(2);
  });

  test("and is an admin's is never the admin's", async () => {
    await using app = await startApp({ settings });
    const root = await app.createUser({ admin: true });
    await verify(app, root.username);

    const { data } = await me(app, await sign({ email: root.email, email_verified: true }));

    expect(data.me.id).not.toBe(root.id);
    expect(data.me.role).toBe('USER');
  });
});

test('an account of another issuer has no password, so that none logs in to it', async () => {
  await using app = await startApp({ settings });
  await me(app, await sign({ email: 'ada@example.com' }));

  const { data } = await app.execute(
    'mutation ($input: LogInInput!) { logIn(input: $input) { accessToken userErrors { code } } }',
    { input: { login: 'ada@example.com', password: PASSWORD } },
  );

  expect(data.logIn).toEqual({ accessToken: null, userErrors: [{ code: 'WRONG_CREDENTIALS' }] });
});

describe('people of several issuers', () => {
  test('who have one subject are several people, also where one issuer has the secret and the other the keys', async () => {
    const key = await makeKey();
    await using file = await writeKeys(key);
    await using app = await startApp({ settings: { ...settings, EXTERNAL_JWKS_FILE: file.path } });
    const tokens = [
      await signBy(key, { iss: 'https://a.example.com' }),
      await signBy(key, { iss: 'https://b.example.com' }),
      await signBy(key),
      await sign({ iss: 'https://a.example.com' }),
      await sign(),
    ];

    const answers = await Promise.all(tokens.map(token => me(app, token)));

    expect(new Set(answers.map(({ data }) => data.me.id)).size).toBe(5);
  });

  test('cannot be spoken for by the name of another issuer', async () => {
    const key = await makeKey();
    await using file = await writeKeys(key);
    await using app = await startApp({ settings: { ...settings, EXTERNAL_JWKS_FILE: file.path } });
    await me(app, await sign({ iss: 'https://a.example.com' }));
    await me(app, await sign());

    const pretended = [
      await me(app, await signBy(key, { iss: 'shared secret' })),
      await me(app, await signBy(key, { iss: 'shared secret of https://a.example.com' })),
    ];

    expect(pretended.map(reasonOf)).toEqual(['INVALID', 'INVALID']);
  });

  test("find nothing of each other's", async () => {
    await using app = await startApp({ settings });
    const ada = await app.createUser();
    const todo = await app.createTodo(ada);
    const eve = { accessToken: await sign({ sub: 'eve' }) };
    const { data } = await me(app, eve.accessToken);

    const read = await app.execute(
      'query ($id: ID!, $user: ID!) { todo(id: $id) { id } node(id: $user) { id } }',
      { id: todo.id, user: ada.id },
      eve,
    );
    const written = await app.execute(
      'mutation ($id: ID!) { deleteTodo(id: $id) { userErrors { code } } }',
      { id: todo.id },
      eve,
    );
    const own = await app.execute('query ($user: ID!) { node(id: $user) { id } }', { user: data.me.id }, eve);

    expect(read.data).toEqual({ todo: null, node: null });
    expect(written.data.deleteTodo.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
    expect(own.data.node).toEqual({ id: data.me.id });
  });
});

describe('a session of another issuer', () => {
  test('is one for each session of a Better Auth server, and goes on with its next token', async () => {
    await using auth = await startBetterAuth();
    await using app = await startApp({ settings });
    const laptop = await auth.signUp();
    const phone = await auth.signIn(laptop.email);
    await me(app, laptop.cookieToken);
    const { data: before } = await me(app, phone.cookieToken);

    await app.execute(LOG_OUT, {}, { accessToken: laptop.cookieToken });

    expect(before.me.sessions).toHaveLength(2);
    expect(reasonOf(await me(app, laptop.cookieToken))).toBe('REVOKED');
    expect((await me(app, phone.cookieToken)).data.me.sessions).toEqual([
      { id: expect.any(String), isCurrent: true, userAgent: 'node' },
    ]);
  });

  test('begins once, though several of its tokens come at the same moment to two servers', async () => {
    await using app = await startApp({ settings });
    await using elsewhere = await startApp({ settings, database: app.database });
    await me(app, await sign({ sid: 'one' }));
    const tokens = await Promise.all(
      Array.from({ length: 6 }, (_, n) => sign({ sid: 'two', exp: seconds() + 600 + n })),
    );
    await using lock = await holdLock(app.database, 'lock table sessions in share mode');
    const answers = tokens.map((token, n) => me(n % 2 ? app : elsewhere, token));
    await until('all are in the midst of it', async () => (await waiting(app)) === tokens.length);

    await lock.release();
    const [first] = await Promise.all(answers);

    expect(first?.data.me.sessions).toHaveLength(2);
    expect(await app.database.query('select 1 from sessions')).toHaveLength(2);
    expect(await kindsOf(app)).toEqual(['SIGNED_UP', 'LOGGED_IN', 'LOGGED_IN']);
  });

  test('goes on with the next token, is listed until the last one ends, and is written to once for each', async () => {
    await using app = await startApp({ settings });
    const first = await sign({ sid: 'one' });
    const { data } = await me(app, first);
    const rows = () => app.database.query('select id, last_used_at, expires_at, xmin from sessions');
    const written = await rows();

    app.advance(60_000);
    await me(app, first);
    const afterRequests = await rows();
    app.advance(600_000);
    const next = await sign({ sid: 'one', iat: seconds() + 660, exp: seconds() + 1_260 });
    const renewed = await me(app, next);

    expect(afterRequests).toEqual(written);
    expect(renewed.data.me.sessions).toEqual(data.me.sessions);
    expect(await kindsOf(app)).toEqual(['SIGNED_UP', 'LOGGED_IN']);
  });

  test.each(['logOut', 'revokeSession'])(
    'that %s ended refuses the tokens of before, on every server, and begins anew with a later one',
    async way => {
      await using app = await startApp({ settings });
      await using elsewhere = await startApp({ settings, database: app.database });
      const [used, unused] = [await sign({ exp: seconds() + 600 }), await sign({ exp: seconds() + 601 })];
      const { data } = await me(app, used);
      const id = data.me.sessions[0].id;
      if (way === 'logOut') await app.execute(LOG_OUT, {}, { accessToken: used });
      else
        await app.execute(
          'mutation ($id: ID!) { revokeSession(id: $id) { sessionId } }',
          { id },
          { accessToken: used },
        );

      const refused = [await me(app, used), await me(elsewhere, used), await me(elsewhere, unused)];
      app.advance(10_000);
      elsewhere.advance(10_000);
      const again = await me(elsewhere, await sign({ iat: seconds() + 10 }));

      expect(refused.map(reasonOf)).toEqual(['REVOKED', 'REVOKED', 'REVOKED']);
      expect(again.data.me).toMatchObject({ id: data.me.id, sessions: [{ isCurrent: true }] });
      expect(again.data.me.sessions[0].id).not.toBe(id);
      expect(reasonOf(await me(app, used))).toBe('REVOKED');
    },
  );

  test('that has ended refuses a token that it has seen, though by the clock of its issuer that came later', async () => {
    await using app = await startApp({ settings });
    await using elsewhere = await startApp({ settings, database: app.database });
    const ahead = await sign({ iat: seconds() + 25 });
    await me(app, ahead);

    await app.execute(LOG_OUT, {}, { accessToken: ahead });

    expect([reasonOf(await me(app, ahead)), reasonOf(await me(elsewhere, ahead))]).toEqual(['REVOKED', 'REVOKED']);
  });

  test('of tokens that do not say when they were issued is one for each, and the next one signs in after an end', async () => {
    await using app = await startApp({ settings });
    const [first, second] = [
      await sign({ iat: undefined, exp: seconds() + 600 }),
      await sign({ iat: undefined, exp: seconds() + 601 }),
    ];
    const before = await me(app, first);

    await app.execute(LOG_OUT, {}, { accessToken: first });

    expect(reasonOf(await me(app, first))).toBe('REVOKED');
    expect((await me(app, second)).data.me.id).toBe(before.data.me.id);
  });

  test('cannot be renewed by refreshSession', async () => {
    await using app = await startApp({ settings });
    await me(app, await sign());
    const [{ id = '' } = {}] = await app.database.query<{ id: string }>('select id from sessions');
    const made = `drt.${id.replaceAll('-', '')}.1.${'A'.repeat(43)}`;

    const { data } = await app.execute(
      'mutation ($input: RefreshSessionInput) { refreshSession(input: $input) { accessToken userErrors { code } } }',
      { input: { refreshToken: made } },
    );

    expect(data.refreshSession).toEqual({ accessToken: null, userErrors: [{ code: 'EXPIRED' }] });
    expect(await app.database.query('select ended_at from sessions')).toEqual([{ ended_at: null }]);
  });

  test.each([
    ['locked', 'is_active = false'],
    ['closed', 'deleted_at = now()'],
  ])('of an account that is %s is REVOKED, with tokens old and new, and begins none', async (_what, change) => {
    await using app = await startApp({ settings });
    await me(app, await sign({ sid: 'one' }));
    await app.database.query(`update users set ${change}`);
    await using restarted = await startApp({ settings, database: app.database });

    const answers = [
      await me(restarted, await sign({ sid: 'one' })),
      await me(restarted, await sign({ sid: 'two' })),
      await me(restarted, await sign({ sid: 'one', iat: seconds() + 20 })),
    ];

    expect(answers.map(reasonOf)).toEqual(['REVOKED', 'REVOKED', 'REVOKED']);
    expect(await app.database.query('select 1 from sessions')).toHaveLength(1);
  });
});

describe('a socket with a token of another issuer', () => {
  test('closes with 4403 at the end of the token, and later where a ping has renewed it', async () => {
    await using app = await startApp({ settings });
    const first = await sign({ exp: seconds() + 3 });
    await using left = await signedIn(app, { accessToken: first });
    await using renewed = await signedIn(app, { accessToken: first });

    const exp = seconds() + 6;
    renewed.send({ type: 'ping', payload: { authorization: `Bearer ${await sign({ exp })}` } });
    await until('there is a pong', () => renewed.messages.some(({ type }) => type === 'pong'));
    await closed(left, 6_000);
    const stillOpen = renewed.closedWith();
    await closed(renewed, 8_000);

    expect(renewed.messages.find(({ type }) => type === 'pong')?.payload).toEqual({
      expiresAt: new Date(exp * 1000).toISOString(),
    });
    expect(left.closedWith()).toEqual({ code: 4403, reason: expect.stringContaining('expired') });
    expect(stillOpen).toBeNull();
    expect(renewed.closedWith()).toEqual({ code: 4403, reason: expect.stringContaining('expired') });
  });

  test('closes with 4403 on another server too, where its session is ended or its account is locked', async () => {
    await using app = await startApp({ settings });
    await using elsewhere = await startApp({ settings, database: app.database });
    const [one, two] = [await sign({ sid: 'one' }), await sign({ sid: 'two' })];
    const { data } = await me(app, one);
    await using ended = await signedIn(elsewhere, { accessToken: one });
    await using locked = await signedIn(elsewhere, { accessToken: two });
    await Promise.all([hears(app), hears(elsewhere)]);

    await app.execute(LOG_OUT, {}, { accessToken: one });
    await closed(ended, 1_000);
    const other = locked.closedWith();
    const userId = fromGlobalId('user', data.me.id) ?? '';
    await app.app.services.transact(userId, async em => {
      (await em.findOneOrFail(User, { id: userId })).isActive = false;
    });
    await closed(locked, 1_000);

    expect(other).toBeNull();
    for (const wire of [ended, locked])
      expect(wire.closedWith()).toEqual({ code: 4403, reason: expect.stringContaining('session has ended') });
  });
});
