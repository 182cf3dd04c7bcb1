import { getNamedType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createSchema } from '../../src/schema.ts';
import { type Answer, PASSWORD, startApp, type TestApp } from '../support/app.ts';

const SIGN_UP = `mutation ($input: SignUpInput!) {
  signUp(input: $input) {
    accessToken accessTokenExpiresAt refreshToken user { id email username fullName role plan isActive emailVerifiedAt sessions { isCurrent } }
    userErrors { code path message }
  }
}`;
const LOG_IN = `mutation ($input: LogInInput!) {
  logIn(input: $input) { accessToken refreshToken user { username } userErrors { code path message } }
}`;
const ADA = { email: 'Ada@Example.com', username: 'Ada.L', password: PASSWORD };

const signUp = (app: TestApp, input: object = ADA): Promise<Answer> => app.execute(SIGN_UP, { input });
const logIn = (app: TestApp, login: string, password = PASSWORD): Promise<Answer> =>
  app.execute(LOG_IN, { input: { login, password } });

/** Code and place of each fault. */
const faultsOf = ({ data }: Answer) =>
  (data.signUp ?? data.logIn).userErrors.map(({ code, path }: { code: string; path: string[] }) => [code, ...path]);

const WRONG = {
  accessToken: null,
  refreshToken: null,
  user: null,
  userErrors: [{ code: 'WRONG_CREDENTIALS', path: [], message: 'The login or the password is wrong.' }],
};

describe('signUp', () => {
  test('makes an account and signs in', async () => {
    await using app = await startApp();

    const { data, errors } = await signUp(app, { ...ADA, fullName: '  Ada Lovelace ' });

    expect(errors).toEqual([]);
    expect(data.signUp).toEqual({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      accessTokenExpiresAt: expect.any(String),
      refreshToken: expect.stringMatching(/^drt\./),
      user: {
        id: expect.stringMatching(/^user_/),
        email: 'ada@example.com',
        username: 'Ada.L',
        fullName: 'Ada Lovelace',
        role: 'USER',
        plan: 'FREE',
        isActive: true,
        emailVerifiedAt: null,
        sessions: [{ isCurrent: true }],
      },
      userErrors: [],
    });
    const me = await app.execute('{ me { username } }', {}, { accessToken: data.signUp.accessToken });
    expect(me.data).toEqual({ me: { username: 'Ada.L' } });
  });

  test.for([
    ['email', ''],
    ['email', 'nobody'],
    ['email', 'ada@localhost'],
    ['email', 'ada@@example.com'],
    ['email', 'ada <ada@example.com>'],
    ['email', `${'a'.repeat(320)}@example.com`],
    ['username', 'ab'],
    ['username', 'a'.repeat(51)],
    ['username', 'ada lovelace'],
    ['username', 'ada@example'],
    ['username', 'адa'],
    ['password', 'Short 7'],
    ['password', 'no capital 7'],
    ['password', 'No digit at all'],
    ['password', 'Password1'],
    ['password', `A7${'a'.repeat(255)}`],
    ['fullName', ''],
    ['fullName', '   '],
    ['fullName', 'a'.repeat(256)],
  ] as const)('with the %s "%s" answers INVALID there and makes no account', async ([field, value]) => {
    await using app = await startApp();

    const answer = await signUp(app, { ...ADA, [field]: value });

    expect(faultsOf(answer)).toEqual([['INVALID', 'input', field]]);
    expect(answer.data.signUp).toMatchObject({ accessToken: null, refreshToken: null, user: null });
    expect(await app.database.query('select id from users')).toEqual([]);
  });

  test('takes what is just long enough, and just not too long', async () => {
    await using app = await startApp();

    const answers = [
      await signUp(app, { email: 'a@b.co', username: 'abc', password: 'Aaaaaa_7', fullName: 'A' }),
      await signUp(app, {
        email: `${'a'.repeat(308)}@example.com`,
        username: 'a'.repeat(50),
        password: `A7${'a'.repeat(254)}`,
        fullName: 'a'.repeat(255),
      }),
    ];

    expect(answers.map(faultsOf)).toEqual([[], []]);
  });

  test('with several faults names all of them', async () => {
    await using app = await startApp();

    const answer = await signUp(app, { email: 'x', username: 'x', password: 'x', fullName: ' ' });

    const fields = ['email', 'username', 'fullName', 'password'];
    expect(faultsOf(answer)).toEqual(fields.map(field => ['INVALID', 'input', field]));
  });

  test.for([
    ['email', { email: 'ADA@example.COM', username: 'another' }, [['TAKEN', 'input', 'email']]],
    ['username', { email: 'another@example.com', username: 'aDA.l' }, [['TAKEN', 'input', 'username']]],
    [
      'email and username',
      { email: ' ada@EXAMPLE.com ', username: 'ADA.L' },
      [
        ['TAKEN', 'input', 'email'],
        ['TAKEN', 'input', 'username'],
      ],
    ],
  ] as const)('with an %s that somebody has in other letters answers TAKEN', async ([, input, faults]) => {
    await using app = await startApp();
    await signUp(app);

    const answer = await signUp(app, { ...ADA, ...input });

    expect(faultsOf(answer)).toEqual(faults);
    expect(await app.database.query('select username from users')).toEqual([{ username: 'Ada.L' }]);
  });

  test('with the names of a closed account answers TAKEN', async () => {
    await using app = await startApp();
    await signUp(app);
    await app.database.query('update users set deleted_at = now()');

    expect(faultsOf(await signUp(app))).toEqual([
      ['TAKEN', 'input', 'email'],
      ['TAKEN', 'input', 'username'],
    ]);
  });

  test('of two hundred people at once with one email in different letters makes one account', async () => {
    await using app = await startApp();
    const email = 'abcdef@example.com';
    const spellings = Array.from({ length: 200 }, (_, n) =>
      [...email].map((letter, place) => ((n >> place) & 1 ? letter.toUpperCase() : letter)).join(''),
    );

    const answers = await Promise.all(
      spellings.map((spelling, n) => signUp(app, { ...ADA, email: spelling, username: `person${n}` })),
    );

    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    const refused = answers.map(faultsOf).filter(faults => faults.length > 0);
    expect(refused).toEqual(Array.from({ length: 199 }, () => [['TAKEN', 'input', 'email']]));
    expect(await app.database.query('select email from users')).toEqual([{ email }]);
    expect(await app.database.query('select id from sessions')).toHaveLength(1);
  });
});

describe('logIn', () => {
  test.for(['Ada.L', 'ada.l', 'ADA.L', 'ada@example.com', 'ADA@EXAMPLE.COM', ' Ada@example.com '])(
    'by "%s" signs in',
    async login => {
      await using app = await startApp();
      await signUp(app);

      const { data } = await logIn(app, login);

      expect(data.logIn).toMatchObject({ user: { username: 'Ada.L' }, userErrors: [] });
      const me = await app.execute('{ me { username } }', {}, { accessToken: data.logIn.accessToken });
      expect(me.data).toEqual({ me: { username: 'Ada.L' } });
    },
  );

  test('with a wrong password, for an unknown account, and for a closed one answers the same WRONG_CREDENTIALS', async () => {
    await using app = await startApp();
    await signUp(app);
    await signUp(app, { email: 'closed@example.com', username: 'closed', password: PASSWORD });
    await app.database.query(`update users set deleted_at = now() where username = 'closed'`);

    const answers = [
      await logIn(app, 'Ada.L', 'Wrong horse 7'),
      await logIn(app, 'Ada.L', ''),
      await logIn(app, 'nobody'),
      await logIn(app, 'nobody@example.com'),
      await logIn(app, ''),
      await logIn(app, 'closed'),
      await logIn(app, '%'),
    ];

    expect(answers.map(({ status, data, errors }) => [status, data.logIn, errors])).toEqual(
      answers.map(() => [200, WRONG, []]),
    );
    expect(await app.database.query('select id from sessions')).toHaveLength(2);
  });

  test('for a locked account answers NOT_ALLOWED to who knows the password, WRONG_CREDENTIALS to others', async () => {
    await using app = await startApp();
    await signUp(app);
    await app.database.query('update users set is_active = false');

    const [right, wrong] = [await logIn(app, 'Ada.L'), await logIn(app, 'Ada.L', 'Wrong horse 7')];

    expect(faultsOf(right)).toEqual([['NOT_ALLOWED']]);
    expect(right.data.logIn).toMatchObject({ accessToken: null, refreshToken: null, user: null });
    expect(wrong.data.logIn).toEqual(WRONG);
  });

  test('for an account without a password answers WRONG_CREDENTIALS', async () => {
    await using app = await startApp();
    await signUp(app);
    await app.database.query('update users set password_hash = null');

    expect((await logIn(app, 'Ada.L', 'no account has this password')).data.logIn).toEqual(WRONG);
  });
});

describe('a password', () => {
  test('is kept as argon2id, with a salt of its own', async () => {
    await using app = await startApp();
    await signUp(app);
    await signUp(app, { email: 'other@example.com', username: 'other', password: PASSWORD });

    const rows = await app.database.query<{ hash: string }>('select password_hash as hash from users');

    expect(rows.map(({ hash }) => hash.split('$').slice(1, 4))).toEqual([
      ['argon2id', 'v=19', 'm=19456,t=2,p=1'],
      ['argon2id', 'v=19', 'm=19456,t=2,p=1'],
    ]);
    expect(new Set(rows.map(({ hash }) => hash)).size).toBe(2);
  });

  test('and what is made of it, is in no type that is answered with, and no field of a User has it', async () => {
    await using app = await startApp();
    const types = Object.values(createSchema().getTypeMap()).filter(type => !type.name.startsWith('__'));
    const secretFields = types
      // What a mutation does may have to do with passwords; what it answers with is looked at.
      .filter(type => type.name !== 'Mutation')
      .filter(type => isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))
      .flatMap(type =>
        Object.values(type.getFields()).map(field => ({
          place: `${type.name}.${field.name}`,
          isInput: isInputObjectType(type),
        })),
      )
      .filter(({ place }) => /password|hash|secret|salt/i.test(place.split('.')[1] ?? ''));
    const leaves = Object.values((createSchema().getType('User') as { getFields?: () => object })?.getFields?.() ?? {})
      .filter(field => !isObjectType(getNamedType(field.type)))
      .map(field => field.name);

    const answer = await app.execute(
      `mutation ($input: SignUpInput!) { signUp(input: $input) { user { ${leaves.join(' ')} } } }`,
      { input: ADA },
    );

    expect(secretFields.filter(({ isInput }) => !isInput)).toEqual([]);
    expect(secretFields.map(({ place }) => place)).toContain('SignUpInput.password');
    expect(Object.keys(answer.data.signUp.user)).toEqual(leaves);
    expect(JSON.stringify(answer.data)).not.toMatch(/argon2|Correct horse/);
  });
});
