import type { Client } from 'graphql-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';
import { until } from '../support/wait.ts';
import * as apollo from './apollo.ts';
import { followTodos, request, type Todo } from './graphql-ws.ts';
import { Session, SignedOutError } from './session.ts';
import { openSocket } from './socket.ts';
import * as urql from './urql.ts';

const CREATE = 'mutation ($title: String!) { createTodo(input: { title: $title }) { userErrors { code } } }';
const RENAME =
  'mutation ($id: ID!, $title: String!) { updateTodo(id: $id, input: { title: $title }) { userErrors { code } } }';
const DELETE = 'mutation ($id: ID!) { deleteTodo(id: $id) { userErrors { code } } }';
const ALL = 'query ($filter: TodoFilter) { todos(filter: $filter, first: 100) { nodes { id title completed } } }';

interface Wiring {
  readonly url: string;
  readonly session: Session;
  readonly socket: Client;
  readonly signal: AbortSignal;
  readonly onChange: (change: { cursor: string }) => void;
}

/** A client that shows all todos and those that are open, and follows the feed. */
interface Screen {
  readonly followed: Promise<void>;
  all(): unknown;
  open(): unknown;
  create(title: string): Promise<unknown>;
}

const CLIENTS: Record<string, (wiring: Wiring) => Screen> = {
  'plain graphql-ws': wiring => {
    const todos = new Map<string, Todo>();
    const shown = () => [...todos.values()].sort((a, b) => (a.position < b.position ? -1 : 1)).map(asShown);
    return {
      followed: followTodos({ ...wiring, todos }),
      all: shown,
      open: () => shown().filter(({ completed }) => !completed),
      create: title => request(wiring, CREATE, { title }),
    };
  },
  'Apollo Client': ({ signal, onChange, ...wiring }) => {
    const client = apollo.createApollo(wiring);
    onTestFinished(() => client.stop());
    const show = (variables: { filter?: { completed: boolean } }) => {
      const query = client.watchQuery({ query: apollo.TODOS, variables: { first: 100, ...variables } });
      const subscription = query.subscribe({});
      onTestFinished(() => subscription.unsubscribe());
      return () => query.getCurrentResult().data?.todos?.nodes?.map(todo => asShown(todo as Todo));
    };
    return {
      all: show({}),
      open: show({ filter: { completed: false } }),
      followed: apollo.followChanges(client, signal, onChange),
      create: title => client.mutate({ mutation: apollo.CREATE_TODO, variables: { title } }),
    };
  },
  urql: ({ signal, onChange, ...wiring }) => {
    const live = urql.createUrql(wiring);
    const show = (variables: { filter?: { completed: boolean } }) => {
      let shown: readonly urql.Todo[] | undefined;
      const { unsubscribe } = live.client.query(urql.TODOS, variables).subscribe(({ data }) => {
        shown = data?.todos.nodes;
      });
      onTestFinished(unsubscribe);
      return () => shown?.map(asShown);
    };
    return {
      all: show({}),
      open: show({ filter: { completed: false } }),
      followed: urql.followChanges(live, signal, onChange),
      create: title => live.client.mutation(urql.CREATE_TODO, { title }).toPromise(),
    };
  },
};

describe.each(Object.entries(CLIENTS))('%s', (_name, show) => {
  test('signs in, lists, creates, and shows what is done elsewhere', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const kept = await app.createTodo(ada, { title: 'kept' });
    const gone = await app.createTodo(ada, { title: 'gone' });
    await using screen = await follow(app, ada, show);
    await until('the list is shown', () => screen.shows('kept', 'gone'));

    await screen.create('created here');
    await app.execute(RENAME, { id: kept.id, title: 'renamed' }, ada);
    await app.createTodo(ada, { title: 'created elsewhere' });
    await app.execute(DELETE, { id: gone.id }, ada);
    await screen.caughtUp();

    expect(screen.all()).toMatchObject(['renamed', 'created here', 'created elsewhere'].map(title => ({ title })));
    expect(screen.open()).toEqual(screen.all());
  });

  test('shows a list without what no longer belongs to it, and with what comes back', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const todo = await app.createTodo(ada, { title: 'one' });
    await using screen = await follow(app, ada, show);
    await until('the list is shown', () => screen.shows('one'));

    await app.execute('mutation ($id: ID!) { toggleTodo(id: $id) { userErrors { code } } }', { id: todo.id }, ada);
    await app.execute(DELETE, { id: (await app.createTodo(ada, { title: 'two' })).id }, ada);
    await screen.caughtUp();
    const completed = { all: screen.all(), open: screen.open() };
    await app.execute('mutation ($id: ID!) { toggleTodo(id: $id) { userErrors { code } } }', { id: todo.id }, ada);
    await screen.caughtUp();

    expect(completed).toEqual({ all: [{ id: todo.id, title: 'one', completed: true }], open: [] });
    expect(screen.open()).toEqual([{ id: todo.id, title: 'one', completed: false }]);
  });

  test('after breaks of the network shows what a fresh query answers, and was given each change once, in order', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const todos = [await app.createTodo(ada, { title: 'a' }), await app.createTodo(ada, { title: 'b' })];
    await using screen = await follow(app, ada, show);
    await until('the list is shown', () => screen.shows('a', 'b'));

    for (const round of [1, 2, 3]) {
      await app.execute(RENAME, { id: todos[0]?.id, title: `before ${round}` }, ada);
      screen.network.cut();
      await app.execute(RENAME, { id: todos[0]?.id, title: `during ${round}` }, ada);
      todos.push(await app.createTodo(ada, { title: `new in ${round}` }));
      await app.execute(DELETE, { id: todos.splice(1, 1)[0]?.id }, ada);
      const attempts = screen.network.connectionCount();
      await until('it tries to come back', () => screen.network.connectionCount() > attempts);
      screen.network.mend();
      await app.execute(RENAME, { id: todos[1]?.id, title: `after ${round}` }, ada);
      await screen.caughtUp();
    }

    expect(screen.all()).toMatchObject([{ title: 'during 3' }, { title: 'after 3' }]);
    const told = await cursorsSince(app, ada, screen.cursors[0]);
    await until('it was told of all of them', () => screen.cursors.length >= told.length);
    expect(screen.cursors).toEqual(told);
  });

  test('goes on after the server was started again', async () => {
    await using database = await createTestDatabase();
    await using servers = new AsyncDisposableStack();
    const before = servers.use(await startApp({ database }));
    const ada = await before.createUser();
    await using screen = await follow(before, ada, show);
    await before.createTodo(ada, { title: 'one' });
    await until('it is shown', () => screen.shows('one'));

    await servers.disposeAsync();
    await using after = await startApp({ database });
    await after.createTodo(ada, { title: 'two' });
    screen.network.lead(after.url);
    await until('the change came', () => screen.cursors.length === 2);
    await until('it is shown', () => screen.shows('one', 'two'));

    expect(screen.cursors).toEqual(await cursorsSince(after, ada, screen.cursors[0]));
  });

  test('whose cursor has expired reads the lists anew and goes on', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using screen = await follow(app, ada, show);
    const one = await app.createTodo(ada, { title: 'one' });
    await until('the change came', () => screen.cursors.length === 1);

    screen.network.cut();
    await app.createTodo(ada, { title: 'never told' });
    const renamed = await app.createTodo(ada, { title: 'neither' });
    await app.execute(DELETE, { id: one.id }, ada);
    await app.database.query('delete from changes where seq <= 3');
    screen.network.mend();
    await until('all are shown', () => screen.shows('never told', 'neither'));
    let names = 0;
    await until('it is told of changes again', async () => {
      names += 1;
      await app.execute(RENAME, { id: renamed.id, title: `name ${names}` }, ada);
      return screen.cursors.length > 1;
    });
    const told = await cursorsSince(app, ada, screen.cursors[1]);
    await until('it was told of all of them', () => screen.cursors.length > told.length);
    await screen.caughtUp();

    expect(screen.all()).toMatchObject([{ title: 'never told' }, { title: `name ${names}` }]);
    expect(screen.cursors.slice(1)).toEqual(told);
  });

  test('whose session is revoked says that the person has to log in, and stops', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using screen = await follow(app, ada, show);
    await app.createTodo(ada, { title: 'one' });
    await until('it is shown', () => screen.shows('one'));

    await app.execute('mutation { revokeOtherSessions { revokedCount } }', {}, ada);

    await expect(screen.followed).rejects.toBeInstanceOf(SignedOutError);
    expect(screen.signedOut).toBe(1);
    await screen.create('two').catch(() => {});
    expect(screen.signedOut).toBe(1);
    const { data } = await app.execute(ALL, {}, ada);
    expect(data.todos.nodes).toMatchObject([{ title: 'one' }]);
  });
});

const asShown = ({ id, title, completed }: Pick<Todo, 'id' | 'title' | 'completed'>) => ({ id, title, completed });

interface FollowedScreen extends Screen, AsyncDisposable {
  readonly network: TcpProxy;
  /** Of the changes that it was given. */
  readonly cursors: string[];
  readonly signedOut: number;
  shows(...titles: string[]): boolean;
  /** It shows what fresh queries answer. */
  caughtUp(): Promise<void>;
}

/** Signs in on a new device, over a network that can break. */
async function follow(app: TestApp, person: Person, show: (wiring: Wiring) => Screen): Promise<FollowedScreen> {
  const network = await startProxy(app.url);
  const url = `${network.url}/graphql`;
  let signedOut = 0;
  const session = new Session({
    url,
    onSignedOut: () => {
      signedOut += 1;
    },
  });
  expect(await session.logIn(person.username, PASSWORD)).toEqual([]);
  const socket = openSocket({ url: url.replace('http', 'ws'), session });
  const stop = new AbortController();
  const cursors: string[] = [];
  const screen = show({ url, session, socket, signal: stop.signal, onChange: ({ cursor }) => cursors.push(cursor) });
  const settled = screen.followed.catch(() => {});
  await until('it follows', () => app.app.services.feed.followerCount === 1);

  const titles = () => (screen.all() as { title: string }[] | undefined)?.map(({ title }) => title);
  const isFresh = async () => {
    const asked = [{}, { filter: { completed: false } }].map(variables => app.execute(ALL, variables, person));
    const [all, open] = (await Promise.all(asked)).map(({ data }) => JSON.stringify(data.todos.nodes));
    return JSON.stringify(screen.all()) === all && JSON.stringify(screen.open()) === open;
  };
  return {
    ...screen,
    network,
    cursors,
    get signedOut() {
      return signedOut;
    },
    shows: (...expected) => JSON.stringify(titles()) === JSON.stringify(expected),
    caughtUp: () => until('it shows what a fresh query answers', isFresh),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await settled;
      await socket.dispose();
      await until('nobody follows any more', () => app.app.services.feed.followerCount === 0);
      await network[Symbol.asyncDispose]();
    },
  };
}

/** All from the change with this cursor on, as the feed has them. */
async function cursorsSince(app: TestApp, person: Person, cursor: string | undefined): Promise<unknown[]> {
  const { data } = await app.execute(
    'query ($after: String) { changes(after: $after, first: 1000) { changes { cursor } } }',
    { after: cursor },
    person,
  );
  return [cursor, ...data.changes.changes.map((change: { cursor: string }) => change.cursor)];
}
