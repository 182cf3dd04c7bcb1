import type { Failure } from '../../state/fact.ts';

/** For the payer. Of a lost or stolen card, or of suspected fraud, whoever holds the card is told no more than of any other. */
const SENTENCES: Readonly<Record<string, string>> = {
  insufficient_funds: 'There is not enough money in the account.',
  expired_card: 'The card has expired.',
  incorrect_cvc: 'The security code of the card is wrong.',
  invalid_cvc: 'The security code of the card is wrong.',
  incorrect_number: 'The number of the card is wrong.',
  invalid_number: 'The number of the card is wrong.',
  invalid_expiry_month: 'The expiry date of the card is wrong.',
  invalid_expiry_year: 'The expiry date of the card is wrong.',
  card_not_supported: 'The card cannot be used for this payment.',
  currency_not_supported: 'The card cannot be used in this currency.',
  card_velocity_exceeded: 'The card has reached its limit.',
  authentication_required: 'The payment was not confirmed with the bank.',
  payment_intent_authentication_failure: 'The payment was not confirmed with the bank.',
  payment_intent_payment_attempt_expired: 'The payment was not confirmed in time.',
  payment_method_customer_decline: 'The payer declined the payment.',
  payment_method_provider_timeout: 'The bank did not answer in time. Try again.',
  processing_error: 'The payment could not be processed. Try again.',
  amount_too_small: 'The amount is too small for Stripe: choose another way to pay.',
  amount_too_large: 'The amount is too large for Stripe: choose another way to pay.',
};
const DISCREET = new Set(['fraudulent', 'lost_card', 'stolen_card', 'pickup_card', 'merchant_blacklist']);

/** Why a try to pay failed, by Stripe's codes. */
export function paymentFailure(error: {
  code?: string | null | undefined;
  decline_code?: string | null | undefined;
}): Failure {
  const found = error.decline_code ?? error.code ?? null;
  const code = found !== null && DISCREET.has(found) ? 'generic_decline' : found;
  const message =
    SENTENCES[code ?? ''] ?? SENTENCES[error.code ?? ''] ?? 'The payment was declined. Try another way to pay.';
  return { code, message };
}

const REFUND_SENTENCES: Readonly<Record<string, string>> = {
  lost_or_stolen_card: 'The card was reported lost or stolen: refund it in another way.',
  expired_or_canceled_card: 'The card has expired or was closed: refund it in another way.',
  insufficient_funds: 'There is not enough money in the Stripe account.',
  charge_for_pending_refund_disputed: 'The payment was disputed before the refund was done.',
  charge_already_refunded: 'The payment was refunded already.',
  charge_disputed: 'The payment is disputed.',
};

/** Why a refund failed, by Stripe's code. */
export const refundFailure = (code: string | null): Failure => ({
  code,
  message: REFUND_SENTENCES[code ?? ''] ?? 'Stripe could not do this refund: see it in the Dashboard.',
});
