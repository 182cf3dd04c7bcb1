import { readFile, stat } from 'node:fs/promises';
import type { JSONWebKeySet } from 'jose';

/** Where the keys of an issuer are: an address, or a file that is read anew as the address would be. */
export type KeySource = { readonly url: string } | { readonly file: string };

/** Key sets have a few kilobytes; whoever sends more does not send one. */
const KEY_SET_MAX_BYTES = 262_144;
/** For the whole answer, its body included. */
const FETCH_TIMEOUT_MS = 5_000;

/** Reads the key set (RFC 7517, section 5). Throws where there is none, it is too large, or it does not come in time. */
export async function readKeySet(source: KeySource): Promise<JSONWebKeySet> {
  const text = 'url' in source ? await fetchText(source.url) : await readText(source.file);
  return parseKeySet(text);
}

/** Throws where the text is no key set. Single keys may still be of no use: the others are none the worse for it. */
export function parseKeySet(text: string): JSONWebKeySet {
  const value: unknown = JSON.parse(text);
  if (!isKeySet(value)) throw new Error('This is not a JSON Web Key Set: it needs a list of objects under "keys".');
  return value;
}

const isKeySet = (value: unknown): value is JSONWebKeySet =>
  typeof value === 'object' &&
  value !== null &&
  'keys' in value &&
  Array.isArray(value.keys) &&
  value.keys.every((key: unknown) => typeof key === 'object' && key !== null && !Array.isArray(key));

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, {
    headers: { Accept: 'application/jwk-set+json, application/json' },
    // An answer from elsewhere is not the one that the operator has named.
    redirect: 'error',
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new Error(`${url} answered ${response.status}.`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > KEY_SET_MAX_BYTES) throw tooLarge(url);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function readText(file: string): Promise<string> {
  if ((await stat(file)).size > KEY_SET_MAX_BYTES) throw tooLarge(file);
  return readFile(file, 'utf8');
}

const tooLarge = (where: string) => new Error(`${where} has more than ${KEY_SET_MAX_BYTES} bytes.`);
