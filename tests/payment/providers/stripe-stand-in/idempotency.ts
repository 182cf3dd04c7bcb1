import { type ApiAnswer, apiError } from './api-answer.ts';

interface Entry {
  readonly fingerprint: string;
  /** Null while the first request with the key runs. */
  answer: ApiAnswer | null;
}

/**
 * Stripe's rules for idempotency keys: the first answer is kept once the work began, failures included, and given again;
 * other parameters are refused; two at once are a conflict, which is not kept.
 */
export class IdempotencyKeys {
  readonly #entries = new Map<string, Entry>();

  /** The answer for a request whose key was seen before; null where the work is to be done. */
  claim(key: string, fingerprint: string): ApiAnswer | null {
    const entry = this.#entries.get(key);
    if (!entry) {
      this.#entries.set(key, { fingerprint, answer: null });
      return null;
    }
    if (entry.fingerprint !== fingerprint)
      return apiError(400, { type: 'idempotency_error', message: 'The key was used with other parameters.' });
    if (!entry.answer)
      return apiError(409, {
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        message: 'Another request with this key is under way.',
      });
    return { ...entry.answer, headers: { ...entry.answer.headers, 'idempotent-replayed': 'true' } };
  }

  keep(key: string, answer: ApiAnswer): void {
    const entry = this.#entries.get(key);
    if (entry) entry.answer = answer;
  }

  /** The work never began. */
  release(key: string): void {
    this.#entries.delete(key);
  }

  /** As after a day or more. */
  forgetAll(): void {
    this.#entries.clear();
  }
}
