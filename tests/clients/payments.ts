import type { Session, UserError } from './session.ts';

/** What the payer's browser has to do next. */
export type PaymentAction =
  | { readonly __typename: 'RedirectAction'; readonly url: string }
  | { readonly __typename: 'FormPostAction'; readonly url: string; readonly fields: Readonly<Record<string, string>> }
  | { readonly __typename: 'ApproveOnPhoneAction'; readonly phoneNumber: string; readonly expiresAt: string };

export interface Payment {
  readonly id: string;
  readonly status: 'CREATED' | 'PENDING' | 'EXPIRED' | 'CANCELED' | 'FAILED' | 'SUCCEEDED' | 'REVERSED';
  readonly nextAction: PaymentAction | null;
  /** A sentence for the payer. */
  readonly failureMessage: string | null;
  readonly order: { readonly id: string; readonly number: string; readonly status: string };
}

/** What was wrong, as sentences for the payer; nothing was changed. */
export class PaymentRefusedError extends Error {
  readonly userErrors: readonly UserError[];

  constructor(userErrors: readonly UserError[]) {
    super(userErrors.map(({ message }) => message).join(' '));
    this.name = 'PaymentRefusedError';
    this.userErrors = userErrors;
  }
}

const ERRORS = 'userErrors { code message path }';
const PAYMENT = `payment {
  id status failureMessage order { id number status }
  nextAction {
    __typename
    ... on RedirectAction { url }
    ... on FormPostAction { url fields }
    ... on ApproveOnPhoneAction { phoneNumber expiresAt }
  }
}`;
const PLACE = `mutation ($input: PlaceOrderInput!) {
  payload: placeOrder(input: $input) { order { id number total { formatted } } ${ERRORS} }
}`;
const START = `mutation ($input: StartPaymentInput!) { payload: startPayment(input: $input) { ${PAYMENT} ${ERRORS} } }`;
const SYNC = `mutation ($id: ID!) { payload: syncPayment(id: $id) { ${PAYMENT} ${ERRORS} } }`;

export interface PaymentsOptions {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  readonly session: Session;
  /** The first pause between two looks at a payment under way, in milliseconds. The server asks providers every three seconds. */
  readonly everyMs?: number;
}

export interface PlacedOrder {
  readonly id: string;
  readonly number: string;
  readonly total: { readonly formatted: string };
}

/** Places an order and pays for it. */
export class Payments {
  readonly #url: string;
  readonly #session: Session;
  readonly #everyMs: number;

  constructor({ url, session, everyMs = 3_000 }: PaymentsOptions) {
    this.#url = url;
    this.#session = session;
    this.#everyMs = everyMs;
  }

  /** `idempotencyKey` is made with the basket and kept until it is answered: the same one gives the same order. */
  async placeOrder(input: {
    readonly lines: readonly { readonly sku: string; readonly quantity?: number }[];
    readonly currency: string;
    readonly idempotencyKey: string;
  }): Promise<PlacedOrder> {
    const { order, userErrors } = await this.#ask<{ order: PlacedOrder | null }>(PLACE, { input });
    if (!order) throw new PaymentRefusedError(userErrors);
    return order;
  }

  /**
   * Begins to pay: `follow` the answer's nextAction. Where the provider does not answer it is asked again, with the same key.
   * Throws PaymentRefusedError where the payer has to choose another way, or has to be told that the order is over.
   */
  async start(input: {
    readonly orderId: string;
    readonly provider: string;
    readonly returnUrl: string;
    readonly idempotencyKey: string;
    readonly method?: 'HOSTED' | 'MOBILE_WALLET';
    readonly phoneNumber?: string;
  }): Promise<Payment> {
    for (let tries = 1; ; tries += 1) {
      const { payment, userErrors } = await this.#ask<{ payment: Payment | null }>(START, { input });
      if (payment && userErrors.length === 0) return payment;
      if (tries === 3 || !userErrors.some(({ code }) => code === 'PROVIDER_UNAVAILABLE'))
        throw new PaymentRefusedError(userErrors);
      await pause(this.#everyMs * tries);
    }
  }

  /**
   * The payment once it is over, however it ended. For the page that the payer comes back to, and while a prompt on the phone
   * is open. `show` is given what is known at each look. Rejects when the signal says so: the payment may succeed all the same.
   */
  async settled(id: string, signal: AbortSignal, show: (payment: Payment) => void = () => {}): Promise<Payment> {
    for (let looks = 1; ; looks += 1) {
      const { payment, userErrors } = await this.#ask<{ payment: Payment | null }>(SYNC, { id });
      if (payment) show(payment);
      // What the server does not know yet is no failure.
      if (payment && payment.status !== 'CREATED' && payment.status !== 'PENDING') return payment;
      if (userErrors.some(({ code }) => code !== 'PROVIDER_UNAVAILABLE')) throw new PaymentRefusedError(userErrors);
      await pause(Math.min(this.#everyMs * looks, 30_000), signal);
    }
  }

  async #ask<Payload>(query: string, variables: object): Promise<Payload & { userErrors: readonly UserError[] }> {
    const answer = await this.#session.fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await answer.json()) as {
      data?: { payload: Payload & { userErrors: readonly UserError[] } } | null;
      errors?: { message: string }[];
    };
    if (!data) throw new Error(errors?.map(({ message }) => message).join(' ') ?? `HTTP ${answer.status}`);
    return data.payload;
  }
}

/** What `follow` needs of the page; the README has it for a browser. */
export interface PaymentPage {
  go(url: string): void;
  /** As a form that the browser posts: the payer leaves the page. The fields are signed: as they are, and no others. */
  post(url: string, fields: Readonly<Record<string, string>>): void;
  /** Says that the payer has to confirm on this phone, until this time. */
  awaitApproval(phoneNumber: string, until: Date): void;
}

/** Does what the payer has to do next. Where it is null there is nothing to do but to wait for `settled`. */
export function follow(action: PaymentAction | null, page: PaymentPage): void {
  if (action?.__typename === 'RedirectAction') page.go(action.url);
  if (action?.__typename === 'FormPostAction') page.post(action.url, action.fields);
  if (action?.__typename === 'ApproveOnPhoneAction') page.awaitApproval(action.phoneNumber, new Date(action.expiresAt));
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
