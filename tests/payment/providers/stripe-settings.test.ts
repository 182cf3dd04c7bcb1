import { expect, test } from 'vitest';
import { stripeFaults, stripeSettings } from '../../../src/payment/providers/stripe/settings.ts';

const GOOD = { STRIPE_SECRET_KEY: 'sk_test_0123456789', STRIPE_WEBHOOK_SECRETS: 'whsec_0123456789' };

test('settings that are complete have no fault, and Stripe itself is the default', () => {
  expect(stripeFaults(GOOD)).toEqual([]);
  expect(stripeSettings(GOOD)).toEqual({
    secretKey: 'sk_test_0123456789',
    webhookSecrets: ['whsec_0123456789'],
    apiBase: 'https://api.stripe.com',
  });
});

test('several webhook secrets are taken in their order, and spaces do not matter', () => {
  const env = { ...GOOD, STRIPE_WEBHOOK_SECRETS: ' whsec_newer0000, whsec_older0000 ,' };

  expect(stripeFaults(env)).toEqual([]);
  expect(stripeSettings(env)?.webhookSecrets).toEqual(['whsec_newer0000', 'whsec_older0000']);
});

test('without a key Stripe is not set up, which is no fault', () => {
  expect(stripeFaults({})).toEqual([]);
  expect(stripeSettings({})).toBeNull();
});

test.each([
  ['a publishable key', { ...GOOD, STRIPE_SECRET_KEY: 'pk_live_0123456789' }, /publishable/],
  ['something that is no key', { ...GOOD, STRIPE_SECRET_KEY: 'hunter2' }, /STRIPE_SECRET_KEY has to be/],
  ['a key without webhook secrets', { STRIPE_SECRET_KEY: 'sk_live_0123456789' }, /STRIPE_WEBHOOK_SECRETS is missing/],
  ['webhook secrets without a key', { STRIPE_WEBHOOK_SECRETS: 'whsec_0123456789' }, /STRIPE_SECRET_KEY is not/],
  ['a webhook secret of another kind', { ...GOOD, STRIPE_WEBHOOK_SECRETS: 'we_0123456789' }, /begin with whsec_/],
  ['an address with a path', { ...GOOD, STRIPE_API_BASE: 'https://api.stripe.com/v1' }, /without a path/],
  [
    'an address that others can read, in production',
    { ...GOOD, NODE_ENV: 'production', STRIPE_API_BASE: 'http://proxy.example.com' },
    /https:\/\/ in production/,
  ],
])('%s is a fault whose sentence shows no secret', (_what, env, expected) => {
  const faults = stripeFaults(env);

  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(expected);
  expect(faults[0]).not.toContain('0123456789');
  expect(faults[0]).not.toContain('hunter2');
});
