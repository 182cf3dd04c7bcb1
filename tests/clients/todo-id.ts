const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * An id for a todo that this device makes: `todo_` and a UUIDv7 (RFC 9562) in TypeID form, which is its 128 bits as 26
 * digits of Crockford's base 32. Nobody has to be asked, so it works offline, and a repeated createTodo creates once.
 */
export function newTodoId(now: number): string {
  let bits = BigInt(now) << 80n;
  for (const [at, byte] of crypto.getRandomValues(new Uint8Array(10)).entries()) bits |= BigInt(byte) << BigInt(8 * at);
  bits = (bits & ~(0xfn << 76n)) | (7n << 76n);
  bits = (bits & ~(0x3n << 62n)) | (2n << 62n);
  const digits = Array.from({ length: 26 }, (_, at) => DIGITS[Number((bits >> BigInt(5 * (25 - at))) & 31n)]);
  return `todo_${digits.join('')}`;
}
