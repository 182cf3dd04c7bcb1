import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KNOWN_SETTINGS } from '../../src/cli/doctor-command.ts';
import { nearestName } from '../../src/platform/doctor/nearest-name.ts';
import { secretWeakness } from '../../src/platform/doctor/secret-strength.ts';
import { ask, brief, type Settings, SOUND, temporaryFolder } from './doctor-support.ts';

const OTHER = '4f9d3b1e7a60c852e49b7d10f3a86c25';

/** What is changed of sound settings, and what is said then. '' is not set. */
const FAULTS: readonly (readonly [check: string, changed: Settings, told: readonly string[]])[] = [
  ['settings.faults', { PORT: 'eighty', JWT_SECRETS: '' }, ['stop PORT', 'stop JWT_SECRETS']],
  ['settings.faults', { RATE_LIMITS: 'off', SANDBOX_PAYMENTS: 'on' }, ['stop RATE_LIMITS', 'stop SANDBOX_PAYMENTS']],
  ['settings.faults', { NODE_ENV: 'prod' }, ['stop NODE_ENV']],
  ['settings.faults', { NODE_ENV: 'development', DATABASE_URL: '' }, ['stop DATABASE_URL']],
  ['settings.faults', { STRIPE_WEBHOOK_SECRETS: '' }, ['stop STRIPE_WEBHOOK_SECRETS']],
  ['settings.faults', { JAZZCASH_MPIN: '12' }, ['stop JAZZCASH_MPIN']],
  ['settings.environment', { NODE_ENV: 'development' }, ['stop NODE_ENV']],
  ['settings.unknown', { METRICS_PORT: '', METRIC_PORT: '9464' }, ['warn METRIC_PORT']],
  ['settings.unknown', { TRUST_PROXY: '', TRUTS_PROXY: '1' }, ['warn TRUTS_PROXY']],
  ['settings.log-level', { LOG_LEVEL: 'debug' }, ['warn']],
  ['settings.log-level', { LOG_LEVEL: 'silent' }, ['warn']],
  ['secrets.strength', { JWT_SECRETS: 'a-secret-that-somebody-has-typed-0123456789' }, ['stop JWT_SECRETS']],
  ['secrets.strength', { BETTER_AUTH_SECRET: 'better-auth-secret-of-our-own-18273645' }, ['stop BETTER_AUTH_SECRET']],
  [
    'secrets.repeated',
    { BETTER_AUTH_SECRET: OTHER, EASYPAISA_HASH_KEY: OTHER },
    ['stop BETTER_AUTH_SECRET, EASYPAISA_HASH_KEY'],
  ],
  [
    'secrets.repeated',
    { JAZZCASH_PASSWORD: OTHER, EASYPAISA_PASSWORD: OTHER },
    ['warn EASYPAISA_PASSWORD, JAZZCASH_PASSWORD'],
  ],
  ['secrets.old', { JWT_SECRETS: `${OTHER},${OTHER}` }, ['warn']],
  ['secrets.old', { JWT_SECRETS: `${OTHER},${OTHER}1,${OTHER}2` }, ['warn']],
  ['secrets.passwords', { DATABASE_URL: 'postgres://duely:duely@127.0.0.1:1/duely' }, ['warn DATABASE_URL']],
  ['secrets.passwords', { REDIS_URL: 'redis://:changeme123@127.0.0.1:1' }, ['warn REDIS_URL']],
  ['secrets.lifetimes', { ACCESS_TOKEN_TTL_SECONDS: '86400' }, ['warn ACCESS_TOKEN_TTL_SECONDS']],
  ['secrets.lifetimes', { REFRESH_TOKEN_TTL_SECONDS: '31536000' }, ['warn REFRESH_TOKEN_TTL_SECONDS']],
  ['secrets.lifetimes', { REFRESH_TOKEN_TTL_SECONDS: '60' }, ['stop REFRESH_TOKEN_TTL_SECONDS']],
  ['addresses.public-url', { PUBLIC_URL: 'http://api.acme-shop.pk' }, ['stop']],
  ['addresses.public-url', { PUBLIC_URL: 'https://localhost' }, ['stop']],
  ['addresses.app-url', { APP_URL: '' }, ['warn']],
  ['addresses.app-url', { APP_URL: 'http://app.acme-shop.pk' }, ['stop']],
  [
    'addresses.origins',
    { ALLOWED_ORIGINS: 'http://localhost:3000,https://app.acme-shop.pk' },
    ['stop http://localhost:3000'],
  ],
  [
    'addresses.origins',
    { ALLOWED_ORIGINS: 'https://app.acme-shop.pk,http://old.acme-shop.pk' },
    ['stop http://old.acme-shop.pk'],
  ],
  ['addresses.origins', { ALLOWED_ORIGINS: '' }, ['stop https://app.acme-shop.pk']],
  ['settings.faults', { ALLOWED_ORIGINS: '*' }, ['stop ALLOWED_ORIGINS']],
  ['addresses.proxies', { TRUST_PROXY: '0' }, ['stop']],
  ['addresses.developer-pages', { GRAPHIQL: 'on', INTROSPECTION: 'on' }, ['warn GRAPHIQL', 'warn INTROSPECTION']],
  ['addresses.metrics', { METRICS_PORT: '' }, ['warn']],
  ['redis.tls', { REDIS_URL: 'redis://redis.acme-shop.pk' }, ['warn']],
  ['mail.tls', { SMTP_URL: 'smtp://mail.acme-shop.pk:587' }, ['warn']],
  ['mail.sender', { MAIL_FROM: 'no-reply@example.com' }, ['stop']],
  ['mail.sender', { MAIL_FROM: 'Acme <no-reply@acme.com>' }, ['info']],
  ['payments.providers', { STRIPE_SECRET_KEY: '', JAZZCASH_MERCHANT_ID: '', EASYPAISA_STORE_ID: '' }, ['info']],
  ['payments.test-accounts', { STRIPE_SECRET_KEY: 'sk_test_0123456789' }, ['stop STRIPE_SECRET_KEY']],
  ['payments.test-accounts', { JAZZCASH_BASE_URL: 'https://sandbox.jazzcash.com.pk' }, ['stop JAZZCASH_BASE_URL']],
  [
    'payments.test-accounts',
    { EASYPAISA_BASE_URL: 'https://easypaystg.easypaisa.com.pk' },
    ['stop EASYPAISA_BASE_URL'],
  ],
  ['payments.stand-ins', { STRIPE_API_BASE: 'https://stripe.acme-shop.pk' }, ['stop']],
  ['payments.examples', { JAZZCASH_INTEGRITY_SALT: 'xxxxxxxxxx' }, ['stop JAZZCASH_INTEGRITY_SALT']],
  ['payments.webhook-secrets', { STRIPE_WEBHOOK_SECRETS: 'whsec_aaaaaaaa1,whsec_aaaaaaaa2,whsec_aaaaaaaa3' }, ['warn']],
  ['payments.amounts', { JAZZCASH_INQUIRY_VERSION: '1.1' }, ['warn']],
  ['payments.jobs', { WORKER: 'off' }, ['info']],
];

test.each(FAULTS)('%s finds what is wrong in %j', async (check, changed, told) => {
  expect(brief(await ask(check, { ...SOUND, ...changed }))).toEqual(told);
});

test.each([...new Set(FAULTS.map(([check]) => check))])('%s is silent where nothing is wrong', async check => {
  const redis = check.startsWith('redis') ? { REDIS_URL: 'rediss://redis.acme-shop.pk' } : {};

  expect(brief(await ask(check, { ...SOUND, ...redis }))).toEqual(['ok']);
});

test('a setting that cannot be read keeps nothing else from being looked at', async () => {
  const broken = { ...SOUND, PORT: 'eighty', TRUST_PROXY: 'many', GRAPHIQL: 'on' };

  expect(brief(await ask('settings.faults', broken))).toEqual(['stop PORT', 'stop TRUST_PROXY']);
  expect(brief(await ask('addresses.developer-pages', broken))).toEqual(['warn GRAPHIQL']);
});

test('every setting of .env.example is known, so that none is taken for misspelt', async () => {
  const named = Object.keys(parseEnv(await readFile('.env.example', 'utf8')));

  expect(named.filter(name => !KNOWN_SETTINGS.includes(name))).toEqual([]);
});

test.each([
  ['JWT_SECRET', 'JWT_SECRETS'],
  ['DATABSE_URL', 'DATABASE_URL'],
  ['public_url', 'PUBLIC_URL'],
  ['WROKER', 'WORKER'],
  ['HOME', null],
  ['PATH', null],
  ['EDITOR', null],
])('of %s it is thought that %s was meant', (name, meant) => {
  expect(nearestName(name, KNOWN_SETTINGS)).toBe(meant);
});

describe('a secret', () => {
  test.each([
    ['my-super-secret-key-for-production', /a word in it/],
    ['0123456789abcdef0123456789abcdef', /one piece again and again/],
    ['abcdefghijklmnopqrstuvwxyz012345', /a row of the alphabet/],
    ['aakaaqaazaaraaxaaeaaoaanaawaayaa', /bits of chance/],
  ])('%s is weak', (secret, why) => {
    expect(secretWeakness(secret)).toMatch(why);
  });

  test('that openssl made is not weak, in any of a thousand', async () => {
    const made = Array.from({ length: 1_000 }, () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))));

    expect(made.flatMap(bytes => [bytes.toString('hex'), bytes.toString('base64')]).filter(secretWeakness)).toEqual([]);
  });
});

test('the secret of development is known again', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'jwt-secret'), `${SOUND.JWT_SECRETS}\n`);
  const settings = { ...SOUND, DATA_DIR: folder };

  expect(brief(await ask('secrets.development', settings))).toEqual(['stop JWT_SECRETS']);
  expect(brief(await ask('secrets.development', { ...settings, JWT_SECRETS: OTHER }))).toEqual(['ok']);
});

test('.env that others can read, or that git has, is told of', async () => {
  const folder = await temporaryFolder();
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
  const file = join(folder, '.env');
  const none = [
    await ask('settings.file-rights', SOUND, { folder }),
    await ask('settings.file-tracked', SOUND, { folder }),
  ];

  await writeFile(file, 'PORT=4000\n');
  await chmod(file, 0o644);
  git('init', '-q');
  const open = await ask('settings.file-rights', SOUND, { folder });
  const untracked = await ask('settings.file-tracked', SOUND, { folder });
  await chmod(file, 0o600);
  git('add', '-f', '.env');
  const closed = await ask('settings.file-rights', SOUND, { folder });
  const tracked = await ask('settings.file-tracked', SOUND, { folder });

  expect(none).toEqual([[], []]);
  expect([open, untracked, closed, tracked].map(brief)).toEqual([['warn'], ['ok'], ['ok'], ['stop']]);
});

test('a disk that is nearly full is told of', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'data'));
  const settings = { ...SOUND, DATABASE_URL: '', DATA_DIR: join(folder, 'data', 'not', 'there') };
  const withFree = (megabytes: number) => ({
    statfs: async () => ({ bsize: 2 ** 20, bavail: megabytes, blocks: 1_000 }),
  });

  const told = await Promise.all([900, 300, 50].map(free => ask('machine.disk', settings, withFree(free))));

  expect(told.map(brief)).toEqual([['ok'], ['warn DATA_DIR'], ['stop DATA_DIR']]);
});

test('a Node that is too old is told of', async () => {
  expect(brief(await ask('machine.node', SOUND, { nodeVersion: 'v22.11.0' }))).toEqual(['stop']);
  expect(brief(await ask('machine.node', SOUND))).toEqual(['ok']);
});
