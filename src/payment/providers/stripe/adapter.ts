import { randomBytes } from 'node:crypto';
import type { Attempt, PaymentAdapter, ProviderMessage } from '../provider.ts';
import { amountRefusal, paymentRefusal } from './amounts.ts';
import { makeStripe, type StripeClientOptions } from './client.ts';
import { wholeList } from './lookups.ts';
import { EVENT_TYPES, messageOf, readMessage } from './messages.ts';
import { StripeEvent } from './objects.ts';
import { refundOnce } from './refund.ts';
import { RETURN_PATH, stripeRoutes } from './routes.ts';
import { closeSession, inquireSession, openSession } from './session.ts';
import type { StripeSettings } from './settings.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Stripe takes 30 minutes to 24 hours, counted from when it hears of the session: `start` can still be repeated in the first
 * half hour.
 */
const OPEN_FOR = HOUR;

/** Some ways to pay, such as bank transfers, are settled weeks after the payer has left. */
const LAST_INQUIRY = 30 * DAY;

export interface StripeAdapterOptions extends StripeClientOptions {
  readonly settings: StripeSettings;
  /** Where browsers reach this server, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly now: () => Date;
}

/** Stripe by its Checkout: the payer pays on a page of Stripe's. */
export function makeStripeAdapter({ settings, publicUrl, now, ...client }: StripeAdapterOptions): PaymentAdapter {
  const stripe = makeStripe(settings, client);
  const start = (attempt: Attempt) =>
    openSession(stripe, attempt, `${publicUrl()}${RETURN_PATH}?payment=${attempt.reference}`);

  return {
    name: 'STRIPE',
    methods: ['HOSTED'],
    refunds: 'KEYED',
    routes: stripeRoutes(stripe, { webhookSecrets: settings.webhookSecrets, now }),

    refusal: (money, method) =>
      method === 'HOSTED' ? paymentRefusal(money) : 'Stripe is paid on a page of its own: choose HOSTED.',
    newReference: () => randomBytes(16).toString('hex'),
    expiryOf: (_method, at) => new Date(at.getTime() + OPEN_FOR),
    start,
    nextAction: ({ details: { url } }) => (url ? { kind: 'REDIRECT', url } : null),

    async inquire({ providerReference }, refunds) {
      // Without the answer to `start` there is no name to ask by; made again it gives the session that there is.
      if (providerReference === null) return { facts: [] };
      return await inquireSession(stripe, providerReference, refunds, now());
    },

    async cancel(attempt) {
      if (attempt.providerReference !== null) return await closeSession(stripe, attempt.providerReference, now());
      // A session whose answer was lost is found by starting once more. Where there was none, one is made and closed.
      const started = await start(attempt);
      if (started.reference) return await closeSession(stripe, started.reference, now());
      return { facts: [...started.facts, { kind: 'PAYMENT', type: 'session.never-made', status: 'CANCELED' }] };
    },

    refund: (attempt, refund) => refundOnce(stripe, attempt, refund),
    refundRefusal: (_attempt, { money }) => amountRefusal(money),
    read: message => readMessage(stripe, message),
    nextInquiry,

    async undelivered() {
      const events = await wholeList(StripeEvent, page =>
        stripe.events.list({ ...page, delivery_success: false, types: EVENT_TYPES }),
      );
      // Oldest first, as they would have come.
      return events.reverse().flatMap((event): ProviderMessage[] => {
        const message = messageOf(event);
        return message ? [message] : [];
      });
    },
  };
}

/**
 * Messages come by themselves within seconds; this is for those that were lost. At first for the payer who waits, then when
 * the session is over, then for what takes days.
 */
function nextInquiry({ createdAt, expiresAt }: Attempt, asked: number, now: Date): Date | null {
  const began = createdAt.getTime();
  const over = expiresAt.getTime() + 5 * MINUTE;
  const moments = [2 * MINUTE, 10 * MINUTE, 30 * MINUTE].map(after => began + after).filter(moment => moment < over);
  moments.push(over, over + HOUR, over + 6 * HOUR);
  for (let moment = over + DAY; moment < began + LAST_INQUIRY; moment += DAY) moments.push(moment);
  moments.push(began + LAST_INQUIRY);
  const next = moments.find(moment => moment > now.getTime());
  if (next !== undefined) return new Date(next);
  // A server that was away for all that time asks once.
  return asked === 0 ? now : null;
}
