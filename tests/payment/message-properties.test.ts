import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forkFor } from '../../src/change/transact.ts';
import { attemptOf, Payment } from '../../src/payment/payment.entity.ts';
import { EVENT_TYPES } from '../../src/payment/providers/stripe/messages.ts';
import { Refund, refundRequestOf } from '../../src/payment/refund.entity.ts';
import { foldOrder } from '../../src/payment/state/order-state.ts';
import { insertPayment } from '../support/payment-rows.ts';
import { type ProviderShop, postJson, startProviderShop } from '../support/provider-shop.ts';
import { startStripeShop } from '../support/shop.ts';
import { until } from '../support/wait.ts';
import { type Book, readBooks, readEverything, untilQuiet, wrongPlans } from './payment-books.ts';
import { history } from './payment-history.ts';
import { foldOfAllSaid, jazzCashTruth, stripeTruth, told } from './payment-truth.ts';
import { eventsOf, IN_ORDER, type Played, type Players, play } from './play-history.ts';

/** The sets of messages of one run; PAYMENT_SEED plays another run's again. */
const SETS = 500;
const SEED = Number(process.env.PAYMENT_SEED ?? 20261121);
const AT_ONCE = 8;

test(`${SETS} random sets of messages that come twice, late, in any order or never leave what is true at the providers`, {
  timeout: 600_000,
}, async () => {
  await using shop = await startProviderShop({ settings: { DATABASE_POOL_MAX: '20' } });
  const { database } = shop;
  shop.stripe.account.refundsBegin = 'pending';
  const histories = fc.sample(history, { seed: SEED, numRuns: SETS });

  const played = await atOnce(histories, await players(shop), (set, by) => play(shop, by, set));
  await untilQuiet(database);
  await askWhatIsDue(shop);
  await untilQuiet(database);
  // What Stripe could not deliver it still has.
  await shop.app.services.payments.inbox.collectUndelivered();
  await untilQuiet(database);
  const books = await readBooks(database);
  for (const [nth, set] of played.entries()) await expectTruth(shop, books, set, told(set, SEED, nth));
  await expectInbox(shop);
  expect(await wrongPlans(database, new Date())).toEqual([]);

  const before = await readEverything(database);
  await tellAgain(
    shop,
    played.filter((_, nth) => nth % 20 === 0),
  );
  await untilQuiet(database);
  expect(await readEverything(database)).toEqual(before);

  const some = played.map((set, nth) => ({ set, nth })).filter(isOfOnePayment);
  const again = await atOnce(some, await players(shop), ({ set }, by) => play(shop, by, set.history, IN_ORDER));
  await untilQuiet(database);
  const inOrder = await readBooks(database);
  for (const [at, { set, nth }] of some.entries())
    expect(endOf(inOrder.get(again[at]?.orderId ?? '')), told(set, SEED, nth)).toEqual(endOf(books.get(set.orderId)));
});

/** One in twenty. Where there are two, what this server hears of the one decides what can still be done at the other. */
const isOfOnePayment = ({ set, nth }: { set: Played; nth: number }) => nth % 20 === 0 && !(set.stripe && set.jazzCash);

/** Several of them at any moment, each person's apart. */
async function atOnce<Given, Result>(
  given: readonly Given[],
  people: readonly Players[],
  work: (one: Given, by: Players) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = [...given.entries()];
  const worker = async (by: Players) => {
    for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await work(next[1], by);
  };
  await Promise.all(people.map(worker));
  return results;
}

async function players(shop: ProviderShop): Promise<Players[]> {
  const admin = await shop.createUser({ admin: true });
  return Promise.all(Array.from({ length: AT_ONCE }, async () => ({ admin, buyer: await shop.createUser() })));
}

/** As the server does by itself, once the time has come. */
async function askWhatIsDue({ database, app }: ProviderShop): Promise<void> {
  await database.query(`update payments set next_inquiry_at = now() where next_inquiry_at is not null`);
  await app.services.payments.askDue(new AbortController().signal);
}

async function expectTruth(
  shop: ProviderShop,
  books: ReadonlyMap<string, Book>,
  { orderId, stripe, jazzCash, isExpiredThere }: Played,
  set: string,
): Promise<void> {
  const book = books.get(orderId);
  if (!book) throw new Error(`There is no order ${orderId}.`);
  const row = (id = '') => {
    const { status, captured, refunded, pending, flags } = book.payments.find(one => one.id === id) ?? { flags: [] };
    return { status, captured, refunded, pending, flags: flags.filter(flag => flag !== 'DUPLICATE_PAYMENT') };
  };
  if (stripe) {
    const { succeededAt, ...said } = await foldOf(shop, stripe.id, jazzCash !== null && !isExpiredThere);
    expect(row(stripe.id), set).toEqual(stripeTruth(shop, stripe, isExpiredThere));
    expect(row(stripe.id), set).toEqual(said);
    expect(book.payments.find(one => one.id === stripe.id)?.succeeded_at, set).toEqual(succeededAt);
  }
  if (jazzCash) expect(row(jazzCash.id), set).toEqual(jazzCashTruth(shop, jazzCash, stripe !== null));

  const { status, paid, duplicates } = foldOrder(
    { total: book.total, closed: null },
    book.payments.map(({ id, succeeded_at: succeededAt, ...state }) => ({
      id,
      succeededAt,
      state: { ...state, status: 'PENDING', flags: [], resolved: new Map() },
    })),
  );
  expect(book, set).toMatchObject({ status, paid, mails: status === 'OPEN' ? 0 : 1 });
  expect(book.isEntitled, set).toBe(status === 'PAID' || status === 'PARTIALLY_REFUNDED');
  for (const { id, flags } of book.payments) expect(flags.includes('DUPLICATE_PAYMENT'), set).toBe(duplicates.has(id));
  // One that came back before it was heard of was never told.
  for (const { status: end, mails } of book.refunds)
    expect(mails, set).toBeOneOf(end === 'SUCCEEDED' ? [1] : end === 'PENDING' ? [0] : [0, 1]);
}

async function foldOf(shop: ProviderShop, id: string, mayBeClosedHere: boolean) {
  const { database, payments } = shop.app.services;
  const em = forkFor(database, null);
  const ANYBODY = { filters: { owner: false } } as const;
  const payment = await em.findOneOrFail(Payment, { id }, ANYBODY);
  const refunds = await em.find(Refund, { payment: { id }, origin: 'APP' }, ANYBODY);
  const adapter = payments.adapters.get('STRIPE');
  if (!adapter) throw new Error('Stripe is not set up.');
  const attempt = attemptOf(payment, '');
  const session = shop.stripe.account.sessions.get(attempt.providerReference ?? '');
  const isClosedHere = mayBeClosedHere && session?.status === 'expired';
  return foldOfAllSaid(shop, adapter, attempt, refunds.map(refundRequestOf), isClosedHere);
}

/** Every message that was taken is there once, and done. */
async function expectInbox({ database, stripe: { account } }: ProviderShop): Promise<void> {
  const rows = await database.query('select provider, key, status from provider_messages');
  expect(rows.filter(({ status }) => status !== 'PROCESSED')).toEqual([]);
  const keys = rows.filter(({ provider }) => provider === 'STRIPE').map(({ key }) => String(key));
  const events = account.events.filter(({ type }) => EVENT_TYPES.includes(type)).map(({ id }) => id);
  expect(keys.sort()).toEqual(events.sort());
  expect(await database.query(`select name, output from pgboss.job where state in ('failed', 'retry')`)).toEqual([]);
}

async function tellAgain(shop: ProviderShop, played: readonly Played[]): Promise<void> {
  for (const { stripe, jazzCash } of played) {
    const events = stripe ? eventsOf(shop, stripe.session).map(({ id }) => id) : [];
    await shop.stripe.control({ do: 'deliver', events: events.reverse() });
    if (jazzCash && (await knowsIpn(shop, jazzCash.reference)))
      await postJson(`${shop.url}/webhooks/jazzcash`, await shop.jazzCash.ipnFields(jazzCash.reference));
  }
}

/** JazzCash does not send again what was never taken. */
async function knowsIpn({ database, jazzCash }: ProviderShop, reference: string): Promise<boolean> {
  const rows = await database.query(
    `select 1 from provider_messages where payload->>'reference' = $1 and payload->>'code' = $2`,
    [reference, jazzCash.state.transactions[reference]?.code],
  );
  return rows.length > 0;
}

/** What neither ids nor the order of the messages have a say in. */
function endOf(book: Book | undefined) {
  if (!book) throw new Error('There is no such order.');
  const { id: _, payments, refunds, ...order } = book;
  return {
    ...order,
    payments: payments.map(({ id: _id, order_id: _order, succeeded_at: _at, ...payment }) => payment),
    refunds: refunds.map(({ origin, status, amount }) => `${origin} ${status} ${amount}`).sort(),
  };
}

test('a message about a payment that is not there yet waits for it, and is done when it is', async () => {
  await using shop = await startStripeShop();
  const later = '01900000-0000-7000-8000-00000000aaaa';
  const [owner] = await shop.database.query('select id from users');
  const session = shop.stripe.account.createSession({
    line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 500 } }],
    expires_at: Math.floor(Date.now() / 1000) + 3_600,
    metadata: { payment_id: later },
    payment_intent_data: { metadata: { payment_id: later } },
    success_url: 'https://app.example.com/paid',
    cancel_url: 'https://app.example.com/paid',
  });
  const status = async () =>
    (await shop.database.query('select distinct status from provider_messages')).map(row => row.status);
  await shop.stripe.control({ do: 'pay', session: session.id });
  await until('it is known of nobody', async () => (await status()).join() === 'UNMATCHED');

  await insertPayment(shop.database, { id: later, owner_id: String(owner?.id), provider_reference: session.id });
  await shop.database.query(`update pgboss.job set start_after = now() where name = 'provider-message'`);

  await until('it is done', async () => (await status()).join() === 'PROCESSED');
  expect(await shop.database.query('select status from payments')).toEqual([{ status: 'SUCCEEDED' }]);
  expect(await shop.database.query('select status from orders')).toEqual([{ status: 'PAID' }]);
});
