import type { EasyPaisaVariable } from '../payment/providers/easypaisa/settings.ts';
import type { JazzCashVariable } from '../payment/providers/jazzcash/settings.ts';
import { STRIPE_API_BASE, type StripeEnvironment } from '../payment/providers/stripe/settings.ts';
import type { Check, Finding } from '../platform/doctor/check.ts';

type PaymentSetting = Exclude<keyof StripeEnvironment, 'NODE_ENV'> | JazzCashVariable | EasyPaisaVariable;

/** Every setting of the payment providers. */
export const PAYMENT_SETTINGS = Object.keys({
  STRIPE_SECRET_KEY: true,
  STRIPE_WEBHOOK_SECRETS: true,
  STRIPE_API_BASE: true,
  JAZZCASH_MERCHANT_ID: true,
  JAZZCASH_PASSWORD: true,
  JAZZCASH_INTEGRITY_SALT: true,
  JAZZCASH_MPIN: true,
  JAZZCASH_BASE_URL: true,
  JAZZCASH_HOSTED_PATH: true,
  JAZZCASH_WALLET_PATH: true,
  JAZZCASH_INQUIRY_PATH: true,
  JAZZCASH_REFUND_PATH: true,
  JAZZCASH_HOSTED_TYPE: true,
  JAZZCASH_WALLET_VERSION: true,
  JAZZCASH_SUB_MERCHANT_NAME: true,
  JAZZCASH_INQUIRY_VERSION: true,
  JAZZCASH_PARTIAL_REFUNDS: true,
  JAZZCASH_HASH_ENCODING: true,
  EASYPAISA_STORE_ID: true,
  EASYPAISA_HASH_KEY: true,
  EASYPAISA_USERNAME: true,
  EASYPAISA_PASSWORD: true,
  EASYPAISA_ACCOUNT_NUMBER: true,
  EASYPAISA_EMAIL: true,
  EASYPAISA_PRIVATE_KEY: true,
  EASYPAISA_PUBLIC_KEY: true,
  EASYPAISA_BASE_URL: true,
  EASYPAISA_HOSTED_PATH: true,
  EASYPAISA_CONFIRM_PATH: true,
  EASYPAISA_REST_PATH: true,
  EASYPAISA_API: true,
  EASYPAISA_HOSTED_METHOD: true,
  EASYPAISA_HOSTED_DECIMALS: true,
} satisfies Record<PaymentSetting, true>);

const TEST_MONEY = 'Customers get the goods for money that is none.';

const providers: Check = {
  id: 'payments.providers',
  ok: 'There is a payment provider.',
  look: ({ given }) =>
    given.STRIPE_SECRET_KEY || given.JAZZCASH_MERCHANT_ID || given.EASYPAISA_STORE_ID
      ? []
      : [
          {
            severity: 'info',
            what: 'No payment provider is set up.',
            why: 'Orders can be placed, and nobody can pay.',
            mend: 'STRIPE_SECRET_KEY and the others, as “Going live with payments” in the README says',
          },
        ],
};

const testAccounts: Check = {
  id: 'payments.test-accounts',
  ok: 'The providers’ credentials are for real money.',
  look: ({ given }) => {
    const findings: Finding[] = [];
    if (/^(sk|rk)_test_/.test(given.STRIPE_SECRET_KEY ?? ''))
      findings.push({
        severity: 'stop',
        subject: 'STRIPE_SECRET_KEY',
        what: 'STRIPE_SECRET_KEY is a test key.',
        why: TEST_MONEY,
        mend: 'STRIPE_SECRET_KEY=sk_live_… or rk_live_…, and the webhook secret of the live endpoint',
      });
    // Without one production does not start at all.
    for (const [setting, url] of [
      ['JAZZCASH_BASE_URL', given.JAZZCASH_BASE_URL],
      ['EASYPAISA_BASE_URL', given.EASYPAISA_BASE_URL],
    ] as const)
      if (url && URL.canParse(url) && /sandbox|stg|staging|test|uat/.test(new URL(url).hostname))
        findings.push({
          severity: 'stop',
          subject: setting,
          what: `${setting} is ${new URL(url).host}, a server for tests.`,
          why: TEST_MONEY,
          mend: `${setting}=https://…, the address that the provider gave you for real payments`,
        });
    return findings;
  },
};

const standIns: Check = {
  id: 'payments.stand-ins',
  ok: 'Stripe is Stripe.',
  look: ({ given }) => {
    if (!given.STRIPE_SECRET_KEY) return null;
    const base = given.STRIPE_API_BASE;
    if (!base || base.replace(/\/$/, '') === STRIPE_API_BASE) return [];
    return [
      {
        severity: 'stop',
        what: 'STRIPE_API_BASE is not Stripe.',
        why: 'Whoever answers there has the secret key, and says what is paid.',
        mend: 'STRIPE_API_BASE=, which is empty',
      },
    ];
  },
};

/** What the forms of the settings let through, and providers did not give. */
const EXAMPLES = /^(x+|0+|1+|12345\d*|0123456789.*|test\w*|example|changeme|.*[.…]{3}|MC0000\d|saltsalt\d*)$/i;

const examples: Check = {
  id: 'payments.examples',
  ok: 'No credential of a provider is an example’s.',
  look: ({ given }) =>
    [
      'JAZZCASH_MERCHANT_ID',
      'JAZZCASH_PASSWORD',
      'JAZZCASH_INTEGRITY_SALT',
      'EASYPAISA_HASH_KEY',
      'EASYPAISA_ACCOUNT_NUMBER',
      'EASYPAISA_USERNAME',
      'EASYPAISA_PASSWORD',
    ].flatMap((setting): Finding[] =>
      EXAMPLES.test(given[setting] ?? '')
        ? [
            {
              severity: 'stop',
              subject: setting,
              what: `${setting} is an example.`,
              why: 'The provider refuses every call, or somebody else’s account is used.',
              mend: `${setting}=…, as the provider’s portal shows it`,
            },
          ]
        : [],
    ),
};

const webhooks: Check = {
  id: 'payments.webhook-secrets',
  ok: 'Few webhook secrets are kept.',
  look: ({ given }) => {
    if (!given.STRIPE_WEBHOOK_SECRETS) return null;
    const count = given.STRIPE_WEBHOOK_SECRETS.split(',').filter(secret => secret.trim() !== '').length;
    if (count <= 2) return [];
    return [
      {
        severity: 'warn',
        what: `STRIPE_WEBHOOK_SECRETS has ${count} secrets.`,
        why: 'Whoever has the oldest of them can still tell that something was paid.',
        mend: 'Leave the newest, and the one before it until Stripe no longer signs with it.',
      },
    ];
  },
};

const amounts: Check = {
  id: 'payments.amounts',
  ok: 'No success is believed without its amount.',
  look: ({ given }) => {
    if (!given.JAZZCASH_MERCHANT_ID) return null;
    if (given.JAZZCASH_INQUIRY_VERSION !== '1.1') return [];
    return [
      {
        severity: 'warn',
        what: 'JAZZCASH_INQUIRY_VERSION is 1.1, whose answers tell no amount.',
        why: 'What was asked for is taken for paid.',
        mend: 'JAZZCASH_INQUIRY_VERSION=2.0, where JazzCash has it for you',
      },
    ];
  },
};

const workers: Check = {
  id: 'payments.jobs',
  ok: 'This process does jobs.',
  look: ({ settings: { WORKER: worker } }) =>
    worker !== 'off'
      ? []
      : [
          {
            severity: 'info',
            what: 'WORKER is off: this process leaves jobs to others.',
            why: 'Where no process does them, no mail is sent and no payment is asked about.',
            mend: 'WORKER=on or only in at least one process',
          },
        ],
};

export const paymentChecks: readonly Check[] = [
  providers,
  testAccounts,
  standIns,
  examples,
  webhooks,
  amounts,
  workers,
];
