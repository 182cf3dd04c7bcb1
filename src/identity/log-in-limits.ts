import { sql } from 'kysely';
import { type Database, sqlOf } from '../platform/database.ts';
import { networkOf } from '../platform/network.ts';
import { type Counters, countKey } from '../platform/rate-limits/counters.ts';
import { type Limit, rateLimited } from '../platform/rate-limits/rate-limited.ts';
import { normalizeEmail } from './account.validation.ts';
import type { SecurityLog } from './security-log.ts';
import type { Device } from './session.service.ts';

const WINDOW_SECONDS = 15 * 60;
const OF_ACCOUNT: Limit = { name: 'logIn/failures/account', max: 5, windowSeconds: WINDOW_SECONDS };
const OF_ADDRESS: Limit = { name: 'logIn/failures/address', max: 20, windowSeconds: WINDOW_SECONDS };

const LONGEST_WAIT_SECONDS = 60 * 60;
/** Waits grow with each lock-out of a day. */
const LOCK_OUTS_SECONDS = 24 * 60 * 60;
/** Of so many sessions, those used last, the addresses are known. */
const KNOWN_SESSIONS = 200;

/** Whether the password was the right one. */
interface Attempt {
  readonly matches: boolean;
}

/** Something whose failures are counted: an account by the name that was typed, or an address. */
interface Counted {
  readonly limit: Limit;
  readonly key: string;
  readonly lockOutsKey: string;
  /** Null where it is no account's, or there is no such account. */
  readonly userId: string | null;
}

/**
 * The limits on guessing passwords. After 5 failures for an account, or 20 from an address, within 15 minutes nothing more
 * is tried for 15 minutes, the next time for 30, and from the third time on for an hour; a day later it begins anew. Only
 * failures count; a log-in that succeeds clears its account's count and not the address's.
 *
 * From addresses where the account was signed in before, failures are counted apart for each: strangers lock nobody out
 * of their own home. Accounts that do not exist are counted alike, by the name that was typed, so that a lock-out tells nothing.
 */
export class LogInLimits {
  readonly #counters: Counters | null;
  readonly #database: Database;
  readonly #security: SecurityLog;
  /** The last attempt at each account that is under way here. */
  readonly #turns = new Map<string, Promise<unknown>>();

  /** Without counters nothing is limited. */
  constructor(options: { counters: Counters | null; database: Database; security: SecurityLog }) {
    this.#counters = options.counters;
    this.#database = options.database;
    this.#security = options.security;
  }

  /**
   * Runs an attempt and answers with what came of it. Throws RATE_LIMITED without running it where too many have failed.
   * Attempts at one account wait for each other, so that those which are right do not use up each other's places.
   */
  async guard<Result extends Attempt>(login: string, device: Device, attempt: () => Promise<Result>): Promise<Result> {
    const counters = this.#counters;
    if (!counters) return attempt();
    const network = networkOf(device.ipAddress ?? '');
    const name = normalizeEmail(login);
    const { userId, networks } = await this.#findAccount(name);
    // No caller's network is empty where it is known.
    const account = counted(OF_ACCOUNT, [name, networks.has(network) ? network : ''], userId);
    const address = counted(OF_ADDRESS, [network], null);
    return this.#inTurn(account.key, () => this.#run(counters, account, address, device, attempt));
  }

  async #run<Result extends Attempt>(
    counters: Counters,
    account: Counted,
    address: Counted,
    device: Device,
    attempt: () => Promise<Result>,
  ): Promise<Result> {
    const before = await counters.read(address.key);
    if (before && before.count >= OF_ADDRESS.max) throw rateLimited(OF_ADDRESS, before.remainingMs);
    // Counted before it is known to fail: other processes run attempts at the same time.
    const attempts = await counters.add(account.key, WINDOW_SECONDS);
    if (attempts.count > OF_ACCOUNT.max) throw rateLimited(OF_ACCOUNT, attempts.remainingMs);

    const result = await attempt().catch(async (error: unknown) => {
      await counters.takeBack(account.key, WINDOW_SECONDS);
      throw error;
    });
    if (result.matches) {
      await Promise.all([counters.clear(account.key), counters.clear(account.lockOutsKey)]);
      return result;
    }
    const failures = await counters.add(address.key, WINDOW_SECONDS);
    // One attempt alone finds the very number, however many there are at once.
    if (attempts.count === OF_ACCOUNT.max) await this.#lockOut(counters, account, device);
    if (failures.count === OF_ADDRESS.max) await this.#lockOut(counters, address, device);
    return result;
  }

  async #lockOut(counters: Counters, { limit, key, lockOutsKey, userId }: Counted, device: Device): Promise<void> {
    const { count } = await counters.add(lockOutsKey, LOCK_OUTS_SECONDS);
    await counters.set(key, limit.max, Math.min(WINDOW_SECONDS * 2 ** (count - 1), LONGEST_WAIT_SECONDS));
    await this.#security.recordAlone({ kind: 'LOCKED_OUT', userId, device });
  }

  /** The account, open or closed, and where it was signed in. */
  async #findAccount(name: string): Promise<{ userId: string | null; networks: ReadonlySet<string> }> {
    const column = sql.ref(name.includes('@') ? 'users.email' : 'users.username');
    const { rows } = await sql<{ id: string; address: string | null }>`
      select users.id, known.ip_address as address from users left join lateral (
        select ip_address from sessions where user_id = users.id and ip_address is not null
        order by last_used_at desc limit ${KNOWN_SESSIONS}
      ) known on true
      where lower(${column}) = ${name}
    `.execute(sqlOf(this.#database.em.fork()));
    const addresses = rows.map(({ address }) => address).filter(address => address !== null);
    return { userId: rows[0]?.id ?? null, networks: new Set(addresses.map(networkOf)) };
  }

  #inTurn<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(work, work);
    this.#turns.set(key, turn);
    const leave = () => {
      if (this.#turns.get(key) === turn) this.#turns.delete(key);
    };
    turn.then(leave, leave);
    return turn;
  }
}

const counted = (limit: Limit, subject: readonly string[], userId: string | null): Counted => ({
  limit,
  key: countKey(limit.name, ...subject),
  lockOutsKey: countKey('lock-outs', limit.name, ...subject),
  userId,
});
