import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isUuid } from '../platform/ids.ts';

/**
 * A refresh token names its session and its generation, and has 256 bits that are made out of them, of a seed that the
 * session has in the database, and of a secret that the database has not. So the successor that a lost answer carried can
 * be made again without being kept anywhere, and neither a stolen secret nor a stolen database is enough to make one.
 */
export interface RefreshTokenParts {
  readonly sessionId: string;
  readonly generation: number;
}

const PREFIX = 'drt';

export function makeRefreshToken(
  secret: string,
  seed: Uint8Array,
  { sessionId, generation }: RefreshTokenParts,
): string {
  const key = createHmac('sha256', secret)
    .update(seed)
    .update(`refresh ${sessionId} ${generation}`)
    .digest('base64url');
  return `${PREFIX}.${sessionId.replaceAll('-', '')}.${generation}.${key}`;
}

/** What the token says of itself, true or not; null where it has not the form of one. */
export function parseRefreshToken(token: string): RefreshTokenParts | null {
  const match = /^drt\.([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\.(\d{1,9})\.[\w-]{43}$/.exec(
    token,
  );
  if (!match) return null;
  const sessionId = match.slice(1, 6).join('-');
  return isUuid(sessionId) ? { sessionId, generation: Number(match[6]) } : null;
}

/** Whether this server made the token, by any of its secrets. */
export const isGenuine = (
  secrets: readonly string[],
  seed: Uint8Array,
  token: string,
  parts: RefreshTokenParts,
): boolean => secrets.some(secret => equal(Buffer.from(makeRefreshToken(secret, seed, parts)), Buffer.from(token)));

export const newSeed = (): Buffer => randomBytes(32);

export const hashRefreshToken = (token: string): Buffer => createHash('sha256').update(token).digest();

export const equal = (a: Uint8Array | null | undefined, b: Uint8Array): boolean =>
  a !== null && a !== undefined && a.length === b.length && timingSafeEqual(a, b);
