import { describe, expect, test } from 'vitest';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { addTodo } from '../support/feed-workload.ts';

const CHANGES = `query ($after: String, $first: Int) {
  changes(after: $after, first: $first) {
    changes { __typename cursor kind at ... on TodoChange { todoId todo { title } } ... on UserChange { userId user { username } } }
    cursor hasMore
  }
}`;

const uuidOf = (person: Person) => fromGlobalId('user', person.id) ?? '';

async function read(app: TestApp, as: Person, variables: object = {}) {
  const { data, errors } = await app.execute(CHANGES, variables, as);
  expect(errors).toEqual([]);
  return data.changes;
}

const codesOf = async (app: TestApp, as: Person, variables: object) => {
  const { errors } = await app.execute(CHANGES, variables, as);
  return errors.map(error => error.extensions.code);
};

const writeTodos = (app: TestApp, owner: Person, count: number) =>
  app.app.services.transact(uuidOf(owner), async em => {
    for (let n = 1; n <= count; n += 1) addTodo(em, uuidOf(owner), `todo ${n}`);
  });

describe('changes', () => {
  test('without a cursor gives no changes and the cursor to begin from', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await app.createTodo(ada, { title: 'before' });

    const begin = await read(app, ada);
    await app.createTodo(ada, { title: 'after' });

    expect(begin).toEqual({ changes: [], cursor: expect.any(String), hasMore: false });
    const page = await read(app, ada, { after: begin.cursor });
    expect(page.changes).toMatchObject([{ __typename: 'TodoChange', kind: 'CREATED', todo: { title: 'after' } }]);
  });

  test('behind the last change gives none, the same cursor, and nothing more', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { cursor } = await read(app, ada);

    const page = await read(app, ada, { after: cursor });

    expect(page).toEqual({ changes: [], cursor, hasMore: false });
  });

  test('gives 100 at a time unless told, and says whether there are more', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const begin = await read(app, ada);
    await writeTodos(app, ada, 200);

    const first = await read(app, ada, { after: begin.cursor });
    const second = await read(app, ada, { after: first.cursor });

    expect([first.changes.length, first.hasMore]).toEqual([100, true]);
    expect([second.changes.length, second.hasMore]).toEqual([100, false]);
    expect(first.cursor).toBe(first.changes[99].cursor);
    const titles = [...first.changes, ...second.changes].map(change => change.todo.title);
    expect(titles).toEqual(Array.from({ length: 200 }, (_, index) => `todo ${index + 1}`));
  });

  test('gives up to 1,000 at a time where told', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const begin = await read(app, ada);
    await writeTodos(app, ada, 1_001);

    const page = await read(app, ada, { after: begin.cursor, first: 1_000 });
    const rest = await read(app, ada, { after: page.cursor, first: 1_000 });

    expect([page.changes.length, page.hasMore]).toEqual([1_000, true]);
    expect([rest.changes.length, rest.hasMore]).toEqual([1, false]);
  });

  test('from the cursor of any change goes on behind it', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const begin = await read(app, ada);
    await writeTodos(app, ada, 5);
    const all = await read(app, ada, { after: begin.cursor });

    const fromEach = await Promise.all(
      all.changes.map((change: { cursor: string }) => read(app, ada, { after: change.cursor, first: 2 })),
    );

    expect(fromEach.map(page => page.changes)).toEqual(
      all.changes.map((_: unknown, index: number) => all.changes.slice(index + 1, index + 3)),
    );
    expect(fromEach.map(page => page.hasMore)).toEqual([true, true, false, false, false]);
  });

  test('shows nothing of what another person owns', async () => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const begin = await read(app, eve);
    await app.createTodo(ada);
    const own = await app.createTodo(eve);

    const page = await read(app, eve, { after: begin.cursor });

    expect(page.changes.map((change: { todoId: string }) => change.todoId)).toEqual([own.id]);
  });

  test.for([0, -1, 1_001, 2_147_483_647])('with first %i answers BAD_REQUEST', async first => {
    await using app = await startApp();
    const ada = await app.createUser();

    expect(await codesOf(app, ada, { first })).toEqual(['BAD_REQUEST']);
  });

  test("with a cursor that is none, or is another account's, answers BAD_REQUEST", async () => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const { cursor } = await read(app, eve);
    const garbage = ['', 'x', 'x'.repeat(5_000), cursor.slice(0, -6), Buffer.from('feed 1 1').toString('base64url')];
    const tooFar = Buffer.from(`feed ${'9'.repeat(40)} 1 ${uuidOf(ada).slice(-8)}`).toString('base64url');

    const codes = await Promise.all([cursor, tooFar, ...garbage].map(after => codesOf(app, ada, { after })));

    expect(codes).toEqual(codes.map(() => ['BAD_REQUEST']));
  });
});

describe('a cursor whose change', () => {
  test('was removed answers CURSOR_EXPIRED; those behind it go on', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const begin = await read(app, ada);
    await writeTodos(app, ada, 3);
    const [first, second] = (await read(app, ada, { after: begin.cursor })).changes;

    await app.database.query('delete from changes where owner_id = $1 and seq <= 2', [uuidOf(ada)]);

    expect(await codesOf(app, ada, { after: begin.cursor })).toEqual(['CURSOR_EXPIRED']);
    expect(await codesOf(app, ada, { after: first.cursor })).toEqual(['CURSOR_EXPIRED']);
    expect((await read(app, ada, { after: second.cursor })).changes).toHaveLength(1);
  });

  test('is not there yet, because the database was restored, answers CURSOR_EXPIRED', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await writeTodos(app, ada, 3);
    const { cursor } = await read(app, ada);

    await restore(app, ada, 2);

    expect(await codesOf(app, ada, { after: cursor })).toEqual(['CURSOR_EXPIRED']);
  });

  test('is another one, because the database was restored and written since, answers CURSOR_EXPIRED', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await writeTodos(app, ada, 3);
    const { cursor } = await read(app, ada);
    await restore(app, ada, 2);
    await writeTodos(app, ada, 10);

    expect(await codesOf(app, ada, { after: cursor })).toEqual(['CURSOR_EXPIRED']);
    expect((await read(app, ada)).changes).toEqual([]);
  });

  test('is gone answers a subscription with CURSOR_EXPIRED too, as its last word', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const { cursor } = await read(app, ada);
    await restore(app, ada, 0);

    const subscription = app.subscribe(ada, 'subscription ($after: String) { changes(after: $after) { kind } }', {
      after: cursor,
    });
    await subscription.ended;

    expect(subscription.events.map(event => event.errors?.map(error => error.extensions?.code))).toEqual([
      ['CURSOR_EXPIRED'],
    ]);
  });
});

/** As the database stood when the person's feed ended here. */
async function restore(app: TestApp, person: Person, seq: number): Promise<void> {
  await app.database.query('delete from changes where owner_id = $1 and seq > $2', [uuidOf(person), seq]);
  await app.database.query('update feeds set last_seq = $2 where owner_id = $1', [uuidOf(person), seq]);
}
