import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { searchVector } from '../../src/platform/full-text.ts';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';

const SEARCH = `query ($search: String!, $orderBy: TodoOrder, $first: Int, $after: String) {
  todos(filter: { search: $search }, orderBy: $orderBy, first: $first, after: $after) {
    nodes { title } totalCount pageInfo { hasNextPage endCursor }
  }
}`;

async function find(app: TestApp, as: Person, search: string, variables: object = {}): Promise<string[]> {
  const { data, errors } = await app.execute(SEARCH, { search, ...variables }, as);
  expect(errors).toEqual([]);
  return data.todos.nodes.map(({ title }: { title: string }) => title);
}

describe('a search finds', () => {
  const TITLES = [
    'Buy milk and eggs',
    'Crème brûlée for Zoë',
    'دودھ خریدیں',
    'كتاب',
    '买牛奶和面包',
    '牛乳を買う',
    'ซื้อนม',
    '🎂 for Ada',
    'Straße fegen',
    'ΟΔΥΣΣΕΥΣ',
    "don't panic \\ 'quoted'",
    'हिन्दी सीखना',
  ];

  test.each([
    ['words in any order', 'eggs buy', ['Buy milk and eggs']],
    ['the beginning of the last word', 'milk eg', ['Buy milk and eggs']],
    ['no beginning of another word', 'mil eggs', []],
    ['no part within a word', 'ilk', []],
    ['without regard to case', 'BUY MILK', ['Buy milk and eggs']],
    ['without accents', 'creme brulee zoe', ['Crème brûlée for Zoë']],
    ['with other accents', 'crémè', ['Crème brûlée for Zoë']],
    ['Urdu', 'دودھ', ['دودھ خریدیں']],
    ['Urdu by its beginning', 'خرید', ['دودھ خریدیں']],
    ['Arabic letters typed on an Urdu keyboard, and with vowel marks', 'کِتاب', ['كتاب']],
    ['Chinese within a sentence', '牛奶', ['买牛奶和面包']],
    ['Chinese words in another order', '面包 牛奶', ['买牛奶和面包']],
    ['no Chinese characters that stand apart', '牛包', []],
    ['Japanese', '牛乳', ['牛乳を買う']],
    ['Thai', 'นม', ['ซื้อนม']],
    ['emoji', '🎂', ['🎂 for Ada']],
    ['emoji with a word', 'ada 🎂', ['🎂 for Ada']],
    ['ß as ss', 'strasse', ['Straße fegen']],
    ['a final sigma', 'οδυσσευς', ['ΟΔΥΣΣΕΥΣ']],
    ['Hindi', 'हिन्दी', ['हिन्दी सीखना']],
    [
      'quotes, backslashes and operators as what they are: no words',
      `panic' & | ! ( :* <-> \\`,
      ["don't panic \\ 'quoted'"],
    ],
    ['nothing for punctuation alone', '!?', []],
  ])('%s', async (_what, search, found) => {
    await using app = await startApp();
    const ada = await app.createUser();
    for (const title of TITLES) await app.createTodo(ada, { title });

    expect(await find(app, ada, search)).toEqual(found);
  });
});

test('a blank search finds everything, in the own order', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  for (const title of ['b', 'a']) await app.createTodo(ada, { title });

  expect(await find(app, ada, ' \n ')).toEqual(['b', 'a']);
});

test("a search finds the owner's todos alone, also for an admin who reads several people's", async () => {
  await using app = await startApp();
  const [ada, eve, admin] = [await app.createUser(), await app.createUser(), await app.createUser({ admin: true })];
  await app.createTodo(ada, { title: "ada's milk" });
  await app.createTodo(eve, { title: "eve's milk" });

  const own = await find(app, ada, 'milk');
  const foreign = await find(app, ada, fromGlobalId('user', eve.id) ?? '');
  const { data } = await app.execute(
    '{ users { nodes { username todos(filter: { search: "milk" }) { nodes { title } totalCount } } } }',
    {},
    admin,
  );

  expect(own).toEqual(["ada's milk"]);
  expect(foreign).toEqual([]);
  const found = data.users.nodes.map(
    ({ todos }: { todos: { nodes: { title: string }[]; totalCount: number } }) => todos,
  );
  expect(found.toSorted((a: { nodes: object[] }, b: { nodes: object[] }) => a.nodes.length - b.nodes.length)).toEqual([
    { nodes: [], totalCount: 0 },
    ...[expect.anything(), expect.anything()],
  ]);
  expect(
    found.flatMap(({ nodes }: { nodes: { title: string }[] }) => nodes.map(({ title }) => title)).toSorted(),
  ).toEqual(["ada's milk", "eve's milk"]);
});

test('what fits best comes first, in pages that go on where they ended; with an order, in that order', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.createTodo(ada, { title: 'something else', description: 'milk, among much else' });
  await app.createTodo(ada, { title: 'milk' });
  await app.createTodo(ada, { title: 'a', description: 'milk milk milk' });
  await app.createTodo(ada, { title: 'milk, milk' });

  const all = await find(app, ada, 'milk');
  const walked: string[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const { data } = await app.execute(SEARCH, { search: 'milk', first: 1, after }, ada);
    walked.push(...data.todos.nodes.map(({ title }: { title: string }) => title));
    ({ endCursor: after, hasNextPage: more } = data.todos.pageInfo);
  }
  const byTitle = await find(app, ada, 'milk', { orderBy: { field: 'TITLE', direction: 'DESC' } });

  expect(all.slice(0, 2).toSorted()).toEqual(['milk', 'milk, milk']);
  expect(all).toHaveLength(4);
  expect(walked).toEqual(all);
  expect(byTitle).toEqual(['something else', 'milk, milk', 'milk', 'a']);
});

test('what is changed is found by what it says now', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await app.createTodo(ada, { title: 'before', description: 'kept' });
  const UPDATE =
    'mutation ($id: ID!, $input: UpdateTodoInput!) { updateTodo(id: $id, input: $input) { userErrors { code } } }';

  await app.execute(UPDATE, { id, input: { title: 'after' } }, ada);
  const found = [await find(app, ada, 'before'), await find(app, ada, 'after kept')];
  await app.execute(UPDATE, { id, input: { description: null } }, ada);

  expect(found).toEqual([[], ['after']]);
  expect(await find(app, ada, 'kept')).toEqual([]);
});

test('any title and description that a todo may have can be searched for and found by any word of it', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .filter(one => one.trim() !== '' && !one.includes('\0'));

  await fc.assert(
    fc.asyncProperty(text, text, async (title, search) => {
      const vector = searchVector('owner', { title, body: '' });
      const { data: created } = await app.execute(
        'mutation ($title: String!) { createTodo(input: { title: $title }) { todo { id } userErrors { code } } }',
        { title },
        ada,
      );
      expect(created.createTodo.userErrors).toEqual([]);
      const hasWords = vector !== `'@owner'`;
      const itself = await find(app, ada, title, { first: 100 });
      if (hasWords) expect(itself).toContain(title);
      else expect(itself).toEqual([]);
      await find(app, ada, search);
    }),
    { numRuns: 60 },
  );
});

test('a search among 100,000 todos of others reads an index and few rows', { timeout: 120_000 }, async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const uuid = fromGlobalId('user', ada.id);
  await app.database.query(
    `insert into users (id, email, username) select gen_random_uuid(), 'm' || n || '@example.com', 'many' || n from generate_series(1, 50) as n`,
  );
  await app.database.query(
    `insert into todos (id, owner_id, title, position, search)
     select gen_random_uuid(), users.id, 'milk', 'a0', ('''@' || users.id || ''' ''milk'':1A')::tsvector
     from users, generate_series(1, 2000) as n`,
  );
  await app.database.query('vacuum (analyze) todos');
  await app.createTodo(ada, { title: 'rare milk' });

  const plan = await app.database.query<{ 'QUERY PLAN': string }>(
    `explain (analyze, costs off, timing off, summary off)
     select title from todos where owner_id = $1 and deleted_at is null
     and search @@ concat('''@', $1::uuid::text, ''' & (', $2::text, ')')::tsquery
     order by ts_rank(search, $2::tsquery) desc, id desc limit 21`,
    [uuid, `'rare' & 'milk':*`],
  );

  const text = plan.map(row => row['QUERY PLAN']).join('\n');
  expect(text).toContain('todos_search_idx');
  expect(text).not.toContain('Seq Scan');
  expect(await find(app, ada, 'milk rar')).toEqual(['rare milk']);
});
