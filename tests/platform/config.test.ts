import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { easyPaisaSettings } from '../../src/payment/providers/easypaisa/settings.ts';
import { providerFaults } from '../../src/payment/providers/faults.ts';
import { jazzCashSettings } from '../../src/payment/providers/jazzcash/settings.ts';
import { STRIPE_API_BASE, stripeSettings } from '../../src/payment/providers/stripe/settings.ts';
import { readConfig } from '../../src/platform/config.ts';
import { PROVIDER_SETTINGS } from '../support/provider-settings.ts';

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://user:password@db.example.com/duely',
  JWT_SECRETS: 'a-secret-of-the-tests-that-protects-nothing-0123456789',
  PUBLIC_URL: 'https://api.example.com',
  SMTP_URL: 'smtp://smtp.example.com',
};

test('settings with several faults are refused with all of them at once, each with an example', () => {
  const read = () =>
    readConfig({
      PORT: 'eighty',
      LOG_LEVEL: 'loud',
      JWT_SECRETS: 'short',
      DATABASE_URL: 'mysql://x',
      ALLOWED_ORIGINS: 'example.com/path',
    });

  expect(read).toThrow(/PORT has to be a whole number, such as 4000/);
  expect(read).toThrow(/LOG_LEVEL has to be "trace"/);
  expect(read).toThrow(/JWT_SECRETS has to be secrets of at least 32 characters.*openssl rand -hex 32/);
  expect(read).toThrow(/DATABASE_URL has to be an address such as postgres:/);
  expect(read).toThrow(/ALLOWED_ORIGINS has to be origins.*https:\/\/app\.example\.com/);
});

test('faults in the settings of payment providers are told with all others', () => {
  const read = () =>
    readConfig({ PORT: 'eighty', STRIPE_SECRET_KEY: 'sk_test_1', JAZZCASH_MERCHANT_ID: 'MC1' }, providerFaults);

  expect(read).toThrow(/PORT has to be a whole number/);
  expect(read).toThrow(/STRIPE_WEBHOOK_SECRETS/);
  expect(read).toThrow(/JAZZCASH_PASSWORD/);
});

test('production without a database, secrets and an address of its own is refused', () => {
  const read = () => readConfig({ NODE_ENV: 'production' });

  expect(read).toThrow(/DATABASE_URL is missing/);
  expect(read).toThrow(/JWT_SECRETS is missing/);
  expect(read).toThrow(/PUBLIC_URL is missing/);
  expect(read).toThrow(/SMTP_URL is missing/);
});

test('production with any origin or a secret that is easy to guess is refused', () => {
  expect(() => readConfig({ ...PRODUCTION, ALLOWED_ORIGINS: '*' })).toThrow(/ALLOWED_ORIGINS must not have "\*"/);
  expect(() => readConfig({ ...PRODUCTION, JWT_SECRETS: 'a'.repeat(40) })).toThrow(/JWT_SECRETS is too easy to guess/);
});

test('rate limits are on, can be off in development, and must not be in production', () => {
  const off = { JWT_SECRETS: PRODUCTION.JWT_SECRETS, RATE_LIMITS: 'off' };

  expect(readConfig(PRODUCTION).rateLimits).toBe(true);
  expect(readConfig(off).rateLimits).toBe(false);
  expect(() => readConfig({ ...PRODUCTION, RATE_LIMITS: 'off' })).toThrow(/RATE_LIMITS must not be "off"/);
});

test('the payment sandbox is on in development, off in production, and must not be on there', () => {
  const development = { JWT_SECRETS: PRODUCTION.JWT_SECRETS };

  expect(readConfig(development).sandboxPayments).toBe(true);
  expect(readConfig({ ...development, SANDBOX_PAYMENTS: 'off' }).sandboxPayments).toBe(false);
  expect(readConfig(PRODUCTION).sandboxPayments).toBe(false);
  expect(() => readConfig({ ...PRODUCTION, SANDBOX_PAYMENTS: 'on' })).toThrow(/SANDBOX_PAYMENTS must not be "on"/);
});

test.for([
  ['REDIS_URL', 'localhost:6379'],
  ['REDIS_URL', 'redis://localhost/tasks'],
  ['SMTP_URL', 'smtp.example.com'],
  ['SMTP_URL', 'https://smtp.example.com'],
  ['MAIL_FROM', 'nobody'],
  ['MAIL_FROM', 'Duely <no-reply@example.com>\r\nBcc: eve@example.com'],
  ['MAIL_FROM', 'a@example.com, b@example.com'],
  ['APP_URL', 'app.example.com'],
] as const)('%s is not "%s"', ([name, value]) => {
  expect(() => readConfig({ ...PRODUCTION, [name]: value })).toThrow(
    new RegExp(`${name} has to be an address such|${name} has to be an address, with`),
  );
});

test('mails go to the server that is set, nowhere where that is said, and into the mailbox of development otherwise', () => {
  const server = { via: 'SMTP', url: 'smtp://smtp.example.com', from: 'Duely <no-reply@api.example.com>' };

  expect(readConfig(PRODUCTION).mail).toEqual(server);
  expect(readConfig({ ...PRODUCTION, MAIL_FROM: 'hello@example.com' }).mail).toEqual({
    ...server,
    from: 'hello@example.com',
  });
  expect(readConfig({ ...PRODUCTION, SMTP_URL: 'off' }).mail).toEqual({ via: 'NOTHING' });
  expect(readConfig({ JWT_SECRETS: PRODUCTION.JWT_SECRETS }).mail).toEqual({ via: 'MAILBOX' });
});

test('production has neither GraphiQL nor introspection unless told', () => {
  expect(readConfig(PRODUCTION)).toMatchObject({
    graphiql: false,
    introspection: false,
    allowedOrigins: [],
    host: '0.0.0.0',
  });
  expect(readConfig({ ...PRODUCTION, GRAPHIQL: 'on', INTROSPECTION: 'on' })).toMatchObject({
    graphiql: true,
    introspection: true,
  });
});

test('development makes a secret once, keeps it readable by its owner alone, and finds it again', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'duely-config-'));

  const [first, second] = [readConfig({ DATA_DIR: dataDir }), readConfig({ DATA_DIR: dataDir })];

  expect(first.jwtSecrets[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(second.jwtSecrets).toEqual(first.jwtSecrets);
  expect(statSync(join(dataDir, 'jwt-secret')).mode & 0o777).toBe(0o600);
});

test('an empty setting is the default', () => {
  expect(readConfig({ ...PRODUCTION, PORT: '', LOG_LEVEL: '' })).toMatchObject({ port: 4000, logLevel: 'info' });
});

describe('.env.example', () => {
  const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const source = (path: string) => readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8');

  test('explains every setting that is read, those of the payment providers included, and no other', () => {
    const own = [...source('platform/environment.ts').matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name]) => name);
    const providers = ['stripe', 'jazzcash', 'easypaisa'].map(provider => {
      const settings = source(`payment/providers/${provider}/settings.ts`);
      return new Set(settings.match(new RegExp(`\\b${provider.toUpperCase()}_[A-Z_]*[A-Z]\\b`, 'g')));
    });

    const explained = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name).sort();

    expect(own.length).toBeGreaterThan(10);
    expect(providers.map(({ size }) => size > 2)).toEqual([true, true, true]);
    expect(explained).toEqual([...own, ...providers.flatMap(names => [...names])].sort());
  });

  test('as it stands says the defaults', () => {
    const said = parseEnv(example);
    const fixed = { JWT_SECRETS: PRODUCTION.JWT_SECRETS };

    const { paymentEnvironment: _, ...config } = readConfig({ ...said, ...fixed });

    const { paymentEnvironment: __, ...defaults } = readConfig(fixed);
    expect(config).toEqual(defaults);
  });

  test('as it stands, and with what has no default, sets payment providers up as their defaults do', () => {
    const needed = { JWT_SECRETS: PRODUCTION.JWT_SECRETS, ...PROVIDER_SETTINGS };
    const settingsOf = (given: Record<string, string | undefined>) => {
      const { paymentEnvironment: environment } = readConfig(given);
      const { returnUrl: _, ...jazzCash } = jazzCashSettings(environment, () => '') ?? {};
      const { returnUrl: __, doneUrl: ___, ...easyPaisa } = easyPaisaSettings(environment, () => '') ?? {};
      return {
        faults: providerFaults(environment),
        stripe: stripeSettings(environment),
        jazzCash,
        easyPaisa,
      };
    };

    const said = settingsOf({ ...parseEnv(example), ...needed });

    expect(said).toEqual(settingsOf(needed));
    expect(said).toMatchObject({ faults: [], stripe: { apiBase: STRIPE_API_BASE }, jazzCash: { mpin: null } });
    expect(said.easyPaisa).toMatchObject({ keys: null });
    expect(settingsOf(parseEnv(example))).toEqual({ faults: [], stripe: null, jazzCash: {}, easyPaisa: {} });
  });
});
