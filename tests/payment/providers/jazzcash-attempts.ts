import { newReference } from '../../../src/payment/providers/jazzcash/reference.ts';
import {
  type JazzCashEnvironment,
  type JazzCashSettings,
  jazzCashSettings,
} from '../../../src/payment/providers/jazzcash/settings.ts';
import type { Attempt } from '../../../src/payment/providers/provider.ts';
import { BEGAN, rupeeAttempt } from './wallet-attempts.ts';

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

export const attemptOf = (given: Partial<Attempt> = {}): Attempt => rupeeAttempt(() => newReference(BEGAN), given);
