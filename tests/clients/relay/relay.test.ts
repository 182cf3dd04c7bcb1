import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { printSchema } from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import { createSchema } from '../../../src/schema.ts';
import { startApp } from '../../support/app.ts';

const COMPILER = fileURLToPath(import.meta.resolve('relay-compiler/cli.js'));
const DOCUMENTS = fileURLToPath(new URL('todos.ts', import.meta.url));

test('the compiler of Relay takes the schema, and its pages, node and mutations work on the server', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const todos = [];
  for (const title of ['one', 'two', 'three']) todos.push({ ...(await app.createTodo(ada, { title })), title });

  const operations = await compile();
  const created = await app.execute(
    operations.todosCreateMutation ?? '',
    { input: { title: 'four' }, connections: [] },
    ada,
  );
  const first = await app.execute(operations.todosQuery ?? '', {}, ada);
  const page = await app.execute(operations.todosPageQuery ?? '', { count: 2 }, ada);
  const { endCursor } = page.data.todos.pageInfo;
  const next = await app.execute(operations.todosPageQuery ?? '', { count: 2, cursor: endCursor }, ada);
  const item = await app.execute(operations.todosItemQuery ?? '', { id: todos[1]?.id }, ada);
  const deleted = await app.execute(operations.todosDeleteMutation ?? '', { id: todos[0]?.id, connections: [] }, ada);

  expect(Object.keys(operations).sort()).toEqual([
    'todosChangesSubscription',
    'todosCreateMutation',
    'todosDeleteMutation',
    'todosItemQuery',
    'todosPageQuery',
    'todosQuery',
  ]);
  expect([created, first, page, next, item, deleted].flatMap(({ errors }) => errors)).toEqual([]);
  expect([first, page, next].map(titlesOf)).toEqual([
    ['one', 'two', 'three', 'four'],
    ['one', 'two'],
    ['three', 'four'],
  ]);
  expect(item.data.node).toMatchObject({ __typename: 'Todo', id: todos[1]?.id, title: 'two' });
  expect(deleted.data.deleteTodo).toEqual({ todoId: todos[0]?.id, userErrors: [] });
});

const titlesOf = ({ data }: { data: { todos: { edges: { node: { title: string } }[] } } }) =>
  data.todos.edges.map(({ node }) => node.title);

/** The operations that the compiler makes of the documents, by name, as the server gets them. */
async function compile(): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'duely-relay-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(DOCUMENTS, join(folder, 'src/todos.ts'));
  // As introspection would give it: the compiler wants a type ahead of what extends it.
  await writeFile(join(folder, 'schema.graphql'), printSchema(createSchema()));
  const config = { src: 'src', schema: 'schema.graphql', language: 'typescript' };
  await writeFile(join(folder, 'relay.config.json'), JSON.stringify(config));

  // Throws what the compiler complained of where it does not exit with 0.
  await promisify(execFile)(process.execPath, [COMPILER, 'relay.config.json'], { cwd: folder });

  const artifacts = join(folder, 'src/__generated__');
  const operations: Record<string, string> = {};
  for (const file of await readdir(artifacts)) {
    const text = /"text": ("(?:[^"\\]|\\.)*")/.exec(await readFile(join(artifacts, file), 'utf8'))?.[1];
    if (text) operations[file.replace('.graphql.ts', '')] = JSON.parse(text);
  }
  return operations;
}
