import { randomInt } from 'node:crypto';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const REFERENCE_PATTERN = /^T([0-9A-Z]{7})[0-9A-Z]{12}$/;
const PAKISTAN_OFFSET_MS = 5 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/**
 * A pp_TxnRefNo: the 20 characters that JazzCash allows, by which any message names its transaction. The second is part of
 * it, so that a message's pp_TxnDateTime can be checked before anything is looked up; the other 62 bits are chance.
 */
export function newReference(now: Date): string {
  const second = Math.floor(now.getTime() / 1000)
    .toString(36)
    .toUpperCase()
    .padStart(7, '0');
  return `T${second}${Array.from({ length: 12 }, () => DIGITS[randomInt(36)]).join('')}`;
}

/** When the transaction was begun, as JazzCash was told; null where the reference is none of ours. */
export function beganAt(reference: string): Date | null {
  const [, second] = REFERENCE_PATTERN.exec(reference) ?? [];
  return second === undefined ? null : new Date(Number.parseInt(second, 36) * 1000);
}

/** What is signed of a transaction's times; always the same for one reference. Throws where it is none of ours. */
export function signedTimes(reference: string): { readonly begin: string; readonly expiry: string } {
  const began = beganAt(reference);
  if (!began) throw new Error('This is no reference for JazzCash.');
  return { begin: pakistanTime(began), expiry: pakistanTime(expiryOf(began)) };
}

/** JazzCash asks for a transaction's end exactly one day after its begin. */
export const expiryOf = (began: Date): Date => new Date(began.getTime() + DAY_MS);

/** `yyyyMMddHHmmss` as clocks in Pakistan have it: UTC+5, with no summer time. */
export const pakistanTime = (at: Date): string =>
  new Date(at.getTime() + PAKISTAN_OFFSET_MS).toISOString().replace(/\D/g, '').slice(0, 14);
