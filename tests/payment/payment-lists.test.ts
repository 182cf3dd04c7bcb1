import { expect, test } from 'vitest';
import { Payment } from '../../src/payment/payment.entity.ts';
import { fromGlobalId, toGlobalId } from '../../src/platform/ids.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { CONNECTION, expectWalks } from '../support/pages.ts';
import { insertMessage, insertOrder, insertPayment, insertRefund, type PaymentRow } from '../support/payment-rows.ts';
import { recordStatements } from '../support/statements.ts';
import { until } from '../support/wait.ts';

const uuidOf = ({ id }: Person) => fromGlobalId('user', id) ?? '';
const globalIds = (payments: readonly { id: string }[]) => payments.map(({ id }) => toGlobalId('payment', id));
const PAGE = '$filter: PaymentFilter, $first: Int, $after: String, $last: Int, $before: String';
const ARGUMENTS = 'filter: $filter, first: $first, after: $after, last: $last, before: $before';
const PAYMENTS = `query (${PAGE}) { payments(${ARGUMENTS}) { ${CONNECTION} } }`;
const PAYMENTS_OF = `query ($id: ID!, ${PAGE}) { node(id: $id) { ... on User { payments(${ARGUMENTS}) { ${CONNECTION} } } } }`;
const ALL_PAYMENTS = `query (${PAGE}) { allPayments(${ARGUMENTS}) { ${CONNECTION} } }`;

const newestFirst = (a: PaymentRow, b: PaymentRow): number =>
  a.created_at === b.created_at ? (a.id < b.id ? 1 : -1) : a.created_at < b.created_at ? 1 : -1;

/** Newest first; on days of which some are the same, so that the id parts them. */
async function insertPayments({ database }: TestApp, owner: Person, count: number): Promise<PaymentRow[]> {
  const payments: PaymentRow[] = [];
  for (let n = 0; n < count; n += 1) {
    const created_at = `2026-03-${String(10 + Math.floor(n / 3)).padStart(2, '0')}T09:00:00.000Z`;
    payments.push(await insertPayment(database, { owner_id: uuidOf(owner), created_at }));
  }
  return payments.toSorted(newestFirst);
}

test('payments, User.payments and allPayments have every payment once, newest first, however the list is walked', async () => {
  await using app = await startApp();
  const [ada, eve, root] = [await app.createUser(), await app.createUser(), await app.createUser({ admin: true })];
  const own = await insertPayments(app, ada, 14);
  const others = await insertPayments(app, eve, 5);
  const all = [...own, ...others].toSorted(newestFirst);
  const read = (query: string, as: Person) => async (args: object) => {
    const { data, errors } = await app.execute(query, { ...args, id: ada.id }, as);
    expect(errors).toEqual([]);
    return data.payments ?? data.allPayments ?? data.node.payments;
  };

  await expectWalks(globalIds(own), [4, 1, 9], read(PAYMENTS, ada));
  await expectWalks(globalIds(own), [5], read(PAYMENTS_OF, root));
  await expectWalks(globalIds(all), [7, 2], read(ALL_PAYMENTS, root));
});

test('User.payments of somebody else is not to be had', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  await insertPayments(app, ada, 1);

  const { data } = await app.execute(PAYMENTS_OF, { id: ada.id }, eve);

  expect(data.node).toBeNull();
});

test('each filter leaves those payments of which it holds, and several leave those of which all do', async () => {
  await using app = await startApp();
  const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
  const owner_id = uuidOf(root);
  const order = await insertOrder(app.database, { owner_id });
  const paid = await insertPayment(app.database, {
    owner_id,
    order_id: order.id,
    status: 'SUCCEEDED',
    created_at: '2026-03-01T00:00:00.000Z',
    review_flags: ['DISPUTED'],
  });
  const failed = await insertPayment(app.database, {
    owner_id,
    status: 'FAILED',
    provider: 'JAZZCASH',
    currency: 'PKR',
    created_at: '2026-03-02T00:00:00.000Z',
  });
  const open = await insertPayment(app.database, {
    owner_id,
    created_at: '2026-03-03T00:00:00.000Z',
    review_flags: ['UNKNOWN_OUTCOME'],
  });
  await insertPayment(app.database, { owner_id: uuidOf(ada), status: 'SUCCEEDED', review_flags: ['LATE_SUCCESS'] });
  const found = async (filter: object) => {
    const own = await app.execute(PAYMENTS, { filter }, root);
    const all = await app.execute(ALL_PAYMENTS, { filter }, root);
    expect([...own.errors, ...all.errors]).toEqual([]);
    expect(own.data.payments.totalCount).toBe(own.data.payments.nodes.length);
    expect(all.data.allPayments.totalCount).toBe(all.data.allPayments.nodes.length);
    const ids = own.data.payments.nodes.map(({ id }: { id: string }) => id);
    expect(all.data.allPayments.nodes.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining(ids));
    return [ids, all.data.allPayments.totalCount - ids.length];
  };

  for (const [filter, expected, ofOthers] of [
    [{}, [open, failed, paid], 1],
    [{ statuses: ['SUCCEEDED', 'FAILED'] }, [failed, paid], 1],
    [{ statuses: [] }, [], 0],
    [{ provider: 'JAZZCASH' }, [failed], 0],
    [{ currency: 'PKR' }, [failed], 0],
    [{ orderNumber: ` ${order.number.toLowerCase()} ` }, [paid], 0],
    [{ orderNumber: 'D000000000' }, [], 0],
    [{ reviewFlag: 'DISPUTED' }, [paid], 0],
    [{ reviewFlag: 'OVER_REFUNDED' }, [], 0],
    [{ createdAfter: failed.created_at, createdBefore: open.created_at }, [failed], 0],
    [{ statuses: ['SUCCEEDED'], provider: 'JAZZCASH' }, [], 0],
    [
      {
        statuses: ['SUCCEEDED'],
        provider: 'STRIPE',
        currency: 'USD',
        reviewFlag: 'DISPUTED',
        orderNumber: order.number,
      },
      [paid],
      0,
    ],
  ] as const)
    expect(await found(filter), JSON.stringify(filter)).toEqual([globalIds(expected), ofOthers]);
});

test('paymentTotals add up by status and currency what the filter leaves', async () => {
  await using app = await startApp();
  const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
  const owner_id = uuidOf(ada);
  const succeeded = { owner_id, status: 'SUCCEEDED' } as const;
  await insertPayment(app.database, { ...succeeded, captured_amount: 500, refunded_amount: 200 });
  await insertPayment(app.database, { ...succeeded, amount: 700, captured_amount: 700, provider: 'SANDBOX' });
  await insertPayment(app.database, { ...succeeded, amount: 140_000, currency: 'PKR' });
  await insertPayment(app.database, { owner_id });
  const ask = async (filter: object) => {
    const query = `query ($filter: PaymentFilter) {
      paymentTotals(filter: $filter) { status currency count amount { amount } refundedAmount { decimal } }
    }`;
    const { data, errors } = await app.execute(query, { filter }, root);
    expect(errors).toEqual([]);
    return data.paymentTotals;
  };

  expect(await ask({})).toEqual([
    { status: 'PENDING', currency: 'USD', count: 1, amount: { amount: 500 }, refundedAmount: { decimal: '0.00' } },
    {
      status: 'SUCCEEDED',
      currency: 'PKR',
      count: 1,
      amount: { amount: 140_000 },
      refundedAmount: { decimal: '0.00' },
    },
    { status: 'SUCCEEDED', currency: 'USD', count: 2, amount: { amount: 1_200 }, refundedAmount: { decimal: '2.00' } },
  ]);
  expect(await ask({ provider: 'SANDBOX' })).toMatchObject([{ count: 1, amount: { amount: 700 } }]);
  expect(await ask({ statuses: ['REVERSED'] })).toEqual([]);
});

test('a total that is more than the numbers of the API hold is null, and the others stay', async () => {
  await using app = await startApp();
  const root = await app.createUser({ admin: true });
  const most = { owner_id: uuidOf(root), amount: Number.MAX_SAFE_INTEGER };
  await insertPayment(app.database, { ...most, status: 'FAILED' });
  for (const _ of [1, 2]) await insertPayment(app.database, most);

  const { data, errors } = await app.execute(
    '{ paymentTotals { status count amount { amount } refundedAmount { amount } } }',
    {},
    root,
  );

  expect(errors).toEqual([]);
  expect(data.paymentTotals).toEqual([
    { status: 'PENDING', count: 2, amount: null, refundedAmount: { amount: 0 } },
    { status: 'FAILED', count: 1, amount: { amount: Number.MAX_SAFE_INTEGER }, refundedAmount: { amount: 0 } },
  ]);
});

test('paymentAttention has what needs a person, what waits longest first, page by page, and nothing else', async () => {
  await using app = await startApp();
  const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
  const owner_id = uuidOf(ada);
  const at = (day: number) => `2026-03-0${day}T00:00:00.000Z`;
  const flagged: PaymentRow[] = [];
  for (const day of [3, 1, 2])
    flagged.push(await insertPayment(app.database, { owner_id, created_at: at(day), review_flags: ['DISPUTED'] }));
  const quiet = await insertPayment(app.database, { owner_id });
  const manual = { needs_manual: true, created_at: at(1) };
  const refund = await insertRefund(app.database, quiet, manual);
  await insertRefund(app.database, quiet, { status: 'PENDING' });
  await insertRefund(app.database, quiet, { ...manual, status: 'SUCCEEDED' });
  await insertMessage(app.database, {
    status: 'FAILED',
    attempts: 3,
    last_error: 'It broke.',
    payment_id: quiet.id,
    received_at: at(2),
  });
  await insertMessage(app.database, { provider: 'JAZZCASH', type: 'ipn', received_at: at(1) });
  for (const status of ['RECEIVED', 'PROCESSED', 'IGNORED']) await insertMessage(app.database, { status });
  const query = `query ($after: String) { paymentAttention {
    payments(first: 2, after: $after) { nodes { id reviewFlags } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } }
    refunds { nodes { id payment { id } } totalCount }
    messages { nodes { provider type status payment { id } attempts lastError receivedAt } totalCount pageInfo { hasNextPage } }
  } }`;

  const { data, errors } = await app.execute(query, {}, root);
  const next = await app.execute(query, { after: data.paymentAttention.payments.pageInfo.endCursor }, root);

  expect(errors).toEqual([]);
  const [third, first, second] = globalIds(flagged);
  expect(data.paymentAttention).toMatchObject({
    payments: {
      nodes: [{ id: first, reviewFlags: ['DISPUTED'] }, { id: second }],
      totalCount: 3,
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    },
    refunds: { nodes: [{ id: toGlobalId('refund', refund), payment: { id: globalIds([quiet])[0] } }], totalCount: 1 },
    messages: {
      nodes: [
        {
          provider: 'JAZZCASH',
          type: 'ipn',
          status: 'UNMATCHED',
          payment: null,
          attempts: 1,
          lastError: null,
          receivedAt: at(1),
        },
        { status: 'FAILED', payment: { id: globalIds([quiet])[0] }, attempts: 3, lastError: 'It broke.' },
      ],
      totalCount: 2,
      pageInfo: { hasNextPage: false },
    },
  });
  expect(next.data.paymentAttention.payments).toMatchObject({
    nodes: [{ id: third }],
    pageInfo: { hasNextPage: false, hasPreviousPage: true },
  });
});

test.each(['allPayments { totalCount }', 'paymentTotals { count }', 'paymentAttention { refunds { totalCount } }'])(
  '%s is FORBIDDEN to everybody but admins',
  async field => {
    await using app = await startApp();

    const { errors } = await app.execute(`{ ${field} }`, {}, await app.createUser());

    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  },
);

test('a page of payments with their orders, owners, refunds, events and what comes next takes as many statements for six as for two', async () => {
  await using app = await startApp();
  const [ada, eve, root] = [await app.createUser(), await app.createUser(), await app.createUser({ admin: true })];
  for (const owner of [root, ada, eve, root, root, ada]) {
    const payment = await insertPayment(app.database, { owner_id: uuidOf(owner) });
    await insertRefund(app.database, payment);
  }
  using statements = await recordStatements(app);
  const query = `query ($first: Int) { allPayments(first: $first) { nodes {
    order { number payments { id events { type } } } owner { username } refunds { payment { id } } events { type } nextAction { __typename }
  } } }`;
  const ask = async (first: number) => {
    const { data, errors } = await app.execute(query, { first }, root);
    expect(errors).toEqual([]);
    expect(data.allPayments.nodes).toHaveLength(first);
    return statements.take().length;
  };

  // Whoever asks is looked up once. The newest payment is not theirs, so that of it alone nothing is next.
  await ask(1);
  const [few, many] = [await ask(2), await ask(6)];

  expect(many).toBe(few);
  expect(many).toBeLessThanOrEqual(11);
});

test('paymentChanged and changes tell what becomes of a payment, as it is now', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const { id } = await insertPayment(app.database, { owner_id: uuidOf(ada) });
  const document = 'subscription { paymentChanged { kind cursor paymentId payment { id status } } }';
  const [own, others] = [app.subscribe(ada, document), app.subscribe(eve, document)];
  await until('both follow', () => app.app.services.feed.followerCount === 2);
  const { cursor } = (await app.execute('{ changes { cursor } }', {}, ada)).data.changes;

  await app.app.services.transact(uuidOf(ada), async em => {
    const payment = await em.findOneOrFail(Payment, { id });
    payment.status = 'SUCCEEDED';
    payment.factCount += 1;
  });
  await until('the event came', () => own.events.length === 1);

  const globalId = toGlobalId('payment', id);
  const change = { kind: 'UPDATED', paymentId: globalId, payment: { id: globalId, status: 'SUCCEEDED' } };
  expect(own.events[0]?.data?.paymentChanged).toMatchObject(change);
  const { data } = await app.execute(
    `query ($cursor: String!) { changes(after: $cursor) { changes { kind ... on PaymentChange { paymentId payment { id status } } } } }`,
    { cursor },
    ada,
  );
  expect(data.changes.changes).toEqual([change]);
  expect(others.events).toEqual([]);
  own.stop();
  others.stop();
  await Promise.all([own.ended, others.ended]);
});
