import { beforeEach, describe, expect, test, vi } from 'vitest';
import { forkFor } from '../../src/change/transact.ts';
import { User } from '../../src/identity/user.entity.ts';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { type Person, type Subscribed, startApp, type TestApp } from '../support/app.ts';
import { addTodo, START } from '../support/feed-workload.ts';
import { until } from '../support/wait.ts';
import { WIRES, type Wire } from '../support/wires.ts';
import { openWriter } from '../support/writer.ts';

const CHANGES = `subscription ($after: String) {
  changes(after: $after) { cursor kind ... on TodoChange { todo { title } } ... on UserChange { user { fullName } } }
}`;
const TODO_CHANGED = 'subscription ($after: String) { todoChanged(after: $after) { cursor kind todo { title } } }';
const END = '{ changes { cursor } }';

const uuidOf = (person: Person) => fromGlobalId('user', person.id) ?? '';

/** Subscribes, and waits until it follows the feed. */
async function follow(app: TestApp, as: Person, query = CHANGES, variables: object = {}): Promise<Subscribed> {
  const before = app.app.services.feed.followerCount;
  const subscription = app.subscribe(as, query, variables);
  await until('the subscription follows', () => app.app.services.feed.followerCount > before);
  return subscription;
}

const titlesOf = ({ events }: Subscribed) =>
  events.map(({ data }) => data?.changes?.todo?.title ?? data?.todoChanged?.todo?.title);

const received = (subscription: Subscribed, count: number, timeoutMs?: number) =>
  until(`${count} events came`, () => subscription.events.length >= count, timeoutMs);

async function readEnd(app: TestApp, as: Person): Promise<string> {
  const { data } = await app.execute(END, {}, as);
  return data.changes.cursor;
}

/** From here on only wake-ups move the followers. */
const stopSweeps = ({ app }: TestApp) => vi.spyOn(app.services.feed, 'sweep').mockResolvedValue();

describe('a subscription', () => {
  test("gives the viewer's own changes alone: of all their things, or of their todos", async () => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const [all, todos] = [await follow(app, ada), await follow(app, ada, TODO_CHANGED)];

    await app.createTodo(eve, { title: "eve's" });
    await app.app.services.transact(uuidOf(ada), async em => {
      (await em.findOneOrFail(User, { id: uuidOf(ada) })).fullName = 'Ada';
    });
    await app.createTodo(ada, { title: "ada's" });
    await Promise.all([received(all, 2), received(todos, 1)]);

    expect(all.events.map(event => event.data?.changes)).toEqual([
      { cursor: expect.any(String), kind: 'UPDATED', user: { fullName: 'Ada' } },
      { cursor: expect.any(String), kind: 'CREATED', todo: { title: "ada's" } },
    ]);
    expect(titlesOf(todos)).toEqual(["ada's"]);
    all.stop();
    todos.stop();
  });

  test('shows a thing as it is when the event is given, not as it was when it changed', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const after = await readEnd(app, ada);
    const todo = await app.createTodo(ada, { title: 'before' });
    await app.execute(
      'mutation ($id: ID!) { updateTodo(id: $id, input: { title: "after" }) { userErrors { code } } }',
      { id: todo.id },
      ada,
    );

    const subscription = await follow(app, ada, CHANGES, { after });
    await received(subscription, 2);

    expect(subscription.events.map(event => event.data?.changes)).toMatchObject([
      { kind: 'CREATED', todo: { title: 'after' } },
      { kind: 'UPDATED', todo: { title: 'after' } },
    ]);
    subscription.stop();
  });

  test('gives each event with fresh data, though the todo is the same one', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const todo = await app.createTodo(ada, { title: '0' });
    const subscription = await follow(app, ada);

    for (const title of ['1', '2', '3']) {
      await app.execute(
        'mutation ($id: ID!, $title: String) { updateTodo(id: $id, input: { title: $title }) { userErrors { code } } }',
        { id: todo.id, title },
        ada,
      );
      await received(subscription, Number(title));
    }

    expect(titlesOf(subscription)).toEqual(['1', '2', '3']);
    subscription.stop();
  });

  test('resumed by the cursor of its last event gives what was missed once, then goes on', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const first = await follow(app, ada, TODO_CHANGED);
    await app.createTodo(ada, { title: 'seen' });
    await received(first, 1);
    first.stop();
    await first.ended;
    await app.createTodo(ada, { title: 'missed' });

    const second = await follow(app, ada, TODO_CHANGED, { after: first.events[0]?.data?.todoChanged.cursor });
    await received(second, 1);
    await app.createTodo(ada, { title: 'live' });
    await received(second, 2);

    expect(titlesOf(second)).toEqual(['missed', 'live']);
    second.stop();
  });

  test('reads a feed of several pages to its end, in order', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const after = await readEnd(app, ada);
    await app.app.services.transact(uuidOf(ada), async em => {
      for (let n = 0; n < 450; n += 1) addTodo(em, uuidOf(ada), String(n));
    });

    const subscription = await follow(app, ada, TODO_CHANGED, { after });
    await received(subscription, 450);

    expect(titlesOf(subscription)).toEqual(Array.from({ length: 450 }, (_, n) => String(n)));
    subscription.stop();
  });

  test('ends at once when it is given up while it waits', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    stopSweeps(app);
    const subscription = await follow(app, ada);

    subscription.stop();

    await until('nobody follows', () => app.app.services.feed.followerCount === 0, 1_000);
  });

  test('ends when the account is locked, and gives nothing of what is written then', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const subscription = await follow(app, ada);

    await app.app.services.transact(uuidOf(ada), async em => {
      (await em.findOneOrFail(User, { id: uuidOf(ada) })).isActive = false;
      addTodo(em, uuidOf(ada), 'behind the lock');
    });
    await subscription.ended;

    expect(subscription.events.flatMap(({ data }) => data?.changes ?? [])).toEqual([]);
    await until('nobody follows', () => app.app.services.feed.followerCount === 0);
  });

  test('looks at the rights anew for each event: without them the answer is UNAUTHENTICATED, and the last', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const subscription = await follow(app, ada);
    vi.spyOn(app.app.services.viewers, 'renew').mockResolvedValue('REVOKED');

    await openAndWrite(app, ada, 'secret');
    await subscription.ended;

    expect(subscription.events).toMatchObject([{ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }]);
    expect(JSON.stringify(subscription.events)).not.toContain('secret');
  });
});

test('a follower that is overtaken by the removal of old changes is given those that it has read, then CURSOR_EXPIRED', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.app.services.transact(uuidOf(ada), async em => {
    for (let n = 0; n < 450; n += 1) addTodo(em, uuidOf(ada), String(n));
  });
  const follower = await app.app.services.feed.follow(uuidOf(ada), { ...START });
  const seqs: number[] = [];
  const read = async () => {
    const { value } = await follower.next();
    if (value) seqs.push(value.seq);
  };
  await read();

  await app.database.query('delete from changes where seq < 440');
  const end = await (async () => {
    for (;;) await read();
  })().catch((error: unknown) => error);

  // What came with the page that it held; of the rest none, rather than the changes behind a gap.
  expect(seqs).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
  expect(end).toMatchObject({ code: 'CURSOR_EXPIRED' });
  expect(app.app.services.feed.followerCount).toBe(0);
});

describe('two followers of one owner', () => {
  test('at one position share a read; at the same number of a restored feed they do not', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { feed } = app.app.services;
    const [row] = await app.database.query<{ at: string }>(
      'select (extract(epoch from at) * 1000)::bigint::text as at from changes',
    );
    const now = { seq: 1, at: Number(row?.at) };
    await app.createTodo(ada);
    const release = await holdReads(app);

    const followers = await Promise.all([now, now, { ...now, at: 1 }].map(from => feed.follow(uuidOf(ada), from)));
    const results = Promise.allSettled(followers.map(follower => follower.next()));
    await until('two reads wait for the table', async () => (await countHeldReads(app)) === 2);
    await release();

    expect(await results).toMatchObject([
      { value: { value: { seq: 2 } } },
      { value: { value: { seq: 2 } } },
      { reason: { code: 'CURSOR_EXPIRED' } },
    ]);
    await Promise.all(followers.map(follower => follower.return()));
  });

  test('one of which is stopped twice: the other one goes on', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { feed } = app.app.services;
    const first = await feed.follow(uuidOf(ada), null);
    await first.return();
    const second = await feed.follow(uuidOf(ada), { ...START });

    await first.return();
    const before = await second.next();
    const next = second.next();
    await app.createTodo(ada);

    expect(before.value).toMatchObject({ name: 'user', seq: 1 });
    expect((await next).value).toMatchObject({ name: 'todo', seq: 2 });
    await second.return();
  });
});

describe.for(WIRES)('between processes by $name,', ({ open }) => {
  let wire: Wire;

  beforeEach(async ({ skip }) => {
    wire = await open(skip);
    return () => wire.close();
  });

  test('a change reaches the subscribers of another one by its wake-up', async () => {
    await using here = await startApp({ settings: wire.settings });
    await using there = await startApp({ database: here.database, settings: wire.settings });
    const ada = await here.createUser();
    await listening(here, there);
    stopSweeps(there);
    const subscription = await follow(there, ada);

    await here.createTodo(ada, { title: 'from here' });
    await received(subscription, 1);

    expect(titlesOf(subscription)).toEqual(['from here']);
    subscription.stop();
  });

  test('a change whose wake-up was lost is found by the sweep, and by nothing else', async () => {
    await using app = await startApp({ settings: wire.settings });
    const ada = await app.createUser();
    const sweeps = stopSweeps(app);
    const subscription = await follow(app, ada);
    const { transact } = app.app.services;

    await openAndWrite(app, ada, 'unheard');
    // Another owner's change comes through all the same: what has come by then has come by wake-ups.
    const bob = await app.createUser();
    const witness = await follow(app, bob);
    await transact(uuidOf(bob), async em => void addTodo(em, uuidOf(bob), 'heard'));
    await received(witness, 1);
    const beforeSweep = titlesOf(subscription);
    sweeps.mockRestore();
    await received(subscription, 1);

    expect([beforeSweep, titlesOf(subscription)]).toEqual([[], ['unheard']]);
    subscription.stop();
    witness.stop();
  });

  test('a listener whose connection is cut finds what it missed, and hears again', async () => {
    await using here = await startApp({ settings: wire.settings });
    await using there = await startApp({ database: here.database, settings: wire.settings });
    const ada = await here.createUser();
    await listening(here, there);
    const subscription = await follow(there, ada);

    await wire.cut(here.database);
    await until('the listener is away', async () => !(await isListening(there)));
    await openAndWrite(here, ada, 'missed');
    await received(subscription, 1);
    await wire.mend();
    await listening(here, there);
    stopSweeps(there);
    await here.createTodo(ada, { title: 'heard again' });
    await received(subscription, 2);

    expect(titlesOf(subscription)).toEqual(['missed', 'heard again']);
    subscription.stop();
  });
});

/** By a process of its own whose wake-ups are lost. */
async function openAndWrite(app: TestApp, owner: Person, title: string): Promise<void> {
  await using writer = openWriter(app.database);
  await writer.transact(uuidOf(owner), async em => void addTodo(em, uuidOf(owner), title));
}

async function isListening({ url }: TestApp): Promise<boolean> {
  const answer = (await (await fetch(`${url}/ready`)).json()) as { dependencies: { listener: string } };
  return answer.dependencies.listener === 'up';
}

const listening = (...apps: TestApp[]) =>
  until('the listeners are connected', async () => (await Promise.all(apps.map(isListening))).every(Boolean));

/** Nobody can read the feeds until the returned function was called. */
async function holdReads({ database, app }: TestApp): Promise<() => Promise<void>> {
  // The table is locked in a transaction of a connection of its own.
  const em = forkFor(app.services.database, null);
  await em.begin();
  await em.execute('lock table changes in access exclusive mode');
  expect(await database.query(`select 1 from pg_locks where mode = 'AccessExclusiveLock' and granted`)).toHaveLength(1);
  return () => em.commit();
}

async function countHeldReads({ database }: TestApp): Promise<number> {
  const waiting = await database.query(
    `select pid from pg_locks where not granted and relation = 'changes'::regclass and database =
      (select oid from pg_database where datname = current_database())`,
  );
  return waiting.length;
}
