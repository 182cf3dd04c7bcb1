import { expect, test } from 'vitest';
import { postForm, startProviderShop } from '../support/provider-shop.ts';
import { RETURN_URL, untilStatus, uuidOf } from '../support/shop.ts';
import { formIn, post } from './providers/easypaisa-attempts.ts';

test('a payer goes through both pages of EasyPaisa and back; the token on the way is neither kept nor logged', async () => {
  await using shop = await startProviderShop();
  const order = await shop.order({ currency: 'PKR' });
  const { payment } = await shop.start(order.id, { provider: 'EASYPAISA' });

  const first = await post(payment.nextAction.url, payment.nextAction.fields);
  const between = await fetch(first.location);
  const confirm = formIn({ body: await between.text() });
  const page = formIn({ body: (await post(confirm.action, confirm.fields)).body });
  const done = await post(new URL(page.action, shop.easyPaisa.url).href, { choice: 'PAY' });
  const back = await fetch(done.location, { redirect: 'manual' });

  const token = new URL(first.location).searchParams.get('auth_token') ?? '';
  expect(payment.nextAction.__typename).toBe('FormPostAction');
  expect(between.headers.get('cache-control')).toBe('no-store');
  expect(back.status).toBe(303);
  expect(back.headers.get('location')).toBe(`${RETURN_URL}&payment=${payment.id}&status=SUCCEEDED`);
  expect((await shop.orderNow(order.id)).status).toBe('PAID');
  expect(token).toMatch(/^\d{30,}$/);
  expect(shop.log.filter(line => line.includes(token))).toEqual([]);
});

test("a payer goes through JazzCash's page and back: what the browser carries has JazzCash asked, and is no proof", async () => {
  await using shop = await startProviderShop();
  const [paid, left] = [await shop.order({ currency: 'PKR' }), await shop.order({ currency: 'PKR' })];
  const come = async (orderId: string, code: string) => {
    const { payment } = await shop.start(orderId, { provider: 'JAZZCASH' });
    const { url, fields } = payment.nextAction;
    await (await postForm(url, fields)).text();
    const reference = String(fields.pp_TxnRefNo);
    if (code) await shop.jazzCash.control({ settle: { reference, code } });
    const back = await postForm(fields.pp_ReturnURL, await shop.jazzCash.returnFields(reference));
    return { payment, location: back.headers.get('location') };
  };

  const one = await come(paid.id, '000');
  const two = await come(left.id, '');

  expect(one.location).toBe(`${RETURN_URL}&payment=${one.payment.id}&status=SUCCEEDED`);
  expect(two.location).toBe(`${RETURN_URL}&payment=${two.payment.id}&status=PENDING`);
  expect((await shop.orderNow(paid.id)).status).toBe('PAID');
  expect((await shop.orderNow(left.id)).status).toBe('OPEN');
  await untilStatus(shop, two.payment.id, 'PENDING');
  const [row] = await shop.database.query('select details::text, return_url from payments where id = $1', [
    uuidOf('payment', one.payment.id),
  ]);
  expect(row?.return_url).toBe(RETURN_URL);
  expect(row?.details).not.toMatch(/pp_Password|SecureHash/);
});
