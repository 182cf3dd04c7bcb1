import Stripe from 'stripe';
import { RefusedError, UnknownOutcomeError } from '../provider.ts';
import type { StripeSettings } from './settings.ts';

/**
 * The version of the API that all of this is written for. The webhook endpoint at Stripe has to be made with the same one: an
 * event is rendered in the endpoint's version. To go to another one, change both, and the library with them.
 */
export const API_VERSION = '2026-10-28.endive';

/** Two tries and the pause between them end before a mutation's own time does (OPERATION_TIMEOUT_MS, 20 seconds). */
const TIMEOUT_MS = 9_000;
const RETRIES = 1;

/** A page of a hundred events is far below it. */
const ANSWER_MAX_BYTES = 4 * 1024 * 1024;

export interface StripeClientOptions {
  /** For each try of a call, in milliseconds. Default: 9,000. */
  readonly timeoutMs?: number;
}

export function makeStripe(settings: StripeSettings, { timeoutMs = TIMEOUT_MS }: StripeClientOptions = {}): Stripe {
  const { hostname, port, protocol } = new URL(settings.apiBase);
  const isPlain = protocol === 'http:';
  return new Stripe(settings.secretKey, {
    apiVersion: API_VERSION,
    maxNetworkRetries: RETRIES,
    timeout: timeoutMs,
    telemetry: false,
    host: hostname,
    port: port || (isPlain ? '80' : '443'),
    protocol: isPlain ? 'http' : 'https',
    httpClient: Stripe.createFetchHttpClient(boundedFetch),
  });
}

/** Follows nobody elsewhere with the secret key, and reads no answer without an end. */
const boundedFetch: typeof fetch = async (input, init) => {
  const answer = await fetch(input, { ...init, redirect: 'error' });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_MAX_BYTES) throw new Error('The answer is too large.');
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks), { status: answer.status, headers: answer.headers });
};

/** Stripe certainly did not do it, and says why: something about this very payment or refund. */
export class DeclinedError extends Error {
  override readonly name = 'DeclinedError';
  readonly code: string | null;
  /** The name of the parameter that is wrong. */
  readonly param: string | null;

  constructor(code: string | null, param: string | null, options?: ErrorOptions) {
    super(`Stripe declined: ${code ?? param ?? 'no code'}.`, options);
    this.code = code;
    this.param = param;
  }
}

/** Stripe failed, keeps that failure under the idempotency key, and will say the same as long as it keeps the key. */
export class ReplayedFailureError extends UnknownOutcomeError {}

/** An answer of the API's, as far as `schema` looks at it. */
interface Shape<T> {
  parse(value: unknown): T;
}

/**
 * Makes a call and looks at its answer. Throws DeclinedError where the call's own subject is refused, RefusedError where the
 * key or its rights are, and UnknownOutcomeError wherever Stripe may have done it all the same. None of them has Stripe's own
 * words, which can hold a part of the key or of the payer's data.
 */
export async function callStripe<T>(shape: Shape<T>, call: () => Promise<unknown>): Promise<T> {
  const answer = await call().catch((error: unknown) => {
    throw errorOf(error);
  });
  try {
    return shape.parse(answer);
  } catch {
    throw new UnknownOutcomeError('The answer of Stripe is not what its API describes.');
  }
}

function errorOf(error: unknown): Error {
  const { errors } = Stripe;
  if (!(error instanceof errors.StripeError)) return new UnknownOutcomeError('Stripe could not be asked.');
  const { statusCode, code = null, param = null, requestId, headers } = error;
  const where = `status ${statusCode ?? 'none'}, code ${code ?? 'none'}, request ${requestId ?? 'unknown'}`;
  if (error instanceof errors.StripeAuthenticationError || error instanceof errors.StripePermissionError)
    return new RefusedError(`Stripe refuses STRIPE_SECRET_KEY or its rights (${where}).`, code);
  if (error instanceof errors.StripeInvalidRequestError || error instanceof errors.StripeCardError)
    return code === 'resource_missing'
      ? new RefusedError(`Stripe does not know what this key should have made (${where}).`, code)
      : new DeclinedError(code, param);
  const isReplayed = headers?.['idempotent-replayed'] === 'true' && (statusCode ?? 0) >= 500;
  return isReplayed
    ? new ReplayedFailureError(`Stripe failed, and keeps the failure (${where}).`)
    : new UnknownOutcomeError(`Stripe did not say how it ended (${where}).`);
}
