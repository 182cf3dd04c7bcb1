import type { Handled, HttpAnswer, ProviderRequest } from './provider.ts';

/** To a provider that only looks whether its message has arrived. */
export const RECEIVED: HttpAnswer = { status: 200, contentType: 'application/json', body: '{"status":"received"}' };

/** As problem details (RFC 9457). The reason goes to the caller and to the log: it names no secret. */
export const refused = (reason: string, status = 400, title = 'Bad Request'): Handled => ({
  kind: 'REFUSED',
  reason,
  answer: {
    status,
    contentType: 'application/problem+json; charset=utf-8',
    body: JSON.stringify({ type: 'about:blank', title, status, detail: reason }),
  },
});

/** A browser that is back with our reference as `payment`. It proves nothing: the payment is asked about. */
export function returnByReference({ query }: ProviderRequest): Handled {
  const reference = query.get('payment') ?? '';
  return /^[\w-]{1,64}$/.test(reference)
    ? { kind: 'RETURN', payment: { reference } }
    : refused('The address names no payment.');
}
