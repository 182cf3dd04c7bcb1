import { expect, test } from 'vitest';
import { createPayments } from '../../src/payment/payments.ts';
import type { PaymentAdapter } from '../../src/payment/providers/provider.ts';
import { UnknownOutcomeError } from '../../src/payment/providers/provider.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startStripeShop } from '../support/shop.ts';

test('where one provider cannot tell which messages are missing the others are asked all the same, and the fault is logged', async () => {
  await using shop = await startStripeShop({ settings: { WORKER: 'off' } });
  await shop.stripe.control({ do: 'webhooks', url: null });
  const { payment } = await shop.start((await shop.order()).id);
  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  const { services } = shop.app;
  const [sandbox, stripe] = (['SANDBOX', 'STRIPE'] as const).map(name => services.payments.adapters.get(name));
  if (!sandbox || !stripe) throw new Error('Both are set up.');
  const away: PaymentAdapter = {
    ...sandbox,
    undelivered: () => Promise.reject(new UnknownOutcomeError('It is away.')),
  };
  const log: string[] = [];
  const logger = createLogger('error', { write: line => void log.push(line) });
  const adapters = new Map([away, stripe].map(adapter => [adapter.name, adapter]));
  const { inbox } = createPayments({ ...services, ...services.payments, adapters, logger });

  await inbox.collectUndelivered();

  const kept = await shop.database.query('select provider, type from provider_messages order by type');
  expect(kept).toEqual([
    { provider: 'STRIPE', type: 'checkout.session.completed' },
    { provider: 'STRIPE', type: 'payment_intent.succeeded' },
  ]);
  expect(log.map(line => JSON.parse(line))).toMatchObject([{ provider: 'SANDBOX', err: { message: 'It is away.' } }]);
});
