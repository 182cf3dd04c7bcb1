import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../clock.ts';
import { ApiError } from '../errors.ts';
import type { Logger } from '../logger.ts';

/** Keys that were withdrawn are not taken for longer, where the issuer can be asked. */
const FRESH_MS = 600_000;
/** Anybody can invent key ids; an issuer rotates its keys now and then. */
const UNKNOWN_KEY_INTERVAL_MS = 60_000;
/** Without any keys nobody of that issuer can come in, so they are asked for sooner. */
const RETRY_MS = 5_000;

interface Keys {
  readonly text: string;
  readonly ids: ReadonlySet<string>;
  /** Finds a key by what a token's header says. */
  readonly find: JWTVerifyGetKey;
  /** Another one whenever other keys came. */
  readonly version: number;
}

/**
 * The public keys of an issuer: read when the first token comes, read anew in the background every ten minutes, and at once
 * for a key id that is not known, but for that at most once a minute. Where they cannot be read, the ones that were read
 * last stay.
 */
export class KeySet {
  readonly #read: () => Promise<JSONWebKeySet>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #keys: Keys | null = null;
  #reading: Promise<void> | null = null;
  #triedAt = Number.NEGATIVE_INFINITY;
  #unknownAskedAt = Number.NEGATIVE_INFINITY;

  constructor({ read, clock, logger }: { read: () => Promise<JSONWebKeySet>; clock: Clock; logger: Logger }) {
    this.#read = read;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The issuer's keys; null where it has none of this id. Throws UNAVAILABLE where none could be read yet. */
  async having(keyId: string): Promise<Pick<Keys, 'find' | 'version'> | null> {
    if (!this.#keys) await this.#readFirst();
    else if (!this.#keys.ids.has(keyId)) await this.#readForUnknown();
    else this.#readOld();
    return this.#keys?.ids.has(keyId) ? this.#keys : null;
  }

  /** Whether keys of this version are the issuer's keys still, as far as is known. */
  isCurrent(version: number): boolean {
    this.#readOld();
    return this.#keys?.version === version;
  }

  /** In the background: nobody waits for an issuer whose keys are known. */
  #readOld(): void {
    if (this.#clock().getTime() - this.#triedAt >= FRESH_MS) void this.#readAnew();
  }

  async #readFirst(): Promise<void> {
    if (this.#reading || this.#clock().getTime() - this.#triedAt >= RETRY_MS) await this.#readAnew();
    if (!this.#keys)
      throw new ApiError('UNAVAILABLE', "The keys of the token's issuer cannot be read: try again in a moment.");
  }

  async #readForUnknown(): Promise<void> {
    const now = this.#clock().getTime();
    if (now - this.#unknownAskedAt >= UNKNOWN_KEY_INTERVAL_MS) {
      this.#unknownAskedAt = now;
      // One that is under way may have begun before the key was there.
      await this.#reading;
      await this.#readAnew();
    } else await this.#reading;
  }

  /** Never throws. */
  #readAnew(): Promise<void> {
    this.#reading ??= this.#take().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #take(): Promise<void> {
    this.#triedAt = this.#clock().getTime();
    try {
      const keySet = await this.#read();
      const text = JSON.stringify(keySet);
      if (text === this.#keys?.text) return;
      const ids = new Set(keySet.keys.map(({ kid }) => kid).filter(kid => typeof kid === 'string'));
      this.#keys = { text, ids, find: createLocalJWKSet(keySet), version: (this.#keys?.version ?? 0) + 1 };
    } catch (error) {
      this.#logger.warn({ err: error }, "the keys of another issuer's tokens could not be read");
    }
  }
}
