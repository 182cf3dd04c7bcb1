/** What a person using the app can put right; the values of UserErrorCode in the SDL. */
export const USER_ERROR_CODES = [
  'INVALID',
  'TAKEN',
  'NOT_FOUND',
  'CONFLICT',
  'WRONG_CREDENTIALS',
  'EXPIRED',
  'LIMIT_REACHED',
  'NOT_ALLOWED',
  'PAYMENT_DECLINED',
  'PROVIDER_UNAVAILABLE',
] as const;
export type UserErrorCode = (typeof USER_ERROR_CODES)[number];

export interface UserErrorDetail {
  readonly code: UserErrorCode;
  /** A sentence to show to a person. */
  readonly message: string;
  /** Where the input was wrong; empty where no one field is to blame. */
  readonly path: readonly string[];
}

/**
 * Thrown in a mutation: its transaction is rolled back and the details become the payload's userErrors.
 * Several at once where several fields are wrong.
 */
export class UserInputError extends Error {
  readonly details: readonly UserErrorDetail[];

  constructor(code: UserErrorCode, path: readonly string[], message: string);
  constructor(details: readonly UserErrorDetail[]);
  constructor(
    first: UserErrorCode | readonly UserErrorDetail[],
    path: readonly string[] = [],
    message = 'The input is not valid.',
  ) {
    const details = typeof first === 'string' ? [{ code: first, path, message }] : first;
    super(details[0]?.message ?? message);
    this.name = 'UserInputError';
    this.details = details;
  }
}

/**
 * What a developer or an operator has to put right. The closed list of `extensions.code`; the README explains each, and a
 * test holds the two together. `status` is the HTTP status where the error is all that the answer has.
 */
export const ERROR_CODES = {
  UNAUTHENTICATED: { status: 401 },
  FORBIDDEN: { status: 403 },
  RATE_LIMITED: { status: 429 },
  BAD_REQUEST: { status: 400 },
  TOO_COMPLEX: { status: 400 },
  IDEMPOTENCY_MISMATCH: { status: 422 },
  IDEMPOTENCY_IN_PROGRESS: { status: 409 },
  CURSOR_EXPIRED: { status: 410 },
  UNAVAILABLE: { status: 503 },
  INTERNAL: { status: 500 },
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

/** Why there is no viewer: the `reason` of UNAUTHENTICATED. */
export const AUTHENTICATION_FAILURES = ['MISSING', 'EXPIRED', 'INVALID', 'REVOKED'] as const;
export type AuthenticationFailure = (typeof AUTHENTICATION_FAILURES)[number];

/** An error whose message and extensions are meant for the caller. Anything else that is thrown is masked as INTERNAL. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, extensions: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ApiError';
    this.code = code;
    this.extensions = { code, ...extensions };
  }
}

const AUTHENTICATION_MESSAGES: Record<AuthenticationFailure, string> = {
  MISSING: 'Sign in first: send an access token as "Authorization: Bearer …".',
  EXPIRED: 'The access token has expired: get a new one by refreshSession.',
  INVALID: 'The access token is not valid: log in again.',
  REVOKED: 'The session has ended: log in again.',
};

export const unauthenticated = (reason: AuthenticationFailure, message = AUTHENTICATION_MESSAGES[reason]): ApiError =>
  new ApiError('UNAUTHENTICATED', message, { reason });

/** A fault of set-up, for the operator: printed without a stack, and the process ends with 1. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
