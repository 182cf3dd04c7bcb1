import { randomUUID } from 'node:crypto';
import type { Money } from '../../../src/payment/money.ts';
import type {
  Answer,
  Attempt,
  Handled,
  PaymentAdapter,
  ProviderMessage,
  RefundRequest,
} from '../../../src/payment/providers/provider.ts';
import { makeStripeAdapter } from '../../../src/payment/providers/stripe/adapter.ts';
import type { Fact } from '../../../src/payment/state/fact.ts';
import { foldFacts, type PaymentState } from '../../../src/payment/state/fold.ts';
import { signatureOf } from './stripe-stand-in/webhooks.ts';
import { type StripeStandIn, startStripeStandIn } from './stripe-stand-in.ts';

export interface StripeBench extends AsyncDisposable {
  readonly standIn: StripeStandIn;
  readonly adapter: PaymentAdapter;
  /** What the adapter takes for the time; the real one where it is null. */
  clock: Date | null;
  /** Every message of the stand-in's so far, as the webhook route kept it. */
  messages(): Promise<ProviderMessage[]>;
  /** The facts of those messages, as they are read. */
  factsOf(messages: readonly ProviderMessage[]): Promise<Fact[]>;
}

/** The adapter with a stand-in of its own. The server between them is not there: the bench hands messages over. */
export async function startStripeBench({ timeoutMs = 5_000 } = {}): Promise<StripeBench> {
  const standIn = await startStripeStandIn();
  const bench: StripeBench = {
    standIn,
    clock: null,
    adapter: makeStripeAdapter({
      settings: { secretKey: standIn.secretKey, webhookSecrets: [standIn.webhookSecret], apiBase: standIn.url },
      publicUrl: () => 'https://duely.example.com',
      now: () => bench.clock ?? new Date(),
      timeoutMs,
    }),
    async messages() {
      const handled = await Promise.all(standIn.account.events.map(event => post(bench, JSON.stringify(event))));
      return handled.flatMap(each => (each.kind === 'MESSAGE' ? [each.message] : []));
    },
    async factsOf(messages) {
      const readings = await Promise.all(messages.map(message => bench.adapter.read(message)));
      return readings.flatMap(({ facts }) => facts);
    },
    async [Symbol.asyncDispose]() {
      const { violations } = standIn.counts;
      await standIn.close();
      if (violations.length > 0) throw new Error(`Not of Stripe's API: ${violations.join('; ')}`);
    },
  };
  return bench;
}

/** A message to the webhook route, signed well where nothing else is said. */
export async function post(
  { adapter, standIn }: StripeBench,
  body: string,
  signature: string | undefined = signatureOf(body, standIn.webhookSecret),
): Promise<Handled> {
  const route = adapter.routes.find(({ path }) => path === '/webhooks/stripe');
  if (!route) throw new Error('There is no such route.');
  const headers = { 'stripe-signature': signature };
  return await route.handle({ query: new URLSearchParams(), headers, body: Buffer.from(body) });
}

export function makeAttempt(adapter: PaymentAdapter, money: Money = { amount: 1050n, currency: 'USD' }): Attempt {
  const now = new Date();
  return {
    id: randomUUID(),
    reference: adapter.newReference(now),
    providerReference: null,
    secondReference: null,
    orderId: randomUUID(),
    orderNumber: 'D-1042',
    money,
    method: 'HOSTED',
    phoneNumber: null,
    createdAt: now,
    expiresAt: adapter.expiryOf('HOSTED', now),
    details: {},
  };
}

/** The attempt with what an answer asks to be kept, as the core does it. */
export const withAnswer = (attempt: Attempt, answer: Answer): Attempt => ({
  ...attempt,
  providerReference: answer.reference ?? attempt.providerReference,
  secondReference: answer.secondReference ?? attempt.secondReference,
  details: { ...attempt.details, ...answer.details },
});

export async function startedAttempt({ adapter }: StripeBench, money?: Money): Promise<Attempt> {
  const attempt = makeAttempt(adapter, money);
  return withAnswer(attempt, await adapter.start(attempt));
}

/** One that was paid, with both references known. */
export async function paidAttempt(bench: StripeBench, money?: Money): Promise<Attempt> {
  const attempt = await startedAttempt(bench, money);
  await bench.standIn.control({ do: 'pay', session: sessionOf(attempt) });
  return withAnswer(attempt, await bench.adapter.inquire(attempt, []));
}

export const sessionOf = ({ providerReference }: Attempt): string => providerReference ?? '';
export const intentOf = ({ secondReference }: Attempt): string => secondReference ?? '';

export const makeRefund = (money: Money): RefundRequest => ({
  id: randomUUID(),
  money,
  reason: null,
  providerReference: null,
  createdAt: new Date(),
});

export const stateOf = (
  attempt: Attempt,
  facts: readonly Fact[],
  refunds: readonly RefundRequest[] = [],
): PaymentState =>
  foldFacts({ money: attempt.money, requested: new Map(refunds.map(({ id, money }) => [id, money.amount])) }, facts);
