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

const tooManyCalls = ({ max, windowSeconds }: Limit) =>
  `Too many attempts: ${max} in ${windowSeconds} seconds are allowed.`;

/** `reason` is a sentence, behind which it says when to try again. */
export function rateLimited(
  { name, max, windowSeconds }: Limit,
  remainingMs: number,
  reason = tooManyCalls({ name, max, windowSeconds }),
): ApiError {
  const retryAfterSeconds = Math.max(1, Math.ceil(remainingMs / 1000));
  const refusal: Refusal = { retryAfterSeconds, limit: { name, max, windowSeconds } };
  return new ApiError(
    'RATE_LIMITED',
    `${reason} Try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}.`,
    { ...refusal },
  );
}
