import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { isHashKey } from './merchant-hash.ts';
import {
  type EasyPaisaEnvironment,
  type EasyPaisaVariable,
  HOSTED_METHODS,
  KEYS,
  pemOf,
  REQUIRED,
} from './settings.ts';

const FORMS: readonly (readonly [variable: EasyPaisaVariable, isFit: (text: string) => boolean, words: string])[] = [
  ['EASYPAISA_STORE_ID', text => /^\d{1,20}$/.test(text), 'digits, such as 28'],
  ['EASYPAISA_HASH_KEY', isHashKey, '16, 24 or 32 characters'],
  // Name and password are told with a colon between.
  ['EASYPAISA_USERNAME', text => /^[!-9;-~]{1,100}$/.test(text), 'printable ASCII without ":" and blanks'],
  ['EASYPAISA_PASSWORD', text => /^[!-~]{1,100}$/.test(text), 'printable ASCII without blanks'],
  ['EASYPAISA_ACCOUNT_NUMBER', text => /^[A-Za-z0-9]{1,30}$/.test(text), 'letters and digits'],
  ['EASYPAISA_EMAIL', text => /^[^\s<>@]+@[^\s<>@]+$/.test(text), 'an address such as payments@example.com'],
  ['EASYPAISA_BASE_URL', isBase, 'an address without a path, such as https://easypaystg.easypaisa.com.pk'],
  ['EASYPAISA_HOSTED_PATH', isPath, 'a path such as /easypay/Index.jsf, or a whole address'],
  ['EASYPAISA_CONFIRM_PATH', isPath, 'a path such as /easypay/Confirm.jsf, or a whole address'],
  ['EASYPAISA_REST_PATH', isPath, 'a path such as /easypay-service/rest, or a whole address'],
  ['EASYPAISA_API', text => /^v[45]$/.test(text), 'v4 or v5'],
  [
    'EASYPAISA_HOSTED_METHOD',
    text => HOSTED_METHODS.some(method => method === text),
    `one of ${HOSTED_METHODS.filter(method => method !== '').join(', ')}, or nothing`,
  ],
  ['EASYPAISA_HOSTED_DECIMALS', text => /^[12]$/.test(text), '1 or 2'],
  ['EASYPAISA_PRIVATE_KEY', text => isRsaKey(text, createPrivateKey), 'a private RSA key as PEM, 2048 bits or more'],
  ['EASYPAISA_PUBLIC_KEY', text => isRsaKey(text, createPublicKey), "EasyPaisa's public RSA key as PEM"],
];
const URLS = ['EASYPAISA_BASE_URL', 'EASYPAISA_HOSTED_PATH', 'EASYPAISA_CONFIRM_PATH', 'EASYPAISA_REST_PATH'] as const;

/** What is wrong with the settings, as sentences without their values. */
export function easyPaisaFaults(env: EasyPaisaEnvironment): string[] {
  const missing = REQUIRED.filter(variable => !env[variable]);
  if (missing.length === REQUIRED.length) return [];
  const faults = missing.map(variable => `${variable} is missing: EasyPaisa needs ${REQUIRED.join(', ')}.`);
  for (const [variable, isFit, words] of FORMS)
    if (env[variable] && !isFit(env[variable])) faults.push(`${variable} has to be ${words}.`);
  if (env.EASYPAISA_API === 'v5')
    faults.push(
      ...KEYS.filter(key => !env[key]).map(key => `${key} is missing: with EASYPAISA_API=v5, calls are signed.`),
    );
  if (env.NODE_ENV === 'production') faults.push(...productionFaults(env));
  return faults;
}

function productionFaults(env: EasyPaisaEnvironment): string[] {
  // Without it a live server would take the staging servers' word for payments that nobody made.
  if (!env.EASYPAISA_BASE_URL)
    return ['EASYPAISA_BASE_URL is missing: in production it has to be set, such as https://easypay.easypaisa.com.pk'];
  return URLS.filter(variable => isUnprotected(env[variable] ?? '')).map(
    variable => `${variable} has to begin with https:// in production.`,
  );
}

function isBase(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { pathname, search, hash, username, password } = new URL(text);
  return pathname === '/' && search + hash + username + password === '';
}

function isPath(text: string): boolean {
  return /^\/[^\s?#]*$/.test(text) || (/^https?:\/\/[^\s?#@]+$/.test(text) && URL.canParse(text));
}

/** Whoever can change what is sent on its way can say what was paid. */
function isUnprotected(text: string): boolean {
  if (text.startsWith('/') || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol !== 'https:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

function isRsaKey(text: string, read: (pem: string) => KeyObject): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = read(pemOf(text));
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  } catch {
    return false;
  }
}
