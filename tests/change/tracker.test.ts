import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { forkFor } from '../../src/change/transact.ts';
import { tracking } from '../../src/entities.ts';
import { User } from '../../src/identity/user.entity.ts';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { Todo } from '../../src/todo/todo.entity.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { addTodo } from '../support/feed-workload.ts';

const uuidOf = (person: Person) => fromGlobalId('user', person.id) ?? '';

/** The changes of somebody's todos, oldest first. */
const kindsOf = async ({ database }: TestApp, person: Person): Promise<string[]> => {
  const rows = await database.query<{ kind: string }>(
    `select kind from changes where owner_id = $1 and entity = 'todo' order by seq`,
    [uuidOf(person)],
  );
  return rows.map(row => row.kind);
};

describe('one transaction', () => {
  test('that makes a todo and changes it in three flushes makes one change: CREATED', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    await app.app.services.transact(uuidOf(ada), async em => {
      const todo = addTodo(em, uuidOf(ada), 'one');
      await em.flush();
      todo.title = 'two';
      await em.flush();
      todo.title = 'three';
    });

    expect(await kindsOf(app, ada)).toEqual(['CREATED']);
  });

  test('that changes two todos twice each makes one change of each, in the order in which they were touched', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const ids = [await app.createTodo(ada), await app.createTodo(ada)].map(todo => fromGlobalId('todo', todo.id) ?? '');
    const [first = '', second = ''] = ids;

    await app.app.services.transact(uuidOf(ada), async em => {
      for (const title of ['two', 'three']) {
        for (const id of [second, first]) {
          (await em.findOneOrFail(Todo, { id })).title = title;
          await em.flush();
        }
      }
    });

    const updated = await app.database.query(
      `select entity_id, seq::int from changes where kind = 'UPDATED' order by seq`,
    );
    expect(updated).toEqual([
      { entity_id: second, seq: 4 },
      { entity_id: first, seq: 5 },
    ]);
  });

  test('that is rolled back makes no change, and gives its numbers to the next one', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const failure = app.app.services.transact(uuidOf(ada), async em => {
      addTodo(em, uuidOf(ada), 'one');
      await em.flush();
      throw new Error('on purpose');
    });

    await expect(failure).rejects.toThrow('on purpose');
    expect(await kindsOf(app, ada)).toEqual([]);
    await app.createTodo(ada);
    expect(await app.database.query('select seq::int, entity from changes order by seq')).toEqual([
      { seq: 1, entity: 'user' },
      { seq: 2, entity: 'todo' },
    ]);
  });

  test('that writes what two people own makes a change in the feed of each', async () => {
    await using app = await startApp();
    const [ada, bob] = [await app.createUser(), await app.createUser()];

    await app.app.services.transact(null, async em => {
      addTodo(em, uuidOf(ada), 'hers');
      addTodo(em, uuidOf(bob), 'his');
    });

    expect([await kindsOf(app, ada), await kindsOf(app, bob)]).toEqual([['CREATED'], ['CREATED']]);
  });

  test('that removes a todo for good makes the change DELETED', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const todo = await app.createTodo(ada);

    await app.app.services.transact(uuidOf(ada), async em => {
      em.remove(await em.findOneOrFail(Todo, { id: fromGlobalId('todo', todo.id) ?? '' }));
    });

    expect(await kindsOf(app, ada)).toEqual(['CREATED', 'DELETED']);
  });
});

test('updateTodo with what the todo has already makes no change and keeps the version', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const todo = await app.createTodo(ada, { title: 'as it is', priority: 'HIGH', tags: ['a', 'b'] });

  const { data } = await app.execute(
    `mutation ($id: ID!, $input: UpdateTodoInput!) { updateTodo(id: $id, input: $input) { todo { version } userErrors { code } } }`,
    { id: todo.id, input: { title: 'as it is', priority: 'HIGH', tags: ['a', 'b'], completed: false, dueAt: null } },
    ada,
  );

  expect(data.updateTodo).toEqual({ todo: { version: todo.version }, userErrors: [] });
  expect(await kindsOf(app, ada)).toEqual(['CREATED']);
});

test('a password that is hashed anew is no change of the account; a name is', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const change = (edit: (user: User) => void) =>
    app.app.services.transact(uuidOf(ada), async em =>
      edit(await em.findOneOrFail(User, { id: uuidOf(ada) }, { populate: ['passwordHash'] })),
    );

  await change(user => {
    user.passwordHash = '$argon2id$another';
  });
  await change(user => {
    user.fullName = 'Ada';
  });

  expect(await app.database.query('select password_hash, full_name from users')).toEqual([
    { password_hash: '$argon2id$another', full_name: 'Ada' },
  ]);
  expect(await app.database.query('select kind from changes order by seq')).toEqual([
    { kind: 'CREATED' },
    { kind: 'UPDATED' },
  ]);
});

test('deleteTodo makes a DELETED without the todo, restoreTodo an UPDATED with it', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const todo = await app.createTodo(ada, { title: 'thrown away' });
  const query = '{ changes(after: $after) { changes { kind ... on TodoChange { todoId todo { title } } } cursor } }';
  const read = (after: string) => app.execute(`query ($after: String) ${query}`, { after }, ada);
  const begin = await app.execute('{ changes { cursor } }', {}, ada);

  await app.execute('mutation ($id: ID!) { deleteTodo(id: $id) { userErrors { code } } }', { id: todo.id }, ada);
  const thrownAway = await read(begin.data.changes.cursor);
  await app.execute('mutation ($id: ID!) { restoreTodo(id: $id) { userErrors { code } } }', { id: todo.id }, ada);
  const restored = await read(thrownAway.data.changes.cursor);

  expect(thrownAway.data.changes.changes).toEqual([{ kind: 'DELETED', todoId: todo.id, todo: null }]);
  expect(restored.data.changes.changes).toEqual([{ kind: 'UPDATED', todoId: todo.id, todo: { title: 'thrown away' } }]);
});

describe('a write that would not reach the feed', () => {
  test('is refused by the unit of work, and nothing is written', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const em = forkFor(app.app.services.database, uuidOf(ada));
    addTodo(em, uuidOf(ada), 'forgotten');

    await expect(em.flush()).rejects.toThrow(
      'Todo was written outside of transact(), so its change would not reach the feed.',
    );

    expect(await app.database.query('select id from todos')).toEqual([]);
  });

  test('is refused in a unit of work of its own inside transact too, and all is rolled back', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const failure = app.app.services.transact(uuidOf(ada), async em => {
      addTodo(em, uuidOf(ada), 'recorded');
      await em.flush();
      await em.transactional(async inner => void addTodo(inner, uuidOf(ada), 'forgotten'));
    });

    await expect(failure).rejects.toThrow('outside of transact()');
    expect(await app.database.query('select id from todos')).toEqual([]);
  });

  /** Ways past the unit of work: by its own methods, by Kysely, and by SQL. */
  const WRITES = [
    /\b(nativeInsert|nativeUpdate|nativeDelete|insertMany|upsert|upsertMany)\s*\(/,
    /\b(insertInto|replaceInto|updateTable|deleteFrom|mergeInto)\s*\(/,
    /\b(insert\s+into|delete\s+from|merge\s+into|truncate\s+(table\s+)?\w|update\s+["\w.${}]+\s+set)\b/i,
  ];
  const findWrites = (source: string) => {
    const code = source.replace(/\/\*.*?\*\/|(?<![:'"`])\/\/[^\n]*/gs, comment => comment.replace(/[^\n]/g, ' '));
    return code.split('\n').flatMap((line, index) => (WRITES.some(write => write.test(line)) ? [index + 1] : []));
  };

  /** Null where it does not stand there: it may be any. */
  const tableOf = (line: string): string | null => {
    const [, bySql, byKysely] =
      /\b(?:insert\s+into|delete\s+from|merge\s+into|truncate(?:\s+table)?|update)\s+"?(\w+)"?[\s(`;,]|(?:insertInto|replaceInto|updateTable|deleteFrom|mergeInto)\s*\(\s*'(\w+)'/i.exec(
        `${line};`,
      ) ?? [];
    return bySql ?? byKysely ?? null;
  };

  /** The columns that an `update` writes which begins here. */
  const columnsOf = (statement: string): string[] => {
    const [, written = ''] = /\bset\b(.*?)(?:\bfrom\b|\bwhere\b|\breturning\b|`|$)/is.exec(statement) ?? [];
    return [...`,${written}`.matchAll(/,\s*"?(\w+)"?\s*=/g)].map(([, column = '']) => column);
  };

  test('stands in no source file, but for tables and columns that no feed tells of', async () => {
    await using app = await startApp();
    const metadata = app.app.services.database.em.getMetadata();
    const told = tracking.flatMap(({ entity, feed }) => {
      const { tableName, properties } = metadata.get(entity);
      const silent = (feed?.silent ?? []).flatMap(name => properties[name]?.fieldNames ?? []);
      return feed ? [{ tableName, silent }] : [];
    });
    const isTold = (statement: string): boolean => {
      const table = tableOf(statement.split('\n')[0] ?? '');
      const columns = columnsOf(statement);
      return told.some(
        ({ tableName, silent }) =>
          (table === null || table === tableName) &&
          (columns.length === 0 || columns.some(column => !silent.includes(column))),
      );
    };
    const files = globSync('**/*.ts', { cwd: 'src' });

    const found = files.flatMap(file => {
      const lines = readFileSync(`src/${file}`, 'utf8').split('\n');
      return findWrites(lines.join('\n'))
        .map(line =>
          lines
            .slice(line - 1, line + 19)
            .join('\n')
            .trim(),
        )
        .filter(isTold)
        .map(statement => `src/${file}: ${statement.split('\n')[0]}`);
    });

    expect(told.map(({ tableName }) => tableName)).toEqual(
      expect.arrayContaining(['users', 'todos', 'orders', 'payments']),
    );
    expect(found).toEqual([
      // What is removed for good was told as DELETED before, or its owner is gone with the feed.
      `src/platform/row-removal.ts: delete from \${sql.table(table)} where ctid = any (array(`,
    ]);
    expect(files.length).toBeGreaterThan(30);
  });

  test('is told from one of columns that no feed tells of', () => {
    expect(columnsOf('update todos set reminded_at = now() from due where title = 1')).toEqual(['reminded_at']);
    expect(columnsOf('update todos set a = f(b, c), "d" = 2\n  where e = 3')).toEqual(['a', 'd']);
    expect(columnsOf('delete from todos where a = 1')).toEqual([]);
  });

  test.for([
    'await em.nativeUpdate(Todo, { id }, { title })',
    'await em.upsertMany(Todo, rows)',
    `db.insertInto('todos').values(row)`,
    `db.deleteFrom('todos')`,
    'em.execute("UPDATE todos SET title = ?")',
    'sql`delete from todos`',
    'sql`insert into todos values (1)`',
  ])('is found where it stands: %s', source => {
    expect(findWrites(`const a = 1;\n${source};`)).toEqual([2]);
    expect([null, 'todos']).toContain(tableOf(source));
    expect(findWrites(`// ${source}`)).toEqual([]);
    expect(findWrites(`// ${source}\n${source};`)).toEqual([2]);
  });
});
