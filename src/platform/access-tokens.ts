import { createHash } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import type { Clock } from './clock.ts';
import type { AuthenticationFailure } from './errors.ts';

/** Who signs and who is meant: tokens of other services with the same secret are not ours. */
const ISSUER = 'duely';
const AUDIENCE = 'duely';
/** RFC 9068 names this type for access tokens, so that no other kind of token passes for one. */
const TOKEN_TYPE = 'at+jwt';
/** Ours are some 400 characters long. */
const TOKEN_MAX_LENGTH = 4_096;
/** Checking a signature costs some 20 µs, and a client sends one token many times. */
const VERIFIED_MAX = 10_000;

export interface AccessClaims {
  /** The user's and the session's global ids. */
  readonly sub: string;
  readonly sid: string;
  readonly role: string;
  /** Seconds since 1970. */
  readonly exp: number;
}

/** Signs and verifies JWTs (RFC 7519) by HS256. The first secret signs, all verify; `kid` says which. */
export class AccessTokens {
  readonly #keys: ReadonlyMap<string, string>;
  readonly #signing: { kid: string; secret: string };
  readonly #ttlSeconds: number;
  readonly #clock: Clock;
  readonly #verified = new LRUCache<string, AccessClaims>({ max: VERIFIED_MAX });

  constructor({ secrets, ttlSeconds, clock }: { secrets: readonly string[]; ttlSeconds: number; clock: Clock }) {
    const keys = secrets.map(secret => ({ kid: keyId(secret), secret }));
    const [signing] = keys;
    if (!signing) throw new Error('AccessTokens needs a secret.');
    this.#signing = signing;
    this.#keys = new Map(keys.map(({ kid, secret }) => [kid, secret]));
    this.#ttlSeconds = ttlSeconds;
    this.#clock = clock;
  }

  sign(claims: Pick<AccessClaims, 'sub' | 'sid' | 'role'>): { token: string; expiresAt: Date } {
    const issuedAt = Math.floor(this.#clock().getTime() / 1000);
    const exp = issuedAt + this.#ttlSeconds;
    const token = jwt.sign(
      { ...claims, typ: 'access', iat: issuedAt, exp, iss: ISSUER, aud: AUDIENCE },
      this.#signing.secret,
      {
        algorithm: 'HS256',
        header: { alg: 'HS256', typ: TOKEN_TYPE, kid: this.#signing.kid },
      },
    );
    return { token, expiresAt: new Date(exp * 1000) };
  }

  /** The claims of a good token, or why it is none. */
  verify(token: string): AccessClaims | AuthenticationFailure {
    const now = Math.floor(this.#clock().getTime() / 1000);
    const known = this.#verified.get(token);
    if (known) return now < known.exp ? known : 'EXPIRED';
    if (token.length > TOKEN_MAX_LENGTH) return 'INVALID';
    try {
      const header = jwt.decode(token, { complete: true })?.header;
      const secret = header?.kid ? this.#keys.get(header.kid) : undefined;
      if (!secret || header?.typ !== TOKEN_TYPE) return 'INVALID';
      const claims = jwt.verify(token, secret, {
        algorithms: ['HS256'],
        issuer: ISSUER,
        audience: AUDIENCE,
        clockTimestamp: now,
      });
      if (!isAccessClaims(claims)) return 'INVALID';
      this.#verified.set(token, claims);
      return claims;
    } catch (error) {
      return error instanceof jwt.TokenExpiredError ? 'EXPIRED' : 'INVALID';
    }
  }
}

/** Tells one secret from another without telling anything of it. */
const keyId = (secret: string) => createHash('sha256').update(`kid ${secret}`).digest('base64url').slice(0, 12);

function isAccessClaims(claims: unknown): claims is AccessClaims {
  if (typeof claims !== 'object' || claims === null) return false;
  const { sub, sid, role, exp, typ } = claims as Record<string, unknown>;
  return (
    typ === 'access' &&
    typeof sub === 'string' &&
    typeof sid === 'string' &&
    typeof role === 'string' &&
    typeof exp === 'number'
  );
}
