import { expect } from 'vitest';
import { fromGlobalId } from '../../src/platform/ids.ts';
import type { Answer, Person, TestApp } from '../support/app.ts';

export const PLACE_ORDER = `mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    order { id number status total { amount currency } lines { product { sku } quantity unitPrice { amount } total { amount } } }
    userErrors { code path message }
  }
}`;

let keys = 0;

/** An input for placeOrder with a key of its own. */
export const orderInput = (input: object = {}) => ({
  lines: [{ sku: 'pro-30-days' }],
  currency: 'USD',
  idempotencyKey: `key ${++keys}`,
  ...input,
});

export const tryOrder = async (app: TestApp, as: Pick<Person, 'accessToken'>, input: object = {}): Promise<Answer> =>
  app.execute(PLACE_ORDER, { input: orderInput(input) }, as);

/** An order that was placed, with its UUID. */
export async function placeOrder(app: TestApp, as: Person, input: object = {}) {
  const { data, errors } = await tryOrder(app, as, input);
  expect(errors).toEqual([]);
  expect(data.placeOrder.userErrors).toEqual([]);
  const order: { id: string; number: string } = data.placeOrder.order;
  return { ...order, uuid: fromGlobalId('order', order.id) ?? '' };
}

let attempts = 0;

/** An attempt to pay for the order, written past the server and as it does it: with the order locked, where it is open. */
export async function insertAttempt(
  { database }: TestApp,
  order: { readonly uuid: string },
  status: string,
  { superseded = false } = {},
): Promise<void> {
  attempts += 1;
  await database.query(
    `with locked as (select * from orders where id = $1 for update)
     insert into payments (id, order_id, owner_id, provider, method, reference, amount, currency, status, return_url, idempotency_key, superseded_at, expires_at)
     select gen_random_uuid(), id, owner_id, 'SANDBOX', 'HOSTED', $2, total_amount, currency, $3, 'https://app.example.com', $2,
       case when $4 then now() end, now() + interval '1 hour'
     from locked where status = 'OPEN'`,
    [order.uuid, `attempt${attempts}`, status, superseded],
  );
}
