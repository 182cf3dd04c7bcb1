import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EventObject, seconds } from './objects.ts';

/** RFC 2104, by hand: not the code that the server under test verifies with. */
export function hmacSha256(secret: string, message: string): string {
  const digest = (...parts: (Buffer | string)[]) =>
    parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
  const given = Buffer.from(secret);
  const key = Buffer.alloc(64);
  (given.length > 64 ? digest(given) : given).copy(key);
  const pad = (byte: number) => key.map(keyByte => keyByte ^ byte) as Buffer;
  return digest(pad(0x5c), digest(pad(0x36), message)).toString('hex');
}

/** As Stripe signs a message: the time in seconds, and the time and the body under the endpoint's secret. */
export const signatureOf = (body: string, secret: string, at = seconds()): string =>
  `t=${at},v1=${hmacSha256(secret, `${at}.${body}`)}`;

export interface WebhookSettings {
  /** Null: nobody listens. */
  url: string | null;
  readonly secret: string;
  /** Kept until they are delivered by name: to delay, shuffle, duplicate or lose them. */
  isHolding: boolean;
  /** How often each is sent of itself. */
  copies: number;
}

/** Sends events as Stripe does: until somebody takes them. */
export class Webhooks {
  readonly settings: WebhookSettings;
  /** The ids of those that an endpoint took. */
  readonly delivered = new Set<string>();
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(settings: WebhookSettings) {
    this.settings = settings;
  }

  announce(event: EventObject): void {
    if (this.settings.isHolding || this.settings.url === null) return;
    for (let copy = 0; copy < this.settings.copies; copy += 1) this.#track(this.#insist(event));
  }

  /** Once; whether it was taken. */
  async deliver(event: EventObject): Promise<boolean> {
    if (this.settings.url === null) return false;
    const body = JSON.stringify(event, null, 2);
    const answer = await fetch(this.settings.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Stripe-Signature': signatureOf(body, this.settings.secret) },
      body,
      signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(10_000)]),
    }).catch(() => null);
    if (answer?.ok) this.delivered.add(event.id);
    await answer?.body?.cancel();
    return answer?.ok ?? false;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  async #insist(event: EventObject): Promise<void> {
    while (!this.#stop.signal.aborted && !(await this.deliver(event)))
      await sleep(200, undefined, { signal: this.#stop.signal }).catch(() => {});
  }

  #track(work: Promise<unknown>): void {
    this.#running.add(work);
    work.finally(() => this.#running.delete(work)).catch(() => {});
  }
}
