import type { GraphQLSchema } from 'graphql';
import { expect, test } from 'vitest';
import { toGlobalId } from '../../src/platform/ids.ts';
import { createSchema } from '../../src/schema.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { rootFields } from '../support/operations.ts';

const ERRORS = 'userErrors { code path message }';
const CHANGES =
  'query ($after: String) { changes(after: $after, first: 1000) { cursor changes { kind ... on TodoChange { todoId } } } }';

interface Told {
  readonly kind: 'CREATED' | 'UPDATED' | 'DELETED';
  readonly todoId: string;
}

/** Ten todos: the odd ones are completed, the last two lie in the trash. */
interface Lists {
  readonly ids: readonly string[];
  readonly completed: readonly string[];
  readonly inTrash: readonly string[];
}

interface Case {
  readonly mutation: string;
  readonly variables?: (lists: Lists) => object;
  /** What lands in the feed, in any order; the id of what is made is not known before. */
  readonly told: (lists: Lists) => readonly { kind: Told['kind']; todoId?: string }[];
}

const updated = (...ids: readonly (string | undefined)[]) =>
  ids.map((id = '') => ({ kind: 'UPDATED' as const, todoId: id }));
const deleted = (...ids: readonly (string | undefined)[]) =>
  ids.map((id = '') => ({ kind: 'DELETED' as const, todoId: id }));
const first = ({ ids }: Lists) => ({ id: ids[0] });

/** Each mutation of todos, with more fields of one and more todos of the bulk ones than a single statement would need. */
const CASES: Readonly<Record<string, Case>> = {
  createTodo: {
    mutation: `mutation { createTodo(input: { title: "new", tags: ["a"] }) { ${ERRORS} } }`,
    told: () => [{ kind: 'CREATED' }],
  },
  updateTodo: {
    mutation: `mutation ($id: ID!) {
      updateTodo(id: $id, input: { title: "x", description: "y", completed: true, tags: ["z"] }) { ${ERRORS} }
    }`,
    variables: first,
    told: ({ ids }) => updated(ids[0]),
  },
  toggleTodo: {
    mutation: `mutation ($id: ID!) { toggleTodo(id: $id) { ${ERRORS} } }`,
    variables: first,
    told: ({ ids }) => updated(ids[0]),
  },
  moveTodo: {
    mutation: `mutation ($id: ID!, $after: ID!) { moveTodo(id: $id, input: { afterId: $after }) { ${ERRORS} } }`,
    variables: ({ ids }) => ({ id: ids[0], after: ids[4] }),
    told: ({ ids }) => updated(ids[0]),
  },
  deleteTodo: {
    mutation: `mutation ($id: ID!) { deleteTodo(id: $id) { ${ERRORS} } }`,
    variables: first,
    told: ({ ids }) => deleted(ids[0]),
  },
  restoreTodo: {
    mutation: `mutation ($id: ID!) { restoreTodo(id: $id) { ${ERRORS} } }`,
    variables: ({ inTrash }) => ({ id: inTrash[0] }),
    told: ({ inTrash }) => updated(inTrash[0]),
  },
  updateTodos: {
    mutation: `mutation ($ids: [ID!]!) { updateTodos(ids: $ids, input: { completed: true }) { ${ERRORS} } }`,
    // One of them twice; those that are completed already do not change.
    variables: ({ ids }) => ({ ids: [...ids, ids[0]] }),
    told: ({ ids, completed }) => updated(...ids.filter(id => !completed.includes(id))),
  },
  deleteCompletedTodos: {
    mutation: `mutation { deleteCompletedTodos { ${ERRORS} } }`,
    told: ({ completed }) => deleted(...completed),
  },
};

const todoMutations = (schema: GraphQLSchema) =>
  rootFields(schema)
    .filter(({ kind, field }) => kind === 'mutation' && /todo/i.test(field.name))
    .map(({ field }) => field.name);

test('every mutation of todos is in the table of what lands in the feed', () => {
  expect(Object.keys(CASES).toSorted()).toEqual(todoMutations(createSchema()).toSorted());
});

async function createLists(app: TestApp, owner: Person): Promise<Lists> {
  const all: string[] = [];
  for (let n = 0; n < 10; n += 1) all.push((await app.createTodo(owner, { title: `todo ${n}` })).id);
  const [ids, inTrash] = [all.slice(0, 8), all.slice(8)];
  const completed = ids.filter((_id, index) => index % 2 === 1);
  await app.execute(
    'mutation ($ids: [ID!]!) { updateTodos(ids: $ids, input: { completed: true }) { userErrors { code } } }',
    { ids: completed },
    owner,
  );
  for (const id of inTrash) await app.execute('mutation ($id: ID!) { deleteTodo(id: $id) { todoId } }', { id }, owner);
  return { ids, completed, inTrash };
}

async function changesAfter(app: TestApp, as: Person, after?: string): Promise<{ cursor: string; changes: Told[] }> {
  const { data, errors } = await app.execute(CHANGES, { after }, as);
  expect(errors).toEqual([]);
  return data.changes;
}

async function versionsOf({ database }: TestApp): Promise<Map<string, number>> {
  const rows = await database.query<{ id: string; version: number }>('select id, version from todos');
  return new Map(rows.map(({ id, version }) => [toGlobalId('todo', id), version]));
}

const sorted = (changes: readonly { kind: string; todoId?: string }[]) =>
  changes.map(({ kind, todoId }) => `${kind} ${todoId}`).toSorted();

test.each(Object.keys(CASES))(
  '%s is told once for each todo that it changed and for no other, to its owner alone, and a replay is not told again',
  async name => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const { mutation, variables, told } = CASES[name] ?? expect.fail();
    const lists = await createLists(app, ada);
    const before = [await changesAfter(app, ada), await changesAfter(app, eve)];
    const versions = await versionsOf(app);
    const run = () => app.execute(mutation, variables?.(lists) ?? {}, ada, { headers: { 'Idempotency-Key': 'one' } });

    const answer = await run();
    const { changes } = await changesAfter(app, ada, before[0]?.cursor);
    const replay = await run();
    const after = [await changesAfter(app, ada, before[0]?.cursor), await changesAfter(app, eve, before[1]?.cursor)];

    expect([answer.errors, answer.data[name].userErrors]).toEqual([[], []]);
    const expected = told(lists).map((change, index) => ({
      ...change,
      todoId: change.todoId ?? changes[index]?.todoId ?? '',
    }));
    expect(sorted(changes)).toEqual(sorted(expected));
    expect(new Set(changes.map(({ todoId }) => todoId)).size).toBe(changes.length);
    // The table agrees: what was told is what has another version.
    const written = [...(await versionsOf(app))].filter(([id, version]) => version !== versions.get(id));
    expect(changes.map(({ todoId }) => todoId).toSorted()).toEqual(written.map(([id]) => id).toSorted());
    expect(replay.extensions.idempotentReplay).toBe(true);
    expect(after.map(page => page.changes)).toEqual([changes, []]);
  },
);

test('a bulk change of 100 todos and the removal of 300 completed ones are told once each, in one go', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ids: string[] = [];
  for (let n = 0; n < 300; n += 1) ids.push((await app.createTodo(ada)).id);
  const before = await changesAfter(app, ada);

  for (const from of [0, 100, 200])
    await app.execute(CASES.updateTodos?.mutation ?? '', { ids: ids.slice(from, from + 100) }, ada);
  const middle = await changesAfter(app, ada, before.cursor);
  await app.execute(CASES.deleteCompletedTodos?.mutation ?? '', {}, ada);
  const end = await changesAfter(app, ada, middle.cursor);

  expect(sorted(middle.changes)).toEqual(sorted(updated(...ids)));
  expect(sorted(end.changes)).toEqual(sorted(deleted(...ids)));
});
