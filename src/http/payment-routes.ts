import type { IncomingMessage, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import { forkFor } from '../change/transact.ts';
import { Payment } from '../payment/payment.entity.ts';
import type { Payments } from '../payment/payments.ts';
import type {
  Handled,
  HttpAnswer,
  PaymentAdapter,
  PaymentLocator,
  ProviderRoute,
} from '../payment/providers/provider.ts';
import type { Database } from '../platform/database.ts';
import { toGlobalId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import { readBytes } from './body.ts';
import { sendProblem } from './problem.ts';
import type { Route } from './route.ts';

export interface PaymentRouteOptions {
  readonly payments: Payments;
  readonly database: Database;
  readonly logger: Logger;
}

interface Following extends PaymentRouteOptions {
  readonly refusals: Refusals;
}

/** No provider's message is near to it. */
const BODY_MAX_BYTES = 64 * 1024;
/** A payer who comes back waits so long for the provider's word; what comes later reaches the front end by its subscription. */
const RETURN_PATIENCE_MS = 2_500;

/** Whoever sends forged messages by the thousand must not fill a disk with what is logged of them. */
class Refusals {
  readonly #told = new LRUCache<string, true>({ max: REASONS_MAX, ttl: TOLD_EVERY_MS });

  tell(logger: Logger, provider: string, reason: string): void {
    const key = `${provider} ${reason}`;
    if (this.#told.has(key)) return;
    this.#told.set(key, true);
    logger.warn(
      { provider, reason },
      'a message of a payment provider was refused; more for this reason are only counted',
    );
  }
}

const REASONS_MAX = 1_000;
const TOLD_EVERY_MS = 60_000;

/** Where providers send their messages, and payers' browsers come back. Nobody is signed in there: the messages prove themselves. */
export function paymentRoutes(options: PaymentRouteOptions): [path: string, route: Route][] {
  const following = { ...options, refusals: new Refusals() };
  return [...options.payments.adapters.values()].flatMap(adapter => {
    const byPath = Map.groupBy(adapter.routes, route => route.path);
    return [...byPath].map(([path, routes]): [string, Route] => [
      path,
      (request, response) => answer(request, response, adapter, routes, following),
    ]);
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  adapter: PaymentAdapter,
  routes: readonly ProviderRoute[],
  options: Following,
): Promise<void> {
  const route = routes.find(({ method }) => method === request.method);
  if (!route) {
    const methods = routes.map(({ method }) => method).join(', ');
    response.setHeader('Allow', methods);
    return sendProblem(response, 405, 'Method Not Allowed', `This address takes ${methods}, not ${request.method}.`);
  }
  const body = await readBytes(request, BODY_MAX_BYTES);
  if (body === null) {
    response.setHeader('Connection', 'close');
    return sendProblem(response, 413, 'Content Too Large', `A message has at most ${BODY_MAX_BYTES} bytes.`);
  }
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  await follow(response, adapter, await route.handle({ query: searchParams, headers, body }), options);
}

async function follow(
  response: ServerResponse,
  { name }: PaymentAdapter,
  handled: Handled,
  { payments, database, logger, refusals }: Following,
): Promise<void> {
  switch (handled.kind) {
    case 'MESSAGE':
      // Where this fails the provider is told so, and sends it again.
      await payments.inbox.keep(name, handled.message);
      return send(response, handled.answer);
    case 'HINT':
      await payments.inbox.hint(name, handled.payment);
      return send(response, handled.answer);
    case 'PAGE':
      return send(response, handled.answer);
    case 'RETURN':
      return sendBack(response, name, handled.payment, { payments, database });
    case 'REFUSED':
      payments.metrics.message(name, 'REFUSED');
      refusals.tell(logger, name, handled.reason);
      return send(response, handled.answer);
  }
}

/** 303, because a browser that came by POST has to go on by GET (RFC 9110, section 15.4.4). */
async function sendBack(
  response: ServerResponse,
  provider: PaymentAdapter['name'],
  locator: PaymentLocator,
  { payments, database }: Pick<Following, 'payments' | 'database'>,
): Promise<void> {
  const paymentId = await payments.inbox.hint(provider, locator);
  if (paymentId) await payments.calls.askWithin(paymentId, RETURN_PATIENCE_MS);
  const payment =
    paymentId && (await forkFor(database, null).findOne(Payment, { id: paymentId }, { filters: { owner: false } }));
  if (!payment)
    return sendProblem(
      response,
      404,
      'Not Found',
      'There is no such payment here. Go back to the shop and look at your order.',
    );
  // Frozen when the attempt began, and of an allowed origin: nothing of the request decides where the browser goes.
  const back = new URL(payment.returnUrl);
  back.searchParams.set('payment', toGlobalId('payment', payment.id));
  back.searchParams.set('status', payment.status);
  response.writeHead(303, { Location: back.href, 'Cache-Control': 'no-store' }).end();
}

function send(response: ServerResponse, { status, contentType, body }: HttpAnswer): void {
  response.writeHead(status, { 'Content-Type': contentType, 'Cache-Control': 'no-store' });
  response.end(body);
}
