import { randomUUIDv7 } from 'node:crypto';

/**
 * Ids are UUIDv7 (RFC 9562) in the database and TypeIDs outside: a prefix that says the type, an underscore, and the
 * UUID's 128 bits as 26 digits of Crockford's base 32 (https://github.com/jetify-com/typeid, specification 0.3).
 * Written here because every id of every answer passes through it; a test compares it with the reference library.
 */
export const ID_PREFIXES = ['user', 'session', 'todo', 'product', 'order', 'payment', 'refund'] as const;
export type IdPrefix = (typeof ID_PREFIXES)[number];

export const newId = (): string => randomUUIDv7();

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const SUFFIX_PATTERN = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_V7_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** Two base-32 digits for each value of ten bits. */
const PAIRS = Array.from({ length: 1024 }, (_, value) => DIGITS.charAt(value >> 5) + DIGITS.charAt(value & 31));

export const isUuid = (text: string): boolean => UUID_PATTERN.test(text);
export const isUuidV7 = (text: string): boolean => UUID_V7_PATTERN.test(text);

/** The value of a hexadecimal digit, by its character code. */
const NIBBLES = new Uint8Array(128);
for (const [value, digit] of [...'0123456789abcdef'].entries()) NIBBLES[digit.charCodeAt(0)] = value;

/** The id as the API shows it. The UUID has to be in PostgreSQL's form: lower case, with dashes. */
export function toGlobalId(prefix: IdPrefix, uuid: string): string {
  const nibble = (at: number) => NIBBLES[uuid.charCodeAt(at)] ?? 0;
  // 8 bits make the first two digits; every 20 bits after them, five of the hexadecimal digits, make four.
  const four = (a: number, b: number, c: number, d: number, e: number) => {
    const bits = (nibble(a) << 16) | (nibble(b) << 12) | (nibble(c) << 8) | (nibble(d) << 4) | nibble(e);
    return `${PAIRS[bits >> 10]}${PAIRS[bits & 1023]}`;
  };
  // The places of the digits between the dashes.
  return (
    `${prefix}_${PAIRS[(nibble(0) << 4) | nibble(1)]}` +
    four(2, 3, 4, 5, 6) +
    four(7, 9, 10, 11, 12) +
    four(14, 15, 16, 17, 19) +
    four(20, 21, 22, 24, 25) +
    four(26, 27, 28, 29, 30) +
    four(31, 32, 33, 34, 35)
  );
}

/** The UUID of an id with this prefix; null where the text is anything else. */
export function fromGlobalId(prefix: IdPrefix, id: string): string | null {
  const parsed = parseGlobalId(id);
  return parsed?.prefix === prefix ? parsed.uuid : null;
}

/** What an id of any type says; null where it is malformed or its prefix is unknown. */
export function parseGlobalId(id: string): { prefix: IdPrefix; uuid: string } | null {
  const underscore = id.lastIndexOf('_');
  const prefix = ID_PREFIXES.find(known => known === id.slice(0, underscore));
  const suffix = id.slice(underscore + 1);
  if (!prefix || !SUFFIX_PATTERN.test(suffix)) return null;

  let hex = hexOf(suffix.slice(0, 2), 2);
  for (let at = 2; at < 26; at += 4) hex += hexOf(suffix.slice(at, at + 4), 5);
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return { prefix, uuid };
}

function hexOf(digits: string, length: number): string {
  let bits = 0;
  for (const digit of digits) bits = bits * 32 + DIGITS.indexOf(digit);
  return bits.toString(16).padStart(length, '0');
}
