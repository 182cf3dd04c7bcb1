/** How this server is known to JazzCash, and where JazzCash is. */
export interface JazzCashSettings {
  readonly merchantId: string;
  /** Goes through the payer's browser with every hosted form: JazzCash asks for it there. It proves nothing. */
  readonly password: string;
  /** What all messages are signed with, in both directions. */
  readonly integritySalt: string;
  /** Allows refunds by this server; null: an admin makes them at JazzCash's portal. */
  readonly mpin: string | null;
  readonly urls: {
    readonly hosted: string;
    readonly wallet: string;
    readonly inquiry: string;
    readonly refund: string;
  };
  /** Where payers' browsers come back to: exactly what is registered at JazzCash, at most 200 characters. */
  readonly returnUrl: () => string;
  /** What payers can pay with on JazzCash's page: MPAY is cards, OTC vouchers, '' whatever they like. */
  readonly hostedType: HostedType;
  /** Null: no prompts on phones. 2.0 asks for the payer's CNIC, which is not ours to ask for: it is sent empty. */
  readonly walletVersion: '1.1' | '2.0' | null;
  /** Letters only. Null: not sent; one generation of JazzCash's servers calls the hash wrong without it. */
  readonly subMerchantName: string | null;
  /** Answers of 2.0 say the amount, and no success is believed without it. Those of 1.1 say none. */
  readonly inquiryVersion: '1.1' | '2.0';
  /** Whether JazzCash's contract with the merchant has them. */
  readonly partialRefunds: boolean;
  /** As what letters beyond ASCII are hashed; this server sends none. */
  readonly hashEncoding: 'utf8' | 'latin1';
  /** For a whole call. A wallet's answers once the payer has typed their PIN, or has not, within a minute. */
  readonly timeoutsMs: { readonly wallet: number; readonly others: number };
}

const HOSTED_TYPES = ['', 'MWALLET', 'MPAY', 'OTC'] as const;
type HostedType = (typeof HOSTED_TYPES)[number];

/** The settings of the environment that are about JazzCash; all of them may be missing. */
export type JazzCashEnvironment = { readonly [Name in JazzCashVariable]?: string | undefined } & {
  readonly NODE_ENV?: string | undefined;
};
export type JazzCashVariable = 'JAZZCASH_MPIN' | (typeof REQUIRED)[number] | keyof typeof DEFAULTS;

const REQUIRED = ['JAZZCASH_MERCHANT_ID', 'JAZZCASH_PASSWORD', 'JAZZCASH_INTEGRITY_SALT'] as const;

/** The oldest generation of JazzCash's servers, in its sandbox. Paths may also be whole addresses on another host. */
const DEFAULTS = {
  JAZZCASH_BASE_URL: 'https://sandbox.jazzcash.com.pk',
  JAZZCASH_HOSTED_PATH: '/CustomerPortal/transactionmanagement/merchantform/',
  /** By default that of the wallet's version. */
  JAZZCASH_WALLET_PATH: '',
  JAZZCASH_INQUIRY_PATH: '/ApplicationAPI/API/PaymentInquiry/Inquire',
  JAZZCASH_REFUND_PATH: '/ApplicationAPI/API/Purchase/domwalletrefundtransaction',
  JAZZCASH_HOSTED_TYPE: '',
  JAZZCASH_WALLET_VERSION: '1.1',
  JAZZCASH_SUB_MERCHANT_NAME: '',
  JAZZCASH_INQUIRY_VERSION: '2.0',
  JAZZCASH_PARTIAL_REFUNDS: 'on',
  JAZZCASH_HASH_ENCODING: 'utf8',
} as const;

const WALLET_PATHS = {
  '1.1': '/ApplicationAPI/API/Payment/DoTransaction',
  '2.0': '/ApplicationAPI/API/2.0/Purchase/DoMWalletTransaction',
};

/** Null where JazzCash is not set up. Of settings without faults only. */
export function jazzCashSettings(env: JazzCashEnvironment, publicUrl: () => string): JazzCashSettings | null {
  const { JAZZCASH_MERCHANT_ID: merchantId, JAZZCASH_PASSWORD: password, JAZZCASH_INTEGRITY_SALT: salt } = env;
  if (!merchantId || !password || !salt) return null;
  const version = valueIn(env, 'JAZZCASH_WALLET_VERSION');
  const walletVersion = version === '1.1' || version === '2.0' ? version : null;
  const walletPath = valueIn(env, 'JAZZCASH_WALLET_PATH') || WALLET_PATHS[walletVersion ?? '1.1'];
  return {
    merchantId,
    password,
    integritySalt: salt,
    mpin: env.JAZZCASH_MPIN || null,
    urls: {
      hosted: urlOf(env, valueIn(env, 'JAZZCASH_HOSTED_PATH')),
      wallet: urlOf(env, walletPath),
      inquiry: urlOf(env, valueIn(env, 'JAZZCASH_INQUIRY_PATH')),
      refund: urlOf(env, valueIn(env, 'JAZZCASH_REFUND_PATH')),
    },
    returnUrl: () => publicUrl() + RETURN_PATH,
    hostedType: HOSTED_TYPES.find(type => type === valueIn(env, 'JAZZCASH_HOSTED_TYPE')) ?? '',
    walletVersion,
    subMerchantName: valueIn(env, 'JAZZCASH_SUB_MERCHANT_NAME') || null,
    inquiryVersion: valueIn(env, 'JAZZCASH_INQUIRY_VERSION') === '1.1' ? '1.1' : '2.0',
    partialRefunds: valueIn(env, 'JAZZCASH_PARTIAL_REFUNDS') === 'on',
    hashEncoding: valueIn(env, 'JAZZCASH_HASH_ENCODING') === 'latin1' ? 'latin1' : 'utf8',
    timeoutsMs: { wallet: 70_000, others: 15_000 },
  };
}

/** Where payers come back to, below the server's public address. */
export const RETURN_PATH = '/payments/jazzcash/return';
export const IPN_PATH = '/webhooks/jazzcash';

const FORMS: readonly (readonly [variable: JazzCashVariable, form: RegExp, words: string])[] = [
  ['JAZZCASH_MERCHANT_ID', /^[A-Za-z0-9]{1,30}$/, 'letters and digits, such as MC00001'],
  // Three digits would be a response code, and the signature does not tell which field a value is of.
  ['JAZZCASH_PASSWORD', /^(?!\d{3}$)[!-%'-~]{1,100}$/, 'printable ASCII without "&" and blanks, and not three digits'],
  ['JAZZCASH_INTEGRITY_SALT', /^[!-~]{8,200}$/, 'at least 8 printable ASCII characters'],
  ['JAZZCASH_MPIN', /^\d{4}$/, 'four digits'],
  ['JAZZCASH_BASE_URL', /^https?:\/\/[^\s?#]+$/, 'an address such as https://sandbox.jazzcash.com.pk'],
  ['JAZZCASH_HOSTED_TYPE', /^(|MWALLET|MPAY|OTC)$/, 'MWALLET, MPAY, OTC or nothing'],
  ['JAZZCASH_WALLET_VERSION', /^(1\.1|2\.0|off)$/, '1.1, 2.0 or off'],
  ['JAZZCASH_SUB_MERCHANT_NAME', /^[A-Za-z]{0,100}$/, 'letters only'],
  ['JAZZCASH_INQUIRY_VERSION', /^(1\.1|2\.0)$/, '1.1 or 2.0'],
  ['JAZZCASH_PARTIAL_REFUNDS', /^(on|off)$/, '"on" or "off"'],
  ['JAZZCASH_HASH_ENCODING', /^(utf8|latin1)$/, 'utf8 or latin1'],
];
const PATHS = [
  'JAZZCASH_HOSTED_PATH',
  'JAZZCASH_WALLET_PATH',
  'JAZZCASH_INQUIRY_PATH',
  'JAZZCASH_REFUND_PATH',
] as const;

/** What is wrong with the settings, as sentences without their values. */
export function jazzCashFaults(env: JazzCashEnvironment): string[] {
  const missing = REQUIRED.filter(variable => !env[variable]);
  if (missing.length === REQUIRED.length) return [];
  const faults = missing.map(variable => `${variable} is missing: JazzCash needs ${REQUIRED.join(', ')}.`);
  for (const [variable, form, words] of FORMS)
    if (env[variable] && !form.test(env[variable])) faults.push(`${variable} has to be ${words}.`);
  for (const variable of PATHS)
    if (env[variable] && !/^(\/|https?:\/\/)[^\s?#]*$/.test(env[variable]))
      faults.push(`${variable} has to be a path such as /api/pay, or a whole address.`);
  if (env.NODE_ENV === 'production') faults.push(...productionFaults(env));
  return faults;
}

function productionFaults(env: JazzCashEnvironment): string[] {
  // Without it a live server would take the sandbox's word for payments that nobody made.
  if (!env.JAZZCASH_BASE_URL)
    return ['JAZZCASH_BASE_URL is missing: in production, JazzCash has to tell you your address; there is no default.'];
  return ['JAZZCASH_BASE_URL' as const, ...PATHS]
    .filter(variable => /^http:\/\/(?!(localhost|127\.0\.0\.1|\[::1\])[:/]?)/.test(env[variable] ?? ''))
    .map(variable => `${variable} has to begin with https:// in production.`);
}

const valueIn = (env: JazzCashEnvironment, variable: keyof typeof DEFAULTS): string =>
  env[variable] ?? DEFAULTS[variable];

const urlOf = (env: JazzCashEnvironment, path: string): string =>
  path.startsWith('/') ? valueIn(env, 'JAZZCASH_BASE_URL').replace(/\/+$/, '') + path : path;
