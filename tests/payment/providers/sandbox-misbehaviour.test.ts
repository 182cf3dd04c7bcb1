import { expect, test } from 'vitest';
import { startApp } from '../../support/app.ts';
import { until } from '../../support/wait.ts';
import { controlOf, startSandboxShop } from './sandbox-support.ts';

interface Message {
  readonly id: string;
  readonly event: string;
  readonly type: string;
  readonly status: string;
  readonly forgery: string | null;
  readonly attempts: number;
  readonly lastAnswer: string | null;
}

test('a message that is sent five times is done once', async () => {
  await using shop = await startSandboxShop();
  await shop.control({ command: 'MISBEHAVE', how: { copies: 5 } });
  const payment = await shop.pay();

  await shop.act(payment.providerReference, 'PAY');
  await until('all copies arrived', async () => {
    const { messages } = await shop.state();
    return messages.length === 5 && messages.every(({ status }: Message) => status === 'DELIVERED');
  });

  await until('it is done', async () => (await shop.payment(payment.id)).status === 'SUCCEEDED');
  const { events } = await shop.payment(payment.id);
  expect(events.filter((event: { status: string }) => event.status === 'SUCCEEDED')).toHaveLength(1);
  expect(await shop.database.query('select id from provider_messages')).toHaveLength(1);
  expect(new Set((await shop.state()).messages.map(({ event }: Message) => event)).size).toBe(1);
});

test.for(['OLDEST_FIRST', 'NEWEST_FIRST'])(
  'messages that were held and arrive %s end in the same state',
  async order => {
    await using shop = await startSandboxShop();
    await shop.control({ command: 'MISBEHAVE', how: { messages: 'HOLD' } });
    const payment = await shop.pay();
    const id = payment.providerReference;

    await shop.act(id, 'INSUFFICIENT_FUNDS');
    await shop.act(id, 'PAY');
    await shop.control({ command: 'REFUND', checkout: id, amount: '200' });
    await shop.control({ command: 'DISPUTE', checkout: id, as: 'OPEN' });
    await shop.control({ command: 'DISPUTE', checkout: id, as: 'WON' });
    const held = (await shop.state()).messages.map(({ status }: Message) => status);
    await shop.control({ command: 'RELEASE', order });
    await until('all arrived', async () =>
      (await shop.state()).messages.every(({ status }: Message) => status === 'DELIVERED'),
    );

    expect(held).toEqual(['HELD', 'HELD', 'HELD', 'HELD', 'HELD']);
    await until('all is known', async () => (await shop.payment(payment.id)).refundedAmount.amount === 200);
    expect(await shop.payment(payment.id)).toMatchObject({
      status: 'SUCCEEDED',
      refundableAmount: { amount: 300 },
      order: { status: 'PARTIALLY_REFUNDED' },
    });
    const received = await shop.database.query<{ type: string }>(
      'select type from provider_messages order by received_at, id',
    );
    const told = ['checkout.failed', 'checkout.paid', 'refund.succeeded', 'dispute.opened', 'dispute.won'];
    expect(received.map(({ type }) => type)).toEqual(order === 'OLDEST_FIRST' ? told : told.toReversed());
  },
);

test('a message that is delayed is not sent before its time', async () => {
  await using shop = await startSandboxShop();
  await shop.control({ command: 'MISBEHAVE', how: { delaySeconds: 600, shuffle: true } });
  const payment = await shop.pay();

  await shop.act(payment.providerReference, 'PAY');
  const before = (await shop.state()).messages;
  shop.advance(604_000);

  expect(before).toMatchObject([{ status: 'WAITING', attempts: 0 }]);
  await until('it arrived', async () => (await shop.state()).messages[0].status === 'DELIVERED');
});

test('what a lost message said is learnt when the payer comes back, or the provider is asked for what did not arrive', async () => {
  await using shop = await startSandboxShop();
  await shop.control({ command: 'MISBEHAVE', how: { messages: 'LOSE' } });
  const payment = await shop.pay();
  const undelivered = async () => (await shop.app.services.payments.adapters.get('SANDBOX')?.undelivered?.()) ?? [];

  await shop.act(payment.providerReference, 'PAY');
  const missed = await undelivered();
  const synced = await shop.sync(payment.id);
  const [message] = (await shop.state()).messages;
  await shop.control({ command: 'SEND_AGAIN', message: message.id });
  await until('it arrived', async () => (await shop.state()).messages[0].status === 'DELIVERED');

  expect(missed).toMatchObject([{ key: message.event, type: 'checkout.paid' }]);
  expect(message).toMatchObject({ status: 'LOST', attempts: 0 });
  expect(synced.payment.status).toBe('SUCCEEDED');
  expect(await undelivered()).toEqual([]);
});

test('no forged message is believed, of whatever kind, and each is told why by 403', async () => {
  await using shop = await startSandboxShop();
  const payment = await shop.pay();
  const kinds = ['WRONG_SECRET', 'UNSIGNED', 'ALTERED', 'TOO_OLD', 'FROM_THE_FUTURE'];

  for (const as of kinds) await shop.control({ command: 'FORGE', checkout: payment.providerReference, as });
  await until('all were refused', async () =>
    (await shop.state()).messages.every(({ status }: Message) => status === 'GIVEN_UP'),
  );

  const { messages } = await shop.state();
  expect(messages.map(({ forgery }: Message) => forgery).sort()).toEqual([...kinds].sort());
  expect(messages.map(({ lastAnswer }: Message) => lastAnswer)).toEqual(Array(5).fill('403 Forbidden'));
  expect(await shop.database.query('select id from provider_messages')).toEqual([]);
  expect(await shop.payment(payment.id)).toMatchObject({ status: 'PENDING', order: { status: 'OPEN' } });
});

test('with forgery on, a declined payment stays declined among messages that say it was paid', async () => {
  await using shop = await startSandboxShop();
  await shop.control({ command: 'MISBEHAVE', how: { forge: true } });
  const payment = await shop.pay();

  await shop.act(payment.providerReference, 'DECLINE');
  await until('all six were sent', async () => {
    const { messages } = await shop.state();
    return messages.length === 6 && messages.every(({ status }: Message) => status !== 'WAITING');
  });

  await until('the genuine one is done', async () => (await shop.payment(payment.id)).status === 'FAILED');
  expect((await shop.state()).messages.filter(({ status }: Message) => status === 'DELIVERED')).toHaveLength(1);
});

test('what was canceled and succeeds late is paid, once', async () => {
  await using shop = await startSandboxShop();
  await shop.control({ command: 'MISBEHAVE', how: { succeedLate: true, laterSeconds: 7_200 } });
  const payment = await shop.pay();

  await shop.act(payment.providerReference, 'CANCEL');
  await until('canceled', async () => (await shop.payment(payment.id)).status === 'CANCELED');
  shop.advance(7_200_000);

  await until('paid late', async () => (await shop.payment(payment.id)).status === 'SUCCEEDED');
  expect(await shop.state()).toMatchObject({ totals: { charges: 1 }, checkouts: [{ status: 'PAID' }] });
});

test('an amount other than was asked for is told as it is, and does not pay the order', async () => {
  await using shop = await startSandboxShop();
  const payment = await shop.pay();

  await shop.control({ command: 'CHARGE', checkout: payment.providerReference, amount: '1' });

  await until('known', async () => (await shop.payment(payment.id)).status === 'SUCCEEDED');
  expect(await shop.payment(payment.id)).toMatchObject({ order: { status: 'OPEN' } });
});

test('a click on the page that is done and answered with an error, HTML or nothing has charged once after all tries', async () => {
  await using shop = await startSandboxShop();
  const payment = await shop.pay();
  const kinds = ['DROP_BEFORE', 'ERROR_BEFORE', 'ERROR_AFTER', 'HTML_AFTER', 'DROP_AFTER'];
  for (const kind of kinds) await shop.control({ command: 'FAULT', call: 'PAGE', kind });
  const click = () =>
    shop.act(payment.providerReference, 'PAY').then(
      answer => answer.status,
      () => 'BROKEN',
    );

  const answers = [await click(), await click()];
  const before = (await shop.state()).totals.charges;
  for (let left = 3; left > 0; left -= 1) answers.push(await click());
  const last = await click();

  expect(answers).toEqual(['BROKEN', 500, 500, 200, 'BROKEN']);
  expect(before).toBe(0);
  expect(last).toBe(303);
  expect((await shop.state()).totals.charges).toBe(1);
  expect((await shop.state()).misbehaviour.faults).toEqual([]);
});

test('messages that a server left behind are sent by the next one on the same database', async () => {
  await using first = await startSandboxShop();
  await first.control({ command: 'MISBEHAVE', how: { delaySeconds: 3_600 } });
  const payment = await first.pay();
  await first.act(payment.providerReference, 'PAY');
  const waiting = (await first.state()).messages;
  await first.app.close();

  await using second = await startApp({ database: first.database, settings: { WORKER: 'on' } });
  second.advance(3_601_000);

  expect(waiting).toMatchObject([{ status: 'WAITING' }]);
  await until('it is sent', async () => (await controlOf(second.url).state()).messages[0].status === 'DELIVERED');
  await until('and done', async () => {
    const [row] = await first.database.query<{ status: string }>('select status from payments');
    return row?.status === 'SUCCEEDED';
  });
});

test('a message that nobody takes is tried again with pauses, and then given up', async () => {
  await using app = await startApp({ settings: { WORKER: 'on' } });
  await app.database.query(
    `insert into sandbox_checkouts (id, idempotency_key, reference, description, amount, currency, method, return_url,
       status, expires_at, created_at, updated_at)
     values ('sbc_test', 'key', 'reference', '', 1, 'USD', 'HOSTED', 'http://localhost/', 'OPEN', '2100-01-01', now(), now())`,
  );
  await app.database.query(
    `insert into sandbox_messages (id, checkout_id, event_id, type, body, status, next_attempt_at, created_at)
     values (gen_random_uuid(), 'sbc_test', 'sbe_test', 'checkout.paid', '{"no":"event"}', 'WAITING', now(), now())`,
  );

  for (let attempt = 1; attempt <= 7; attempt += 1) {
    await until(`try ${attempt}`, async () => {
      const rows = await app.database.query<{ attempts: number; last_answer: string }>(
        'select attempts, last_answer from sandbox_messages',
      );
      return rows[0]?.attempts === attempt && rows[0].last_answer !== null;
    });
    app.advance(3_600_000);
  }

  await until('given up', async () => {
    const rows = await app.database.query<{ status: string }>('select status from sandbox_messages');
    return rows[0]?.status === 'GIVEN_UP';
  });
  const rows = await app.database.query('select attempts, last_answer from sandbox_messages');
  expect(rows).toEqual([{ attempts: 7, last_answer: '400 Bad Request' }]);
});

test('a command that cannot be done says why, and nothing is done', async () => {
  await using shop = await startSandboxShop();
  const payment = await shop.pay();
  const send = async (command: unknown) => {
    const response = await fetch(`${shop.url}/sandbox/control.json`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(command),
    });
    const { detail } = (await response.json()) as { detail: string };
    return [response.status, detail];
  };
  const checkout = payment.providerReference;

  expect(await send({ command: 'DANCE' })).toEqual([400, expect.stringContaining('command')]);
  expect(await send('nonsense')).toEqual([400, expect.anything()]);
  expect(await send({ command: 'APPROVE', checkout: 'sbc_nothing' })).toEqual([422, 'There is no such checkout.']);
  expect(await send({ command: 'REFUND', checkout, amount: '1' })).toEqual([422, expect.stringContaining('not paid')]);
  expect(await send({ command: 'REFUND', checkout, amount: '1.5' })).toEqual([400, expect.stringContaining('1050')]);
  expect(await send({ command: 'DISPUTE', checkout, as: 'OPEN' })).toEqual([422, expect.stringContaining('paid')]);
  expect(await send({ command: 'SETTLE_REFUND', refund: 'sbr_x', as: 'FAILED' })).toEqual([
    422,
    'There is no such refund.',
  ]);
  expect(await send({ command: 'SEND_AGAIN', message: '019aa5d0-0000-7000-8000-000000000030' })).toEqual([
    422,
    'There is no such message.',
  ]);
  expect(await send({ command: 'MISBEHAVE', how: { copies: 11 } })).toEqual([422, expect.stringContaining('copies')]);
  expect(await send({ command: 'MISBEHAVE', how: { manners: 'bad' } })).toEqual([
    422,
    expect.stringContaining('manners'),
  ]);
  expect(await shop.state()).toMatchObject({ totals: { charges: 0 }, misbehaviour: { copies: 1, faults: [] } });
});
