import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Call,
  type CrashShop,
  differencesLeft,
  type Node,
  openCrashShop,
  refundOf,
  startOf,
} from '../support/crash-shop.ts';
import { doneTwice } from '../support/provider-truth.ts';
import { RETURN_URL, uuidOf } from '../support/shop.ts';
import { until } from '../support/wait.ts';

// Each test stops as many calls as there are steps, each at another step, kills the server, and looks at what the next one
// makes of it: first by itself, then where the callers, who had no answer, ask again.

/** A start of a server, and all that is asked of it before and after. */
const SLOWLY = { timeout: 180_000 };

let shop: CrashShop;

beforeAll(async () => {
  shop = await openCrashShop();
  await shop.start();
}, SLOWLY.timeout);

afterAll(() => shop[Symbol.asyncDispose]());

/** Sent, and answered by nobody. */
const abandon = (call: Call) => () => void shop.send(call).catch(() => {});

/** The provider is called, and does it or not, but says nothing. */
async function leaveWaiting(on: string, done: boolean, begin: () => unknown): Promise<void> {
  await shop.stripe.control({ do: 'fault', fault: { on, how: 'HANG', done } });
  begin();
  await until(`${on} was called`, () => shop.stripe.counts.faultsLeft === 0);
}

async function restart(): Promise<void> {
  await shop.kill();
  await shop.start();
}

/** Jobs and inquiries alone have to find out what is true. */
async function expectTruth(): Promise<void> {
  expect(await differencesLeft(shop)).toEqual([]);
  expect([...doneTwice(shop), ...shop.stripe.counts.violations, ...shop.jazzCash.state.rejected]).toEqual([]);
  expect(shop.errors()).toEqual([]);
}

const orders = (count: number, currency?: 'PKR') =>
  Promise.all(Array.from({ length: count }, () => shop.order(currency)));

async function paid(key: string): Promise<Node> {
  const { payment } = await shop.send(startOf((await shop.order()).id, key));
  shop.stripe.account.pay(payment.providerReference);
  await untilSucceeded(payment);
  return payment;
}

const untilSucceeded = ({ id }: Node) => until('it is paid', async () => (await statusesOf([id]))[0] === 'SUCCEEDED');

const statusesOf = (ids: readonly string[]): Promise<string[]> =>
  Promise.all(
    ids.map(async id => {
      const rows = await shop.database.query<{ status: string }>('select status from payments where id = $1', [
        uuidOf('payment', id),
      ]);
      return rows[0]?.status ?? 'none';
    }),
  );

const SESSIONS = 'POST /v1/checkout/sessions';
const SESSION = 'GET /v1/checkout/sessions/{session}';
const EXPIRE = 'POST /v1/checkout/sessions/{session}/expire';
const REFUNDS = 'POST /v1/refunds';
const MOBILE = { provider: 'JAZZCASH', method: 'MOBILE_WALLET', phoneNumber: '03123456789' };

test(
  'startPayment that is killed at any step is one attempt and one session, and its repeat gives the page to pay on',
  SLOWLY,
  async () => {
    const calls = (await orders(6)).map((order, step) => startOf(order.id, `start ${step}`));
    const begin = (step: number) => abandon(calls[step] ?? startOf('', ''));
    await shop.stops.holdUp('the payment is written', ['start 0'], begin(0));
    await shop.stops.holdUp('the payment is claimed', ['start 1'], begin(1));
    await leaveWaiting(SESSIONS, false, begin(2));
    await leaveWaiting(SESSIONS, true, begin(3));
    await shop.stops.holdUp('the payment is told', ['start 4'], begin(4));
    await shop.stops.holdUp('the outcome is kept', ['start 5'], begin(5));

    await restart();
    await expectTruth();
    const answers = await Promise.all(calls.map(call => shop.send(call)));

    expect(answers.map(answer => answer.userErrors)).toEqual(calls.map(() => []));
    expect(answers.map(({ payment }) => payment.status)).toEqual(calls.map(() => 'PENDING'));
    for (const { payment } of answers) shop.stripe.account.pay(payment.providerReference);
    await expectTruth();
    expect(await statusesOf(answers.map(({ payment }) => payment.id))).toEqual(calls.map(() => 'SUCCEEDED'));
  },
);

test(
  'a payment whose messages and inquiries are killed at any step is paid once, with its plan and one mail',
  SLOWLY,
  async () => {
    await shop.stripe.control({ do: 'hold' });
    const made = await Promise.all((await orders(7)).map((order, step) => shop.send(startOf(order.id, `pay ${step}`))));
    const ids: string[] = made.map(({ payment }) => payment.id);
    const idOf = (step: number) => String(uuidOf('payment', ids[step] ?? ''));
    /** One of the messages that tell of it. */
    const tell = (step: number) => () => {
      shop.stripe.account.pay(made[step]?.payment.providerReference);
      const { id } = shop.stripe.account.events.at(-1) ?? { id: '' };
      void shop.stripe.control({ do: 'deliver', events: [id] });
    };
    const ask = (step: number) => () => {
      shop.stripe.account.pay(made[step]?.payment.providerReference);
      abandon({ field: 'syncPayment', input: { id: ids[step] } })();
    };
    await shop.stops.holdUp('the message is kept', [idOf(0)], tell(0));
    await shop.stops.holdUp('facts are written', [idOf(1)], tell(1));
    const orderOf = (step: number) => shop.database.query('select order_id from payments where id = $1', [idOf(step)]);
    await shop.stops.holdUp('the plan is given', [String((await orderOf(2))[0]?.order_id)], tell(2));
    await shop.stops.holdUp('facts are written', [idOf(3)], ask(3));
    await leaveWaiting(SESSION, true, ask(4));
    await shop.stops.holdUp('a job is done', ['provider-message', 'completed'], tell(5));
    await shop.stops.holdUp('a job is done', ['payment-mail', 'completed'], ask(6));

    await restart();
    await expectTruth();
    // Stripe says again what nobody took.
    await shop.stripe.control({ do: 'letGo' });
    await shop.stripe.control({ do: 'deliver' });
    await expectTruth();

    expect(await statusesOf(ids)).toEqual(ids.map(() => 'SUCCEEDED'));
  },
);

test('refundPayment that is killed at any step is one refund, and its repeat answers with it', SLOWLY, async () => {
  const payments = await Promise.all(Array.from({ length: 7 }, (_, step) => paid(`paid ${step}`)));
  const calls = payments.map(({ id }, step) => refundOf(id, `refund ${step}`, step === 3 ? 100 : undefined));
  const idOf = (step: number) => String(uuidOf('payment', payments[step]?.id));
  const begin = (step: number) => abandon(calls[step] ?? refundOf('', ''));
  await shop.stops.holdUp('the refund is written', ['refund 0'], begin(0));
  await shop.stops.holdUp('the refund is claimed', ['refund 1'], begin(1));
  await leaveWaiting(REFUNDS, false, begin(2));
  await leaveWaiting(REFUNDS, true, begin(3));
  await leaveWaiting('GET /v1/refunds', true, begin(4));
  // The payer's messages wait for the same row.
  await shop.stripe.control({ do: 'hold' });
  await shop.stops.holdUp('facts are written', [idOf(5), '"type": "refund"'], begin(5));
  await shop.stops.holdUp('the outcome is kept', ['refund 6'], begin(6));

  await restart();
  const unwritten = await shop.send(calls[0] ?? refundOf('', ''));
  await expectTruth();
  await shop.stripe.control({ do: 'letGo' });
  const answers = await Promise.all(calls.map(call => shop.send(call)));

  expect(unwritten.userErrors).toEqual([]);
  expect(answers.map(({ refund }) => refund.status)).toEqual(calls.map(() => 'SUCCEEDED'));
  const amounts = calls.map((_, step) => (step === 3 ? 100 : 500));
  expect(answers.map(({ refund }) => refund.amount.amount)).toEqual(amounts);
  await expectTruth();
});

test(
  'an attempt whose end is killed at any step can be paid no more, and a new one took its place',
  SLOWLY,
  async () => {
    const placed = await orders(5);
    const made = await Promise.all(placed.map((order, step) => shop.send(startOf(order.id, `first ${step}`))));
    const ids: string[] = made.map(({ payment }) => payment.id);
    const idOf = (step: number) => String(uuidOf('payment', ids[step] ?? ''));
    const cancel = (step: number) => abandon({ field: 'cancelPayment', input: { id: ids[step] } });
    const another = (step: number) => startOf(placed[step]?.id, `second ${step}`, { returnUrl: `${RETURN_URL}&again` });
    await leaveWaiting(EXPIRE, false, cancel(0));
    await leaveWaiting(EXPIRE, true, cancel(1));
    await shop.stripe.control({ do: 'hold' });
    await shop.stops.holdUp('facts are written', [idOf(2)], cancel(2));
    await leaveWaiting(EXPIRE, false, abandon(another(3)));
    await leaveWaiting(EXPIRE, true, abandon(another(4)));

    await restart();
    await shop.stripe.control({ do: 'letGo' });
    for (const step of [0, 1, 2]) await shop.send({ field: 'cancelPayment', input: { id: ids[step] } }).catch(() => {});
    await expectTruth();
    const seconds = await Promise.all([3, 4].map(step => shop.send(another(step))));

    expect((await statusesOf(ids)).filter(status => !['CANCELED', 'EXPIRED'].includes(status))).toEqual([]);
    expect(seconds.map(({ payment }) => payment.status)).toEqual(['PENDING', 'PENDING']);
  },
);

test(
  'a prompt on a phone that is killed at any step is shown at most once, and what the payer did counts',
  SLOWLY,
  async () => {
    const calls = (await orders(5, 'PKR')).map((order, step) => startOf(order.id, `wallet ${step}`, MOBILE));
    const begin = (step: number) => abandon(calls[step] ?? startOf('', ''));
    const prompted = () => shop.jazzCash.state.calls.wallet;
    const prompt = async (step: number, code: string) => {
      const before = prompted();
      await shop.jazzCash.control({ next: { wallet: [{ reply: 'NEVER', ipn: 'NONE', code }] } });
      begin(step)();
      await until('the phone shows it', () => prompted() > before);
    };
    await shop.stops.holdUp('the payment is claimed', ['wallet 0'], begin(0));
    // The payer has not typed anything yet.
    await prompt(1, '157');
    await prompt(2, '157');
    await prompt(3, '000');
    await shop.jazzCash.control({ ipnCopies: 0 });
    await shop.stops.holdUp('the payment is told', ['wallet 4'], begin(4));

    await shop.kill();
    const [[late = '', never = '']] = [Object.keys(shop.jazzCash.state.transactions)];
    await shop.jazzCash.control({ settle: { reference: late, code: '000' } });
    await shop.jazzCash.control({ settle: { reference: never, code: '999' } });
    await shop.start();
    await expectTruth();
    const answers = await Promise.all(calls.map(call => shop.send(call)));

    expect(answers.map(({ payment }) => payment.status)).toEqual([
      'SUCCEEDED',
      'SUCCEEDED',
      'FAILED',
      'SUCCEEDED',
      'SUCCEEDED',
    ]);
    expect(prompted()).toBe(calls.length);
    await shop.jazzCash.control({ ipnCopies: 1 });
  },
);

test(
  'a refund that its provider could do twice is asked for once, and where it is killed an admin says how it ended',
  SLOWLY,
  async () => {
    const made = await Promise.all(
      (await orders(5, 'PKR')).map((order, step) => shop.send(startOf(order.id, `rupees ${step}`, MOBILE))),
    );
    const ids: string[] = made.map(({ payment }) => payment.id);
    for (const id of ids) await untilSucceeded({ id });
    const calls = ids.map((id, step) => refundOf(id, `rupees back ${step}`));
    const begin = (step: number) => abandon(calls[step] ?? refundOf('', ''));
    const asked = () => shop.jazzCash.state.calls.refund;
    const before = asked();
    await shop.stops.holdUp('the refund is written', ['rupees back 0'], begin(0));
    await shop.stops.holdUp('the refund is claimed', ['rupees back 1'], begin(1));
    await shop.jazzCash.control({ next: { refund: [{ reply: 'NEVER' }] } });
    begin(2)();
    await until('JazzCash was asked', () => asked() > before);
    const third = String(uuidOf('payment', ids[3] ?? ''));
    await shop.stops.holdUp('facts are written', [third, '"type": "refund.answered"'], begin(3));
    await shop.stops.holdUp('the outcome is kept', ['rupees back 4'], begin(4));

    await restart();
    await shop.send(calls[0] ?? refundOf('', ''));
    await expectTruth();
    const answers = await Promise.all(calls.map(call => shop.send(call)));
    const unsure = answers.filter(({ refund }) => refund.needsManual);
    const others = await Promise.all([2, 3].map(step => shop.send(refundOf(ids[step] ?? '', `once more ${step}`))));

    expect(answers.map(({ refund }) => refund.status)).toEqual([
      'SUCCEEDED',
      'SUCCEEDED',
      'REQUESTED',
      'REQUESTED',
      'SUCCEEDED',
    ]);
    expect(unsure).toEqual([answers[2], answers[3]]);
    expect(others.map(({ userErrors }) => userErrors[0].code)).toEqual(['NOT_ALLOWED', 'NOT_ALLOWED']);
    expect(asked() - before).toBe(calls.length);
    for (const { refund } of unsure)
      await shop.send({ field: 'resolveRefund', input: { refundId: refund.id, succeeded: true }, admin: true });
    await expectTruth();
  },
);
