import { createHmac } from 'node:crypto';
import { expect, onTestFinished } from 'vitest';
import {
  CREDENTIALS as EASYPAISA,
  ENVIRONMENT as EASYPAISA_SETTINGS,
} from '../payment/providers/easypaisa-attempts.ts';
import { type EasyPaisaStandIn, startEasyPaisaStandIn } from '../payment/providers/easypaisa-stand-in.ts';
import { CREDENTIALS as JAZZCASH, ENVIRONMENT as JAZZCASH_SETTINGS } from '../payment/providers/jazzcash-attempts.ts';
import { type JazzCashStandIn, startJazzCashStandIn } from '../payment/providers/jazzcash-stand-in.ts';
import type { StartOptions } from './app.ts';
import { type StripeShop, startStripeShop } from './shop.ts';

export interface ProviderShop extends StripeShop {
  readonly jazzCash: JazzCashStandIn;
  readonly easyPaisa: EasyPaisaStandIn;
}

/** A shop that takes all three, from stand-ins whose messages go nowhere of themselves: a test delivers them. */
export async function startProviderShop({ settings = {}, ...options }: StartOptions = {}): Promise<ProviderShop> {
  const jazzCash = await startJazzCashStandIn({ ...JAZZCASH, signature: signatureByHand });
  const easyPaisa = await startEasyPaisaStandIn(EASYPAISA);
  onTestFinished(() => {
    expect([...jazzCash.state.rejected, ...easyPaisa.state.rejected], 'what a provider would not have taken').toEqual(
      [],
    );
  });
  const shop = await startStripeShop({
    ...options,
    settings: {
      ...given(JAZZCASH_SETTINGS),
      JAZZCASH_BASE_URL: jazzCash.url,
      ...given(EASYPAISA_SETTINGS),
      EASYPAISA_BASE_URL: easyPaisa.url,
      ...settings,
    },
  });
  await shop.stripe.control({ do: 'hold' });
  return {
    ...shop,
    jazzCash,
    easyPaisa,
    async [Symbol.asyncDispose]() {
      await shop[Symbol.asyncDispose]();
      await Promise.all([jazzCash.close(), easyPaisa.close()]);
    },
  };
}

const given = (settings: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

/** As openssl does it, which other tests hold the adapter against, without a process for each of thousands of messages. */
export const signatureByHand = async (fields: Readonly<Record<string, string>>, salt: string): Promise<string> =>
  createHmac('sha256', salt)
    .update(
      [
        salt,
        ...Object.keys(fields)
          .filter(name => name.slice(0, 2).toLowerCase() === 'pp' && name !== 'pp_SecureHash' && fields[name])
          .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
          .map(name => fields[name]),
      ].join('&'),
    )
    .digest('hex')
    .toUpperCase();

/** Posts a form as a browser does, and follows nowhere. */
export const postForm = (url: string, fields: Readonly<Record<string, string>>): Promise<Response> =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

export const postJson = (url: string, value: unknown, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof value === 'string' ? value : JSON.stringify(value),
  });
