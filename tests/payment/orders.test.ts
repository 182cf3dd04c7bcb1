import { expect, test } from 'vitest';
import { toGlobalId } from '../../src/platform/ids.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { CONNECTION, expectWalks } from '../support/pages.ts';
import { recordStatements } from '../support/statements.ts';
import { until } from '../support/wait.ts';
import { orderInput, PLACE_ORDER, placeOrder, tryOrder } from './order-support.ts';

const HOUR_MS = 3_600_000;
const countOrders = async ({ database }: TestApp) =>
  Number((await database.query<{ n: string }>('select count(*) as n from orders'))[0]?.n);

test('placeOrder prices the lines, in the order in which they were given, and waits a day for a payment', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const input = orderInput({ lines: [{ sku: 'pro-365-days', quantity: 2 }, { sku: 'pro-30-days' }], currency: 'PKR' });

  const { data, errors } = await app.execute(PLACE_ORDER, { input }, ada);
  const { order } = data.placeOrder;
  const read = await app.execute(
    'query ($id: ID!) { order(id: $id) { id number status total { amount currency } paid { amount currency } owner { id username } createdAt updatedAt expiresAt paidAt } }',
    { id: order.id },
    ada,
  );

  expect(errors).toEqual([]);
  expect(data.placeOrder).toEqual({
    order: {
      id: expect.stringMatching(/^order_/),
      number: expect.stringMatching(/^D[0-9A-HJKMNP-TV-Z]{9}$/),
      status: 'OPEN',
      total: { amount: 2_940_000, currency: 'PKR' },
      lines: [
        {
          product: { sku: 'pro-365-days' },
          quantity: 2,
          unitPrice: { amount: 1_400_000 },
          total: { amount: 2_800_000 },
        },
        { product: { sku: 'pro-30-days' }, quantity: 1, unitPrice: { amount: 140_000 }, total: { amount: 140_000 } },
      ],
    },
    userErrors: [],
  });
  expect(read.data.order).toMatchObject({
    number: order.number,
    paid: { amount: 0, currency: 'PKR' },
    owner: { id: ada.id, username: ada.username },
    paidAt: null,
  });
  expect(Date.parse(read.data.order.expiresAt) - Date.parse(read.data.order.createdAt)).toBeGreaterThan(
    24 * HOUR_MS - 5_000,
  );
  expect(Date.parse(read.data.order.expiresAt) - Date.parse(read.data.order.createdAt)).toBeLessThanOrEqual(
    24 * HOUR_MS,
  );
});

test('an order waits as long as ORDER_TTL_HOURS says', async () => {
  await using app = await startApp({ settings: { ORDER_TTL_HOURS: '720' } });
  const ada = await app.createUser();
  const { id } = await placeOrder(app, ada);

  const { data } = await app.execute('query ($id: ID!) { order(id: $id) { expiresAt } }', { id }, ada);

  const days = (Date.parse(data.order.expiresAt) - Date.now()) / (24 * HOUR_MS);
  expect(Math.round(days)).toBe(30);
});

const line = (sku: string, quantity = 1) => ({ sku, quantity });
const many = Array.from({ length: 21 }, (_, n) => line(`thing-${n}`));

test.each([
  ['no line', { lines: [] }, [['INVALID', 'input.lines']]],
  ['21 lines', { lines: many }, [['INVALID', 'input.lines']]],
  [
    'quantities of 0 and 101',
    { lines: [line('pro-30-days', 0), line('pro-365-days', 101)] },
    [
      ['INVALID', 'input.lines.0.quantity'],
      ['INVALID', 'input.lines.1.quantity'],
    ],
  ],
  ['a product twice', { lines: [line('pro-30-days'), line('pro-30-days')] }, [['INVALID', 'input.lines.1.sku']]],
  [
    'products that there are not',
    { lines: [line('pro-30-days'), line('nothing'), line("'; drop table orders; --"), line('PRO-365-DAYS')] },
    [
      ['NOT_FOUND', 'input.lines.1.sku'],
      ['NOT_FOUND', 'input.lines.2.sku'],
      ['NOT_FOUND', 'input.lines.3.sku'],
    ],
  ],
  ['a currency in which nothing is sold', { currency: 'EUR' }, [['INVALID', 'input.currency']]],
  ['an empty idempotency key', { idempotencyKey: '' }, [['INVALID', 'input.idempotencyKey']]],
])('placeOrder with %s says so, and orders nothing', async (_name, input, expected) => {
  await using app = await startApp();
  const ada = await app.createUser();

  const { data, errors } = await tryOrder(app, ada, input);

  expect(errors).toEqual([]);
  const { order, userErrors } = data.placeOrder;
  const told = userErrors.map(({ code, path }: { code: string; path: string[] }) => [code, path.join('.')]);
  expect([order, told]).toEqual([null, expected]);
  expect(await countOrders(app)).toBe(0);
});

test('placeOrder of more than an amount can hold is INVALID, and orders nothing', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.database.query(`update product_prices set amount = ${Number.MAX_SAFE_INTEGER} where currency = 'USD'`);

  const refused = await tryOrder(app, ada, { lines: [line('pro-30-days', 2)] });
  const just = await tryOrder(app, ada);

  expect(refused.data.placeOrder.userErrors).toMatchObject([{ code: 'INVALID', path: ['input', 'lines'] }]);
  expect(just.data.placeOrder.order.total.amount).toBe(Number.MAX_SAFE_INTEGER);
  expect(await countOrders(app)).toBe(1);
});

test('the same idempotency key gives the same order, five times at once too; with another input it is a CONFLICT', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const input = orderInput();

  const answers = await Promise.all(Array.from({ length: 5 }, () => app.execute(PLACE_ORDER, { input }, ada)));
  const later = await app.execute(PLACE_ORDER, { input }, ada);
  const other = await app.execute(PLACE_ORDER, { input: { ...input, currency: 'PKR' } }, ada);
  const hers = await app.execute(PLACE_ORDER, { input }, eve);

  const orders = new Set([...answers, later].map(({ data }) => JSON.stringify(data.placeOrder)));
  expect(orders.size).toBe(1);
  expect(later.extensions).toMatchObject({ idempotentReplay: true });
  expect(other.data.placeOrder).toMatchObject({
    order: null,
    userErrors: [{ code: 'CONFLICT', path: ['input', 'idempotencyKey'] }],
  });
  expect(hers.data.placeOrder.order.id).not.toBe(later.data.placeOrder.order.id);
  expect(await countOrders(app)).toBe(2);
});

test('placeOrder is limited to ten a minute for each person', async () => {
  await using app = await startApp({ settings: { RATE_LIMITS: 'on' } });
  const [ada, eve] = [await app.createUser(), await app.createUser()];

  for (let n = 0; n < 10; n += 1) await placeOrder(app, ada);
  const refused = await tryOrder(app, ada);
  const hers = await tryOrder(app, eve);

  expect(refused.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
  expect(hers.data.placeOrder.userErrors).toEqual([]);
});

/** Orders of times that some share, the newest first. */
async function insertOrders(app: TestApp, owner: Person, count: number): Promise<string[]> {
  await app.database.query(
    `insert into orders (id, number, owner_id, currency, total_amount, status, expires_at, created_at)
     select gen_random_uuid(), 'T' || n || $1, users.id, 'USD', n, case when n % 3 = 0 then 'PAID' else 'OPEN' end,
       timestamptz '2100-01-01', timestamptz '2026-01-01' + (n / 4) * interval '1 millisecond'
     from users, generate_series(1, ${count}) as n where username = $1`,
    [owner.username],
  );
  const rows = await app.database.query<{ id: string }>(
    'select orders.id from orders join users on users.id = owner_id where username = $1 order by orders.created_at desc, orders.id desc',
    [owner.username],
  );
  return rows.map(({ id }) => toGlobalId('order', id));
}

const ORDERS = `query ($filter: OrderFilter, $first: Int, $after: String, $last: Int, $before: String) {
  orders(filter: $filter, first: $first, after: $after, last: $last, before: $before) { ${CONNECTION} nodes { status } }
}`;

test('orders has only the own, newest first, in pages from either end; the same for an admin through the person', async () => {
  await using app = await startApp();
  const [ada, eve, admin] = [await app.createUser(), await app.createUser(), await app.createUser({ admin: true })];
  const ids = await insertOrders(app, ada, 23);
  await insertOrders(app, eve, 5);
  const read = (variables: object) => app.execute(ORDERS, variables, ada).then(({ data }) => data.orders);
  const readAsAdmin = (variables: object) =>
    app
      .execute(
        `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
          user(id: $id) { orders(first: $first, after: $after, last: $last, before: $before) { ${CONNECTION} } }
        }`,
        { id: ada.id, ...variables },
        admin,
      )
      .then(({ data }) => data.user.orders);

  await expectWalks(ids, [4, 1, 7], read);
  await expectWalks(ids, [5], readAsAdmin);
  const none = await app.execute(ORDERS, {}, admin);

  expect(none.data.orders).toMatchObject({ nodes: [], totalCount: 0, pageInfo: { startCursor: null } });
});

test('orders of some statuses are those alone, and an empty list finds nothing', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await insertOrders(app, ada, 12);
  const read = async (statuses: string[] | null) =>
    (await app.execute(ORDERS, { filter: { statuses }, first: 2 }, ada)).data.orders;

  const [paid, several, nothing, any] = [
    await read(['PAID', 'PAID']),
    await read(['PAID', 'OPEN']),
    await read([]),
    await read(null),
  ];

  expect([paid, several, nothing, any].map(({ totalCount }) => totalCount)).toEqual([4, 12, 0, 12]);
  expect(paid.nodes.map(({ status }: { status: string }) => status)).toEqual(['PAID', 'PAID']);
  expect(paid.pageInfo.hasNextPage).toBe(true);
});

test.each([{ first: 0 }, { first: 101 }, { first: 1, last: 1 }, { after: 'garbage' }])(
  'orders with %j is BAD_REQUEST',
  async args => {
    await using app = await startApp();
    const ada = await app.createUser();

    const { errors } = await app.execute(ORDERS, args, ada);

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  },
);

test('order and node find the own order, nobody else’s, and for an admin anybody’s', async () => {
  await using app = await startApp();
  const [ada, eve, admin] = [await app.createUser(), await app.createUser(), await app.createUser({ admin: true })];
  const { id } = await placeOrder(app, ada);
  const ask = async (as: Person) =>
    (
      await app.execute(
        'query ($id: ID!) { order(id: $id) { id } node(id: $id) { id ... on Order { number } } }',
        { id },
        as,
      )
    ).data;

  const [own, hers, admins] = [await ask(ada), await ask(eve), await ask(admin)];

  for (const found of [own, admins])
    expect(found).toMatchObject({ order: { id }, node: { id, number: expect.any(String) } });
  expect(hers).toEqual({ order: null, node: null });
});

test('the owner of an order is shown while the account is closed, and by a stand-in once it is purged', async () => {
  await using app = await startApp();
  const [ada, admin] = [await app.createUser(), await app.createUser({ admin: true })];
  const { id } = await placeOrder(app, ada);
  const owner = async () => {
    const { data, errors } = await app.execute(
      `query ($id: ID!) { order(id: $id) { number owner { id email username fullName role isActive emailVerifiedAt plan planExpiresAt timeZone
        createdAt updatedAt deletedAt sessions { id } todos { totalCount } orders { totalCount nodes { id } }
        securityEvents { totalCount } } } }`,
      { id },
      admin,
    );
    expect(errors).toEqual([]);
    return data.order.owner;
  };

  await app.database.query('update users set deleted_at = now() where username = $1', [ada.username]);
  const closed = await owner();
  await app.database.query('delete from users where username = $1', [ada.username]);
  const purged = await owner();

  expect(closed).toMatchObject({ id: ada.id, username: ada.username, orders: { totalCount: 1 } });
  expect(purged).toMatchObject({
    id: 'user_00000000000000000000000000',
    email: 'purged@account.invalid',
    username: 'purged',
    isActive: false,
    sessions: [],
    orders: { totalCount: 0 },
  });
});

test('orders with their lines, products, prices and owners take as many queries for twenty as for two', async () => {
  await using app = await startApp();
  const [ada, admin] = [await app.createUser(), await app.createUser({ admin: true })];
  for (let n = 0; n < 20; n += 1) await placeOrder(app, ada, { lines: [line('pro-30-days'), line('pro-365-days')] });
  await placeOrder(app, admin);
  using statements = await recordStatements(app);
  const below = 'nodes { number lines { product { sku prices { amount } } unitPrice { amount } } owner { username } }';
  const count = async (query: string, variables: object, as: Person) => {
    statements.take();
    const { errors } = await app.execute(query, variables, as);
    expect(errors).toEqual([]);
    return statements.take().length;
  };
  const own = (first: number) => count(`query ($first: Int) { orders(first: $first) { ${below} } }`, { first }, ada);
  const ofUsers = (ids: string[]) =>
    count(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { orders(first: 5) { ${below} totalCount } } } }`,
      { ids },
      admin,
    );
  await own(1);

  const counts = [await own(2), await own(20)];
  const several = [await ofUsers([ada.id]), await ofUsers([ada.id, admin.id])];

  expect(counts).toEqual([5, 5]);
  expect(several).toEqual([7, 7]);
});

test('the feed tells of a new order once, live and by changes, and shows it as it is now', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const { data } = await app.execute('{ changes { cursor } }', {}, ada);
  const live = app.subscribe(
    ada,
    'subscription { orderChanged { kind orderId order { number status lines { quantity } } } }',
  );
  const hers = app.subscribe(eve, 'subscription { orderChanged { orderId } }');
  await until('the subscriptions are open', () => app.app.services.feed.followerCount === 2);

  const order = await placeOrder(app, ada);
  await app.createTodo(ada);
  await until('the event came', () => live.events.length > 0);
  const changes = await app.execute(
    `query ($after: String) { changes(after: $after) { changes { __typename kind ... on OrderChange { orderId order { number } } } } }`,
    { after: data.changes.cursor },
    ada,
  );
  for (const { stop, ended } of [live, hers]) {
    stop();
    await ended;
  }

  expect(live.events).toEqual([
    {
      data: {
        orderChanged: {
          kind: 'CREATED',
          orderId: order.id,
          order: { number: order.number, status: 'OPEN', lines: [{ quantity: 1 }] },
        },
      },
    },
  ]);
  expect(hers.events).toEqual([]);
  expect(changes.data.changes.changes).toEqual([
    { __typename: 'OrderChange', kind: 'CREATED', orderId: order.id, order: { number: order.number } },
    { __typename: 'TodoChange', kind: 'CREATED' },
  ]);
});
