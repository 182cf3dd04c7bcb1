import { describe, expect, test } from 'vitest';
import { createSchema } from '../../src/schema.ts';
import { type Answer, PASSWORD, type Person, startApp, type TestApp } from '../support/app.ts';
import { readJobs } from '../support/jobs.ts';
import { until } from '../support/wait.ts';

const NEW_PASSWORD = 'Another horse 8';
const UPDATE_ME = `mutation ($input: UpdateMeInput!) {
  updateMe(input: $input) { user { email username fullName emailVerifiedAt } userErrors { code path message } }
}`;
const CHANGE_PASSWORD = `mutation ($input: ChangePasswordInput!) {
  changePassword(input: $input) { user { username } userErrors { code path message } }
}`;
const DELETE_ME = `mutation ($input: DeleteMeInput!) {
  deleteMe(input: $input) { userId userErrors { code path message } }
}`;
const LOG_IN = 'mutation ($input: LogInInput!) { logIn(input: $input) { accessToken userErrors { code } } }';

const updateMe = (app: TestApp, as: Person | null, input: object, headers = {}) =>
  app.execute(UPDATE_ME, { input }, as, { headers });
const changePassword = (
  app: TestApp,
  as: Person | null,
  input: object = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
  headers = {},
) => app.execute(CHANGE_PASSWORD, { input }, as, { headers });
const deleteMe = (app: TestApp, as: Person | null, password = PASSWORD) =>
  app.execute(DELETE_ME, { input: { password } }, as);
const logsIn = async (app: TestApp, { username }: Person, password: string) =>
  (await app.execute(LOG_IN, { input: { login: username, password } })).data.logIn.accessToken !== null;
const reasonOf = async (app: TestApp, as: Person) =>
  (await app.execute('{ me { id } }', {}, as)).errors[0]?.extensions.reason;

/** Code and place of each fault. */
const faultsOf = ({ data }: Answer) =>
  (data.updateMe ?? data.changePassword ?? data.deleteMe).userErrors.map(
    ({ code, path }: { code: string; path: string[] }) => [code, ...path],
  );
const MISSING = [{ extensions: { code: 'UNAUTHENTICATED', reason: 'MISSING' } }];

describe('updateMe', () => {
  test('leaves what is left out, sets what is given, and clears a name with null', async () => {
    await using app = await startApp();
    const ada = await app.createUser({ username: 'ada' });

    const named = await updateMe(app, ada, { fullName: '  Ada Lovelace ' });
    const renamed = await updateMe(app, ada, { username: 'Countess' });
    const nothing = await updateMe(app, ada, {});
    const cleared = await updateMe(app, ada, { fullName: null });

    const user = { email: 'ada@example.com', username: 'ada', fullName: 'Ada Lovelace', emailVerifiedAt: null };
    expect(named.data.updateMe).toEqual({ user, userErrors: [] });
    expect(renamed.data.updateMe.user).toEqual({ ...user, username: 'Countess' });
    expect(nothing.data.updateMe.user).toEqual({ ...user, username: 'Countess' });
    expect(cleared.data.updateMe.user).toEqual({ ...user, username: 'Countess', fullName: null });
  });

  test('with a new email makes it unverified; with the same one in other letters changes nothing', async () => {
    await using app = await startApp();
    const ada = await app.createUser({ username: 'ada' });
    await app.database.query('update users set email_verified_at = now()');

    const same = await updateMe(app, ada, { email: ' ADA@Example.com ' });
    const other = await updateMe(app, ada, { email: 'Ada@New.example' });

    expect(same.data.updateMe.user).toMatchObject({ email: 'ada@example.com', emailVerifiedAt: expect.any(String) });
    expect(other.data.updateMe.user).toMatchObject({ email: 'ada@new.example', emailVerifiedAt: null });
    const mails = await readJobs(app.database, 'account-mail');
    expect(mails.map(({ data }) => [data?.mail, data?.to])).toEqual(
      expect.arrayContaining([['EMAIL_CHANGED', 'ada@example.com']]),
    );
    expect(mails).toHaveLength(3);
    const events = await app.database.query(`select kind from security_events where kind = 'EMAIL_CHANGED'`);
    expect(events).toHaveLength(1);
  });

  test.for([
    ['email', ''],
    ['email', null],
    ['email', 'nobody'],
    ['email', 'ada@example.com\r\nBcc: eve@example.com'],
    ['email', `${'a'.repeat(320)}@example.com`],
    ['username', ''],
    ['username', null],
    ['username', 'ab'],
    ['username', 'ada lovelace'],
    ['fullName', ''],
    ['fullName', '   '],
    ['fullName', 'a'.repeat(256)],
  ] as const)('with the %s "%s" answers INVALID there and changes nothing', async ([field, value]) => {
    await using app = await startApp();
    const ada = await app.createUser();
    const before = await app.database.query('select * from users');

    const answer = await updateMe(app, ada, { fullName: 'Another', [field]: value });

    expect(faultsOf(answer)).toEqual([['INVALID', 'input', field]]);
    expect(answer.data.updateMe.user).toBeNull();
    expect(await app.database.query('select * from users')).toEqual(before);
  });

  test('with the names of somebody else, and of a closed account, answers TAKEN for each; with its own it does not', async () => {
    await using app = await startApp();
    const [ada] = [await app.createUser({ username: 'ada' }), await app.createUser({ username: 'Eve' })];
    await app.createUser({ username: 'closed' });
    await app.database.query(`update users set deleted_at = now() where username = 'closed'`);

    const both = await updateMe(app, ada, { email: 'EVE@example.com', username: 'eVE' });
    const closed = await updateMe(app, ada, { email: 'closed@example.com', username: 'Closed' });
    const own = await updateMe(app, ada, { email: 'ADA@example.com', username: 'ADA' });

    const taken = [
      ['TAKEN', 'input', 'email'],
      ['TAKEN', 'input', 'username'],
    ];
    expect([faultsOf(both), faultsOf(closed), faultsOf(own)]).toEqual([taken, taken, []]);
    expect(own.data.updateMe.user.username).toBe('ADA');
  });

  test('of ten people at once with one new email changes one of them', async () => {
    await using app = await startApp();
    const people = [];
    for (let n = 0; n < 10; n += 1) people.push(await app.createUser());

    const answers = await Promise.all(people.map(person => updateMe(app, person, { email: 'wanted@example.com' })));

    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    const refused = answers.map(faultsOf).filter(faults => faults.length > 0);
    expect(refused).toEqual(Array.from({ length: 9 }, () => [['TAKEN', 'input', 'email']]));
    expect(await app.database.query(`select id from users where email = 'wanted@example.com'`)).toHaveLength(1);
  });

  test('without a viewer is UNAUTHENTICATED', async () => {
    await using app = await startApp();

    const answers = [
      await updateMe(app, null, { username: 'anybody' }),
      await changePassword(app, null),
      await deleteMe(app, null),
    ];

    for (const { status, errors } of answers)
      expect({ status, errors }).toMatchObject({ status: 401, errors: MISSING });
  });

  test('asked for twice with one idempotency key is done once', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const headers = { 'idempotency-key': 'once' };

    const first = await updateMe(app, ada, { email: 'new@example.com' }, headers);
    await updateMe(app, ada, { fullName: 'Ada' });
    const second = await updateMe(app, ada, { email: 'new@example.com' }, headers);

    expect(first.data.updateMe.user).toMatchObject({ email: 'new@example.com', fullName: null });
    expect(second.data.updateMe.user).toMatchObject({ email: 'new@example.com', fullName: 'Ada' });
    expect(second.extensions).toEqual({ idempotentReplay: true });
    expect(await app.database.query(`select id from email_links where email = 'new@example.com'`)).toHaveLength(1);
  });
});

test('no input by which people change their own accounts has what is not theirs to set', () => {
  const types = createSchema().getTypeMap();
  const fields = ['SignUpInput', 'UpdateMeInput', 'ChangePasswordInput', 'ResetPasswordInput'].map(name => {
    const type = types[name];
    return [name, type && 'getFields' in type ? Object.keys(type.getFields()) : []];
  });

  expect(Object.fromEntries(fields)).toEqual({
    SignUpInput: ['email', 'username', 'password', 'fullName', 'timeZone', 'refreshTokenIn'],
    UpdateMeInput: ['email', 'username', 'fullName', 'timeZone'],
    ChangePasswordInput: ['currentPassword', 'newPassword'],
    ResetPasswordInput: ['token', 'newPassword', 'refreshTokenIn'],
  });
});

test.for(['role: ADMIN', 'isActive: true', 'plan: PRO', 'emailVerifiedAt: "2026-01-01T00:00:00.000Z"', 'id: "user_1"'])(
  'updateMe with %s is BAD_REQUEST and changes nothing',
  async field => {
    await using app = await startApp();
    const ada = await app.createUser();
    const before = await app.database.query('select * from users');

    const written = await app.execute(`mutation { updateMe(input: { ${field} }) { user { id } } }`, {}, ada);
    const [name = ''] = field.split(':');
    const passed = await updateMe(app, ada, { fullName: 'Ada', [name]: 'ADMIN' });

    expect([written, passed].flatMap(({ errors }) => errors.map(error => error.extensions.code))).toEqual([
      'BAD_REQUEST',
      'BAD_REQUEST',
    ]);
    expect(await app.database.query('select * from users')).toEqual(before);
  },
);

describe('changePassword', () => {
  test('ends every other session, and its sockets, and keeps the present one', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const onPhone = await app.logInAgain(ada);
    const following = app.subscribe(onPhone, 'subscription { changes { cursor } }');
    await until('the phone follows', () => app.app.services.feed.followerCount === 1);

    const { data } = await changePassword(app, ada);
    await following.ended;

    expect(data.changePassword).toEqual({ user: { username: ada.username }, userErrors: [] });
    expect([await reasonOf(app, ada), await reasonOf(app, onPhone)]).toEqual([undefined, 'REVOKED']);
    expect([await logsIn(app, ada, PASSWORD), await logsIn(app, ada, NEW_PASSWORD)]).toEqual([false, true]);
    const events = await app.database.query(`select kind from security_events where kind = 'PASSWORD_CHANGED'`);
    expect(events).toHaveLength(1);
    const mails = await readJobs(app.database, 'account-mail');
    expect(mails.filter(({ data: mail }) => mail?.mail === 'PASSWORD_CHANGED' && mail.to === ada.email)).toHaveLength(
      1,
    );
  });

  test.for(['', 'Wrong horse 7', `${PASSWORD} `])(
    'with "%s" as the present password answers WRONG_CREDENTIALS and changes nothing',
    async currentPassword => {
      await using app = await startApp();
      const ada = await app.createUser();
      const other = await app.logInAgain(ada);

      const answer = await changePassword(app, ada, { currentPassword, newPassword: NEW_PASSWORD });

      expect(faultsOf(answer)).toEqual([['WRONG_CREDENTIALS', 'input', 'currentPassword']]);
      expect(await logsIn(app, ada, PASSWORD)).toBe(true);
      expect(await reasonOf(app, other)).toBeUndefined();
    },
  );

  test.for(['', 'Short 7', 'no capital 7', 'No digit at all', `A7${'a'.repeat(255)}`, 'Password1', 'QWERTY123'])(
    'to "%s" answers INVALID and changes nothing',
    async newPassword => {
      await using app = await startApp();
      const ada = await app.createUser();

      const answer = await changePassword(app, ada, { currentPassword: PASSWORD, newPassword });

      expect(faultsOf(answer)).toEqual([['INVALID', 'input', 'newPassword']]);
      expect(await logsIn(app, ada, PASSWORD)).toBe(true);
    },
  );

  test('for an account without a password answers WRONG_CREDENTIALS', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await app.database.query('update users set password_hash = null');

    const answer = await changePassword(app, ada, {
      currentPassword: 'no account has this password',
      newPassword: NEW_PASSWORD,
    });

    expect(faultsOf(answer)).toEqual([['WRONG_CREDENTIALS', 'input', 'currentPassword']]);
  });

  test('twice at once with two new passwords is done for one, and that one is good', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const wanted = ['First horse 11', 'Second horse 22'];

    const answers = await Promise.all(
      wanted.map(newPassword => changePassword(app, ada, { currentPassword: PASSWORD, newPassword })),
    );

    const done = answers.map(answer => faultsOf(answer).length === 0);
    expect(done.toSorted()).toEqual([false, true]);
    expect(await Promise.all(wanted.map(password => logsIn(app, ada, password)))).toEqual(done);
    expect(await logsIn(app, ada, PASSWORD)).toBe(false);
  });

  test('asked for again with the same idempotency key answers as before, though the password is another one now', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    const headers = { 'idempotency-key': 'once' };

    const first = await changePassword(app, ada, undefined, headers);
    const second = await changePassword(app, ada, undefined, headers);

    expect(second.data).toEqual(first.data);
    expect(second.extensions).toEqual({ idempotentReplay: true });
    const events = await app.database.query(`select kind from security_events where kind = 'PASSWORD_CHANGED'`);
    expect(events).toHaveLength(1);
  });
});

describe('deleteMe', () => {
  test('closes the account, ends its sessions, hides what is in it, and keeps all of it to be restored', async () => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const onPhone = await app.logInAgain(ada);
    const todo = await app.createTodo(ada);
    const following = app.subscribe(onPhone, 'subscription { changes { cursor } }');
    await until('the phone follows', () => app.app.services.feed.followerCount === 1);

    const { data } = await deleteMe(app, ada);
    await following.ended;

    expect(data.deleteMe).toEqual({ userId: ada.id, userErrors: [] });
    expect([await reasonOf(app, ada), await reasonOf(app, onPhone)]).toEqual(['REVOKED', 'REVOKED']);
    expect(await logsIn(app, ada, PASSWORD)).toBe(false);
    expect((await app.execute('query ($id: ID!) { node(id: $id) { id } }', { id: todo.id }, eve)).data.node).toBeNull();
    expect(await reasonOf(app, eve)).toBeUndefined();
    // So that nobody is signed in again by being restored.
    expect(
      await app.database.query(
        'select id from sessions where ended_at is null and user_id = (select id from users where deleted_at is not null)',
      ),
    ).toEqual([]);
    expect(await app.database.query('select id from todos')).toHaveLength(1);
    expect(
      await app.database.query(
        'select id from email_links where user_id <> all (select id from users where deleted_at is null) and ended_at is null',
      ),
    ).toEqual([]);
    const events = await app.database.query(`select kind from security_events where kind = 'ACCOUNT_CLOSED'`);
    expect(events).toHaveLength(1);
    await app.database.query('update users set deleted_at = null');
    expect(await logsIn(app, ada, PASSWORD)).toBe(true);
  });

  test('with a wrong password answers WRONG_CREDENTIALS and changes nothing', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const answers = [await deleteMe(app, ada, 'Wrong horse 7'), await deleteMe(app, ada, '')];

    for (const answer of answers) {
      expect(faultsOf(answer)).toEqual([['WRONG_CREDENTIALS', 'input', 'password']]);
      expect(answer.data.deleteMe.userId).toBeNull();
    }
    expect(await reasonOf(app, ada)).toBeUndefined();
  });

  test('twice at once is done once; the other one finds the session gone', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const answers = await Promise.all([deleteMe(app, ada), deleteMe(app, ada)]);

    const outcomes = answers.map(({ data, errors }) => data?.deleteMe.userId ?? errors[0]?.extensions.reason);
    expect(outcomes.toSorted()).toEqual(['REVOKED', ada.id].toSorted());
    const events = await app.database.query(`select kind from security_events where kind = 'ACCOUNT_CLOSED'`);
    expect(events).toHaveLength(1);
  });

  test('takes the refresh token out of the cookie', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const { headers } = await deleteMe(app, ada);

    expect(headers.get('set-cookie')).toMatch(/Max-Age=0|Expires=Thu, 01 Jan 1970/i);
  });
});
