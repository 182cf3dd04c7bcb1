import { randomUUIDv7 } from 'node:crypto';

/**
 * Ids are UUIDv7 (RFC 9562) in the database and TypeIDs outside: a prefix that says the type, an underscore, and the
 * UUID's 128 bits as 26 digits of Crockford's base 32 (https://github.com/jetify-com/typeid, specification 0.3).
 * Written here because every id of every answer passes through it; a test compares it with the reference library.
 */
export const ID_PREFIXES = ['user', 'session', 'todo'] as const;
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

/** The id as the API shows it. The UUID has to be in PostgreSQL's form: lower case, with dashes. */
export function toGlobalId(prefix: IdPrefix, uuid: string): string {
  const hex = uuid.replaceAll('-', '');
  // 8 bits make the first two digits; every 20 bits after them, five of the hexadecimal digits, make four.
  let text = `${prefix}_${PAIRS[Number.parseInt(hex.slice(0, 2), 16)]}`;
  for (let at = 2; at < 32; at += 5) {
    const bits = Number.parseInt(hex.slice(at, at + 5), 16);
    text += `${PAIRS[bits >> 10]}${PAIRS[bits & 1023]}`;
  }
  return text;
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
