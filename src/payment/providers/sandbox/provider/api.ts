import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { AMOUNT_MAX, isCurrency } from '../../../money.ts';
import { checkoutsOfReference, createCheckout, findCheckout, lockCheckout } from './checkouts.ts';
import {
  json,
  problem,
  type SandboxAnswer,
  type SandboxParts,
  type SandboxReply,
  type SandboxRequest,
  withFault,
} from './exchange.ts';
import { undelivered } from './outbox.ts';
import { cancel } from './payer.ts';
import { refund } from './refunds.ts';
import { type Checkout, inTransaction, reading, type Sql } from './tables.ts';
import { refundView, viewOf } from './views.ts';

export const API_PREFIX = '/sandbox/api';

const Amount = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'has to be a whole number of the smallest unit as a text, such as "1050"')
  .transform(BigInt)
  .refine(amount => amount <= AMOUNT_MAX, `has to be at most ${AMOUNT_MAX}`);

const NewCheckout = z.strictObject({
  reference: z.string().min(1).max(64),
  description: z.string().max(200).default(''),
  amount: Amount,
  currency: z.string().refine(isCurrency, 'has to be a code of ISO 4217, such as USD'),
  method: z.enum(['HOSTED', 'MOBILE_WALLET']).default('HOSTED'),
  phone: z.string().max(20).nullable().default(null),
  returnUrl: z.url({ protocol: /^https?$/ }).max(2_000),
  expiresAt: z.iso.datetime({ offset: true }).transform(text => new Date(text)),
});

const NewRefund = z.strictObject({ amount: Amount, reason: z.string().max(500).nullable().default(null) });

/** The merchant's side: JSON, an API key, and idempotency keys for what is made. */
export async function answerApi(
  parts: SandboxParts & { readonly apiKey: string },
  request: SandboxRequest,
): Promise<SandboxAnswer> {
  if (!isEqual(request.headers.authorization ?? '', `Bearer ${parts.apiKey}`))
    return problem(401, 'Unauthorized', 'wrong_api_key', 'Send the API key as Authorization: Bearer ….');
  const path = request.url.pathname.slice(API_PREFIX.length);
  const [, id = '', below = ''] = /^\/checkouts\/([^/]+)(\/\w+)?$/.exec(path) ?? [];
  const asked = `${request.method} ${id === '' ? path : `/checkouts/ID${below}`}`;
  switch (asked) {
    case 'POST /checkouts':
      return withFault(parts, 'CREATE', () => create(parts, request));
    case 'GET /checkouts':
      return withFault(parts, 'RETRIEVE', () => list(parts, request));
    case 'GET /checkouts/ID':
      return withFault(parts, 'RETRIEVE', () => retrieve(parts, decoded(id)));
    case 'POST /checkouts/ID/cancel':
      return withFault(parts, 'CANCEL', () => cancelOne(parts, decoded(id)));
    case 'POST /checkouts/ID/refunds':
      return withFault(parts, 'REFUND', () => refundOne(parts, decoded(id), request));
    case 'GET /events':
      return json(200, { data: await undelivered(reading(parts.database)) });
    default:
      return problem(404, 'Not Found', 'no_such_path', `The sandbox has no ${request.method} ${request.url.pathname}.`);
  }
}

async function create(parts: SandboxParts, request: SandboxRequest): Promise<SandboxReply> {
  const key = keyOf(request);
  if (key === null) return KEY_MISSING;
  const body = read(NewCheckout, request.body);
  if ('fault' in body) return invalid(body.fault);
  return inTransaction(parts.database, async db => {
    const checkout = await createCheckout(db, { ...body.value, key }, parts.clock());
    return checkout ? json(201, await pageView(db, checkout, parts)) : KEY_REUSED;
  });
}

async function list(parts: SandboxParts, { url }: SandboxRequest): Promise<SandboxReply> {
  const reference = url.searchParams.get('reference');
  if (reference === null) return invalid('reference is missing: by it checkouts are found.');
  const db = reading(parts.database);
  const data = [];
  for (const checkout of await checkoutsOfReference(db, reference)) data.push(await pageView(db, checkout, parts));
  return json(200, { data });
}

async function retrieve(parts: SandboxParts, id: string): Promise<SandboxReply> {
  const db = reading(parts.database);
  const checkout = await findCheckout(db, id);
  return checkout ? json(200, await pageView(db, checkout, parts)) : NO_CHECKOUT;
}

const cancelOne = (parts: SandboxParts, id: string): Promise<SandboxReply> =>
  inTransaction(parts.database, async db => {
    const checkout = await lockCheckout(db, id);
    if (!checkout) return NO_CHECKOUT;
    return json(200, await pageView(db, await cancel(db, checkout, parts.clock()), parts));
  });

async function refundOne(parts: SandboxParts, checkoutId: string, request: SandboxRequest): Promise<SandboxReply> {
  const key = keyOf(request);
  if (key === null) return KEY_MISSING;
  const body = read(NewRefund, request.body);
  if ('fault' in body) return invalid(body.fault);
  return inTransaction(parts.database, async db => {
    const outcome = await refund(db, { ...body.value, checkoutId, key }, parts.clock());
    switch (outcome.kind) {
      case 'MADE':
        return json(201, refundView(outcome.refund, outcome.checkout));
      case 'NO_CHECKOUT':
        return NO_CHECKOUT;
      case 'KEY_REUSED':
        return KEY_REUSED;
      case 'NOT_PAID':
        return problem(
          422,
          'Unprocessable Content',
          'not_paid',
          'The checkout is not paid: there is nothing to give back.',
        );
      case 'TOO_MUCH':
        return problem(
          422,
          'Unprocessable Content',
          'too_much',
          'There is not so much left of the payment to give back.',
        );
    }
  });
}

const pageView = async (db: Sql, checkout: Checkout, { publicUrl }: SandboxParts) => ({
  ...(await viewOf(db, checkout)),
  url: `${publicUrl()}/sandbox/checkout/${checkout.id}`,
});

const NO_CHECKOUT = problem(404, 'Not Found', 'no_such_checkout', 'There is no such checkout.');
const KEY_MISSING = problem(400, 'Bad Request', 'key_missing', 'Send an Idempotency-Key of at most 255 characters.');
const KEY_REUSED = problem(409, 'Conflict', 'key_reused', 'The Idempotency-Key was used for something else.');
const invalid = (detail: string) => problem(400, 'Bad Request', 'invalid', detail);

function keyOf({ headers }: SandboxRequest): string | null {
  const key = headers['idempotency-key'] ?? '';
  return key.length > 0 && key.length <= 255 ? key : null;
}

/** Compared by their hashes, which are of one length and tell nothing by the time that it takes. */
const isEqual = (a: string, b: string): boolean => timingSafeEqual(hashed(a), hashed(b));
const hashed = (text: string): Buffer => createHash('sha256').update(text).digest();

function read<Schema extends z.ZodType>(
  schema: Schema,
  body: string,
): { readonly value: z.output<Schema> } | { readonly fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { fault: 'The body has to be JSON.' };
  }
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  return { fault: result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') };
}

/** A path that cannot be decoded names nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
