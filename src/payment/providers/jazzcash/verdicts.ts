import type { Money } from '../../money.ts';
import type { Fact } from '../../state/fact.ts';
import { type Answer, type Attempt, type RefundRequest, UnknownOutcomeError } from '../provider.ts';
import { refused } from './call.ts';
import { type Fields, retrievalReferenceOf } from './messages.ts';
import { billReferenceOf } from './requests.ts';
import { type Outcome, outcomeOf, reasonOf, refundRefusalOf } from './response-codes.ts';
import type { JazzCashSettings } from './settings.ts';

/** What is kept of how a payment was made: refunds are another call for each way. */
const TYPE_DETAIL = 'txnType';

/** What an outcome makes known of a payment. Empty where nothing: it was not begun, or it has to be asked. */
export function factsOf(outcome: Outcome, type: string, code: string, money: Money | null): readonly Fact[] {
  const failure = { code, message: reasonOf(code) };
  switch (outcome) {
    case 'SUCCEEDED':
      return [{ kind: 'PAYMENT', type, status: 'SUCCEEDED', money }];
    case 'PENDING':
    case 'ASK':
      return [{ kind: 'PAYMENT', type, status: 'PENDING' }];
    case 'EXPIRED':
    case 'CANCELED':
      return [{ kind: 'PAYMENT', type, status: outcome, ...failure }];
    case 'FAILED':
    case 'FAULT':
    case 'MISCONFIGURED':
      return [{ kind: 'PAYMENT', type, status: 'FAILED', ...failure }];
    case 'REVERSED':
      return [{ kind: 'PAYMENT', type, status: 'REVERSED' }];
    case 'REVIEW':
      return [
        { kind: 'PAYMENT', type, status: 'PENDING' },
        { kind: 'FLAG', type, flag: 'UNKNOWN_OUTCOME' },
      ];
    case 'DISPUTED':
      return [{ kind: 'FLAG', type, flag: 'DISPUTED' }];
    case 'UNKNOWN':
      return [];
  }
}

/** What became of a prompt on the payer's phone. */
export function readWalletAnswer(attempt: Attempt, answer: Fields): Answer {
  const { pp_ResponseCode: code = '' } = answer;
  const outcome = outcomeOf(code);
  requireSamePayment(attempt, answer);
  if (outcome === 'MISCONFIGURED') throw refused(code, 'the payment by a mobile account');
  if (outcome === 'UNKNOWN') throw new UnknownOutcomeError(`JazzCash answered the unknown code ${code}.`);
  const money = moneyOf(answer);
  if (outcome === 'SUCCEEDED' && (!money || !answer.pp_TxnRefNo))
    throw new UnknownOutcomeError('JazzCash called a payment a success without saying which one and how much.');
  return {
    facts: factsOf(outcome, 'wallet.answered', code, money),
    reference: retrievalReferenceOf(answer),
    details: { ...attempt.details, [TYPE_DETAIL]: 'MWALLET' },
  };
}

/** pp_ResponseCode says how the inquiry went, pp_PaymentResponseCode and pp_Status how the payment did. */
export function readInquiryAnswer(
  attempt: Attempt,
  refunds: readonly RefundRequest[],
  answer: Fields,
  { inquiryVersion }: JazzCashSettings,
): Answer {
  const { pp_ResponseCode: inquiryCode = '', pp_PaymentResponseCode: code = '', pp_TxnType: txnType } = answer;
  if (outcomeOf(inquiryCode) === 'MISCONFIGURED') throw refused(inquiryCode, 'the inquiry');
  if (inquiryCode !== '000') throw new UnknownOutcomeError(`JazzCash could not tell: code ${inquiryCode}.`);
  requireSamePayment(attempt, answer);
  const money = moneyOf(answer);
  const outcome = paymentOutcome(code, answer.pp_Status);
  if (outcome === 'SUCCEEDED' && inquiryVersion === '2.0' && (!money || !answer.pp_TxnRefNo))
    throw new UnknownOutcomeError(
      'JazzCash called a payment a success without saying which one and how much: set JAZZCASH_INQUIRY_PATH to its inquiry 2.0, or JAZZCASH_INQUIRY_VERSION=1.1 where there is none.',
    );
  return {
    facts:
      // The code for refunds says nothing of how much went back. What was asked for here, this server knows better.
      code === '131' && refunds.length > 0
        ? [...factsOf('SUCCEEDED', 'inquiry', code, money), ...wholeRefund(attempt, refunds)]
        : outcome === null
          ? []
          : factsOf(outcome, 'inquiry', code, money),
    reference: retrievalReferenceOf(answer),
    ...(txnType === undefined ? {} : { details: { ...attempt.details, [TYPE_DETAIL]: txnType } }),
  };
}

/** What code and status say together; null where JazzCash does not know the payment (yet). */
function paymentOutcome(code: string, status: Fields['pp_Status']): Outcome | null {
  const outcome = outcomeOf(code);
  const contradiction = () =>
    new UnknownOutcomeError(`JazzCash contradicts itself: code ${code}, status "${status ?? ''}".`);
  if (outcome === 'REVERSED' || outcome === 'DISPUTED' || outcome === 'REVIEW') return outcome;
  switch (status) {
    case undefined:
      // Without a status 000 may be the inquiry's own success once more.
      if (code === '000') throw contradiction();
      // A form that nobody has posted is called a technical fault.
      if (code === '' || outcome === 'FAULT') return null;
      if (outcome === 'UNKNOWN') throw new UnknownOutcomeError(`JazzCash answered the unknown code ${code}.`);
      return outcome;
    case 'Completed':
      if (outcome !== 'SUCCEEDED') throw contradiction();
      return outcome;
    case 'Pending':
      if (outcome === 'SUCCEEDED') throw contradiction();
      return 'PENDING';
    default:
      if (outcome === 'SUCCEEDED' || outcome === 'PENDING') throw contradiction();
      if (outcome === 'EXPIRED' || outcome === 'CANCELED') return outcome;
      return status === 'Dropped' ? 'CANCELED' : 'FAILED';
  }
}

/** How a refund went. JazzCash gives refunds no id: what is said is about the one that was asked for. */
export function readRefundAnswer(attempt: Attempt, { id, money }: RefundRequest, answer: Fields): Answer {
  const { pp_ResponseCode: code = '', pp_Amount: amount } = answer;
  requireSamePayment(attempt, answer);
  const fact = { kind: 'REFUND', type: 'refund.answered', refundId: id, money } as const;
  const isAll = money.amount === attempt.money.amount;
  // Refunded already: by this call's first try, or at the portal; of a part nobody can say whether it was this one.
  if ((code === '000' && (amount ?? money.amount.toString()) === money.amount.toString()) || (code === '131' && isAll))
    return { facts: [{ ...fact, status: 'SUCCEEDED' }] };
  const refusal = refundRefusalOf(code);
  if (refusal !== null) return { facts: [{ ...fact, status: 'FAILED', code, message: refusal }] };
  if (outcomeOf(code) === 'MISCONFIGURED') throw refused(code, 'the refund');
  throw new UnknownOutcomeError(`JazzCash answered a refund with code ${code}: look at its portal.`);
}

/** Whether it was paid by a card or a voucher, as far as is known: JazzCash's refunds by call are for mobile accounts. */
export const isPaidOtherwise = ({ details: { [TYPE_DETAIL]: type } }: Attempt): boolean =>
  type !== undefined && type !== 'MWALLET';

const wholeRefund = ({ money }: Attempt, refunds: readonly RefundRequest[]): readonly Fact[] => {
  const [refund, ...others] = refunds;
  if (!refund || others.length > 0 || refund.money.amount !== money.amount) return [];
  return [{ kind: 'REFUND', type: 'inquiry', refundId: refund.id, status: 'SUCCEEDED', money: refund.money }];
};

function moneyOf({ pp_Amount: amount, pp_TxnCurrency: currency = 'PKR' }: Fields): Money | null {
  return amount === undefined ? null : { amount: BigInt(amount), currency };
}

function requireSamePayment(attempt: Attempt, answer: Fields): void {
  const { pp_TxnRefNo: reference = attempt.reference, pp_BillReference: bill } = answer;
  if (
    reference !== attempt.reference ||
    (bill ?? billReferenceOf(attempt.orderNumber)) !== billReferenceOf(attempt.orderNumber)
  )
    throw new UnknownOutcomeError('JazzCash answered about another payment.');
}
