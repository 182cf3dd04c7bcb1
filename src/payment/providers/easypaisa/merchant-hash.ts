import { createCipheriv, createDecipheriv } from 'node:crypto';

type Fields = Readonly<Record<string, string>>;

const CIPHERS: Readonly<Record<number, string>> = { 16: 'aes-128-ecb', 24: 'aes-192-ecb', 32: 'aes-256-ecb' };

/** Whether it has as many bytes as a key of AES. */
export const isHashKey = (key: string): boolean => Buffer.byteLength(key) in CIPHERS;

/**
 * merchantHashedReq of Easypay's Merchant Integration Guide: what the fields say, encrypted by AES in ECB mode with PKCS #7's
 * padding, as Base64. It proves nothing: blocks of two of them make a third one that is valid (see the test). What was
 * paid, an inquiry alone tells.
 */
export function merchantHash(fields: Fields, key: string): string {
  const cipher = createCipheriv(cipherOf(key), Buffer.from(key), null);
  return Buffer.concat([cipher.update(canonicalText(fields), 'utf8'), cipher.final()]).toString('base64');
}

/** What a hash says; throws where it was not made with the key. */
export function readMerchantHash(hash: string, key: string): string {
  const decipher = createDecipheriv(cipherOf(key), Buffer.from(key), null);
  return Buffer.concat([decipher.update(hash, 'base64'), decipher.final()]).toString('utf8');
}

/** All fields with a value, by name, as `name=value` with `&` between; nothing is escaped. */
export function canonicalText(fields: Fields): string {
  const used = Object.entries(fields).filter(([name, value]) => name !== 'merchantHashedReq' && value !== '');
  const unfit = used.find(([, value]) => value.includes('&'));
  // It would read as two fields.
  if (unfit) throw new Error(`A field for EasyPaisa must not have "&" in it: ${unfit[0]}.`);
  return used
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function cipherOf(key: string): string {
  const cipher = CIPHERS[Buffer.byteLength(key)];
  if (!cipher) throw new Error('The hash key of EasyPaisa has to have 16, 24 or 32 bytes.');
  return cipher;
}
