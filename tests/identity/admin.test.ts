import { beforeEach, describe, expect, test } from 'vitest';
import { fromGlobalId, newId, toGlobalId } from '../../src/platform/ids.ts';
import { type Answer, PASSWORD, type Person, startApp, type TestApp } from '../support/app.ts';
import { recordStatements } from '../support/statements.ts';
import { until } from '../support/wait.ts';
import { closed, hears, signedIn } from '../support/wire.ts';
import { WIRES, type Wire } from '../support/wires.ts';

const USER = 'id email username fullName role isActive emailVerifiedAt deletedAt';
const USERS = 'query ($filter: UserFilter) { users(filter: $filter, first: 100) { nodes { username } totalCount } }';
const UPDATE = `mutation ($id: ID!, $input: UpdateUserInput!) {
  updateUser(id: $id, input: $input) { user { ${USER} } userErrors { code path message } }
}`;
const DELETE = 'mutation ($id: ID!) { deleteUser(id: $id) { userId userErrors { code path } } }';
const RESTORE = `mutation ($id: ID!) { restoreUser(id: $id) { user { ${USER} } userErrors { code path } } }`;
const DELETE_ME = `mutation { deleteMe(input: { password: "${PASSWORD}" }) { userId userErrors { code path } } }`;
const LOG_IN = 'mutation ($input: LogInInput!) { logIn(input: $input) { accessToken userErrors { code path } } }';

const uuidOf = ({ id }: Pick<Person, 'id'>) => fromGlobalId('user', id) ?? '';
const update = (app: TestApp, as: Person | null, { id }: Pick<Person, 'id'>, input: object) =>
  app.execute(UPDATE, { id, input }, as);
const remove = (app: TestApp, as: Person | null, { id }: Pick<Person, 'id'>) => app.execute(DELETE, { id }, as);
const restore = (app: TestApp, as: Person | null, { id }: Pick<Person, 'id'>) => app.execute(RESTORE, { id }, as);

/** Code and path of each user error of the one mutation that was asked for. */
function faultsOf({ data, errors }: Answer): unknown[] {
  expect(errors).toEqual([]);
  const [payload] = Object.values<{ userErrors: { code: string; path: string[] }[] }>(data);
  return (payload?.userErrors ?? []).map(({ code, path }) => [code, ...path]);
}

const codesOf = ({ errors }: Answer) => errors.map(({ extensions }) => extensions.code);

async function logIn(app: TestApp, { username }: Person): Promise<Answer> {
  return app.execute(LOG_IN, { input: { login: username, password: PASSWORD } });
}

/** Why a token is good no more; null where it is good. */
async function refusalOf(app: TestApp, as: Person): Promise<unknown> {
  const { data, errors } = await app.execute('{ me { id } }', {}, as);
  return data?.me ? null : errors[0]?.extensions.reason;
}

async function eventsOf(app: TestApp, person: Person) {
  const rows = await app.database.query<{ kind: string; by: string | null }>(
    'select kind, by_user_id as by from security_events where user_id = $1 order by at, id',
    [uuidOf(person)],
  );
  // What signing up and logging in leave is told elsewhere.
  return rows.filter(({ kind }) => !/^(SIGNED_UP|LOG)/.test(kind)).map(({ kind, by }) => [kind, by]);
}

describe('users', () => {
  async function startWithPeople() {
    const app = await startApp();
    const admin = await app.createUser({ admin: true, username: 'root' });
    const people = [
      ['ada', 'Ada@Example.com', 'Ada Lovelace'],
      ['grace_hopper', 'grace@navy.mil', 'Grace 100% Hopper'],
      ['graceXhopper', 'gx@navy.mil', null],
      ['elka', 'tree@example.org', 'Ёлка Зелёная'],
      ['slash', 'slash@example.org', 'back\\slash'],
    ] as const;
    for (const [n, [username, email, fullName]] of people.entries())
      await app.database.query(
        `insert into users (id, email, username, full_name, created_at) values ($1, lower($2), $3, $4, $5)`,
        [newId(), email, username, fullName, `2030-01-0${n + 1}T00:00:00Z`],
      );
    const find = async (filter: object | null) => {
      const { data, errors } = await app.execute(USERS, { filter }, admin);
      expect(errors).toEqual([]);
      const names: string[] = data.users.nodes.map(({ username }: { username: string }) => username);
      expect(data.users.totalCount).toBe(names.length);
      return names;
    };
    return { app, admin, find };
  }
  const ALL = ['slash', 'elka', 'graceXhopper', 'grace_hopper', 'ada', 'root'];

  test('lists all accounts, newest first', async () => {
    const { app, find } = await startWithPeople();
    await using _ = app;

    const lists = [await find(null), await find({}), await find({ search: null, role: null, deleted: null })];

    expect(lists).toEqual([ALL, ALL, ALL]);
  });

  const SEARCHES = [
    ['ADA@EX', ['ada']],
    ['lovelace', ['ada']],
    ['a', ['slash', 'elka', 'graceXhopper', 'grace_hopper', 'ada', 'root']],
    ['  HoPpEr  ', ['graceXhopper', 'grace_hopper']],
    ['grace_hopper', ['grace_hopper']],
    ['e_h', ['grace_hopper']],
    ['100%', ['grace_hopper']],
    ['0% h', ['grace_hopper']],
    ['%', ['grace_hopper']],
    ['_', ['grace_hopper']],
    ['%%%', []],
    ['ёлка', ['elka']],
    ['ЗЕЛЁ', ['elka']],
    ['K\\S', ['slash']],
    ['back\\slash', ['slash']],
    ['example.org', ['slash', 'elka']],
    ["' or true --", []],
    ['', ALL],
    ['   ', ALL],
  ] as const;

  test('searched are those that have the text in email, username or full name, whatever their case', async () => {
    const { app, find } = await startWithPeople();
    await using _ = app;

    const found: unknown[] = [];
    for (const [search] of SEARCHES) found.push([search, await find({ search })]);

    expect(found).toEqual(SEARCHES);
  });

  test('searched for more than 320 characters is BAD_REQUEST', async () => {
    const { app, admin, find } = await startWithPeople();
    await using _ = app;

    const tooLong = await app.execute(USERS, { filter: { search: 'a'.repeat(321) } }, admin);

    expect(codesOf(tooLong)).toEqual(['BAD_REQUEST']);
    expect(await find({ search: 'a'.repeat(320) })).toEqual([]);
  });

  test('of a role, locked or closed are those alone, and closed ones are in no other list', async () => {
    const { app, find } = await startWithPeople();
    await using _ = app;
    await app.database.query(`update users set role = 'ADMIN' where username = 'ada'`);
    await app.database.query(`update users set is_active = false where username in ('ada', 'elka')`);
    await app.database.query(`update users set deleted_at = now() where username in ('slash', 'graceXhopper')`);

    const lists = [
      await find({ role: 'ADMIN' }),
      await find({ role: 'USER' }),
      await find({ isActive: false }),
      await find({ isActive: true }),
      await find({ deleted: true }),
      await find({ deleted: false }),
      await find({ role: 'ADMIN', isActive: false, search: 'love' }),
      await find({ deleted: true, search: 'hopper' }),
    ];

    expect(lists).toEqual([
      ['ada', 'root'],
      ['elka', 'grace_hopper'],
      ['elka', 'ada'],
      ['grace_hopper', 'root'],
      ['slash', 'graceXhopper'],
      ['elka', 'grace_hopper', 'ada', 'root'],
      ['ada'],
      ['graceXhopper'],
    ]);
  });

  test('are counted, and looked at outside of the page, where that is selected and nowhere else', async () => {
    const { app, admin } = await startWithPeople();
    await using _ = app;
    using statements = await recordStatements(app);
    const ask = async (selection: string, args = '') => {
      await app.execute(`{ users${args} { ${selection} } }`, {}, admin);
      return statements.take().filter(({ text }) => text.includes('"users"') && !text.includes('"sessions"'));
    };

    const bare = await ask('nodes { username } pageInfo { hasNextPage endCursor }');
    const counted = await ask('nodes { username } totalCount');

    expect(bare).toHaveLength(1);
    expect(bare[0]?.text).not.toMatch(/count\(|password|full_name" as/);
    expect(counted).toHaveLength(2);
    expect(counted.some(({ text }) => text.includes('count(*)'))).toBe(true);
  });

  test('without a viewer are UNAUTHENTICATED, and FORBIDDEN to whoever is no admin', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const operations = [USERS, 'query { user(id: "user_1") { id } }'];

    const nobody = await Promise.all(operations.map(query => app.execute(query)));
    const user = await Promise.all(operations.map(query => app.execute(query, {}, ada)));

    expect(nobody.flatMap(codesOf)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    expect(user.flatMap(codesOf)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });
});

describe('user', () => {
  const QUERY = `query ($id: ID!) { user(id: $id) { ${USER} todos { nodes { title } totalCount } sessions { id } } }`;

  test('shows an admin anybody, with their todos and sessions', async () => {
    await using app = await startApp();
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
    await app.createTodo(ada, { title: "Ada's" });

    const { data, errors } = await app.execute(QUERY, { id: ada.id }, root);

    expect(errors).toEqual([]);
    expect(data.user).toMatchObject({
      id: ada.id,
      email: ada.email,
      role: 'USER',
      isActive: true,
      deletedAt: null,
      todos: { nodes: [{ title: "Ada's" }], totalCount: 1 },
      sessions: [{ id: expect.any(String) }],
    });
  });

  test('shows an admin a closed account, which node does not', async () => {
    await using app = await startApp();
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
    await app.createTodo(ada, { title: "Ada's" });
    await remove(app, root, ada);

    const { data } = await app.execute(QUERY, { id: ada.id }, root);
    const node = await app.execute('query ($id: ID!) { node(id: $id) { id } }', { id: ada.id }, root);

    expect(data.user).toMatchObject({
      id: ada.id,
      deletedAt: expect.any(String),
      todos: { totalCount: 1 },
      sessions: [],
    });
    expect(node.data).toEqual({ node: null });
  });

  test('is null where there is none, or the id is that of something else', async () => {
    await using app = await startApp();
    const root = await app.createUser({ admin: true });
    const todo = await app.createTodo(root);

    for (const id of [toGlobalId('user', newId()), todo.id, 'anything', ''])
      expect(await app.execute(QUERY, { id }, root)).toMatchObject({ data: { user: null }, errors: [] });
  });

  test('has todos that an admin reads and cannot change', async () => {
    await using app = await startApp();
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
    const { id } = await app.createTodo(ada, { title: "Ada's" });
    const writes = ['updateTodo(id: $id, input: { title: "Mine" })', 'toggleTodo(id: $id)', 'deleteTodo(id: $id)'];

    const answers: Answer[] = [];
    for (const write of [...writes, 'restoreTodo(id: $id)', 'updateTodos(ids: [$id], input: { title: "Mine" })'])
      answers.push(await app.execute(`mutation ($id: ID!) { ${write} { userErrors { code path } } }`, { id }, root));

    expect(answers.flatMap(faultsOf).map(fault => [fault].flat()[0])).toEqual(Array(5).fill('NOT_FOUND'));
    const { data } = await app.execute(QUERY, { id: ada.id }, root);
    expect(data.user.todos.nodes).toEqual([{ title: "Ada's" }]);
  });
});

describe('updateUser', () => {
  test('changes what is given and leaves what is left out; null takes the full name away', async () => {
    await using app = await startApp();
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
    const ask = async (input: object) => (await update(app, root, ada, input)).data.updateUser;

    const set = await ask({ fullName: '  Ada Lovelace ', username: 'lovelace', role: 'ADMIN', isActive: false });
    const left = await ask({});
    const cleared = await ask({ fullName: null });

    const changed = { username: 'lovelace', email: ada.email, role: 'ADMIN', isActive: false };
    expect(set).toMatchObject({ user: { ...changed, fullName: 'Ada Lovelace' }, userErrors: [] });
    expect(left).toEqual(set);
    expect(cleared).toMatchObject({ user: { ...changed, fullName: null }, userErrors: [] });
  });

  test('with another email has to be verified anew; the same in other letters changes nothing', async () => {
    await using app = await startApp();
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
    await app.database.query('update users set email_verified_at = now()');

    const same = await update(app, root, ada, { email: ada.email.toUpperCase() });
    const other = await update(app, root, ada, { email: 'Other@Example.com' });

    expect(same.data.updateUser.user).toMatchObject({ email: ada.email, emailVerifiedAt: expect.any(String) });
    expect(other.data.updateUser.user).toMatchObject({ email: 'other@example.com', emailVerifiedAt: null });
    expect(await eventsOf(app, ada)).toEqual([['EMAIL_CHANGED', uuidOf(root)]]);
  });

  test.for([
    [{ email: 'nobody' }, [['INVALID', 'input', 'email']]],
    [{ username: 'a' }, [['INVALID', 'input', 'username']]],
    [{ fullName: ' ' }, [['INVALID', 'input', 'fullName']]],
    [
      { email: null, username: null },
      [
        ['INVALID', 'input', 'email'],
        ['INVALID', 'input', 'username'],
      ],
    ],
    [
      { role: null, isActive: null },
      [
        ['INVALID', 'input', 'role'],
        ['INVALID', 'input', 'isActive'],
      ],
    ],
    [{ email: 'TAKEN@example.com' }, [['TAKEN', 'input', 'email']]],
    [{ username: 'Taken' }, [['TAKEN', 'input', 'username']]],
    [{ username: 'closed', role: 'ADMIN' }, [['TAKEN', 'input', 'username']]],
  ] as const)('with %j answers what is wrong there and changes nothing', async ([input, faults]) => {
    await using app = await startApp();
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
    await app.createUser({ username: 'taken' });
    await remove(app, root, await app.createUser({ username: 'closed' }));
    const before = await app.database.query('select * from users order by id');

    const answer = await update(app, root, ada, { isActive: false, ...input });

    expect(faultsOf(answer)).toEqual(faults);
    expect(answer.data.updateUser.user).toBeNull();
    expect(await app.database.query('select * from users order by id')).toEqual(before);
    expect(await eventsOf(app, ada)).toEqual([]);
  });

  test('of nobody answers NOT_FOUND, and of a closed account NOT_ALLOWED', async () => {
    await using app = await startApp();
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
    await remove(app, root, ada);
    const ids = [toGlobalId('user', newId()), 'user_1', ''];

    const nobody = await Promise.all(ids.map(id => update(app, root, { id }, { fullName: 'A' })));
    const gone = await update(app, root, ada, { fullName: 'A' });

    expect(nobody.flatMap(faultsOf)).toEqual(ids.map(() => ['NOT_FOUND', 'id']));
    expect(faultsOf(gone)).toEqual([['NOT_ALLOWED', 'id']]);
  });

  describe.for(WIRES)('told by $name,', ({ open }) => {
    let wire: Wire;

    beforeEach(async ({ skip }) => {
      wire = await open(skip);
      return () => wire.close();
    });

    test('that locks ends sessions and live connections in every process, and unlocking brings none of them back', async () => {
      await using app = await startApp({ settings: wire.settings });
      await using other = await startApp({ database: app.database, settings: wire.settings });
      const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
      const phone = await app.logInAgain(ada);
      await Promise.all([hears(app), hears(other)]);
      await using here = await signedIn(app, ada);
      await using there = await signedIn(other, phone);

      await update(app, root, ada, { isActive: false });
      await Promise.all([closed(here, 1_000), closed(there, 1_000)]);
      const locked = await logIn(app, ada);
      await update(app, root, ada, { isActive: true });
      const refusals = [await refusalOf(app, ada), await refusalOf(other, phone)];

      expect([here.closedWith()?.code, there.closedWith()?.code]).toEqual([4403, 4403]);
      expect(faultsOf(locked)).toEqual([['NOT_ALLOWED']]);
      expect(refusals).toEqual(['REVOKED', 'REVOKED']);
      expect((await logIn(app, ada)).data.logIn).toMatchObject({ accessToken: expect.any(String), userErrors: [] });
      expect(await eventsOf(app, ada)).toEqual([
        ['ACCOUNT_LOCKED', uuidOf(root)],
        ['ACCOUNT_UNLOCKED', uuidOf(root)],
      ]);
    });

    test('that gives another role closes live connections in every process; the session goes on with the new role', async () => {
      await using app = await startApp({ settings: wire.settings });
      await using other = await startApp({ database: app.database, settings: wire.settings });
      const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
      await Promise.all([hears(app), hears(other)]);
      await using there = await signedIn(other, ada);

      await update(app, root, ada, { role: 'ADMIN' });
      await closed(there, 1_000);

      expect(there.closedWith()?.code).toBe(4403);
      expect(await other.execute(USERS, {}, ada)).toMatchObject({ errors: [] });
      await update(app, ada, root, { role: 'USER' });
      await until('the other process knows it', async () =>
        codesOf(await other.execute(USERS, {}, root)).includes('FORBIDDEN'),
      );
      expect(await eventsOf(app, root)).toEqual([['ROLE_CHANGED', uuidOf(ada)]]);
    });
  });

  test('repeated records what happened once', async () => {
    await using app = await startApp();
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
    const input = { role: 'ADMIN', isActive: false, email: 'other@example.com' };

    await update(app, root, ada, input);
    await update(app, root, ada, input);

    const kinds = (await eventsOf(app, ada)).map(([kind]) => kind).sort();
    expect(kinds).toEqual(['ACCOUNT_LOCKED', 'EMAIL_CHANGED', 'ROLE_CHANGED']);
  });

  test('with an idempotency key is done once, and shows the user as they are now', async () => {
    await using app = await startApp();
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
    const ask = () =>
      app.execute(UPDATE, { id: ada.id, input: { fullName: 'One' } }, root, { headers: { 'Idempotency-Key': 'k' } });

    await ask();
    await update(app, root, ada, { fullName: 'Two' });
    const again = await ask();

    expect(again).toMatchObject({
      data: { updateUser: { user: { fullName: 'Two' } } },
      extensions: { idempotentReplay: true },
    });
  });

  test("is an entry of that user's own feed, and of no admin's", async () => {
    await using app = await startApp();
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
    const CURSOR = '{ changes { cursor } }';
    const SINCE = `query ($after: String) {
      changes(after: $after) { changes { kind ... on UserChange { userId user { fullName role } } } }
    }`;
    const cursors = [await app.execute(CURSOR, {}, ada), await app.execute(CURSOR, {}, root)];
    const [hers, his] = cursors.map(({ data }) => data.changes.cursor);

    await update(app, root, ada, { fullName: 'Ada', role: 'ADMIN' });

    const [feed, admins] = [
      await app.execute(SINCE, { after: hers }, ada),
      await app.execute(SINCE, { after: his }, root),
    ];
    expect(feed.data.changes.changes).toEqual([
      { kind: 'UPDATED', userId: ada.id, user: { fullName: 'Ada', role: 'ADMIN' } },
    ]);
    expect(admins.data.changes.changes).toEqual([]);
  });
});

describe('deleteUser and restoreUser', () => {
  test('close an account, hide it from all but admins, and open it again with all that is its own', async () => {
    await using app = await startApp();
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
    await app.createTodo(ada, { title: "Ada's" });
    await using wire = await signedIn(app, ada);

    const deleted = await remove(app, root, ada);
    await closed(wire, 1_000);
    const refused = [await refusalOf(app, ada), faultsOf(await logIn(app, ada))];
    const signUp = await app.execute(
      'mutation ($input: SignUpInput!) { signUp(input: $input) { userErrors { code path } } }',
      { input: { email: ada.email, username: ada.username, password: PASSWORD } },
    );
    const restored = await restore(app, root, ada);
    const stillOver = await refusalOf(app, ada);
    const again = await app.logInAgain(ada);

    expect(deleted.data.deleteUser).toEqual({ userId: ada.id, userErrors: [] });
    expect(wire.closedWith()?.code).toBe(4403);
    expect(refused).toEqual(['REVOKED', [['WRONG_CREDENTIALS']]]);
    expect(faultsOf(signUp)).toEqual([
      ['TAKEN', 'input', 'email'],
      ['TAKEN', 'input', 'username'],
    ]);
    expect(restored.data.restoreUser).toMatchObject({ user: { id: ada.id, deletedAt: null }, userErrors: [] });
    expect(stillOver).toBe('REVOKED');
    const { data } = await app.execute('{ todos { nodes { title } } }', {}, again);
    expect(data.todos.nodes).toEqual([{ title: "Ada's" }]);
    expect(await eventsOf(app, ada)).toEqual([
      ['ACCOUNT_CLOSED', uuidOf(root)],
      ['ACCOUNT_RESTORED', uuidOf(root)],
    ]);
  });

  test('repeated change nothing', async () => {
    await using app = await startApp();
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
    const row = () => app.database.query('select * from users where id = $1', [uuidOf(ada)]);

    await remove(app, root, ada);
    const closedOnce = await row();
    app.advance(1_000);
    const again = await remove(app, root, ada);
    const closedTwice = await row();
    await restore(app, root, ada);
    const open = await row();
    const restoredAgain = await restore(app, root, ada);

    expect(again.data.deleteUser).toEqual({ userId: ada.id, userErrors: [] });
    expect(closedTwice).toEqual(closedOnce);
    expect(restoredAgain.data.restoreUser).toMatchObject({ user: { id: ada.id }, userErrors: [] });
    expect(await row()).toEqual(open);
    expect(await eventsOf(app, ada)).toHaveLength(2);
  });

  test('of nobody answer NOT_FOUND, without a viewer UNAUTHENTICATED, and FORBIDDEN to whoever is no admin', async () => {
    await using app = await startApp();
    const [ada, eve, root] = [await app.createUser(), await app.createUser(), await app.createUser({ admin: true })];
    const nobody = { id: toGlobalId('user', newId()) };
    const all = (as: Person | null, whom: Pick<Person, 'id'>) =>
      Promise.all([remove(app, as, whom), restore(app, as, whom), update(app, as, whom, { role: 'ADMIN' })]);

    const [anonymous, user, admin] = [await all(null, ada), await all(eve, eve), await all(root, nobody)];

    expect(anonymous.flatMap(codesOf)).toEqual(Array(3).fill('UNAUTHENTICATED'));
    expect(user.flatMap(codesOf)).toEqual(Array(3).fill('FORBIDDEN'));
    expect(admin.flatMap(faultsOf)).toEqual(Array(3).fill(['NOT_FOUND', 'id']));
    expect(await refusalOf(app, ada)).toBeNull();
  });
});

describe('the last active admin', () => {
  type Way = (app: TestApp, as: Person, whom: Person) => Promise<Answer>;
  const WAYS: Readonly<Record<string, Way>> = {
    'updateUser with role: USER': (app, as, whom) => update(app, as, whom, { role: 'USER' }),
    'updateUser with isActive: false': (app, as, whom) => update(app, as, whom, { isActive: false }),
    deleteUser: remove,
  };
  const OWN_WAYS: Readonly<Record<string, Way>> = {
    ...WAYS,
    deleteMe: (app: TestApp, as: Person) => app.execute(DELETE_ME, {}, as),
  };
  const countAdmins = async ({ database }: TestApp) => {
    const rows = await database.query(`select id from users where role = 'ADMIN' and is_active and deleted_at is null`);
    return rows.length;
  };

  test.each(Object.entries(OWN_WAYS))('stays one: %s answers NOT_ALLOWED', async (_name, way) => {
    await using app = await startApp();
    const root = await app.createUser({ admin: true });
    // Two that do not count.
    const [locked, gone] = [await app.createUser({ admin: true }), await app.createUser({ admin: true })];
    await update(app, root, locked, { isActive: false });
    await remove(app, root, gone);

    const answer = await way(app, root, root);

    expect(faultsOf(answer).map(fault => [fault].flat()[0])).toEqual(['NOT_ALLOWED']);
    expect(await countAdmins(app)).toBe(1);
    expect(await app.execute(USERS, {}, root)).toMatchObject({ errors: [] });
  });

  test.each(Object.entries(OWN_WAYS))('may go where there is another one: %s', async (_name, way) => {
    await using app = await startApp();
    const [root] = [await app.createUser({ admin: true }), await app.createUser({ admin: true })];

    const answer = await way(app, root, root);

    expect(faultsOf(answer)).toEqual([]);
    expect(await countAdmins(app)).toBe(1);
  });

  test('stays also where two admins dismiss each other at the same moment, in whatever way', async () => {
    await using app = await startApp();
    const [one, two, keeper] = [
      await app.createUser({ admin: true }),
      await app.createUser({ admin: true }),
      await app.createUser({ admin: true }),
    ];
    const ways = Object.values(WAYS);

    for (let round = 0; round < 24; round += 1) {
      const [way, other] = [ways[round % 3] ?? remove, ways[Math.floor(round / 3) % 3] ?? remove];
      await app.database.query(
        `update users set role = 'ADMIN', is_active = true, deleted_at = null where id = any($1)`,
        [[uuidOf(one), uuidOf(two)]],
      );
      await app.database.query(`update users set is_active = false where id = $1`, [uuidOf(keeper)]);
      const [a, b] = [await app.logInAgain(one), await app.logInAgain(two)];

      const answers = await Promise.all([way(app, a, two), other(app, b, one)]);

      // One of them was told no, or had lost the right to ask by then.
      expect(await countAdmins(app), `round ${round}`).toBe(1);
      const done = answers.filter(answer => answer.errors.length === 0 && faultsOf(answer).length === 0);
      expect(done, `round ${round}`).toHaveLength(1);
    }
  });
});
