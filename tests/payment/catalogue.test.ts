import { expect, test } from 'vitest';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { recordStatements } from '../support/statements.ts';
import { placeOrder, tryOrder } from './order-support.ts';

const PRODUCT = 'id sku name description prices { amount currency decimal formatted } grantsPlan grantsDays isActive';
const ERRORS = 'userErrors { code path message }';
const ADD = `mutation ($input: AddProductInput!) { addProduct(input: $input) { product { ${PRODUCT} } ${ERRORS} } }`;
const UPDATE = `mutation ($id: ID!, $input: UpdateProductInput!) { updateProduct(id: $id, input: $input) { product { ${PRODUCT} } ${ERRORS} } }`;
const SET_PRICE = `mutation ($id: ID!, $input: PriceInput!) { setProductPrice(id: $id, input: $input) { product { ${PRODUCT} } ${ERRORS} } }`;
const REMOVE_PRICE = `mutation ($id: ID!, $currency: CurrencyCode!) { removeProductPrice(id: $id, currency: $currency) { product { ${PRODUCT} } ${ERRORS} } }`;

const MUG = {
  sku: 'mug',
  name: 'A mug',
  prices: [
    { currency: 'USD', amount: 1_250 },
    { currency: 'JPY', amount: 1_900 },
  ],
};

async function addProduct(app: TestApp, admin: Person, input: object = {}): Promise<{ id: string; sku: string }> {
  const { data, errors } = await app.execute(ADD, { input: { ...MUG, ...input } }, admin);
  expect(errors).toEqual([]);
  expect(data.addProduct.userErrors).toEqual([]);
  return data.addProduct.product;
}

const skus = async (app: TestApp, as: Person | null, includeRetired = false): Promise<string[]> => {
  const { data, errors } = await app.execute(
    'query ($includeRetired: Boolean!) { products(includeRetired: $includeRetired) { sku } }',
    { includeRetired },
    as,
  );
  expect(errors).toEqual([]);
  return data.products.map(({ sku }: { sku: string }) => sku);
};

test('products shows anybody what is for sale, with its prices in every currency, as amounts and as text', async () => {
  await using app = await startApp();

  const { data, errors } = await app.execute(`{ products { ${PRODUCT} } }`);

  expect(errors).toEqual([]);
  expect(data.products).toMatchObject([
    {
      sku: 'pro-30-days',
      prices: [
        { amount: 140_000, currency: 'PKR', decimal: '1400.00', formatted: 'PKR\u00a01,400.00' },
        { amount: 500, currency: 'USD', decimal: '5.00', formatted: '$5.00' },
      ],
      grantsPlan: 'PRO',
      grantsDays: 30,
      isActive: true,
    },
    { sku: 'pro-365-days', grantsDays: 365 },
  ]);
});

test('products and their prices are two queries, however many there are', async () => {
  await using app = await startApp();
  const admin = await app.createUser({ admin: true });
  for (const n of Array(8).keys()) await addProduct(app, admin, { sku: `mug-${n}` });
  using statements = await recordStatements(app);

  const { data } = await app.execute('{ products { sku prices { amount } } }');

  expect(data.products).toHaveLength(10);
  expect(statements.take()).toHaveLength(2);
});

test('addProduct puts it up for sale; it can be ordered at once, and its amounts are whole numbers of any size', async () => {
  await using app = await startApp();
  const [admin, ada] = [await app.createUser({ admin: true }), await app.createUser()];
  const dearest = { currency: 'PKR', amount: Number.MAX_SAFE_INTEGER };

  const product = await addProduct(app, admin, { description: 'Of clay', prices: [...MUG.prices, dearest] });
  const ordered = await tryOrder(app, ada, { lines: [{ sku: 'mug', quantity: 2 }], currency: 'JPY' });
  const dear = await tryOrder(app, ada, { lines: [{ sku: 'mug' }], currency: 'PKR' });

  expect(product).toEqual({
    id: expect.stringMatching(/^product_/),
    sku: 'mug',
    name: 'A mug',
    description: 'Of clay',
    prices: [
      { amount: 1_900, currency: 'JPY', decimal: '1900', formatted: '¥1,900' },
      { ...dearest, decimal: '90071992547409.91', formatted: 'PKR\u00a090,071,992,547,409.91' },
      { amount: 1_250, currency: 'USD', decimal: '12.50', formatted: '$12.50' },
    ],
    grantsPlan: null,
    grantsDays: null,
    isActive: true,
  });
  expect(ordered.data.placeOrder).toMatchObject({ order: { total: { amount: 3_800 } }, userErrors: [] });
  expect(dear.data.placeOrder).toMatchObject({ order: { total: dearest }, userErrors: [] });
});

test('addProduct with bad input says every fault at its place, and adds nothing', async () => {
  await using app = await startApp();
  const admin = await app.createUser({ admin: true });
  const input = {
    sku: 'A Mug',
    name: ' ',
    description: 'x'.repeat(2_001),
    grantsPlan: 'FREE',
    grantsDays: 40_000,
    prices: [
      { currency: 'XYZ', amount: 1 },
      { currency: 'USD', amount: 0 },
      { currency: 'USD', amount: 5 },
    ],
  };

  const { data } = await app.execute(ADD, { input }, admin);
  const halves = [
    await app.execute(ADD, { input: { ...MUG, grantsPlan: 'PRO' } }, admin),
    await app.execute(ADD, { input: { ...MUG, grantsDays: 30 } }, admin),
  ];

  const places = data.addProduct.userErrors.map(({ code, path }: { code: string; path: string[] }) => [
    code,
    path.join('.'),
  ]);
  expect(places.sort()).toEqual(
    [
      'input.description',
      'input.grantsDays',
      'input.grantsPlan',
      'input.name',
      'input.prices.0.currency',
      'input.prices.1.amount',
      'input.prices.2.currency',
      'input.sku',
    ].map(path => ['INVALID', path]),
  );
  expect(halves.map(answer => answer.data.addProduct.userErrors)).toMatchObject([
    [{ code: 'INVALID', path: ['input', 'grantsDays'] }],
    [{ code: 'INVALID', path: ['input', 'grantsPlan'] }],
  ]);
  expect(await skus(app, admin, true)).toEqual(['pro-30-days', 'pro-365-days']);
});

test('addProduct with a sku that is taken is TAKEN, also by two at once and by a retired product', async () => {
  await using app = await startApp();
  const admin = await app.createUser({ admin: true });
  await addProduct(app, admin, { sku: 'retired', isActive: false });

  const answers = await Promise.all([1, 2, 3].map(() => app.execute(ADD, { input: MUG }, admin)));
  const retired = await app.execute(ADD, { input: { ...MUG, sku: 'retired' } }, admin);

  const codes = answers.map(({ data }) => data.addProduct.userErrors[0]?.code ?? 'added');
  expect(codes.sort()).toEqual(['TAKEN', 'TAKEN', 'added']);
  expect(retired.data.addProduct).toMatchObject({
    product: null,
    userErrors: [{ code: 'TAKEN', path: ['input', 'sku'] }],
  });
});

test('a product that was retired cannot be ordered, is listed for admins alone, and is shown by the orders that have it', async () => {
  await using app = await startApp();
  const [admin, ada] = [await app.createUser({ admin: true }), await app.createUser()];
  const { id } = await addProduct(app, admin);
  const order = await placeOrder(app, ada, { lines: [{ sku: 'mug' }] });

  const retired = await app.execute(UPDATE, { id, input: { isActive: false, name: 'An old mug' } }, admin);
  const refused = await tryOrder(app, ada, { lines: [{ sku: 'mug' }] });
  const shown = await app.execute(
    'query ($order: ID!, $product: ID!) { order(id: $order) { lines { product { name isActive } } } node(id: $product) { id } }',
    { order: order.id, product: id },
    ada,
  );
  const listed = [await skus(app, null), await skus(app, admin, true)];
  await app.execute(UPDATE, { id, input: { isActive: true } }, admin);
  const again = await tryOrder(app, ada, { lines: [{ sku: 'mug' }] });

  expect(retired.data.updateProduct).toMatchObject({
    product: { isActive: false, name: 'An old mug' },
    userErrors: [],
  });
  expect(refused.data.placeOrder).toMatchObject({
    order: null,
    userErrors: [{ code: 'NOT_FOUND', path: ['input', 'lines', '0', 'sku'] }],
  });
  expect(shown.data).toEqual({
    order: { lines: [{ product: { name: 'An old mug', isActive: false } }] },
    node: { id },
  });
  expect(listed).toEqual([
    ['pro-30-days', 'pro-365-days'],
    ['pro-30-days', 'pro-365-days', 'mug'],
  ]);
  expect(again.data.placeOrder.userErrors).toEqual([]);
});

test('retired products are refused to users and to whoever is not signed in', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const query = '{ products(includeRetired: true) { sku } }';

  const [user, nobody] = [await app.execute(query, {}, ada), await app.execute(query)];

  expect(user.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(nobody.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'MISSING' } }]);
});

test('updateProduct changes what is given and nothing else; null clears a description and is refused elsewhere', async () => {
  await using app = await startApp();
  const admin = await app.createUser({ admin: true });
  const { id } = await addProduct(app, admin, { description: 'Of clay' });
  const update = async (input: object) => (await app.execute(UPDATE, { id, input }, admin)).data.updateProduct;

  const renamed = await update({ name: 'Cup' });
  const cleared = await update({ description: null });
  const refused = await update({ name: null, isActive: null, description: 'x'.repeat(2_001) });

  expect(renamed.product).toMatchObject({ name: 'Cup', description: 'Of clay', isActive: true });
  expect(cleared.product).toMatchObject({ name: 'Cup', description: null });
  expect(refused.userErrors.map(({ path }: { path: string[] }) => path[1]).sort()).toEqual([
    'description',
    'isActive',
    'name',
  ]);
});

test('a new price is for orders from then on; without one in its currency a product cannot be ordered in it', async () => {
  await using app = await startApp();
  const [admin, ada] = [await app.createUser({ admin: true }), await app.createUser()];
  const { id } = await addProduct(app, admin);
  const lines = [{ sku: 'mug' }];
  const before = await placeOrder(app, ada, { lines });

  const set = await app.execute(SET_PRICE, { id, input: { currency: 'USD', amount: 1_500 } }, admin);
  const after = await tryOrder(app, ada, { lines });
  const removals = [1, 2].map(() => app.execute(REMOVE_PRICE, { id, currency: 'USD' }, admin));
  const removed = await Promise.all(removals);
  const refused = await tryOrder(app, ada, { lines });
  const kept = await app.execute('query ($id: ID!) { order(id: $id) { total { amount } } }', { id: before.id }, ada);

  expect(set.data.setProductPrice.product.prices).toMatchObject([{ amount: 1_900 }, { amount: 1_500 }]);
  expect(after.data.placeOrder.order.total.amount).toBe(1_500);
  expect(removed.map(({ data }) => data.removeProductPrice)).toMatchObject(
    Array(2).fill({ product: { prices: [{ currency: 'JPY' }] }, userErrors: [] }),
  );
  expect(refused.data.placeOrder.userErrors).toMatchObject([
    { code: 'INVALID', path: ['input', 'currency'], message: expect.stringMatching(/A mug.*USD.*JPY/) },
  ]);
  expect(kept.data.order.total.amount).toBe(1_250);
});

test.each([
  [{ currency: 'USD', amount: 0 }, ['input', 'amount']],
  [{ currency: 'USD', amount: -5 }, ['input', 'amount']],
  [{ currency: 'XYZ', amount: 5 }, ['input', 'currency']],
])('setProductPrice to %j is INVALID', async (input, path) => {
  await using app = await startApp();
  const admin = await app.createUser({ admin: true });
  const { id } = await addProduct(app, admin);

  const { data } = await app.execute(SET_PRICE, { id, input }, admin);

  expect(data.setProductPrice).toMatchObject({ product: null, userErrors: [{ code: 'INVALID', path }] });
});

test('the same idempotency key sets a price once, and with another amount is refused', async () => {
  await using app = await startApp();
  const admin = await app.createUser({ admin: true });
  const { id } = await addProduct(app, admin);
  const set = (amount: number) =>
    app.execute(SET_PRICE, { id, input: { currency: 'USD', amount } }, admin, {
      headers: { 'idempotency-key': 'price of the mug' },
    });

  const [first, again, other] = [await set(700), await set(700), await set(800)];

  expect([first, again].map(({ data }) => data.setProductPrice.userErrors)).toEqual([[], []]);
  expect(again.extensions).toMatchObject({ idempotentReplay: true });
  expect(other.errors).toMatchObject([{ extensions: { code: 'IDEMPOTENCY_MISMATCH' } }]);
});
