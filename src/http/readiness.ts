import type pg from 'pg';
import type { Database } from '../platform/database.ts';
import { isFull } from '../platform/database-errors.ts';
import type { DatabaseProbe } from '../platform/database-probe.ts';
import type { JobsState } from '../platform/jobs/jobs.ts';
import type { Logger } from '../platform/logger.ts';
import { readMigrationsBy } from '../platform/migrations/migrate.ts';

export interface Dependencies {
  readonly database: Database;
  readonly probe: DatabaseProbe;
  readonly signals: { readonly connected: boolean };
  readonly jobs: { readonly state: JobsState };
  /** Null where none is set. */
  readonly redis: { readonly isReady: boolean } | null;
  /** On its way out: whoever spreads requests has to send them elsewhere. */
  readonly isStopping: () => boolean;
  readonly logger: Logger;
}

/** Busy: it answers, but here whoever asks for a connection of the pool waits for one. */
type DatabaseState = 'up' | 'busy' | 'down';
/**
 * Pending: this release needs some that are not applied. Ahead: all that it needs are, and others that it does not know,
 * as while a later release takes over. Unknown: it could not be looked yet.
 */
type MigrationsState = 'applied' | 'ahead' | 'pending' | 'unknown';

export interface Readiness {
  readonly status: 'ready' | 'unready' | 'stopping';
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Whether requests can be served, and each dependency's state, within little more than a second. Callers at the same time
 * share one look. A busy pool leaves it ready: each process would say so at once, and nobody would be left to serve.
 */
export function createReadiness(dependencies: Dependencies): () => Promise<Readiness> {
  const { database, probe, signals, jobs, redis, isStopping, logger } = dependencies;
  const pool = database.em.getConnection().getNativeClient();
  let migrations: MigrationsState = 'unknown';
  let looking: Promise<DatabaseState> | null = null;
  let wasServing = true;

  const ask = async (client: pg.Client) => {
    await client.query('select 1');
    // Nobody takes back what a server runs on.
    if (migrations === 'applied') return;
    try {
      migrations = await readMigrationsState(client);
    } catch {
      // The account may not look, and can serve all the same; or it is the connection, as the next look will say.
    }
  };

  const look = async (): Promise<DatabaseState> => {
    const { totalCount, waitingCount } = await pool;
    try {
      await probe.ask(ask);
      return waitingCount > 0 ? 'busy' : 'up';
    } catch (error) {
      // It has no room for one more connection: whoever holds some goes on.
      return isFull(error) && totalCount > 0 ? 'busy' : 'down';
    }
  };

  /** Each change once: whoever looks into the log later finds from when to when. */
  const tell = (isServing: boolean, states: object) => {
    if (isServing === wasServing) return;
    wasServing = isServing;
    if (isServing) logger.info(states, 'ready again');
    else logger.warn(states, 'not ready: requests cannot be served');
  };

  return async () => {
    looking ??= look().finally(() => {
      looking = null;
    });
    const state = await looking;
    const isServing = state !== 'down' && migrations !== 'pending';
    const states = { database: state, migrations };
    tell(isServing, states);
    return {
      status: isStopping() ? 'stopping' : isServing ? 'ready' : 'unready',
      dependencies: {
        ...states,
        // Without the listener nothing is lost: the feeds are looked through every few seconds. Nor without the jobs, which
        // wait, nor without Redis, which is done without.
        listener: signals.connected ? 'up' : 'down',
        jobs: jobs.state,
        ...(redis ? { redis: redis.isReady ? 'up' : 'down' } : {}),
      },
    };
  };
}

async function readMigrationsState(client: pg.Client): Promise<MigrationsState> {
  const states = await readMigrationsBy(client);
  if (states.some(({ applied }) => !applied)) return 'pending';
  return states.some(({ missing }) => missing) ? 'ahead' : 'applied';
}
