import { newReference } from '../../../src/payment/providers/jazzcash/reference.ts';
import {
  type JazzCashEnvironment,
  type JazzCashSettings,
  jazzCashSettings,
} from '../../../src/payment/providers/jazzcash/settings.ts';
import type { Attempt } from '../../../src/payment/providers/provider.ts';

export const CREDENTIALS = { merchantId: 'MC00001', password: 'testpass00', integritySalt: 'saltsalt00', mpin: '1234' };

export const ENVIRONMENT: JazzCashEnvironment = {
  JAZZCASH_MERCHANT_ID: CREDENTIALS.merchantId,
  JAZZCASH_PASSWORD: CREDENTIALS.password,
  JAZZCASH_INTEGRITY_SALT: CREDENTIALS.integritySalt,
  JAZZCASH_MPIN: CREDENTIALS.mpin,
};

/** As the environment's settings would be, with short time-outs. */
export function settingsWith(
  env: JazzCashEnvironment = {},
  timeoutsMs: JazzCashSettings['timeoutsMs'] = { wallet: 5_000, others: 5_000 },
): JazzCashSettings {
  const settings = jazzCashSettings({ ...ENVIRONMENT, ...env }, () => 'https://shop.example');
  if (!settings) throw new Error('JazzCash is not set up.');
  return { ...settings, timeoutsMs };
}

export const BEGAN = new Date('2026-11-20T22:15:00Z');

export function attemptOf(given: Partial<Attempt> = {}): Attempt {
  return {
    id: '0193b5a0-0000-7000-8000-000000000001',
    reference: newReference(BEGAN),
    providerReference: null,
    secondReference: null,
    orderId: '0193b5a0-0000-7000-8000-000000000002',
    orderNumber: 'ORD-000042',
    money: { amount: 150_050n, currency: 'PKR' },
    method: 'HOSTED',
    phoneNumber: given.method === 'MOBILE_WALLET' ? '03123456789' : null,
    createdAt: BEGAN,
    expiresAt: new Date(BEGAN.getTime() + 86_400_000),
    details: {},
    ...given,
  };
}

export const refundOf = (amount: bigint, id = '0193b5a0-0000-7000-8000-000000000003') => ({
  id,
  money: { amount, currency: 'PKR' },
  reason: null,
  providerReference: null,
  createdAt: BEGAN,
});
