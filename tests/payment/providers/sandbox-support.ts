import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Attempt, PaymentAdapter } from '../../../src/payment/providers/provider.ts';
import { makeSandboxAdapter } from '../../../src/payment/providers/sandbox/adapter.ts';
import { sandboxSecrets } from '../../../src/payment/providers/sandbox/signature.ts';
import { newId } from '../../../src/platform/ids.ts';
import { type StartOptions, startApp, TEST_SECRET, type TestApp } from '../../support/app.ts';
import { type Shop, startShop } from '../../support/shop.ts';
import { until } from '../../support/wait.ts';

// biome-ignore lint/suspicious/noExplicitAny: the sandbox's own JSON, of which each test reads what it is about
type Json = any;

export const SECRETS = sandboxSecrets(TEST_SECRET);

/** HMAC-SHA256 by another implementation than the server's. */
export const macByOpenssl = (secret: string, text: string): string =>
  execFileSync('openssl', ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `key:${secret}`, '-r'], { input: text })
    .toString()
    .slice(0, 64);

export interface Control {
  /** Answers with the state; fails where the command was refused. */
  control(command: object): Promise<Json>;
  state(): Promise<Json>;
  /** A click on the payer's page. */
  act(checkoutId: string, action: string): Promise<Response>;
  checkout(id: string): Promise<Json>;
}

export function controlOf(url: string): Control {
  const send = async (command: object) =>
    fetch(`${url}/sandbox/control.json`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(command),
    });
  const state = async () => (await fetch(`${url}/sandbox/control.json`)).json() as Promise<Json>;
  return {
    state,
    async control(command) {
      const response = await send(command);
      const body: Json = await response.json();
      expect(body).not.toHaveProperty('detail');
      return body;
    },
    act: (id, action) =>
      fetch(`${url}/sandbox/checkout/${id}`, {
        method: 'POST',
        body: new URLSearchParams({ action }),
        redirect: 'manual',
      }),
    checkout: async id => (await state()).checkouts.find((one: Json) => one.id === id),
  };
}

export interface SandboxShop extends Shop, Control {
  /** A payment of a new order by the sandbox, under way. */
  pay(input?: object): Promise<Json>;
}

/** A server that takes payments by its sandbox, and does its jobs. */
export async function startSandboxShop(options: StartOptions = {}): Promise<SandboxShop> {
  // Tests set the clock forward by hours, over which the buyer stays signed in.
  const settings = { ACCESS_TOKEN_TTL_SECONDS: '86400', ...options.settings };
  const shop = await startShop({ ...options, settings });
  return {
    ...shop,
    ...controlOf(shop.url),
    async pay(input = {}) {
      const order = await shop.order();
      const { payment, userErrors } = await shop.start(order.id, { provider: 'SANDBOX', ...input });
      expect(userErrors).toEqual([]);
      // A prompt on a phone is begun in the background.
      await until('it has begun', async () => (await shop.payment(payment.id)).nextAction !== null);
      return shop.payment(payment.id);
    },
    [Symbol.asyncDispose]: () => shop[Symbol.asyncDispose](),
  };
}

export interface AdapterApp extends TestApp, Control {
  readonly adapter: PaymentAdapter;
}

/** The adapter by itself, and the provider in a server that does no jobs: nothing happens but what the test does. */
export async function startAdapterApp({ timeoutMs = 5_000, apiKey = SECRETS.apiKey } = {}): Promise<AdapterApp> {
  const app = await startApp();
  const base = () => app.url;
  const adapter = makeSandboxAdapter({
    secrets: { ...SECRETS, apiKey },
    baseUrl: base,
    publicUrl: base,
    now: () => new Date(),
    timeoutMs,
  });
  return { ...app, ...controlOf(app.url), adapter, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

export function attemptOf(adapter: PaymentAdapter, options: Partial<Attempt> = {}): Attempt {
  const now = new Date();
  const method = options.method ?? 'HOSTED';
  return {
    id: newId(),
    reference: adapter.newReference(now),
    providerReference: null,
    secondReference: null,
    orderId: randomUUID(),
    orderNumber: 'D2345',
    money: { amount: 1050n, currency: 'USD' },
    method,
    phoneNumber: method === 'MOBILE_WALLET' ? '03001234567' : null,
    createdAt: now,
    expiresAt: adapter.expiryOf(method, now),
    details: {},
    ...options,
  };
}

/** As it is kept after `start`. */
export async function started(adapter: PaymentAdapter, options: Partial<Attempt> = {}): Promise<Attempt> {
  const attempt = attemptOf(adapter, options);
  const { reference, details } = await adapter.start(attempt);
  return { ...attempt, providerReference: reference ?? null, details: details ?? {} };
}

export const idOf = ({ providerReference }: { providerReference: string | null }): string => {
  if (providerReference === null) throw new Error('The sandbox has given no id.');
  return providerReference;
};
