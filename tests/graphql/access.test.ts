import { getNamedType, isObjectType } from 'graphql';
import jwt from 'jsonwebtoken';
import { describe, expect, test } from 'vitest';
import { fromGlobalId, type IdPrefix, toGlobalId } from '../../src/platform/ids.ts';
import { createSchema } from '../../src/schema.ts';
import { placeOrder } from '../payment/order-support.ts';
import { type Answer, type Person, startApp, TEST_SECRET, type TestApp } from '../support/app.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  argumentsWith,
  errorsSelection,
  type Field,
  hasDirective,
  type IdPlace,
  idPlaces,
  operationOf,
  rootFields,
} from '../support/operations.ts';
import { insertPayment, insertRefund } from '../support/payment-rows.ts';
import { until } from '../support/wait.ts';

const schema = createSchema();
const fields = rootFields(schema);

describe('without a viewer', () => {
  const closed = fields.filter(({ field }) => !hasDirective(field, 'public'));

  test('every Query and Mutation field that is not @public answers 401 with the reason MISSING', async () => {
    await using app = await startApp();
    const operations = closed.filter(({ kind }) => kind !== 'subscription');

    const answers = await Promise.all(
      operations.map(async ({ kind, field }) => {
        const { query, variables } = operationOf(kind, field);
        const { status, headers, errors } = await app.execute(query, variables);
        return [`${kind} ${field.name}`, status, headers.get('www-authenticate'), ...errors.map(e => e.extensions)];
      }),
    );

    expect(answers).toEqual(
      operations.map(({ kind, field }) => [
        `${kind} ${field.name}`,
        401,
        'Bearer',
        { code: 'UNAUTHENTICATED', reason: 'MISSING' },
      ]),
    );
    expect(answers.length).toBeGreaterThan(10);
  });

  test('every Subscription field that is not @public refuses over SSE with the reason MISSING', async () => {
    await using app = await startApp();
    const operations = closed.filter(({ kind }) => kind === 'subscription');

    const answers = await Promise.all(
      operations.map(async ({ kind, field }) => {
        const { query, variables } = operationOf(kind, field);
        const { status, headers, results } = await overSse(app, query, variables);
        return [field.name, status, headers.get('www-authenticate'), ...results.flatMap(codesAndReasons)];
      }),
    );

    expect(answers).toEqual(operations.map(({ field }) => [field.name, 401, 'Bearer', 'UNAUTHENTICATED MISSING']));
    expect(answers.length).toBeGreaterThan(1);
  });

  test('one refused field beside a public one is null, and the status says that the request was answered', async () => {
    await using app = await startApp();

    const { status, data, errors } = await app.execute('{ apiInfo { name } todo(id: "todo_1") { id } }');

    expect(status).toBe(200);
    expect(data).toEqual({ apiInfo: { name: 'duely' }, todo: null });
    expect(errors).toMatchObject([{ path: ['todo'], extensions: { code: 'UNAUTHENTICATED', reason: 'MISSING' } }]);
  });
});

describe('a field that was added without a thought for access', () => {
  const forgetful = () =>
    createSchema({
      typeDefs: [
        `extend type Query { forgotten: String }
         type ForgottenPayload implements Payload { told: String userErrors: [UserError!]! }
         extend type Mutation { forgotten: ForgottenPayload! }
         extend type Subscription { forgotten: String }`,
      ],
      resolvers: [
        {
          Query: { forgotten: () => 'told' },
          Mutation: { forgotten: async () => ({ told: 'told' }) },
          Subscription: {
            forgotten: {
              subscribe: async function* () {
                yield { forgotten: 'told' };
              },
            },
          },
        },
      ],
    });

  test('of Query refuses the anonymous and answers the signed-in', async () => {
    await using app = await startApp({ schema: forgetful() });
    const ada = await app.createUser();

    const refused = await app.execute('{ forgotten }');
    const answered = await app.execute('{ forgotten }', {}, ada);

    expect(refused).toMatchObject({ status: 401, data: { forgotten: null }, errors: [MISSING] });
    expect(answered).toMatchObject({ status: 200, data: { forgotten: 'told' }, errors: [] });
  });

  test('of Mutation refuses the anonymous and answers the signed-in', async () => {
    await using app = await startApp({ schema: forgetful() });
    const ada = await app.createUser();

    const refused = await app.execute('mutation { forgotten { told userErrors { code } } }');
    const answered = await app.execute('mutation { forgotten { told userErrors { code } } }', {}, ada);

    expect(refused).toMatchObject({ status: 401, data: null, errors: [MISSING] });
    expect(answered).toMatchObject({ status: 200, data: { forgotten: { told: 'told', userErrors: [] } }, errors: [] });
  });

  test('of Subscription refuses the anonymous and answers the signed-in', async () => {
    await using app = await startApp({ schema: forgetful() });
    const ada = await app.createUser();

    const refused = await overSse(app, 'subscription { forgotten }');
    const answered = await overSse(app, 'subscription { forgotten }', {}, ada);

    expect(refused).toMatchObject({ status: 401, results: [{ errors: [MISSING] }] });
    expect(answered).toMatchObject({ status: 200, results: [{ data: { forgotten: 'told' } }] });
  });

  test('and without a resolver keeps the schema from being built', () => {
    const typeDefs = ['extend type Query { unfinished: String }'];

    expect(() => createSchema({ typeDefs })).toThrow('unfinished has no resolver');
  });
});

describe('@hasRole(role: ADMIN)', () => {
  const guarded = () =>
    createSchema({
      typeDefs: [
        `type Vault { door: String treasure: String @hasRole(role: ADMIN) }
         extend type Query { vault: Vault publicVault: Vault @public treasury: String @hasRole(role: ADMIN) }
         type TreasuryPayload implements Payload { spent: String userErrors: [UserError!]! }
         extend type Mutation { spend: TreasuryPayload! @hasRole(role: ADMIN) }
         extend type Subscription { coins: String @hasRole(role: ADMIN) }`,
      ],
      resolvers: [
        {
          Query: {
            vault: () => ({ door: 'shut', treasure: 'gold' }),
            publicVault: () => ({ door: 'shut', treasure: 'gold' }),
            treasury: () => 'gold',
          },
          Mutation: { spend: async () => ({ spent: 'gold' }) },
          Subscription: {
            coins: {
              subscribe: async function* () {
                yield { coins: 'gold' };
              },
            },
          },
        },
      ],
    });
  const FORBIDDEN = { extensions: { code: 'FORBIDDEN' } };

  test('on a root field answers FORBIDDEN to a user and gives it to an admin', async () => {
    await using app = await startApp({ schema: guarded() });
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];

    const asked = '{ treasury }';
    const spent = 'mutation { spend { spent } }';

    expect(await app.execute(asked, {}, ada)).toMatchObject({ data: { treasury: null }, errors: [FORBIDDEN] });
    expect(await app.execute(asked, {}, root)).toMatchObject({ data: { treasury: 'gold' }, errors: [] });
    expect(await app.execute(asked)).toMatchObject({ status: 401, errors: [MISSING] });
    expect(await app.execute(spent, {}, ada)).toMatchObject({ data: null, errors: [FORBIDDEN] });
    expect(await app.execute(spent, {}, root)).toMatchObject({ data: { spend: { spent: 'gold' } }, errors: [] });
  });

  test('on a Subscription field answers FORBIDDEN to a user and gives it to an admin', async () => {
    await using app = await startApp({ schema: guarded() });
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];

    const refused = await overSse(app, 'subscription { coins }', {}, ada);
    const answered = await overSse(app, 'subscription { coins }', {}, root);

    expect(refused.results).toMatchObject([{ errors: [FORBIDDEN] }]);
    expect(answered.results).toMatchObject([{ data: { coins: 'gold' } }]);
  });

  test('on a nested field hides it alone from a user, whichever way leads to it', async () => {
    await using app = await startApp({ schema: guarded() });
    const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
    const query = '{ vault { door treasure } publicVault { door treasure } }';

    const user = await app.execute(query, {}, ada);
    const admin = await app.execute(query, {}, root);
    const nobody = await app.execute('{ publicVault { door treasure } }');

    const hidden = { door: 'shut', treasure: null };
    const shown = { door: 'shut', treasure: 'gold' };
    expect(user.data).toEqual({ vault: hidden, publicVault: hidden });
    expect(user.errors).toMatchObject([
      { path: ['vault', 'treasure'], ...FORBIDDEN },
      { path: ['publicVault', 'treasure'], ...FORBIDDEN },
    ]);
    expect(admin).toMatchObject({ data: { vault: shown, publicVault: shown }, errors: [] });
    expect(nobody).toMatchObject({ data: { publicVault: hidden }, errors: [MISSING] });
  });
});

const isForAdmins = (field: Field) => hasDirective(field, 'hasRole');
const FORBIDDEN_TO_USERS = 'FORBIDDEN: Only for accounts with the role ADMIN.';

/** The client chooses this id, so one that somebody has is TAKEN, and one that is none is INVALID. */
const CHOSEN_BY_CLIENT = 'createTodo(input.id)';
const places = fields
  .filter(({ kind }) => kind !== 'subscription')
  .flatMap(({ kind, field }) => idPlaces(field).map(place => ({ kind, field, place, name: nameOf(field, place) })));

describe('ids of somebody else', () => {
  const guarded = places.filter(({ name, field }) => name !== CHOSEN_BY_CLIENT && !isForAdmins(field));

  test.each(guarded)('in $name find nothing and change nothing', async ({ kind, field, place }) => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const ids = (await idsOf(app, ada)).filter(id => !isEverybodys(id));
    const [adas, eves] = [await app.createTodo(ada), await app.createTodo(eve)];
    const before = await fingerprint(app.database);

    const asked = await askAll(app, eve, { kind, field, place }, ids, eves.id);

    for (const [id, answer] of asked) expect([id, outcomeOf(answer, field)]).toEqual([id, 'nothing']);
    expect(await fingerprint(app.database)).toEqual(before);
    // The same operations do find what is the viewer's own.
    const own = await askAll(app, ada, { kind, field, place }, ids, adas.id);
    expect(own.map(([, answer]) => outcomeOf(answer, field))).toContainEqual(foundBy(field));
  });

  test(`in ${CHOSEN_BY_CLIENT} are taken, and the todo stays its owner's`, async () => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const todo = await app.createTodo(ada);
    const before = await fingerprint(app.database);

    const { data } = await app.execute(CREATE_WITH_ID, { id: todo.id }, eve);

    expect(data.createTodo).toMatchObject({ todo: null, userErrors: [{ code: 'TAKEN', path: ['input', 'id'] }] });
    expect(await fingerprint(app.database)).toEqual(before);
  });

  test('are asked for by no field but those of Query and Mutation, which are tested here', () => {
    const others = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .filter(type => type !== schema.getQueryType() && type !== schema.getMutationType())
      .flatMap(type => Object.values(type.getFields()).flatMap(field => idPlaces(field).map(at => nameOf(field, at))));

    expect(others).toEqual([]);
    expect(places.map(({ name }) => name)).toContain('updateTodo(id)');
  });
});

describe('ids in a field for admins', () => {
  test.each(places.filter(({ field }) => isForAdmins(field)))(
    'in $name find nothing for a user, not even their own, and change nothing; an admin finds them',
    async ({ kind, field, place }) => {
      await using app = await startApp();
      const [ada, eve] = [await app.createUser(), await app.createUser()];
      const root = await app.createUser({ admin: true });
      const ids = await idsOf(app, ada);
      const before = await fingerprint(app.database);

      const asked = [
        ...(await askAll(app, ada, { kind, field, place }, ids)),
        ...(await askAll(app, eve, { kind, field, place }, ids)),
      ];

      for (const [id, answer] of asked) expect([id, outcomeOf(answer, field)]).toEqual([id, FORBIDDEN_TO_USERS]);
      expect(await fingerprint(app.database)).toEqual(before);
      const found = await askAll(app, root, { kind, field, place }, ids);
      expect(found.map(([, answer]) => outcomeOf(answer, field))).toContainEqual(foundBy(field));
    },
  );
});

describe('ids that are none', () => {
  const malformed = {
    empty: '',
    'a number': '123',
    'a word': 'anything',
    'a prefix alone': 'todo_',
    'a suffix alone': '01kabc0000e0080000000000zz',
    'too large for 128 bits': 'todo_8zzzzzzzzzzzzzzzzzzzzzzzzz',
    'a digit too short': 'todo_01kabc0000e0080000000000z',
    'with letters that the alphabet has not': 'todo_01kabc0000e0080000000000il',
    'in upper case': 'TODO_01KABC0000E0080000000000ZZ',
    'with a blank before it': ' todo_01kabc0000e0080000000000zz',
    'of an unknown type': 'banana_01kabc0000e0080000000000zz',
    'of a property that every object has': 'constructor_01kabc0000e0080000000000zz',
    'a bare UUID': '019a8f00-0000-7000-8000-000000000000',
    SQL: "' or true; drop table todos; --",
    'very long': `todo_${'0'.repeat(10_000)}`,
    emoji: 'todo_🏃🏊',
  };

  test.each(places)('in $name find nothing and change nothing', async ({ kind, field, place, name }) => {
    await using app = await startApp();
    const ada = await app.createUser({ admin: isForAdmins(field) });
    const { id } = await app.createTodo(ada);
    const { sid } = claimsOf(ada.accessToken);
    // Her own, under the name of another type; as an id of her choice the last one would be good.
    const renamed = [id.replace('todo', 'user'), id.replace('todo', 'session'), sid.replace('session', 'user')];
    if (name !== CHOSEN_BY_CLIENT) renamed.push(sid.replace('session', 'todo'));
    const before = await fingerprint(app.database);

    const answers = await askAll(app, ada, { kind, field, place }, [...Object.values(malformed), ...renamed], id);

    const expected = name === CHOSEN_BY_CLIENT ? 'INVALID' : 'nothing';
    for (const [id, answer] of answers) expect([id, outcomeOf(answer, field)]).toEqual([id, expected]);
    expect(await fingerprint(app.database)).toEqual(before);
  });
});

describe('a token', () => {
  const HOUR_MS = 3_600_000;

  test('that has expired is UNAUTHENTICATED with the reason EXPIRED', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    expect(await app.execute('{ todos { totalCount } }', {}, ada)).toMatchObject({ status: 200, errors: [] });

    app.advance(HOUR_MS);
    const answer = await app.execute('{ todos { totalCount } }', {}, ada);

    expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { reason: 'EXPIRED' } }] });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  test.each(['logOut', 'revokeSession', 'revokeOtherSessions'])(
    'whose session was ended by %s is UNAUTHENTICATED with the reason REVOKED',
    async way => {
      await using app = await startApp();
      const ada = await app.createUser();
      const other = await app.logInAgain(ada);
      const { sid } = claimsOf(ada.accessToken);
      expect(await app.execute('{ me { id } }', {}, ada)).toMatchObject({ status: 200, errors: [] });
      const end = {
        logOut: () => app.execute('mutation { logOut { userErrors { code } } }', {}, ada),
        revokeSession: () =>
          app.execute('mutation ($id: ID!) { revokeSession(id: $id) { sessionId } }', { id: sid }, other),
        revokeOtherSessions: () => app.execute('mutation { revokeOtherSessions { revokedCount } }', {}, other),
      }[way];

      expect((await end?.())?.errors).toEqual([]);
      const answer = await app.execute('{ todos { totalCount } }', {}, ada);

      expect(answer).toMatchObject({
        status: 401,
        errors: [{ extensions: { code: 'UNAUTHENTICATED', reason: 'REVOKED' } }],
      });
    },
  );

  test('of an account that was locked or is gone is UNAUTHENTICATED with the reason REVOKED', async () => {
    await using app = await startApp();
    const [locked, gone] = [await app.createUser(), await app.createUser()];
    await app.database.query('update users set is_active = false where username = $1', [locked.username]);
    await app.database.query('update users set deleted_at = now() where username = $1', [gone.username]);

    const answers = [await app.execute('{ me { id } }', {}, locked), await app.execute('{ me { id } }', {}, gone)];

    expect(answers.flatMap(codesAndReasons)).toEqual(['UNAUTHENTICATED REVOKED', 'UNAUTHENTICATED REVOKED']);
  });

  const forgeries: Record<string, (person: Person) => string> = {
    'that is garbage': () => 'garbage',
    'of three parts of garbage': () => 'e30.e30.e30',
    'whose signature was cut off': ({ accessToken }) => accessToken.slice(0, accessToken.lastIndexOf('.') + 1),
    'whose claims were exchanged': ({ accessToken }) => {
      const [header, , signature] = accessToken.split('.');
      return [header, encode({ ...claimsOf(accessToken), role: 'ADMIN' }), signature].join('.');
    },
    'of another secret': person => forge(person, { secret: 'another-secret-that-is-long-enough-0123456789' }),
    'of another secret without a key id': person =>
      forge(person, { secret: 'another-secret-that-is-long-enough-0123456789', header: { kid: undefined } }),
    'of a key id that nobody knows': person => forge(person, { header: { kid: 'nobody' } }),
    'that is not signed (alg: none)': ({ accessToken }) => {
      const { header } = decode(accessToken);
      return `${encode({ ...header, alg: 'none' })}.${encode(claimsOf(accessToken))}.`;
    },
    'signed by another algorithm': person => forge(person, { header: { alg: 'HS512' } }),
    'with the type of another kind in its header': person => forge(person, { header: { typ: 'JWT' } }),
    'with the type of another kind in its claims': person => forge(person, { claims: { typ: 'refresh' } }),
    'of another issuer': person => forge(person, { claims: { iss: 'somebody' } }),
    'for another audience': person => forge(person, { claims: { aud: 'somebody' } }),
    'without a session': person => forge(person, { claims: { sid: undefined } }),
    'without a subject': person => forge(person, { claims: { sub: undefined } }),
    'whose subject is no id of a user': person => forge(person, { claims: { sub: 'user_1' } }),
    'without an end': person => forge(person, { claims: { exp: undefined } }),
    'that is the refresh token': ({ refreshToken }) => refreshToken,
    'that is very long': () => 'a'.repeat(5_000),
  };

  test('that is forged in any way is UNAUTHENTICATED with the reason INVALID', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const answers = await Promise.all(
      Object.entries(forgeries).map(async ([name, make]) => {
        const answer = await app.execute('{ todos { totalCount } }', {}, { accessToken: make(ada) });
        return [name, answer.status, answer.data, ...codesAndReasons(answer)];
      }),
    );

    expect(answers).toEqual(Object.keys(forgeries).map(name => [name, 401, null, 'UNAUTHENTICATED INVALID']));
  });

  test('made by hand as the server makes it is good: so each forgery fails for what was changed', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    const answer = await app.execute('{ todos { totalCount } }', {}, { accessToken: forge(ada, {}) });

    expect(answer).toMatchObject({ status: 200, errors: [] });
  });

  test('of one person with the session of another is UNAUTHENTICATED', async () => {
    await using app = await startApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const { sid } = claimsOf(ada.accessToken);

    const answer = await app.execute('{ me { id } }', {}, { accessToken: forge(eve, { claims: { sid } }) });

    expect(codesAndReasons(answer)).toEqual(['UNAUTHENTICATED REVOKED']);
  });

  test('in a header of another form is INVALID, not MISSING', async () => {
    await using app = await startApp();
    const headers = ['Basic dXNlcjpwYXNz', 'Bearer', 'Bearer one two', 'token'];

    const answers = await Promise.all(
      headers.map(authorization => app.execute('{ todos { totalCount } }', {}, null, { headers: { authorization } })),
    );

    expect(answers.map(codesAndReasons)).toEqual(headers.map(() => ['UNAUTHENTICATED INVALID']));
  });

  test('that is bad does not keep anybody from the public fields', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    app.advance(HOUR_MS);

    const expired = [
      await app.execute('{ apiInfo { name } }', {}, ada),
      await app.execute(REFRESH, { input: { refreshToken: ada.refreshToken } }, ada),
      await app.execute(LOG_IN, { input: { login: ada.username, password: 'Correct horse 7' } }, ada),
    ];
    const garbage = await app.execute('{ apiInfo { name } }', {}, { accessToken: 'garbage' });

    for (const { status, errors } of [...expired, garbage])
      expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(expired.map(({ data }) => data)).toMatchObject([
      { apiInfo: { name: 'duely' } },
      { refreshSession: { accessToken: expect.any(String), userErrors: [] } },
      { logIn: { accessToken: expect.any(String), userErrors: [] } },
    ]);
  });

  test('that is bad makes me an error; without one me is null', async () => {
    await using app = await startApp();

    const bad = await app.execute('{ me { id } }', {}, { accessToken: 'garbage' });
    const none = await app.execute('{ me { id } }');

    expect(bad).toMatchObject({ status: 401, data: { me: null } });
    expect(codesAndReasons(bad)).toEqual(['UNAUTHENTICATED INVALID']);
    expect(none).toMatchObject({ status: 200, data: { me: null }, errors: [] });
  });
});

test('an admin who is none any more is refused although the token still says ADMIN', async () => {
  await using app = await startApp({
    schema: createSchema({
      typeDefs: ['extend type Query { treasury: String @hasRole(role: ADMIN) }'],
      resolvers: [{ Query: { treasury: () => 'gold' } }],
    }),
  });
  const root = await app.createUser({ admin: true });
  expect(claimsOf(root.accessToken)).toMatchObject({ role: 'ADMIN' });
  await app.database.query(`update users set role = 'USER' where username = $1`, [root.username]);

  await until('what is known of the viewer was read anew', async () => {
    const { errors } = await app.execute('{ treasury }', {}, root);
    return errors[0]?.extensions.code === 'FORBIDDEN';
  });
});

const MISSING = { extensions: { code: 'UNAUTHENTICATED', reason: 'MISSING' } };
const CREATE_WITH_ID = `mutation ($id: ID) {
  createTodo(input: { id: $id, title: "Mine" }) { todo { id title } userErrors { code path } }
}`;
const REFRESH =
  'mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { accessToken userErrors { code } } }';
const LOG_IN = 'mutation ($input: LogInInput!) { logIn(input: $input) { accessToken userErrors { code } } }';

function nameOf(field: Field, place: IdPlace): string {
  return `${field.name}(${place.join('.')})`;
}

interface StreamedResult {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: Answer['errors'];
}

/** All that a subscription that ends by itself answers over server-sent events. */
async function overSse(app: TestApp, query: string, variables: object = {}, as: Person | null = null) {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(as ? { authorization: `Bearer ${as.accessToken}` } : {}),
    },
    body: JSON.stringify({ query, variables }),
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const lines = (await response.text()).split('\n').filter(line => line.startsWith('data: {'));
  const results = lines.map(line => JSON.parse(line.slice('data: '.length)) as StreamedResult);
  return { status: response.status, headers: response.headers, results };
}

const codesAndReasons = ({ errors = [] }: StreamedResult) =>
  errors.map(({ extensions }) => `${extensions.code} ${extensions.reason}`);

/** Found, but in no state for it: the payment of these tests was not paid, so there is nothing to refund or to settle. */
const NEEDS_ANOTHER_STATE: ReadonlySet<string> = new Set([
  'cancelPayment',
  'refundPayment',
  'resolvePaymentReview',
  'resolveRefund',
]);
const foundBy = (field: { readonly name: string }) =>
  expect.stringMatching(NEEDS_ANOTHER_STATE.has(field.name) ? /^(something|NOT_ALLOWED)$/ : /^something$/);

/** What is for sale is nobody's. */
const isEverybodys = (id: string) => id.startsWith('product_');

async function productId(app: TestApp): Promise<string> {
  const { data } = await app.execute('{ products { id } }');
  return data.products[0].id;
}

/** An id of each type, of things of this person's. */
async function idsOf(app: TestApp, person: Person): Promise<string[]> {
  const payment = await insertPayment(app.database, { owner_id: fromGlobalId('user', person.id) });
  const ids: Record<IdPrefix, string> = {
    user: person.id,
    session: claimsOf((await app.logInAgain(person)).accessToken).sid,
    todo: (await app.createTodo(person)).id,
    product: await productId(app),
    order: (await placeOrder(app, person)).id,
    payment: toGlobalId('payment', payment.id),
    refund: toGlobalId('refund', await insertRefund(app.database, payment)),
  };
  return Object.values(ids);
}

/** Asks with each id at the place; wherever else the field demands an id it is that of a todo of the person's own. */
async function askAll(
  app: TestApp,
  as: Person,
  { kind, field, place }: Pick<(typeof places)[number], 'kind' | 'field' | 'place'>,
  ids: readonly string[],
  ownTodo = '',
): Promise<[id: string, answer: Answer][]> {
  const others = field.args
    .filter(({ name, type }) => String(type) === 'ID!' && name !== place[0])
    .map(({ name }) => [name, ownTodo]);
  const answers: [string, Answer][] = [];
  for (const id of ids) {
    const args = { ...argumentsWith(field, place, id), ...Object.fromEntries(others) };
    const { query, variables } = operationOf(kind, field, args, errorsSelection(field));
    answers.push([id, await app.execute(query, variables, as)]);
  }
  return answers;
}

/** 'nothing': null or NOT_FOUND. Otherwise what else was said. */
function outcomeOf({ data, errors }: Answer, field: Field): string {
  const [error] = errors;
  if (error) return `${error.extensions.code}: ${error.message}`;
  const result: unknown = data[field.name];
  if ([result].flat().every(value => value === null)) return 'nothing';
  const type = getNamedType(field.type);
  if (!isObjectType(type) || !('userErrors' in type.getFields())) return 'something';
  const codes = new Set<string>(data[field.name].userErrors.map(({ code }: { code: string }) => code));
  if (codes.size === 0) return 'something';
  return [...codes].join() === 'NOT_FOUND' ? 'nothing' : [...codes].join();
}

/** Of each table: what is in it. */
async function fingerprint(database: TestDatabase): Promise<Record<string, string>> {
  const tables = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  const prints = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await database.query<{ print: string }>(
        `select count(*) || ' ' || md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as print from "${name}" t`,
      );
      return [name, row?.print ?? ''] as const;
    }),
  );
  return Object.fromEntries(prints);
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

function decode(token: string): { header: jwt.JwtHeader; claims: jwt.JwtPayload } {
  const decoded = jwt.decode(token, { complete: true });
  if (!decoded || typeof decoded.payload === 'string') throw new Error('This is no access token.');
  return { header: decoded.header, claims: decoded.payload };
}

const claimsOf = (token: string) => decode(token).claims as { sub: string; sid: string; role: string };

/** A token as the server makes it, but for what is given here; undefined takes something away. */
function forge(
  { accessToken }: Person,
  { secret = TEST_SECRET, header = {}, claims = {} }: { secret?: string; header?: object; claims?: object },
): string {
  const good = decode(accessToken);
  const wanted = { ...good.header, ...header } as jwt.JwtHeader;
  return jwt.sign(JSON.parse(JSON.stringify({ ...good.claims, ...claims })), secret, {
    algorithm: wanted.alg as jwt.Algorithm,
    header: wanted,
  });
}
