import type { Attempt } from '../../../src/payment/providers/provider.ts';

/** When what a test is about began. */
export const BEGAN = new Date('2026-11-20T22:15:00Z');

/** An attempt to pay Rs 1,500.50 at a provider with mobile accounts. */
export function rupeeAttempt(newReference: () => string, given: Partial<Attempt> = {}): Attempt {
  return {
    id: '0193b5a0-0000-7000-8000-000000000001',
    reference: newReference(),
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
