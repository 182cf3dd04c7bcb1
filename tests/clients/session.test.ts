import { expect, onTestFinished, test } from 'vitest';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/app.ts';
import { startProxy } from '../support/proxy.ts';
import { request } from './graphql-ws.ts';
import { Session, SignedOutError, type TokenStore, type Tokens } from './session.ts';

const FIFTEEN_MINUTES_MS = 15 * 60_000;

test('a wrong password is told, and nobody is signed in', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const session = new Session({ url: `${app.url}/graphql` });

  const userErrors = await session.logIn(ada.username, 'Wrong horse 7');

  expect(userErrors).toMatchObject([{ code: 'WRONG_CREDENTIALS' }]);
  await expect(session.accessToken()).rejects.toBeInstanceOf(SignedOutError);
});

test('a token that is to be renewed is renewed once, however many ask at once', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { session, store } = await logIn(app, ada);
  age(store);

  const tokens = await Promise.all(Array.from({ length: 20 }, () => session.accessToken()));

  expect(new Set(tokens).size).toBe(1);
  expect(await renewals(app)).toBe(1);
});

test('operations whose token the server calls expired are repeated with a new one, renewed once for all of them', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { session, url } = await logIn(app, ada);
  app.advance(FIFTEEN_MINUTES_MS + 1_000);

  const create = 'mutation { createTodo(input: { title: "one" }) { userErrors { code } } }';
  const answers = await Promise.all(Array.from({ length: 10 }, () => request({ url, session }, create)));

  expect(answers).toEqual(answers.map(() => ({ createTodo: { userErrors: [] } })));
  expect(await app.database.query('select title from todos')).toHaveLength(10);
  expect(await renewals(app)).toBe(1);
});

test('a renewal that cannot reach the server fails, and the person stays signed in', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await using network = await startProxy(app.url);
  const { session, store, signedOut } = await logIn(app, ada, network.url);
  age(store);

  network.cut();
  await expect(session.accessToken()).rejects.toBeInstanceOf(TypeError);
  network.mend();
  const token = await session.accessToken();

  expect(token).toBe(store.read()?.accessToken);
  expect(await renewals(app)).toBe(1);
  expect(signedOut()).toBe(0);
});

test('a session that has ended is told once, and everybody who asks gets SignedOutError', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { session, store, signedOut, url } = await logIn(app, ada);
  await app.execute('mutation { revokeOtherSessions { revokedCount } }', {}, ada);
  age(store);

  const asked = await Promise.allSettled([
    session.accessToken(),
    session.accessToken(),
    request({ url, session }, '{ todos { totalCount } }'),
  ]);

  expect(asked.map(result => (result.status === 'rejected' ? result.reason : result))).toEqual(
    asked.map(() => expect.any(SignedOutError)),
  );
  expect(signedOut()).toBe(1);
  expect(store.read()).toBeNull();
});

test('an operation whose session has ended throws SignedOutError, though its token has not expired', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { session, signedOut, url } = await logIn(app, ada);
  await app.execute('mutation { revokeOtherSessions { revokedCount } }', {}, ada);

  await expect(request({ url, session }, '{ todos { totalCount } }')).rejects.toBeInstanceOf(SignedOutError);

  expect(signedOut()).toBe(1);
});

test('logOut ends the session; what is public can still be asked for', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { session, signedOut, url } = await logIn(app, ada);

  await session.logOut();

  await expect(request({ url, session }, '{ todos { totalCount } }')).rejects.toBeInstanceOf(SignedOutError);
  expect(await request({ url, session }, '{ apiInfo { name } }')).toMatchObject({ apiInfo: {} });
  expect(await app.database.query('select 1 from sessions where ended_at is not null')).toHaveLength(1);
  expect(signedOut()).toBe(0);
});

test('two tabs that share a store renew in turns, and no refresh token is used late', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { session, store, url } = await logIn(app, ada);
  const tab = new Session({ url, store });
  onTestFinished(() => expect(store.read()).not.toBeNull());

  for (const who of [session, tab, session]) {
    age(store);
    // A refresh token that is used again so late ends its session.
    app.advance(31_000);
    await who.accessToken();
  }

  expect(await request({ url, session: tab }, '{ todos { totalCount } }')).toEqual({ todos: { totalCount: 0 } });
  expect(await renewals(app)).toBe(3);
});

async function logIn(app: TestApp, person: Person, server = app.url) {
  const url = `${server}/graphql`;
  const store = createStore();
  let signedOut = 0;
  const session = new Session({
    url,
    store,
    onSignedOut: () => {
      signedOut += 1;
    },
  });
  expect(await session.logIn(person.username, PASSWORD)).toEqual([]);
  return { session, store, url, signedOut: () => signedOut };
}

function createStore(): TokenStore {
  let kept: Tokens | null = null;
  return {
    read: () => kept,
    write: tokens => {
      kept = tokens;
    },
  };
}

/** Its access token has been good for long. */
function age(store: TokenStore): void {
  const tokens = store.read();
  if (tokens) store.write({ ...tokens, renewAt: 0 });
}

/** How often the session that was begun last was renewed. */
async function renewals(app: TestApp): Promise<number> {
  const [row] = await app.database.query<{ count: number }>('select max(generation) - 1 as count from sessions');
  return Number(row?.count);
}
