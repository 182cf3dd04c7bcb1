import { isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { createEmailLink, tokenOf } from '../../src/identity/email-link.service.ts';
import { User } from '../../src/identity/user.entity.ts';
import { fromGlobalId, newId, toGlobalId } from '../../src/platform/ids.ts';
import { hashPassword } from '../../src/platform/passwords.ts';
import { createSchema } from '../../src/schema.ts';
import { NESTED_OPERATIONS, OWNERS_PASSWORD, type Owner, ROOT_ARGUMENTS } from '../support/access-table.ts';
import { startApp, TEST_SECRET, type TestApp } from '../support/app.ts';
import {
  errorsSelection,
  type Field,
  type GeneratedOperation,
  hasDirective,
  operationOf,
  rootFields,
} from '../support/operations.ts';
import { insertFact, insertPayment, insertRefund } from '../support/payment-rows.ts';
import { createPeople, type SignedIn } from '../support/people.ts';
import { until } from '../support/wait.ts';

const SNAPSHOT = './who-may-what.md';
const CALLERS = ['nobody', 'the owner', 'another user', 'a locked user', 'an admin'] as const;
type Caller = (typeof CALLERS)[number];

const schema = createSchema();
const FIELDS = [
  ...rootFields(schema).map(({ kind, field }) => ({
    name: `${kind.charAt(0).toUpperCase()}${kind.slice(1)}.${field.name}`,
    rule: ruleOf(field),
    kind,
    path: [field.name],
    operation: async (name: string, owner: Owner, n: number): Promise<GeneratedOperation> =>
      operationOf(kind, field, await ROOT_ARGUMENTS[name]?.(owner, n), errorsSelection(field)),
  })),
  ...Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(type => ![schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type))
    .flatMap(type => Object.values(type.getFields()).map(field => ({ field, name: `${type.name}.${field.name}` })))
    .filter(({ field }) => hasDirective(field, 'hasRole'))
    .map(({ field, name }) => ({
      name,
      rule: ruleOf(field),
      kind: 'query' as const,
      path: NESTED_OPERATIONS[name]?.path ?? [],
      operation: async (_name: string, owner: Owner): Promise<GeneratedOperation> => ({
        query: NESTED_OPERATIONS[name]?.query ?? '',
        variables: (await NESTED_OPERATIONS[name]?.variables(owner)) ?? {},
      }),
    })),
];

function ruleOf(field: Field): string {
  if (hasDirective(field, 'public')) return 'public';
  return hasDirective(field, 'hasRole') ? 'for admins' : 'for the viewer';
}

test('every field of the roots, and every other field with a role, is in the table of who may what', () => {
  const known = new Set([...Object.keys(ROOT_ARGUMENTS), ...Object.keys(NESTED_OPERATIONS)]);
  const names = new Set(FIELDS.map(({ name }) => name));

  const missing = FIELDS.filter(({ name }) => !known.has(name)).map(({ name, path }) =>
    path.length > 0
      ? `${name} is new: say in ROOT_ARGUMENTS of tests/support/access-table.ts with which arguments it is asked.`
      : `${name} has a role: say in NESTED_OPERATIONS of tests/support/access-table.ts which operation leads to it.`,
  );
  const gone = [...known]
    .filter(name => !names.has(name))
    .map(name => `${name} is no more: take it out of tests/support/access-table.ts.`);

  expect([...missing, ...gone]).toEqual([]);
});

test(`what each kind of caller is answered by each field is what ${SNAPSHOT} says`, async () => {
  await using app = await startApp();
  const cells = FIELDS.flatMap(field => CALLERS.map(caller => ({ field, caller })));
  const people = await createPeople(app.database, cells.length * 2);
  const callers = people.slice(cells.length);
  const ofKind = (kind: Caller) => callers.filter((_, n) => cells[n]?.caller === kind).map(({ uuid }) => uuid);
  await app.database.query('update users set password_hash = $1', [await hashPassword(OWNERS_PASSWORD)]);
  await app.database.query('update users set is_active = false where id = any($1)', [ofKind('a locked user')]);
  await app.database.query(`update users set role = 'ADMIN' where id = any($1)`, [ofKind('an admin')]);

  const outcomes = new Map<string, string>();
  for (const [n, { field, caller }] of cells.entries()) {
    const [person, stranger] = [people[n], callers[n]];
    if (!person || !stranger) throw new Error('There are fewer people than cells.');
    const owner = await asOwner(app, person);
    const as = caller === 'nobody' ? null : caller === 'the owner' ? person : stranger;
    const operation = await field.operation(field.name, owner, n);
    const outcome =
      field.kind === 'subscription' ? await follow(app, operation, as) : await ask(app, operation, as, field.path);
    outcomes.set(`${field.name} ${caller}`, outcome);
  }

  // After a change that is meant: npx vitest run -u tests/graphql/who-may-what.test.ts
  await expect(tableOf(outcomes)).toMatchFileSnapshot(SNAPSHOT);
}, 180_000);

function tableOf(outcomes: ReadonlyMap<string, string>): string {
  const rows = FIELDS.toSorted((one, other) => (one.name < other.name ? -1 : 1)).map(({ name, rule }) => [
    `\`${name}\``,
    rule,
    ...CALLERS.map(caller => outcomes.get(`${name} ${caller}`) ?? ''),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = ['field', 'rule', ...CALLERS];
  return `# Who may what

Every field of Query, Mutation and Subscription, and every other field that names a role, asked for what is the owner's: by
nobody who is signed in, by the owner, by another user, by a user who is locked, and by an admin. \`answered\`: it did what it
is for, on the owner's things or, where it takes none, on the caller's own. \`null\`: as if there was no such thing. The rest
are codes of errors and of userErrors.

Written by tests/graphql/who-may-what.test.ts, which compares it; after a change that is meant:
\`npx vitest run -u tests/graphql/who-may-what.test.ts\`

${[head, head.map(() => '---'), ...rows].map(line).join('\n')}
`;
}

async function asOwner(app: TestApp, person: SignedIn): Promise<Owner> {
  const [row] = await app.database.query<{ email: string; session: string }>(
    'select email, sessions.id as session from users join sessions on user_id = users.id where users.id = $1',
    [person.uuid],
  );
  const id = toGlobalId('user', person.uuid);
  const email = row?.email ?? '';
  const execute = async (query: string, variables: object) => {
    const { data, errors } = await app.execute(query, variables, person);
    expect(errors).toEqual([]);
    return data;
  };
  const placeOrder = async (): Promise<string> => {
    const { placeOrder: placed } = await execute(
      'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }',
      { input: { lines: [{ sku: 'pro-30-days' }], currency: 'USD', idempotencyKey: newId() } },
    );
    return placed.order.id;
  };
  const startSandboxPayment = async (): Promise<{ id: string; nextAction: { url: string } }> => {
    const { startPayment } = await execute(
      `mutation ($input: StartPaymentInput!) {
        startPayment(input: $input) { payment { id nextAction { ... on RedirectAction { url } } } }
      }`,
      {
        input: {
          orderId: await placeOrder(),
          provider: 'SANDBOX',
          returnUrl: 'http://localhost:3000/thanks',
          idempotencyKey: newId(),
        },
      },
    );
    return startPayment.payment;
  };
  const owner: Owner = {
    ...person,
    id,
    email,
    sessionId: toGlobalId('session', row?.session ?? ''),
    async todo({ inTrash = false } = {}) {
      const { createTodo } = await execute('mutation { createTodo(input: { title: "One" }) { todo { id } } }', {});
      const todoId: string = createTodo.todo.id;
      if (inTrash) await execute('mutation ($id: ID!) { deleteTodo(id: $id) { userErrors { code } } }', { id: todoId });
      return todoId;
    },
    async payment() {
      const flag = { kind: 'FLAG', type: 'dispute', flag: 'DISPUTED' } as const;
      const { id } = await insertPayment(app.database, { owner_id: person.uuid, review_flags: [flag.flag] });
      await insertFact(app.database, id, flag, { status: 'PENDING' });
      return toGlobalId('payment', id);
    },
    async pendingPayment() {
      return (await startSandboxPayment()).id;
    },
    async paidPayment() {
      const { id, nextAction } = await startSandboxPayment();
      await fetch(nextAction.url, { method: 'POST', body: new URLSearchParams({ action: 'PAY' }), redirect: 'manual' });
      const { syncPayment } = await execute('mutation ($id: ID!) { syncPayment(id: $id) { payment { status } } }', {
        id,
      });
      expect(syncPayment.payment.status).toBe('SUCCEEDED');
      return id;
    },
    async manualRefund() {
      const id = String(fromGlobalId('payment', await owner.paidPayment()));
      const refund = { owner_id: person.uuid, id, currency: 'USD' };
      return toGlobalId('refund', await insertRefund(app.database, refund, { needs_manual: true }));
    },
    order: placeOrder,
    linkToken: kind =>
      app.app.services.transact(person.uuid, async em => {
        const user = await em.findOneOrFail(User, { id: person.uuid });
        const link = await createEmailLink(em, user, { kind, secret: TEST_SECRET, now: new Date() });
        return tokenOf(link, [TEST_SECRET]) ?? '';
      }),
    async refreshToken() {
      const { logIn } = await execute('mutation ($input: LogInInput!) { logIn(input: $input) { refreshToken } }', {
        input: { login: email, password: OWNERS_PASSWORD },
      });
      return logIn.refreshToken;
    },
  };
  return owner;
}

async function ask(
  app: TestApp,
  { query, variables }: GeneratedOperation,
  as: SignedIn | null,
  path: readonly string[],
): Promise<string> {
  const { data, errors } = await app.execute(query, variables, as);
  const [error] = errors;
  if (error) return String(error.extensions.code);
  const result: unknown = path.reduce((value, name) => value?.[name], data);
  if ([result].flat().every(value => value === null || value === undefined)) return 'null';
  const userErrors: { code: string }[] =
    typeof result === 'object' && result !== null && 'userErrors' in result ? (result.userErrors as []) : [];
  return userErrors.length === 0 ? 'answered' : [...new Set(userErrors.map(({ code }) => code))].join();
}

/** A subscription that is open is answered, though nothing happens yet. */
async function follow(app: TestApp, { query, variables }: GeneratedOperation, as: SignedIn | null): Promise<string> {
  const { feed } = app.app.services;
  const before = feed.followerCount;
  const hangUp = new AbortController();
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(as ? { authorization: `Bearer ${as.accessToken}` } : {}),
    },
    body: JSON.stringify({ query, variables }),
    signal: hangUp.signal,
  });
  if (response.status !== 200) return /"code":"(\w+)"/.exec(await response.text())?.[1] ?? String(response.status);
  await until('the subscription is open', () => feed.followerCount > before);
  hangUp.abort();
  await until('the subscription is closed', () => feed.followerCount === before);
  return 'answered';
}
