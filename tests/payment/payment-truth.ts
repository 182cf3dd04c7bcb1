import type { Attempt, PaymentAdapter, RefundRequest } from '../../src/payment/providers/provider.ts';
import { messageOf } from '../../src/payment/providers/stripe/messages.ts';
import { StripeEvent } from '../../src/payment/providers/stripe/objects.ts';
import type { Fact } from '../../src/payment/state/fact.ts';
import { foldFacts } from '../../src/payment/state/fold.ts';
import type { ProviderShop } from '../support/provider-shop.ts';
import { eventsOf, intentOf, isUnderWay, type Played, type Started } from './play-history.ts';

/** What of a payment follows from the provider alone. DUPLICATE_PAYMENT follows from its order. */
export interface Truth {
  readonly status: string;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly pending: bigint;
  readonly flags: readonly string[];
}

const sum = (amounts: readonly number[]) => BigInt(amounts.reduce((total, amount) => total + amount, 0));

/** As Stripe has it: by nothing of what reads its messages. */
export function stripeTruth(shop: ProviderShop, { session: id }: Started, isExpiredThere: boolean): Truth {
  const { sessions, intents, refunds, disputes } = shop.stripe.account;
  const [session, intent] = [sessions.get(id), intents.get(intentOf(shop, id))];
  const ofIntent = ({ payment_intent: of }: { payment_intent: string }) => of === intent?.id;
  const back = [...refunds.values()].filter(ofIntent);
  const disputed = [...disputes.values()].filter(ofIntent);
  const captured = session?.payment_status === 'paid' ? BigInt(session.amount_total) : 0n;
  const amounts = (status: string) => back.filter(one => one.status === status).map(({ amount }) => amount);
  const lost = disputed.filter(({ status }) => status === 'lost').map(({ amount }) => Number(amount));
  const refunded = sum(amounts('succeeded')) + sum(lost);
  const unpaid = session?.status === 'complete' && intent?.status !== 'processing' ? 'FAILED' : 'PENDING';
  const ended = isExpiredThere ? 'EXPIRED' : 'CANCELED';
  return {
    status: captured > 0n ? 'SUCCEEDED' : session?.status === 'expired' ? ended : unpaid,
    captured,
    refunded: refunded > captured ? captured : refunded,
    pending: sum(amounts('pending')),
    flags: [
      ...(sum(back.filter(({ status }) => isUnderWay(status)).map(({ amount }) => amount)) > captured
        ? ['OVER_REFUNDED']
        : []),
      ...(disputed.some(({ status }) => status !== 'won') ? ['DISPUTED'] : []),
    ],
  };
}

const JAZZCASH_ENDS: Readonly<Record<string, string>> = { 199: 'FAILED', 112: 'CANCELED', 116: 'EXPIRED' };

export function jazzCashTruth(shop: ProviderShop, { reference }: Started, isSuperseded: boolean): Truth {
  const charge = shop.jazzCash.state.charges.find(one => one.reference === reference);
  const ended = JAZZCASH_ENDS[shop.jazzCash.state.transactions[reference]?.code ?? ''] ?? 'PENDING';
  // One that another attempt took the place of is called canceled here, and a failure is the stronger word.
  const unpaid = isSuperseded && ended !== 'FAILED' ? 'CANCELED' : ended;
  return {
    status: charge ? 'SUCCEEDED' : unpaid,
    captured: BigInt(charge?.amount ?? 0),
    refunded: 0n,
    pending: 0n,
    flags: [],
  };
}

/** The pure fold of all that Stripe has ever said of a payment, and of what it says when it is asked at the end. */
export async function foldOfAllSaid(
  shop: ProviderShop,
  adapter: PaymentAdapter,
  attempt: Attempt,
  requests: readonly RefundRequest[],
  isClosedHere: boolean,
): Promise<Truth & { readonly succeededAt: Date | null }> {
  const facts: Fact[] = [...(await adapter.inquire(attempt, requests)).facts];
  if (isClosedHere) facts.push({ kind: 'PAYMENT', type: 'session.closed', status: 'CANCELED' });
  for (const event of eventsOf(shop, attempt.providerReference ?? '')) {
    const message = messageOf(StripeEvent.parse(event));
    if (message) facts.push(...(await adapter.read(message)).facts);
  }
  const { status, captured, refunded, refundPending, flags } = foldFacts(
    { money: attempt.money, requested: new Map(requests.map(({ id, money }) => [id, money.amount])) },
    facts,
  );
  const successes = facts.flatMap(fact =>
    fact.kind === 'PAYMENT' && fact.status === 'SUCCEEDED' && fact.at ? [fact.at.getTime()] : [],
  );
  const succeededAt = successes.length > 0 ? new Date(Math.min(...successes)) : null;
  return { status, captured, refunded, pending: refundPending, flags, succeededAt };
}

/** For the message of an assertion that fails: enough to play it again. */
export const told = ({ history }: Played, seed: number, nth: number): string =>
  `seed ${seed}, set ${nth}: ${JSON.stringify(history)}`;
