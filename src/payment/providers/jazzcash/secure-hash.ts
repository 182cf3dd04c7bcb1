import { createHmac, timingSafeEqual } from 'node:crypto';

/** Fields of a message by their names as JazzCash writes them. */
export type RawFields = Readonly<Record<string, string | null | undefined>>;

export interface HashKey {
  readonly integritySalt: string;
  readonly hashEncoding: 'utf8' | 'latin1';
}

/**
 * pp_SecureHash of JazzCash's HMAC document: HMAC-SHA256, keyed by the salt, over the salt and the values of all fields
 * whose names begin with `pp`, in the names' byte order, joined by `&`; empty ones are left out. Upper-case hexadecimal.
 *
 * Names are not hashed and `&` is not escaped: whoever sees a signed message can give its values other names. So a right
 * hash alone proves nothing; see messages.ts.
 */
export function secureHash(fields: RawFields, { integritySalt, hashEncoding }: HashKey): string {
  const values = Object.entries(fields)
    .filter(([name, value]) => /^pp/i.test(name) && name !== 'pp_SecureHash' && value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value);
  return createHmac('sha256', integritySalt)
    .update([integritySalt, ...values].join('&'), hashEncoding)
    .digest('hex')
    .toUpperCase();
}

/** False also where there is no hash. */
export function hasValidHash(fields: RawFields, key: HashKey): boolean {
  const given = fields.pp_SecureHash?.toUpperCase() ?? '';
  return /^[0-9A-F]{64}$/.test(given) && timingSafeEqual(Buffer.from(given), Buffer.from(secureHash(fields, key)));
}
