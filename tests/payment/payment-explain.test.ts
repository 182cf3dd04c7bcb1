import { expect, test } from 'vitest';
import { readBacklog } from '../../src/payment/payment-backlog.ts';
import { fromGlobalId, toGlobalId } from '../../src/platform/ids.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { explain, indexesOf, nthId, ROWS, scannedBy } from '../support/explain.ts';
import { recordStatements, type Statement } from '../support/statements.ts';
import { PAYMENT_OPERATIONS } from './explain-operations.ts';

const GUARDED = [
  'users',
  'orders',
  'order_lines',
  'payments',
  'payment_facts',
  'refunds',
  'provider_messages',
  'entitlements',
];
const PEOPLE = 5_000;

/** 100,000 orders, of 5,000 people with about 20 each and of one with 5,000, with a line, a payment, two facts, a refund and a message each. */
async function fill({ database }: TestApp, busyOwner: string): Promise<void> {
  const owner = `case when n % 19 = 0 then '${busyOwner}'::uuid else ${nthId(`n % ${PEOPLE} + 1`)} end`;
  const at = "timestamptz '2026-01-01' + n % 365 * interval '1 day'";
  const status = `(array['CREATED', 'PENDING', 'EXPIRED', 'CANCELED', 'FAILED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED'])[n % 8 + 1]`;
  const rows = `from generate_series(1, ${ROWS}) as n`;
  for (const statement of [
    `insert into users (id, email, username) select ${nthId('n')}, 'many' || n || '@example.com', 'many' || n from generate_series(1, ${PEOPLE}) as n`,
    `insert into orders (id, number, owner_id, currency, total_amount, status, expires_at, created_at)
     select ${nthId('n')}, 'D' || lpad(n::text, 9, '0'), ${owner}, 'USD', 500,
       (array['OPEN', 'PAID', 'EXPIRED'])[n % 3 + 1], ${at} + interval '1 day', ${at} ${rows}`,
    `insert into order_lines (order_id, place, product_id, quantity, unit_amount)
     select ${nthId('n')}, 0, (select id from products limit 1), 1, 500 ${rows}`,
    `insert into payments (id, order_id, owner_id, provider, method, reference, amount, currency, status, captured_amount,
       return_url, idempotency_key, expires_at, created_at, review_flags, next_inquiry_at)
     select ${nthId('n')}, ${nthId('n')}, ${owner}, (array['STRIPE', 'STRIPE', 'JAZZCASH'])[n % 3 + 1], 'HOSTED', n, 500,
       case when n % 50 = 0 then 'PKR' else 'USD' end, ${status}, 500, 'https://app.example.com', n,
       timestamptz '2099-01-01', ${at}, case when n % 1000 = 0 then array['DISPUTED'] else '{}' end,
       case when n % 900 = 0 then ${at} end ${rows}`,
    `insert into payment_facts (payment_id, key, source, fact, status, at)
     select ${nthId('n')}, lpad(kind || n, 64, '0'), 'API', jsonb_build_object('kind', 'PAYMENT', 'type', 'x', 'status', 'PENDING'), 'PENDING', now()
     ${rows}, unnest(array['a', 'b']) as kind`,
    `insert into refunds (id, payment_id, owner_id, amount, currency, status, needs_manual, created_at)
     select ${nthId('n')}, ${nthId('n')}, ${owner}, 100, 'USD', case when n % 100 = 0 then 'REQUESTED' else 'SUCCEEDED' end,
       n % 500 = 0, ${at} ${rows}`,
    `insert into provider_messages (id, provider, key, type, payload, status, received_at, payment_id)
     select ${nthId('n')}, 'STRIPE', n, 'x', '{}', case when n % 700 = 0 then 'UNMATCHED' when n % 800 = 0 then 'FAILED' else 'PROCESSED' end,
       ${at}, case when n % 800 = 0 then ${nthId('n')} end ${rows}`,
    'analyze',
  ])
    await database.query(statement);
}

/** Of the filters of everybody's payments: whether their rows can be counted without a look at every payment. */
const FILTERS = {
  none: { filter: {} },
  failed: { filter: { statuses: ['FAILED'] } },
  'nothing at all': { filter: { statuses: ['REVERSED'] }, count: true },
  'of a provider': { filter: { provider: 'JAZZCASH' } },
  'in a currency': { filter: { currency: 'PKR' } },
  flagged: { filter: { reviewFlag: 'DISPUTED' }, count: true },
  'of an order': { filter: { orderNumber: 'D000000019' }, count: true },
  'of a month': {
    filter: { createdAfter: '2026-03-01T00:00:00.000Z', createdBefore: '2026-03-08T00:00:00.000Z' },
    count: true,
  },
  several: {
    filter: { statuses: ['SUCCEEDED'], provider: 'STRIPE', createdAfter: '2026-12-01T00:00:00.000Z' },
  },
} as const;

/** Adding up without a span of time is a look at every payment, and the SDL says so. */
const ADDED_UP = [FILTERS['of a month'], FILTERS.flagged, FILTERS['of an order']];

test('no statement about payments, refunds and messages of providers reads a table of 100,000 rows from end to end', async () => {
  await using app = await startApp();
  const [ada, admin] = [await app.createUser(), await app.createUser({ admin: true })];
  await fill(app, fromGlobalId('user', ada.id) ?? '');
  const users = await app.database.query<{ id: string }>(`select ${nthId('n')} as id from generate_series(2, 21) as n`);
  const ids = users.map(({ id }) => toGlobalId('user', id));
  using statements = await recordStatements(app);
  const sent: { name: string; statements: Statement[] }[] = [];
  const run = async (name: keyof typeof PAYMENT_OPERATIONS, variables: object, as: Person) => {
    const { data, errors } = await app.execute(PAYMENT_OPERATIONS[name], variables, as);
    expect(errors, name).toEqual([]);
    sent.push({ name: `${name} ${JSON.stringify(variables)}`, statements: statements.take() });
    return data;
  };
  /** The first page, and pages behind, before and between its ends. */
  const walk = async (name: keyof typeof PAYMENT_OPERATIONS, variables: object, as: Person) => {
    const data = await run(name, { first: 10, ...variables }, as);
    const [connection] = Object.values<{ pageInfo: { startCursor: string | null; endCursor: string | null } }>(data);
    const { startCursor: after, endCursor: before } = connection?.pageInfo ?? {};
    await run(name, { first: 5, after: before, ...variables }, as);
    await run(name, { last: 5, before, ...variables }, as);
    await run(name, { first: 5, after, before, ...variables }, as);
    return before;
  };

  const before = await walk('payments', {}, ada);
  expect(before).toEqual(expect.any(String));
  for (const { filter } of Object.values(FILTERS)) {
    await walk('payments', { filter }, filter && 'reviewFlag' in filter ? admin : ada);
    await run('paymentsOfUsers', { ids, first: 5, filter }, admin);
  }
  await run('paymentsOfUsers', { ids, last: 5, after: before, before }, admin);
  for (const variables of Object.values(FILTERS)) await walk('allPayments', variables, admin);
  for (const { filter } of ADDED_UP) await run('paymentTotals', { filter }, admin);
  const { paymentAttention } = await run('paymentAttention', { first: 5 }, admin);
  expect(Object.values<{ totalCount: number }>(paymentAttention).map(({ totalCount }) => totalCount)).toEqual([
    100, 200, 250,
  ]);
  const some = await app.database.query<{ id: string }>('select id from payments limit 20');
  const nodes = some.flatMap(({ id }) => [
    toGlobalId('payment', id),
    toGlobalId('refund', id),
    toGlobalId('order', id),
  ]);
  await run('paymentNodes', { ids: nodes }, admin);
  await readBacklog(app.app.services.database.em.fork(), new Date('2026-01-10T00:00:00.000Z'));
  sent.push({ name: 'backlog', statements: statements.take() });

  const scans: string[] = [];
  const used = new Set<string>();
  for (const { name, statements: taken } of sent) {
    for (const one of await explain(app, taken)) {
      for (const index of indexesOf(one.plan)) used.add(index);
      for (const table of scannedBy(one, GUARDED)) scans.push(`${name} scans ${table}: ${one.text.trim()}`);
    }
  }
  expect(scans).toEqual([]);
  // Proves that the statements were explained, and that each of these indexes is good for something.
  expect([...used].sort()).toEqual(
    expect.arrayContaining([
      'orders_number_key',
      'orders_pkey',
      'payment_facts_key',
      'payments_created_idx',
      'payments_inquiry_idx',
      'payments_order_idx',
      'payments_owner_idx',
      'payments_pkey',
      'payments_review_idx',
      'payments_status_idx',
      'provider_messages_open_idx',
      'refunds_manual_idx',
      'refunds_payment_idx',
      'refunds_pkey',
    ]),
  );
}, 180_000);
