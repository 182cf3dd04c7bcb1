import type { Money } from '../money.ts';
import type { Fact } from '../state/fact.ts';

/** The values of PaymentProvider in the SDL. */
export const PAYMENT_PROVIDERS = ['SANDBOX', 'STRIPE', 'JAZZCASH', 'EASYPAISA'] as const;
export type ProviderName = (typeof PAYMENT_PROVIDERS)[number];

export const PAYMENT_METHODS = ['HOSTED', 'MOBILE_WALLET'] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

/** What a provider is told, and may remember, of an attempt to pay. */
export interface Attempt {
  readonly id: string;
  /** Ours, told to the provider before anything else: by it the attempt is found again when an answer is lost. */
  readonly reference: string;
  /** The provider's own; null until it gave one. */
  readonly providerReference: string | null;
  /** A second one, where the provider has two, such as Stripe's PaymentIntent beside its Checkout Session. */
  readonly secondReference: string | null;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly money: Money;
  readonly method: PaymentMethod;
  /** The payer's mobile account, where the method needs one. */
  readonly phoneNumber: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** What the adapter asked to be kept with it; nothing secret. */
  readonly details: Details;
}

/** Small texts that an adapter keeps with an attempt: a page's address, the times that it signed. */
export type Details = Readonly<Record<string, string>>;

/** What the payer's browser or the payer has to do next. */
export type NextAction =
  | { readonly kind: 'REDIRECT'; readonly url: string }
  | { readonly kind: 'FORM_POST'; readonly url: string; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'APPROVE_ON_PHONE'; readonly phoneNumber: string; readonly expiresAt: Date };

export interface RefundRequest {
  readonly id: string;
  readonly money: Money;
  readonly reason: string | null;
  /** The provider's own id of it; null until it gave one. */
  readonly providerReference: string | null;
  readonly createdAt: Date;
}

/** What a provider answered, in facts. References and details are kept with the attempt where they are given. */
export interface Answer {
  readonly facts: readonly Fact[];
  readonly reference?: string | null;
  readonly secondReference?: string | null;
  readonly details?: Details;
}

/**
 * Nobody knows whether the provider did what it was asked: no answer in time, a broken connection, a server's fault, an
 * answer that is not of the protocol or whose signature is wrong. Never a failure: it has to be asked, or the same call made again.
 */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
}

/** The provider certainly did nothing, for a reason that only an operator can put right: wrong credentials, a bad setting. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  /** The provider's code. */
  readonly code: string | null;

  constructor(message: string, code: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** By what a message names the payment that it is about: any of them. */
export interface PaymentLocator {
  readonly id?: string | null;
  readonly reference?: string | null;
  readonly providerReference?: string | null;
  readonly secondReference?: string | null;
}

/** What an adapter is given of an HTTP request: the exact bytes, before anything was parsed. */
export interface ProviderRequest {
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** A message whose sender is proven, as it is kept until it is done. */
export interface ProviderMessage {
  /** The same for a repeat: one message is kept once. At most 255 characters. */
  readonly key: string;
  readonly type: string;
  /** What `read` needs of it later; nothing secret and no personal data. */
  readonly payload: unknown;
}

export type Handled =
  /** The provider said something, and it is proven that it did: kept first, then answered, then done by a job. */
  | { readonly kind: 'MESSAGE'; readonly message: ProviderMessage; readonly answer: HttpAnswer }
  /** Anybody may have sent it. The payment that it names, where there is one, is asked about; nothing else follows. */
  | { readonly kind: 'HINT'; readonly payment: PaymentLocator; readonly answer: HttpAnswer }
  /** The payer's browser is back: the payment is asked about, and the browser sent on to the front end. */
  | { readonly kind: 'RETURN'; readonly payment: PaymentLocator }
  /** A step between, such as a page that posts a form by itself. */
  | { readonly kind: 'PAGE'; readonly answer: HttpAnswer }
  /** Forged, broken or too old: nothing is kept. The reason is for the log and names no secret. */
  | { readonly kind: 'REFUSED'; readonly reason: string; readonly answer: HttpAnswer };

export interface ProviderRoute {
  readonly method: 'GET' | 'POST';
  /** Such as `/webhooks/stripe`. */
  readonly path: string;
  handle(request: ProviderRequest): Handled | Promise<Handled>;
}

/** What a kept message says, once it is looked at. */
export interface Reading {
  /** Null where it is about no payment: then it is ignored. */
  readonly payment: PaymentLocator | null;
  readonly facts: readonly Fact[];
  readonly secondReference?: string | null;
  /** It says that something happened, but not enough: the provider is asked. */
  readonly ask?: boolean;
}

/**
 * One payment provider. Adapters know nothing of orders' states, of the database or of GraphQL; they turn the product's
 * words into the provider's and back. Every call has a time-out of its own, and throws UnknownOutcomeError or RefusedError
 * where it brings no verdict.
 */
export interface PaymentAdapter {
  readonly name: ProviderName;
  readonly methods: readonly PaymentMethod[];
  /**
   * How a refund is done. KEYED: the provider does each refund's id once, however often it is asked. UNKEYED: it can be asked
   * once, and a lost answer is settled by an admin. MANUAL: an admin does it at the provider's own site.
   */
  readonly refunds: 'KEYED' | 'UNKEYED' | 'MANUAL';
  readonly routes: readonly ProviderRoute[];

  /** Why this cannot be paid here, as a sentence for a person; null where it can: currency, smallest amount, divisibility. */
  refusal(money: Money, method: PaymentMethod): string | null;
  /** For a new attempt: unique, and not to be guessed from another one. At most 64 characters. */
  newReference(now: Date): string;
  /** When an attempt that begins now ends by itself, if nobody pays. */
  expiryOf(method: PaymentMethod, now: Date): Date;
  /**
   * Tells the provider. Made again with the same attempt it must not ask the payer twice: by the provider's idempotency key,
   * or because `start` only signs a form and calls nobody. A MOBILE_WALLET start may take a minute; it is called once.
   */
  start(attempt: Attempt): Promise<Answer>;
  /** What the payer has to do next, as long as the attempt is PENDING; null where nothing, or before `start` answered. */
  nextAction(attempt: Attempt): NextAction | null;
  /** Asks how it stands, its refunds included where the provider tells. `refunds` are those asked for here. */
  inquire(attempt: Attempt, refunds: readonly RefundRequest[]): Promise<Answer>;
  /**
   * Sees to it that it cannot be paid any more, where the provider can do that; otherwise null, and it is only called
   * canceled here. What was paid meanwhile is answered as such.
   */
  cancel(attempt: Attempt): Promise<Answer> | null;
  /** Gives back. Not called where `refunds` is MANUAL, or `refundsByHand`. */
  refund(attempt: Attempt, refund: RefundRequest): Promise<Answer>;
  /** Why a refund cannot be done as asked, as a sentence; null where it can: partial ones, several of them. */
  refundRefusal(attempt: Attempt, refund: { readonly money: Money; readonly captured: Money }): string | null;
  /** Whether this one can only be given back by an admin at the provider's own site, although `refunds` is not MANUAL. */
  refundsByHand?(attempt: Attempt): boolean;
  /** What a kept message says. May ask the provider for what the message leaves out. */
  read(message: ProviderMessage): Reading | Promise<Reading>;
  /**
   * When it is to be asked again, by how long ago the attempt began and how often it was asked; null: no more, it is over as
   * far as anybody can know. Also asked of attempts that were canceled here, because they may still succeed.
   */
  nextInquiry(attempt: Attempt, asked: number, now: Date): Date | null;
  /** Looks for messages that never arrived, where the provider keeps them. Called about once an hour. */
  undelivered?(): Promise<readonly ProviderMessage[]>;
}
