import { expect, test } from 'vitest';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { randomOf } from '../clients/offline-person.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';

/**
 * Small words, so that searches find something, each with what a person would type to find it: by the rules that the SDL
 * gives for `search` (case, accents, any script), written down here by hand.
 */
const WORDS: Readonly<Record<string, string>> = {
  milk: 'milk',
  MILK: 'milk',
  Mílkshake: 'milkshake',
  eggs: 'eggs',
  Éggs: 'eggs',
  Straße: 'strasse',
  STRASSE: 'strasse',
  ΟΔΟΣ: 'οδοσ',
  οδός: 'οδοσ',
  ёлка: 'елка',
  كتاب: 'کتاب',
  کتاب: 'کتاب',
  '🎂': '🎂',
};
const SEARCHES = [
  'milk',
  'MIL',
  'milk eggs',
  'eggs milks',
  'strasse',
  'straß',
  'οδό',
  'ЕЛ',
  'کتا',
  '🎂',
  'eggs 🎂',
  'no such',
];
const TAGS = ['home', 'work', 'later', 'Zürich'];
const PAGE = 7;

interface Row {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly position: string;
  readonly tags: readonly string[];
  readonly completed: boolean;
  readonly overdue: boolean;
}

/** What the table has, those in the trash aside, by one plain statement without any of the server's indexes or words. */
const readRows = ({ database }: TestApp, owner: Person): Promise<Row[]> =>
  database.query<Row & Record<string, unknown>>(
    `select id, title, description, position, tags, completed_at is not null as completed,
       completed_at is null and due_at is not null and due_at < now() as overdue
     from todos where owner_id = $1 and deleted_at is null`,
    [fromGlobalId('user', owner.id)],
  );

const wordsOf = (text: string) => text.split(' ').map(word => WORDS[word] ?? word.toLowerCase());

/** All words of the search, in any order, the last as the beginning of one. */
function matches({ title, description }: Row, search: string): boolean {
  const words = [...wordsOf(title), ...wordsOf(description ?? '')];
  const asked = search.split(' ').map(word => folded(word));
  return asked.every((word, index) =>
    words.some(one => (index === asked.length - 1 ? one.startsWith(word) : one === word)),
  );
}

/** The searches above, as they are found in the words above. */
const folded = (word: string) => word.toLowerCase().replace('ß', 'ss').replace('ό', 'ο').replace('ς', 'σ');

const byPosition = (one: Row, other: Row) =>
  one.position < other.position || (one.position === other.position && one.id < other.id) ? -1 : 1;

function countStats(rows: readonly Row[]) {
  const open = rows.filter(({ completed }) => !completed);
  const counts = Map.groupBy(
    open.flatMap(({ tags }) => tags),
    tag => tag,
  );
  return {
    total: rows.length,
    open: open.length,
    completed: rows.length - open.length,
    overdue: rows.filter(({ overdue }) => overdue).length,
    tags: [...counts]
      .map(([tag, all]) => ({ tag, count: all.length }))
      .toSorted((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1)),
  };
}

const MUTATIONS = {
  edit: 'mutation ($id: ID!, $input: UpdateTodoInput!) { payload: updateTodo(id: $id, input: $input) { userErrors { code } } }',
  toggle: 'mutation ($id: ID!) { payload: toggleTodo(id: $id) { userErrors { code } } }',
  move: 'mutation ($id: ID!, $input: MoveTodoInput!) { payload: moveTodo(id: $id, input: $input) { userErrors { code } } }',
  delete: 'mutation ($id: ID!) { payload: deleteTodo(id: $id) { userErrors { code } } }',
  restore: 'mutation ($id: ID!) { payload: restoreTodo(id: $id) { userErrors { code } } }',
  sweep: 'mutation { payload: deleteCompletedTodos { userErrors { code } } }',
};

/** One of several who write to the same list at once. */
async function write(app: TestApp, owner: Person, ids: string[], random: () => number, times: number): Promise<void> {
  const oneOf = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  const text = () => Array.from({ length: 1 + Math.floor(random() * 3) }, () => oneOf(Object.keys(WORDS))).join(' ');
  const fields = () => ({
    title: text(),
    description: random() < 0.5 ? text() : null,
    tags: TAGS.filter(() => random() < 0.3),
    dueAt: new Date(Date.now() + (random() < 0.5 ? -1 : 1) * 86_400_000).toISOString(),
  });
  for (let n = 0; n < times; n += 1) {
    const id = oneOf(ids);
    const choice = random();
    if (!id || choice < 0.25) ids.push((await app.createTodo(owner, fields())).id);
    else {
      const [mutation, variables] =
        choice < 0.5
          ? [MUTATIONS.edit, { id, input: fields() }]
          : choice < 0.65
            ? [MUTATIONS.toggle, { id }]
            : choice < 0.8
              ? [MUTATIONS.move, { id, input: { afterId: oneOf(ids.filter(other => other !== id)) } }]
              : choice < 0.9
                ? [MUTATIONS.delete, { id }]
                : choice < 0.99
                  ? [MUTATIONS.restore, { id }]
                  : [MUTATIONS.sweep, {}];
      const { data, errors } = await app.execute(mutation, variables, owner);
      expect(errors).toEqual([]);
      // Another writer may have thrown it away.
      const codes: string[] = data.payload.userErrors.map(({ code }: { code: string }) => code);
      expect(codes.filter(code => code !== 'NOT_FOUND')).toEqual([]);
    }
  }
}

interface Listed {
  readonly id: string;
  readonly title: string;
}

async function walk(app: TestApp, as: Person, filter: object, orderBy?: object): Promise<Listed[]> {
  const found: Listed[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const { data, errors } = await app.execute(
      `query ($filter: TodoFilter, $orderBy: TodoOrder, $after: String) {
        todos(filter: $filter, orderBy: $orderBy, first: ${PAGE}, after: $after) {
          nodes { id title } pageInfo { hasNextPage endCursor }
        }
      }`,
      { filter, orderBy, after },
      as,
    );
    expect(errors).toEqual([]);
    found.push(...data.todos.nodes);
    ({ endCursor: after, hasNextPage: more } = data.todos.pageInfo);
  }
  return found;
}

const STATS = '{ todoStats { total open completed overdue tags { tag count } } }';

/** Compares all that the API says of a list that nobody writes to now with a plain look at its rows. */
async function expectAsInTable(app: TestApp, owner: Person): Promise<void> {
  const rows = (await readRows(app, owner)).toSorted(byPosition);
  const idsOf = (listed: readonly Listed[]) => listed.map(({ id }) => fromGlobalId('todo', id));
  expect(idsOf(await walk(app, owner, {}))).toEqual(rows.map(({ id }) => id));
  for (const search of SEARCHES) {
    const wanted = rows.filter(row => matches(row, search)).map(({ id }) => id);
    expect(idsOf(await walk(app, owner, { search }, { field: 'POSITION' })), search).toEqual(wanted);
    expect(idsOf(await walk(app, owner, { search })).toSorted(), search).toEqual(wanted.toSorted());
  }
  expect((await app.execute(STATS, {}, owner)).data.todoStats).toEqual(countStats(rows));
}

test.each([1, 2])(
  'search, the own order and todoStats say what a plain look at the rows says, after each of three rounds of six writers at once (seed %i)',
  async seed => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const random = randomOf(seed);
    const ids: string[] = [];
    // Somebody else's, with the same words.
    await write(app, eve, [], randomOf(seed + 100), 15);

    for (let round = 0; round < 3; round += 1) {
      let writing = true;
      const writers = Array.from({ length: 6 }, (_, n) =>
        write(app, ada, ids, randomOf(seed * 100 + round * 10 + n), 20),
      );
      const writes = Promise.all(writers).finally(() => {
        writing = false;
      });
      const readers = [
        async () => {
          const { data } = await app.execute(STATS, {}, ada);
          // All of one moment, whatever is written meanwhile.
          expect(data.todoStats.open + data.todoStats.completed).toBe(data.todoStats.total);
          for (const { count } of data.todoStats.tags) expect(count).toBeLessThanOrEqual(data.todoStats.open);
        },
        async () => {
          const search = SEARCHES[Math.floor(random() * SEARCHES.length)] ?? '';
          const { data } = await app.execute(
            'query ($search: String) { todos(filter: { search: $search }, first: 100) { nodes { id title description position } } }',
            { search },
            ada,
          );
          // Whatever is found fits as it is shown, for both are of one moment.
          expect(data.todos.nodes.filter((row: Row) => !matches(row, search))).toEqual([]);
        },
        async () => {
          const { data } = await app.execute('{ todos(first: 100) { nodes { id position } } }', {}, ada);
          // What comes back from the trash may find its place taken: then the ids decide.
          expect(data.todos.nodes).toEqual(data.todos.nodes.toSorted(byPosition));
        },
      ].map(async read => {
        while (writing) await read();
      });
      await Promise.all([writes, ...readers]);

      await expectAsInTable(app, ada);
    }
    await expectAsInTable(app, eve);
  },
);
