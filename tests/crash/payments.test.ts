import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  type Call,
  type CrashShop,
  differencesLeft,
  NoAnswerError,
  type Node,
  openCrashShop,
  refundOf,
  startOf,
} from '../support/crash-shop.ts';
import { doneTwice } from '../support/provider-truth.ts';
import { RETURN_URL } from '../support/shop.ts';
import { until } from '../support/wait.ts';

const ROUNDS = Number(process.env.CRASH_PAYMENTS ?? 12);
const SHOPPERS = 6;

test(`a server that is killed ${ROUNDS} times while people pay and are paid back knows in the end what happened at the provider, which did it once`, {
  timeout: 120_000 + ROUNDS * 30_000,
}, async () => {
  await using shop = await openCrashShop();
  await shop.start();
  const shopping = new Shopping(shop);
  const shoppers = Array.from({ length: SHOPPERS }, (_, number) => shopping.shop(`shopper ${number}`));

  for (let round = 0; round < ROUNDS; round += 1) {
    // In every third round no message of the provider arrives: what they said has to be found out.
    await shop.stripe.control({ do: round % 3 === 2 ? 'hold' : 'letGo' });
    await shopping.untilSome();
    if (round % 2 === 1) await shop.stripe.control({ do: 'fault', fault: randomFault() });
    await sleep(randomInt(200));
    await shop.kill();
    expect(doneTwice(shop)).toEqual([]);
    await shop.stripe.control({ do: 'clearFaults' });
    await shop.stripe.control({ do: 'release' });
    await shop.start();
  }
  await shop.stripe.control({ do: 'letGo' });
  shopping.isOver = true;
  await Promise.all(shoppers);
  shopping.requireNoFailure();
  // No message is sent a second time: what was lost has to be asked for.
  const left = await differencesLeft(shop);

  expect(left).toEqual([]);
  expect(doneTwice(shop)).toEqual([]);
  expect(shop.stripe.counts.violations).toEqual([]);
  expect(shop.errors()).toEqual([]);
  expect(shopping.paid).toBeGreaterThan(ROUNDS);
  expect(shopping.refunded).toBeGreaterThan(0);
});

/** The server is killed while it waits for an answer: to what was done, or was not, or is done later. */
function randomFault() {
  const calls = ['POST /v1/checkout/sessions', 'POST /v1/refunds', 'GET /v1/checkout/sessions/{session}'];
  const on = calls[randomInt(calls.length)] ?? '';
  const how = (['HANG', 'HANG', 'HOLD', 'DROP', 'TRUNCATE'] as const)[randomInt(5)] ?? 'HANG';
  return { on, how, done: randomInt(2) === 0, times: 1 + randomInt(3) };
}

/** People who go on whatever happens to the server: what got no answer is asked for again, as it was. */
class Shopping {
  isOver = false;
  answered = 0;
  paid = 0;
  refunded = 0;
  #failure: unknown = null;
  #orders = 0;
  readonly #shop: CrashShop;

  constructor(shop: CrashShop) {
    this.#shop = shop;
  }

  async untilSome(): Promise<void> {
    const enough = this.answered + 5 + randomInt(20);
    await until('some were answered', () => this.answered >= enough || this.#failure !== null);
    this.requireNoFailure();
  }

  requireNoFailure(): void {
    if (this.#failure) throw this.#failure;
  }

  async shop(name: string): Promise<void> {
    try {
      while (!this.isOver) await this.#buy(`${name}, purchase ${this.#orders++}`);
    } catch (error) {
      this.#failure ??= error;
    }
  }

  async #ask(call: Call): Promise<Node> {
    for (;;) {
      const starts = this.#shop.starts();
      try {
        const answer = await this.#shop.send(call);
        this.answered += 1;
        const unexpected = answer.userErrors.filter(({ code }: Node) => code !== 'NOT_ALLOWED');
        if (unexpected.length > 0) throw new Error(JSON.stringify([call, unexpected]));
        return answer;
      } catch (error) {
        if (!(error instanceof NoAnswerError)) throw error;
        // Of a server that is gone the next one has to be waited for; a provider that did not answer is asked again.
        await until('the server is back', () => this.#shop.starts() > starts, 500).catch(() => {});
      }
    }
  }

  /** Now and then by two at once, as by somebody who presses twice. */
  async #press(call: Call): Promise<Node> {
    const [answer] = await Promise.all(Array.from({ length: randomInt(4) === 0 ? 2 : 1 }, () => this.#ask(call)));
    return answer;
  }

  async #buy(name: string): Promise<void> {
    const input = {
      lines: [{ sku: 'pro-30-days', quantity: 1 + randomInt(3) }],
      currency: 'USD',
      idempotencyKey: name,
    };
    const { order } = await this.#ask({ field: 'placeOrder', input });
    const attempts = [(await this.#press(startOf(order.id, `${name}, payment`))).payment];
    // The page of the first attempt stays open, and may be the one that is paid.
    if (randomInt(3) === 0) {
      const another = startOf(order.id, `${name}, other payment`, { returnUrl: `${RETURN_URL}&again` });
      attempts.push((await this.#press(another)).payment);
    }
    const attempt = attempts[randomInt(attempts.length)];
    const cancel: Call = { field: 'cancelPayment', input: { id: attempt.id } };
    const canceling = randomInt(6) === 0 ? this.#press(cancel) : null;
    const isPaid = this.#pay(attempt.providerReference);
    await canceling;
    if (!isPaid) return;
    this.paid += 1;
    const payment = await this.#untilSucceeded(attempt.id);
    if (randomInt(2) === 0) await this.#refund(payment, name);
  }

  /** False where the page says that it is too late. */
  #pay(session: string): boolean {
    if (this.#shop.stripe.account.sessions.get(session)?.status !== 'open') return false;
    this.#shop.stripe.account.pay(session);
    return true;
  }

  async #untilSucceeded(id: string): Promise<Node> {
    for (;;) {
      const { payment } = await this.#ask({ field: 'syncPayment', input: { id } });
      if (payment.status === 'SUCCEEDED') return payment;
      await sleep(100);
    }
  }

  /** All of it, or a part and another part. */
  async #refund({ id, refundableAmount }: Node, name: string): Promise<void> {
    const part = randomInt(2) === 0 ? Math.floor(refundableAmount.amount / 3) : undefined;
    const [first] = await Promise.all([
      this.#press(refundOf(id, `${name}, refund`, part)),
      randomInt(2) === 0 ? this.#press(refundOf(id, `${name}, other refund`, part)) : null,
    ]);
    if (first.refund) this.refunded += 1;
  }
}
