import { describe, expect, test, vi } from 'vitest';
import { User } from '../../src/identity/user.entity.ts';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import {
  COMPLETE,
  came,
  FOLLOW,
  follow,
  nobodyFollows,
  openStream,
  over,
  resultsOf,
  titlesOf,
} from '../support/event-stream.ts';
import { addTodo } from '../support/feed-workload.ts';
import { holdLock } from '../support/lock.ts';
import { until } from '../support/wait.ts';
import { hears } from '../support/wire.ts';

const uuidOf = ({ id }: Person) => fromGlobalId('user', id) ?? '';

/** By the service's own transaction, which tells it to everybody. */
const changeUser = ({ app }: TestApp, person: Person, change: Partial<Pick<User, 'isActive' | 'deletedAt' | 'role'>>) =>
  app.services.transact(uuidOf(person), async em => {
    const user = await em.findOneOrFail(User, { id: uuidOf(person) }, { filters: { live: false } });
    Object.assign(user, change);
  });

const logOut = (app: TestApp, person: Person) =>
  app.execute('mutation { logOut { userErrors { code } } }', {}, person).then(() => {});

const unauthenticated = (reason: string) => ({
  event: 'next',
  id: null,
  data: { errors: [{ extensions: { code: 'UNAUTHENTICATED', reason } }] },
});

const WAYS: readonly (readonly [what: string, end: (app: TestApp, person: Person) => Promise<void>])[] = [
  ['its session is ended', logOut],
  ['the account is locked', (app, person) => changeUser(app, person, { isActive: false })],
  ['the account is closed', (app, person) => changeUser(app, person, { deletedAt: new Date() })],
  ['the role is another one', (app, person) => changeUser(app, person, { role: 'ADMIN' })],
];

describe('an idle stream of events says REVOKED and is complete within a second after', () => {
  test.each(WAYS)('%s', async (_what, end) => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    await using stream = await follow(app, ada);
    await using other = await follow(app, eve);

    await end(app, ada);
    await over(stream, 1_000);

    expect(stream.events).toMatchObject([unauthenticated('REVOKED'), COMPLETE]);
    expect(other.isOver()).toBe(false);
    await until('only the other one follows', () => app.app.services.feed.followerCount === 1);
  });

  test.each(WAYS)('%s by another process', async (_what, end) => {
    await using app = await startApp();
    await using elsewhere = await startApp({ database: app.database });
    const ada = await app.createUser();
    await using stream = await follow(app, ada);
    await Promise.all([app, elsewhere].map(hears));

    await end(elsewhere, ada);
    await over(stream, 1_000);

    expect(stream.events).toMatchObject([unauthenticated('REVOKED'), COMPLETE]);
  });
});

describe('a stream of events', () => {
  test('says EXPIRED and is complete when its token runs out while nothing happens', async () => {
    await using app = await startApp({ settings: { ACCESS_TOKEN_TTL_SECONDS: '2' } });
    await using stream = await follow(app, await app.createUser());

    await over(stream, 5_000);

    expect(stream.events).toMatchObject([unauthenticated('EXPIRED'), COMPLETE]);
    await nobodyFollows(app);
  });

  test.each(WAYS)(
    'in the midst of changes ends once, when %s; the next one has what is missing',
    async (_what, end) => {
      await using app = await startApp();
      const ada = await app.createUser();
      await using stream = await follow(app, ada);
      const titles = Array.from({ length: 60 }, (_, index) => `todo ${index}`);

      const written = (async () => {
        for (const title of titles)
          await app.app.services.transact(uuidOf(ada), async em => void addTodo(em, uuidOf(ada), title));
      })();
      await came(stream, 10);
      await end(app, ada);
      await over(stream, 1_000);
      await written;
      await changeUser(app, ada, { isActive: true, deletedAt: null });
      await using next = await follow(app, await app.logInAgain(ada), FOLLOW, { lastEventId: stream.lastEventId() });
      await came(next, titles.length - titlesOf(stream).length);

      expect(stream.events.slice(-2)).toMatchObject([unauthenticated('REVOKED'), COMPLETE]);
      expect(resultsOf(stream).filter(({ errors }) => errors)).toHaveLength(1);
      expect([...titlesOf(stream), ...titlesOf(next)]).toEqual(titles);
    },
  );

  test('says once why it ends, when an event finds it out at the same time', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using stream = await follow(app, ada);
    const looked = Promise.withResolvers<'REVOKED'>();
    const looks = vi.spyOn(app.app.services.viewers, 'renew').mockReturnValueOnce(looked.promise);
    await app.createTodo(ada);
    await until('the event looks who it is for', () => looks.mock.calls.length === 1);

    await logOut(app, ada);
    await until('the stream has looked too', () => looks.mock.settledResults[1]?.value === 'REVOKED');
    looked.resolve('REVOKED');
    await over(stream);

    expect(stream.events).toMatchObject([unauthenticated('REVOKED'), COMPLETE]);
  });

  test('whose client goes away follows no longer, idle or in the midst of changes', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { data } = await app.execute('{ changes { cursor } }', {}, ada);
    for (let n = 0; n < 20; n += 1) await app.createTodo(ada);
    const idle = await follow(app, ada);
    const busy = await follow(app, ada, FOLLOW, { variables: { after: data.changes.cursor } });
    await came(busy, 1);

    idle.abort();
    busy.abort();
    await nobodyFollows(app);

    expect([idle, busy].flatMap(({ events }) => events.filter(({ event }) => event === 'complete'))).toEqual([]);
  });

  test('whose client goes away while it is prepared does not begin', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { opened, gone, prepare } = await holdPreparation(app, ada);

    gone.abort();
    await opened.catch(() => {});
    for (let n = 0; n < 5; n += 1) await app.execute('{ me { id } }', {}, ada);
    await prepare();

    await nobodyFollows(app);
  });

  test('whose session is ended while it is prepared says so', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { opened, prepare } = await holdPreparation(app, ada);

    await logOut(app, ada);
    await prepare();
    await using stream = await opened;
    await over(stream, 1_000);

    expect(stream.events).toMatchObject([unauthenticated('REVOKED'), COMPLETE]);
    await nobodyFollows(app);
  });

  test('ends without complete when the server stops, and goes on at the next one', async () => {
    await using next = await startApp();
    const app = await startApp({ database: next.database });
    const ada = await app.createUser();
    await using stream = await follow(app, ada);
    await using _unread = await openStream(app, ada, FOLLOW, { unread: true });
    await app.createTodo(ada, { title: 'one' });
    await came(stream, 1);

    await app.app.close();
    await over(stream);
    await next.createTodo(ada, { title: 'two' });
    await using resumed = await follow(next, ada, FOLLOW, { lastEventId: stream.lastEventId() });
    await came(resumed, 1);

    expect(stream.events.map(({ event }) => event)).toEqual(['next']);
    expect(titlesOf(resumed)).toEqual(['two']);
  });
});

/** Opens a stream that waits for the feed's table until it is told to go on. */
async function holdPreparation(app: TestApp, person: Person) {
  const follows = vi.spyOn(app.app.services.feed, 'follow');
  const lock = await holdLock(app.database, 'lock table changes in access exclusive mode');
  const gone = new AbortController();
  const opened = openStream(app, person, FOLLOW, { signal: gone.signal });
  await until('it is about to follow', () => follows.mock.calls.length === 1);
  return {
    opened,
    gone,
    async prepare() {
      // The end of its connection ends the lock.
      await lock[Symbol.asyncDispose]();
      await until('it follows', () => follows.mock.settledResults[0]?.type === 'fulfilled');
    },
  };
}
