import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { PaymentAdapter } from '../../../src/payment/providers/provider.ts';
import { promptOf, startEasyPaisa, visit } from './easypaisa-attempts.ts';
import type { Control, StandInState } from './easypaisa-stand-in.ts';

/** A server that has the adapter's routes and notes which payments it was told of. */
async function startReceiver(adapter: PaymentAdapter) {
  const told: string[] = [];
  const server = createServer(async (request, response) => {
    const handled = await visit(adapter, request.url ?? '');
    if (handled.kind === 'HINT') told.push(handled.payment.reference ?? '');
    if (handled.kind === 'HINT' || handled.kind === 'REFUSED') response.writeHead(handled.answer.status);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ipnUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/easypaisa`;
  return { told, ipnUrl, [Symbol.asyncDispose]: async () => void server.close() };
}

test('IPNs come as often as told, forged ones are refused, and nobody fetches the address in them', async () => {
  await using easyPaisa = await startEasyPaisa();
  const { standIn, adapter } = easyPaisa;
  await using receiver = await startReceiver(adapter);
  const [thrice, lost] = [promptOf(), promptOf()];

  await standIn.control({ ipnUrl: receiver.ipnUrl, ipnCopies: 3 });
  await adapter.start(thrice);
  await standIn.control({ ipnCopies: 0 });
  await adapter.start(lost);
  await standIn.control({ forgedIpn: 'http://127.0.0.1:1/easypay-service/rest/v1/order-status/28/E1' });

  expect(receiver.told).toEqual(Array(3).fill(thrice.reference));
  expect(standIn.state.acknowledgements).toEqual([200, 200, 200, 400]);
  expect(standIn.state.calls.orderStatus).toBe(0);
});

test('the stand-in is told what to do and asked what it did over HTTP, from any process', async () => {
  await using easyPaisa = await startEasyPaisa();
  const { standIn, adapter } = easyPaisa;
  const attempt = promptOf();
  const control = (body: Control) =>
    fetch(`${standIn.url}/__control`, { method: 'POST', body: JSON.stringify(body) }).then(answer => answer.status);

  const statuses = [await control({ next: { initiate: [{ status: 'PENDING' }] } })];
  await adapter.start(attempt);
  statuses.push(await control({ settle: { orderId: attempt.reference, status: 'PAID', amount: '1.00' } }));
  statuses.push(await control({ settle: { orderId: 'ENONE', status: 'PAID' } }));
  const state: StandInState = await (await fetch(`${standIn.url}/__control`)).json();

  expect(statuses).toEqual([200, 200, 400]);
  expect(state.charges).toEqual([{ orderId: attempt.reference, amount: '1.00' }]);
  expect(state.orders).toEqual({ [attempt.reference]: { status: 'PAID', amount: '1.00' } });
});

test('whoever prompts twice charges twice', async () => {
  await using easyPaisa = await startEasyPaisa();
  const attempt = promptOf();

  await easyPaisa.adapter.start(attempt);
  await easyPaisa.adapter.start(attempt);

  expect(easyPaisa.standIn.state.charges).toHaveLength(2);
});
