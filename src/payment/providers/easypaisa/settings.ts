import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { HostedDecimals } from './amounts.ts';

/** How this server is known to EasyPaisa, and where EasyPaisa is. */
export interface EasyPaisaSettings {
  readonly storeId: string;
  /** For merchantHashedReq, which EasyPaisa's page asks for. */
  readonly hashKey: string;
  /** For the calls. */
  readonly username: string;
  readonly password: string;
  /** The merchant's own EasyPaisa account: inquiries name it. */
  readonly accountNumber: string;
  /** Told with prompts as the payer's address, which is not ours to pass on; null: none is told. */
  readonly email: string | null;
  /** Null: REST v4, whose calls nobody signs. */
  readonly keys: {
    readonly privateKey: KeyObject;
    /** EasyPaisa's. */
    readonly publicKey: KeyObject;
  } | null;
  readonly urls: {
    readonly hosted: string;
    readonly confirm: string;
    readonly wallet: string;
    readonly inquiry: string;
  };
  /** Where EasyPaisa's page sends the payer's browser with an auth_token, and where at the end. */
  readonly returnUrl: () => string;
  readonly doneUrl: () => string;
  /** How payers can pay on EasyPaisa's page; '': as they like. */
  readonly hostedMethod: HostedMethod;
  readonly hostedDecimals: HostedDecimals;
  /** For a whole call. A prompt is answered once the payer has typed their PIN, or has not, within a minute. */
  readonly timeoutsMs: { readonly wallet: number; readonly inquiry: number };
}

export const HOSTED_METHODS = [
  '',
  'OTC_PAYMENT_METHOD',
  'MA_PAYMENT_METHOD',
  'CC_PAYMENT_METHOD',
  'QR_PAYMENT_METHOD',
] as const;
type HostedMethod = (typeof HOSTED_METHODS)[number];

/** The settings of the environment that are about EasyPaisa; all of them may be missing. */
export type EasyPaisaEnvironment = { readonly [Name in EasyPaisaVariable]?: string | undefined } & {
  readonly NODE_ENV?: string | undefined;
};
export type EasyPaisaVariable = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number] | keyof typeof DEFAULTS;

/** Without these there is no EasyPaisa. */
export const REQUIRED = [
  'EASYPAISA_STORE_ID',
  'EASYPAISA_HASH_KEY',
  'EASYPAISA_USERNAME',
  'EASYPAISA_PASSWORD',
  'EASYPAISA_ACCOUNT_NUMBER',
] as const;

/** For REST v5. */
export const KEYS = ['EASYPAISA_PRIVATE_KEY', 'EASYPAISA_PUBLIC_KEY'] as const;
const OPTIONAL = ['EASYPAISA_EMAIL', ...KEYS] as const;

/** EasyPaisa's staging servers. Paths may also be whole addresses on another host. */
const DEFAULTS = {
  EASYPAISA_BASE_URL: 'https://easypaystg.easypaisa.com.pk',
  EASYPAISA_HOSTED_PATH: '/easypay/Index.jsf',
  EASYPAISA_CONFIRM_PATH: '/easypay/Confirm.jsf',
  /** Without the version, which is that of EASYPAISA_API. */
  EASYPAISA_REST_PATH: '/easypay-service/rest',
  EASYPAISA_API: 'v4',
  EASYPAISA_HOSTED_METHOD: '',
  EASYPAISA_HOSTED_DECIMALS: '1',
} as const;

/** Below the server's public address. */
export const RETURN_PATH = '/payments/easypaisa/return';
export const CONFIRM_SCRIPT_PATH = '/payments/easypaisa/confirm.js';
export const DONE_PATH = '/payments/easypaisa/done';
export const IPN_PATH = '/webhooks/easypaisa';

/** Null where EasyPaisa is not set up. Of settings without faults only. */
export function easyPaisaSettings(env: EasyPaisaEnvironment, publicUrl: () => string): EasyPaisaSettings | null {
  const { EASYPAISA_STORE_ID: storeId, EASYPAISA_HASH_KEY: hashKey, EASYPAISA_ACCOUNT_NUMBER: accountNumber } = env;
  const { EASYPAISA_USERNAME: username, EASYPAISA_PASSWORD: password } = env;
  if (!storeId || !hashKey || !accountNumber || !username || !password) return null;
  const rest = `${urlOf(env, 'EASYPAISA_REST_PATH')}/${valueIn(env, 'EASYPAISA_API')}`;
  return {
    storeId,
    hashKey,
    username,
    password,
    accountNumber,
    email: env.EASYPAISA_EMAIL || null,
    keys:
      valueIn(env, 'EASYPAISA_API') === 'v5'
        ? {
            privateKey: createPrivateKey(pemOf(env.EASYPAISA_PRIVATE_KEY)),
            publicKey: createPublicKey(pemOf(env.EASYPAISA_PUBLIC_KEY)),
          }
        : null,
    urls: {
      hosted: urlOf(env, 'EASYPAISA_HOSTED_PATH'),
      confirm: urlOf(env, 'EASYPAISA_CONFIRM_PATH'),
      wallet: `${rest}/initiate-ma-transaction`,
      inquiry: `${rest}/inquire-transaction`,
    },
    returnUrl: () => publicUrl() + RETURN_PATH,
    doneUrl: () => publicUrl() + DONE_PATH,
    hostedMethod: HOSTED_METHODS.find(method => method === valueIn(env, 'EASYPAISA_HOSTED_METHOD')) ?? '',
    hostedDecimals: valueIn(env, 'EASYPAISA_HOSTED_DECIMALS') === '2' ? 2 : 1,
    timeoutsMs: { wallet: 70_000, inquiry: 15_000 },
  };
}

const valueIn = (env: EasyPaisaEnvironment, variable: keyof typeof DEFAULTS): string =>
  env[variable] || DEFAULTS[variable];

function urlOf(env: EasyPaisaEnvironment, variable: keyof typeof DEFAULTS): string {
  const path = valueIn(env, variable).replace(/\/+$/, '');
  return path.startsWith('/') ? valueIn(env, 'EASYPAISA_BASE_URL').replace(/\/+$/, '') + path : path;
}

/** A line of an environment can write line breaks as `\n`. */
export const pemOf = (text = ''): string => text.replaceAll('\\n', '\n');
