import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { until } from '../support/wait.ts';

const LIST = `query ($first: Int, $after: String, $last: Int, $before: String, $orderBy: TodoOrder, $filter: TodoFilter) {
  todos(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, filter: $filter) {
    edges { cursor node { id title } } nodes { title owner { username } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
  }
}`;

test('a person pages through their todos', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  for (let n = 1; n <= 5; n += 1) await app.createTodo(ada, { title: `todo ${n}` });

  const { data, errors } = await app.execute(LIST, { first: 2 }, ada);

  expect(errors).toEqual([]);
  expect(data.todos).toMatchObject({
    nodes: [{ title: 'todo 1' }, { title: 'todo 2' }],
    totalCount: 5,
    pageInfo: { hasNextPage: true, hasPreviousPage: false },
  });
  const second = await app.execute(LIST, { first: 2, after: data.todos.pageInfo.endCursor }, ada);
  expect(second.data.todos).toMatchObject({
    nodes: [{ title: 'todo 3' }, { title: 'todo 4' }],
    pageInfo: { hasNextPage: true, hasPreviousPage: true },
  });
});

test('a subscription delivers each change, and goes on where it was left', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const subscription =
    'subscription ($after: String) { changes(after: $after) { cursor kind ... on TodoChange { todoId todo { title } } } }';
  const first = app.subscribe(ada, subscription);
  await until('the subscription is open', () => app.app.services.feed.followerCount === 1);
  await app.createTodo(ada, { title: 'one' });
  await until('the event came', () => first.events.length === 1);
  first.stop();
  await first.ended;
  await until('the subscription is closed', () => app.app.services.feed.followerCount === 0);
  await app.createTodo(ada, { title: 'two' });

  const second = app.subscribe(ada, subscription, { after: first.events[0]?.data.changes.cursor });
  await until('what was missed came', () => second.events.length === 1);

  expect(second.events[0]?.data.changes).toMatchObject({ kind: 'CREATED', todo: { title: 'two' } });
  second.stop();
  await second.ended;
});
