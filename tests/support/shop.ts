import { expect, onTestFinished } from 'vitest';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { type StripeStandIn, startStripeStandIn } from '../payment/providers/stripe-stand-in.ts';
import { type Person, type StartOptions, startApp, type TestApp } from './app.ts';
import { until } from './wait.ts';

export const RETURN_URL = 'http://localhost:3000/thanks?from=shop';

export const PAYMENT_FIELDS = `id status provider providerReference amount { amount currency } refundedAmount { amount }
  refundableAmount { amount } failureMessage failureCode
  nextAction { __typename ... on RedirectAction { url } ... on FormPostAction { url fields } ... on ApproveOnPhoneAction { phoneNumber } }
  events { type status source amount { amount currency } } refunds { id status amount { amount } needsManual failureMessage }
  order { id status paid { amount } }`;

// biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its query
type Node = any;

export interface Shop extends TestApp {
  readonly buyer: Person;
  /** A new order of the buyer's, for 30 days of Pro unless told. */
  order(options?: { sku?: string; currency?: string; quantity?: number }): Promise<Node>;
  start(orderId: string, input?: object): Promise<{ payment: Node; userErrors: Node[] }>;
  sync(paymentId: string): Promise<{ payment: Node; userErrors: Node[] }>;
  payment(id: string): Promise<Node>;
  orderNow(id: string): Promise<Node>;
  me(): Promise<Node>;
  /** One mutation that answers with a payload. */
  mutate(field: string, type: string, input: object, selection: string, as?: Person): Promise<Node>;
  /** The mails to the buyer whose subject begins so. */
  mails(subject: string): Promise<readonly { subject: string }[]>;
}

/** A server that takes payments, and somebody who buys. */
export async function startShop(options: StartOptions = {}): Promise<Shop> {
  const app = await startApp({ ...options, settings: { WORKER: 'on', ...options.settings } });
  const buyer = await app.createUser();
  let keys = 0;

  const mutate: Shop['mutate'] = async (field, type, input, selection, as = buyer) => {
    const { data, errors } = await app.execute(
      `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { code path message } } }`,
      { input },
      as,
    );
    expect(errors).toEqual([]);
    return data[field];
  };
  const one = async (field: string, id: string, selection: string) => {
    const { data, errors } = await app.execute(
      `query ($id: ID!) { ${field}(id: $id) { ${selection} } }`,
      { id },
      buyer,
    );
    expect(errors).toEqual([]);
    return data[field];
  };

  return {
    ...app,
    buyer,
    mutate,
    async order({ sku = 'pro-30-days', currency = 'USD', quantity = 1 } = {}) {
      const input = { lines: [{ sku, quantity }], currency, idempotencyKey: `order ${++keys}` };
      const { order, userErrors } = await mutate(
        'placeOrder',
        'PlaceOrderInput',
        input,
        'order { id number total { amount } }',
      );
      expect(userErrors).toEqual([]);
      return order;
    },
    start: (orderId, input = {}) =>
      mutate(
        'startPayment',
        'StartPaymentInput',
        { orderId, provider: 'STRIPE', returnUrl: RETURN_URL, idempotencyKey: `payment ${++keys}`, ...input },
        `payment { ${PAYMENT_FIELDS} }`,
      ),
    async sync(id) {
      const { data, errors } = await app.execute(
        `mutation ($id: ID!) { syncPayment(id: $id) { payment { ${PAYMENT_FIELDS} } userErrors { code path message } } }`,
        { id },
        buyer,
      );
      expect(errors).toEqual([]);
      return data.syncPayment;
    },
    payment: id => one('payment', id, PAYMENT_FIELDS),
    orderNow: id => one('order', id, 'id status paid { amount } payments { id status }'),
    async me() {
      const { data } = await app.execute('{ me { plan planExpiresAt } }', {}, buyer);
      return data.me;
    },
    async mails(subject) {
      const mails = (await (await fetch(`${app.url}/dev/mail.json`)).json()) as { to: string; subject: string }[];
      return mails.filter(mail => mail.to === buyer.email && mail.subject.startsWith(subject));
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

export interface StripeShop extends Shop {
  readonly stripe: StripeStandIn;
  /** The row's own reference at Stripe. */
  sessionOf(payment: Node): string;
}

/** The same with Stripe's stand-in, whose messages reach the server. */
export async function startStripeShop({ settings = {}, ...options }: StartOptions = {}): Promise<StripeShop> {
  const stripe = await startStripeStandIn();
  onTestFinished(() => {
    expect(stripe.counts.violations, 'what was not of the API of Stripe').toEqual([]);
  });
  const shop = await startShop({
    ...options,
    settings: {
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_WEBHOOK_SECRETS: stripe.webhookSecret,
      STRIPE_API_BASE: stripe.url,
      ...settings,
    },
  });
  await stripe.control({ do: 'webhooks', url: `${shop.url}/webhooks/stripe` });
  return {
    ...shop,
    stripe,
    sessionOf: payment => String(payment.providerReference),
    async [Symbol.asyncDispose]() {
      await stripe.close();
      await shop[Symbol.asyncDispose]();
    },
  };
}

export const untilStatus = (shop: Shop, paymentId: string, status: string) =>
  until(`the payment is ${status}`, async () => (await shop.payment(paymentId)).status === status);

export const uuidOf = (prefix: 'order' | 'payment' | 'refund', id: string) => String(fromGlobalId(prefix, id));
