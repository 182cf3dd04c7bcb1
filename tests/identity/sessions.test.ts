import jwt from 'jsonwebtoken';
import { beforeEach, describe, expect, test } from 'vitest';
import { forkFor } from '../../src/change/transact.ts';
import { type Answer, PASSWORD, type Person, startApp, TEST_SECRET, type TestApp } from '../support/app.ts';
import { until } from '../support/wait.ts';
import { openWire } from '../support/wire.ts';
import { WIRES, type Wire } from '../support/wires.ts';

const REFRESH = `mutation ($input: RefreshSessionInput) {
  refreshSession(input: $input) { accessToken refreshToken user { username } userErrors { code path } }
}`;
const LOG_IN = 'mutation ($input: LogInInput!) { logIn(input: $input) { accessToken refreshToken } }';
const REVOKE = 'mutation ($id: ID!) { revokeSession(id: $id) { sessionId userErrors { code path } } }';
const SESSIONS = '{ me { sessions { id isCurrent userAgent } } }';
const OVER = { code: 'EXPIRED', path: ['input', 'refreshToken'] };
/** For so long a token that was used answers again. */
const SECOND_ANSWER_MS = 30_000;
const NEW_SECRET = 'another-secret-of-the-tests-that-protects-nothing-9876543210';

type Tokens = Pick<Person, 'accessToken' | 'refreshToken'>;

const refresh = (app: TestApp, refreshToken: string, as: Tokens | null = null): Promise<Answer> =>
  app.execute(REFRESH, { input: { refreshToken } }, as);

/** The new pair; fails where there is none. */
async function renew(app: TestApp, refreshToken: string): Promise<Tokens> {
  const { data } = await refresh(app, refreshToken);
  expect(data.refreshSession.userErrors).toEqual([]);
  return data.refreshSession;
}

async function logIn(app: TestApp, { username }: Person, userAgent = 'a device'): Promise<Tokens> {
  const input = { login: username, password: PASSWORD };
  const { data } = await app.execute(LOG_IN, { input }, null, { headers: { 'User-Agent': userAgent } });
  return data.logIn;
}

/** Why there is no viewer; null where there is one. */
async function refusalOf(app: TestApp, as: Tokens): Promise<unknown> {
  const { errors, data } = await app.execute('{ me { username } }', {}, as);
  return data?.me ? null : errors[0]?.extensions.reason;
}

async function sessionsOf(app: TestApp, as: Tokens) {
  const { data } = await app.execute(SESSIONS, {}, as);
  return data.me.sessions as { id: string; isCurrent: boolean; userAgent: string }[];
}

const sessionIdOf = ({ accessToken }: Tokens) => String((jwt.decode(accessToken) as jwt.JwtPayload).sid);
const endReasons = async ({ database }: TestApp) =>
  (await database.query<{ reason: string }>('select end_reason as reason from sessions order by id')).map(
    row => row.reason,
  );

/** A socket that is signed in. */
async function openSocket(app: TestApp, { accessToken }: Tokens) {
  const wire = await openWire(app.url);
  wire.send({ type: 'connection_init', payload: { authorization: `Bearer ${accessToken}` } });
  await until('the socket is signed in', () => wire.messages.some(({ type }) => type === 'connection_ack'));
  return wire;
}

const REVOKED_CLOSE = { code: 4403, reason: 'The session has ended: log in again.' };

describe('refreshSession', () => {
  test('trades the token for a new pair of the same session, again and again', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const second = await renew(app, ada.refreshToken);
    const third = await renew(app, second.refreshToken);

    expect(new Set([ada, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3);
    expect(new Set([ada, second, third].map(sessionIdOf)).size).toBe(1);
    expect(await Promise.all([ada, second, third].map(tokens => refusalOf(app, tokens)))).toEqual([null, null, null]);
  });

  test('of fifty tabs at once with one token gives all of them one pair that works, and ends nothing', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const tabs = await Promise.all(Array.from({ length: 50 }, () => renew(app, ada.refreshToken)));

    expect(new Set(tabs.map(({ refreshToken }) => refreshToken)).size).toBe(1);
    expect(new Set(tabs.map(sessionIdOf))).toEqual(new Set([sessionIdOf(ada)]));
    expect(await Promise.all(tabs.map(tokens => refusalOf(app, tokens)))).toEqual(tabs.map(() => null));
    await renew(app, tabs[0]?.refreshToken ?? '');
    expect(await endReasons(app)).toEqual([null]);
  });

  test('whose answer was lost gives the same successor within 30 seconds', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const lost = await renew(app, ada.refreshToken);

    app.advance(SECOND_ANSWER_MS - 2_000);
    const again = await renew(app, ada.refreshToken);

    expect(again.refreshToken).toBe(lost.refreshToken);
    expect(await refusalOf(app, again)).toBeNull();
  });

  test('with a token that was used more than 30 seconds ago ends the session, its tokens and its sockets', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const elsewhere = await logIn(app, ada);
    const next = await renew(app, ada.refreshToken);
    await using socket = await openSocket(app, next);
    await using otherSocket = await openSocket(app, elsewhere);

    app.advance(SECOND_ANSWER_MS + 1_000);
    const { data } = await refresh(app, ada.refreshToken);
    await until('the socket was closed', () => socket.closedWith() !== null, 2_000);

    expect(data.refreshSession).toEqual({ accessToken: null, refreshToken: null, user: null, userErrors: [OVER] });
    expect(await endReasons(app)).toEqual(['REUSED', null]);
    expect(socket.closedWith()).toEqual(REVOKED_CLOSE);
    expect([await refusalOf(app, ada), await refusalOf(app, next)]).toEqual(['REVOKED', 'REVOKED']);
    expect((await refresh(app, next.refreshToken)).data.refreshSession.userErrors).toEqual([OVER]);
    expect([await refusalOf(app, elsewhere), otherSocket.closedWith()]).toEqual([null, null]);
  });

  test('with a token of two generations ago ends the session at once', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const second = await renew(app, ada.refreshToken);
    await renew(app, second.refreshToken);

    await refresh(app, ada.refreshToken);

    expect(await endReasons(app)).toEqual(['REUSED']);
  });

  test('with garbage, a forged or an unknown token answers EXPIRED and ends nothing', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const [prefix, session = '', generation, key = ''] = ada.refreshToken.split('.');
    const forged = [
      'x',
      'drt.x.1.y',
      ada.accessToken,
      [prefix, session, generation, key.replace(/./, first => (first === 'A' ? 'B' : 'A'))].join('.'),
      [prefix, session, 2, key].join('.'),
      [prefix, session, 0, key].join('.'),
      [prefix, session.replace(/^./, first => (first === '0' ? '1' : '0')), generation, key].join('.'),
    ];

    const answers = await Promise.all(forged.map(token => refresh(app, token)));

    expect(answers.map(({ data }) => data.refreshSession.userErrors)).toEqual(forged.map(() => [OVER]));
    expect(await endReasons(app)).toEqual([null]);
    await renew(app, ada.refreshToken);
  });

  test('while the session is being revoked waits for that, and answers EXPIRED', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const revocation = forkFor(app.app.services.database, null);
    await revocation.begin();
    await revocation.execute(`update sessions set ended_at = now(), end_reason = 'REVOKED'`);

    const answer = refresh(app, ada.refreshToken);
    await until('the refresh waits', async () => {
      const waiting = await app.database.query(
        `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });
    await revocation.commit();

    expect((await answer).data.refreshSession.userErrors).toEqual([OVER]);
    expect(await endReasons(app)).toEqual(['REVOKED']);
  });

  test('of a session that ran out, ended, or whose account is locked answers EXPIRED', async () => {
    await using app = await startApp();
    const [ada, bob, eve] = [await app.createUser(), await app.createUser(), await app.createUser()];
    await app.execute('mutation { logOut { userErrors { code } } }', {}, bob);
    await app.database.query('update users set is_active = false where username = $1', [eve.username]);

    const ended = [await refresh(app, bob.refreshToken), await refresh(app, eve.refreshToken)];
    app.advance(604_800_000 + 1_000);
    const ranOut = await refresh(app, ada.refreshToken);

    const outcomes = [...ended, ranOut].map(({ data }) => data.refreshSession);
    expect(outcomes).toEqual(
      outcomes.map(() => ({ accessToken: null, refreshToken: null, user: null, userErrors: [OVER] })),
    );
  });

  test('makes the session last seven days from then', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    app.advance(6 * 86_400_000);
    const next = await renew(app, ada.refreshToken);
    app.advance(6 * 86_400_000);

    expect(await refusalOf(app, await renew(app, next.refreshToken))).toBeNull();
  });

  test('without a token answers INVALID', async () => {
    await using app = await startApp();

    const { data } = await app.execute(REFRESH, {});

    expect(data.refreshSession.userErrors).toEqual([{ code: 'INVALID', path: ['input', 'refreshToken'] }]);
  });

  test('in a cookie gives the successor to the cookie, and takes it back when the session is over', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const input = { login: ada.username, password: PASSWORD, refreshTokenIn: 'COOKIE' };
    const signedIn = await app.execute(LOG_IN, { input });
    const cookie = cookieOf(signedIn);

    const refreshed = await app.execute(REFRESH, {}, null, { headers: { Cookie: `other=1; ${cookie.pair}` } });
    const next = cookieOf(refreshed);
    app.advance(SECOND_ANSWER_MS + 1_000);
    const reused = await app.execute(REFRESH, {}, null, { headers: { Cookie: cookie.pair } });

    expect(signedIn.data.logIn.refreshToken).toBeNull();
    expect(cookie.attributes).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'SameSite=Strict']));
    expect(refreshed.data.refreshSession).toMatchObject({
      accessToken: expect.any(String),
      refreshToken: null,
      userErrors: [],
    });
    expect(next.pair).not.toBe(cookie.pair);
    expect(reused.data.refreshSession.userErrors).toEqual([OVER]);
    expect(cookieOf(reused)).toMatchObject({
      pair: 'duely-refresh=',
      attributes: expect.arrayContaining(['Max-Age=0']),
    });
  });
});

describe('when the secrets are rotated', () => {
  test('old access and refresh tokens work, and new ones are signed by the new secret', async () => {
    await using before = await startApp();
    const ada = await before.createUser();
    await using after = await startApp({
      database: before.database,
      settings: { JWT_SECRETS: `${NEW_SECRET},${TEST_SECRET}` },
    });

    const next = await renew(after, ada.refreshToken);
    // Both servers run for a while; the successor can be made again by either.
    const again = await renew(after, ada.refreshToken);

    const kidOf = ({ accessToken }: Tokens) => jwt.decode(accessToken, { complete: true })?.header.kid;
    expect([await refusalOf(after, ada), await refusalOf(after, next)]).toEqual([null, null]);
    expect([await refusalOf(before, ada), await refusalOf(before, next)]).toEqual([null, 'INVALID']);
    expect(kidOf(next)).not.toBe(kidOf(ada));
    expect(again.refreshToken).toBe(next.refreshToken);
  });

  test('a secret that was removed makes its access tokens INVALID', async () => {
    await using before = await startApp();
    const ada = await before.createUser();
    await using after = await startApp({ database: before.database, settings: { JWT_SECRETS: NEW_SECRET } });

    expect(await refusalOf(after, ada)).toBe('INVALID');
  });
});

describe('logOut', () => {
  test("ends the present session, its tokens and sockets, and no other device's", async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const elsewhere = await logIn(app, ada);
    await using socket = await openSocket(app, ada);

    const { data } = await app.execute('mutation { logOut { userErrors { code } } }', {}, ada);
    await until('the socket was closed', () => socket.closedWith() !== null, 2_000);

    expect(data.logOut.userErrors).toEqual([]);
    expect(await endReasons(app)).toEqual(['LOGGED_OUT', null]);
    expect(socket.closedWith()).toEqual(REVOKED_CLOSE);
    expect([await refusalOf(app, ada), await refusalOf(app, elsewhere)]).toEqual(['REVOKED', null]);
  });
});

describe('revokeSession', () => {
  test('ends another device, and repeated changes nothing', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const elsewhere = await logIn(app, ada);
    const id = sessionIdOf(elsewhere);

    const first = await app.execute(REVOKE, { id }, ada);
    const ended = await app.database.query('select ended_at from sessions where ended_at is not null');
    app.advance(1_000);
    const again = await app.execute(REVOKE, { id }, ada);

    expect([first.data.revokeSession, again.data.revokeSession]).toEqual([
      { sessionId: id, userErrors: [] },
      { sessionId: id, userErrors: [] },
    ]);
    expect([await refusalOf(app, ada), await refusalOf(app, elsewhere)]).toEqual([null, 'REVOKED']);
    expect(ended).toHaveLength(1);
    expect(await app.database.query('select ended_at from sessions where ended_at is not null')).toEqual(ended);
  });

  test('of the present session ends it', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const { data } = await app.execute(REVOKE, { id: sessionIdOf(ada) }, ada);

    expect(data.revokeSession.userErrors).toEqual([]);
    expect(await refusalOf(app, ada)).toBe('REVOKED');
  });

  test("of somebody else's session, of none, and of another thing answers NOT_FOUND and ends nothing", async () => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser({ admin: true })];
    const ids = [sessionIdOf(ada), sessionIdOf(ada).replace(/.$/, 'x'), ada.id, 'x', ''];

    const answers = await Promise.all(ids.map(id => app.execute(REVOKE, { id }, eve)));

    expect(answers.map(({ data }) => data.revokeSession)).toEqual(
      ids.map(() => ({ sessionId: null, userErrors: [{ code: 'NOT_FOUND', path: ['id'] }] })),
    );
    expect(await refusalOf(app, ada)).toBeNull();
  });
});

test('revokeOtherSessions ends all but the present one, and says how many', async () => {
  await using app = await startApp();
  const [ada, bob] = [await app.createUser(), await app.createUser()];
  const others = [await logIn(app, ada), await logIn(app, ada)];
  const revoke = () =>
    app.execute('mutation { revokeOtherSessions { revokedCount userErrors { code } } }', {}, others[1]);

  const [first, again] = [await revoke(), await revoke()];

  expect([first.data.revokeOtherSessions, again.data.revokeOtherSessions]).toEqual([
    { revokedCount: 2, userErrors: [] },
    { revokedCount: 0, userErrors: [] },
  ]);
  const refusals = await Promise.all([ada, ...others, bob].map(tokens => refusalOf(app, tokens)));
  expect(refusals).toEqual(['REVOKED', 'REVOKED', null, null]);
});

test('User.sessions has the devices that are signed in, the one used last first, and says which one asks', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  app.advance(1_000);
  const phone = await logIn(app, ada, 'phone');
  app.advance(1_000);
  const tablet = await logIn(app, ada, 'tablet');
  app.advance(1_000);
  await logIn(app, await app.createUser(), "somebody else's");

  const atFirst = await sessionsOf(app, tablet);
  app.advance(1_000);
  const renewed = await renew(app, phone.refreshToken);
  const afterRenewal = await sessionsOf(app, renewed);
  await app.execute(REVOKE, { id: sessionIdOf(tablet) }, renewed);
  const afterRevocation = await sessionsOf(app, renewed);

  expect(atFirst.map(({ userAgent }) => userAgent)).toEqual(['tablet', 'phone', 'node']);
  expect(atFirst.map(({ isCurrent }) => isCurrent)).toEqual([true, false, false]);
  expect(afterRenewal.map(({ userAgent }) => userAgent)).toEqual(['phone', 'tablet', 'node']);
  expect(afterRenewal.map(({ isCurrent }) => isCurrent)).toEqual([true, false, false]);
  expect(afterRevocation.map(({ id }) => id)).toEqual([sessionIdOf(phone), sessionIdOf(ada)]);
});

describe.for(WIRES)('in another process, told by $name,', ({ open }) => {
  let wire: Wire;

  beforeEach(async ({ skip }) => {
    wire = await open(skip);
    return () => wire.close();
  });

  test('a session that was revoked is refused, and its sockets closed, within a second', async () => {
    await using here = await startApp({ settings: wire.settings });
    await using there = await startApp({ database: here.database, settings: wire.settings });
    const ada = await here.createUser();
    await listening(here, there);
    await using socket = await openSocket(there, ada);
    const before = await refusalOf(there, ada);

    await here.execute(REVOKE, { id: sessionIdOf(ada) }, ada);
    await until('the other one refuses', async () => (await refusalOf(there, ada)) === 'REVOKED', 1_000);
    await until('the socket was closed', () => socket.closedWith() !== null, 1_000);

    expect(before).toBeNull();
    expect(socket.closedWith()).toEqual(REVOKED_CLOSE);
  });

  test('a session whose revocation nobody told is refused, and its sockets closed, within seconds', async () => {
    await using app = await startApp({ settings: wire.settings });
    const ada = await app.createUser();
    const withoutSocket = await logIn(app, ada);
    await using socket = await openSocket(app, ada);
    const refusals = () => Promise.all([refusalOf(app, ada), refusalOf(app, withoutSocket)]);
    const before = await refusals();

    await app.database.query(`update sessions set ended_at = now(), end_reason = 'REVOKED'`);
    const atOnce = await refusals();
    await until('both are refused', async () => (await refusals()).every(reason => reason === 'REVOKED'), 10_000);
    await until('the socket was closed', () => socket.closedWith() !== null, 10_000);

    expect([before, atOnce]).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(socket.closedWith()).toEqual(REVOKED_CLOSE);
  });
});

function cookieOf({ headers }: Answer): { pair: string; attributes: string[] } {
  const [pair = '', ...attributes] = (headers.get('set-cookie') ?? '').split('; ');
  return { pair, attributes };
}

const listening = (...apps: TestApp[]) =>
  until('the listeners are connected', async () => {
    const answers = await Promise.all(apps.map(async ({ url }) => (await fetch(`${url}/ready`)).json()));
    return answers.every(answer => (answer as { dependencies: { listener: string } }).dependencies.listener === 'up');
  });
