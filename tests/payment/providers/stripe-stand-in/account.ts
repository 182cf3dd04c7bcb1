import { ApiFault } from './api-answer.ts';
import type { Json } from './form.ts';
import {
  type ChargeObject,
  type DisputeObject,
  declined,
  type EventObject,
  type IntentObject,
  invalid,
  type Metadata,
  type RefundObject,
  required,
  type SessionObject,
  seconds,
  token,
} from './objects.ts';
import type { StripeSchema } from './schema.ts';

/** What a Stripe account holds, and what happens in it: by the API, by the payer, in the Dashboard, at the bank. */
export class StripeAccount {
  readonly sessions = new Map<string, SessionObject>();
  readonly intents = new Map<string, IntentObject>();
  readonly charges = new Map<string, ChargeObject>();
  readonly refunds = new Map<string, RefundObject>();
  readonly disputes = new Map<string, DisputeObject>();
  readonly events: EventObject[] = [];
  /** How often money was taken, by session. */
  readonly chargesBySession = new Map<string, number>();
  /** What a new refund is at first. */
  refundsBegin: 'succeeded' | 'pending' = 'succeeded';
  readonly #schema: StripeSchema;
  readonly #baseUrl: () => string;
  readonly #onEvent: (event: EventObject) => void;
  readonly #intentBySession = new Map<string, string>();
  readonly #intentMetadata = new Map<string, Metadata>();

  constructor(schema: StripeSchema, baseUrl: () => string, onEvent: (event: EventObject) => void) {
    this.#schema = schema;
    this.#baseUrl = baseUrl;
    this.#onEvent = onEvent;
  }

  createSession(parameters: Json): SessionObject {
    const { line_items, expires_at, metadata, payment_intent_data, success_url, cancel_url, client_reference_id } =
      parameters as {
        line_items: [{ quantity: number; price_data: { currency: string; unit_amount: number } }];
        payment_intent_data?: { metadata?: Metadata };
      } & Record<string, unknown>;
    const [{ quantity, price_data: price }] = line_items;
    const left = Number(expires_at) - seconds();
    if (left < 30 * 60 || left > 24 * 3600)
      throw invalid('expires_at', 'It has to be between 30 minutes and 24 hours from now.');
    const amount = quantity * price.unit_amount;
    if (amount < 50 && price.currency === 'usd')
      throw new ApiFault(400, { type: 'invalid_request_error', code: 'amount_too_small', message: 'At least $0.50.' });
    const id = `cs_test_${token(32)}`;
    const session = this.#make<SessionObject>('checkout.session', id, {
      amount_subtotal: amount,
      amount_total: amount,
      currency: price.currency,
      expires_at,
      metadata: metadata ?? {},
      client_reference_id: client_reference_id ?? null,
      success_url,
      cancel_url,
      payment_intent: null,
      status: 'open',
      payment_status: 'unpaid',
      url: `${this.#baseUrl()}/checkout/${id}`,
      currency_conversion: null,
    });
    this.#intentMetadata.set(id, payment_intent_data?.metadata ?? {});
    this.sessions.set(id, session);
    return session;
  }

  /** The payer pays, and the bank says yes at once. */
  pay(sessionId: string): void {
    const session = this.#open(sessionId);
    const intent = this.#intent(session, { status: 'succeeded', amount_received: session.amount_total });
    this.#complete(session, intent, 'paid');
    this.#charge(session, intent);
    this.#tell('payment_intent.succeeded', intent);
    this.#tell('checkout.session.completed', session);
  }

  /** The bank says no; the payer can try again. */
  decline(sessionId: string, declineCode = 'insufficient_funds'): void {
    const session = this.#open(sessionId);
    const intent = this.#intent(session, {
      status: 'requires_payment_method',
      last_payment_error: declined(declineCode),
    });
    this.#tell('payment_intent.payment_failed', intent);
  }

  /** The payer is done, and the bank takes its time: see settle. */
  payLater(sessionId: string): void {
    const session = this.#open(sessionId);
    const intent = this.#intent(session, { status: 'processing' });
    this.#complete(session, intent, 'unpaid');
    this.#tell('payment_intent.processing', intent);
    this.#tell('checkout.session.completed', session);
  }

  settle(sessionId: string, succeeded: boolean): void {
    const session = required(this.sessions, sessionId);
    const intent = required(this.intents, session.payment_intent ?? '');
    if (intent.status !== 'processing') throw new Error('It is not under way.');
    if (succeeded) {
      Object.assign(intent, { status: 'succeeded', amount_received: session.amount_total });
      session.payment_status = 'paid';
      this.#charge(session, intent);
    } else {
      Object.assign(intent, { status: 'requires_payment_method', last_payment_error: declined('insufficient_funds') });
    }
    this.#tell(succeeded ? 'payment_intent.succeeded' : 'payment_intent.payment_failed', intent);
    this.#tell(`checkout.session.async_payment_${succeeded ? 'succeeded' : 'failed'}`, session);
  }

  /** By the API, or because its time is over. */
  expire(sessionId: string): SessionObject {
    const session = required(this.sessions, sessionId);
    if (session.status !== 'open') throw invalid('session', 'Only open sessions can be expired.', false);
    Object.assign(session, { status: 'expired', url: null });
    this.#tell('checkout.session.expired', session);
    return session;
  }

  /** By the API, or in the Dashboard, which knows of no metadata. */
  refund(intentId: string, given?: number, metadata: Metadata = {}): RefundObject {
    const intent = required(this.intents, intentId, 'payment_intent');
    const charge = required(this.charges, intent.latest_charge, 'payment_intent');
    const left = charge.amount - this.#refunded(intentId);
    const amount = given ?? left;
    if (left === 0)
      throw new ApiFault(400, { type: 'invalid_request_error', code: 'charge_already_refunded', message: 'Refunded.' });
    if (amount > left) throw invalid('amount', 'The refund is greater than what is left.', false);
    const refund = this.#make<RefundObject>('refund', `re_${token(24)}`, {
      amount,
      currency: charge.currency,
      charge: charge.id,
      payment_intent: intentId,
      metadata,
      status: this.refundsBegin,
    });
    this.refunds.set(refund.id, refund);
    charge.amount_refunded = this.#refunded(intentId);
    charge.refunded = charge.amount_refunded === charge.amount;
    this.#tell('refund.created', refund);
    this.#tell('charge.refunded', charge);
    return refund;
  }

  /** What a bank does with it later, even after it succeeded. */
  finishRefund(refundId: string, status: 'succeeded' | 'failed' | 'canceled'): void {
    const refund = required(this.refunds, refundId);
    refund.status = status;
    if (status === 'failed') refund.failure_reason = 'expired_or_canceled_card';
    this.#tell('refund.updated', refund);
    if (status === 'failed') this.#tell('refund.failed', refund);
  }

  dispute(intentId: string, amount?: number): DisputeObject {
    const intent = required(this.intents, intentId);
    const charge = required(this.charges, intent.latest_charge);
    charge.disputed = true;
    const dispute = this.#make<DisputeObject>('dispute', `dp_${token(24)}`, {
      amount: amount ?? charge.amount,
      currency: charge.currency,
      charge: charge.id,
      payment_intent: intentId,
      status: 'needs_response',
    });
    this.disputes.set(dispute.id, dispute);
    this.#tell('charge.dispute.created', dispute);
    return dispute;
  }

  closeDispute(disputeId: string, status: 'won' | 'lost' | 'warning_closed'): void {
    const dispute = required(this.disputes, disputeId);
    dispute.status = status;
    this.#tell('charge.dispute.closed', dispute);
  }

  /** Something of another program at the same account. */
  tellOfStranger(type: string, object: string): void {
    this.#tell(
      type,
      this.#make(object, `${object}_${token(16)}`, { metadata: {}, payment_intent: null, transfer_data: null }),
    );
  }

  #open(sessionId: string): SessionObject {
    const session = required(this.sessions, sessionId);
    if (session.status !== 'open') throw new Error(`The session is ${session.status}.`);
    return session;
  }

  #intent(session: SessionObject, more: Json): IntentObject {
    const intent =
      this.intents.get(this.#intentBySession.get(session.id) ?? '') ??
      this.#make<IntentObject>('payment_intent', `pi_${token(24)}`, {
        transfer_data: null,
        next_action: null,
        amount: session.amount_total,
        amount_received: 0,
        currency: session.currency,
        latest_charge: null,
        metadata: this.#intentMetadata.get(session.id) ?? {},
        cancellation_reason: null,
        canceled_at: null,
      });
    Object.assign(intent, { last_payment_error: null, ...more });
    this.intents.set(intent.id, intent);
    this.#intentBySession.set(session.id, intent.id);
    return intent;
  }

  #complete(session: SessionObject, intent: IntentObject, paid: 'paid' | 'unpaid'): void {
    Object.assign(session, { status: 'complete', payment_status: paid, payment_intent: intent.id, url: null });
  }

  #charge(session: SessionObject, intent: IntentObject): void {
    const charge = this.#make<ChargeObject>('charge', `ch_${token(24)}`, {
      transfer_data: null,
      amount: intent.amount,
      amount_captured: intent.amount,
      captured: true,
      paid: true,
      currency: intent.currency,
      payment_intent: intent.id,
      status: 'succeeded',
    });
    intent.latest_charge = charge.id;
    this.charges.set(charge.id, charge);
    this.chargesBySession.set(session.id, (this.chargesBySession.get(session.id) ?? 0) + 1);
    this.#tell('charge.succeeded', charge);
  }

  #refunded(intentId: string): number {
    return [...this.refunds.values()]
      .filter(({ payment_intent: of, status }) => of === intentId && status !== 'failed' && status !== 'canceled')
      .reduce((sum, { amount }) => sum + amount, 0);
  }

  #make<Made extends Json>(object: string, id: string, more: Json): Made {
    return { ...this.#schema.example(object), id, created: seconds(), livemode: false, ...more } as Json as Made;
  }

  #tell(type: string, object: Json): void {
    const event = this.#make<EventObject>('event', `evt_${token(24)}`, {
      type,
      api_version: '2026-10-28.endive',
      pending_webhooks: 1,
      data: { object: structuredClone(object) },
    });
    this.events.push(event);
    this.#onEvent(event);
  }
}
