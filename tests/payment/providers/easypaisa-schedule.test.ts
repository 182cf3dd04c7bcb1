import { expect, test } from 'vitest';
import { easyPaisaAdapter } from '../../../src/payment/providers/easypaisa/easypaisa.ts';
import type { PaymentMethod } from '../../../src/payment/providers/provider.ts';
import { attemptOf, settingsWith } from './easypaisa-attempts.ts';
import { BEGAN } from './wallet-attempts.ts';

const adapter = easyPaisaAdapter(settingsWith());
const MINUTE_MS = 60_000;

/** The minutes after its begin at which an attempt is asked about, each inquiry taking a while. */
function inquiriesOf(method: PaymentMethod): number[] {
  const attempt = attemptOf({ method, expiresAt: adapter.expiryOf(method, BEGAN) });
  const minutes: number[] = [];
  for (let now = BEGAN; minutes.length < 100; ) {
    const next = adapter.nextInquiry(attempt, minutes.length, now);
    if (!next) return minutes;
    minutes.push((next.getTime() - BEGAN.getTime()) / MINUTE_MS);
    now = new Date(next.getTime() + 2_000);
  }
  return minutes;
}

test('an attempt is asked about ever less often, and a last time an hour after its expiry', () => {
  expect(inquiriesOf('HOSTED')).toEqual([1, 5, 15, 60, 180, 480, 1440, 1500]);
  expect(inquiriesOf('MOBILE_WALLET')).toEqual([1, 5, 15, 60, 75]);
});

test('after an outage it is asked on each hour until it was asked often enough or a week is over', () => {
  const attempt = attemptOf({ expiresAt: adapter.expiryOf('HOSTED', BEGAN) });
  const days = (count: number) => new Date(BEGAN.getTime() + count * 24 * 60 * MINUTE_MS);

  expect(adapter.nextInquiry(attempt, 2, days(3))).toEqual(new Date(days(3).getTime() + 60 * MINUTE_MS));
  expect(adapter.nextInquiry(attempt, 8, days(3))).toBeNull();
  expect(adapter.nextInquiry(attempt, 2, days(8))).toBeNull();
});

test('what the payer has to do next is a form, or to look at the phone', () => {
  const form = adapter.nextAction(attemptOf());
  const prompt = adapter.nextAction(attemptOf({ method: 'MOBILE_WALLET' }));

  expect(form).toMatchObject({ kind: 'FORM_POST', url: 'https://easypaystg.easypaisa.com.pk/easypay/Index.jsf' });
  expect(form).toEqual(
    adapter.nextAction(attemptOf({ reference: form?.kind === 'FORM_POST' ? (form.fields.orderRefNum ?? '') : '' })),
  );
  expect(prompt).toEqual({
    kind: 'APPROVE_ON_PHONE',
    phoneNumber: '03123456789',
    expiresAt: new Date(BEGAN.getTime() + 120_000),
  });
  expect(adapter.nextAction(attemptOf({ method: 'MOBILE_WALLET', phoneNumber: null }))).toBeNull();
});

test('amounts that the page does not take are refused there, and taken by a prompt', () => {
  const money = { amount: 150_055n, currency: 'PKR' };
  const two = easyPaisaAdapter(settingsWith({ EASYPAISA_HOSTED_DECIMALS: '2' }));

  expect(adapter.refusal(money, 'HOSTED')).toContain('10 paisa');
  expect(adapter.refusal(money, 'MOBILE_WALLET')).toBeNull();
  expect(two.refusal(money, 'HOSTED')).toBeNull();
  expect(two.nextAction(attemptOf({ money }))).toMatchObject({ fields: { amount: '1500.55' } });
});
