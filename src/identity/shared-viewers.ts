import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { withinTime } from '../platform/deadline.ts';
import type { Redis } from '../platform/redis.ts';
import { ROLES, type Role } from './user.entity.ts';

/** Longer than Redis takes when it is well; the database is asked then. */
const PATIENCE_MS = 5;

/** A session that is not over, as it was read from the database a short while ago. */
export interface SharedViewer {
  readonly role: Role;
  /** Not to be gone by any longer, in milliseconds since 1970. */
  readonly until: number;
}

/**
 * What the processes of an installation know of viewers, in Redis, so that one whose requests are spread over them is not looked
 * up by each. Whoever can write to Redis, or read it, gets nothing by it: an entry has no ids, and is signed.
 */
export class SharedViewers {
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #secret: Buffer;

  constructor({ redis, secret, clock }: { redis: Redis; secret: string; clock: Clock }) {
    this.#redis = redis;
    this.#clock = clock;
    // Of its own: what it signs must not be taken for a token, nor the other way round.
    this.#secret = createHmac('sha256', secret).update('shared viewers').digest();
  }

  /** Null where nothing is known, and where Redis does not say so at once. */
  async find(sessionId: string, userId: string): Promise<SharedViewer | null> {
    if (!this.#redis.isReady) return null;
    const name = this.#nameOf(sessionId, userId);
    try {
      const read = this.#redis.run(client => client.get(this.#redis.key('viewer', name)));
      return this.#open(name, await withinTime(read, PATIENCE_MS));
    } catch {
      return null;
    }
  }

  /** Not waited for: it may come to nothing. */
  keep(sessionId: string, userId: string, { role, until }: SharedViewer): void {
    const remainingMs = until - this.#clock().getTime();
    if (remainingMs <= 0 || !this.#redis.isReady) return;
    const name = this.#nameOf(sessionId, userId);
    const value = `${role} ${until} ${this.#sign(name, role, String(until))}`;
    const expiration = { type: 'PX', value: remainingMs } as const;
    this.#redis.run(client => client.set(this.#redis.key('viewer', name), value, { expiration })).catch(() => {});
  }

  /** Null where it is not as this installation wrote it, or is too old. */
  #open(name: string, value: string | null): SharedViewer | null {
    const [word, until = '', signature = ''] = value?.split(' ') ?? [];
    const role = ROLES.find(one => one === word);
    if (!role || Number(until) <= this.#clock().getTime()) return null;
    const expected = Buffer.from(this.#sign(name, role, until));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    return { role, until: Number(until) };
  }

  #nameOf = (sessionId: string, userId: string): string => this.#sign('name', sessionId, userId);

  #sign(...parts: readonly string[]): string {
    return createHmac('sha256', this.#secret).update(parts.join(' ')).digest('base64url');
  }
}
