import { describe, expect, test } from 'vitest';
import { User } from '../../src/identity/user.entity.ts';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { until } from '../support/wait.ts';
import { closed, hears, openWire, signedIn, type Wire } from '../support/wire.ts';

const FOLLOW = 'subscription { todoChanged { todo { title } } }';

const uuidOf = ({ id }: Person) => fromGlobalId('user', id) ?? '';

/** When the token ends, in seconds since 1970. */
const endOf = ({ accessToken }: Person): number =>
  JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).exp;

/** The payloads of all pongs so far. */
const pongs = (wire: Wire) => wire.messages.filter(({ type }) => type === 'pong').map(({ payload }) => payload);

async function ping(wire: Wire, payload?: object): Promise<unknown> {
  const before = pongs(wire).length;
  wire.send({ type: 'ping', ...(payload ? { payload } : {}) });
  await until('there is a pong, or the end', () => pongs(wire).length > before || wire.closedWith() !== null);
  return pongs(wire)[before];
}

const tokenOf = ({ accessToken }: Pick<Person, 'accessToken'>) => ({ authorization: `Bearer ${accessToken}` });

const titles = (wire: Wire) =>
  wire.messages
    .filter(({ type }) => type === 'next')
    .map(
      ({ payload }) => (payload as { data: { todoChanged: { todo: { title: string } } } }).data.todoChanged.todo.title,
    );

async function follow(app: TestApp, wire: Wire): Promise<void> {
  const before = app.app.services.feed.followerCount;
  wire.send({ type: 'subscribe', id: '1', payload: { query: FOLLOW } });
  await until('it follows', () => app.app.services.feed.followerCount > before);
}

/** As another process would: by the service's own transaction, whose wake-ups reach everybody. */
const changeUser = (app: TestApp, person: Person, change: Partial<Pick<User, 'isActive' | 'deletedAt' | 'role'>>) =>
  app.app.services.transact(uuidOf(person), async em => {
    Object.assign(await em.findOneOrFail(User, { id: uuidOf(person) }), change);
  });

describe('a ping', () => {
  test('without a token is answered with what it carried', async () => {
    await using app = await startApp();
    await using wire = await signedIn(app, await app.createUser());

    const [bare, loaded] = [await ping(wire), await ping(wire, { n: 1 })];

    expect([bare, loaded]).toEqual([undefined, { n: 1 }]);
  });

  test('with a new token keeps the socket and its subscription beyond the end of the first one', async () => {
    await using app = await startApp({ settings: { ACCESS_TOKEN_TTL_SECONDS: '4' } });
    const ada = await app.createUser();
    await using wire = await signedIn(app, ada);
    await using left = await signedIn(app, ada);
    await follow(app, wire);
    let again = ada;
    await until('a token lasts longer', async () => {
      again = await app.logInAgain(ada);
      return endOf(again) >= endOf(ada) + 2;
    });

    const pong = await ping(wire, tokenOf(again));
    await closed(left, 6_000);
    await app.createTodo(again, { title: 'after the first token' });
    await until('it came', () => titles(wire).length > 0);

    expect(pong).toEqual({ expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) });
    expect(titles(wire)).toEqual(['after the first token']);
    expect(left.closedWith()?.code).toBe(4403);
    await closed(wire, 5_000);
    expect(wire.closedWith()).toEqual({ code: 4403, reason: expect.stringContaining('expired') });
  });

  test('that renews the token makes the socket end with the new session, not with the old one', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const phone = await app.logInAgain(ada);
    await using wire = await signedIn(app, ada);
    await ping(wire, tokenOf(phone));

    await app.execute('mutation { logOut { userErrors { code } } }', {}, ada);
    const pong = await ping(wire, tokenOf(phone));
    await app.execute('mutation { logOut { userErrors { code } } }', {}, phone);
    await closed(wire, 1_000);

    expect(pong).toEqual({ expiresAt: expect.any(String) });
    expect(wire.closedWith()).toEqual({ code: 4403, reason: expect.stringContaining('session has ended') });
  });

  test.each([
    ['of another account', 'another account', (_ada: Person, eve: Person) => tokenOf(eve)],
    ['that is none', 'not valid', () => ({ authorization: 'Bearer nonsense' })],
    ['that is empty', 'Sign in first', () => ({ authorization: null })],
  ])('with a token %s closes the socket with 4403 and delivers nothing more', async (_what, reason, payload) => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    await using wire = await signedIn(app, ada);
    await follow(app, wire);

    const pong = await ping(wire, payload(ada, eve));
    await closed(wire);
    await app.createTodo(ada);
    await app.createTodo(eve);

    expect(pong).toBeUndefined();
    expect(wire.closedWith()).toEqual({ code: 4403, reason: expect.stringContaining(reason) });
    expect(titles(wire)).toEqual([]);
    await until('nobody follows any more', () => app.app.services.feed.followerCount === 0);
  });

  test('with a token ahead of connection_init signs nobody in', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using wire = await openWire(app.url);

    const pong = await ping(wire, tokenOf(ada));
    wire.send({ type: 'subscribe', id: '1', payload: { query: FOLLOW } });
    await closed(wire);

    expect(pong).toBeUndefined();
    expect(wire.closedWith()?.code).toBe(4401);
  });

  test('with a token while the database is away keeps the socket and the old token', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const phone = await app.logInAgain(ada);
    await using wire = await signedIn(app, ada);
    const before = await ping(wire, tokenOf(ada));
    await app.database.query('alter table sessions rename to away');

    const pong = await ping(wire, tokenOf(phone));
    await app.database.query('alter table away rename to sessions');

    expect(pong).toEqual(before);
    expect(wire.closedWith()).toBeNull();
  });
});

describe('in the midst of a subscription the socket closes with 4403 within a second, also of another process,', () => {
  test.each([
    ['the account is locked', 'session has ended', { isActive: false }],
    ['the account is closed', 'session has ended', { deletedAt: new Date() }],
    ['the role changes', 'role is another one', { role: 'ADMIN' as const }],
  ])('when %s, and nothing is delivered after it', async (_what, reason, change) => {
    await using app = await startApp();
    await using elsewhere = await startApp({ database: app.database });
    const ada = await app.createUser();
    await using here = await signedIn(app, ada);
    await using there = await signedIn(elsewhere, ada);
    await Promise.all([hears(app), hears(elsewhere), follow(app, here), follow(elsewhere, there)]);
    await app.createTodo(ada, { title: 'before' });
    await until('both have it', () => [here, there].every(wire => titles(wire).length === 1));

    await changeUser(app, ada, change);
    await Promise.all([here, there].map(wire => closed(wire, 1_000)));
    await app.database.query(`update users set is_active = true, deleted_at = null`);
    await app.createTodo(await app.logInAgain(ada), { title: 'after' });

    for (const wire of [here, there]) {
      expect(wire.closedWith()).toEqual({ code: 4403, reason: expect.stringContaining(reason) });
      expect(titles(wire)).toEqual(['before']);
    }
  });

  test('when the role changed and its wake-up was lost, within a few seconds', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using wire = await signedIn(app, ada);
    await follow(app, wire);

    await app.database.query(`update users set role = 'ADMIN'`);
    await closed(wire, 12_000);

    expect(wire.closedWith()).toEqual({ code: 4403, reason: expect.stringContaining('role is another one') });
  });
});
