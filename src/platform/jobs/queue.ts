import pg from 'pg';
import type { PgBoss } from 'pg-boss';
import { steady } from '../connection-pool.ts';
import { databaseFault } from '../database-errors.ts';
import { impatientClient, overdueAfter } from '../impatient-client.ts';
import type { Logger } from '../logger.ts';
import type { Job } from './job.ts';

/** The tables of the jobs, opened. Their schema `pgboss` is pg-boss's own: it makes it and brings it up to date. */
export interface Queue {
  readonly boss: PgBoss;
  /** Whether everybody who looks for work here found the database the last time. */
  isUp(): boolean;
}

export interface QueueOptions {
  readonly pool: pg.Pool;
  readonly jobs: readonly Job<object>[];
  /** Off: nothing is looked for here and nothing scheduled, jobs are only put in. */
  readonly working: boolean;
  readonly logger: Logger;
}

/** Connections of each process for its jobs. */
export const POOL_MAX = 3;
const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 30_000;
/** A process that was not heard of for so long is dead, and others do its jobs. */
const HEARTBEAT_SECONDS = 30;
const RETRY_DELAY_MAX_SECONDS = 3_600;
const AWAY_TOLD_EVERY_MS = 60_000;

/** Connections of the jobs' own, so that they never wait for a request, nor a request for them. */
export function openQueuePool(options: {
  url: string;
  statementTimeoutMs: number;
  connectTimeoutMs?: number;
  logger: Logger;
}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    Client: impatientClient(pg.Client, overdueAfter(options.statementTimeoutMs)),
    max: POOL_MAX,
    application_name: 'duely jobs',
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    statement_timeout: options.statementTimeoutMs,
    keepAlive: true,
  });
  // Of an idle connection: the next query opens another one, and tells where it cannot.
  pool.on('error', error => options.logger.debug({ err: error }, 'a connection of the jobs broke'));
  steady(pool);
  return pool;
}

/**
 * Makes the tables where there are none, and the queues as the jobs say. Any number of processes may do it at once. Throws
 * where the database is away.
 */
export async function openQueue({ pool, jobs, working, logger }: QueueOptions): Promise<Queue> {
  // It takes a tenth of a second to load, for which nobody who waits for an answer should wait.
  const { PgBoss } = await import('pg-boss');
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values) },
    supervise: working,
    schedule: working,
  });
  const isUp = () =>
    boss.getWipData().every(({ lastErrorOn, lastFetchedOn }) => (lastErrorOn ?? 0) <= (lastFetchedOn ?? 0));
  logEvents(boss, logger);
  try {
    await boss.start();
    for (const job of jobs) await openJob(boss, job);
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {});
    throw error;
  }
  return { boss, isUp };
}

async function openJob(boss: PgBoss, { name, retries, retryDelaySeconds, timeoutSeconds }: Job<object>): Promise<void> {
  const options = {
    retryLimit: retries,
    retryDelay: retryDelaySeconds,
    retryBackoff: true,
    retryDelayMax: RETRY_DELAY_MAX_SECONDS,
    expireInSeconds: timeoutSeconds,
    heartbeatSeconds: HEARTBEAT_SECONDS,
  };
  await boss.createQueue(name, options);
  // One that an earlier release made stays as it was.
  await boss.updateQueue(name, options);
}

/** Of a database that is away, each look for work would tell anew. */
function logEvents(boss: PgBoss, logger: Logger): void {
  let toldAt = Number.NEGATIVE_INFINITY;
  boss.on('error', thrown => {
    // Some are plain objects with an error's properties.
    const error = thrown instanceof Error ? thrown : Object.assign(new Error(), thrown);
    if (databaseFault(error)?.kind !== 'UNAVAILABLE') return logger.warn({ err: error }, 'the jobs met an error');
    if (performance.now() - toldAt < AWAY_TOLD_EVERY_MS) return;
    toldAt = performance.now();
    logger.warn({ err: error }, 'the jobs cannot reach the database; they go on when it is back');
  });
  boss.on('warning', ({ message, data }) => logger.warn({ data }, message));
}
