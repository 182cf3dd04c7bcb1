import { easyPaisaAdapter } from '../../../src/payment/providers/easypaisa/easypaisa.ts';
import { newReference } from '../../../src/payment/providers/easypaisa/reference.ts';
import {
  type EasyPaisaEnvironment,
  type EasyPaisaSettings,
  easyPaisaSettings,
} from '../../../src/payment/providers/easypaisa/settings.ts';
import type { Attempt, HttpAnswer, PaymentAdapter, ProviderRequest } from '../../../src/payment/providers/provider.ts';
import { type EasyPaisaStandIn, type EasyPaisaStandInOptions, startEasyPaisaStandIn } from './easypaisa-stand-in.ts';
import { rupeeAttempt } from './wallet-attempts.ts';

export const CREDENTIALS: EasyPaisaStandInOptions = {
  storeId: '43',
  hashKey: '0123456789ABCDEF',
  username: 'apiuser',
  password: 'apipass',
  accountNumber: '20055',
};

export const ENVIRONMENT: EasyPaisaEnvironment = {
  EASYPAISA_STORE_ID: CREDENTIALS.storeId,
  EASYPAISA_HASH_KEY: CREDENTIALS.hashKey,
  EASYPAISA_USERNAME: CREDENTIALS.username,
  EASYPAISA_PASSWORD: CREDENTIALS.password,
  EASYPAISA_ACCOUNT_NUMBER: CREDENTIALS.accountNumber,
};

export const SHOP_URL = 'https://shop.example';

/** As the environment's settings would be, with short time-outs. */
export function settingsWith(
  env: EasyPaisaEnvironment = {},
  timeoutsMs: EasyPaisaSettings['timeoutsMs'] = { wallet: 10_000, inquiry: 10_000 },
): EasyPaisaSettings {
  const settings = easyPaisaSettings({ ...ENVIRONMENT, ...env }, () => SHOP_URL);
  if (!settings) throw new Error('EasyPaisa is not set up.');
  return { ...settings, timeoutsMs };
}

/** A stand-in, and an adapter that is set up for it. */
export async function startEasyPaisa(
  env: EasyPaisaEnvironment = {},
  options: Partial<EasyPaisaStandInOptions> = {},
  timeoutsMs?: EasyPaisaSettings['timeoutsMs'],
): Promise<{ standIn: EasyPaisaStandIn; adapter: PaymentAdapter } & AsyncDisposable> {
  const standIn = await startEasyPaisaStandIn({ ...CREDENTIALS, ...options });
  const adapter = easyPaisaAdapter(settingsWith({ EASYPAISA_BASE_URL: standIn.url, ...env }, timeoutsMs));
  return { standIn, adapter, [Symbol.asyncDispose]: () => standIn.close() };
}

export const attemptOf = (given: Partial<Attempt> = {}): Attempt => rupeeAttempt(newReference, given);

export const promptOf = (given: Partial<Attempt> = {}): Attempt => attemptOf({ method: 'MOBILE_WALLET', ...given });

/** What a browser, or EasyPaisa, gets of the adapter's route at this address. */
export async function visit(adapter: PaymentAdapter, address: string) {
  const { pathname, searchParams } = new URL(address, SHOP_URL);
  const route = adapter.routes.find(({ method, path }) => method === 'GET' && path === pathname);
  if (!route) throw new Error(`There is no route ${pathname}.`);
  const request: ProviderRequest = { query: searchParams, headers: {}, body: Buffer.alloc(0) };
  return route.handle(request);
}

/** The fields of the form that a page has, and where it posts them. */
export function formIn({ body }: Pick<HttpAnswer, 'body'>) {
  const texts = (pattern: RegExp) => [...body.matchAll(pattern)].map(found => found.slice(1).map(plain));
  return {
    action: texts(/<form method="post" action="([^"]*)"/g)[0]?.[0] ?? '',
    fields: Object.fromEntries(texts(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)) as Record<string, string>,
  };
}

const plain = (text: string): string => text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(+code));

/** Posts a form as a browser does, and follows nowhere. */
export async function post(url: string, fields: Readonly<Record<string, string>>) {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  return { status: answer.status, body: await answer.text(), location: answer.headers.get('location') ?? '' };
}
