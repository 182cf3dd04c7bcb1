import type { Money } from '../../money.ts';
import type { Attempt, NextAction, PaymentAdapter, PaymentMethod } from '../provider.ts';
import { callJazzCash, signed } from './call.ts';
import { expiryOf, newReference } from './reference.ts';
import { hostedFields, inquiryFields, refundFields, walletFields } from './requests.ts';
import { jazzCashRoutes, readIpn } from './routes.ts';
import type { JazzCashSettings } from './settings.ts';
import { isPaidOtherwise, readInquiryAnswer, readRefundAnswer, readWalletAnswer } from './verdicts.ts';

/** In paisa. Below it an amount could also be a response code, and the signature does not tell them apart. */
const SMALLEST_AMOUNT = 1000n;
/** As many digits as JazzCash's field is known to take. */
const LARGEST_AMOUNT = 9_999_999_999_999n;
/** The prompt is gone after about a minute. */
const PROMPT_MS = 120_000;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** After the attempt's begin. JazzCash asks not to be asked within ten minutes; the last one is an hour after the expiry. */
const INQUIRIES_MS = [10 * MINUTE_MS, 20 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 8 * HOUR_MS, 25 * HOUR_MS];
/** Whom an outage kept from asking so often, asks on each hour until then. */
const LAST_INQUIRY_MS = 7 * 24 * HOUR_MS;

/** JazzCash: cards, vouchers and mobile accounts on its own page, and prompts on the phones of mobile accounts. */
export function jazzCashAdapter(settings: JazzCashSettings): PaymentAdapter {
  const methods: readonly PaymentMethod[] = settings.walletVersion === null ? ['HOSTED'] : ['HOSTED', 'MOBILE_WALLET'];
  return {
    name: 'JAZZCASH',
    methods,
    refunds: settings.mpin === null ? 'MANUAL' : 'UNKEYED',
    routes: jazzCashRoutes(settings),
    refusal: money => refusalOf(money),
    newReference,
    expiryOf: (_method, now) => expiryOf(now),
    async start(attempt) {
      if (attempt.method === 'MOBILE_WALLET')
        return readWalletAnswer(attempt, await callJazzCash('WALLET', walletFields(attempt, settings), settings));
      // Whatever keeps the form from being signed is told now, and not when somebody looks at the payment.
      hostedFields(attempt, settings);
      return { facts: [{ kind: 'PAYMENT', type: 'form.signed', status: 'PENDING' }] };
    },
    nextAction: attempt => nextActionOf(attempt, settings),
    inquire: async (attempt, refunds) =>
      readInquiryAnswer(
        attempt,
        refunds,
        await callJazzCash('INQUIRY', inquiryFields(attempt, settings), settings),
        settings,
      ),
    // A signed form cannot be taken back, nor a prompt.
    cancel: () => null,
    refund: async (attempt, refund) =>
      readRefundAnswer(
        attempt,
        refund,
        await callJazzCash('REFUND', refundFields(attempt, refund, settings), settings),
      ),
    refundRefusal: (_attempt, { money, captured }) =>
      settings.partialRefunds || money.amount === captured.amount ? null : 'JazzCash refunds payments only as a whole.',
    refundsByHand: isPaidOtherwise,
    read: readIpn,
    nextInquiry: nextInquiryOf,
  };
}

function refusalOf({ amount, currency }: Money): string | null {
  if (currency !== 'PKR') return 'JazzCash takes Pakistani rupees (PKR) only.';
  if (amount < SMALLEST_AMOUNT) return 'JazzCash takes payments of Rs 10.00 and more.';
  return amount > LARGEST_AMOUNT ? 'JazzCash takes payments of at most Rs 99,999,999,999.99.' : null;
}

/** Signed anew each time: neither the password nor the hash is kept. */
function nextActionOf(attempt: Attempt, settings: JazzCashSettings): NextAction | null {
  const { method, phoneNumber, createdAt } = attempt;
  if (method === 'HOSTED')
    return { kind: 'FORM_POST', url: settings.urls.hosted, fields: signed(hostedFields(attempt, settings), settings) };
  const expiresAt = new Date(createdAt.getTime() + PROMPT_MS);
  return phoneNumber === null ? null : { kind: 'APPROVE_ON_PHONE', phoneNumber, expiresAt };
}

function nextInquiryOf({ createdAt }: Attempt, asked: number, now: Date): Date | null {
  const age = now.getTime() - createdAt.getTime();
  const next = INQUIRIES_MS.find(after => after > age);
  if (next !== undefined) return new Date(createdAt.getTime() + next);
  return asked < INQUIRIES_MS.length && age < LAST_INQUIRY_MS ? new Date(now.getTime() + HOUR_MS) : null;
}
