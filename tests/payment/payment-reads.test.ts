import { expect, test } from 'vitest';
import { newReference } from '../../src/payment/providers/jazzcash/reference.ts';
import { fromGlobalId, newId, toGlobalId } from '../../src/platform/ids.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { insertFact, insertOrder, insertPayment, insertRefund } from '../support/payment-rows.ts';

const uuidOf = ({ id }: Person) => fromGlobalId('user', id) ?? '';
const MONEY = '{ amount currency decimal }';
const PAYMENT = `
  id order { id number } owner { id } provider status amount ${MONEY} refundedAmount ${MONEY} refundableAmount ${MONEY}
  providerReference failureMessage failureCode createdAt updatedAt expiresAt
  refunds { id amount ${MONEY} status needsManual reason failureMessage providerReference createdAt payment { id } }
  events { type status source at amount ${MONEY} }`;
const ONE = `query ($id: ID!) { payment(id: $id) { ${PAYMENT} } }`;

const NEXT = `query ($id: ID!) { payment(id: $id) { nextAction {
  __typename ... on RedirectAction { url } ... on FormPostAction { url fields } ... on ApproveOnPhoneAction { phoneNumber expiresAt }
} } }`;
const SETTINGS = {
  STRIPE_SECRET_KEY: 'sk_test_of_the_tests_alone',
  STRIPE_WEBHOOK_SECRETS: 'whsec_of_the_tests_alone',
  JAZZCASH_MERCHANT_ID: 'MC00001',
  JAZZCASH_PASSWORD: 'testpass00',
  JAZZCASH_INTEGRITY_SALT: 'saltsalt00',
};

const nextActionOf = async (app: TestApp, uuid: string, as: Person) => {
  const { data, errors } = await app.execute(NEXT, { id: toGlobalId('payment', uuid) }, as);
  expect(errors).toEqual([]);
  return data.payment?.nextAction;
};

test('payment answers with all that is known of an attempt: amounts, refunds oldest first, events as they were learnt', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const order = await insertOrder(app.database, { owner_id: uuidOf(ada), total_amount: 150_050, currency: 'PKR' });
  const payment = await insertPayment(app.database, {
    owner_id: uuidOf(ada),
    order_id: order.id,
    provider: 'JAZZCASH',
    provider_reference: 'RRN1',
    amount: 150_050,
    currency: 'PKR',
    status: 'SUCCEEDED',
    captured_amount: 150_050,
    refunded_amount: 20_000,
    refund_pending_amount: 30_000,
  });
  const money = { amount: 150_050n, currency: 'PKR' };
  await insertFact(
    app.database,
    payment.id,
    { kind: 'PAYMENT', type: 'started', status: 'PENDING' },
    { status: 'PENDING', source: 'API' },
  );
  await insertFact(
    app.database,
    payment.id,
    { kind: 'PAYMENT', type: 'ipn', status: 'SUCCEEDED', money },
    { status: 'SUCCEEDED' },
  );
  const first = await insertRefund(app.database, payment, { amount: 20_000, status: 'SUCCEEDED', reason: 'Broken' });
  const second = await insertRefund(app.database, payment, { amount: 30_000, status: 'PENDING', needs_manual: true });

  const { data, errors } = await app.execute(ONE, { id: toGlobalId('payment', payment.id) }, ada);

  expect(errors).toEqual([]);
  expect(data.payment).toMatchObject({
    id: toGlobalId('payment', payment.id),
    order: { id: toGlobalId('order', order.id), number: order.number },
    owner: { id: ada.id },
    provider: 'JAZZCASH',
    status: 'SUCCEEDED',
    amount: { amount: 150_050, currency: 'PKR', decimal: '1500.50' },
    refundedAmount: { amount: 20_000, decimal: '200.00' },
    refundableAmount: { amount: 100_050, decimal: '1000.50' },
    providerReference: 'RRN1',
    failureMessage: null,
    createdAt: payment.created_at,
    expiresAt: payment.expires_at,
    refunds: [
      {
        id: toGlobalId('refund', first),
        amount: { amount: 20_000 },
        status: 'SUCCEEDED',
        reason: 'Broken',
        needsManual: false,
        payment: { id: toGlobalId('payment', payment.id) },
      },
      {
        id: toGlobalId('refund', second),
        amount: { amount: 30_000 },
        status: 'PENDING',
        reason: null,
        needsManual: true,
      },
    ],
    events: [
      { type: 'started', status: 'PENDING', source: 'API', amount: null },
      { type: 'ipn', status: 'SUCCEEDED', source: 'WEBHOOK', amount: { amount: 150_050, currency: 'PKR' } },
    ],
  });
});

test.each([
  ['before it succeeded', { status: 'PENDING', captured_amount: 0 }, 0],
  ['where it was taken back', { status: 'REVERSED', captured_amount: 500, refunded_amount: 200 }, 0],
  ['where more may go back than came', { status: 'SUCCEEDED', captured_amount: 500, refund_pending_amount: 700 }, 0],
  ['where it was paid twice over', { status: 'SUCCEEDED', captured_amount: 1_000 }, 1_000],
] as const)('refundableAmount %s', async (_case, row, refundable) => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { id } = await insertPayment(app.database, { owner_id: uuidOf(ada), ...row });

  const { data } = await app.execute(ONE, { id: toGlobalId('payment', id) }, ada);

  expect(data.payment.refundableAmount.amount).toBe(refundable);
});

test('payment, node and nodes find a payment and its refunds for its owner and for admins, and nothing for others', async () => {
  await using app = await startApp();
  const [ada, eve, root] = [await app.createUser(), await app.createUser(), await app.createUser({ admin: true })];
  const payment = await insertPayment(app.database, { owner_id: uuidOf(ada) });
  const ids = [toGlobalId('payment', payment.id), toGlobalId('refund', await insertRefund(app.database, payment))];
  const query = `query ($id: ID!, $ids: [ID!]!) {
    payment(id: $id) { id } node(id: $id) { id __typename } nodes(ids: $ids) { id __typename }
  }`;

  const answers = await Promise.all([ada, root, eve].map(as => app.execute(query, { id: ids[0], ids }, as)));

  const found = {
    payment: { id: ids[0] },
    node: { id: ids[0], __typename: 'Payment' },
    nodes: [
      { id: ids[0], __typename: 'Payment' },
      { id: ids[1], __typename: 'Refund' },
    ],
  };
  expect(answers.map(({ data }) => data)).toEqual([found, found, { payment: null, node: null, nodes: [null, null] }]);
});

test.each([
  'nonsense',
  toGlobalId('user', '019aa5d0-0000-7000-8000-000000000030'),
  toGlobalId('payment', '019aa5d0-0000-7000-8000-000000000030'),
])('payment with the id %s answers null', async id => {
  await using app = await startApp();

  const { data, errors } = await app.execute(ONE, { id }, await app.createUser());

  expect({ data, errors }).toEqual({ data: { payment: null }, errors: [] });
});

test('a payment whose account was removed for good is shown to admins with a stand-in for its owner, and to nobody else', async () => {
  await using app = await startApp();
  const [eve, root] = [await app.createUser(), await app.createUser({ admin: true })];
  const { id } = await insertPayment(app.database, { owner_id: null });
  const query = 'query ($id: ID!) { payment(id: $id) { owner { username email } nextAction { __typename } } }';

  const [seen, hidden] = await Promise.all(
    [root, eve].map(as => app.execute(query, { id: toGlobalId('payment', id) }, as)),
  );

  expect(seen?.data.payment).toEqual({
    owner: { username: 'purged', email: 'purged@account.invalid' },
    nextAction: null,
  });
  expect(hidden?.data.payment).toBeNull();
});

test('nextAction tells the owner to go to a page, to post a form, or to confirm on the phone', async () => {
  await using app = await startApp({ settings: SETTINGS });
  const ada = await app.createUser();
  const owner_id = uuidOf(ada);
  const pkr = {
    owner_id,
    provider: 'JAZZCASH',
    currency: 'PKR',
    amount: 150_000,
    reference: newReference(new Date()),
  } as const;
  const page = await insertPayment(app.database, { owner_id, details: { url: 'https://pay.example.com/1' } });
  const form = await insertPayment(app.database, { ...pkr, status: 'CREATED' });
  const phone = await insertPayment(app.database, {
    ...pkr,
    reference: newReference(new Date()),
    method: 'MOBILE_WALLET',
    phone_number: '03001234567',
  });

  const actions = await Promise.all([page, form, phone].map(({ id }) => nextActionOf(app, id, ada)));

  expect(actions).toMatchObject([
    { __typename: 'RedirectAction', url: 'https://pay.example.com/1' },
    {
      __typename: 'FormPostAction',
      url: expect.stringContaining('https://'),
      fields: { pp_Amount: '150000', pp_TxnRefNo: pkr.reference },
    },
    { __typename: 'ApproveOnPhoneAction', phoneNumber: '03001234567' },
  ]);
});

test.each([
  ['it is paid', { status: 'SUCCEEDED' }],
  ['it failed', { status: 'FAILED' }],
  ['a newer attempt took its place', { superseded_at: '2026-01-01T00:00:00.000Z' }],
  ['its time is over', { expires_at: '2026-01-01T00:00:00.000Z' }],
  ['the provider has not answered yet', { status: 'CREATED', details: {} }],
  ['its provider is not set up any more', { provider: 'EASYPAISA' }],
] as const)('nextAction is null where %s', async (_case, row) => {
  await using app = await startApp({ settings: SETTINGS });
  const ada = await app.createUser();
  const details = { url: 'https://pay.example.com/1' };
  const { id } = await insertPayment(app.database, { owner_id: uuidOf(ada), details, ...row });

  expect(await nextActionOf(app, id, ada)).toBeNull();
});

test('nextAction is null to an admin who looks at the payment of somebody else, and not at their own', async () => {
  await using app = await startApp({ settings: SETTINGS });
  const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
  const details = { url: 'https://pay.example.com/1' };
  const theirs = await insertPayment(app.database, { owner_id: uuidOf(ada), details });
  const own = await insertPayment(app.database, { owner_id: uuidOf(root), details });

  expect(await nextActionOf(app, theirs.id, root)).toBeNull();
  expect(await nextActionOf(app, own.id, root)).toMatchObject({ url: 'https://pay.example.com/1' });
});

test('what is flagged is told to admins alone: by reviewFlags, by events, and by the filter', async () => {
  await using app = await startApp();
  const [ada, root] = [await app.createUser(), await app.createUser({ admin: true })];
  const payment = await insertPayment(app.database, {
    owner_id: uuidOf(ada),
    status: 'SUCCEEDED',
    review_flags: ['DISPUTED', 'AMOUNT_MISMATCH'],
  });
  const at = new Date();
  for (const fact of [
    { kind: 'PAYMENT', type: 'paid', status: 'SUCCEEDED' },
    { kind: 'FLAG', type: 'given-up', flag: 'UNKNOWN_OUTCOME' },
    { kind: 'RESOLUTION', type: 'review', flag: 'UNKNOWN_OUTCOME', accept: true, byUserId: 'x', at },
  ] as const)
    await insertFact(app.database, payment.id, fact, { status: 'SUCCEEDED' });
  const variables = { id: toGlobalId('payment', payment.id), filter: { reviewFlag: 'DISPUTED' } };
  const ask = (query: string, as: Person) => app.execute(query, variables, as);
  const events = 'query ($id: ID!) { payment(id: $id) { events { type } } }';
  const flags = 'query ($id: ID!) { payment(id: $id) { reviewFlags } }';
  const filtered = 'query ($filter: PaymentFilter) { payments(filter: $filter) { totalCount } }';
  const filteredOfMe = 'query ($filter: PaymentFilter) { me { payments(filter: $filter) { totalCount } } }';

  expect((await ask(events, ada)).data.payment.events).toEqual([{ type: 'paid' }]);
  expect((await ask(events, root)).data.payment.events).toEqual([
    { type: 'paid' },
    { type: 'given-up' },
    { type: 'review' },
  ]);
  // As the fold orders them.
  expect((await ask(flags, root)).data.payment.reviewFlags).toEqual(['AMOUNT_MISMATCH', 'DISPUTED']);
  for (const query of [flags, filtered, filteredOfMe])
    expect((await ask(query, ada)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

test('Order.payments has every attempt, newest first', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const owner_id = uuidOf(ada);
  const [order, empty] = [await insertOrder(app.database, { owner_id }), await insertOrder(app.database, { owner_id })];
  // Ids of one millisecond are in no order.
  const ids = [newId(), newId(), newId()].sort().values();
  const attempts = [];
  for (const status of ['FAILED', 'CANCELED', 'PENDING'] as const)
    attempts.push(
      await insertPayment(app.database, { id: ids.next().value ?? '', owner_id, order_id: order.id, status }),
    );

  const { data } = await app.execute('{ orders { nodes { id payments { id status } } } }', {}, ada);

  expect(data.orders.nodes).toEqual([
    { id: toGlobalId('order', empty.id), payments: [] },
    {
      id: toGlobalId('order', order.id),
      payments: attempts.toReversed().map(({ id, status }) => ({ id: toGlobalId('payment', id), status })),
    },
  ]);
});

test('paymentProviders are those that are set up, for anybody; none where none is', async () => {
  await using some = await startApp({ settings: SETTINGS });
  await using none = await startApp({ settings: { SANDBOX_PAYMENTS: 'off' } });

  const answers = await Promise.all([some, none].map(app => app.execute('{ paymentProviders }')));

  expect(answers[0]?.data.paymentProviders.filter((name: string) => name !== 'SANDBOX')).toEqual([
    'STRIPE',
    'JAZZCASH',
  ]);
  expect(answers[1]?.data.paymentProviders).toEqual([]);
});
