import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AMOUNT_MAX, isCurrency } from '../../money.ts';
import {
  type Answer,
  type Attempt,
  type PaymentAdapter,
  type ProviderMessage,
  type RefundRequest,
  RefusedError,
} from '../provider.ts';
import { DeclinedError, type SandboxClient, type SandboxClientOptions, sandboxClient } from './client.ts';
import { checkoutFacts, refundFact } from './facts.ts';
import { SandboxPage, SandboxRefund } from './objects.ts';
import { messageOf, RETURN_PATH, readMessage, sandboxProviderRoutes } from './routes.ts';
import type { SandboxSecrets } from './signature.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Nobody looks at a phone for longer. */
const EXPIRES_AFTER = { HOSTED: HOUR, MOBILE_WALLET: 10 * MINUTE } as const;

export interface SandboxAdapterOptions extends Omit<SandboxClientOptions, 'apiKey'> {
  readonly secrets: SandboxSecrets;
  /** Where browsers reach this server, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly now: () => Date;
}

/** The sandbox, over HTTP as any other provider: it is told nothing that a stranger's server would not be told. */
export function makeSandboxAdapter({ secrets, publicUrl, now, ...client }: SandboxAdapterOptions): PaymentAdapter {
  const sandbox = sandboxClient({ ...client, apiKey: secrets.apiKey });
  const create = (attempt: Attempt) => createCheckout(sandbox, attempt, publicUrl());

  return {
    name: 'SANDBOX',
    methods: ['HOSTED', 'MOBILE_WALLET'],
    refunds: 'KEYED',
    routes: sandboxProviderRoutes({ webhookSecret: secrets.webhookSecret, now }),

    refusal: ({ amount, currency }) =>
      isCurrency(currency) && amount > 0n && amount <= AMOUNT_MAX
        ? null
        : 'The sandbox takes amounts above zero in any currency of ISO 4217.',
    newReference: () => `sandbox-${randomBytes(16).toString('hex')}`,
    expiryOf: (method, at) => new Date(at.getTime() + EXPIRES_AFTER[method]),
    start: async attempt => answerOf(await create(attempt), 'checkout.created'),

    nextAction({ method, phoneNumber, expiresAt, providerReference, details: { url } }) {
      if (providerReference === null) return null;
      if (method === 'HOSTED') return url ? { kind: 'REDIRECT', url } : null;
      return phoneNumber === null ? null : { kind: 'APPROVE_ON_PHONE', phoneNumber, expiresAt };
    },

    async inquire({ providerReference, reference }) {
      if (providerReference !== null)
        return answerOf(
          await sandbox.get(SandboxPage, `/checkouts/${encodeURIComponent(providerReference)}`),
          'inquiry',
        );
      // It may be there: only the answer that told its id was lost.
      const { data } = await sandbox.get(CheckoutList, `/checkouts?reference=${encodeURIComponent(reference)}`);
      const [found] = data;
      return found ? answerOf(found, 'inquiry') : { facts: [] };
    },

    async cancel(attempt) {
      // One whose answer was lost is found by its key. Where there was none, one is made and canceled: a call that is still on
      // its way then finds that one, and makes none that could be paid.
      const id = attempt.providerReference ?? (await create(attempt)).id;
      const path = `/checkouts/${encodeURIComponent(id)}/cancel`;
      return answerOf(await sandbox.post(SandboxPage, path, {}), 'checkout.cancel');
    },

    refund: (attempt, refund) => refundOnce(sandbox, attempt, refund),
    refundRefusal: () => null,
    read: readMessage,
    nextInquiry,

    async undelivered() {
      const { data } = await sandbox.get(EventList, '/events?undelivered=true');
      return data.flatMap((body): ProviderMessage[] => {
        const message = messageOf(body);
        return message ? [message] : [];
      });
    },
  };
}

const CheckoutList = z.object({ data: z.array(SandboxPage) });
/** Each as the text that would have been sent. */
const EventList = z.object({ data: z.array(z.string()) });

function createCheckout(sandbox: SandboxClient, attempt: Attempt, publicUrl: string) {
  const { money, method, phoneNumber } = attempt;
  if (method === 'MOBILE_WALLET' && phoneNumber === null)
    throw new RefusedError('The sandbox needs a phone number for MOBILE_WALLET, such as 03001234567.');
  const checkout = {
    reference: attempt.reference,
    description: `Order ${attempt.orderNumber}`,
    amount: money.amount.toString(),
    currency: money.currency,
    method,
    phone: method === 'MOBILE_WALLET' ? phoneNumber : null,
    returnUrl: `${publicUrl}${RETURN_PATH}?payment=${encodeURIComponent(attempt.reference)}`,
    expiresAt: attempt.expiresAt.toISOString(),
  };
  return sandbox.post(SandboxPage, '/checkouts', checkout, attempt.id);
}

const answerOf = (checkout: z.output<typeof SandboxPage>, type: string): Answer => ({
  facts: checkoutFacts(checkout, type),
  reference: checkout.id,
  details: { url: checkout.url },
});

async function refundOnce(
  sandbox: SandboxClient,
  { providerReference }: Attempt,
  { id, money, reason }: RefundRequest,
): Promise<Answer> {
  if (providerReference === null) throw new RefusedError('The sandbox has not been told of this payment.');
  const path = `/checkouts/${encodeURIComponent(providerReference)}/refunds`;
  try {
    const refund = await sandbox.post(SandboxRefund, path, { amount: money.amount.toString(), reason }, id);
    return { facts: [refundFact(refund, 'refund.asked')] };
  } catch (error) {
    if (!(error instanceof DeclinedError)) throw error;
    const { code, message } = error;
    return {
      facts: [{ kind: 'REFUND', type: 'refund.declined', refundId: id, status: 'FAILED', money, code, message }],
    };
  }
}

/** Messages come within a second: this is for those that were lost, at first for somebody who waits. */
function nextInquiry({ createdAt, expiresAt }: Attempt, asked: number, now: Date): Date | null {
  const began = createdAt.getTime();
  const over = expiresAt.getTime() + MINUTE;
  const moments = [10 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE].map(after => began + after);
  const all = [...moments.filter(moment => moment < over), over, over + 10 * MINUTE, over + HOUR, over + DAY];
  const next = all.find(moment => moment > now.getTime());
  if (next !== undefined) return new Date(next);
  // A server that was away for all that time asks once.
  return asked === 0 ? now : null;
}
