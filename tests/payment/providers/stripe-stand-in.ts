import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StripeAccount } from './stripe-stand-in/account.ts';
import { type ApiAnswer, ApiFault, apiError } from './stripe-stand-in/api-answer.ts';
import { checkoutPage } from './stripe-stand-in/checkout-page.ts';
import { obey, type StripeCommand, type StripeCounts } from './stripe-stand-in/control.ts';
import { type ApiFaultPlan, FaultPlans } from './stripe-stand-in/faults.ts';
import { parseForm } from './stripe-stand-in/form.ts';
import { IdempotencyKeys } from './stripe-stand-in/idempotency.ts';
import { sendMisbehaving } from './stripe-stand-in/misbehaviour.ts';
import { makeOperations } from './stripe-stand-in/operations.ts';
import { loadStripeSchema } from './stripe-stand-in/schema.ts';
import { Webhooks } from './stripe-stand-in/webhooks.ts';

export interface StripeStandInOptions {
  /** 0: any free one, which is the default. */
  readonly port?: number;
  readonly secretKey?: string;
  readonly webhookSecret?: string;
  /** Where messages go; null, which is the default: nowhere, until it is told. */
  readonly webhookUrl?: string | null;
}

export interface StripeStandIn extends AsyncDisposable {
  readonly url: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
  readonly account: StripeAccount;
  readonly counts: StripeCounts;
  control(command: StripeCommand): Promise<unknown>;
  close(): Promise<void>;
}

const API_VERSION = '2026-10-28.endive';

/**
 * A server that speaks as much of Stripe's API as the product uses, on loopback. What it is asked and what it answers is held
 * against Stripe's own description; its state and its counts are its own, and outlive the server that is tested.
 */
export async function startStripeStandIn(options: StripeStandInOptions = {}): Promise<StripeStandIn> {
  const { secretKey = 'sk_test_standin0000000000', webhookSecret = 'whsec_standin0000000000' } = options;
  const schema = loadStripeSchema();
  const violations: string[] = [];
  const calls: Record<string, number> = {};
  const faults = new FaultPlans();
  const keys = new IdempotencyKeys();
  const webhooks = new Webhooks({
    url: options.webhookUrl ?? null,
    secret: webhookSecret,
    isHolding: false,
    copies: 1,
  });
  let url = '';
  const account = new StripeAccount(
    schema,
    () => url,
    event => {
      const { object } = event.data.object as { object: string };
      for (const [name, value] of [['event', event] as const, [object, event.data.object] as const]) {
        const fault = schema.faultOf(name, value);
        if (fault) violations.push(`message ${event.type}: ${fault}`);
      }
      webhooks.announce(event);
    },
  );
  const operations = makeOperations(schema, account, webhooks);
  let gate = Promise.withResolvers<void>();
  let held = 0;

  const controlled = {
    account,
    webhooks,
    faults,
    keys,
    release: () => {
      gate.resolve();
      gate = Promise.withResolvers<void>();
    },
  };
  const counts = (): StripeCounts => ({
    charges: Object.fromEntries(account.chargesBySession),
    sessionsByKey: Object.fromEntries(operations.madeByKey('checkout.session')),
    refundsByKey: Object.fromEntries(operations.madeByKey('refund')),
    refundedTotal: [...account.refunds.values()]
      .filter(({ status }) => status !== 'failed' && status !== 'canceled')
      .reduce((sum, { amount }) => sum + amount, 0),
    calls: { ...calls },
    faultsLeft: faults.left,
    held,
    violations: [...violations],
  });

  async function answerApi(request: IncomingMessage, response: ServerResponse, target: URL, body: string) {
    const found = operations.find(request.method ?? '', target.pathname);
    if (!found) return send(response, apiError(404, { type: 'invalid_request_error', message: 'No such route.' }));
    const call = found.call;
    calls[call] = (calls[call] ?? 0) + 1;
    if (request.headers.authorization !== `Bearer ${secretKey}`)
      return send(
        response,
        apiError(401, { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_****0000' }),
      );
    if (request.headers['stripe-version'] !== API_VERSION)
      return send(response, apiError(400, { type: 'invalid_request_error', message: 'Another API version.' }));

    const parameters = parseForm(request.method === 'POST' ? body : target.search.slice(1));
    const key = request.method === 'POST' ? String(request.headers['idempotency-key'] ?? '') : '';
    const replay = key
      ? keys.claim(key, `${target.pathname} ${[...new URLSearchParams(body)].sort().join('&')}`)
      : null;
    const fault = faults.take(call, replay !== null);
    if (replay) {
      if (!fault || fault.how === 'FAIL' || fault.how === 'HOLD') return send(response, replay);
      return sendMisbehaving(response, fault.how, replay);
    }
    if (fault?.how === 'HOLD') {
      held += 1;
      await gate.promise;
      held -= 1;
    }
    // Whoever gave up meanwhile is answered by nobody, but the work is done.
    const isDone = !fault || fault.done || fault.how === 'HOLD';
    const answer = isDone ? perform(found.run, key, parameters) : null;
    const failure = fault?.how === 'FAIL' ? failureOf(fault) : null;
    const kept = failure && fault?.kept !== false ? failure : answer;
    if (kept) keys.keep(key, kept);
    else keys.release(key);
    if (fault && fault.how !== 'HOLD' && fault.how !== 'FAIL') return sendMisbehaving(response, fault.how, answer);
    return send(response, failure ?? answer ?? NOTHING);
  }

  function perform(run: (parameters: object, key: string) => ApiAnswer, key: string, parameters: object) {
    try {
      return run(parameters, key);
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      if (error.isInvalid) keys.release(key);
      return error.answer;
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      violations.push(String(error));
      if (!response.headersSent) send(response, apiError(500, { type: 'api_error', message: 'The stand-in failed.' }));
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const target = new URL(request.url ?? '/', url);
    if (target.pathname.startsWith('/v1/')) return answerApi(request, response, target, body);
    if (target.pathname.startsWith('/checkout/')) return checkoutPage(account, request, response, target, body);
    if (target.pathname === '/elsewhere') violations.push('The secret key went elsewhere with a redirect.');
    if (target.pathname !== '/__control') return send(response, { status: 404, body: {}, headers: {} });
    if (request.method === 'GET') return send(response, { status: 200, body: stateOf(), headers: {} });
    const given = JSON.parse(body) as StripeCommand | StripeCommand[];
    const results: unknown[] = [];
    for (const command of [given].flat()) results.push((await obey(controlled, command)) ?? null);
    return send(response, { status: 200, body: Array.isArray(given) ? results : results[0], headers: {} });
  }

  const stateOf = () => ({
    ...counts(),
    sessions: [...account.sessions.values()],
    refunds: [...account.refunds.values()],
    disputes: [...account.disputes.values()],
    events: account.events.map(({ id, type }) => ({ id, type, delivered: webhooks.delivered.has(id) })),
  });

  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    await webhooks.close();
    controlled.release();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return {
    url,
    secretKey,
    webhookSecret,
    account,
    close,
    get counts() {
      return counts();
    },
    control: command => obey(controlled, command),
    [Symbol.asyncDispose]: close,
  };
}

const NOTHING = apiError(500, { type: 'api_error', message: 'Nothing was done.' });

const failureOf = ({ status = 500, code, param }: ApiFaultPlan): ApiAnswer =>
  apiError(status, {
    type: status >= 500 ? 'api_error' : 'invalid_request_error',
    message: 'As it was told.',
    ...(code && { code }),
    ...(param && { param }),
  });

function send(response: ServerResponse, { status, body, headers }: ApiAnswer): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'Content-Type': 'application/json', 'Request-Id': 'req_standin', ...headers });
  response.end(JSON.stringify(body));
}
