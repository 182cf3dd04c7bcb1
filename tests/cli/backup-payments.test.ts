import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { startBackup } from '../support/backup.ts';
import type { TestDatabase } from '../support/database.ts';
import { POSTGRES_MISSING } from '../support/postgres-server.ts';
import { startStripeShop, untilStatus } from '../support/shop.ts';
import { until } from '../support/wait.ts';

const statuses = async ({ query }: TestDatabase, table: 'payments' | 'orders') =>
  (await query<{ status: string }>(`select status from ${table} order by id`)).map(({ status }) => status);

test('what was paid, and what was given back, at Stripe after the dump is so after the restore, without a message and once', async ({
  skip,
}) => {
  await using backup = await startBackup();
  if (!backup) return skip(POSTGRES_MISSING);
  await using shop = await startStripeShop({ database: backup.database });
  const [returned, open] = [await shop.order(), await shop.order()];
  const { payment: first } = await shop.start(returned.id);
  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(first) });
  await untilStatus(shop, first.id, 'SUCCEEDED');
  const { payment: second } = await shop.start(open.id);
  await backup.dump();
  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(second) });
  await untilStatus(shop, second.id, 'SUCCEEDED');
  const { payment_intent: intent } = shop.stripe.account.sessions.get(shop.sessionOf(first)) ?? {};
  await shop.stripe.control({ do: 'refund', intent: String(intent) });
  await until('it is known', async () => (await shop.orderNow(returned.id)).status === 'REFUNDED');
  const sessions = { ...shop.stripe.counts.sessionsByKey };
  // What was delivered is not sent again.
  await shop.stripe.control({ do: 'webhooks', url: null });

  await using restored = await backup.restore();
  const atFirst = await statuses(restored, 'orders');
  await using after = await startApp({
    database: restored,
    settings: {
      WORKER: 'on',
      STRIPE_SECRET_KEY: shop.stripe.secretKey,
      STRIPE_WEBHOOK_SECRETS: shop.stripe.webhookSecret,
      STRIPE_API_BASE: shop.stripe.url,
    },
  });
  await until('both are as Stripe says', async () => String(await statuses(restored, 'orders')) === 'REFUNDED,PAID');
  const { data } = await after.execute('{ me { plan } }', {}, shop.buyer);

  expect(atFirst).toEqual(['PAID', 'OPEN']);
  expect(await statuses(restored, 'payments')).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  expect(data.me.plan).toBe('PRO');
  expect(shop.stripe.counts.sessionsByKey).toEqual(sessions);
  expect(await backup.run('refundsToCompare')).toBe('id,amount,created_at,reference\n');
});
