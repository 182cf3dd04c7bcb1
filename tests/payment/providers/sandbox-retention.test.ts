import { expect, test } from 'vitest';
import { removeOldCheckouts } from '../../../src/payment/providers/sandbox/retention.ts';
import { untilStatus } from '../../support/shop.ts';
import { startSandboxShop } from './sandbox-support.ts';

test('a checkout of which nothing happened for 30 days is removed with its messages and refunds, and a younger one stays', async () => {
  await using shop = await startSandboxShop();
  const [old, young] = [await shop.pay(), await shop.pay()];
  for (const { id, providerReference } of [old, young]) {
    await shop.act(providerReference, 'PAY');
    await untilStatus(shop, id, 'SUCCEEDED');
  }
  await shop.control({ command: 'REFUND', checkout: old.providerReference, amount: '100' });
  const days = async (id: string, text: string) =>
    shop.database.query(`update sandbox_checkouts set updated_at = now() - $2::interval where id = $1`, [id, text]);
  await days(old.providerReference, '30 days 1 hour');
  await days(young.providerReference, '29 days 23 hours');

  const { database, clock } = shop.app.services;
  const removed = await removeOldCheckouts({ database, clock });

  const left = async (table: string, column: string) =>
    (await shop.database.query(`select distinct ${column} as id from ${table}`)).map(({ id }) => id);
  expect(removed).toBe(1);
  expect(await left('sandbox_checkouts', 'id')).toEqual([young.providerReference]);
  expect(await left('sandbox_messages', 'checkout_id')).toEqual([young.providerReference]);
  expect(await left('sandbox_refunds', 'checkout_id')).toEqual([]);
});
