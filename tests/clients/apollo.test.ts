import { expect, test } from 'vitest';
import { PASSWORD, startApp } from '../support/app.ts';
import { until } from '../support/wait.ts';
import { createApollo, followChanges, TODOS } from './apollo.ts';
import { Session } from './session.ts';
import { openSocket } from './socket.ts';

test('changes reach a list whose pages are read one by one, each todo in its place', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const todos = [];
  for (const title of ['one', 'two', 'three', 'four', 'five']) todos.push(await app.createTodo(ada, { title }));
  const url = `${app.url}/graphql`;
  const session = new Session({ url });
  await session.logIn(ada.username, PASSWORD);
  const client = createApollo({ url, session, socket: openSocket({ url: url.replace('http', 'ws'), session }) });
  const stop = new AbortController();
  let changes = 0;
  const followed = followChanges(client, stop.signal, () => {
    changes += 1;
  });
  await until('it follows', () => app.app.services.feed.followerCount === 1);
  const query = client.watchQuery({ query: TODOS, variables: { first: 2 } });
  const subscription = query.subscribe({});
  // Of the cache: what is shown follows it a moment later.
  const list = () => client.readQuery({ query: TODOS, variables: { first: 2 } })?.todos;
  const titles = () => list()?.nodes.map(({ title }) => title);
  const readOn = () => query.fetchMore({ variables: { after: list()?.pageInfo.endCursor ?? null } });

  await until('the first page is shown', () => titles()?.length === 2);
  await readOn();
  await until('the second page is shown', () => titles()?.length === 4);
  await app.execute(
    'mutation ($id: ID!) { updateTodo(id: $id, input: { title: "2" }) { userErrors { code } } }',
    { id: todos[1]?.id },
    ada,
  );
  await app.execute('mutation ($id: ID!) { deleteTodo(id: $id) { userErrors { code } } }', { id: todos[2]?.id }, ada);
  await app.createTodo(ada, { title: 'six' });
  await until('all changes came', () => changes === 3);
  const twoPages = titles();
  await app.execute('mutation ($id: ID!) { restoreTodo(id: $id) { userErrors { code } } }', { id: todos[2]?.id }, ada);
  await until('the change came', () => changes === 4);
  const restored = titles();
  await readOn();
  await until('the last page is shown', () => list()?.pageInfo.hasNextPage === false);
  const threePages = titles();
  stop.abort();
  await followed;
  subscription.unsubscribe();
  client.stop();

  expect(twoPages).toEqual(['one', '2', 'four']);
  expect(restored).toEqual(['one', '2', 'three', 'four']);
  expect(threePages).toEqual(['one', '2', 'three', 'four', 'five', 'six']);
});
