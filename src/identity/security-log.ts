import type { UnitOfWork } from '@mikro-orm/core';
import type { Clock } from '../platform/clock.ts';
import { type Database, type EntityManager, sqlOf } from '../platform/database.ts';
import { newId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import { type Device, shortened } from './session.service.ts';

export const SECURITY_EVENT_KINDS = [
  'SIGNED_UP',
  'LOGGED_IN',
  'LOG_IN_FAILED',
  /** Too many failures: logging in has to wait. */
  'LOCKED_OUT',
  'LOGGED_OUT',
  'SESSION_REVOKED',
  /** A refresh token was used that had been used before: its session has ended. */
  'REFRESH_TOKEN_REUSED',
  'PASSWORD_CHANGED',
  'PASSWORD_RESET_REQUESTED',
  'PASSWORD_RESET',
  'EMAIL_CHANGED',
  'EMAIL_VERIFIED',
  'ROLE_CHANGED',
  'ACCOUNT_LOCKED',
  'ACCOUNT_UNLOCKED',
  'ACCOUNT_CLOSED',
  'ACCOUNT_RESTORED',
  /** All that is kept of a person was read, by them or by whoever runs the server. */
  'DATA_EXPORTED',
  'DATA_IMPORTED',
] as const;
export type SecurityEventKind = (typeof SECURITY_EVENT_KINDS)[number];

export interface SecurityEvent {
  readonly kind: SecurityEventKind;
  /** Whose account; null where there is none, such as a log-in to an account that does not exist. */
  readonly userId: string | null;
  /** The admin who did it; null for whoever runs the server; left out where it was the person. */
  readonly byUserId?: string | null;
  /** Where it came from; null for what is done at the server, such as by a command. */
  readonly device: Device | null;
}

interface Tables {
  security_events: {
    id: string;
    user_id: string | null;
    kind: SecurityEventKind;
    by_user_id: string | null;
    by_admin: boolean;
    ip_address: string | null;
    user_agent: string | null;
    at: Date;
  };
}

/**
 * What happens to accounts: a row of an append-only table and a line of the log for each event. Rows are kept for good:
 * what happened to an account is asked about long after, and one that is purged leaves them without a name.
 */
export class SecurityLog {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Of transactions that are not over yet. */
  readonly #pending = new WeakMap<UnitOfWork, SecurityEvent[]>();

  constructor({ database, clock, logger }: { database: Database; clock: Clock; logger: Logger }) {
    this.#database = database;
    this.#clock = clock;
    this.#logger = logger;
    database.em.getEventManager().registerSubscriber({
      afterTransactionCommit: ({ uow }) => {
        for (const event of (uow && this.#pending.get(uow)) ?? []) this.#tell(event);
        if (uow) this.#pending.delete(uow);
      },
    });
  }

  /**
   * In the unit of work's transaction: told if that is committed, and only then. The account has to be in the database: one
   * that is new has to be flushed before.
   */
  async record(em: EntityManager, event: SecurityEvent): Promise<void> {
    await this.#insert(em, event);
    if (!em.isInTransaction()) return this.#tell(event);
    const uow = em.getUnitOfWork();
    this.#pending.set(uow, [...(this.#pending.get(uow) ?? []), event]);
  }

  /** By itself: for what has happened though nothing else is committed, such as a log-in that failed. */
  async recordAlone(event: SecurityEvent): Promise<void> {
    await this.#insert(this.#database.em.fork(), event);
    this.#tell(event);
  }

  async #insert(em: EntityManager, { kind, userId, byUserId, device }: SecurityEvent): Promise<void> {
    const kept = device && shortened(device);
    await sqlOf<Tables>(em)
      .insertInto('security_events')
      .values({
        id: newId(),
        user_id: userId,
        kind,
        by_user_id: byUserId ?? null,
        by_admin: byUserId !== undefined,
        ip_address: kept?.ipAddress ?? null,
        user_agent: kept?.userAgent ?? null,
        at: this.#clock(),
      })
      .execute();
  }

  #tell({ kind, userId, byUserId, device }: SecurityEvent): void {
    this.#logger.info(
      {
        securityEvent: kind,
        userId,
        ...(byUserId === undefined ? {} : { byUserId }),
        ipAddress: device?.ipAddress ?? null,
      },
      'security event',
    );
  }
}
