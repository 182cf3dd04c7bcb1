import { decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { AuthenticationFailure } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { type ExternalClaims, type ParsedClaims, parseClaims } from './claims.ts';
import { KeySet } from './key-set.ts';
import { type KeySource, readKeySet } from './key-source.ts';

/** Which tokens of other issuers are taken. */
export interface ExternalTokenSettings {
  /** Shared with the issuer, for HS256. */
  readonly secret: string | undefined;
  /** Where its public keys are, for EdDSA, ES256 and RS256. */
  readonly keys: KeySource | undefined;
  /** What `iss` and `aud` have to be; undefined: anything. */
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
}

const TOKEN_MAX_LENGTH = 4_096;
const KEY_ID_MAX_LENGTH = 255;
const VERIFIED_MAX = 10_000;
/** By so much another server's clock may be ahead: a token is taken that much before `nbf` and `iat`, never after `exp`. */
const LEEWAY_SECONDS = 30;
const KEY_PAIR_ALGORITHMS = ['EdDSA', 'ES256', 'RS256'];
/** Of the header, in lower case. Better Auth's is that of its cookie where the key set signs it. */
const TYPES = new Set(['jwt', 'at+jwt', 'better-auth.session-cache+jwt']);

/** A token whose signature is right and whose time is not over. */
interface Signed {
  readonly payload: JWTPayload;
  /** Of the key set whose key signed it; null: the secret did. */
  readonly keysVersion: number | null;
}

interface Verified {
  readonly claims: ExternalClaims;
  readonly keysVersion: number | null;
}

/**
 * Verifies tokens of other issuers as RFC 8725 asks: the algorithm decides whether the secret or the key set is looked at,
 * and neither is ever used for the other's algorithms.
 */
export class ExternalTokens {
  readonly #settings: ExternalTokenSettings;
  readonly #secret: Uint8Array | null;
  readonly #keySet: KeySet | null;
  readonly #clock: Clock;
  readonly #verified = new LRUCache<string, Verified>({ max: VERIFIED_MAX });

  constructor({ settings, clock, logger }: { settings: ExternalTokenSettings; clock: Clock; logger: Logger }) {
    const { secret, keys } = settings;
    this.#settings = settings;
    this.#secret = secret === undefined ? null : new TextEncoder().encode(secret);
    this.#keySet = keys ? new KeySet({ read: () => readKeySet(keys), clock, logger }) : null;
    this.#clock = clock;
  }

  /** The claims of a good token, or why it is none. Throws UNAVAILABLE where the issuer's keys could not be read yet. */
  async verify(token: string): Promise<ExternalClaims | AuthenticationFailure> {
    const now = this.#clock().getTime() / 1000;
    if (token.length > TOKEN_MAX_LENGTH) return 'INVALID';
    const known = this.#known(token);
    if (known) return now < known.exp ? known : 'EXPIRED';

    const header = headerOf(token);
    const signed = header && (await (header.alg === 'HS256' ? this.#bySecret(token) : this.#byKeySet(token, header)));
    if (!signed) return 'INVALID';
    if (signed === 'EXPIRED') return 'EXPIRED';
    const parsed = parseClaims(signed.payload);
    if (!parsed || !this.#isMeant(parsed)) return 'INVALID';
    const issuer = this.#issuerOf(parsed, signed);
    if (!issuer || (parsed.issuedAt !== null && parsed.issuedAt > now + LEEWAY_SECONDS)) return 'INVALID';
    if (parsed.exp <= now) return 'EXPIRED';

    const { subject, session, issuedAt, exp, profile } = parsed;
    const claims = { issuer, subject, session, issuedAt, exp, profile };
    this.#verified.set(token, { claims, keysVersion: signed.keysVersion });
    return claims;
  }

  /** A token is verified anew when there are other keys: its own may have been withdrawn. */
  #known(token: string): ExternalClaims | null {
    const known = this.#verified.get(token);
    if (!known) return null;
    return known.keysVersion === null || this.#keySet?.isCurrent(known.keysVersion) ? known.claims : null;
  }

  async #bySecret(token: string): Promise<Signed | 'EXPIRED' | null> {
    const secret = this.#secret;
    return secret && outcomeOf(() => jwtVerify(token, secret, this.#options(['HS256'])), null);
  }

  async #byKeySet(token: string, { alg, kid }: Header): Promise<Signed | 'EXPIRED' | null> {
    if (!KEY_PAIR_ALGORITHMS.includes(alg) || kid === null) return null;
    const keys = await this.#keySet?.having(kid);
    return keys ? outcomeOf(() => jwtVerify(token, keys.find, this.#options([alg])), keys.version) : null;
  }

  #options = (algorithms: string[]): JWTVerifyOptions => ({
    algorithms,
    currentDate: this.#clock(),
    clockTolerance: LEEWAY_SECONDS,
    requiredClaims: ['exp'],
  });

  /** Better Auth's cookie has neither `iss` nor `aud`: whoever shares the secret is known by that. */
  #isMeant({ iss, aud, isSessionCookie }: ParsedClaims): boolean {
    const { issuer, audience } = this.#settings;
    const isOfIssuer = issuer === undefined || iss === issuer || (isSessionCookie && iss === null);
    const isForAudience = audience === undefined || aud.includes(audience) || (isSessionCookie && aud.length === 0);
    return isOfIssuer && isForAudience;
  }

  /**
   * The name under which the issuer's people are known. Without EXTERNAL_ISSUER whoever has the secret may write any `iss`,
   * but speaks for nobody of the key set: a name with a blank is nobody's `iss` then. Null where the token has such a one.
   */
  #issuerOf({ iss }: ParsedClaims, { keysVersion }: Signed): string | null {
    if (this.#settings.issuer !== undefined) return this.#settings.issuer;
    if (iss !== null && /\s/u.test(iss)) return null;
    if (keysVersion === null) return iss === null ? 'shared secret' : `shared secret of ${iss}`;
    return iss ?? 'key set';
  }
}

interface Header {
  readonly alg: string;
  readonly kid: string | null;
}

/** What decides how to go on; null where it is not that of an access token. */
function headerOf(token: string): Header | null {
  try {
    const { alg, kid, typ } = decodeProtectedHeader(token);
    if (typeof alg !== 'string' || (typ !== undefined && !isKnownType(typ))) return null;
    return { alg, kid: typeof kid === 'string' && kid.length <= KEY_ID_MAX_LENGTH ? kid : null };
  } catch {
    return null;
  }
}

const isKnownType = (typ: unknown) =>
  typeof typ === 'string' && TYPES.has(typ.toLowerCase().replace(/^application\//, ''));

async function outcomeOf(
  verify: () => Promise<{ payload: JWTPayload }>,
  keysVersion: number | null,
): Promise<Signed | 'EXPIRED' | null> {
  try {
    return { payload: (await verify()).payload, keysVersion };
  } catch (error) {
    return error instanceof errors.JWTExpired ? 'EXPIRED' : null;
  }
}
