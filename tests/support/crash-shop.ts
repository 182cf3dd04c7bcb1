import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CREDENTIALS } from '../payment/providers/jazzcash-attempts.ts';
import { type JazzCashStandIn, startJazzCashStandIn } from '../payment/providers/jazzcash-stand-in.ts';
import { type StripeStandIn, startStripeStandIn } from '../payment/providers/stripe-stand-in.ts';
import { PASSWORD, TEST_SECRET } from './app.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { differences } from './provider-truth.ts';
import { createDataFolder, type ServerProcess, startServer } from './server-process.ts';
import { RETURN_URL } from './shop.ts';
import { makeStops, type Stops } from './stops.ts';
import { until } from './wait.ts';

// biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its query
export type Node = any;

/** The server was killed before it answered, or an earlier one was and left the key behind: nobody knows what was done. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** A mutation as it is sent: repeated as it was. */
export interface Call {
  readonly field: keyof typeof SELECTIONS;
  readonly input: object;
  readonly admin?: boolean;
}

/** A shop whose server is a process that can be killed, and whose providers outlive it and count. */
export interface CrashShop extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly stripe: StripeStandIn;
  readonly jazzCash: JazzCashStandIn;
  readonly stops: Stops;
  /** How often a server was started. */
  readonly starts: () => number;
  /** Throws NoAnswerError. */
  send(call: Call): Promise<Node>;
  /** A new order. */
  order(currency?: 'USD' | 'PKR'): Promise<Node>;
  start(): Promise<void>;
  /** kill -9. Once it is back, the database has forgotten the server: what it had not committed is undone. */
  kill(): Promise<void>;
  /** Makes due what would be due later. */
  hurry(): Promise<void>;
  /** What servers logged as errors. */
  errors(): string[];
}

/** As often as work is looked for is often enough. */
const HURRY_MS = 500;
const PATIENCE_MS = 60_000;

const PAYMENT = 'payment { id status provider providerReference refundableAmount { amount } }';
const SELECTIONS = {
  placeOrder: ['PlaceOrderInput', 'order { id status }'],
  startPayment: ['StartPaymentInput', PAYMENT],
  syncPayment: [null, PAYMENT],
  cancelPayment: [null, PAYMENT],
  refundPayment: ['RefundPaymentInput', 'refund { id status needsManual amount { amount } }'],
  resolveRefund: ['ResolveRefundInput', 'refund { id status }'],
} as const;

export async function openCrashShop(): Promise<CrashShop> {
  const folder = await createDataFolder();
  const database = await createTestDatabase();
  const stops = await makeStops(database);
  const stripe = await startStripeStandIn();
  const jazzCash = await startJazzCashStandIn(CREDENTIALS);
  const settings = {
    DATABASE_URL: database.url,
    DATABASE_POOL_MAX: '30',
    JWT_SECRETS: TEST_SECRET,
    ACCESS_TOKEN_TTL_SECONDS: '86400',
    // Sessions at Stripe have it in their parameters, and the port is another one at each start.
    PUBLIC_URL: 'https://shop.example',
    SANDBOX_PAYMENTS: 'off',
    LOG_LEVEL: 'error',
    // Most of a start is compiling.
    NODE_COMPILE_CACHE: join(folder.path, 'compiled'),
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_WEBHOOK_SECRETS: stripe.webhookSecret,
    STRIPE_API_BASE: stripe.url,
    JAZZCASH_MERCHANT_ID: CREDENTIALS.merchantId,
    JAZZCASH_PASSWORD: CREDENTIALS.password,
    JAZZCASH_INTEGRITY_SALT: CREDENTIALS.integritySalt,
    JAZZCASH_MPIN: CREDENTIALS.mpin,
    JAZZCASH_BASE_URL: jazzCash.url,
  };
  const servers: ServerProcess[] = [];
  const [tokens, keys] = [{ buyer: '', admin: '' }, { last: 0 }];

  async function execute(query: string, variables: object, token: string): Promise<Node> {
    const answer = await fetch(`${servers.at(-1)?.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    }).catch(noAnswer);
    const { data, errors = [] } = (await answer.json().catch(noAnswer)) as Node;
    if (errors.some((error: Node) => error.extensions.code === 'IDEMPOTENCY_IN_PROGRESS'))
      return noAnswer('in progress');
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return data;
  }

  async function signUp(username: string): Promise<void> {
    const input = { email: `${username}@example.com`, username, password: PASSWORD };
    await execute('mutation ($input: SignUpInput!) { signUp(input: $input) { user { id } } }', { input }, '');
    if (username === 'admin') await database.query(`update users set role = 'ADMIN' where username = 'admin'`);
  }

  async function logIn(login: string): Promise<string> {
    const query = 'mutation ($input: LogInInput!) { logIn(input: $input) { accessToken } }';
    return (await execute(query, { input: { login, password: PASSWORD } }, '')).logIn.accessToken;
  }

  async function send({ field, input, admin = false }: Call): Promise<Node> {
    const [type, selection] = SELECTIONS[field];
    const [given, argument] = type ? [`$input: ${type}!`, 'input: $input'] : ['$id: ID!', 'id: $id'];
    const query = `mutation (${given}) { ${field}(${argument}) { ${selection} userErrors { code path message } } }`;
    const data = await execute(query, type ? { input } : input, admin ? tokens.admin : tokens.buyer);
    const payload = data[field];
    // It says so itself: nothing is paid twice by trying again.
    return payload.userErrors.some((error: Node) => error.code === 'PROVIDER_UNAVAILABLE')
      ? noAnswer('the provider did not answer')
      : payload;
  }

  async function start(): Promise<void> {
    const server = await startServer(folder, settings);
    servers.push(server);
    await stripe.control({ do: 'webhooks', url: `${server.url}/webhooks/stripe` });
    await jazzCash.control({ ipnUrl: `${server.url}/webhooks/jazzcash` });
    if (tokens.admin) return;
    for (const username of ['buyer', 'admin']) await signUp(username);
    Object.assign(tokens, { buyer: await logIn('buyer'), admin: await logIn('admin') });
    // What was compiled is kept where a process ends in order.
    server.kill('SIGTERM');
    await server.exited;
    await start();
  }

  const isForgotten = async () => {
    const rows = await database.query(
      `select 1 from pg_stat_activity where datname = current_database() and application_name like 'duely%'`,
    );
    return rows.length === 0;
  };

  return {
    database,
    stripe,
    jazzCash,
    stops,
    starts: () => servers.length,
    send,
    async order(currency = 'USD') {
      keys.last += 1;
      const input = { lines: [{ sku: 'pro-30-days', quantity: 1 }], currency, idempotencyKey: `order ${keys.last}` };
      return (await send({ field: 'placeOrder', input })).order;
    },
    start,
    async kill() {
      const server = servers.at(-1);
      server?.kill('SIGKILL');
      await server?.exited;
      await stops.clear();
      await until('the database has forgotten the server', isForgotten);
      // As the jobs do with those of a process that was not heard of for half a minute.
      await database.query(`update pgboss.job set state = 'retry', start_after = now() where state = 'active'`);
      // As a minute later: whose process is gone can be claimed anew.
      await database.query(
        `update idempotency_keys set claimed_at = claimed_at - interval '1 minute' where outcome is null`,
      );
    },
    async hurry() {
      await database.query(`update payments set next_inquiry_at = now() where next_inquiry_at is not null`);
      await database.query(
        `update pgboss.job set start_after = now() where state in ('created', 'retry') and start_after > now()`,
      );
    },
    errors: () =>
      servers
        .flatMap(server => `${server.stdout()}${server.stderr()}`.split('\n'))
        .filter(line => line.startsWith('{')),
    async [Symbol.asyncDispose]() {
      await servers.at(-1)?.[Symbol.asyncDispose]();
      await stripe.close();
      await jazzCash.close();
      await database[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function noAnswer(reason: unknown): never {
  throw new NoAnswerError('There was no answer that says how it ended.', { cause: reason });
}

export const startOf = (orderId: string, key: string, more: object = {}): Call => ({
  field: 'startPayment',
  input: { orderId, provider: 'STRIPE', returnUrl: RETURN_URL, idempotencyKey: key, ...more },
});

/** All of it unless told. */
export const refundOf = (paymentId: string, key: string, amount?: number): Call => ({
  field: 'refundPayment',
  input: { paymentId, idempotencyKey: key, ...(amount === undefined ? {} : { amount }) },
  admin: true,
});

/** Where, once jobs and inquiries have done what they can, what is known here is still not what happened at the providers. */
export async function differencesLeft(shop: CrashShop): Promise<string[]> {
  let left: string[] = [];
  const isTrue = async () => {
    await shop.hurry();
    await sleep(HURRY_MS);
    left = await differences(shop);
    return left.length === 0;
  };
  await until('all that is known is true', isTrue, PATIENCE_MS).catch(() => {});
  return left;
}
