import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyEntity, EntityClass, EventSubscriber } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/postgresql';
import type { Kysely } from 'kysely';
import pg, { type ClientBase, type Pool, type PoolClient } from 'pg';
import type { Clock } from './clock.ts';
import { steady } from './connection-pool.ts';
import { impatientClient, overdueAfter } from './impatient-client.ts';
import type { Logger } from './logger.ts';
import type { Observation } from './observation.ts';
import { observedClient } from './observed-client.ts';
import { pooledClient } from './pooled-client.ts';
import { preparingClient } from './prepared-statements.ts';
import { Timestamps } from './timestamps.ts';
import { outside } from './work.ts';

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
  /** How long a caller waits for a free connection, and a new connection for its handshake. */
  connectTimeoutMs?: number;
  /** A connection that nobody used for so long is closed, so that a serverless database can go to sleep. */
  idleTimeoutMs?: number;
  /** A connection is used for no longer, so that none outlives what stands in between. 0: as long as it lasts. */
  recycleSeconds?: number;
  /** Off for poolers that hand one connection to several clients and know nothing of prepared statements. */
  preparedStatements: boolean;
  /** Whether the address is that of a pooler that hands out sessions by transaction. */
  isPooled?: boolean;
  /** PostgreSQL ends a statement that takes longer; behind a pooler, one of a transaction. */
  statementTimeoutMs: number;
  /** Is told of each statement. Left out: nobody is. */
  observation?: Observation;
}

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 30_000;
const RECYCLE_SECONDS = 300;
/** A transaction whose process hangs must not hold its locks for ever. */
export const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;

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
    pool: { min: 0, max: options.poolMax, idleTimeoutMillis: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS },
    driverOptions: {
      // MikroORM takes host, account and database out of the address, and leaves sslmode and the like behind.
      connectionString: options.url,
      Client: clientOf(options),
      application_name: 'duely',
      connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      maxLifetimeSeconds: options.recycleSeconds ?? RECYCLE_SECONDS,
      keepAlive: true,
      ...(options.isPooled
        ? {}
        : {
            statement_timeout: options.statementTimeoutMs,
            idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
          }),
      onConnect: (client: ClientBase) => outside(() => client.query(WRITE_TIMES_ALIKE)),
      onPoolCreated: (pool: Pool) => {
        giveBackBroken(pool);
        steady(pool);
      },
    },
    logger: message => options.logger.warn({ source: 'mikro-orm' }, message),
    colors: false,
  });
}

function clientOf({ preparedStatements, isPooled, statementTimeoutMs, observation, logger }: DatabaseOptions) {
  const preparing = preparedStatements ? preparingClient(logger) : pg.Client;
  const plain = impatientClient(preparing, overdueAfter(statementTimeoutMs));
  const limits = { statementTimeoutMs, idleTimeoutMs: IDLE_IN_TRANSACTION_TIMEOUT_MS };
  const suited = isPooled ? pooledClient(plain, limits) : plain;
  return observation ? observedClient(suited, observation) : suited;
}

/**
 * Rows and cursors carry times as PostgreSQL writes them, which the server's settings would decide. Not a start-up option:
 * poolers refuse those, but keep these two settings for each of their clients.
 */
const WRITE_TIMES_ALIKE = `select set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO', false)`;

/**
 * A connection that ends while it is in use goes back to the pool by itself. Kysely does not give it back where a `begin`,
 * `commit` or `rollback` fails on it, and after as many as the pool holds there would be none for anybody.
 */
function giveBackBroken(pool: Pool): void {
  const inUse = new WeakSet<PoolClient>();
  pool.on('acquire', client => inUse.add(client));
  pool.on('release', (_error, client) => inUse.delete(client));
  pool.on('connect', client =>
    client.once('end', () => {
      if (!inUse.has(client)) return;
      const giveBack = client.release;
      // Whoever used it gives it back too, where all goes well.
      client.release = () => {};
      giveBack(true);
    }),
  );
}

const QUIET_MS = 5;

/**
 * Closes it when nothing is under way any more: what a broken socket asked for runs on, and Kysely waits for ever for a
 * connection that it handed out while it closed. Gives up both waits after `patienceMs`.
 */
export async function closeDatabase(database: Database, patienceMs: number): Promise<void> {
  const pool = await database.em.getConnection().getNativeClient();
  const isQuiet = () => pool.waitingCount === 0 && pool.totalCount === pool.idleCount;
  const deadline = performance.now() + patienceMs;
  for (let quiet = 0; quiet < 2 && performance.now() < deadline; quiet = isQuiet() ? quiet + 1 : 0)
    await sleep(QUIET_MS);
  await Promise.race([database.close(true), sleep(patienceMs, undefined, { ref: false })]);
}

/** Typed SQL in the unit of work's own transaction, where it has one. */
export const sqlOf = <Tables>(em: { getKysely(): unknown }): Kysely<Tables> => em.getKysely() as Kysely<Tables>;
