import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';

const LIST = 'nodes { title } pageInfo { hasNextPage hasPreviousPage } totalCount';

test('lists under two aliases, with filters of one shape and other values, each have their own rows, count and flags', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  for (const [title, tag] of [
    ['one', 'home'],
    ['two', 'home'],
    ['three', 'work'],
  ])
    await app.createTodo(ada, { title, tags: [tag] });
  const { data: all } = await app.execute('{ todos { edges { cursor node { title } } } }', {}, ada);
  const [, second] = all.todos.edges;

  const { data, errors } = await app.execute(
    `query ($after: String) {
      home: todos(filter: { tags: ["home"] }, first: 1) { ${LIST} }
      work: todos(filter: { tags: ["work"] }, first: 1) { ${LIST} }
      restOfHome: todos(filter: { tags: ["home"] }, after: $after) { ${LIST} }
      restOfWork: todos(filter: { tags: ["work"] }, after: $after) { ${LIST} }
    }`,
    { after: second.cursor },
    ada,
  );

  const list = (titles: string[], hasNextPage: boolean, hasPreviousPage: boolean, totalCount: number) => ({
    nodes: titles.map(title => ({ title })),
    pageInfo: { hasNextPage, hasPreviousPage },
    totalCount,
  });
  expect(errors).toEqual([]);
  expect(data).toEqual({
    home: list(['one'], true, false, 2),
    work: list(['three'], false, false, 1),
    restOfHome: list([], false, true, 2),
    restOfWork: list(['three'], false, false, 1),
  });
});
