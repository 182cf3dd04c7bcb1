import type { AnyEntity, EntityClass, EventSubscriber } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/postgresql';
import type { Kysely } from 'kysely';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import { Timestamps } from './timestamps.ts';

export type { EntityManager } from '@mikro-orm/postgresql';
export type Database = MikroORM;

export interface DatabaseOptions {
  url: string;
  entities: EntityClass<AnyEntity>[];
  subscribers: EventSubscriber[];
  clock: Clock;
  logger: Logger;
  /** Connections at the most. */
  poolMax: number;
  /** PostgreSQL ends a statement that takes longer. */
  statementTimeoutMs: number;
}

/** How long a caller waits for a free connection, and a new connection for its handshake. */
const CONNECT_TIMEOUT_MS = 5_000;
/** A connection that nobody used for so long is closed, so that a serverless database can go to sleep. */
const IDLE_TIMEOUT_MS = 30_000;
/** A transaction whose process hangs must not hold its locks for ever. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;

/** Opens the database. Connects lazily: the first query finds out whether it is there. */
export function openDatabase(options: DatabaseOptions): Database {
  return new MikroORM({
    clientUrl: options.url,
    entities: options.entities,
    subscribers: [new Timestamps(options.clock), ...options.subscribers],
    ensureDatabase: false,
    // A default filter on users would join them to every query of what they own: todos of a closed account would vanish
    // where an admin looks for them, and each read would cost twice as much.
    autoJoinRefsForFilters: false,
    forceUtcTimezone: true,
    pool: { min: 0, max: options.poolMax, idleTimeoutMillis: IDLE_TIMEOUT_MS },
    driverOptions: {
      application_name: 'duely',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      statement_timeout: options.statementTimeoutMs,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    },
    logger: message => options.logger.warn({ source: 'mikro-orm' }, message),
    colors: false,
  });
}

/** Typed SQL in the unit of work's own transaction, where it has one. */
export const sqlOf = <Tables>(em: { getKysely(): unknown }): Kysely<Tables> => em.getKysely() as Kysely<Tables>;
