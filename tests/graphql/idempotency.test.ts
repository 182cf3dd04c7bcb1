import { LockMode } from '@mikro-orm/core';
import { describe, expect, test } from 'vitest';
import type { OperationContext } from '../../src/graphql/context.ts';
import { inPhases } from '../../src/graphql/mutation.ts';
import { ApiError, UserInputError } from '../../src/platform/errors.ts';
import { fromGlobalId, newId, toGlobalId } from '../../src/platform/ids.ts';
import { createSchema } from '../../src/schema.ts';
import { Todo } from '../../src/todo/todo.entity.ts';
import { createTodo } from '../../src/todo/todo.service.ts';
import { type Answer, type Person, startApp, type TestApp } from '../support/app.ts';
import { holdLock } from '../support/lock.ts';
import { until } from '../support/wait.ts';

const CREATE = `mutation ($input: CreateTodoInput!) {
  createTodo(input: $input) { todo { id title } userErrors { code path } }
}`;
const DAY_MS = 24 * 3_600_000;

const withKey = (key: string) => ({ headers: { 'Idempotency-Key': key } });
const create = (app: TestApp, as: Person, title: string, key: string): Promise<Answer> =>
  app.execute(CREATE, { input: { title } }, as, withKey(key));
const codesOf = ({ errors }: Answer) => errors.map(error => error.extensions.code);
const countTodos = async ({ database }: TestApp) => (await database.query('select id from todos')).length;
const isReplay = ({ extensions }: Answer) => extensions.idempotentReplay === true;

describe('a mutation with an Idempotency-Key', () => {
  test('that is sent a hundred times at once is done once, and all are given its outcome', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const answers = await Promise.all(Array.from({ length: 100 }, () => create(app, ada, 'once', 'key')));

    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(new Set(answers.map(({ data }) => data.createTodo.todo?.id)).size).toBe(1);
    expect(answers.map(({ data }) => data.createTodo.todo?.title)).toEqual(answers.map(() => 'once'));
    expect(answers.filter(answer => !isReplay(answer))).toHaveLength(1);
    expect(await countTodos(app)).toBe(1);
  });

  test('that was used with other arguments answers IDEMPOTENCY_MISMATCH and does nothing', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const todo = await app.createTodo(ada);
    await create(app, ada, 'one', 'key');

    const otherArgument = await create(app, ada, 'two', 'key');
    const otherField = await app.execute(
      'mutation ($id: ID!) { createTodo: deleteTodo(id: $id) { todoId } }',
      { id: todo.id },
      ada,
      withKey('key'),
    );

    expect([codesOf(otherArgument), codesOf(otherField)]).toEqual([['IDEMPOTENCY_MISMATCH'], ['IDEMPOTENCY_MISMATCH']]);
    expect(await app.database.query('select title from todos where deleted_at is null order by id')).toEqual([
      { title: 'Something to do' },
      { title: 'one' },
    ]);
  });

  test("is another person's own: the same key with other arguments is a new mutation", async () => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];

    const answers = [await create(app, ada, "ada's", 'key'), await create(app, eve, "eve's", 'key')];

    expect(answers.map(({ data }) => data.createTodo.todo.title)).toEqual(["ada's", "eve's"]);
    expect(answers.map(isReplay)).toEqual([false, false]);
  });

  test('is answered again with what it made as it is now, for whatever is selected', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const first = await create(app, ada, 'before', 'key');
    const { id } = first.data.createTodo.todo;
    await app.execute(
      'mutation ($id: ID!) { updateTodo(id: $id, input: { title: "after" }) { userErrors { code } } }',
      { id },
      ada,
    );

    const again = await app.execute(
      `mutation ($input: CreateTodoInput!) { createTodo(input: $input) { todo { id title version owner { username } } userErrors { code } } }`,
      { input: { title: 'before' } },
      ada,
      withKey('key'),
    );

    expect(again.data.createTodo).toEqual({
      todo: { id, title: 'after', version: 2, owner: { username: ada.username } },
      userErrors: [],
    });
    expect(again.extensions).toEqual({ idempotentReplay: true });
  });

  test('is answered again with the todo although it lies in the trash, and with null when it is gone', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { id } = (await create(app, ada, 'one', 'key')).data.createTodo.todo;
    await app.execute('mutation ($id: ID!) { deleteTodo(id: $id) { todoId } }', { id }, ada);

    const inTrash = await create(app, ada, 'one', 'key');
    await app.database.query('delete from todos');
    const gone = await create(app, ada, 'one', 'key');

    expect(inTrash.data.createTodo).toMatchObject({ todo: { id } });
    expect(gone.data.createTodo).toEqual({ todo: null, userErrors: [] });
    expect(await countTodos(app)).toBe(0);
  });

  test('with two fields in one request does both, and both once', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const both = () =>
      app.execute(
        'mutation { a: createTodo(input: { title: "same" }) { todo { id } } b: createTodo(input: { title: "same" }) { todo { id } } }',
        {},
        ada,
        withKey('key'),
      );

    const [first, again] = [await both(), await both()];

    expect(first.data.a.todo.id).not.toBe(first.data.b.todo.id);
    expect(again.data).toEqual(first.data);
    expect(await countTodos(app)).toBe(2);
  });

  test('of any length that is allowed may stand beside an alias of any length', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const alias = 'a'.repeat(400);
    const send = () =>
      app.execute(
        `mutation { ${alias}: createTodo(input: { title: "one" }) { todo { id } } }`,
        {},
        ada,
        withKey('k'.repeat(255)),
      );

    const [first, again] = [await send(), await send()];

    expect([first.errors, again.errors, isReplay(again)]).toEqual([[], [], true]);
    expect(await countTodos(app)).toBe(1);
  });

  test('in the extensions works as in the header, over a socket too', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const extensions = { idempotencyKey: 'key' };

    const first = await app.execute(CREATE, { input: { title: 'one' } }, ada, { extensions });
    const again = await app.execute(CREATE, { input: { title: 'one' } }, ada, { extensions });
    const overSocket = await new Promise<unknown>((resolve, reject) => {
      app
        .socket(ada)
        .subscribe(
          { query: CREATE, variables: { input: { title: 'one' } }, extensions },
          { next: resolve, error: reject, complete: () => {} },
        );
    });

    expect([isReplay(first), isReplay(again)]).toEqual([false, true]);
    expect(overSocket).toMatchObject({
      data: { createTodo: { todo: first.data.createTodo.todo } },
      extensions: { idempotentReplay: true },
    });
    expect(await countTodos(app)).toBe(1);
  });

  test('that failed is not remembered: with the same key it may be put right and sent again', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const refused = await create(app, ada, '', 'key');
    const again = await create(app, ada, 'put right', 'key');

    expect(refused.data.createTodo.userErrors).toMatchObject([{ code: 'INVALID' }]);
    expect(again.data.createTodo).toMatchObject({ todo: { title: 'put right' }, userErrors: [] });
    expect(isReplay(again)).toBe(false);
  });

  test('is remembered for 24 hours', async () => {
    await using app = await startApp({ settings: { ACCESS_TOKEN_TTL_SECONDS: '86400' } });
    const ada = await app.createUser();
    const first = await create(app, ada, 'one', 'key');

    app.advance(DAY_MS - 60_000);
    const inTime = await create(app, ada, 'one', 'key');
    app.advance(120_000);
    const later = await create(app, await app.logInAgain(ada), 'one', 'key');

    expect([first, inTime, later].map(isReplay)).toEqual([false, true, false]);
    expect(await countTodos(app)).toBe(2);
  });

  test.for([
    ['is empty', ''],
    ['has 256 characters', 'k'.repeat(256)],
  ])('that %s answers BAD_REQUEST and does nothing', async ([, key = '']) => {
    await using app = await startApp();
    const ada = await app.createUser();

    const answer = await create(app, ada, 'one', key);
    const inExtensions = await app.execute(CREATE, { input: { title: 'one' } }, ada, {
      extensions: { idempotencyKey: key },
    });

    expect([codesOf(answer), codesOf(inExtensions)]).toEqual([['BAD_REQUEST'], ['BAD_REQUEST']]);
    expect(await countTodos(app)).toBe(0);
  });

  test('that ends sessions is answered again with its outcome; logOut ends what could ask again', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await app.logInAgain(ada);
    const send = (field: string) => app.execute(`mutation { ${field} }`, {}, ada, withKey(field.slice(0, 6)));

    const revoked = [
      await send('revokeOtherSessions { revokedCount }'),
      await send('revokeOtherSessions { revokedCount }'),
    ];
    const loggedOut = [await send('logOut { userErrors { code } }'), await send('logOut { userErrors { code } }')];

    expect(revoked.map(({ data }) => data)).toEqual(revoked.map(() => ({ revokeOtherSessions: { revokedCount: 1 } })));
    expect(revoked.map(isReplay)).toEqual([false, true]);
    expect(loggedOut.map(codesOf)).toEqual([[], ['UNAUTHENTICATED']]);
  });
});

describe('a key in the input', () => {
  const NOTE = `mutation ($key: String!, $title: String!) {
    note(input: { idempotencyKey: $key, title: $title }) { todo { id title } userErrors { code path } }
  }`;

  test('works without a header and wins over one', async () => {
    await using app = await startApp({ schema: createLab().schema });
    const ada = await app.createUser();
    const note = (key: string, header: string) => app.execute(NOTE, { key, title: 'one' }, ada, withKey(header));

    const answers = [await note('a', 'x'), await note('a', 'y'), await note('b', 'x')];

    expect(answers.map(isReplay)).toEqual([false, true, false]);
    expect(await countTodos(app)).toBe(2);
  });

  test('that was used with other arguments, or is too long, is told where it stands', async () => {
    await using app = await startApp({ schema: createLab().schema });
    const ada = await app.createUser();
    const note = (key: string, title: string) => app.execute(NOTE, { key, title }, ada);
    await note('a', 'one');

    const [other, tooLong] = [await note('a', 'two'), await note('k'.repeat(256), 'three')];

    const path = ['input', 'idempotencyKey'];
    expect(other.data.note).toEqual({ todo: null, userErrors: [{ code: 'CONFLICT', path }] });
    expect(tooLong.data.note).toEqual({ todo: null, userErrors: [{ code: 'INVALID', path }] });
    expect(await countTodos(app)).toBe(1);
  });
});

describe('a mutation in phases', () => {
  const PHASED = 'mutation { phased { todo { id title } userErrors { code } } }';

  test('claims its key with its intent: while it runs IDEMPOTENCY_IN_PROGRESS, then its outcome', async () => {
    const lab = createLab();
    await using app = await startApp({ schema: lab.schema });
    const ada = await app.createUser();
    const phased = () => app.execute(PHASED, {}, ada, withKey('key'));
    const { promise, resolve } = Promise.withResolvers<void>();
    lab.outside = () => promise;

    const first = phased();
    await until('the first is outside', () => lab.runs.outside === 1);
    const meanwhile = await phased();
    resolve();
    const [done, again] = [await first, await phased()];

    expect(codesOf(meanwhile)).toEqual(['IDEMPOTENCY_IN_PROGRESS']);
    expect(again.data).toEqual(done.data);
    expect([isReplay(done), isReplay(again)]).toEqual([false, true]);
    expect(lab.runs).toMatchObject({ begin: 1, outside: 1, finish: 1 });
  });

  test('whose process is gone leaves a claim, which a repeat takes over once it is a minute old', async () => {
    const lab = createLab();
    await using app = await startApp({ schema: lab.schema });
    const ada = await app.createUser();
    const phased = () => app.execute(PHASED, {}, ada, withKey('key'));
    const { promise, reject } = Promise.withResolvers<void>();
    lab.outside = () => promise;
    const gone = phased();
    await until('the first is outside', () => lab.runs.outside === 1);
    lab.outside = async () => {};

    app.advance(55_000);
    const early = await phased();
    app.advance(6_000);
    const takenOver = await phased();
    // It wakes up after all: what was done meanwhile stays.
    reject(new ApiError('UNAVAILABLE', 'gone'));
    const failed = await gone;
    const again = await phased();

    expect([codesOf(early), codesOf(failed)]).toEqual([['IDEMPOTENCY_IN_PROGRESS'], ['UNAVAILABLE']]);
    expect(takenOver.data.phased).toMatchObject({ todo: { title: 'finished' }, userErrors: [] });
    expect([isReplay(again), again.data]).toEqual([true, takenOver.data]);
    expect(lab.runs).toMatchObject({ begin: 2, finish: 1 });
  });

  test('that fails outside gives its key free at once, and its intent stays', async () => {
    const lab = createLab();
    await using app = await startApp({ schema: lab.schema });
    const ada = await app.createUser();
    lab.outside = async () => {
      throw new UserInputError('PROVIDER_UNAVAILABLE', [], 'Nobody answers.');
    };

    const refused = await app.execute(PHASED, {}, ada, withKey('key'));
    const intents = await countTodos(app);
    lab.outside = async () => {};
    const again = await app.execute(PHASED, {}, ada, withKey('key'));

    expect(refused.data.phased).toEqual({ todo: null, userErrors: [{ code: 'PROVIDER_UNAVAILABLE' }] });
    expect(intents).toBe(1);
    expect(again.data.phased).toMatchObject({ todo: { title: 'finished' } });
    expect(isReplay(again)).toBe(false);
  });
});

describe('what the database refuses', () => {
  test.for(['40001', '40P01'])(
    'for a moment (%s) is done again, three times at the most, and its effect once',
    async state => {
      const lab = createLab();
      await using app = await startApp({ schema: lab.schema });
      const ada = await app.createUser();
      const stumble = (times: number, key: string) =>
        app.execute(
          'mutation ($state: String!, $times: Int!) { stumble(state: $state, times: $times) { todo { title } } }',
          { state, times },
          ada,
          withKey(key),
        );

      const three = await stumble(3, 'a');
      const runs = lab.runs.stumble;
      const four = await stumble(4, 'b');

      expect(three.data.stumble).toEqual({ todo: { title: 'at last' } });
      expect([runs, lab.runs.stumble]).toEqual([4, 8]);
      expect(codesOf(four)).toEqual(['UNAVAILABLE']);
      expect(await countTodos(app)).toBe(1);
      expect(await app.database.query(`select kind from changes where entity = 'todo'`)).toEqual([{ kind: 'CREATED' }]);
    },
  );

  test('as a dead-lock is done again, and both mutations have their effect', async () => {
    const lab = createLab();
    await using app = await startApp({ schema: lab.schema });
    const ada = await app.createUser();
    const ids = [(await app.createTodo(ada)).id, (await app.createTodo(ada)).id];
    const append = (order: string[], text: string) =>
      app.execute(
        'mutation ($ids: [ID!]!, $text: String!) { append(ids: $ids, text: $text) { userErrors { code } } }',
        { ids: order, text },
        ada,
      );

    const answers = await Promise.all([append(ids, 'A'), append(ids.toReversed(), 'B')]);

    expect(answers.map(({ data, errors }) => [data, errors])).toEqual(
      answers.map(() => [{ append: { userErrors: [] } }, []]),
    );
    const titles = await app.database.query<{ title: string }>('select title from todos');
    expect(titles.map(({ title }) => [...title.replace('Something to do', '')].toSorted())).toEqual([
      ['A', 'B'],
      ['A', 'B'],
    ]);
    expect(lab.runs.append).toBe(3);
  });

  test('as taken becomes TAKEN with its place, for two at once too, and nothing else of it is kept', async () => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const id = toGlobalId('todo', newId());
    const createWithId = (as: Person) => app.execute(CREATE, { input: { title: 'one', id } }, as);

    const answers = await Promise.all([createWithId(ada), createWithId(ada), createWithId(eve)]);

    const outcomes = answers.map(({ data }) => data.createTodo);
    expect(outcomes.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
    expect(outcomes.flatMap(({ userErrors }) => userErrors)).toEqual([
      { code: 'TAKEN', path: ['input', 'id'] },
      { code: 'TAKEN', path: ['input', 'id'] },
    ]);
    expect(await app.database.query(`select kind from changes where entity = 'todo'`)).toHaveLength(1);
  });
});

test('a UserInputError undoes all that the mutation wrote, its flushes and its key too', async () => {
  const lab = createLab();
  await using app = await startApp({ schema: lab.schema });
  const ada = await app.createUser();

  const answer = await app.execute('mutation { regret { userErrors { code path } } }', {}, ada, withKey('key'));

  expect(answer.data.regret).toEqual({ userErrors: [{ code: 'NOT_ALLOWED', path: ['title'] }] });
  expect(lab.runs.regret).toBe(1);
  expect(await countTodos(app)).toBe(0);
  expect(await app.database.query('select key from idempotency_keys')).toEqual([]);
  expect(await app.database.query(`select seq from changes where entity = 'todo'`)).toEqual([]);
});

/** The product's schema with mutations that go wrong as they are told. */
function createLab() {
  const runs = { begin: 0, outside: 0, finish: 0, stumble: 0, append: 0, regret: 0 };
  const lab = { schema: createSchema(), runs, outside: async (): Promise<void> => {} };
  const barrier = Promise.withResolvers<void>();
  let stumbled = 0;

  const addTodo = ({ em, viewer, services, now }: OperationContext, title: string) =>
    createTodo(em, viewer, { title, priority: 'NONE', tags: [] }, { limits: services.todoLimits, now: now() });

  lab.schema = createSchema({
    typeDefs: [
      `input NoteInput { idempotencyKey: String! title: String! }
      type LabPayload implements Payload { todo: Todo userErrors: [UserError!]! }
      extend type Mutation {
        note(input: NoteInput!): LabPayload!
        phased: LabPayload!
        stumble(state: String!, times: Int!): LabPayload!
        append(ids: [ID!]!, text: String!): LabPayload!
        regret: LabPayload!
      }`,
    ],
    resolvers: [
      {
        Mutation: {
          note: async (_root: unknown, { input }: { input: { title: string } }, context: OperationContext) => ({
            todo: await addTodo(context, input.title),
          }),
          phased: inPhases({
            begin: async (_args: unknown, context: OperationContext) => {
              runs.begin += 1;
              // What an earlier begin wrote is found again.
              return (await context.em.findOne(Todo, { title: 'intent' })) ?? (await addTodo(context, 'intent'));
            },
            outside: async () => {
              runs.outside += 1;
              await lab.outside();
            },
            finish: async (_args, { em }, _done, intent) => {
              runs.finish += 1;
              const todo = await em.findOneOrFail(Todo, { id: intent.id });
              todo.title = 'finished';
              return { todo };
            },
          }),
          async stumble(_root: unknown, { state, times }: { state: string; times: number }, context: OperationContext) {
            runs.stumble += 1;
            const todo = await addTodo(context, 'at last');
            await context.em.flush();
            stumbled += 1;
            if (stumbled <= times) {
              await context.em.execute(`do $$ begin raise exception 'on purpose' using errcode = '${state}'; end $$`);
            }
            stumbled = 0;
            return { todo };
          },
          async append(_root: unknown, { ids, text }: { ids: string[]; text: string }, { em }: OperationContext) {
            runs.append += 1;
            const meeting = runs.append;
            for (const id of ids) {
              const todo = await em.findOneOrFail(
                Todo,
                { id: fromGlobalId('todo', id) ?? '' },
                { lockMode: LockMode.PESSIMISTIC_WRITE },
              );
              todo.title += text;
              // Each has its first one before either asks for its second.
              if (meeting === 2) barrier.resolve();
              await barrier.promise;
            }
            return {};
          },
          async regret(_root: unknown, _args: unknown, context: OperationContext) {
            runs.regret += 1;
            await addTodo(context, 'never');
            await context.em.flush();
            throw new UserInputError('NOT_ALLOWED', ['title'], 'On second thoughts, no.');
          },
        },
      },
    ],
  });
  return lab;
}

/** Another session of the same person. */
describe('a key that somebody else holds', () => {
  const withKey = { headers: { 'idempotency-key': 'held' } };
  const WAITING = `select pid from pg_stat_activity
    where datname = current_database() and application_name = 'duely' and wait_event_type = 'Lock'`;

  test('for longer than a repeat waits answers IDEMPOTENCY_IN_PROGRESS, and nothing is done', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using lock = await holdLock(app.database, 'lock table idempotency_keys in access exclusive mode');

    const answer = await app.execute(CREATE, { input: { title: 'Once' } }, ada, withKey);
    await lock.release();

    expect(codesOf(answer)).toEqual(['IDEMPOTENCY_IN_PROGRESS']);
    expect(await app.database.query('select id from todos')).toEqual([]);
  });

  test('when the connection breaks meanwhile answers UNAVAILABLE: nobody knows of a first one', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using lock = await holdLock(app.database, 'lock table idempotency_keys in access exclusive mode');

    const pending = app.execute(CREATE, { input: { title: 'Once' } }, ada, withKey);
    await until('the mutation waits', async () => (await app.database.query(WAITING)).length === 1);
    await app.database.query(`select pg_terminate_backend(pid) from (${WAITING}) as waiting`);
    const answer = await pending;
    await lock.release();

    expect(codesOf(answer)).toEqual(['UNAVAILABLE']);
    expect(await app.database.query('select id from todos')).toEqual([]);
  });
});
