import { expect, test } from 'vitest';
import { moveTodo } from '../../src/todo/todo-move.service.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';

const MOVE = `mutation ($id: ID!, $input: MoveTodoInput!) {
  moveTodo(id: $id, input: $input) { todo { id position version } userErrors { code path message } }
}`;
const LIST = '{ todos(first: 100) { nodes { id title position version } } }';
const CHANGES =
  'query ($after: String) { changes(after: $after, first: 1000) { cursor changes { kind ... on TodoChange { todoId } } } }';

interface Listed {
  id: string;
  title: string;
  position: string;
  version: number;
}

const list = async (app: TestApp, as: Person): Promise<Listed[]> => (await app.execute(LIST, {}, as)).data.todos.nodes;
const titles = async (app: TestApp, as: Person) => (await list(app, as)).map(({ title }) => title).join('');

async function createList(app: TestApp, as: Person, letters: string): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const title of letters) ids[title] = (await app.createTodo(as, { title })).id;
  return ids;
}

const move = async (app: TestApp, as: Person, id: string | undefined, input: object) =>
  (await app.execute(MOVE, { id, input }, as)).data.moveTodo;

test.each([
  ['behind another one', 'a', { afterId: 'c' }, 'bcad'],
  ['behind the last one', 'a', { afterId: 'd' }, 'bcda'],
  ['ahead of another one', 'd', { beforeId: 'b' }, 'adbc'],
  ['ahead of the first one', 'd', { beforeId: 'a' }, 'dabc'],
  ['between two', 'd', { afterId: 'a', beforeId: 'b' }, 'adbc'],
  ['between two that have others between them', 'd', { afterId: 'a', beforeId: 'c' }, 'adbc'],
  ['to the end', 'b', {}, 'acdb'],
])('moveTodo %s puts it there, for one change of the feed', async (_where, moved, input, order) => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids = await createList(app, ada, 'abcd');
  const before = await app.execute(CHANGES, {}, ada);

  const answer = await move(
    app,
    ada,
    ids[moved],
    Object.fromEntries(Object.entries(input).map(([k, v]) => [k, ids[v]])),
  );
  const after = await app.execute(CHANGES, { after: before.data.changes.cursor }, ada);

  expect(answer).toEqual({ todo: { id: ids[moved], position: expect.any(String), version: 2 }, userErrors: [] });
  expect(await titles(app, ada)).toBe(order);
  expect(after.data.changes.changes).toEqual([{ kind: 'UPDATED', todoId: ids[moved] }]);
});

test('moveTodo to where it stands already changes nothing', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids = await createList(app, ada, 'abc');
  const before = await list(app, ada);

  const answers = [
    await move(app, ada, ids.b, { afterId: ids.a }),
    await move(app, ada, ids.b, { beforeId: ids.c }),
    await move(app, ada, ids.b, { afterId: ids.a, beforeId: ids.c }),
    await move(app, ada, ids.c, {}),
  ];

  expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
  expect(await list(app, ada)).toEqual(before);
});

test("moveTodo of or beside what is somebody else's, in the trash, or none is NOT_FOUND, and names which", async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const ids = await createList(app, ada, 'abc');
  const foreign = await app.createTodo(eve);
  await app.execute('mutation ($id: ID!) { deleteTodo(id: $id) { todoId } }', { id: ids.c }, ada);

  const answers = [
    await move(app, ada, foreign.id, {}),
    await move(app, ada, ids.a, { afterId: foreign.id }),
    await move(app, ada, ids.a, { beforeId: ids.c }),
    await move(app, ada, ids.a, { afterId: 'nonsense', beforeId: ids.b }),
    await move(app, ada, ids.c, {}),
  ];

  expect(
    answers.map(({ todo, userErrors }) => [
      todo,
      userErrors.map(({ code, path }: { code: string; path: string[] }) => [code, ...path]),
    ]),
  ).toEqual([
    [null, [['NOT_FOUND', 'id']]],
    [null, [['NOT_FOUND', 'input', 'afterId']]],
    [null, [['NOT_FOUND', 'input', 'beforeId']]],
    [null, [['NOT_FOUND', 'input', 'afterId']]],
    [null, [['NOT_FOUND', 'id']]],
  ]);
  expect(await titles(app, ada)).toBe('ab');
});

test('moveTodo beside itself is INVALID, and between two that stand the other way round CONFLICT', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids = await createList(app, ada, 'abc');

  const [itself, twice, reversed] = [
    await move(app, ada, ids.a, { afterId: ids.a }),
    await move(app, ada, ids.a, { afterId: ids.b, beforeId: ids.b }),
    await move(app, ada, ids.a, { afterId: ids.c, beforeId: ids.b }),
  ];

  expect([itself, twice, reversed].map(({ userErrors }) => userErrors[0]?.code)).toEqual([
    'INVALID',
    'INVALID',
    'CONFLICT',
  ]);
  expect(await titles(app, ada)).toBe('abc');
});

test('moves to one place at once both hold, and no two todos have one position', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids = await createList(app, ada, 'abcdefgh');

  const answers = await Promise.all(
    ['c', 'd', 'e', 'f', 'g', 'h'].map(title => move(app, ada, ids[title], { afterId: ids.a })),
  );

  expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
  const listed = await list(app, ada);
  expect(new Set(listed.map(({ position }) => position)).size).toBe(8);
  expect(listed[0]?.title).toBe('a');
  expect(listed.at(-1)?.title).toBe('b');
});

test('todos made at once get each a position of its own, at the end', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await createList(app, ada, 'ab');

  await Promise.all(Array.from({ length: 20 }, () => app.createTodo(ada, { title: 'x' })));

  const listed = await list(app, ada);
  expect(new Set(listed.map(({ position }) => position)).size).toBe(22);
  expect(listed.slice(0, 2).map(({ title }) => title)).toEqual(['a', 'b']);
});

test('between two todos of one position there is a place', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids = await createList(app, ada, 'abcd');
  await app.database.query(`update todos set position = 'a5' where title in ('a', 'b', 'c')`);
  // By their ids.
  const tied = (await titles(app, ada)).replace('d', '');

  const answer = await move(app, ada, ids.d, { afterId: ids[tied[0] ?? ''] });

  expect(answer.userErrors).toEqual([]);
  expect(await titles(app, ada)).toBe(`${tied[0]}d${tied.slice(1)}`);
});

test('10,000 moves to one spot keep positions short and the order right', { timeout: 180_000 }, async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids = await createList(app, ada, 'abcdef');
  const viewer = await app.app.services.viewers.byToken(ada.accessToken, { userAgent: null, ipAddress: null });
  if (typeof viewer === 'string') throw new Error(viewer);
  let order = 'abcdef';
  let longest = 0;

  for (let round = 0; round < 20; round += 1) {
    // Many in one transaction: over the API each of them has its own.
    await app.app.services.transact(viewer.userId, async em => {
      for (let n = 0; n < 500; n += 1) {
        const title = n % 2 === 0 ? 'e' : 'f';
        const todo = await moveTodo(em, viewer, ids[title] ?? '', { afterId: ids.a }, new Date());
        order = `a${title}${[...order].filter(other => other !== 'a' && other !== title).join('')}`;
        longest = Math.max(longest, todo.position.length);
        await em.flush();
      }
    });
    expect(await titles(app, ada)).toBe(order);
  }

  expect(longest).toBeGreaterThan(10);
  expect(longest).toBeLessThanOrEqual(40);
});
