import { LRUCache } from 'lru-cache';
import type { Transact } from '../change/transact.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database.ts';
import { databaseFault } from '../platform/database-errors.ts';
import type { AuthenticationFailure } from '../platform/errors.ts';
import type { ExternalClaims } from '../platform/external-tokens/claims.ts';
import type { ExternalTokens } from '../platform/external-tokens/external-tokens.ts';
import { externalAccount } from './external-accounts.service.ts';
import {
  continueExternalSession,
  type ExternalSession,
  findExternalSession,
  sessionKey,
  startExternalSession,
} from './external-session.service.ts';
import type { SecurityLog } from './security-log.ts';
import type { Device } from './session.service.ts';

const CACHED_MAX = 10_000;
/** How often a name is chosen that somebody else took at the same moment. */
const ATTEMPTS = 3;

/**
 * Gives tokens of other issuers an account and a session of this server's, so that all that holds for our own holds for
 * them. The database is written once for each token, not for each request.
 */
export class ExternalSessions {
  readonly #tokens: ExternalTokens;
  readonly #database: Database;
  readonly #transact: Transact;
  readonly #security: SecurityLog;
  readonly #clock: Clock;
  /** By token. A promise, so that many requests with a new token ask once. */
  readonly #sessions = new LRUCache<string, Promise<ExternalSession | null>>({ max: CACHED_MAX });

  constructor(options: {
    tokens: ExternalTokens;
    database: Database;
    transact: Transact;
    security: SecurityLog;
    clock: Clock;
  }) {
    this.#tokens = options.tokens;
    this.#database = options.database;
    this.#transact = options.transact;
    this.#security = options.security;
    this.#clock = options.clock;
  }

  /**
   * The session of a good token, and the token's end in seconds since 1970; whether the session is over is not looked at. Or
   * why there is none: REVOKED where the account is locked or closed and never had one.
   */
  async byToken(token: string, device: Device): Promise<(ExternalSession & { exp: number }) | AuthenticationFailure> {
    const claims = await this.#tokens.verify(token);
    if (typeof claims === 'string') return claims;
    const session = await this.#sessionOf(token, claims, device);
    return session ? { ...session, exp: claims.exp } : 'REVOKED';
  }

  #sessionOf(token: string, claims: ExternalClaims, device: Device): Promise<ExternalSession | null> {
    const known = this.#sessions.get(token);
    if (known) return known;
    const found = this.#open(token, claims, device);
    this.#sessions.set(token, found);
    const forget = () => this.#sessions.delete(token);
    // What was refused or could not be read is asked again.
    found.then(session => session ?? forget(), forget);
    return found;
  }

  async #open(token: string, claims: ExternalClaims, device: Device): Promise<ExternalSession | null> {
    const key = sessionKey(claims, token);
    const found = await findExternalSession(this.#database.em.fork(), claims, key);
    if (found?.isSettled) return found;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#transact(null, em => this.#openWithin(em, { claims, key, device, now: this.#clock() }));
      } catch (error) {
        if (attempt === ATTEMPTS || databaseFault(error)?.kind !== 'UNIQUE') throw error;
      }
    }
  }

  async #openWithin(
    em: EntityManager,
    token: { claims: ExternalClaims; key: Buffer; device: Device; now: Date },
  ): Promise<ExternalSession | null> {
    const { claims, key, device, now } = token;
    const account = await externalAccount(em, claims, now);
    if (account.isNew) await this.#security.record(em, { kind: 'SIGNED_UP', userId: account.userId, device });
    if (!account.isOpen) return null;
    const found = await findExternalSession(em, claims, key);
    if (found?.isSettled) return found;
    if (found && !found.isOver) return continueExternalSession(em, found, token);
    const session = await startExternalSession(em, account, token);
    await this.#security.record(em, { kind: 'LOGGED_IN', userId: account.userId, device });
    return session;
  }
}
