import { expect, test } from 'vitest';
import { expireOrders } from '../../src/payment/order-expiry.ts';
import { fromGlobalId, toGlobalId } from '../../src/platform/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { explain, indexesOf, nthId, ROWS, scannedBy, sortsOf } from '../support/explain.ts';
import { recordStatements, type Statement } from '../support/statements.ts';
import { PAYMENT_OPERATIONS } from './explain-operations.ts';

const GUARDED = ['users', 'orders', 'order_lines', 'payments'];

/** 100,000 orders of 5,000 people with about 20 each and of one with 5,000; one attempt to pay for each. */
async function fill({ database }: TestApp, busyOwner: string): Promise<void> {
  const owner = `case when n % 19 = 0 then '${busyOwner}'::uuid else ${nthId('n % 5000 + 1')} end`;
  for (const statement of [
    `insert into users (id, email, username)
     select ${nthId('n')}, 'many' || n || '@example.com', 'many' || n from generate_series(1, 20000) as n`,
    // Of those that are open, few are due.
    `insert into orders (id, number, owner_id, currency, total_amount, status, expires_at, created_at)
     select ${nthId('n')}, 'T' || n, ${owner}, 'USD', 500,
       (array['PAID', 'PAID', 'PAID', 'EXPIRED', 'CANCELED', 'REFUNDED', 'OPEN'])[n % 7 + 1],
       timestamptz '2100-01-01' - case when n % 700 = 6 then 100 else 0 end * interval '1 year',
       timestamptz '2026-01-01' + n % 365 * interval '1 day'
     from generate_series(1, ${ROWS}) as n`,
    `insert into order_lines (order_id, place, product_id, quantity, unit_amount)
     select orders.id, 0, products.id, 1, 500 from orders, products where sku = 'pro-30-days'`,
    `insert into payments (id, order_id, owner_id, provider, method, reference, amount, currency, status, return_url, idempotency_key, expires_at, created_at)
     select ${nthId('n')}, ${nthId('n')}, ${owner}, 'SANDBOX', 'HOSTED', 'R' || n, 500, 'USD',
       case when n % 50 = 0 then 'PENDING' else 'SUCCEEDED' end, 'https://app.example.com', 'K' || n,
       timestamptz '2100-01-01', timestamptz '2026-01-01' + n % 365 * interval '1 day'
     from generate_series(1, ${ROWS}) as n`,
    'analyze',
  ])
    await database.query(statement);
}

test('no statement on orders reads a table of 100,000 orders, lines or payments from end to end', async () => {
  await using app = await startApp();
  const [ada, admin] = [await app.createUser(), await app.createUser({ admin: true })];
  await fill(app, fromGlobalId('user', ada.id) ?? '');
  using statements = await recordStatements(app);
  const sent: { name: string; statements: Statement[] }[] = [];
  const run = async (name: keyof typeof PAYMENT_OPERATIONS, variables: object, as = ada) => {
    const { data, errors } = await app.execute(PAYMENT_OPERATIONS[name], variables, as);
    expect(errors, name).toEqual([]);
    sent.push({ name, statements: statements.take() });
    return data;
  };
  const ids = Array.from({ length: 20 }, (_, n) =>
    toGlobalId('user', `00000000-0000-7000-8000-${(n + 1).toString(16).padStart(12, '0')}`),
  );

  for (const filter of [{}, { statuses: ['OPEN', 'PAID'] }]) {
    const { orders } = await run('orders', { first: 20, filter });
    const cursor = orders.pageInfo.endCursor;
    await run('orders', { first: 20, after: cursor, filter });
    await run('orders', { last: 20, before: cursor, filter });
    await run('ordersOfUsers', { ids, first: 5, filter }, admin);
    await run('ordersOfUsers', { ids, last: 5, after: cursor, before: cursor, filter }, admin);
    const orderIds = orders.edges.length > 0 ? [toGlobalId('order', '00000000-0000-7000-8000-000000000013')] : [];
    await run('orderNodes', { ids: orderIds });
    await run('order', { id: orderIds[0] });
  }
  await run('products', {});
  await run('placeOrder', { key: 'one' });
  const { services } = app.app;
  const closed = await expireOrders({ transact: services.transact, clock: services.clock });
  sent.push({ name: 'order-expiry', statements: statements.take() });

  const scans: string[] = [];
  const used = new Set<string>();
  for (const { name, statements: some } of sent) {
    for (const one of await explain(app, some)) {
      for (const index of indexesOf(one.plan)) used.add(index);
      for (const table of scannedBy(one, GUARDED)) scans.push(`${name} scans ${table}: ${one.text.trim()}`);
    }
  }
  expect(scans).toEqual([]);
  expect(closed).toBeGreaterThan(100);
  expect([...used].sort()).toEqual(
    expect.arrayContaining([
      'order_lines_pkey',
      'orders_expiry_idx',
      'orders_number_key',
      'orders_owner_idx',
      'orders_pkey',
    ]),
  );
  expect(sent.filter(({ statements: some }) => some.length === 0)).toEqual([]);
}, 180_000);

test('a page from the middle of a list of 5,000 orders or payments is read from the index of its order, and is not sorted', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await fill(app, fromGlobalId('user', ada.id) ?? '');
  using statements = await recordStatements(app);
  const lists = ['orders', 'payments'] as const;

  const read: unknown[] = [];
  for (const list of lists) {
    const operation = `query ($first: Int, $after: String, $last: Int, $before: String) {
      ${list}(first: $first, after: $after, last: $last, before: $before) { nodes { status } pageInfo { endCursor } }
    }`;
    const { data } = await app.execute(operation, { first: 50 }, ada);
    const cursor = data[list].pageInfo.endCursor;
    statements.take();
    for (const args of [
      { first: 20, after: cursor },
      { last: 20, before: cursor },
    ]) {
      await app.execute(operation, args, ada);
      const [page, ...others] = await explain(app, statements.take());
      read.push({ list, others, indexes: page && indexesOf(page.plan), sorts: page && sortsOf(page.plan) });
    }
  }

  expect(read).toEqual(
    lists.flatMap(list => Array(2).fill({ list, others: [], indexes: [`${list}_owner_idx`], sorts: [] })),
  );
}, 180_000);
