import type { Fact, PaymentFact } from '../../state/fact.ts';
import { type Answer, type Attempt, type RefundRequest, UnknownOutcomeError } from '../provider.ts';
import { paisa } from './amounts.ts';
import type { AnswerFields } from './call.ts';
import { momentOf } from './pakistan-time.ts';
import { outcomeOf, reasonOf, UNKNOWN_ORDER } from './response-codes.ts';
import type { EasyPaisaSettings } from './settings.ts';

const WALLET_TYPE = 'wallet.answered';
const INQUIRY_TYPE = 'inquiry';

/** What the answer to a prompt says. Never that it was paid: that an inquiry says, which `isOpen` asks for. */
export function readWalletAnswer(attempt: Attempt, answer: AnswerFields): Answer & { readonly isOpen: boolean } {
  const { responseCode: code = '' } = answer;
  requireSamePayment(attempt, answer);
  const failure = { code, message: reasonOf(code) };
  const pending: Fact = { kind: 'PAYMENT', type: WALLET_TYPE, status: 'PENDING' };
  switch (outcomeOf(code)) {
    case 'ACCEPTED':
      return { facts: [pending], ...referenceIn(answer), isOpen: true };
    case 'UNDECIDED':
      return { facts: [pending, { kind: 'FAILURE', type: WALLET_TYPE, ...failure }], isOpen: true };
    case 'DECLINED':
      return { facts: [{ kind: 'PAYMENT', type: WALLET_TYPE, status: 'FAILED', ...failure }], isOpen: false };
    case 'MISCONFIGURED':
    case 'UNKNOWN':
      throw new UnknownOutcomeError(`EasyPaisa answered the payment by a mobile account with code ${shown(code)}.`);
  }
}

/**
 * What an inquiry says. responseCode says how the inquiry went and transactionStatus how the payment did; settlementStatus
 * is about the merchant's account, and says FAILED of payments that were paid.
 */
export function readInquiryAnswer(
  attempt: Attempt,
  refunds: readonly RefundRequest[],
  answer: AnswerFields,
  { storeId }: Pick<EasyPaisaSettings, 'storeId'>,
): Answer {
  const { responseCode: code = '' } = answer;
  // The payer has not posted the form (yet), or a prompt is still on its way.
  if (code === UNKNOWN_ORDER) return { facts: [] };
  if (outcomeOf(code) !== 'ACCEPTED') throw new UnknownOutcomeError(`EasyPaisa could not tell: code ${shown(code)}.`);
  requireSamePayment(attempt, answer);
  if (answer.orderId === undefined || (answer.storeId ?? storeId) !== storeId)
    throw new UnknownOutcomeError('EasyPaisa answered without saying about which payment, or about another store.');
  const fact = statusFact(answer);
  const refunded = fact.status === 'REVERSED' ? wholeRefund(attempt, refunds) : [];
  return { facts: [fact, ...refunded], ...referenceIn(answer) };
}

function statusFact(answer: AnswerFields): PaymentFact {
  const { transactionStatus: status = '', transactionAmount, transactionDateTime = '' } = answer;
  const at = momentOf(transactionDateTime);
  const fact = { kind: 'PAYMENT', type: INQUIRY_TYPE, at } as const;
  switch (status) {
    case 'PAID': {
      const money = paisa(transactionAmount);
      if (!money) throw new UnknownOutcomeError('EasyPaisa called a payment paid without saying how much.');
      return { ...fact, status: 'SUCCEEDED', money };
    }
    case 'PENDING':
    case 'INITIATED':
      return { ...fact, status: 'PENDING' };
    case 'FAILED':
    case 'BLOCKED': {
      const code = errorCodeIn(answer) ?? (status === 'BLOCKED' ? status : null);
      return { ...fact, status: 'FAILED', code, message: reasonOf(code) };
    }
    case 'EXPIRED':
      return { ...fact, status: 'EXPIRED', code: null, message: 'The time to pay is over.' };
    case 'DROPPED':
      return { ...fact, status: 'CANCELED', code: null, message: 'The payment was given up.' };
    case 'REVERSED':
      return { ...fact, status: 'REVERSED' };
    default:
      throw new UnknownOutcomeError(`EasyPaisa answered the unknown status ${shown(status)}.`);
  }
}

/** What an admin gave back at EasyPaisa's portal is seen as a reversal: the refund that was asked for here is done. */
function wholeRefund({ money }: Attempt, refunds: readonly RefundRequest[]): readonly Fact[] {
  const [refund, ...others] = refunds;
  if (!refund || others.length > 0 || refund.money.amount !== money.amount) return [];
  return [{ kind: 'REFUND', type: INQUIRY_TYPE, refundId: refund.id, status: 'SUCCEEDED', money: refund.money }];
}

function requireSamePayment({ reference }: Attempt, { orderId = reference }: AnswerFields): void {
  if (orderId !== reference) throw new UnknownOutcomeError('EasyPaisa answered about another payment.');
}

/** Not every answer has one; the one that is known stays then. */
const referenceIn = ({ transactionId = '' }: AnswerFields): Pick<Answer, 'reference'> =>
  /^[A-Za-z0-9-]{1,64}$/.test(transactionId) ? { reference: transactionId } : {};

/** EasyPaisa's name of a fault. Its sentence, errorReason, is not kept. */
const errorCodeIn = ({ errorCode = '' }: AnswerFields): string | null =>
  /^[A-Z0-9_]{1,64}$/.test(errorCode) ? errorCode : null;

/** For a log: no more of it than a code can have. */
const shown = (text: string): string => (/^\w{1,32}$/.test(text) ? text : 'that is none');
