export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ApiErrorBody {
  readonly type: string;
  readonly code?: string;
  readonly param?: string;
  readonly message: string;
  readonly decline_code?: string;
}

export const apiError = (status: number, error: ApiErrorBody): ApiAnswer => ({
  status,
  body: { error },
  headers: status >= 500 ? { 'stripe-should-retry': 'false' } : {},
});

export const apiAnswer = (body: unknown): ApiAnswer => ({ status: 200, body, headers: {} });

/** Stops an operation with an error of the API. */
export class ApiFault extends Error {
  readonly answer: ApiAnswer;
  /** Refused before any work: not kept under the idempotency key. */
  readonly isInvalid: boolean;

  constructor(status: number, error: ApiErrorBody, isInvalid = false) {
    super(error.message);
    this.answer = apiError(status, error);
    this.isInvalid = isInvalid;
  }
}
