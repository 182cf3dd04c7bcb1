import { ApiError } from '../errors.ts';

export interface Limit {
  /** In printable ASCII, without quotes or backslashes: it goes into a header as it is. */
  readonly name: string;
  readonly max: number;
  readonly windowSeconds: number;
}

/** What RATE_LIMITED tells in its extensions, beside the code. */
export interface Refusal {
  /** Whole seconds, at least 1. */
  readonly retryAfterSeconds: number;
  readonly limit: Limit;
}

export function rateLimited({ name, max, windowSeconds }: Limit, remainingMs: number): ApiError {
  const retryAfterSeconds = Math.max(1, Math.ceil(remainingMs / 1000));
  const refusal: Refusal = { retryAfterSeconds, limit: { name, max, windowSeconds } };
  return new ApiError(
    'RATE_LIMITED',
    `Too many attempts: ${max} in ${windowSeconds} seconds are allowed. Try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}.`,
    { ...refusal },
  );
}
